//! An agency that proposes all its journalists for renewal, 500 at a time: what is known of each is held against the
//! conditions of the law. Against one list of whose cards end, and the same rows read and inserted as they are.

use super::TestDatabase;
use super::bare::Engine;
use super::fixtures::{Fixtures, id, request, token};
use super::import;
use super::rounds::{Aim, Measure};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Date, Integer, Nullable, Text};
use diesel::{PgConnection, QueryableByName, SqliteConnection};
use press_registry::domain::accounts::Role;
use press_registry::domain::ids::AgencyId;
use serde::Deserialize;
use serde_json::json;
use std::time::Instant;

/// How many times as long as the bare reads and inserts it may take, as an import may.
const MOST_TIMES: f64 = 3.0;
/// People of one application.
const AT_ONCE: usize = 500;
/// A day after which no card of today is valid.
const EVERY_CARD: &str = "2099-01-01";

diesel::table! {
    bare_proposals (application_id, person_id) {
        application_id -> Text,
        person_id -> Text,
        position -> Integer,
        outcome -> Text,
        reason -> Nullable<Text>,
        credential_id -> Nullable<Text>,
        police_reference -> Nullable<Text>,
    }
}

diesel::table! {
    bare_eligibility (application_id, person_id) {
        application_id -> Text,
        person_id -> Text,
        sealed -> Binary,
    }
}

#[derive(QueryableByName, Insertable)]
#[diesel(table_name = bare_proposals, treat_none_as_default_value = false)]
struct Proposal {
    #[diesel(sql_type = Text)]
    application_id: String,
    #[diesel(sql_type = Text)]
    person_id: String,
    #[diesel(sql_type = Integer)]
    position: i32,
    #[diesel(sql_type = Text)]
    outcome: String,
    #[diesel(sql_type = Nullable<Text>)]
    reason: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    credential_id: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    police_reference: Option<String>,
}

#[derive(QueryableByName, Insertable)]
#[diesel(table_name = bare_eligibility)]
struct Eligibility {
    #[diesel(sql_type = Text)]
    application_id: String,
    #[diesel(sql_type = Text)]
    person_id: String,
    #[diesel(sql_type = Binary)]
    sealed: Vec<u8>,
}

/// What the conditions rest on: a person, their engagement and their card.
#[derive(QueryableByName)]
#[expect(dead_code, reason = "read like the registry's rows, and then dropped")]
struct Known {
    #[diesel(sql_type = Text)]
    full_name: String,
    #[diesel(sql_type = Date)]
    birth_date: chrono::NaiveDate,
    #[diesel(sql_type = Binary)]
    national_id_sealed: Vec<u8>,
    #[diesel(sql_type = Date)]
    from_day: chrono::NaiveDate,
    #[diesel(sql_type = Nullable<Date>)]
    to_day: Option<chrono::NaiveDate>,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = BigInt)]
    valid_until: i64,
}

/// An application, as far as the clerk of the comparison reads what is said of each person.
#[derive(Deserialize)]
struct Draft {
    id: String,
}

/// The people of one application, as rows.
#[derive(Default)]
pub(crate) struct Rows {
    proposals: Vec<Proposal>,
    eligibility: Vec<Eligibility>,
}

/// What the comparison asks of a database.
pub(crate) trait Keeps: Engine {
    /// Keeps rows, durably and at once, after the facts about these people were read.
    fn keep(&mut self, facts: &str, rows: &Rows) -> QueryResult<()>;
}

macro_rules! keeps {
    ($connection:ty) => {
        impl Keeps for $connection {
            fn keep(&mut self, facts: &str, rows: &Rows) -> QueryResult<()> {
                let known: Vec<Known> = diesel::sql_query(facts).load(self)?;
                assert_eq!(known.len(), rows.proposals.len());
                self.transaction(|db| {
                    diesel::insert_into(bare_proposals::table).values(&rows.proposals).execute(db)?;
                    diesel::insert_into(bare_eligibility::table).values(&rows.eligibility).execute(db)?;
                    Ok(())
                })
            }
        }
    };
}

keeps!(SqliteConnection);
keeps!(PgConnection);

/// Proposes `people` for renewal over HTTP and keeps the same rows, in turns; prints seconds and their ratio.
pub(crate) fn compare<E: Keeps>(rounds: usize, people: usize, database: &TestDatabase) {
    let registry = Fixtures::set_up(database);
    let (_, agency) = import::enter(&registry.registry, &import::file(people));
    let mut db = E::open(database.address());
    let began = Instant::now();
    issue(&registry, agency, &ids(&mut db, agency));
    println!("# {people} cards issued in {:.0} s", began.elapsed().as_secs_f64());
    db.batch_execute(
        "CREATE TABLE bare_proposals AS SELECT * FROM application_people WHERE 1 = 0; \
         CREATE TABLE bare_eligibility AS SELECT * FROM eligibility WHERE 1 = 0; \
         CREATE UNIQUE INDEX bare_proposals_key ON bare_proposals (application_id, person_id); \
         CREATE UNIQUE INDEX bare_eligibility_key ON bare_eligibility (application_id, person_id);",
    )
    .expect("tables like the registry's");
    let (mut ours, mut bare, mut times) = (Vec::new(), Vec::new(), Vec::new());
    // Caches fill and statements are prepared in the first round, which is not counted.
    for round in 0..=rounds {
        let clerk = token(&registry.registry, Role::AgencyClerk(agency));
        let began = Instant::now();
        let drafts = propose(&registry, &clerk, people);
        let took = began.elapsed().as_secs_f64();
        let rows: Vec<Rows> = drafts.iter().map(|(draft, _)| rows(&mut db, draft)).collect();
        let began = Instant::now();
        let ending = db.rows::<Id>(&ending(agency)).expect("whose cards end");
        assert_eq!(ending.len(), people);
        for rows in &rows {
            db.keep(&facts(rows), rows).expect("the same rows");
        }
        let kept = began.elapsed().as_secs_f64();
        for (draft, etag) in drafts {
            registry.made(&clerk, &format!("/applications/{draft}/events"), &etag, &json!({ "event": "withdraw" }));
        }
        db.batch_execute("DELETE FROM bare_proposals; DELETE FROM bare_eligibility;").expect("tables");
        if round > 0 {
            ours.push(took);
            bare.push(kept);
            times.push(took / kept);
        }
    }
    let print = |what, aim, measured| Measure { what, engine: E::NAME, aim: Aim::AtMost(aim) }.print(measured);
    print("seconds to propose 25,000 people for renewal", 20.0, ours);
    print("seconds to find, read and keep the same rows", 20.0, bare);
    print("how many times as long as the bare rows", MOST_TIMES, times);
}

/// Every card of the agency is proposed, the first to end first; gives the drafts and their versions.
fn propose(registry: &Fixtures, clerk: &str, people: usize) -> Vec<(String, String)> {
    let draft = json!({ "kind": "press_card", "basis": "renewal", "expiring_before": EVERY_CARD });
    let draft = request("POST", "/applications", clerk, "", &draft.to_string());
    let drafts = (0..people.div_ceil(AT_ONCE)).map(|_| {
        let (draft, etag) = registry.answered::<Draft>(&draft);
        (draft.id, etag)
    });
    drafts.collect()
}

/// First cards for everybody.
fn issue(registry: &Fixtures, agency: AgencyId, people: &[String]) {
    for part in people.chunks(AT_ONCE) {
        let token = |role| token(&registry.registry, role);
        let (clerk, head) = (token(Role::AgencyClerk(agency)), token(Role::AgencyHead(agency)));
        let draft = json!({ "kind": "press_card", "basis": "first", "people": part });
        let (draft, etag) = registry.made(&clerk, "/applications", "", &draft);
        let events = format!("/applications/{}/events", id(&draft));
        let (_, etag) = registry.made(&head, &events, &etag, &json!({ "event": "submit" }));
        registry.made(&token(Role::NationalRegistrar), &events, &etag, &json!({ "event": "approve" }));
    }
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = Text)]
    id: String,
}

fn ids(db: &mut impl Engine, agency: AgencyId) -> Vec<String> {
    let rows = db.rows::<Id>(&format!("SELECT person_id AS id FROM engagements WHERE agency_id = '{agency}'"));
    rows.expect("people").into_iter().map(|row| row.id).collect()
}

fn rows(db: &mut impl Engine, draft: &str) -> Rows {
    let of = |table: &str| format!("SELECT * FROM {table} WHERE application_id = '{draft}'");
    Rows {
        proposals: db.rows(&of("application_people")).expect("people"),
        eligibility: db.rows(&of("eligibility")).expect("what is known of them"),
    }
}

fn ending(agency: AgencyId) -> String {
    format!(
        "SELECT person_id AS id FROM credentials \
         WHERE agency_id = '{agency}' AND kind = 'press_card' AND state = 'active' ORDER BY valid_until, id"
    )
}

fn facts(rows: &Rows) -> String {
    let people: Vec<String> = rows.proposals.iter().map(|it| format!("'{}'", it.person_id)).collect();
    format!(
        "SELECT full_name, birth_date, national_id_sealed, from_day, to_day, state, valid_until FROM people \
         JOIN engagements ON engagements.person_id = people.id JOIN credentials ON credentials.person_id = people.id \
         WHERE people.id IN ({})",
        people.join(", ")
    )
}
