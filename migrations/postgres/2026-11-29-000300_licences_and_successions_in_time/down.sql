ALTER TABLE successions DROP COLUMN effective_on;

-- Of a licence that was entered anew the last entry stays, and has replaced what its former ones had.
CREATE TEMPORARY TABLE mended ON COMMIT DROP AS
  SELECT id FROM licences WHERE id NOT IN (SELECT MAX(id) FROM licences GROUP BY agency_id, number, issued_on);
DELETE FROM licence_replacements WHERE replaced_id IN (SELECT id FROM mended);
UPDATE licence_replacements SET licence_id = (
  SELECT MAX(other.id) FROM licences AS one JOIN licences AS other
    ON other.agency_id = one.agency_id AND other.number = one.number AND other.issued_on = one.issued_on
    WHERE one.id = licence_replacements.licence_id
) WHERE licence_id IN (SELECT id FROM mended);
DELETE FROM licences WHERE id IN (SELECT id FROM mended);
ALTER TABLE licences DROP COLUMN revoked_on;
DROP INDEX licences_of_agency;
ALTER TABLE licences ADD CONSTRAINT licences_agency_id_number_issued_on_key UNIQUE (agency_id, number, issued_on);
