DROP TABLE erasures;
ALTER TABLE people DROP COLUMN erased_at;
