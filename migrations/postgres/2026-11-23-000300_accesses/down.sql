DROP TABLE access_hours;
DROP TABLE accesses;
