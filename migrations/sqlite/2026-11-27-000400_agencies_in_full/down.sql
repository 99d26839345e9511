DROP TABLE agency_leaders;
DROP TABLE licence_replacements;
DROP TABLE licences;
ALTER TABLE agencies DROP COLUMN press_types;
