-- Cases of misuse. The PostgreSQL twin differs only in COLLATE "C". What is written about people in free words is kept here and, apart, in `event_personal`.
CREATE TABLE cases (
  id TEXT NOT NULL PRIMARY KEY,
  state TEXT NOT NULL CHECK (state IN ('opened', 'notified', 'answered', 'decided', 'appealed', 'upheld', 'overturned', 'closed', 'dismissed')),
  kind TEXT,
  subject TEXT NOT NULL CHECK (subject IN ('holder', 'agency', 'body', 'claimed', 'unknown')),
  person_id TEXT REFERENCES people (id),
  agency_id TEXT REFERENCES agencies (id),
  body TEXT,
  credential_id TEXT REFERENCES credentials (id),
  province_id TEXT NOT NULL REFERENCES provinces (id),
  venue_id TEXT NOT NULL REFERENCES provinces (id),
  place TEXT,
  occurred_at BIGINT,
  summary TEXT,
  claimed_name TEXT,
  claimed_agency TEXT,
  claimed_phone TEXT,
  claimed_number TEXT,
  opened_by TEXT NOT NULL REFERENCES users (id),
  notice TEXT CHECK (notice IN ('impossible', 'sent', 'served')),
  reply_by BIGINT,
  stay_until BIGINT,
  stay_ended BOOLEAN NOT NULL,
  interim_credential_id TEXT REFERENCES credentials (id),
  interim_until BIGINT,
  interim_index BIGINT,
  interim_ended BOOLEAN NOT NULL,
  replied BOOLEAN NOT NULL,
  version BIGINT NOT NULL,
  opened_at BIGINT NOT NULL,
  CHECK ((subject = 'holder') = (person_id IS NOT NULL)),
  CHECK (subject <> 'agency' OR agency_id IS NOT NULL),
  CHECK ((subject = 'body') = (body IS NOT NULL))
);
CREATE INDEX cases_of_venue ON cases (venue_id, id);
CREATE INDEX cases_of_agency ON cases (agency_id, id);
CREATE INDEX cases_of_person ON cases (person_id, id);
CREATE INDEX cases_by_stay ON cases (stay_ended, stay_until);
CREATE INDEX cases_by_interim ON cases (interim_ended, interim_until);

CREATE TABLE case_reports (
  case_id TEXT NOT NULL REFERENCES cases (id),
  report_id TEXT NOT NULL REFERENCES reports (id),
  position INTEGER NOT NULL,
  PRIMARY KEY (case_id, report_id)
);
CREATE INDEX case_reports_of_report ON case_reports (report_id);

-- The decision of a case, and the appeal against it.
CREATE TABLE case_decisions (
  case_id TEXT NOT NULL PRIMARY KEY REFERENCES cases (id),
  outcome TEXT NOT NULL CHECK (outcome IN ('substantiated', 'unfounded')),
  kind TEXT NOT NULL,
  measure TEXT NOT NULL CHECK (measure IN ('none', 'suspend', 'revoke')),
  credential_id TEXT REFERENCES credentials (id),
  names_subject BOOLEAN NOT NULL,
  reasons TEXT NOT NULL,
  decided_by TEXT NOT NULL REFERENCES users (id),
  decided_at BIGINT NOT NULL,
  confirmed_by TEXT REFERENCES users (id),
  effect_index BIGINT,
  appeal_until BIGINT,
  appealed_at BIGINT,
  heard_by TEXT REFERENCES users (id),
  heard_at BIGINT,
  overturned BOOLEAN NOT NULL,
  appeal_reasons TEXT,
  CHECK ((measure = 'none') OR (credential_id IS NOT NULL AND names_subject))
);

-- Replies and appeals, in the words of those who were heard.
CREATE TABLE case_statements (
  case_id TEXT NOT NULL REFERENCES cases (id),
  position INTEGER NOT NULL,
  role TEXT NOT NULL,
  is_appeal BOOLEAN NOT NULL,
  text TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (case_id, position)
);

-- Cases that a registrar holds to be of one person; the lower id first.
CREATE TABLE case_links (
  case_id TEXT NOT NULL REFERENCES cases (id),
  other_id TEXT NOT NULL REFERENCES cases (id),
  linked_at BIGINT NOT NULL,
  PRIMARY KEY (case_id, other_id),
  CHECK (case_id < other_id)
);
CREATE INDEX case_links_of_other ON case_links (other_id);

-- Who is to be told what. Deadlines run from `served_at`.
CREATE TABLE notices (
  id TEXT NOT NULL PRIMARY KEY,
  case_id TEXT NOT NULL REFERENCES cases (id),
  recipient TEXT NOT NULL CHECK (recipient IN ('subject', 'agency', 'reporter')),
  account_id TEXT REFERENCES users (id),
  duty TEXT NOT NULL CHECK (duty IN ('opening', 'suspension', 'suspension_ended', 'decision', 'appeal_decision', 'dismissal', 'end')),
  means TEXT CHECK (means IN ('in_person', 'post', 'email', 'account')),
  position INTEGER NOT NULL,
  sent_at BIGINT,
  served_at BIGINT,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (case_id, position)
);
