-- Press cards of before the registry: they have no QR of ours, and are looked up by number and name. The PostgreSQL twin
-- differs only in COLLATE "C".
CREATE TABLE state_cards (
  id TEXT NOT NULL PRIMARY KEY,
  number TEXT NOT NULL UNIQUE,
  -- As a person may type it; no other card has it, ours or theirs.
  number_key TEXT NOT NULL UNIQUE,
  -- Empty once the holder was erased.
  name TEXT NOT NULL,
  -- What names are compared by, in whichever spelling.
  name_key TEXT NOT NULL,
  agency_id TEXT NOT NULL REFERENCES agencies (id),
  issued DATE NOT NULL,
  -- The last day.
  valid_until DATE NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'returned', 'revoked')),
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX state_cards_of_agency ON state_cards (agency_id, name_key);
