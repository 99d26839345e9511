-- What registrars write down of press cards of before, and which running number of ours looks like theirs.
ALTER TABLE state_cards DROP CONSTRAINT state_cards_state_check;
ALTER TABLE state_cards ADD CONSTRAINT state_cards_state_check
  CHECK (state IN ('active', 'lost', 'returned', 'revoked'));
-- Of the last event.
ALTER TABLE state_cards ADD COLUMN ground TEXT COLLATE "C";
-- Of which kind of credential its number could be one, and the running number of that.
ALTER TABLE state_cards ADD COLUMN series TEXT COLLATE "C";
ALTER TABLE state_cards ADD COLUMN running BIGINT;
CREATE INDEX state_cards_by_running ON state_cards (series, running);
UPDATE state_cards SET series = 'press_card', running = CAST(number_key AS BIGINT)
  WHERE number_key ~ '^([0-9]{6}|[1-9][0-9]{6,})$';
UPDATE state_cards SET series = 'introduction_letter', running = CAST(SUBSTR(number_key, 3) AS BIGINT)
  WHERE number_key ~ '^GT([0-9]{6}|[1-9][0-9]{6,})$';
UPDATE state_cards SET series = 'collaborator_card', running = CAST(SUBSTR(number_key, 4) AS BIGINT)
  WHERE number_key ~ '^CTV([0-9]{6}|[1-9][0-9]{6,})$';
