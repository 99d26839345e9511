-- The registry, first shape. Instants are BIGINT microseconds since 1970 UTC; days are DATE; ids are UUIDv7 text.
-- The PostgreSQL twin differs only in BYTEA for BLOB, COLLATE "C" on every text, how the triggers are written, and one
-- more of them, against TRUNCATE.

-- The end of the event log. Every writing transaction locks this row's table first: indexes have no gaps, and
-- writers never wait for one another in two orders.
CREATE TABLE log_head (
  id SMALLINT NOT NULL PRIMARY KEY CHECK (id = 1),
  size BIGINT NOT NULL,
  at BIGINT NOT NULL
);
INSERT INTO log_head (id, size, at) VALUES (1, 0, 0);

-- The leaves of the Merkle tree: what the public sees of each event, in the same places.
CREATE TABLE log_leaves (
  idx BIGINT NOT NULL PRIMARY KEY,
  type TEXT NOT NULL,
  hour BIGINT NOT NULL,
  commitment BLOB NOT NULL
);

-- The hashes over the leaves, as they are served: follows from the leaves. A tile that is not full grows.
CREATE TABLE log_tiles (
  level SMALLINT NOT NULL,
  n BIGINT NOT NULL,
  hashes BLOB NOT NULL,
  PRIMARY KEY (level, n)
);

-- The logs: each but the last was ended when another had to begin. The tree of each starts with the event `first`;
-- `size` and `checkpoint` are the newest that was signed.
CREATE TABLE logs (
  n INTEGER NOT NULL PRIMARY KEY,
  origin TEXT NOT NULL UNIQUE,
  first BIGINT NOT NULL,
  size BIGINT NOT NULL,
  checkpoint TEXT
);

-- What happened: who, what, when and, without personal fields, how.
CREATE TABLE events (
  idx BIGINT NOT NULL PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  type TEXT NOT NULL,
  at BIGINT NOT NULL,
  actor_id TEXT,
  actor_role TEXT NOT NULL,
  actor_body TEXT,
  object_kind TEXT NOT NULL,
  object_id TEXT NOT NULL,
  data TEXT NOT NULL,
  salt BLOB NOT NULL
);
CREATE INDEX events_of_object ON events (object_kind, object_id, idx);
CREATE INDEX events_of_type ON events (type, idx);
CREATE INDEX events_by_role ON events (actor_role, idx);
CREATE INDEX events_by_body ON events (actor_body, idx) WHERE actor_body IS NOT NULL;
CREATE TRIGGER events_are_not_changed BEFORE UPDATE ON events
  BEGIN SELECT RAISE(ABORT, 'what is written down is never changed or removed'); END;
CREATE TRIGGER events_are_not_removed BEFORE DELETE ON events
  BEGIN SELECT RAISE(ABORT, 'what is written down is never changed or removed'); END;
CREATE TRIGGER leaves_are_not_changed BEFORE UPDATE ON log_leaves
  BEGIN SELECT RAISE(ABORT, 'what is written down is never changed or removed'); END;
CREATE TRIGGER leaves_are_not_removed BEFORE DELETE ON log_leaves
  BEGIN SELECT RAISE(ABORT, 'what is written down is never changed or removed'); END;

-- The personal fields of an event, one row per subject, apart so that they can be erased.
CREATE TABLE event_personal (
  event_idx BIGINT NOT NULL REFERENCES events (idx),
  subject TEXT NOT NULL,
  digest BLOB NOT NULL,
  salt BLOB,
  fields TEXT,
  PRIMARY KEY (event_idx, subject),
  CHECK ((salt IS NULL) = (fields IS NULL))
);
CREATE INDEX event_personal_of_subject ON event_personal (subject);
CREATE TRIGGER personal_fields_are_only_erased BEFORE UPDATE ON event_personal
  WHEN NEW.salt IS NOT NULL OR NEW.digest <> OLD.digest
    OR NEW.event_idx <> OLD.event_idx OR NEW.subject <> OLD.subject
  BEGIN SELECT RAISE(ABORT, 'what is written down is never changed or removed'); END;
CREATE TRIGGER personal_digests_are_kept BEFORE DELETE ON event_personal
  BEGIN SELECT RAISE(ABORT, 'what is written down is never changed or removed'); END;

-- Units of administration: a code alone does not name one, for eight codes were reused in 2025.
CREATE TABLE provinces (
  id TEXT NOT NULL PRIMARY KEY,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  successor TEXT REFERENCES provinces (id),
  valid_from DATE,
  valid_to DATE
);

CREATE TABLE agencies (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  short_name TEXT UNIQUE,
  kind TEXT NOT NULL,
  level TEXT NOT NULL CHECK (level IN ('central', 'local')),
  governing_body TEXT,
  province_id TEXT REFERENCES provinces (id),
  website TEXT,
  source TEXT,
  state TEXT NOT NULL CHECK (state IN ('active', 'suspended', 'licence_revoked', 'closed')),
  search TEXT NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  CHECK ((level = 'local') = (province_id IS NOT NULL))
);

CREATE TABLE people (
  id TEXT NOT NULL PRIMARY KEY,
  full_name TEXT NOT NULL,
  pen_name TEXT,
  birth_date DATE NOT NULL,
  national_id_sealed BLOB NOT NULL,
  national_id_hash BLOB NOT NULL,
  email TEXT,
  portrait_id TEXT,
  search TEXT NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX people_by_national_id ON people (national_id_hash);

CREATE TABLE engagements (
  id TEXT NOT NULL PRIMARY KEY,
  person_id TEXT NOT NULL REFERENCES people (id),
  agency_id TEXT NOT NULL REFERENCES agencies (id),
  kind TEXT NOT NULL CHECK (kind IN ('staff', 'collaborator')),
  post TEXT NOT NULL,
  from_day DATE NOT NULL,
  to_day DATE
);
CREATE INDEX engagements_of_agency ON engagements (agency_id, person_id);
CREATE INDEX engagements_of_person ON engagements (person_id);

-- A portrait's bytes are files; `digest` is of the public picture and is printed in the card code.
CREATE TABLE portraits (
  id TEXT NOT NULL PRIMARY KEY,
  person_id TEXT NOT NULL REFERENCES people (id),
  digest TEXT NOT NULL UNIQUE,
  created_at BIGINT NOT NULL
);

CREATE TABLE users (
  id TEXT NOT NULL PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL,
  agency_id TEXT REFERENCES agencies (id),
  province_id TEXT REFERENCES provinces (id),
  body TEXT,
  person_id TEXT UNIQUE REFERENCES people (id),
  password_hash TEXT,
  state TEXT NOT NULL CHECK (state IN ('active', 'disabled')),
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);

-- A code that opens one sign-in, kept as its SHA-256; a new one replaces the old.
CREATE TABLE one_time_codes (
  user_id TEXT NOT NULL PRIMARY KEY REFERENCES users (id),
  code_hash BLOB NOT NULL,
  expires_at BIGINT NOT NULL
);

-- A family of refresh tokens, begun by one sign-in.
CREATE TABLE sessions (
  id TEXT NOT NULL PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id),
  must_change_password BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  ended_at BIGINT
);
CREATE INDEX sessions_of_user ON sessions (user_id);
CREATE TABLE refresh_tokens (
  token_hash BLOB NOT NULL PRIMARY KEY,
  session_id TEXT NOT NULL REFERENCES sessions (id),
  used_at BIGINT
);
CREATE INDEX refresh_tokens_of_session ON refresh_tokens (session_id);

CREATE TABLE applications (
  id TEXT NOT NULL PRIMARY KEY,
  agency_id TEXT NOT NULL REFERENCES agencies (id),
  kind TEXT NOT NULL CHECK (kind IN ('press_card', 'collaborator_card')),
  basis TEXT NOT NULL CHECK (basis IN ('first', 'renewal', 'exchange', 'reissue')),
  state TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'endorsed', 'returned', 'approved', 'refused', 'withdrawn')),
  drafted_by TEXT NOT NULL REFERENCES users (id),
  submitted_by TEXT REFERENCES users (id),
  endorsed_by TEXT REFERENCES users (id),
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX applications_of_agency ON applications (agency_id, id);

CREATE TABLE application_people (
  application_id TEXT NOT NULL REFERENCES applications (id),
  person_id TEXT NOT NULL REFERENCES people (id),
  position INTEGER NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('pending', 'endorsed', 'returned', 'approved', 'refused')),
  reason TEXT,
  credential_id TEXT,
  PRIMARY KEY (application_id, person_id)
);
CREATE INDEX application_people_of_person ON application_people (person_id);

CREATE TABLE credentials (
  id TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('press_card', 'introduction_letter', 'collaborator_card')),
  number TEXT NOT NULL UNIQUE,
  number_key TEXT NOT NULL UNIQUE,
  kid TEXT NOT NULL,
  status_index BIGINT NOT NULL UNIQUE,
  person_id TEXT NOT NULL REFERENCES people (id),
  agency_id TEXT NOT NULL REFERENCES agencies (id),
  application_id TEXT REFERENCES applications (id),
  name TEXT NOT NULL,
  agency_name TEXT NOT NULL,
  portrait_id TEXT REFERENCES portraits (id),
  photo_digest TEXT,
  place TEXT,
  unit_visited TEXT,
  work TEXT,
  valid_from BIGINT NOT NULL,
  valid_until BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'suspended', 'revoked', 'lost', 'returned', 'replaced')),
  -- Lost or handed in while it was suspended, which nobody has decided on yet.
  left_suspended BOOLEAN NOT NULL DEFAULT FALSE,
  ground TEXT,
  replaced_by TEXT REFERENCES credentials (id),
  code BLOB NOT NULL,
  log_index BIGINT NOT NULL,
  version BIGINT NOT NULL,
  issued_at BIGINT NOT NULL
);
CREATE INDEX credentials_of_agency ON credentials (agency_id, id);
CREATE INDEX credentials_of_person ON credentials (person_id, id);
CREATE INDEX credentials_by_photo ON credentials (photo_digest);
CREATE INDEX credentials_by_log ON credentials (log_index);

-- How many slots of each status list are taken; the order of slots is a keyed permutation.
CREATE TABLE status_lists (
  list INTEGER NOT NULL PRIMARY KEY,
  series TEXT NOT NULL CHECK (series IN ('cards', 'letters')),
  used INTEGER NOT NULL,
  opened_at BIGINT NOT NULL
);

-- Running numbers per kind of credential.
CREATE TABLE counters (
  name TEXT NOT NULL PRIMARY KEY,
  value BIGINT NOT NULL
);

-- The keys that exist. Secrets are files; a node whose files do not match these rows refuses to start.
CREATE TABLE keys (
  id TEXT NOT NULL PRIMARY KEY,
  purpose TEXT NOT NULL,
  public_key BLOB,
  state TEXT NOT NULL CHECK (state IN ('active', 'retired', 'compromised')),
  not_before BIGINT NOT NULL,
  not_after BIGINT
);

-- Every host ever printed in a card code.
CREATE TABLE hosts (
  host TEXT NOT NULL PRIMARY KEY,
  first_used_at BIGINT NOT NULL
);

-- Answers kept for 72 hours, so that a repeated request is answered and not repeated.
CREATE TABLE idempotency (
  key_hash BLOB NOT NULL PRIMARY KEY,
  payload_hash BLOB NOT NULL,
  status SMALLINT NOT NULL,
  headers TEXT NOT NULL,
  body BLOB NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX idempotency_by_end ON idempotency (expires_at);
