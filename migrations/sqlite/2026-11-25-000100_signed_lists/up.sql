-- Status lists and honest sets as signed, so that every node serves the same bytes. All of it is made from other tables.
-- The PostgreSQL twin differs only in COLLATE and in what bytes are called.
CREATE TABLE signed_lists (
  -- What follows `/status/` in its address.
  name TEXT NOT NULL PRIMARY KEY,
  -- Counted up with each signature.
  version BIGINT NOT NULL,
  token BLOB NOT NULL
);

-- The bits of a list are read from the index alone.
CREATE INDEX credentials_by_slot ON credentials (status_index, state);
