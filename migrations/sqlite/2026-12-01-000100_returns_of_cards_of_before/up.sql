-- Cards of before are handed in as ours are: decision 30. The PostgreSQL twin changes the one CHECK of `notices` in place.

-- What was done about press cards that are to be handed in: ours, and those of before.
CREATE TABLE card_returns_before AS SELECT * FROM card_returns;
DROP TABLE card_returns;
CREATE TABLE card_returns (
  -- The id of whichever it is.
  card_id TEXT NOT NULL PRIMARY KEY,
  credential_id TEXT REFERENCES credentials (id),
  state_card_id TEXT REFERENCES state_cards (id),
  reason TEXT NOT NULL CHECK (reason IN ('licence_revoked', 'agency_closed', 'left_agency')),
  since BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  requested_at BIGINT,
  reminded_at BIGINT,
  -- Since when a registrar is to decide whether the card is revoked.
  proposed_at BIGINT,
  set_aside_at BIGINT,
  version BIGINT NOT NULL,
  CHECK ((credential_id IS NULL) <> (state_card_id IS NULL)),
  CHECK (card_id = COALESCE(credential_id, state_card_id))
);
CREATE INDEX card_returns_by_time ON card_returns (due_at);
INSERT INTO card_returns (card_id, credential_id, reason, since, due_at, requested_at, reminded_at, proposed_at, set_aside_at, version)
  SELECT credential_id, credential_id, reason, since, due_at, requested_at, reminded_at, proposed_at, set_aside_at, version
  FROM card_returns_before;
DROP TABLE card_returns_before;

-- Notices may be of a card of before.
CREATE TABLE notices_before AS SELECT * FROM notices;
CREATE TABLE notice_mails_before AS SELECT * FROM notice_mails;
DROP TABLE notice_mails;
DROP TABLE notices;
-- Who is to be told what. Deadlines run from `served_at`.
CREATE TABLE notices (
  id TEXT NOT NULL PRIMARY KEY,
  -- Of a case,
  case_id TEXT REFERENCES cases (id),
  -- or of something else on record: which, of which agency, whose, and the entry of the log that tells of it. An
  -- application is forgotten with its refusals, and its notices with it.
  object_kind TEXT CHECK (object_kind IN ('application', 'credential', 'office', 'succession', 'state_card')),
  object_id TEXT,
  agency_id TEXT REFERENCES agencies (id),
  person_id TEXT REFERENCES people (id),
  log_index BIGINT,
  recipient TEXT NOT NULL CHECK (recipient IN ('subject', 'agency', 'reporter', 'holder')),
  account_id TEXT REFERENCES users (id),
  duty TEXT NOT NULL,
  means TEXT CHECK (means IN ('in_person', 'post', 'email', 'account')),
  -- Its place among those of its case.
  position INTEGER NOT NULL DEFAULT 0,
  sent_at BIGINT,
  served_at BIGINT,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (case_id, position),
  CHECK (case_id IS NULL OR duty IN ('opening', 'suspension', 'suspension_ended', 'decision', 'appeal_decision', 'dismissal', 'end')),
  CHECK ((case_id IS NULL) = (object_kind IS NOT NULL)),
  CHECK ((case_id IS NULL) = (object_id IS NOT NULL)),
  CHECK ((case_id IS NULL) = (agency_id IS NOT NULL)),
  CHECK ((case_id IS NULL) = (log_index IS NOT NULL)),
  CHECK ((recipient = 'holder') = (person_id IS NOT NULL))
);
CREATE INDEX notices_of_object ON notices (object_id);
CREATE INDEX notices_of_agency ON notices (agency_id, id);
CREATE INDEX notices_of_person ON notices (person_id);
CREATE INDEX notices_to_account ON notices (account_id, id) WHERE account_id IS NOT NULL;
CREATE INDEX notices_to_be_served ON notices (id) WHERE served_at IS NULL;
INSERT INTO notices SELECT * FROM notices_before;
DROP TABLE notices_before;
-- E-mails that tell of notices: whose address it is, is looked up when one is sent and never kept here.
CREATE TABLE notice_mails (
  notice_id TEXT NOT NULL PRIMARY KEY REFERENCES notices (id),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'refused', 'unreachable', 'no_address')),
  tries BIGINT NOT NULL,
  -- When it is tried next; while a node sends it, when another may take it over.
  next_try_at BIGINT NOT NULL,
  ended_at BIGINT
);
CREATE INDEX notice_mails_by_time ON notice_mails (state, next_try_at);
INSERT INTO notice_mails SELECT * FROM notice_mails_before;
DROP TABLE notice_mails_before;
