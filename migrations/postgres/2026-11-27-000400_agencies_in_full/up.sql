-- Agencies in full: the types of press, where they are entered, licences, and who leads them.
ALTER TABLE agencies ADD COLUMN press_types TEXT COLLATE "C";

CREATE TABLE licences (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  agency_id TEXT COLLATE "C" NOT NULL REFERENCES agencies (id),
  number TEXT COLLATE "C" NOT NULL,
  issued_on DATE NOT NULL,
  issuer TEXT COLLATE "C" NOT NULL,
  valid_until DATE,
  -- Words of the licence itself.
  purpose TEXT COLLATE "C",
  circulation_area TEXT COLLATE "C",
  created_at BIGINT NOT NULL,
  UNIQUE (agency_id, number, issued_on)
);

-- Each licence is replaced once at most.
CREATE TABLE licence_replacements (
  replaced_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES licences (id),
  licence_id TEXT COLLATE "C" NOT NULL REFERENCES licences (id),
  from_day DATE NOT NULL
);
CREATE INDEX licence_replacements_by_licence ON licence_replacements (licence_id);

-- Heads and deputies in time: of people on record.
CREATE TABLE agency_leaders (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  agency_id TEXT COLLATE "C" NOT NULL REFERENCES agencies (id),
  person_id TEXT COLLATE "C" NOT NULL REFERENCES people (id),
  post TEXT COLLATE "C" NOT NULL CHECK (post IN ('head', 'deputy')),
  title TEXT COLLATE "C",
  from_day DATE NOT NULL,
  to_day DATE,
  created_at BIGINT NOT NULL
);
CREATE INDEX agency_leaders_of_agency ON agency_leaders (agency_id, from_day);
CREATE INDEX agency_leaders_of_person ON agency_leaders (person_id);
