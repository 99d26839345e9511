-- A table that is kept in its key has the last day there.
SELECT 1;
