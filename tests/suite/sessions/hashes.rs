//! What a sign-in costs, whoever it is, and hashes that have become too weak.

use super::{PASSWORD, account};
use crate::support::app::TestApp;
use crate::support::on_both_databases;
use argon2::password_hash::PasswordHasher as _;
use argon2::{Algorithm, Argon2, Params, Version};
use press_registry::store::accounts;
use serde_json::json;

/// A hash as it was made when machines were slower.
fn weak_hash(password: &str) -> String {
    let params = Params::new(19_456, 1, 1, None).expect("bounds");
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password(password.as_bytes()).expect("a hash").to_string()
}

on_both_databases! {
    fn every_wrong_sign_in_costs_one_hash(db) {
        let app = TestApp::start(db);
        let (user, disabled) = (account(&app), account(&app));
        let admin = app.admin();
        let path = format!("/api/v1/users/{}", disabled.id);
        admin.patch(&path, &admin.get(&path).etag(), &json!({ "state": "disabled" })).expect(200);
        let made = admin.post("/api/v1/users", &json!({ "email": "new@test.example", "role": "auditor" })).expect(201);
        let wrong = [
            (user.email.as_str(), "not the password of anybody"),
            (user.email.as_str(), ""),
            (disabled.email.as_str(), PASSWORD),
            ("new@test.example", "an account without a password"),
            ("nobody@test.example", PASSWORD),
            ("no address at all", PASSWORD),
        ];
        let before = app.registry.hasher.made();
        for (n, (email, password)) in (1..).zip(wrong) {
            app.anonymous().sign_in(email, password).expect_problem(401, "wrong-credentials");
            assert_eq!(app.registry.hasher.made() - before, n, "{email}");
        }
        app.anonymous().sign_in(user.email.as_str(), PASSWORD).expect(201);
        assert_eq!(app.registry.hasher.made() - before, 7, "a right one costs no more");
        app.anonymous().sign_in("new@test.example", &made.text("/one_time_code")).expect(201);
        assert_eq!(app.registry.hasher.made() - before, 7, "a code of 100 bits needs none");
    }

    fn a_weak_hash_tells_nobody_that_there_is_an_account(db) {
        let app = TestApp::start(db);
        let (user, old, disabled) = (account(&app), account(&app), account(&app));
        for weak in [&old, &disabled] {
            let edit = format!("UPDATE users SET password_hash = '{}' WHERE id = '{}'", weak_hash(PASSWORD), weak.id);
            app.database.run(&edit).expect("an edit");
        }
        app.database.run(&format!("UPDATE users SET state = 'disabled' WHERE id = '{}'", disabled.id)).expect("an edit");
        let cost = |email: &str, password: &str| {
            let before = app.registry.hasher.filled();
            app.anonymous().sign_in(email, password).expect_problem(401, "wrong-credentials");
            app.registry.hasher.filled() - before
        };
        let nobody = cost("nobody@test.example", PASSWORD);
        assert_eq!(nobody, 2 * 47_104);
        for (user, password) in [(&user, "not the password"), (&old, "not the password"), (&disabled, PASSWORD)] {
            assert_eq!(cost(user.email.as_str(), password), nobody, "{}", user.email.as_str());
        }
    }

    fn a_weak_hash_is_replaced_when_its_owner_signs_in(db) {
        let app = TestApp::start(db);
        let user = account(&app);
        let kept = || app.registry.store.read(|db| accounts::password_hash(db, user.id)).expect("a read").expect("a hash");
        let weak = weak_hash(PASSWORD);
        app.database
            .run(&format!("UPDATE users SET password_hash = '{weak}' WHERE id = '{}'", user.id))
            .expect("an edit");
        app.anonymous().sign_in(user.email.as_str(), "not the password of anybody").expect(401);
        assert_eq!(kept(), weak, "a wrong guess changes nothing");
        app.anonymous().sign_in(user.email.as_str(), PASSWORD).expect(201);
        let strong = kept();
        assert!(strong.starts_with("$argon2id$v=19$m=47104,t=2,p=1$"), "{strong}");
        app.anonymous().sign_in(user.email.as_str(), PASSWORD).expect(201);
        assert_eq!(kept(), strong, "once is enough");
        let events = app.database.texts("SELECT type AS value FROM events WHERE type = 'user.password_changed'");
        assert_eq!(events.len(), 1, "it is the same password");
    }
}
