DROP TABLE office_documents;
