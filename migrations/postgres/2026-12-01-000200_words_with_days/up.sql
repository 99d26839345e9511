-- The last day in the key, so that a search reads the index alone: with 5,000 names of a word 1 ms, not 35.
ALTER TABLE people_words
  DROP CONSTRAINT people_words_pkey,
  ADD PRIMARY KEY (agency_id, entry, person_id) INCLUDE (until);
