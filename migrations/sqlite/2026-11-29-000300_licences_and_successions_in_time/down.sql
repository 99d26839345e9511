ALTER TABLE successions DROP COLUMN effective_on;

CREATE TABLE licences_before AS SELECT * FROM licences;
CREATE TABLE licence_replacements_before AS SELECT * FROM licence_replacements;
DROP TABLE licence_replacements;
DROP TABLE licences;
CREATE TABLE licences (
  id TEXT NOT NULL PRIMARY KEY,
  agency_id TEXT NOT NULL REFERENCES agencies (id),
  number TEXT NOT NULL,
  issued_on DATE NOT NULL,
  issuer TEXT NOT NULL,
  valid_until DATE,
  -- Words of the licence itself.
  purpose TEXT,
  circulation_area TEXT,
  created_at BIGINT NOT NULL,
  UNIQUE (agency_id, number, issued_on)
);
-- Of a licence that was entered anew the last entry stays, and has replaced what its former ones had.
INSERT INTO licences SELECT id, agency_id, number, issued_on, issuer, valid_until, purpose, circulation_area, created_at
  FROM licences_before WHERE id IN (SELECT MAX(id) FROM licences_before GROUP BY agency_id, number, issued_on);
-- Each licence is replaced once at most.
CREATE TABLE licence_replacements (
  replaced_id TEXT NOT NULL PRIMARY KEY REFERENCES licences (id),
  licence_id TEXT NOT NULL REFERENCES licences (id),
  from_day DATE NOT NULL
);
CREATE INDEX licence_replacements_by_licence ON licence_replacements (licence_id);
INSERT INTO licence_replacements SELECT it.replaced_id, (
  SELECT MAX(other.id) FROM licences_before AS one JOIN licences_before AS other
    ON other.agency_id = one.agency_id AND other.number = one.number AND other.issued_on = one.issued_on
    WHERE one.id = it.licence_id
), it.from_day FROM licence_replacements_before AS it WHERE it.replaced_id IN (SELECT id FROM licences);
DROP TABLE licences_before;
DROP TABLE licence_replacements_before;
