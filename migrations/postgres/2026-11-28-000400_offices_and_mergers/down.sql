DELETE FROM notice_mails WHERE notice_id IN (SELECT id FROM notices WHERE object_kind = 'succession');
DELETE FROM notices WHERE object_kind = 'succession';
ALTER TABLE notices DROP CONSTRAINT notices_object_kind_check;
ALTER TABLE notices ADD CONSTRAINT notices_object_kind_check CHECK (object_kind IN ('application', 'credential', 'office'));

ALTER TABLE succession_shares DROP COLUMN offices;
ALTER TABLE offices DROP COLUMN change_on;
ALTER TABLE offices DROP COLUMN change_notified_on;
