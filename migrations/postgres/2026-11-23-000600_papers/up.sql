-- Evidence of cases, and the objects in which evidence is kept. The SQLite twin differs only in BLOB for BYTEA, in the missing COLLATE "C", and in how a digest is written in hex.

-- The sealed object of a file has a name of its own, so that a file that is refused can be removed and no other with it.
ALTER TABLE report_evidence ADD COLUMN object TEXT COLLATE "C" NOT NULL DEFAULT '';
UPDATE report_evidence SET object = 'evidence/' || report_id || '/' || encode(sha256, 'hex');

-- Files added to a case by those who handle it or are heard in it.
CREATE TABLE case_evidence (
  case_id TEXT COLLATE "C" NOT NULL REFERENCES cases (id),
  number BIGINT NOT NULL,
  media_type TEXT COLLATE "C" NOT NULL,
  bytes BIGINT NOT NULL,
  sha256 BYTEA NOT NULL,
  added_at BIGINT NOT NULL,
  object TEXT COLLATE "C" NOT NULL,
  role TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (case_id, number),
  UNIQUE (case_id, sha256)
);

-- E-mails that tell of notices: whose address it is, is looked up when one is sent and never kept here.
CREATE TABLE notice_mails (
  notice_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES notices (id),
  state TEXT COLLATE "C" NOT NULL CHECK (state IN ('waiting', 'sent', 'refused', 'unreachable', 'no_address')),
  tries BIGINT NOT NULL,
  -- When it is tried next; while a node sends it, when another may take it over.
  next_try_at BIGINT NOT NULL,
  ended_at BIGINT
);
CREATE INDEX notice_mails_by_time ON notice_mails (state, next_try_at);

-- Case files that went to another authority, as they went: the log commits to their digests.
CREATE TABLE case_documents (
  case_id TEXT COLLATE "C" NOT NULL REFERENCES cases (id),
  number BIGINT NOT NULL,
  authority TEXT COLLATE "C" NOT NULL CHECK (authority IN ('police', 'inspectorate')),
  bytes BIGINT NOT NULL,
  sha256 BYTEA NOT NULL,
  made_at BIGINT NOT NULL,
  object TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (case_id, number)
);
