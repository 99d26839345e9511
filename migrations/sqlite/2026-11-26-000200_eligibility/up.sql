-- What was known of each person of an application when it was last looked at: stated by the agency, and from the record.
-- Sealed, because it may tell of convictions and discipline. The PostgreSQL twin differs only in COLLATE and in what bytes
-- are called.
CREATE TABLE eligibility (
  application_id TEXT NOT NULL REFERENCES applications (id),
  person_id TEXT NOT NULL REFERENCES people (id),
  sealed BLOB NOT NULL,
  PRIMARY KEY (application_id, person_id)
);
CREATE INDEX eligibility_of_person ON eligibility (person_id);
