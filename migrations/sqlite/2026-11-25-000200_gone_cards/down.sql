ALTER TABLE credentials DROP COLUMN gone;
