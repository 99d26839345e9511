ALTER TABLE people_words
  DROP CONSTRAINT people_words_pkey,
  ADD PRIMARY KEY (agency_id, entry, person_id);
