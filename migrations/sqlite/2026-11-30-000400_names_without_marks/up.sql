-- What names are compared by where one was written without any mark, as machines used to write them. Records of before are
-- given theirs, and are compared with all others, soon after the start. The PostgreSQL twin differs only in COLLATE "C".
ALTER TABLE people ADD COLUMN name_folded TEXT NOT NULL DEFAULT '';
CREATE INDEX people_by_folded_name ON people (name_folded, birth_date);
