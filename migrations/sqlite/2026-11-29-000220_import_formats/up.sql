-- In which form a file came: its rejected rows go back in the same, unless another is asked for.
ALTER TABLE imports ADD COLUMN format TEXT NOT NULL DEFAULT 'csv' CHECK (format IN ('csv', 'xlsx'));
