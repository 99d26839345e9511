-- Wrong guesses of passwords, for all nodes. Whose they are is known by a keyed hash alone: of what was typed as an
-- account, of a neighbourhood of network addresses, of a device or a session.
CREATE TABLE guesses (
  key_hash BYTEA NOT NULL PRIMARY KEY,
  -- When all of them are forgotten, and the row with them.
  over_at BIGINT NOT NULL,
  -- When the next guess may be made.
  next_at BIGINT NOT NULL
);
CREATE INDEX guesses_over ON guesses (over_at);
