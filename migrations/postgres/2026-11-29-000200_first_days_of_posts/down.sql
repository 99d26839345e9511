ALTER TABLE office_posts DROP COLUMN from_day;
