-- Whose a card of before the registry is, also once a name has changed or somebody of that name was erased.
-- The names that people bore on record before they were changed, as names are compared.
CREATE TABLE former_names (
  person_id TEXT COLLATE "C" NOT NULL REFERENCES people (id),
  name_key TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (person_id, name_key)
);
CREATE INDEX former_names_by_key ON former_names (name_key);
-- Whether somebody who may have held it, besides others, was erased: nobody can tell any more whose it is.
ALTER TABLE state_cards ADD COLUMN untraceable BOOLEAN NOT NULL DEFAULT FALSE;
