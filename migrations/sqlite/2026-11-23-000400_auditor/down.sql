DELETE FROM accesses WHERE person_id IS NULL OR what NOT IN ('record', 'list', 'credential', 'history');
CREATE TABLE looks (
  id TEXT NOT NULL PRIMARY KEY,
  at BIGINT NOT NULL,
  person_id TEXT NOT NULL REFERENCES people (id),
  actor_id TEXT NOT NULL,
  actor_role TEXT NOT NULL,
  actor_body TEXT,
  what TEXT NOT NULL CHECK (what IN ('record', 'list', 'credential', 'history'))
);
INSERT INTO looks SELECT id, at, person_id, actor_id, actor_role, actor_body, what FROM accesses;
DROP TABLE accesses;
ALTER TABLE looks RENAME TO accesses;
CREATE INDEX accesses_of_person ON accesses (person_id, id);
CREATE INDEX accesses_by_time ON accesses (at);
DROP INDEX events_of_province;
ALTER TABLE events DROP COLUMN province_id;
CREATE INDEX reports_by_act ON reports (occurred_at);
