DROP TABLE published_statistics;
DROP FUNCTION refuse_to_change_published();
DROP TABLE report_evidence;
DROP TABLE report_details;
DROP TABLE reports;
