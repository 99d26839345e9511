-- Cards of before are handed in as ours are: decision 30. The SQLite twin makes `notices` anew.

-- What was done about press cards that are to be handed in: ours, and those of before.
CREATE TABLE card_returns_before AS SELECT * FROM card_returns;
DROP TABLE card_returns;
CREATE TABLE card_returns (
  -- The id of whichever it is.
  card_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  credential_id TEXT COLLATE "C" REFERENCES credentials (id),
  state_card_id TEXT COLLATE "C" REFERENCES state_cards (id),
  reason TEXT COLLATE "C" NOT NULL CHECK (reason IN ('licence_revoked', 'agency_closed', 'left_agency')),
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
ALTER TABLE notices DROP CONSTRAINT notices_object_kind_check;
ALTER TABLE notices ADD CONSTRAINT notices_object_kind_check CHECK (object_kind IN ('application', 'credential', 'office', 'succession', 'state_card'));
