-- The registry, first shape. Instants are BIGINT microseconds since 1970 UTC; days are DATE; ids are UUIDv7 text.
-- The SQLite twin differs only in BLOB for BYTEA, the missing COLLATE "C", how the triggers are written, and the missing
-- one against TRUNCATE.

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
  type TEXT COLLATE "C" NOT NULL,
  hour BIGINT NOT NULL,
  commitment BYTEA NOT NULL
);

-- The hashes over the leaves, as they are served: follows from the leaves. A tile that is not full grows.
CREATE TABLE log_tiles (
  level SMALLINT NOT NULL,
  n BIGINT NOT NULL,
  hashes BYTEA NOT NULL,
  PRIMARY KEY (level, n)
);

-- The logs: each but the last was ended when another had to begin. The tree of each starts with the event `first`;
-- `size` and `checkpoint` are the newest that was signed.
CREATE TABLE logs (
  n INTEGER NOT NULL PRIMARY KEY,
  origin TEXT COLLATE "C" NOT NULL UNIQUE,
  first BIGINT NOT NULL,
  size BIGINT NOT NULL,
  checkpoint TEXT COLLATE "C"
);

-- What happened: who, what, when and, without personal fields, how.
CREATE TABLE events (
  idx BIGINT NOT NULL PRIMARY KEY,
  id TEXT COLLATE "C" NOT NULL UNIQUE,
  type TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL,
  actor_id TEXT COLLATE "C",
  actor_role TEXT COLLATE "C" NOT NULL,
  actor_body TEXT COLLATE "C",
  object_kind TEXT COLLATE "C" NOT NULL,
  object_id TEXT COLLATE "C" NOT NULL,
  data TEXT COLLATE "C" NOT NULL,
  salt BYTEA NOT NULL
);
CREATE INDEX events_of_object ON events (object_kind, object_id, idx);
CREATE INDEX events_of_type ON events (type, idx);
CREATE INDEX events_by_role ON events (actor_role, idx);
CREATE INDEX events_by_body ON events (actor_body, idx) WHERE actor_body IS NOT NULL;
CREATE FUNCTION refuse_to_rewrite_history() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'what is written down is never changed or removed'; END $$;
CREATE TRIGGER events_are_kept BEFORE UPDATE OR DELETE ON events
  FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite_history();
CREATE TRIGGER events_are_not_emptied BEFORE TRUNCATE ON events
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_rewrite_history();
CREATE TRIGGER leaves_are_kept BEFORE UPDATE OR DELETE ON log_leaves
  FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite_history();
CREATE TRIGGER leaves_are_not_emptied BEFORE TRUNCATE ON log_leaves
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_rewrite_history();

-- The personal fields of an event, one row per subject, apart so that they can be erased.
CREATE TABLE event_personal (
  event_idx BIGINT NOT NULL REFERENCES events (idx),
  subject TEXT COLLATE "C" NOT NULL,
  digest BYTEA NOT NULL,
  salt BYTEA,
  fields TEXT COLLATE "C",
  PRIMARY KEY (event_idx, subject),
  CHECK ((salt IS NULL) = (fields IS NULL))
);
CREATE INDEX event_personal_of_subject ON event_personal (subject);
CREATE TRIGGER personal_fields_are_only_erased BEFORE UPDATE ON event_personal
  FOR EACH ROW WHEN (NEW.salt IS NOT NULL OR NEW.digest <> OLD.digest
    OR NEW.event_idx <> OLD.event_idx OR NEW.subject <> OLD.subject)
  EXECUTE FUNCTION refuse_to_rewrite_history();
CREATE TRIGGER personal_digests_are_kept BEFORE DELETE ON event_personal
  FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite_history();
CREATE TRIGGER personal_digests_are_not_emptied BEFORE TRUNCATE ON event_personal
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_rewrite_history();

-- Units of administration: a code alone does not name one, for eight codes were reused in 2025.
CREATE TABLE provinces (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  code TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  successor TEXT COLLATE "C" REFERENCES provinces (id),
  valid_from DATE,
  valid_to DATE
);

CREATE TABLE agencies (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  name TEXT COLLATE "C" NOT NULL,
  short_name TEXT COLLATE "C" UNIQUE,
  kind TEXT COLLATE "C" NOT NULL,
  level TEXT COLLATE "C" NOT NULL CHECK (level IN ('central', 'local')),
  governing_body TEXT COLLATE "C",
  province_id TEXT COLLATE "C" REFERENCES provinces (id),
  website TEXT COLLATE "C",
  source TEXT COLLATE "C",
  state TEXT COLLATE "C" NOT NULL CHECK (state IN ('active', 'suspended', 'licence_revoked', 'closed')),
  search TEXT COLLATE "C" NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  CHECK ((level = 'local') = (province_id IS NOT NULL))
);

CREATE TABLE people (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  full_name TEXT COLLATE "C" NOT NULL,
  pen_name TEXT COLLATE "C",
  birth_date DATE NOT NULL,
  national_id_sealed BYTEA NOT NULL,
  national_id_hash BYTEA NOT NULL,
  email TEXT COLLATE "C",
  portrait_id TEXT COLLATE "C",
  search TEXT COLLATE "C" NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX people_by_national_id ON people (national_id_hash);

CREATE TABLE engagements (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  person_id TEXT COLLATE "C" NOT NULL REFERENCES people (id),
  agency_id TEXT COLLATE "C" NOT NULL REFERENCES agencies (id),
  kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('staff', 'collaborator')),
  post TEXT COLLATE "C" NOT NULL,
  from_day DATE NOT NULL,
  to_day DATE
);
CREATE INDEX engagements_of_agency ON engagements (agency_id, person_id);
CREATE INDEX engagements_of_person ON engagements (person_id);

-- A portrait's bytes are files; `digest` is of the public picture and is printed in the card code.
CREATE TABLE portraits (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  person_id TEXT COLLATE "C" NOT NULL REFERENCES people (id),
  digest TEXT COLLATE "C" NOT NULL UNIQUE,
  created_at BIGINT NOT NULL
);

CREATE TABLE users (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  email TEXT COLLATE "C" NOT NULL UNIQUE,
  role TEXT COLLATE "C" NOT NULL,
  agency_id TEXT COLLATE "C" REFERENCES agencies (id),
  province_id TEXT COLLATE "C" REFERENCES provinces (id),
  body TEXT COLLATE "C",
  person_id TEXT COLLATE "C" UNIQUE REFERENCES people (id),
  password_hash TEXT COLLATE "C",
  state TEXT COLLATE "C" NOT NULL CHECK (state IN ('active', 'disabled')),
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);

-- A code that opens one sign-in, kept as its SHA-256; a new one replaces the old.
CREATE TABLE one_time_codes (
  user_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES users (id),
  code_hash BYTEA NOT NULL,
  expires_at BIGINT NOT NULL
);

-- A family of refresh tokens, begun by one sign-in.
CREATE TABLE sessions (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id),
  must_change_password BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  ended_at BIGINT
);
CREATE INDEX sessions_of_user ON sessions (user_id);
CREATE TABLE refresh_tokens (
  token_hash BYTEA NOT NULL PRIMARY KEY,
  session_id TEXT COLLATE "C" NOT NULL REFERENCES sessions (id),
  used_at BIGINT
);
CREATE INDEX refresh_tokens_of_session ON refresh_tokens (session_id);

CREATE TABLE applications (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  agency_id TEXT COLLATE "C" NOT NULL REFERENCES agencies (id),
  kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('press_card', 'collaborator_card')),
  basis TEXT COLLATE "C" NOT NULL CHECK (basis IN ('first', 'renewal', 'exchange', 'reissue')),
  state TEXT COLLATE "C" NOT NULL CHECK (state IN ('draft', 'submitted', 'endorsed', 'returned', 'approved', 'refused', 'withdrawn')),
  drafted_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
  submitted_by TEXT COLLATE "C" REFERENCES users (id),
  endorsed_by TEXT COLLATE "C" REFERENCES users (id),
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX applications_of_agency ON applications (agency_id, id);

CREATE TABLE application_people (
  application_id TEXT COLLATE "C" NOT NULL REFERENCES applications (id),
  person_id TEXT COLLATE "C" NOT NULL REFERENCES people (id),
  position INTEGER NOT NULL,
  outcome TEXT COLLATE "C" NOT NULL CHECK (outcome IN ('pending', 'endorsed', 'returned', 'approved', 'refused')),
  reason TEXT COLLATE "C",
  credential_id TEXT COLLATE "C",
  PRIMARY KEY (application_id, person_id)
);
CREATE INDEX application_people_of_person ON application_people (person_id);

CREATE TABLE credentials (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('press_card', 'introduction_letter', 'collaborator_card')),
  number TEXT COLLATE "C" NOT NULL UNIQUE,
  number_key TEXT COLLATE "C" NOT NULL UNIQUE,
  kid TEXT COLLATE "C" NOT NULL,
  status_index BIGINT NOT NULL UNIQUE,
  person_id TEXT COLLATE "C" NOT NULL REFERENCES people (id),
  agency_id TEXT COLLATE "C" NOT NULL REFERENCES agencies (id),
  application_id TEXT COLLATE "C" REFERENCES applications (id),
  name TEXT COLLATE "C" NOT NULL,
  agency_name TEXT COLLATE "C" NOT NULL,
  portrait_id TEXT COLLATE "C" REFERENCES portraits (id),
  photo_digest TEXT COLLATE "C",
  place TEXT COLLATE "C",
  unit_visited TEXT COLLATE "C",
  work TEXT COLLATE "C",
  valid_from BIGINT NOT NULL,
  valid_until BIGINT NOT NULL,
  state TEXT COLLATE "C" NOT NULL CHECK (state IN ('active', 'suspended', 'revoked', 'lost', 'returned', 'replaced')),
  -- Lost or handed in while it was suspended, which nobody has decided on yet.
  left_suspended BOOLEAN NOT NULL DEFAULT FALSE,
  ground TEXT COLLATE "C",
  replaced_by TEXT COLLATE "C" REFERENCES credentials (id),
  code BYTEA NOT NULL,
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
  series TEXT COLLATE "C" NOT NULL CHECK (series IN ('cards', 'letters')),
  used INTEGER NOT NULL,
  opened_at BIGINT NOT NULL
);

-- Running numbers per kind of credential.
CREATE TABLE counters (
  name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  value BIGINT NOT NULL
);

-- The keys that exist. Secrets are files; a node whose files do not match these rows refuses to start.
CREATE TABLE keys (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  purpose TEXT COLLATE "C" NOT NULL,
  public_key BYTEA,
  state TEXT COLLATE "C" NOT NULL CHECK (state IN ('active', 'retired', 'compromised')),
  not_before BIGINT NOT NULL,
  not_after BIGINT
);

-- Every host ever printed in a card code.
CREATE TABLE hosts (
  host TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  first_used_at BIGINT NOT NULL
);

-- Answers kept for 72 hours, so that a repeated request is answered and not repeated.
CREATE TABLE idempotency (
  key_hash BYTEA NOT NULL PRIMARY KEY,
  payload_hash BYTEA NOT NULL,
  status SMALLINT NOT NULL,
  headers TEXT COLLATE "C" NOT NULL,
  body BYTEA NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX idempotency_by_end ON idempotency (expires_at);
