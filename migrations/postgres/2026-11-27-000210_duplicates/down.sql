DROP TABLE duplicates;
DROP INDEX people_merged;
DROP INDEX people_by_name;
ALTER TABLE people DROP COLUMN merged_into;
ALTER TABLE people DROP COLUMN name_key;
