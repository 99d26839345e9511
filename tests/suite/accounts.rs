//! Accounts: made, invited, changed, reset, disabled; and the passwords their owners choose.

use crate::support::answer::Answer;
use crate::support::app::{BEGINNING, Client, TestApp, open};
use crate::support::on_both_databases;
use press_registry::app::accounts::CODE_SECONDS;
use press_registry::domain::ids::{Id as _, UserId};
use press_registry::error::Error;
use press_registry::store::accounts;
use serde_json::{Value, json};
use std::sync::Arc;

const PASSWORD: &str = "gió lùa qua khe cửa sổ";
const USERS: &str = "/api/v1/users";

/// An auditor's account as its maker is answered.
fn made(app: &TestApp, admin: &Client) -> Answer {
    let email = format!("made{}@test.example", app.serial());
    admin.post(USERS, &json!({ "email": email, "role": "auditor" })).expect(201)
}

/// Opens an account with its code and chooses [`PASSWORD`].
pub(crate) fn opened(app: &TestApp, account: &Answer) -> Client {
    let anonymous = app.anonymous();
    let tokens = anonymous.sign_in(&account.text("/email"), &account.text("/one_time_code")).expect(201);
    let client = anonymous.with_tokens(&tokens);
    choose(&client, None, PASSWORD).expect(204);
    client
}

fn choose(client: &Client, current: Option<&str>, new: &str) -> Answer {
    let mut form = json!({ "new_password": new });
    if let Some(current) = current {
        form["current_password"] = current.into();
    }
    client.post("/api/v1/me/password", &form)
}

on_both_databases! {
    fn an_account_is_made_with_exactly_what_its_role_needs(db) {
        let app = TestApp::start(db);
        let admin = app.admin();
        let agency = app.central_agency();
        let agency_id = agency.id.to_string();
        let person = app.person(&agency).text("/id");
        let roles = [
            json!({ "role": "admin" }),
            json!({ "role": "registrar" }),
            json!({ "role": "registrar", "province": "31" }),
            json!({ "role": "agency_head", "agency_id": agency_id }),
            json!({ "role": "agency_clerk", "agency_id": agency_id }),
            json!({ "role": "official", "province": "01", "body": "Ủy ban nhân dân phường Ba Đình" }),
            json!({ "role": "auditor" }),
            json!({ "role": "holder", "person_id": person }),
        ];
        for (n, ties) in roles.into_iter().enumerate() {
            let mut form = ties.clone();
            form["email"] = format!("Role{n}@Test.Example").into();
            let made = admin.post(USERS, &form).expect(201);
            let mut expected = ties;
            expected["id"] = made.json()["id"].clone();
            expected["email"] = format!("role{n}@test.example").into();
            expected["state"] = "active".into();
            expected["created_at"] = BEGINNING.into();
            if let Some(code) = expected["province"].as_str() {
                // Hải Phòng of today; Hà Nội is as it was.
                expected["province_id"] = if code == "31" { "31-2025" } else { "01" }.into();
            }
            let read = admin.get(&made.path("users")).expect(200);
            assert_eq!(read.json(), expected);
            assert_eq!(made.header("location"), Some(&*made.path("users")));
            assert_eq!(made.etag(), read.etag());
            expected["one_time_code"] = made.json()["one_time_code"].clone();
            assert_eq!(made.json(), expected);

            let tokens = app.anonymous().sign_in(&format!("role{n}@test.example"), &made.text("/one_time_code")).expect(201);
            let own = app.anonymous().with_tokens(&tokens).get("/api/v1/me").expect(200);
            assert_eq!(own.json(), read.json());
        }
    }

    fn an_account_that_lacks_something_or_has_too_much_is_not_made(db) {
        let app = TestApp::start(db);
        let admin = app.admin();
        let agency = app.central_agency();
        let (agency_id, person) = (agency.id.to_string(), app.person(&agency).text("/id"));
        let nobody = UserId::parse("01890a5d-ac96-774b-bcce-b302099a8057").expect("an id").to_string();
        let email = "new@test.example";
        let holder = json!({ "email": "holder@test.example", "role": "holder", "person_id": person });
        admin.post(USERS, &holder).expect(201);
        let before = admin.get(USERS).json();
        let cases: &[(Value, &[(&str, &str)])] = &[
            (json!({}), &[("/email", "missing"), ("/role", "missing")]),
            (json!({ "email": email }), &[("/role", "missing")]),
            (json!({ "email": 7, "role": "auditor" }), &[("/email", "wrong_type")]),
            (json!({ "email": email, "role": "auditor", "password": "x" }), &[("/password", "unknown_field")]),
            (json!({ "email": "nowhere", "role": "auditor" }), &[("/email", "not_an_email")]),
            (json!({ "email": "holder@test.example", "role": "auditor" }), &[("/email", "taken")]),
            (json!({ "email": " HOLDER@test.example", "role": "auditor" }), &[("/email", "taken")]),
            (json!({ "email": email, "role": "king" }), &[("/role", "unknown_role")]),
            (json!({ "email": email, "role": "Admin" }), &[("/role", "unknown_role")]),
            (json!({ "email": email, "role": "agency_head" }), &[("/agency_id", "missing")]),
            (json!({ "email": email, "role": "agency_clerk" }), &[("/agency_id", "missing")]),
            (json!({ "email": email, "role": "agency_head", "agency_id": nobody }), &[("/agency_id", "unknown_agency")]),
            (json!({ "email": email, "role": "agency_head", "agency_id": "1" }), &[("/agency_id", "unknown_agency")]),
            (json!({ "email": email, "role": "admin", "agency_id": agency_id }), &[("/agency_id", "not_for_this_role")]),
            (json!({ "email": email, "role": "auditor", "province": "31" }), &[("/province", "not_for_this_role")]),
            (json!({ "email": email, "role": "registrar", "province": "00" }), &[("/province", "unknown_province")]),
            (json!({ "email": email, "role": "registrar", "body": "Sở" }), &[("/body", "not_for_this_role")]),
            (json!({ "email": email, "role": "official", "province": "31" }), &[("/body", "missing")]),
            (json!({ "email": email, "role": "official", "body": "Sở" }), &[("/province", "missing")]),
            (json!({ "email": email, "role": "official", "province": "31", "body": " " }), &[("/body", "empty")]),
            (json!({ "email": email, "role": "holder" }), &[("/person_id", "missing")]),
            (json!({ "email": email, "role": "holder", "person_id": nobody }), &[("/person_id", "unknown_person")]),
            (json!({ "email": email, "role": "holder", "person_id": person }), &[("/person_id", "taken")]),
            (json!({ "email": email, "role": "auditor", "person_id": person }), &[("/person_id", "not_for_this_role")]),
            (
                json!({ "email": "nowhere", "role": "official", "province": "00", "body": "" }),
                &[("/email", "not_an_email"), ("/province", "unknown_province"), ("/body", "empty")],
            ),
        ];
        for (form, errors) in cases {
            admin.post(USERS, form).expect_invalid(errors);
        }
        assert_eq!(admin.get(USERS).json(), before, "none of them left anything behind");
    }

    fn an_account_is_changed_only_by_who_read_its_newest_version(db) {
        let app = TestApp::start(db);
        let admin = app.admin();
        let account = made(&app, &admin);
        let (path, etag) = (account.path("users"), account.etag());
        let json_type = [("content-type", "application/json")];
        admin.send("PATCH", &path, &json_type, Some(b"{}")).expect_problem(428, "precondition-required");
        admin.patch(&path, "\"999\"", &json!({})).expect_problem(412, "precondition-failed");
        let taken = made(&app, &admin).text("/email");
        for (form, error) in [
            (json!({ "email": "nowhere" }), ("/email", "not_an_email")),
            (json!({ "email": taken }), ("/email", "taken")),
            (json!({ "email": null }), ("/email", "wrong_type")),
            (json!({ "state": "asleep" }), ("/state", "unknown_state")),
            (json!({ "role": "admin" }), ("/role", "unknown_field")),
        ] {
            admin.patch(&path, &etag, &form).expect_invalid(&[error]);
        }
        let changed = admin.patch(&path, &etag, &json!({ "email": "another@test.example" })).expect(200);
        assert_eq!(changed.text("/email"), "another@test.example");
        assert_ne!(changed.etag(), etag);
        assert_eq!(admin.get(&path).json(), changed.json());
        admin.patch(&path, &etag, &json!({ "state": "disabled" })).expect_problem(412, "precondition-failed");
        let code = account.text("/one_time_code");
        app.anonymous().sign_in(&account.text("/email"), &code).expect_problem(401, "wrong-credentials");
        app.anonymous().sign_in("another@test.example", &code).expect(201);
    }

    fn a_disabled_account_is_out_at_once_and_stays_out_until_it_is_let_in_again(db) {
        let app = TestApp::start(db);
        let admin = app.admin();
        let account = made(&app, &admin);
        let client = opened(&app, &account);
        let tokens = app.anonymous().sign_in(&account.text("/email"), PASSWORD).expect(201);
        client.get("/api/v1/me").expect(200);
        let path = account.path("users");
        let disabled = admin.patch(&path, &admin.get(&path).etag(), &json!({ "state": "disabled" })).expect(200);
        let refresh = json!({ "refresh_token": tokens.text("/refresh_token") });
        client.get("/api/v1/me").expect_problem(401, "unauthenticated");
        app.anonymous().with_tokens(&tokens).get("/api/v1/me").expect_problem(401, "unauthenticated");
        app.anonymous().post("/api/v1/sessions/refresh", &refresh).expect_problem(401, "unauthenticated");
        app.anonymous().sign_in(&account.text("/email"), PASSWORD).expect_problem(401, "wrong-credentials");

        admin.patch(&path, &disabled.etag(), &json!({ "state": "active" })).expect(200);
        client.get("/api/v1/me").expect_problem(401, "unauthenticated");
        app.anonymous().post("/api/v1/sessions/refresh", &refresh).expect_problem(401, "unauthenticated");
        app.anonymous().sign_in(&account.text("/email"), PASSWORD).expect(201);
    }

    fn a_disabled_account_is_out_on_every_other_node_once_it_is_forgotten_there(db) {
        let app = TestApp::start(db);
        let other = open(&app.database, &app.data_dir, &app.base);
        let admin = app.admin();
        let (seen, unseen) = (app.auditor(), app.auditor());
        let token = |client: &Client| client.token.clone().expect("a token");
        let admitted = other.authenticate(&token(&seen)).expect("signed in");
        for client in [&seen, &unseen] {
            let path = format!("{USERS}/{}", client.user.expect("an account"));
            admin.patch(&path, &admin.get(&path).etag(), &json!({ "state": "disabled" })).expect(200);
        }
        assert!(other.authenticate(&token(&unseen)).is_err());
        // Whoever was seen is believed for half a second; however long it takes here, it must end.
        while other.cached_caller(&token(&seen)).is_some() {
            std::thread::yield_now();
        }
        assert!(other.authenticate(&token(&seen)).is_err());
        let registry = Arc::new(other);
        let asks = Arc::clone(&registry);
        let still = registry.store.write_blocking(move |tx| asks.still_admitted(tx, &admitted).map(|_| ()));
        assert!(matches!(still, Err(Error::Unauthenticated)), "nor may a change that began before it was forgotten");
    }

    fn nobody_disables_the_account_they_are_signed_in_with(db) {
        let app = TestApp::start(db);
        let admin = app.admin();
        let path = format!("{USERS}/{}", admin.user.expect("an account"));
        let etag = admin.get(&path).etag();
        admin.patch(&path, &etag, &json!({ "state": "disabled" })).expect_problem(403, "forbidden");
        let path = made(&app, &admin).path("users");
        admin.patch(&path, &admin.get(&path).etag(), &json!({ "state": "disabled" })).expect(200);
        admin.get("/api/v1/me").expect(200);
    }

    fn a_code_opens_an_account_once_to_choose_a_password_and_nothing_else(db) {
        let app = TestApp::start(db);
        let account = made(&app, &app.admin());
        let (email, code) = (account.text("/email"), account.text("/one_time_code"));
        let spelled = code.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
        let client = app.anonymous().with_tokens(&app.anonymous().sign_in(&email, &spelled).expect(201));
        app.anonymous().sign_in(&email, &code).expect_problem(401, "wrong-credentials");
        client.get("/api/v1/me").expect(200);
        client.get("/api/v1/agencies").expect_problem(403, "password-change-required");
        client.get("/api/v1/people/01890a5d-ac96-774b-bcce-b302099a8057").expect_problem(403, "password-change-required");
        choose(&client, None, PASSWORD).expect(204);
        client.get("/api/v1/agencies").expect(200);
        app.anonymous().sign_in(&email, &code).expect_problem(401, "wrong-credentials");
        app.anonymous().sign_in(&email, PASSWORD).expect(201);
    }

    fn a_code_is_good_for_three_days(db) {
        let app = TestApp::start(db);
        let admin = app.admin();
        let (late, in_time) = (made(&app, &admin), made(&app, &admin));
        app.pass(CODE_SECONDS - 1);
        app.anonymous().sign_in(&in_time.text("/email"), &in_time.text("/one_time_code")).expect(201);
        app.pass(1);
        app.anonymous()
            .sign_in(&late.text("/email"), &late.text("/one_time_code"))
            .expect_problem(401, "wrong-credentials");
    }

    fn a_reset_takes_password_sessions_and_older_codes_away(db) {
        let app = TestApp::start(db);
        let admin = app.admin();
        let account = made(&app, &admin);
        let client = opened(&app, &account);
        let (email, reset) = (account.text("/email"), format!("{}/reset", account.path("users")));
        let first = admin.post(&reset, &json!({})).expect(201);
        client.get("/api/v1/me").expect_problem(401, "unauthenticated");
        app.anonymous().sign_in(&email, PASSWORD).expect_problem(401, "wrong-credentials");
        let second = admin.send("POST", &reset, &[], None).expect(201);
        assert_ne!(first.text("/one_time_code"), second.text("/one_time_code"));
        app.anonymous().sign_in(&email, &first.text("/one_time_code")).expect_problem(401, "wrong-credentials");
        opened(&app, &second).get("/api/v1/agencies").expect(200);
        admin.post(&format!("{USERS}/{}/reset", app.data_dir.path().display()), &json!({})).expect(404);
    }

    fn a_person_is_invited_to_the_address_on_record_or_to_another(db) {
        let app = TestApp::start(db);
        let (admin, agency) = (app.admin(), app.central_agency());
        let person = app.person(&agency);
        let invite = |person: &Answer| format!("/api/v1/people/{}/invite", person.text("/id"));
        let invited = admin.send("POST", &invite(&person), &[], None).expect(201);
        assert_eq!(invited.text("/email"), person.text("/email"));
        assert_eq!((invited.text("/role"), invited.text("/person_id")), ("holder".into(), person.text("/id")));
        let own = opened(&app, &invited).get(&format!("/api/v1/people/{}", person.text("/id"))).expect(200);
        assert_eq!(own.text("/full_name"), person.text("/full_name"));
        admin.post(&invite(&person), &json!({ "email": "more@test.example" })).expect_invalid(&[("/person_id", "taken")]);

        let mut form = app.person_form();
        form.as_object_mut().expect("an object").remove("email");
        let silent = app.entered(&agency, &form);
        admin.post(&invite(&silent), &json!({})).expect_invalid(&[("/email", "missing")]);
        admin.post(&invite(&silent), &json!({ "email": "nowhere" })).expect_invalid(&[("/email", "not_an_email")]);
        admin.post(&invite(&silent), &json!({ "email": invited.text("/email") })).expect_invalid(&[("/email", "taken")]);
        let invited = admin.post(&invite(&silent), &json!({ "email": "silent@test.example" })).expect(201);
        assert_eq!(invited.text("/email"), "silent@test.example");
        admin.post("/api/v1/people/01890a5d-ac96-774b-bcce-b302099a8057/invite", &json!({})).expect_problem(404, "not-found");
    }

    fn a_password_is_chosen_by_who_knows_the_old_one_and_ends_all_other_sessions(db) {
        let app = TestApp::start(db);
        let account = made(&app, &app.admin());
        let client = opened(&app, &account);
        let email = account.text("/email");
        let elsewhere = app.anonymous().with_tokens(&app.anonymous().sign_in(&email, PASSWORD).expect(201));
        let new = "trăng tròn soi bến nước";
        choose(&client, None, new).expect_invalid(&[("/current_password", "wrong")]);
        choose(&client, Some("not my password"), new).expect_invalid(&[("/current_password", "wrong")]);
        for (password, code) in [
            ("ngắn quá", "too_short"),
            (&*"dài quá ".repeat(33), "too_long"),
            ("aaaaaaaaaaaaaaaaaaaa", "too_simple"),
            ("password1234567890", "too_common"),
            (&*format!("{}12345678901234", email.split('@').next().expect("a name")), "too_common"),
        ] {
            choose(&client, Some(PASSWORD), password).expect_invalid(&[("/new_password", code)]);
        }
        elsewhere.get("/api/v1/me").expect(200);
        choose(&client, Some(PASSWORD), new).expect(204);
        client.get("/api/v1/me").expect(200);
        elsewhere.get("/api/v1/me").expect_problem(401, "unauthenticated");
        app.anonymous().sign_in(&email, PASSWORD).expect_problem(401, "wrong-credentials");
        app.anonymous().sign_in(&email, new).expect(201);
    }

    fn the_first_administrator_is_made_once_and_only_where_there_is_nobody(db) {
        let app = TestApp::start(db);
        let first = app.registry.first_administrator("first@test.example").expect("a write").expect("an account");
        assert!(app.registry.first_administrator("second@test.example").expect("a write").is_none());
        let opened = app.anonymous().sign_in("first@test.example", &first.one_time_code).expect(201);
        let client = app.anonymous().with_tokens(&opened);
        choose(&client, None, PASSWORD).expect(204);
        assert_eq!(client.get(USERS).expect(200).json()["items"].as_array().map(Vec::len), Some(1));
        assert!(app.registry.first_administrator("third@test.example").expect("a write").is_none());
        let hash = app.registry.store.read(|db| accounts::password_hash(db, first.user.id)).expect("a read");
        assert!(hash.is_some_and(|hash| hash.starts_with("$argon2id$v=19$m=47104,t=2,p=1$")));
    }

    fn accounts_are_listed_in_the_order_they_were_made_and_each_once(db) {
        let app = TestApp::start(db);
        let admin = app.admin();
        let mut expected = vec![admin.user.expect("an account").to_string()];
        expected.extend((0..7).map(|_| made(&app, &admin).text("/id")));
        let mut seen = Vec::new();
        let mut path = format!("{USERS}?limit=3");
        loop {
            let part = admin.get(&path).expect(200);
            let items = part.json()["items"].as_array().cloned().expect("items");
            assert!(items.len() <= 3);
            seen.extend(items.iter().map(|user| user["id"].as_str().expect("an id").to_owned()));
            match part.json()["next_cursor"].as_str() {
                Some(cursor) => path = format!("{USERS}?limit=3&cursor={cursor}"),
                None => break,
            }
        }
        expected.sort();
        assert_eq!(seen, expected);
        assert!(!admin.get(USERS).body_text().contains("one_time_code"), "a code is told once");
    }
}
