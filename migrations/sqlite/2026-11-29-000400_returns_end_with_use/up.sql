-- What was done about a card that is to be handed in ends when the card is out of use: where it comes back, its holder is asked
-- for it anew.
DELETE FROM card_returns WHERE credential_id IN (SELECT id FROM credentials WHERE state NOT IN ('active', 'suspended'));
