ALTER TABLE offices DROP COLUMN reason_before;
