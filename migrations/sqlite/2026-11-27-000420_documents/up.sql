-- Papers of applications. The bytes are sealed objects. The PostgreSQL twin differs only in COLLATE "C" and BYTEA.
CREATE TABLE application_documents (
  application_id TEXT NOT NULL REFERENCES applications (id),
  number BIGINT NOT NULL,
  kind TEXT NOT NULL,
  -- Whom it is about; nobody in particular where it is not said.
  person_id TEXT REFERENCES people (id),
  media_type TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  sha256 BLOB NOT NULL,
  added_at BIGINT NOT NULL,
  object TEXT NOT NULL UNIQUE,
  PRIMARY KEY (application_id, number)
);
CREATE INDEX application_documents_of_person ON application_documents (person_id);
