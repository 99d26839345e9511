-- Files of the papers that came with notices of offices. The bytes are sealed objects.
CREATE TABLE office_documents (
  office_id TEXT COLLATE "C" NOT NULL REFERENCES offices (id),
  number BIGINT NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  -- Whom it is about; nobody in particular where it is not said.
  person_id TEXT COLLATE "C" REFERENCES people (id),
  media_type TEXT COLLATE "C" NOT NULL,
  bytes BIGINT NOT NULL,
  sha256 BYTEA NOT NULL,
  added_at BIGINT NOT NULL,
  object TEXT COLLATE "C" NOT NULL UNIQUE,
  PRIMARY KEY (office_id, number)
);
CREATE INDEX office_documents_of_person ON office_documents (person_id);
