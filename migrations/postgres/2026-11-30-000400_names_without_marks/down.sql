DROP INDEX people_by_folded_name;
ALTER TABLE people DROP COLUMN name_folded;
