-- What auditors ask the log for, and who looked at a case and why. The PostgreSQL twin differs only in COLLATE "C" and in
-- altering the table of looks where SQLite makes it anew.

-- Where what happened is at home. Most provinces have a small part of the log, some none: without the index such a list
-- walks through all of it. What is the ministry's has no entry there.
ALTER TABLE events ADD COLUMN province_id TEXT;
CREATE INDEX events_of_province ON events (province_id, idx) WHERE province_id IS NOT NULL;

-- Public counts are of cases now; nothing else asks for reports by the time of the act.
DROP INDEX reports_by_act;

-- Who looked at what: at a person's record, at a case, at a report, or at the log as a whole. A report may be gone before
-- the look at it.
CREATE TABLE looks (
  id TEXT NOT NULL PRIMARY KEY,
  at BIGINT NOT NULL,
  person_id TEXT REFERENCES people (id),
  actor_id TEXT NOT NULL,
  actor_role TEXT NOT NULL,
  actor_body TEXT,
  what TEXT NOT NULL,
  case_id TEXT REFERENCES cases (id),
  report_id TEXT,
  purpose TEXT
);
INSERT INTO looks SELECT id, at, person_id, actor_id, actor_role, actor_body, what, NULL, NULL, NULL FROM accesses;
DROP TABLE accesses;
ALTER TABLE looks RENAME TO accesses;
CREATE INDEX accesses_of_person ON accesses (person_id, id);
-- Hours are committed to in this order.
CREATE INDEX accesses_by_time ON accesses (at, id);
