//! `Idempotency-Key`: a request that is sent again is done once and answered alike.

use crate::support::answer::Answer;
use crate::support::app::{Client, TestApp};
use crate::support::on_both_databases;
use crate::support::{Engine, TestDatabase};
use diesel::{Connection as _, PgConnection, RunQueryDsl as _, SqliteConnection, sql_types::Binary};
use serde_json::{Value, json};
use std::sync::Barrier;

const AGENCIES: &str = "/api/v1/agencies";
const USERS: &str = "/api/v1/users";
/// How long an answer is kept, in seconds.
const KEPT: i64 = 72 * 3_600;

fn keyed(client: &Client, path: &str, key: &str, body: &Value) -> Answer {
    client.post_with(path, &[("idempotency-key", key)], body)
}

fn agency(app: &TestApp) -> Value {
    let n = app.serial();
    json!({ "name": format!("Tạp chí {n}"), "short_name": format!("TC {n}"), "kind": "tap_chi", "level": "central" })
}

fn auditor(app: &TestApp) -> Value {
    json!({ "email": format!("auditor{}@test.example", app.serial()), "role": "auditor" })
}

/// That both are one answer: status, `Location`, `ETag`, and every byte of the body.
#[track_caller]
fn assert_alike(first: &Answer, second: &Answer) {
    let told = |answer: &Answer| {
        let header = |name: &str| answer.header(name).map(str::to_owned);
        (answer.status, header("location"), header("etag"), header("content-type"), answer.body_text())
    };
    assert_eq!(told(first), told(second));
}

fn count(client: &Client, path: &str) -> usize {
    client.get(&format!("{path}?limit=100")).expect(200).json()["items"].as_array().expect("items").len()
}

/// Every body that is kept, as it lies in the database.
fn kept_bodies(database: &TestDatabase) -> Vec<Vec<u8>> {
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = Binary)]
        body: Vec<u8>,
    }
    let query = diesel::sql_query("SELECT body FROM idempotency");
    let rows: Vec<Row> = match database.engine {
        Engine::Sqlite => {
            let path = database.url.strip_prefix("sqlite:").expect("the scheme");
            query.load(&mut SqliteConnection::establish(path).expect("a connection")).expect("rows")
        }
        Engine::Postgres => {
            query.load(&mut PgConnection::establish(&database.url).expect("a connection")).expect("rows")
        }
    };
    rows.into_iter().map(|row| row.body).collect()
}

on_both_databases! {
    fn a_repeated_request_is_done_once_and_answered_with_the_same_bytes(db) {
        let app = TestApp::start(db);
        let registrar = app.registrar();
        let form = agency(&app);
        let first = keyed(&registrar, AGENCIES, "one", &form).expect(201);
        assert!(first.header("location").is_some() && first.header("etag").is_some());
        let path = first.path("agencies");
        registrar.patch(&path, &first.etag(), &json!({ "website": "https://later.example" })).expect(200);
        assert_alike(&first, &keyed(&registrar, AGENCIES, "one", &form));
        assert_eq!(count(&registrar, AGENCIES), 1);
    }

    fn a_code_that_is_told_once_is_told_again_to_who_repeats_the_request(db) {
        let app = TestApp::start(db);
        let admin = app.admin();
        let form = auditor(&app);
        let first = keyed(&admin, USERS, "one", &form).expect(201);
        assert_alike(&first, &keyed(&admin, USERS, "one", &form));
        let reset = format!("{}/reset", first.path("users"));
        let first = keyed(&admin, &reset, "one", &json!({})).expect(201);
        assert_alike(&first, &keyed(&admin, &reset, "one", &json!({})));
        app.anonymous().sign_in(&first.text("/email"), &first.text("/one_time_code")).expect(201);
    }

    fn a_key_belongs_to_one_payload(db) {
        let app = TestApp::start(db);
        let registrar = app.registrar();
        let form = agency(&app);
        keyed(&registrar, AGENCIES, "one", &form).expect(201);
        keyed(&registrar, AGENCIES, "one", &agency(&app)).expect_problem(422, "idempotency-key-reused");
        // The same words in other bytes are another payload: nothing of it is read before.
        let headers = [("content-type", "application/json"), ("idempotency-key", "one")];
        let spaced = format!(" {form}");
        registrar.send("POST", AGENCIES, &headers, Some(spaced.as_bytes())).expect_problem(422, "idempotency-key-reused");
        assert_eq!(count(&registrar, AGENCIES), 1);
    }

    fn a_key_is_its_callers_and_its_addresss_own(db) {
        let app = TestApp::start(db);
        let (one, other) = (app.admin(), app.admin());
        let forms = [auditor(&app), auditor(&app)];
        let first = keyed(&one, USERS, "one", &forms[0]).expect(201);
        let second = keyed(&other, USERS, "one", &forms[1]).expect(201);
        assert_ne!(first.text("/id"), second.text("/id"));
        for account in [&first, &second] {
            keyed(&one, &format!("{}/reset", account.path("users")), "one", &json!({})).expect(201);
        }
        assert_alike(&first, &keyed(&one, USERS, "one", &forms[0]));
    }

    fn an_answer_is_kept_for_three_days(db) {
        let app = TestApp::start(db);
        let registrar = app.registrar();
        let form = agency(&app);
        let first = keyed(&registrar, AGENCIES, "one", &form).expect(201);
        app.pass(KEPT - 1);
        let registrar = app.sign_in(registrar.user.expect("an account"));
        assert_alike(&first, &keyed(&registrar, AGENCIES, "one", &form));
        app.pass(1);
        let registrar = app.sign_in(registrar.user.expect("an account"));
        keyed(&registrar, AGENCIES, "one", &form).expect_invalid(&[("/short_name", "taken")]);
        keyed(&registrar, AGENCIES, "one", &agency(&app)).expect(201);
    }

    fn what_was_refused_may_be_mended_under_the_same_key(db) {
        let app = TestApp::start(db);
        let registrar = app.registrar();
        keyed(&registrar, AGENCIES, "one", &json!({ "name": "Báo" })).expect_invalid(&[("/kind", "missing"), ("/level", "missing")]);
        keyed(&registrar, AGENCIES, "one", &agency(&app)).expect(201);
    }

    fn a_key_is_a_short_visible_text(db) {
        let app = TestApp::start(db);
        let registrar = app.registrar();
        let form = agency(&app);
        for key in ["", "a b", &"x".repeat(256)] {
            keyed(&registrar, AGENCIES, key, &form).expect_invalid(&[("header:Idempotency-Key", "bad_key")]);
        }
        keyed(&registrar, AGENCIES, &"x".repeat(255), &form).expect(201);
    }

    fn an_event_is_repeated_although_its_version_is_old_by_then(db) {
        let app = TestApp::start(db);
        let card = app.issued_card(&app.central_agency());
        let registrar = app.registrar();
        let events = format!("{}/events", card.path("credentials"));
        let suspend = json!({ "event": "suspend", "reason": "reported stolen", "ground": "inquiry" });
        let etag = card.etag();
        let send = |key: &str| registrar.post_with(&events, &[("idempotency-key", key), ("if-match", &etag)], &suspend);
        let first = send("one").expect(201);
        assert_alike(&first, &send("one"));
        send("two").expect_problem(412, "precondition-failed");
        let history = registrar.get(&events).expect(200).json();
        let suspended = history["items"].as_array().expect("items").iter().filter(|it| it["type"].as_str().is_some_and(|kind| kind.contains("suspend")));
        assert_eq!(suspended.count(), 1, "{history}");
    }

    fn who_lost_the_right_gets_no_old_answer(db) {
        let app = TestApp::start(db);
        let (admin, other) = (app.admin(), app.admin());
        let form = auditor(&app);
        keyed(&admin, USERS, "one", &form).expect(201);
        let path = format!("{USERS}/{}", admin.user.expect("an account"));
        other.patch(&path, &other.get(&path).etag(), &json!({ "state": "disabled" })).expect(200);
        keyed(&admin, USERS, "one", &form).expect_problem(401, "unauthenticated");
    }

    fn an_answer_survives_the_end_of_the_process(db) {
        let mut app = TestApp::start(db);
        let registrar = app.registrar();
        let form = agency(&app);
        let first = keyed(&registrar, AGENCIES, "one", &form).expect(201);
        app.restart();
        let registrar = app.sign_in(registrar.user.expect("an account"));
        assert_alike(&first, &keyed(&registrar, AGENCIES, "one", &form));
        assert_eq!(count(&registrar, AGENCIES), 1);
    }

    fn of_many_at_once_one_is_done_and_all_are_answered_alike(db) {
        let app = TestApp::start(db);
        let registrar = app.registrar();
        let form = agency(&app);
        let start = Barrier::new(8);
        let answers: Vec<Answer> = std::thread::scope(|scope| {
            let sent: Vec<_> = (0..8)
                .map(|_| {
                    let (client, form, start) = (registrar.clone(), &form, &start);
                    scope.spawn(move || {
                        start.wait();
                        keyed(&client, AGENCIES, "one", form)
                    })
                })
                .collect();
            sent.into_iter().map(|thread| thread.join().expect("an answer")).collect()
        });
        for answer in &answers {
            assert_alike(answer, &answers[0].clone().expect(201));
        }
        assert_eq!(count(&registrar, AGENCIES), 1);
    }

    fn kept_answers_cannot_be_read_in_the_database(db) {
        let app = TestApp::start(db);
        let account = keyed(&app.admin(), USERS, "one", &auditor(&app)).expect(201);
        let agency = app.central_agency();
        let people = format!("{AGENCIES}/{}/people", agency.id);
        let person = keyed(&app.clerk(&agency), &people, "two", &app.person_form()).expect(201);
        let bodies = kept_bodies(&app.database);
        assert_eq!(bodies.len(), 2);
        let secrets = [
            account.text("/one_time_code"),
            account.text("/email"),
            person.text("/national_id"),
            person.text("/full_name"),
            "\"id\"".to_owned(),
        ];
        for body in bodies {
            for secret in &secrets {
                assert!(!body.windows(secret.len()).any(|part| part == secret.as_bytes()), "{secret} lies open");
            }
        }
    }
}
