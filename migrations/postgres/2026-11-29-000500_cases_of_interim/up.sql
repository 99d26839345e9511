-- Whether a suspension is a case's own is asked of every card that is suspended.
CREATE INDEX cases_of_interim ON cases (interim_credential_id);
