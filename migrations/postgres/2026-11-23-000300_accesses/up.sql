-- Who looked at whose record: kept for five years and shown to the person. Each hour is committed to in the log.
CREATE TABLE accesses (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  at BIGINT NOT NULL,
  person_id TEXT COLLATE "C" NOT NULL REFERENCES people (id),
  actor_id TEXT COLLATE "C" NOT NULL,
  actor_role TEXT COLLATE "C" NOT NULL,
  actor_body TEXT COLLATE "C",
  what TEXT COLLATE "C" NOT NULL CHECK (what IN ('record', 'list', 'credential', 'history'))
);
CREATE INDEX accesses_of_person ON accesses (person_id, id);
CREATE INDEX accesses_by_time ON accesses (at);

-- The hours that the log commits to.
CREATE TABLE access_hours (
  hour BIGINT NOT NULL PRIMARY KEY
);
