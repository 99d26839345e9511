CREATE TABLE state_cards_before (
  id TEXT NOT NULL PRIMARY KEY,
  number TEXT NOT NULL UNIQUE,
  number_key TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  agency_id TEXT NOT NULL REFERENCES agencies (id),
  issued DATE NOT NULL,
  valid_until DATE NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'returned', 'revoked')),
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
-- A lost card must not be valid again.
INSERT INTO state_cards_before
  SELECT id, number, number_key, name, name_key, agency_id, issued, valid_until,
    CASE state WHEN 'lost' THEN 'returned' ELSE state END, version, created_at
  FROM state_cards;
DROP TABLE state_cards;
ALTER TABLE state_cards_before RENAME TO state_cards;
CREATE INDEX state_cards_of_agency ON state_cards (agency_id, name_key);
