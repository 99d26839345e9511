-- Erasures of people: asked for by one registrar, carried out by another.
-- The row of somebody erased stays without anything personal in it: cards, cases and the log name its id.
ALTER TABLE people ADD COLUMN erased_at BIGINT;

CREATE TABLE erasures (
  person_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES people (id),
  requested_by TEXT COLLATE "C" REFERENCES users (id),
  requested_at BIGINT NOT NULL,
  -- Until it is carried out.
  reason TEXT COLLATE "C",
  -- The province of the registrar who confirmed, if that was not the ministry's.
  province_id TEXT COLLATE "C" REFERENCES provinces (id),
  log_index BIGINT
);
