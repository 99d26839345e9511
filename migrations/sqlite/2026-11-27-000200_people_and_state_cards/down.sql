DROP TABLE state_cards;
