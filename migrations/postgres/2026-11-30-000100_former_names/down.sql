ALTER TABLE state_cards DROP COLUMN untraceable;
DROP TABLE former_names;
