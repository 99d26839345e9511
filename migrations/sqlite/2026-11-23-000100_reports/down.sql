DROP TABLE published_statistics;
DROP TABLE report_evidence;
DROP TABLE report_details;
DROP TABLE reports;
