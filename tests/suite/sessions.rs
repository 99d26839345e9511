//! Signing in and out.

mod devices;
mod guesses;
mod halfway;
mod hashes;
mod races;
mod tokens;

use crate::support::answer::Answer;
use crate::support::app::{Client, TestApp};
use crate::support::on_both_databases;
use press_registry::app::accounts::UserForm;
use press_registry::app::sessions::{ACCESS_SECONDS, SESSION_SECONDS};
use press_registry::domain::accounts::User;
use press_registry::store::accounts;
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Barrier;

const PASSWORD: &str = "mưa rào ướt mái đình làng";

/// An auditor with a password.
fn account(app: &TestApp) -> User {
    let form = UserForm {
        email: format!("auditor{}@test.example", app.serial()),
        role: "auditor".into(),
        ..UserForm::default()
    };
    app.registry.add_user(form, PASSWORD).expect("an account")
}

fn signed_in(app: &TestApp, user: &User) -> Answer {
    app.anonymous().sign_in(user.email.as_str(), PASSWORD).expect(201)
}

fn refresh(app: &TestApp, token: &str) -> Answer {
    app.anonymous().post("/api/v1/sessions/refresh", &json!({ "refresh_token": token }))
}

fn with_token(app: &TestApp, token: &str) -> Client {
    app.anonymous().with_token(token)
}

/// Everything an answer tells but which request it belongs to.
fn without_request_id(answer: &Answer) -> (u16, BTreeSet<(String, String)>, String) {
    let id = answer.header("x-request-id").expect("an id");
    let headers = answer.headers.iter().map(|(name, value)| (name.to_string(), format!("{value:?}")));
    let headers = headers.filter(|(name, _)| name != "x-request-id" && name != "date").collect();
    (answer.status, headers, answer.body_text().replace(id, "ID"))
}

on_both_databases! {
    fn a_session_begins_with_a_password_and_ends_when_its_owner_signs_out(db) {
        let app = TestApp::start(db);
        let user = account(&app);
        let tokens = signed_in(&app, &user);
        assert_eq!(tokens.json()["token_type"], "Bearer");
        assert_eq!(tokens.json()["expires_in"], ACCESS_SECONDS);
        assert_eq!(tokens.header("cache-control"), Some("no-store"));
        let client = app.anonymous().with_tokens(&tokens);
        let me = client.get("/api/v1/me").expect(200);
        assert_eq!((me.text("/id"), me.text("/role")), (user.id.to_string(), "auditor".into()));
        let signed_out = client.delete("/api/v1/sessions/current").expect(204);
        assert!(signed_out.body.is_empty());
        client.get("/api/v1/me").expect_problem(401, "unauthenticated");
        refresh(&app, &tokens.text("/refresh_token")).expect_problem(401, "unauthenticated");
    }

    fn an_address_is_the_same_in_capitals_and_a_password_however_its_letters_are_composed(db) {
        use unicode_normalization::UnicodeNormalization as _;
        let app = TestApp::start(db);
        let user = account(&app);
        let decomposed: String = PASSWORD.nfd().collect();
        assert_ne!(decomposed, PASSWORD);
        app.anonymous().sign_in(&user.email.as_str().to_uppercase(), &decomposed).expect(201);
    }

    fn whoever_cannot_sign_in_is_not_told_why(db) {
        let app = TestApp::start(db);
        let (user, disabled) = (account(&app), account(&app));
        let admin = app.admin();
        let path = format!("/api/v1/users/{}", disabled.id);
        admin.patch(&path, &admin.get(&path).etag(), &json!({ "state": "disabled" })).expect(200);
        let anonymous = app.anonymous();
        let told = [
            anonymous.sign_in(user.email.as_str(), "not the password of anybody"),
            anonymous.sign_in(user.email.as_str(), ""),
            anonymous.sign_in("nobody@test.example", PASSWORD),
            anonymous.sign_in("no address at all", PASSWORD),
            anonymous.sign_in(disabled.email.as_str(), PASSWORD),
            anonymous.sign_in(disabled.email.as_str(), "not the password of anybody"),
        ];
        for answer in &told {
            assert_eq!(without_request_id(answer), without_request_id(&told[0]));
        }
        told[0].clone().expect_problem(401, "wrong-credentials");
    }

    fn a_refresh_token_works_once_and_a_second_use_ends_the_whole_family(db) {
        let app = TestApp::start(db);
        let user = account(&app);
        let first = signed_in(&app, &user);
        let second = refresh(&app, &first.text("/refresh_token")).expect(201);
        let third = refresh(&app, &second.text("/refresh_token")).expect(201);
        for tokens in [&first, &second, &third] {
            with_token(&app, &tokens.text("/access_token")).get("/api/v1/me").expect(200);
        }
        let another = signed_in(&app, &user);
        refresh(&app, &first.text("/refresh_token")).expect_problem(401, "unauthenticated");
        refresh(&app, &third.text("/refresh_token")).expect_problem(401, "unauthenticated");
        for tokens in [&first, &second, &third] {
            with_token(&app, &tokens.text("/access_token")).get("/api/v1/me").expect_problem(401, "unauthenticated");
        }
        refresh(&app, &another.text("/refresh_token")).expect(201);
    }

    fn two_refreshes_at_once_do_not_both_go_on(db) {
        let app = TestApp::start(db);
        let token = signed_in(&app, &account(&app)).text("/refresh_token");
        let start = Barrier::new(8);
        let answers: Vec<Answer> = std::thread::scope(|scope| {
            let clients: Vec<Client> = (0..8).map(|_| app.anonymous()).collect();
            let sent = clients.into_iter().map(|client| {
                let (start, token) = (&start, &token);
                scope.spawn(move || {
                    start.wait();
                    client.post("/api/v1/sessions/refresh", &json!({ "refresh_token": token }))
                })
            });
            let sent: Vec<_> = sent.collect();
            sent.into_iter().map(|thread| thread.join().expect("an answer")).collect()
        });
        let went_on: Vec<_> = answers.iter().filter(|answer| answer.status == 201).collect();
        assert_eq!(went_on.len(), 1, "the token was good once");
        refresh(&app, &went_on[0].text("/refresh_token")).expect_problem(401, "unauthenticated");
    }

    fn an_access_token_lives_ten_minutes_and_a_session_a_week_however_often_it_is_refreshed(db) {
        let app = TestApp::start(db);
        let user = account(&app);
        // Each is shown only once: whoever was seen is believed for half a second of the real time.
        let tokens: Vec<Answer> = (0..2).map(|_| signed_in(&app, &user)).collect();
        let clients: Vec<Client> = tokens.iter().map(|tokens| app.anonymous().with_tokens(tokens)).collect();
        app.pass(ACCESS_SECONDS - 1);
        clients[0].get("/api/v1/me").expect(200);
        app.pass(1);
        clients[0].get("/api/v1/me").expect_problem(401, "unauthenticated");
        clients[1].get("/api/v1/me").expect_problem(401, "unauthenticated");

        app.pass(SESSION_SECONDS - ACCESS_SECONDS - 1);
        let last = refresh(&app, &tokens[0].text("/refresh_token")).expect(201);
        app.pass(1);
        refresh(&app, &last.text("/refresh_token")).expect_problem(401, "unauthenticated");
        refresh(&app, &tokens[1].text("/refresh_token")).expect_problem(401, "unauthenticated");
        app.anonymous().with_tokens(&last).get("/api/v1/me").expect_problem(401, "unauthenticated");
    }

    fn a_refresh_token_is_no_access_token_and_nothing_made_up_is_either(db) {
        let app = TestApp::start(db);
        let tokens = signed_in(&app, &account(&app));
        with_token(&app, &tokens.text("/refresh_token")).get("/api/v1/me").expect_problem(401, "unauthenticated");
        for made_up in ["", "x", &tokens.text("/access_token"), &"A".repeat(43), &"A".repeat(100_000)] {
            refresh(&app, made_up).expect_problem(401, "unauthenticated");
        }
        refresh(&app, &tokens.text("/refresh_token")).expect(201);
    }

    fn what_is_kept_opens_nothing(db) {
        let app = TestApp::start(db);
        let user = account(&app);
        let hash = app.registry.store.read(|db| accounts::password_hash(db, user.id)).expect("a read");
        let hash = hash.expect("a hash");
        assert!(hash.starts_with("$argon2id$v=19$m=47104,t=2,p=1$"), "{hash}");
        app.anonymous().sign_in(user.email.as_str(), &hash).expect_problem(401, "wrong-credentials");
    }

    fn more_sign_ins_at_once_than_there_is_memory_for_are_told_to_come_back(db) {
        let app = TestApp::start(db);
        let user = account(&app);
        let cores = std::thread::available_parallelism().expect("a number").get();
        let threads = 8 * cores;
        // So many sign-ins in hand look like guesses, but for devices that are known.
        let devices: Vec<String> = (0..threads).map(|_| signed_in(&app, &user).text("/device_token")).collect();
        let mut answers = Vec::new();
        // Whether so many are really there at once is the machine's to say: it is asked until they are.
        for _ in 0..50 {
            let start = Barrier::new(threads);
            answers.extend(std::thread::scope(|scope| {
                let sent: Vec<_> = devices
                    .iter()
                    .map(|device| {
                        let (client, start, email) = (app.anonymous(), &start, user.email.as_str());
                        scope.spawn(move || {
                            start.wait();
                            let form = json!({ "email": email, "password": PASSWORD, "device_token": device });
                            client.post("/api/v1/sessions", &form)
                        })
                    })
                    .collect();
                sent.into_iter().map(|thread| thread.join().expect("an answer")).collect::<Vec<_>>()
            }));
            if answers.iter().any(|answer| answer.status == 503) {
                break;
            }
        }
        let (refused, let_in): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 503);
        assert!(!refused.is_empty(), "no bound was met");
        assert!(!let_in.is_empty(), "nobody was let in");
        for answer in refused {
            assert_eq!(answer.expect_problem(503, "overloaded").header("retry-after"), Some("1"));
        }
        for answer in let_in {
            answer.expect(201);
        }
    }
}
