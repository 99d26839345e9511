//! Passwords under attack: guesses are few, and no guesser keeps an account's owner out.

use super::{PASSWORD, account, without_request_id};
use crate::support::answer::Answer;
use crate::support::app::{Client, TestApp};
use crate::support::on_both_databases;
use crate::support::registry::TestRegistry;
use press_registry::app::accounts::UserForm;
use press_registry::error::Error;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Barrier;

const SESSIONS: &str = "/api/v1/sessions";
pub(super) const WRONG: &str = "not the password of anybody";
/// An attacker's address, and one from elsewhere.
pub(super) const ATTACKER: &str = "203.0.113.9";
pub(super) const ELSEWHERE: &str = "198.51.100.7";

fn sent(client: &Client, address: &str, form: &Value) -> Answer {
    client.post_with(SESSIONS, &[("x-forwarded-for", address)], form)
}

pub(super) fn sign_in(app: &TestApp, address: &str, email: &str, password: &str) -> Answer {
    sent(&app.anonymous(), address, &json!({ "email": email, "password": password }))
}

pub(super) fn from_device(app: &TestApp, address: &str, email: &str, password: &str, device: &str) -> Answer {
    let form = json!({ "email": email, "password": password, "device_token": device });
    sent(&app.anonymous(), address, &form)
}

#[track_caller]
pub(super) fn wait(answer: Answer) -> i64 {
    let problem = answer.expect_problem(429, "too-many-guesses");
    problem.header("retry-after").expect("a wait").parse().expect("seconds")
}

/// Guesses until it is told to wait.
pub(super) fn guess_until_stopped(app: &TestApp, address: &str, email: &str) -> usize {
    let refused = |_: &usize| sign_in(app, address, email, WRONG).status == 401;
    (0..200).take_while(refused).count()
}

on_both_databases! {
    fn a_flood_of_strangers_leaves_room_for_those_who_are_known(db) {
        let app = TestApp::behind_a_proxy(db);
        let user = account(&app);
        let tokens = sign_in(&app, ELSEWHERE, user.email.as_str(), PASSWORD).expect(201);
        let strangers: Vec<_> = std::iter::from_fn(|| app.registry.hasher.slot_for_stranger().ok()).collect();
        sign_in(&app, ATTACKER, user.email.as_str(), WRONG).expect_problem(503, "overloaded");
        sign_in(&app, ELSEWHERE, user.email.as_str(), PASSWORD).expect_problem(503, "overloaded");
        let device = tokens.text("/device_token");
        from_device(&app, ELSEWHERE, user.email.as_str(), PASSWORD, &device).expect(201);
        let form = json!({ "current_password": PASSWORD, "new_password": "bếp lửa đầu hồi chiều đông" });
        app.anonymous().with_tokens(&tokens).post("/api/v1/me/password", &form).expect(204);
        drop(strangers);
        sign_in(&app, ELSEWHERE, user.email.as_str(), "bếp lửa đầu hồi chiều đông").expect(201);
    }

    fn a_thousand_addresses_have_a_hundred_guesses_a_day(db) {
        let app = TestApp::behind_a_proxy(db);
        let user = account(&app);
        let (before, end) = (app.registry.hasher.made(), app.registry.clock.now().plus_seconds(24 * 3_600));
        let (mut attempts, mut used) = (0_u32, BTreeSet::new());
        while app.registry.clock.now() < end {
            // Twenty addresses at each instant, of which the first may be let in: each in a neighbourhood of its own.
            let mut answers = Vec::new();
            for n in attempts..attempts + 20 {
                let address = format!("100.{}.{}.1", n % 1_000 / 250, n % 250);
                answers.push(sign_in(&app, &address, user.email.as_str(), WRONG));
                used.insert(address);
            }
            attempts += 20;
            match answers.into_iter().rfind(|answer| answer.status == 429) {
                Some(stopped) => app.pass(wait(stopped)),
                None => app.pass(1),
            }
        }
        let guesses = app.registry.hasher.made() - before;
        println!("{guesses} of {attempts} guesses were looked at");
        assert_eq!(used.len(), 1_000, "addresses");
        assert!((50..=100).contains(&guesses), "{guesses} guesses were looked at");
    }

    fn each_wrong_guess_doubles_the_wait_whether_there_is_such_an_account_or_not(db) {
        let app = TestApp::behind_a_proxy(db);
        let user = account(&app);
        for email in [user.email.as_str(), "nobody@test.example", "no address at all"] {
            assert_eq!(guess_until_stopped(&app, ATTACKER, email), 5, "{email}");
            for expected in [1, 2, 4, 8] {
                assert_eq!(wait(sign_in(&app, ATTACKER, email, WRONG)), expected, "{email}");
                assert_eq!(wait(sign_in(&app, ELSEWHERE, email, WRONG)), expected, "{email}");
                app.pass(expected);
                sign_in(&app, ATTACKER, email, WRONG).expect_problem(401, "wrong-credentials");
            }
            assert_eq!(wait(sign_in(&app, ATTACKER, email, PASSWORD)), 16, "{email}");
            app.pass(3_600);
        }
    }

    fn told_to_wait_alike(db) {
        let app = TestApp::behind_a_proxy(db);
        let user = account(&app);
        let told = [user.email.as_str(), "nobody@test.example"].map(|email| {
            guess_until_stopped(&app, ATTACKER, email);
            sign_in(&app, ATTACKER, &email.to_uppercase(), WRONG)
        });
        assert_eq!(told[0].status, 429);
        assert_eq!(without_request_id(&told[0]), without_request_id(&told[1]));
    }

    fn a_device_that_signed_in_before_is_never_kept_out_by_others(db) {
        let app = TestApp::behind_a_proxy(db);
        let (user, other) = (account(&app), account(&app));
        let email = user.email.as_str();
        let device = sign_in(&app, ELSEWHERE, email, PASSWORD).expect(201).text("/device_token");
        let strange = sign_in(&app, ELSEWHERE, other.email.as_str(), PASSWORD).expect(201).text("/device_token");
        guess_until_stopped(&app, ATTACKER, email);
        wait(sign_in(&app, ELSEWHERE, email, PASSWORD));
        for made_up in ["", "x", &"A".repeat(64), &strange] {
            wait(from_device(&app, ELSEWHERE, email, PASSWORD, made_up));
        }
        // Wherever it is, also beside the attacker; and it stays the device it was.
        for address in [ELSEWHERE, ATTACKER] {
            let again = from_device(&app, address, email, PASSWORD, &device).expect(201);
            assert_eq!(again.text("/device_token"), device);
        }
        wait(sign_in(&app, ELSEWHERE, email, PASSWORD));
    }

    fn a_device_waits_for_its_own_wrong_guesses_alone(db) {
        let app = TestApp::behind_a_proxy(db);
        let user = account(&app);
        let email = user.email.as_str();
        let device = sign_in(&app, ELSEWHERE, email, PASSWORD).expect(201).text("/device_token");
        for _ in 0..5 {
            from_device(&app, ELSEWHERE, email, WRONG, &device).expect(401);
        }
        assert_eq!(wait(from_device(&app, ELSEWHERE, email, PASSWORD, &device)), 1);
        sign_in(&app, ELSEWHERE, email, PASSWORD).expect(201);
    }

    fn a_one_time_code_is_looked_at_however_many_others_guess(db) {
        let app = TestApp::behind_a_proxy(db);
        let form = json!({ "email": "new@test.example", "role": "auditor" });
        let made = app.admin().post("/api/v1/users", &form).expect(201);
        assert_eq!(guess_until_stopped(&app, ATTACKER, "new@test.example"), 5);
        let code = made.text("/one_time_code");
        wait(sign_in(&app, ELSEWHERE, "new@test.example", "0000-0000-0000-0000-0000"));
        let opened = sign_in(&app, ELSEWHERE, "new@test.example", &code).expect(201);
        assert!(!opened.text("/device_token").is_empty());
        wait(sign_in(&app, ELSEWHERE, "new@test.example", &code));
    }

    fn one_neighbourhood_cannot_try_every_account(db) {
        let app = TestApp::behind_a_proxy(db);
        let user = account(&app);
        let device = sign_in(&app, "203.0.113.1", user.email.as_str(), PASSWORD).expect(201).text("/device_token");
        for n in 0..30 {
            sign_in(&app, &format!("203.0.113.{n}"), &format!("somebody{n}@test.example"), WRONG).expect(401);
        }
        assert_eq!(wait(sign_in(&app, "203.0.113.200", user.email.as_str(), PASSWORD)), 1);
        from_device(&app, "203.0.113.200", user.email.as_str(), PASSWORD, &device).expect(201);
        sign_in(&app, ELSEWHERE, user.email.as_str(), PASSWORD).expect(201);
        app.pass(120);
        sign_in(&app, "203.0.113.200", user.email.as_str(), PASSWORD).expect(201);
    }

    fn what_was_right_is_not_counted_and_what_was_wrong_is_forgotten(db) {
        let app = TestApp::behind_a_proxy(db);
        let user = account(&app);
        let rows = || app.database.number("SELECT COUNT(*) AS value FROM guesses");
        for _ in 0..8 {
            sign_in(&app, ELSEWHERE, user.email.as_str(), PASSWORD).expect(201);
        }
        assert_eq!(rows(), 0);
        guess_until_stopped(&app, ATTACKER, user.email.as_str());
        assert_eq!(rows(), 2, "the account's and the neighbourhood's");
        app.pass(24 * 3_600);
        app.registry.forget().expect("a run");
        assert_eq!(rows(), 0);
        let run = "SELECT data AS value FROM events WHERE type = 'retention.run'";
        assert!(app.database.texts(run).concat().contains("\"guesses\":2"));
    }

    fn guesses_at_once_are_counted_before_they_are_looked_at(db) {
        let app = TestApp::behind_a_proxy(db);
        let user = account(&app);
        let before = app.registry.hasher.made();
        let barrier = Barrier::new(24);
        std::thread::scope(|scope| {
            for n in 0..24 {
                let (app_barrier, client, email) = (&barrier, app.anonymous(), user.email.as_str());
                scope.spawn(move || {
                    app_barrier.wait();
                    let form = json!({ "email": email, "password": WRONG });
                    let answer = sent(&client, &format!("203.0.{n}.1"), &form);
                    assert!([401, 429, 503].contains(&answer.status), "{}", answer.status);
                });
            }
        });
        let guesses = app.registry.hasher.made() - before;
        assert!((1..=5).contains(&guesses), "{guesses} were looked at");
    }

    fn nodes_count_together(node: TestRegistry) {
        let email = "auditor@test.example";
        let form = UserForm { email: email.into(), role: "auditor".into(), ..UserForm::default() };
        node.add_user(form, PASSWORD).expect("an account");
        let other = node.another_node();
        for n in 0..5 {
            let guessed = if n % 2 == 0 { &node } else { &other }.sign_in(email, WRONG);
            assert!(matches!(guessed, Err(Error::WrongCredentials)));
        }
        for node in [&node, &other] {
            let told = node.sign_in(email, PASSWORD).err();
            assert!(matches!(told, Some(Error::TooManyGuesses { retry_after_seconds: 1 })), "{told:?}");
        }
    }

    fn whoever_stole_a_session_does_not_guess_the_password_in_it(db) {
        let app = TestApp::behind_a_proxy(db);
        let user = account(&app);
        let signed_in = |address| sign_in(&app, address, user.email.as_str(), PASSWORD).expect(201);
        let (stolen, own) = (app.anonymous().with_tokens(&signed_in(ATTACKER)), app.anonymous().with_tokens(&signed_in(ELSEWHERE)));
        let choose = |client: &Client, current: &str| {
            let form = json!({ "current_password": current, "new_password": "bếp lửa đầu hồi chiều đông" });
            client.post("/api/v1/me/password", &form)
        };
        for _ in 0..5 {
            choose(&stolen, WRONG).expect_invalid(&[("/current_password", "wrong")]);
        }
        assert_eq!(wait(choose(&stolen, PASSWORD)), 1);
        choose(&own, PASSWORD).expect(204);
    }
}
