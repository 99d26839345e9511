-- Files of people that are taken in. Nothing here says what stands in a file: that is in the sealed object.
CREATE TABLE imports (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  agency_id TEXT COLLATE "C" NOT NULL REFERENCES agencies (id),
  user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id),
  session_id TEXT COLLATE "C" NOT NULL,
  dry_run BOOLEAN NOT NULL,
  mode TEXT COLLATE "C" NOT NULL CHECK (mode IN ('all', 'rows')),
  state TEXT COLLATE "C" NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed')),
  row_count BIGINT NOT NULL,
  rows_done BIGINT NOT NULL,
  -- As a spreadsheet counts: up to here everything is written.
  last_row BIGINT NOT NULL,
  accepted BIGINT NOT NULL,
  unchanged BIGINT NOT NULL,
  rejected BIGINT NOT NULL,
  registered BIGINT NOT NULL,
  -- The file; once it is over, the rejected rows.
  object TEXT COLLATE "C",
  claims BIGINT NOT NULL,
  leased_until BIGINT NOT NULL,
  failure TEXT COLLATE "C",
  created_at BIGINT NOT NULL
);
CREATE INDEX imports_by_state ON imports (state, leased_until);
CREATE INDEX imports_by_age ON imports (created_at);

CREATE TABLE import_errors (
  import_id TEXT COLLATE "C" NOT NULL REFERENCES imports (id),
  row_number BIGINT NOT NULL,
  position INTEGER NOT NULL,
  column_name TEXT COLLATE "C" NOT NULL,
  code TEXT COLLATE "C" NOT NULL,
  detail TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (import_id, row_number, position)
);
