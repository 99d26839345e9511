-- Erasures of people: asked for by one registrar, carried out by another. The PostgreSQL twin differs only in COLLATE "C".
-- The row of somebody erased stays without anything personal in it: cards, cases and the log name its id.
ALTER TABLE people ADD COLUMN erased_at BIGINT;

CREATE TABLE erasures (
  person_id TEXT NOT NULL PRIMARY KEY REFERENCES people (id),
  requested_by TEXT REFERENCES users (id),
  requested_at BIGINT NOT NULL,
  -- Until it is carried out.
  reason TEXT,
  -- The province of the registrar who confirmed, if that was not the ministry's.
  province_id TEXT REFERENCES provinces (id),
  log_index BIGINT
);
