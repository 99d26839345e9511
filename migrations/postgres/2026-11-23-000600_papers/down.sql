DROP TABLE case_documents;
DROP TABLE notice_mails;
DROP TABLE case_evidence;
ALTER TABLE report_evidence DROP COLUMN object;
