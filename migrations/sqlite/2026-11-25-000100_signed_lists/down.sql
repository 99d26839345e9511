DROP INDEX credentials_by_slot;
DROP TABLE signed_lists;
