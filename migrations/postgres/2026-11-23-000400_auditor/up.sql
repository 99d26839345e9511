-- What auditors ask the log for, and who looked at a case and why.

-- Where what happened is at home. Most provinces have a small part of the log, some none: without the index such a list
-- walks through all of it. What is the ministry's has no entry there.
ALTER TABLE events ADD COLUMN province_id TEXT COLLATE "C";
CREATE INDEX events_of_province ON events (province_id, idx) WHERE province_id IS NOT NULL;

-- Public counts are of cases now; nothing else asks for reports by the time of the act.
DROP INDEX reports_by_act;

-- Who looked at what: at a person's record, at a case, at a report, or at the log as a whole. A report may be gone before
-- the look at it.
ALTER TABLE accesses DROP CONSTRAINT accesses_what_check;
ALTER TABLE accesses ALTER COLUMN person_id DROP NOT NULL;
ALTER TABLE accesses ADD COLUMN case_id TEXT COLLATE "C" REFERENCES cases (id);
ALTER TABLE accesses ADD COLUMN report_id TEXT COLLATE "C";
ALTER TABLE accesses ADD COLUMN purpose TEXT COLLATE "C";
DROP INDEX accesses_by_time;
-- Hours are committed to in this order.
CREATE INDEX accesses_by_time ON accesses (at, id);
