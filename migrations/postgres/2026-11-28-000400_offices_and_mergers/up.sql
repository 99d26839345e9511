-- Changes of offices by their day, offices in mergers, and notices of mergers: decision 35.
-- The SQLite twin makes `notices` anew.

-- The last change of what was confirmed that its agency told of: when it told, and from which day the change holds.
ALTER TABLE offices ADD COLUMN change_notified_on DATE;
ALTER TABLE offices ADD COLUMN change_on DATE CHECK ((change_on IS NULL) = (change_notified_on IS NULL));

ALTER TABLE succession_shares ADD COLUMN offices BIGINT NOT NULL DEFAULT 0;

-- Notices may be of a merger or split.
ALTER TABLE notices DROP CONSTRAINT notices_object_kind_check;
ALTER TABLE notices ADD CONSTRAINT notices_object_kind_check CHECK (object_kind IN ('application', 'credential', 'office', 'succession'));
