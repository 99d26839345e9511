//! How much is taken without a name.

use super::{KEY, REPORTS, least_form, of_receipt, reported};
use crate::support::answer::Answer;
use crate::support::app::{Client, TestApp, through_a_proxy};
use crate::support::on_both_databases;
use press_registry::app::reports::limits::Intake;
use serde_json::json;
use std::sync::Barrier;

fn sent_from(client: &Client, address: &str) -> Answer {
    client.post_with(REPORTS, &[("x-forwarded-for", address)], &least_form("31"))
}

#[track_caller]
fn refused(answer: Answer, retry_after: &str) {
    let problem = answer.expect_problem(429, "too-many-reports");
    assert_eq!(problem.header("retry-after"), Some(retry_after));
    assert!(problem.text("/detail").contains("1900 0000"), "the hotline is named");
}

on_both_databases! {
    fn five_an_hour_are_taken_from_one_neighbourhood(db) {
        let app = TestApp::behind_a_proxy(db);
        let anybody = app.anonymous();
        for n in 1..=5 {
            sent_from(&anybody, &format!("203.0.113.{n}")).expect(201);
            app.pass(60);
        }
        refused(sent_from(&anybody, "203.0.113.9"), "3300");
        refused(sent_from(&anybody, "192.0.2.1, 203.0.113.9"), "3300");
        sent_from(&anybody, "203.0.114.1").expect(201);
        sent_from(&anybody, "2001:db8:1::1").expect(201);
        // Signed in, one is known by more than an address.
        sent_from(&app.official(), "203.0.113.9").expect(201);
        app.pass(3_300);
        sent_from(&anybody, "203.0.113.9").expect(201);
        refused(sent_from(&anybody, "203.0.113.9"), "60");
    }

    fn nobody_is_believed_about_their_own_address(db) {
        let app = TestApp::start_with(db, Intake::default());
        for n in 1..=5 {
            sent_from(&app.anonymous(), &format!("203.0.{n}.1")).expect(201);
        }
        refused(sent_from(&app.anonymous(), "203.0.6.1"), "3600");
    }

    fn what_was_not_taken_is_not_counted(db) {
        let app = TestApp::start_with(db, Intake { per_hour_and_prefix: 1, ..Intake::default() });
        let anybody = app.anonymous();
        for _ in 0..5 {
            anybody.post(REPORTS, &json!({})).expect(422);
        }
        let send = |key: &str| anybody.post_with(REPORTS, &[("idempotency-key", key)], &least_form("31"));
        let first = send(KEY).expect(201);
        assert_eq!(send(KEY).expect(201).body, first.body, "a repetition is no second report");
        refused(send("8f14e45f-ceea-467f-9575-6d2b1c0a7e12"), "3600");
        anybody.post(REPORTS, &json!({})).expect_problem(422, "invalid");
    }

    fn a_day_has_its_limit_in_all_even_after_a_restart(db) {
        let mut app = TestApp::start_with(db, Intake { per_day: 3, ..through_a_proxy() });
        for n in 1..=3 {
            sent_from(&app.anonymous(), &format!("203.0.{n}.1")).expect(201);
            app.pass(3_600);
        }
        app.restart();
        refused(sent_from(&app.anonymous(), "203.0.4.1"), "75600");
        reported(&app.official(), &least_form("31"));
        app.pass(75_600);
        sent_from(&app.anonymous(), "203.0.4.1").expect(201);
        refused(sent_from(&app.anonymous(), "203.0.5.1"), "3600");
    }

    fn those_who_come_at_once_are_counted_too(db) {
        let app = TestApp::start_with(db, Intake::default());
        let barrier = Barrier::new(12);
        let taken: usize = std::thread::scope(|scope| {
            let clients: Vec<Client> = (0..12).map(|_| app.anonymous()).collect();
            let threads = clients.into_iter().map(|client| {
                let barrier = &barrier;
                scope.spawn(move || {
                    barrier.wait();
                    usize::from(client.post(REPORTS, &least_form("31")).status == 201)
                })
            });
            let threads: Vec<_> = threads.collect();
            threads.into_iter().map(|thread| thread.join().expect("no panic")).sum()
        });
        assert_eq!(taken, 5);
        assert_eq!(app.database.number("SELECT COUNT(*) AS value FROM reports"), 5);
    }

    fn whoever_signed_in_with_a_one_time_code_is_nobody_yet(db) {
        let app = TestApp::start_with(db, Intake { per_hour_and_prefix: 1, ..Intake::default() });
        let form = json!({ "email": "new@test.example", "role": "registrar" });
        let code = app.admin().post("/api/v1/users", &form).expect(201).text("/one_time_code");
        let newcomer = app.anonymous();
        let newcomer = newcomer.with_tokens(&newcomer.sign_in("new@test.example", &code).expect(201));
        reported(&newcomer, &least_form("31"));
        assert_eq!(app.database.number("SELECT COUNT(*) AS value FROM reports WHERE reporter_id IS NULL"), 1);
        refused(newcomer.post(REPORTS, &least_form("31")), "3600");
    }

    fn following_is_not_limited(db) {
        let app = TestApp::start_with(db, Intake { per_hour_and_prefix: 1, ..Intake::default() });
        let answer = reported(&app.anonymous(), &least_form("31"));
        (0..10).for_each(|_| drop(app.anonymous().get(&of_receipt(&answer)).expect(200)));
    }
}
