-- Licences that are entered anew where there was a slip, those that were revoked, and the days of mergers and splits.
-- The SQLite twin makes `licences` anew.

-- The same number and day twice only where the one takes the other's place.
ALTER TABLE licences DROP CONSTRAINT licences_agency_id_number_issued_on_key;
CREATE INDEX licences_of_agency ON licences (agency_id, number, issued_on);
-- When it was taken away, being in force.
ALTER TABLE licences ADD COLUMN revoked_on DATE;

-- The first day of what came of a merger or split; of those before, the day of the decision on record.
ALTER TABLE successions ADD COLUMN effective_on DATE;
