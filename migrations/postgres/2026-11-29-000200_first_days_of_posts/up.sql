-- The first day of a post that came with a change; of the others it is the office's: decision 35.
ALTER TABLE office_posts ADD COLUMN from_day DATE;
