-- What registrars write down of press cards of before, and which running number of ours looks like theirs. The PostgreSQL twin
-- differs in COLLATE "C", in altering the table where SQLite makes it anew, and in how it matches text.
CREATE TABLE state_cards_anew (
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
  state TEXT NOT NULL CHECK (state IN ('active', 'lost', 'returned', 'revoked')),
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  -- Of the last event.
  ground TEXT,
  -- Of which kind of credential its number could be one, and the running number of that.
  series TEXT,
  running BIGINT
);
INSERT INTO state_cards_anew
  SELECT id, number, number_key, name, name_key, agency_id, issued, valid_until, state, version, created_at, NULL, NULL, NULL
  FROM state_cards;
DROP TABLE state_cards;
ALTER TABLE state_cards_anew RENAME TO state_cards;
CREATE INDEX state_cards_of_agency ON state_cards (agency_id, name_key);
CREATE INDEX state_cards_by_running ON state_cards (series, running);
UPDATE state_cards SET series = 'press_card', running = CAST(number_key AS INTEGER)
  WHERE number_key NOT GLOB '*[^0-9]*'
  AND (LENGTH(number_key) = 6 OR (LENGTH(number_key) > 6 AND number_key NOT GLOB '0*'));
UPDATE state_cards SET series = 'introduction_letter', running = CAST(SUBSTR(number_key, 3) AS INTEGER)
  WHERE number_key GLOB 'GT*' AND SUBSTR(number_key, 3) NOT GLOB '*[^0-9]*'
  AND (LENGTH(number_key) = 8 OR (LENGTH(number_key) > 8 AND number_key NOT GLOB 'GT0*'));
UPDATE state_cards SET series = 'collaborator_card', running = CAST(SUBSTR(number_key, 4) AS INTEGER)
  WHERE number_key GLOB 'CTV*' AND SUBSTR(number_key, 4) NOT GLOB '*[^0-9]*'
  AND (LENGTH(number_key) = 9 OR (LENGTH(number_key) > 9 AND number_key NOT GLOB 'CTV0*'));
