-- Evidence of cases, and the objects in which evidence is kept. The PostgreSQL twin differs only in BYTEA for BLOB, in COLLATE "C", and in how a digest is written in hex.

-- The sealed object of a file has a name of its own, so that a file that is refused can be removed and no other with it.
ALTER TABLE report_evidence ADD COLUMN object TEXT NOT NULL DEFAULT '';
UPDATE report_evidence SET object = 'evidence/' || report_id || '/' || lower(hex(sha256));

-- Files added to a case by those who handle it or are heard in it.
CREATE TABLE case_evidence (
  case_id TEXT NOT NULL REFERENCES cases (id),
  number BIGINT NOT NULL,
  media_type TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  sha256 BLOB NOT NULL,
  added_at BIGINT NOT NULL,
  object TEXT NOT NULL,
  role TEXT NOT NULL,
  PRIMARY KEY (case_id, number),
  UNIQUE (case_id, sha256)
);
