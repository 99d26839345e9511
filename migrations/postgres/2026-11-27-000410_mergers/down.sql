DROP TABLE succession_shares;
DROP TABLE successions;
