-- Files of the papers that came with notices of offices. The bytes are sealed objects. The PostgreSQL twin differs only in COLLATE "C" and BYTEA.
CREATE TABLE office_documents (
  office_id TEXT NOT NULL REFERENCES offices (id),
  number BIGINT NOT NULL,
  kind TEXT NOT NULL,
  -- Whom it is about; nobody in particular where it is not said.
  person_id TEXT REFERENCES people (id),
  media_type TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  sha256 BLOB NOT NULL,
  added_at BIGINT NOT NULL,
  object TEXT NOT NULL UNIQUE,
  PRIMARY KEY (office_id, number)
);
CREATE INDEX office_documents_of_person ON office_documents (person_id);
