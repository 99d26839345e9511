DROP INDEX credentials_to_renew;
