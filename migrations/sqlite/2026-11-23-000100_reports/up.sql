-- Reports of misuse, their evidence, and the public tables made of them.
-- The PostgreSQL twin differs only in BYTEA for BLOB, COLLATE "C", and the trigger syntax.

-- A report without what may have to be erased. Its receipt is kept as a keyed hash only.
CREATE TABLE reports (
  id TEXT NOT NULL PRIMARY KEY,
  receipt_hash BLOB NOT NULL UNIQUE,
  state TEXT NOT NULL CHECK (state IN ('received', 'in_case', 'closed')),
  kind TEXT,
  province_id TEXT NOT NULL REFERENCES provinces (id),
  occurred_at BIGINT NOT NULL,
  reporter_id TEXT REFERENCES users (id),
  reporter_body TEXT,
  reporter_province_id TEXT REFERENCES provinces (id),
  evidence_files BIGINT NOT NULL,
  evidence_bytes BIGINT NOT NULL,
  log_index BIGINT NOT NULL,
  version BIGINT NOT NULL,
  received_at BIGINT NOT NULL
);
CREATE INDEX reports_of_province ON reports (province_id, id);
CREATE INDEX reports_of_reporter ON reports (reporter_id, id);
CREATE INDEX reports_by_arrival ON reports (received_at);
CREATE INDEX reports_by_act ON reports (occurred_at);

-- What a report says of people and places: erased by removing the row.
CREATE TABLE report_details (
  report_id TEXT NOT NULL PRIMARY KEY REFERENCES reports (id),
  code TEXT,
  number TEXT,
  claimed_name TEXT,
  claimed_agency TEXT,
  place TEXT NOT NULL,
  narrative TEXT NOT NULL,
  amount_demanded BIGINT,
  police_reference TEXT
);

-- Files of evidence; their bytes are sealed objects named by report and digest.
CREATE TABLE report_evidence (
  report_id TEXT NOT NULL REFERENCES reports (id),
  number BIGINT NOT NULL,
  media_type TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  sha256 BLOB NOT NULL,
  added_at BIGINT NOT NULL,
  PRIMARY KEY (report_id, number),
  UNIQUE (report_id, sha256)
);

-- Tables of misuse as they were first published: never changed.
CREATE TABLE published_statistics (
  year BIGINT NOT NULL,
  dimension TEXT NOT NULL CHECK (dimension IN ('kind', 'province', 'month')),
  cells TEXT NOT NULL,
  published_at BIGINT NOT NULL,
  PRIMARY KEY (year, dimension)
);
CREATE TRIGGER published_statistics_are_not_changed BEFORE UPDATE ON published_statistics
  BEGIN SELECT RAISE(ABORT, 'published statistics are never changed'); END;
CREATE TRIGGER published_statistics_are_not_removed BEFORE DELETE ON published_statistics
  BEGIN SELECT RAISE(ABORT, 'published statistics are never removed'); END;
