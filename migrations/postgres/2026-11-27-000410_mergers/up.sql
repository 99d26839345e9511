-- Mergers and splits of agencies: decision 31.
CREATE TABLE successions (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('merger', 'split')),
  reason TEXT COLLATE "C" NOT NULL,
  ended_predecessors BOOLEAN NOT NULL,
  decided_at BIGINT NOT NULL
);

-- What went over from one agency to another, counted.
CREATE TABLE succession_shares (
  succession_id TEXT COLLATE "C" NOT NULL REFERENCES successions (id),
  from_id TEXT COLLATE "C" NOT NULL REFERENCES agencies (id),
  to_id TEXT COLLATE "C" NOT NULL REFERENCES agencies (id),
  people BIGINT NOT NULL,
  press_cards BIGINT NOT NULL,
  letters BIGINT NOT NULL,
  collaborator_cards BIGINT NOT NULL,
  applications BIGINT NOT NULL,
  accounts BIGINT NOT NULL,
  cases BIGINT NOT NULL,
  PRIMARY KEY (succession_id, from_id, to_id)
);
CREATE INDEX succession_shares_by_from ON succession_shares (from_id);
CREATE INDEX succession_shares_by_to ON succession_shares (to_id);
