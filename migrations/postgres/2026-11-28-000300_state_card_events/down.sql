DROP INDEX state_cards_by_running;
ALTER TABLE state_cards DROP COLUMN running;
ALTER TABLE state_cards DROP COLUMN series;
ALTER TABLE state_cards DROP COLUMN ground;
-- A lost card must not be valid again.
UPDATE state_cards SET state = 'returned' WHERE state = 'lost';
ALTER TABLE state_cards DROP CONSTRAINT state_cards_state_check;
ALTER TABLE state_cards ADD CONSTRAINT state_cards_state_check CHECK (state IN ('active', 'returned', 'revoked'));
