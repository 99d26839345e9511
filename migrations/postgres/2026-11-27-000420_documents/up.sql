-- Papers of applications. The bytes are sealed objects.
CREATE TABLE application_documents (
  application_id TEXT COLLATE "C" NOT NULL REFERENCES applications (id),
  number BIGINT NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  -- Whom it is about; nobody in particular where it is not said.
  person_id TEXT COLLATE "C" REFERENCES people (id),
  media_type TEXT COLLATE "C" NOT NULL,
  bytes BIGINT NOT NULL,
  sha256 BYTEA NOT NULL,
  added_at BIGINT NOT NULL,
  object TEXT COLLATE "C" NOT NULL UNIQUE,
  PRIMARY KEY (application_id, number)
);
CREATE INDEX application_documents_of_person ON application_documents (person_id);
