-- Whose cards of an agency end first, read from the index alone: an agency of 25,000 asks for it fifty times.
CREATE INDEX credentials_to_renew ON credentials (agency_id, kind, state, valid_until, id, person_id);
