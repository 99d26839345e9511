-- Records that may be of one human being, for a registrar to decide on. Found by the program when a record is written; for
-- records of before, when it starts.
-- What names are compared by, in whichever spelling.
ALTER TABLE people ADD COLUMN name_key TEXT COLLATE "C" NOT NULL DEFAULT '';
-- The record that took this one in.
ALTER TABLE people ADD COLUMN merged_into TEXT COLLATE "C";
CREATE INDEX people_by_name ON people (name_key, birth_date);
CREATE INDEX people_merged ON people (merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE duplicates (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  -- The record that was entered first.
  one_id TEXT COLLATE "C" NOT NULL REFERENCES people (id),
  other_id TEXT COLLATE "C" NOT NULL REFERENCES people (id),
  ground TEXT COLLATE "C" NOT NULL CHECK (ground IN ('national_id', 'name_and_birth_date')),
  state TEXT COLLATE "C" NOT NULL CHECK (state IN ('open', 'dismissed', 'merged')),
  version BIGINT NOT NULL,
  found_at BIGINT NOT NULL,
  UNIQUE (one_id, other_id)
);
CREATE INDEX duplicates_of_other ON duplicates (other_id);
CREATE INDEX duplicates_by_state ON duplicates (state, id);
