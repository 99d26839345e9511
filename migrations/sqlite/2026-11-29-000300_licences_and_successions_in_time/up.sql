-- Licences that are entered anew where there was a slip, those that were revoked, and the days of mergers and splits.
-- The PostgreSQL twin drops the one UNIQUE in place.
CREATE TABLE licences_before AS SELECT * FROM licences;
CREATE TABLE licence_replacements_before AS SELECT * FROM licence_replacements;
DROP TABLE licence_replacements;
DROP TABLE licences;
CREATE TABLE licences (
  id TEXT NOT NULL PRIMARY KEY,
  agency_id TEXT NOT NULL REFERENCES agencies (id),
  -- The same number and day twice only where the one takes the other's place.
  number TEXT NOT NULL,
  issued_on DATE NOT NULL,
  issuer TEXT NOT NULL,
  valid_until DATE,
  -- Words of the licence itself.
  purpose TEXT,
  circulation_area TEXT,
  created_at BIGINT NOT NULL,
  -- When it was taken away, being in force.
  revoked_on DATE
);
CREATE INDEX licences_of_agency ON licences (agency_id, number, issued_on);
INSERT INTO licences SELECT *, NULL FROM licences_before;
DROP TABLE licences_before;
-- Each licence is replaced once at most.
CREATE TABLE licence_replacements (
  replaced_id TEXT NOT NULL PRIMARY KEY REFERENCES licences (id),
  licence_id TEXT NOT NULL REFERENCES licences (id),
  from_day DATE NOT NULL
);
CREATE INDEX licence_replacements_by_licence ON licence_replacements (licence_id);
INSERT INTO licence_replacements SELECT * FROM licence_replacements_before;
DROP TABLE licence_replacements_before;

-- The first day of what came of a merger or split; of those before, the day of the decision on record.
ALTER TABLE successions ADD COLUMN effective_on DATE;
