//! Devices that signed in before: for which password each counts, and until when.

use super::guesses::{ATTACKER, ELSEWHERE, WRONG, from_device, guess_until_stopped, sign_in, wait};
use super::{PASSWORD, account};
use crate::support::answer::Answer;
use crate::support::app::TestApp;
use crate::support::on_both_databases;
use press_registry::domain::accounts::User;
use serde_json::json;

const OTHER: &str = "bếp lửa đầu hồi chiều đông";

/// What a new device is given that signs in with this password.
fn device(app: &TestApp, user: &User, password: &str) -> String {
    sign_in(app, ELSEWHERE, user.email.as_str(), password).expect(201).text("/device_token")
}

/// The owner chooses another password, in a session of their own.
fn choose_other(app: &TestApp, user: &User) {
    let own = app.anonymous().with_tokens(&sign_in(app, ELSEWHERE, user.email.as_str(), PASSWORD).expect(201));
    let form = json!({ "current_password": PASSWORD, "new_password": OTHER });
    own.post("/api/v1/me/password", &form).expect(204);
}

fn set_state(app: &TestApp, user: &User, state: &str) {
    let (admin, path) = (app.admin(), format!("/api/v1/users/{}", user.id));
    admin.patch(&path, &admin.get(&path).etag(), &json!({ "state": state })).expect(200);
}

on_both_databases! {
    fn a_reset_makes_strangers_of_all_devices_and_its_code_makes_one_known(db) {
        let app = TestApp::behind_a_proxy(db);
        let user = account(&app);
        let email = user.email.as_str();
        let before: Vec<String> = (0..3).map(|_| device(&app, &user, PASSWORD)).collect();
        let code = app.admin().send("POST", &format!("/api/v1/users/{}/reset", user.id), &[], None).expect(201).text("/one_time_code");
        let opened = sign_in(&app, ELSEWHERE, email, &code).expect(201);
        app.anonymous().with_tokens(&opened).post("/api/v1/me/password", &json!({ "new_password": OTHER })).expect(204);
        assert_eq!(guess_until_stopped(&app, ATTACKER, email), 5);
        for old in &before {
            wait(from_device(&app, ELSEWHERE, email, OTHER, old));
        }
        // The first password after a code makes nobody a stranger: it is the code's owner who chose it.
        let own = opened.text("/device_token");
        assert_eq!(from_device(&app, ELSEWHERE, email, OTHER, &own).expect(201).text("/device_token"), own);
    }

    fn a_disabled_account_forgets_its_devices(db) {
        let app = TestApp::behind_a_proxy(db);
        let user = account(&app);
        let (email, old) = (user.email.as_str(), device(&app, &user, PASSWORD));
        set_state(&app, &user, "disabled");
        set_state(&app, &user, "active");
        assert_eq!(guess_until_stopped(&app, ATTACKER, email), 5);
        wait(from_device(&app, ELSEWHERE, email, PASSWORD, &old));
    }

    fn whoever_knew_a_former_password_has_no_more_guesses_for_having_many_devices(db) {
        let app = TestApp::behind_a_proxy(db);
        let user = account(&app);
        let email = user.email.as_str();
        let devices: Vec<String> = (0..20).map(|_| device(&app, &user, PASSWORD)).collect();
        choose_other(&app, &user);
        let (before, end) = (app.registry.hasher.made(), app.registry.clock.now().plus_seconds(24 * 3_600));
        let (mut all, mut used) = (devices.iter().cycle(), 0);
        while app.registry.clock.now() < end {
            let known = (0..5).filter_map(|_| all.next()).map(|it| from_device(&app, ATTACKER, email, WRONG, it));
            let strange = (used..used + 5).map(|n| sign_in(&app, &format!("100.64.{}.1", n % 250), email, WRONG));
            let answers: Vec<Answer> = known.chain(strange).collect();
            used += 5;
            let waits = answers.into_iter().filter(|answer| answer.status == 429).map(wait);
            app.pass(waits.min().unwrap_or(1));
        }
        let guesses = app.registry.hasher.made() - before;
        assert!((60..=100).contains(&guesses), "{guesses} guesses were looked at");
    }

    fn whoever_chooses_another_password_stays_known_and_is_apart_from_those_who_knew_the_former(db) {
        let app = TestApp::behind_a_proxy(db);
        let user = account(&app);
        let email = user.email.as_str();
        let (own, stolen) = (device(&app, &user, PASSWORD), device(&app, &user, PASSWORD));
        choose_other(&app, &user);
        assert_eq!(guess_until_stopped(&app, ATTACKER, email), 5);
        let renewed = from_device(&app, ELSEWHERE, email, OTHER, &own).expect(201).text("/device_token");
        assert_ne!(renewed, own);
        (0..5).for_each(|_| drop(from_device(&app, ATTACKER, email, WRONG, &stolen).expect(401)));
        for former in [&stolen, &own] {
            assert_eq!(wait(from_device(&app, ELSEWHERE, email, OTHER, former)), 1);
        }
        let again = from_device(&app, ELSEWHERE, email, OTHER, &renewed).expect(201);
        assert_eq!(again.text("/device_token"), renewed);
        // Those who knew the password before the last two know nothing that is of use.
        let own = app.anonymous().with_tokens(&again);
        own.post("/api/v1/me/password", &json!({ "current_password": OTHER, "new_password": PASSWORD })).expect(204);
        wait(from_device(&app, ELSEWHERE, email, PASSWORD, &stolen));
        from_device(&app, ELSEWHERE, email, PASSWORD, &renewed).expect_problem(429, "too-many-guesses");
        app.pass(3_600);
        from_device(&app, ELSEWHERE, email, PASSWORD, &renewed).expect(201);
    }
}
