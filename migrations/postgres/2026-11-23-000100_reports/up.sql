-- Reports of misuse, their evidence, and the public tables made of them.
-- The SQLite twin differs only in BYTEA for BYTEA, the missing COLLATE "C", and the trigger syntax.

-- A report without what may have to be erased. Its receipt is kept as a keyed hash only.
CREATE TABLE reports (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  receipt_hash BYTEA NOT NULL UNIQUE,
  state TEXT COLLATE "C" NOT NULL CHECK (state IN ('received', 'in_case', 'closed')),
  kind TEXT COLLATE "C",
  province_id TEXT COLLATE "C" NOT NULL REFERENCES provinces (id),
  occurred_at BIGINT NOT NULL,
  reporter_id TEXT COLLATE "C" REFERENCES users (id),
  reporter_body TEXT COLLATE "C",
  reporter_province_id TEXT COLLATE "C" REFERENCES provinces (id),
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
  report_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES reports (id),
  code TEXT COLLATE "C",
  number TEXT COLLATE "C",
  claimed_name TEXT COLLATE "C",
  claimed_agency TEXT COLLATE "C",
  place TEXT COLLATE "C" NOT NULL,
  narrative TEXT COLLATE "C" NOT NULL,
  amount_demanded BIGINT,
  police_reference TEXT COLLATE "C"
);

-- Files of evidence; their bytes are sealed objects named by report and digest.
CREATE TABLE report_evidence (
  report_id TEXT COLLATE "C" NOT NULL REFERENCES reports (id),
  number BIGINT NOT NULL,
  media_type TEXT COLLATE "C" NOT NULL,
  bytes BIGINT NOT NULL,
  sha256 BYTEA NOT NULL,
  added_at BIGINT NOT NULL,
  PRIMARY KEY (report_id, number),
  UNIQUE (report_id, sha256)
);

-- Tables of misuse as they were first published: never changed.
CREATE TABLE published_statistics (
  year BIGINT NOT NULL,
  dimension TEXT COLLATE "C" NOT NULL CHECK (dimension IN ('kind', 'province', 'month')),
  cells TEXT COLLATE "C" NOT NULL,
  published_at BIGINT NOT NULL,
  PRIMARY KEY (year, dimension)
);
CREATE FUNCTION refuse_to_change_published() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'published statistics are never changed or removed'; END $$;
CREATE TRIGGER published_statistics_are_kept BEFORE UPDATE OR DELETE ON published_statistics
  FOR EACH ROW EXECUTE FUNCTION refuse_to_change_published();
CREATE TRIGGER published_statistics_are_not_emptied BEFORE TRUNCATE ON published_statistics
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_published();
