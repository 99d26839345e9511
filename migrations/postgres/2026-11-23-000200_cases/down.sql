DROP TABLE notices;
DROP TABLE case_links;
DROP TABLE case_statements;
DROP TABLE case_decisions;
DROP TABLE case_reports;
DROP TABLE cases;
