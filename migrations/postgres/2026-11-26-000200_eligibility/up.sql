-- What was known of each person of an application when it was last looked at: stated by the agency, and from the record.
-- Sealed, because it may tell of convictions and discipline.
CREATE TABLE eligibility (
  application_id TEXT COLLATE "C" NOT NULL REFERENCES applications (id),
  person_id TEXT COLLATE "C" NOT NULL REFERENCES people (id),
  sealed BYTEA NOT NULL,
  PRIMARY KEY (application_id, person_id)
);
CREATE INDEX eligibility_of_person ON eligibility (person_id);
