ALTER TABLE application_people DROP COLUMN police_reference;
DROP TABLE card_returns;
DROP INDEX credentials_by_end;
CREATE TABLE notices_after AS SELECT * FROM notices WHERE case_id IS NOT NULL;
CREATE TABLE notice_mails_after AS SELECT * FROM notice_mails WHERE notice_id IN (SELECT id FROM notices_after);
DROP TABLE notice_mails;
DROP TABLE notices;
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
INSERT INTO notices (id, case_id, recipient, account_id, duty, means, position, sent_at, served_at, version, created_at)
  SELECT id, case_id, recipient, account_id, duty, means, position, sent_at, served_at, version, created_at
  FROM notices_after;
DROP TABLE notices_after;
CREATE TABLE notice_mails (
  notice_id TEXT NOT NULL PRIMARY KEY REFERENCES notices (id),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'refused', 'unreachable', 'no_address')),
  tries BIGINT NOT NULL,
  next_try_at BIGINT NOT NULL,
  ended_at BIGINT
);
CREATE INDEX notice_mails_by_time ON notice_mails (state, next_try_at);
INSERT INTO notice_mails (notice_id, state, tries, next_try_at, ended_at)
  SELECT notice_id, state, tries, next_try_at, ended_at FROM notice_mails_after;
DROP TABLE notice_mails_after;
