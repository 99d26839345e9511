-- Which record they led it under before is told by the log alone; the record that they stand under now answers for both.
SELECT 1;
