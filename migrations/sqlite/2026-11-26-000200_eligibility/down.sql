DROP TABLE eligibility;
