-- Whose picture it is and which card carries it, asked each day for every picture; and notices as they are listed.
CREATE INDEX credentials_of_portrait ON credentials (portrait_id) WHERE portrait_id IS NOT NULL;
CREATE INDEX people_of_portrait ON people (portrait_id) WHERE portrait_id IS NOT NULL;
CREATE INDEX portraits_of_person ON portraits (person_id);
CREATE INDEX notices_to_account ON notices (account_id, id) WHERE account_id IS NOT NULL;
CREATE INDEX notices_to_be_served ON notices (id) WHERE served_at IS NULL;
DROP INDEX notices_of_agency;
CREATE INDEX notices_of_agency ON notices (agency_id, id);
