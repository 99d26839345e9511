DELETE FROM notice_mails WHERE notice_id IN (SELECT id FROM notices WHERE object_kind = 'state_card');
DELETE FROM notices WHERE object_kind = 'state_card';
ALTER TABLE notices DROP CONSTRAINT notices_object_kind_check;
ALTER TABLE notices ADD CONSTRAINT notices_object_kind_check CHECK (object_kind IN ('application', 'credential', 'office', 'succession'));

-- Cards of before are in no queue without this step.
CREATE TABLE card_returns_before AS SELECT * FROM card_returns WHERE credential_id IS NOT NULL;
DROP TABLE card_returns;
CREATE TABLE card_returns (
  credential_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES credentials (id),
  reason TEXT COLLATE "C" NOT NULL CHECK (reason IN ('licence_revoked', 'agency_closed', 'left_agency')),
  since BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  requested_at BIGINT,
  reminded_at BIGINT,
  -- Since when a registrar is to decide whether the card is revoked.
  proposed_at BIGINT,
  set_aside_at BIGINT,
  version BIGINT NOT NULL
);
CREATE INDEX card_returns_by_time ON card_returns (due_at);
INSERT INTO card_returns
  SELECT credential_id, reason, since, due_at, requested_at, reminded_at, proposed_at, set_aside_at, version
  FROM card_returns_before;
DROP TABLE card_returns_before;
