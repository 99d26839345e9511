DROP INDEX notices_of_agency;
CREATE INDEX notices_of_agency ON notices (agency_id);
DROP INDEX notices_to_be_served;
DROP INDEX notices_to_account;
DROP INDEX portraits_of_person;
DROP INDEX people_of_portrait;
DROP INDEX credentials_of_portrait;
