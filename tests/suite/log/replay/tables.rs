//! Which tables the log tells, how each is read, and why the others are not told.

use crate::support::app::TestApp;
use crate::support::{Engine, TestDatabase};
use std::collections::BTreeMap;

/// What the log tells of each table: `key=value` of every row. `HEX(…)` is written as each database has it. A name after
/// a dot tells two views of one table apart.
pub(super) const TOLD: &[(&str, &str)] = &[
    ("agencies", "SELECT id || '=' || state || '|' || name || '|' || kind || '|' || level FROM agencies"),
    (
        "people",
        "SELECT id || '=' || full_name || '|' || COALESCE(portrait_id, '') || '|' || \
         CASE WHEN erased_at IS NULL THEN '' ELSE 'erased' END || '|' || COALESCE(merged_into, '') FROM people",
    ),
    (
        "duplicates",
        "SELECT id || '=' || one_id || '|' || other_id || '|' || state FROM duplicates WHERE state <> 'open'",
    ),
    (
        "erasures",
        "SELECT person_id || '=' || COALESCE(requested_by, '') || '|' || COALESCE(CAST(log_index AS TEXT), '') FROM erasures",
    ),
    (
        "engagements",
        "SELECT id || '=' || person_id || '|' || post || '|' || COALESCE(CAST(to_day AS TEXT), '') || '|' || agency_id \
         FROM engagements",
    ),
    (
        "agency_leaders",
        "SELECT id || '=' || agency_id || '|' || person_id || '|' || post || '|' || COALESCE(CAST(to_day AS TEXT), '') \
         FROM agency_leaders",
    ),
    (
        "licences",
        "SELECT id || '=' || agency_id || '|' || number || '|' || COALESCE(CAST(valid_until AS TEXT), '') || '|' || \
         COALESCE(purpose, '') || '|' || COALESCE(CAST(revoked_on AS TEXT), '') FROM licences",
    ),
    (
        "application_documents",
        "SELECT application_id || '/' || CAST(number AS TEXT) || '=' || kind || '|' || COALESCE(person_id, '') || '|' || \
         media_type || '|' || CAST(bytes AS TEXT) || '|' || HEX(sha256) FROM application_documents",
    ),
    (
        "office_documents",
        "SELECT office_id || '/' || CAST(number AS TEXT) || '=' || kind || '|' || COALESCE(person_id, '') || '|' || \
         media_type || '|' || CAST(bytes AS TEXT) || '|' || HEX(sha256) FROM office_documents",
    ),
    ("licence_replacements", "SELECT replaced_id || '=' || licence_id FROM licence_replacements"),
    ("successions", "SELECT id || '=' || kind || '|' || COALESCE(CAST(effective_on AS TEXT), '') FROM successions"),
    (
        "succession_shares",
        "SELECT succession_id || '/' || from_id || '/' || to_id || '=' || CAST(people AS TEXT) || '|' || \
         CAST(press_cards AS TEXT) || '|' || CAST(letters AS TEXT) || '|' || CAST(collaborator_cards AS TEXT) || '|' || \
         CAST(applications AS TEXT) || '|' || CAST(accounts AS TEXT) || '|' || CAST(offices AS TEXT) || '|' || \
         CAST(cases AS TEXT) FROM succession_shares",
    ),
    ("portraits", "SELECT id || '=' || person_id FROM portraits"),
    // A caller of the tests chose a password that nobody knows, without an event of its own: as if there were none.
    (
        "users",
        "SELECT id || '=' || role || '|' || state || '|' || COALESCE(agency_id, '') || '|' || \
         CASE WHEN password_hash IS NULL OR password_hash LIKE '%AAAAAAAAAAAAAAAAAAAAAAAA' THEN '' ELSE 'password' END \
         || '|' || CAST(device_epoch AS TEXT) FROM users",
    ),
    ("applications", "SELECT id || '=' || kind || '|' || basis || '|' || state || '|' || drafted_by FROM applications"),
    ("application_people", "SELECT application_id || '/' || person_id || '=' || outcome FROM application_people"),
    (
        "credentials",
        "SELECT id || '=' || kind || '|' || agency_id || '|' || state || '|' || COALESCE(ground, '') || '|' || \
         COALESCE(replaced_by, '') || '|' || CAST(log_index AS TEXT) FROM credentials",
    ),
    (
        "credentials.status_index",
        "SELECT CAST(status_index / 131072 AS TEXT) || '/' || CAST(status_index % 131072 AS TEXT) || '=' || \
         CASE WHEN state = 'active' THEN 'good' ELSE 'withdrawn' END FROM credentials",
    ),
    (
        "state_cards",
        "SELECT id || '=' || agency_id || '|' || CAST(valid_until AS TEXT) || '|' || name || '|' || state || '|' || \
         COALESCE(ground, '') FROM state_cards",
    ),
    ("status_lists", "SELECT CAST(list AS TEXT) || '=' FROM status_lists"),
    ("keys", "SELECT id || '=' || purpose || '|' || state FROM keys"),
    ("hosts", "SELECT host || '=' FROM hosts"),
    ("reports", "SELECT id || '=' || state || '|' || COALESCE(kind, '') || '|' || province_id FROM reports"),
    ("report_details", "SELECT report_id || '=' FROM report_details"),
    (
        "report_evidence",
        "SELECT report_id || '/' || CAST(number AS TEXT) || '=' || media_type || '|' || CAST(bytes AS TEXT) || '|' || \
         HEX(sha256) FROM report_evidence",
    ),
    (
        "case_evidence",
        "SELECT case_id || '/' || CAST(number AS TEXT) || '=' || media_type || '|' || CAST(bytes AS TEXT) || '|' || \
         HEX(sha256) || '|' || role FROM case_evidence",
    ),
    ("case_documents", "SELECT case_id || '/' || HEX(sha256) || '=' FROM case_documents"),
    ("published_statistics", "SELECT CAST(year AS TEXT) || '/' || dimension || '=' FROM published_statistics"),
    ("access_hours", "SELECT CAST(hour AS TEXT) || '=' FROM access_hours"),
    ("cases", "SELECT id || '=' || state || '|' || COALESCE(kind, '') FROM cases"),
    ("case_reports", "SELECT case_id || '/' || report_id || '=' FROM case_reports"),
    (
        "case_decisions",
        "SELECT case_id || '=' || outcome || '|' || kind || '|' || measure || '|' || decided_by || '|' || \
         COALESCE(confirmed_by, '') || '|' || CASE WHEN overturned THEN 'overturned' ELSE '' END FROM case_decisions",
    ),
    (
        "case_statements",
        "SELECT case_id || '/' || CAST(position AS TEXT) || '=' || role || '|' || \
         CASE WHEN is_appeal THEN 'appeal' ELSE 'answer' END FROM case_statements",
    ),
    ("case_links", "SELECT case_id || '/' || other_id || '=' FROM case_links"),
    ("notices", "SELECT id || '=' || COALESCE(case_id, object_id) FROM notices"),
    (
        "card_returns",
        "SELECT card_id || '=' || COALESCE(state_card_id, '') || '|' || reason || '|' || CAST(due_at AS TEXT) || '|' || \
         COALESCE(CAST(requested_at AS TEXT), '') || '|' || COALESCE(CAST(reminded_at AS TEXT), '') || '|' || \
         COALESCE(CAST(proposed_at AS TEXT), '') || '|' || COALESCE(CAST(set_aside_at AS TEXT), '') FROM card_returns",
    ),
    (
        "offices",
        "SELECT id || '=' || agency_id || '|' || kind || '|' || province_id || '|' || state || '|' || \
         COALESCE(CAST(to_day AS TEXT), '') || '|' || COALESCE(ground, '') || '|' || \
         COALESCE(CAST(change_notified_on AS TEXT), '') || '|' || COALESCE(CAST(change_on AS TEXT), '') FROM offices",
    ),
    (
        "office_posts",
        "SELECT office_id || '/' || person_id || '=' || post || '|' || COALESCE(CAST(from_day AS TEXT), '') \
         FROM office_posts WHERE to_day IS NULL",
    ),
];

/// Tables that the log does not tell, each with its reason.
pub(super) const UNTOLD: &[(&str, &str)] = &[
    ("__diesel_schema_migrations", "the schema's own"),
    ("accesses", "each hour of looks is told as their number and digest, which the audit holds against the rows"),
    ("counters", "the last number given: each number stands on its credential"),
    (
        "eligibility",
        "sealed: what is known of people when an application is looked at; its event tells what comes of it",
    ),
    ("event_personal", "the log itself"),
    ("events", "the log itself"),
    ("former_names", "made from what is told of people: under which names cards of before are theirs"),
    ("guesses", "wrong passwords: whoever guesses changes nothing"),
    ("idempotency", "answers kept for those who ask again: copies of what was told"),
    ("import_errors", "what is wrong with rows of a file that are not entered"),
    ("imports", "how far a file is: each person who is entered from it is told as person.registered"),
    ("log_head", "the log itself"),
    ("log_leaves", "the log itself"),
    ("log_tiles", "the log itself, hashed"),
    ("logs", "the log itself, signed"),
    ("notice_mails", "what is still to be tried; how each ended is told as notice.emailed or notice.email_failed"),
    ("one_time_codes", "a way to sign in: that it was given is told as the account's user.created or user.reset"),
    ("people_words", "an index of names, made from people and engagements"),
    ("provinces", "loaded with the program: the same everywhere"),
    ("refresh_tokens", "signing in changes nobody's rights"),
    ("sessions", "signing in changes nobody's rights"),
    ("signed_lists", "what is told of credentials and keys, signed"),
];

/// A forged row for each of [`TOLD`].
pub(super) const FORGERIES: &[(&str, &str)] = &[
    (
        "agencies",
        "UPDATE agencies SET state = 'active' WHERE id = (SELECT MIN(id) FROM agencies WHERE state <> 'active')",
    ),
    ("people", "UPDATE people SET full_name = 'X' WHERE id = (SELECT MAX(id) FROM people)"),
    ("duplicates", "UPDATE duplicates SET state = 'open'"),
    ("erasures", "DELETE FROM erasures"),
    ("engagements", "UPDATE engagements SET post = 'X' WHERE id = (SELECT MAX(id) FROM engagements)"),
    ("agency_leaders", "UPDATE agency_leaders SET post = 'deputy'"),
    ("licences", "UPDATE licences SET number = 'X'"),
    ("application_documents", "UPDATE application_documents SET bytes = bytes + 1"),
    ("office_documents", "UPDATE office_documents SET person_id = NULL WHERE person_id IS NOT NULL"),
    ("licence_replacements", "DELETE FROM licence_replacements"),
    ("succession_shares", "UPDATE succession_shares SET people = people + 1"),
    ("successions", "UPDATE successions SET kind = 'split'"),
    ("portraits", "DELETE FROM portraits"),
    ("users", "UPDATE users SET role = 'admin' WHERE id = (SELECT MAX(id) FROM users WHERE role <> 'admin')"),
    (
        "applications",
        "UPDATE applications SET state = 'draft' WHERE id = (SELECT MAX(id) FROM applications WHERE state <> 'draft')",
    ),
    ("application_people", "UPDATE application_people SET outcome = 'refused'"),
    ("credentials", "UPDATE credentials SET ground = 'error' WHERE id = (SELECT MAX(id) FROM credentials)"),
    ("credentials.status_index", "UPDATE credentials SET state = 'active'"),
    ("state_cards", "UPDATE state_cards SET state = 'revoked' WHERE state = 'active'"),
    ("status_lists", "DELETE FROM status_lists"),
    ("keys", "UPDATE keys SET state = 'active' WHERE state <> 'active'"),
    ("hosts", "INSERT INTO hosts VALUES ('forged.example', 0)"),
    ("reports", "UPDATE reports SET state = 'received'"),
    ("report_details", "DELETE FROM report_details"),
    ("report_evidence", "UPDATE report_evidence SET bytes = bytes + 1"),
    ("case_evidence", "UPDATE case_evidence SET bytes = bytes + 1"),
    ("case_documents", "DELETE FROM case_documents"),
    ("published_statistics", "DELETE FROM published_statistics"),
    ("access_hours", "INSERT INTO access_hours VALUES (1)"),
    ("cases", "UPDATE cases SET state = 'opened'"),
    ("case_reports", "DELETE FROM case_reports"),
    ("case_decisions", "UPDATE case_decisions SET outcome = 'substantiated'"),
    ("case_statements", "DELETE FROM case_statements"),
    ("case_links", "DELETE FROM case_links"),
    ("notices", "DELETE FROM notices"),
    ("card_returns", "UPDATE card_returns SET proposed_at = NULL"),
    ("offices", "UPDATE offices SET change_on = '2001-01-01' WHERE change_on IS NOT NULL"),
    ("offices", "UPDATE offices SET ground = 'licence_revoked'"),
    ("office_posts", "DELETE FROM office_posts"),
];

/// The table of a name in [`TOLD`].
pub(super) fn table_of(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

/// What a query of [`TOLD`] finds.
pub(super) fn rows(app: &TestApp, query: &str) -> BTreeMap<String, String> {
    let database: &TestDatabase = &app.database;
    let query = match database.engine {
        Engine::Sqlite => query.replace("HEX(sha256)", "LOWER(HEX(sha256))"),
        Engine::Postgres => query.replace("HEX(sha256)", "ENCODE(sha256, 'hex')"),
    };
    let (head, from) = query.rsplit_once(" FROM ").expect("a query");
    let rows = database.texts(&format!("{head} AS value FROM {from}"));
    let pairs: Vec<_> = rows.iter().map(|row| row.split_once('=').expect("key and value")).collect();
    let found: BTreeMap<_, _> = pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    assert_eq!(found.len(), pairs.len(), "keys are keys: {query}");
    found
}
