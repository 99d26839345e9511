-- Which of an account's devices are known: those that signed in with its present password, and together those that
-- signed in with the one before. A number that only grows; it names no device.
ALTER TABLE users ADD COLUMN device_epoch BIGINT NOT NULL DEFAULT 0;
