-- People in the order of their names, and under each word of them: decision 28. The PostgreSQL twin differs
-- only in COLLATE "C", and in that it cannot keep a table in its key.
-- It is made from `people` and `engagements`; the program enters those who are there already when it starts.
CREATE TABLE people_words (
  agency_id TEXT NOT NULL,
  -- The word, what it is of the name, and what the name is sorted by. Bytes are compared.
  entry TEXT NOT NULL,
  person_id TEXT NOT NULL REFERENCES people (id),
  -- The last day on which they work for the agency, where one is known.
  until DATE,
  PRIMARY KEY (agency_id, entry, person_id)
) WITHOUT ROWID;
CREATE INDEX people_words_of_person ON people_words (person_id);

-- Words without marks say too little for it.
ALTER TABLE people DROP COLUMN search;
