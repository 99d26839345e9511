-- What was removed meant nothing any more.
SELECT 1;
