DROP INDEX cases_of_interim;
