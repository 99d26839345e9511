DROP TABLE office_posts;
DROP TABLE offices;
ALTER TABLE published_statistics DROP COLUMN as_recorded;
