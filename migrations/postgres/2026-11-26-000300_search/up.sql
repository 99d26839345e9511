-- People in the order of their names, and under each word of them: decision 28.
-- It is made from `people` and `engagements`; the program enters those who are there already when it starts.
CREATE TABLE people_words (
  agency_id TEXT COLLATE "C" NOT NULL,
  -- The word, what it is of the name, and what the name is sorted by. Bytes are compared.
  entry TEXT COLLATE "C" NOT NULL,
  person_id TEXT COLLATE "C" NOT NULL REFERENCES people (id),
  -- The last day on which they work for the agency, where one is known.
  until DATE,
  PRIMARY KEY (agency_id, entry, person_id)
);
CREATE INDEX people_words_of_person ON people_words (person_id);

-- Words without marks say too little for it.
ALTER TABLE people DROP COLUMN search;
