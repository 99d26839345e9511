-- Provinces by both maps, and offices of agencies in provinces.

-- Of provinces, every unit of the year by itself: published in the same row, so that both maps are of one moment.
ALTER TABLE published_statistics ADD COLUMN as_recorded TEXT COLLATE "C";

-- What an agency has in a province: an office, or a reporter who resides there or follows it.
CREATE TABLE offices (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  agency_id TEXT COLLATE "C" NOT NULL REFERENCES agencies (id),
  kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('resident_agency', 'representative_office', 'resident_reporter', 'assigned_reporter')),
  -- The unit as it was on the day of the notice.
  province_id TEXT COLLATE "C" NOT NULL REFERENCES provinces (id),
  -- Of premises only: where a reporter lives is nobody's business.
  address TEXT COLLATE "C",
  from_day DATE NOT NULL,
  to_day DATE,
  of_centre BOOLEAN NOT NULL,
  -- Kinds of papers that came with the notice, as the agency states: a JSON list of words.
  documents TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL CHECK (state IN ('draft', 'notified', 'confirmed', 'objected', 'suspended', 'stopped', 'closed', 'withdrawn')),
  -- How it stood before its agency was suspended.
  state_before TEXT COLLATE "C" CHECK (state_before IN ('notified', 'confirmed', 'objected')),
  reason TEXT COLLATE "C",
  ground TEXT COLLATE "C" CHECK (ground IN ('agency_suspended', 'licence_revoked', 'agency_closed', 'left_agency')),
  drafted_by TEXT COLLATE "C" NOT NULL,
  notified_by TEXT COLLATE "C",
  notified_on DATE,
  confirmed_on DATE,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  CHECK ((state = 'draft' OR state = 'withdrawn') OR notified_on IS NOT NULL),
  CHECK ((state = 'suspended') = (state_before IS NOT NULL))
);
CREATE INDEX offices_of_agency ON offices (agency_id, id);
CREATE INDEX offices_of_province ON offices (province_id, id);

-- Who works there. A post that ended stays until its person is erased.
CREATE TABLE office_posts (
  office_id TEXT COLLATE "C" NOT NULL REFERENCES offices (id),
  person_id TEXT COLLATE "C" NOT NULL REFERENCES people (id),
  post TEXT COLLATE "C" NOT NULL CHECK (post IN ('head', 'reporter')),
  to_day DATE,
  PRIMARY KEY (office_id, person_id)
);
CREATE INDEX office_posts_of_person ON office_posts (person_id);
