//! How lists are served: to anybody, from memory, with what a phone needs to ask again.

use super::{Foreign, status};
use crate::support::{
    answer::Answer,
    app::{Client, TestApp},
    fixtures::DAY,
    on_both_databases,
    program::Serving,
    within,
};
use press_registry::{
    app::keys::{self, Retirement},
    clock::Clock,
    keys::PairUse,
};
use serde_json::json;
use std::time::Duration;

/// A change is in the served list within this time.
const AT_ONCE: Duration = Duration::from_secs(1);

/// What is served at an address once it is there.
#[track_caller]
fn wait_for(client: &Client, path: &str, is_there: impl Fn(&Answer) -> bool) -> Answer {
    within(AT_ONCE, || Some(client.get(path)).filter(&is_there))
}

/// The bit of a card in the list that is served.
#[track_caller]
fn bit(app: &TestApp, list: &Answer, card: &Answer) -> u8 {
    let slot = card.json()["status_index"].as_u64().expect("a number") % (1 << 17);
    let issuer = app.anonymous().get("/.well-known/press-registry/issuer").expect(200);
    status(&Foreign::read(&list.body, &issuer.body).bits(), u32::try_from(slot).expect("a slot"))
}

on_both_databases! {
    fn a_revocation_is_in_the_served_list_within_a_second(db) {
        let app = TestApp::start_by(db, Clock::System);
        let agency = app.central_agency();
        let anonymous = app.anonymous();
        anonymous.get("/status/0").expect_problem(404, "not-found");
        let card = app.issued_card(&agency);
        let list = wait_for(&anonymous, "/status/0", |list| list.status == 200);
        assert_eq!(bit(&app, &list, &card), 0);
        let revoke = json!({ "event": "revoke", "reason": "x", "ground": "prosecution" });
        app.registrar().happen("credentials", &card, revoke).expect(201);
        let list = wait_for(&anonymous, "/status/0", |new| new.body != list.body);
        assert_eq!(bit(&app, &list, &card), 1);
    }

    fn a_change_on_one_node_is_in_the_lists_of_another_process_within_a_second(db) {
        let mut app = TestApp::start_by(db, Clock::System);
        let agency = app.central_agency();
        let (one, two) = (app.issued_card(&agency), app.issued_card(&agency));
        app.registry.publish_lists().expect("signed");
        let data_dir = app.data_dir.path().to_str().expect("UTF-8");
        let words = ["--data-dir", data_dir, "--database-url", &app.database.url, "--public-url", &app.base];
        let process = Serving::serve(&words);
        let other = Client::at(&process.base);
        let begun = other.get("/status/0").expect(200);
        assert_eq!((bit(&app, &begun, &one), bit(&app, &begun, &two)), (0, 0));
        let revoke = || json!({ "event": "revoke", "reason": "x", "ground": "prosecution" });
        app.registrar().happen("credentials", &one, revoke()).expect(201);
        let first = wait_for(&other, "/status/0", |new| new.body != begun.body);
        assert_eq!((bit(&app, &first, &one), bit(&app, &first, &two)), (1, 0));
        // Whichever node signed it, the other serves the same bytes as soon.
        wait_for(&app.anonymous(), "/status/0", |new| new.body == first.body);
        // What one node changed and left behind, the other signs.
        let registrar = app.registrar();
        let issuer = app.anonymous().get("/.well-known/press-registry/issuer").expect(200).body;
        let before_the_end = registrar.happen("credentials", &two, revoke()).expect(201);
        app.stop();
        let slot = u32::try_from(before_the_end.json()["status_index"].as_u64().expect("a number")).expect("list 0");
        wait_for(&other, "/status/0", |new| status(&Foreign::read(&new.body, &issuer).bits(), slot) == 1);
    }

    fn a_list_is_for_everybody_and_asked_for_again_each_time(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let card = app.issued_card(&agency);
        app.head(&agency).post("/api/v1/letters", &app.letter_form(&card.text("/person_id"))).expect(201);
        keys::rotate(&app.registry, PairUse::Card).expect("rotated");
        let kid = app.database.texts("SELECT kid AS value FROM credentials").remove(0);
        keys::retire(&app.registry, &kid, Retirement::Compromised).expect("compromised");
        app.registry.publish_lists().expect("signed");
        let anonymous = app.anonymous();
        let set = format!("/status/honest/{kid}");
        for (path, media_type) in [
            ("/status/0", "application/statuslist+cwt"),
            ("/status/1024", "application/statuslist+cwt"),
            (&set, "application/cwt"),
        ] {
            let list = anonymous.get(path).expect(200);
            assert_eq!(list.header("content-type"), Some(media_type));
            assert_eq!(list.header("cache-control"), Some("no-cache"), "{path}");
            assert_eq!(list.header("access-control-allow-origin"), Some("*"), "{path}");
            let etag = list.etag();
            assert!(etag.starts_with('"'), "{etag}");
            let known = anonymous.send("GET", path, &[("if-none-match", &etag)], None).expect(304);
            assert_eq!((known.body.len(), known.etag()), (0, etag));
            let other = anonymous.send("GET", path, &[("if-none-match", "\"another\"")], None).expect(200);
            assert_eq!(other.body, list.body);
        }
    }

    fn what_is_no_list_is_not_found(db) {
        let app = TestApp::start(db);
        let card = app.issued_card(&app.central_agency());
        app.registry.publish_lists().expect("signed");
        app.anonymous().get("/status/0").expect(200);
        let kid = app.database.texts("SELECT kid AS value FROM credentials").remove(0);
        for path in [
            "/status/1".to_owned(),
            "/status/00".to_owned(),
            "/status/-0".to_owned(),
            "/status/+0".to_owned(),
            "/status/1024".to_owned(),
            "/status/4294967296".to_owned(),
            "/status/x".to_owned(),
            "/status/honest/00000000".to_owned(),
            format!("/status/honest/{kid}"),
            "/status/honest/0".to_owned(),
        ] {
            app.anonymous().get(&path).expect_problem(404, "not-found");
        }
        drop(card);
    }

    fn whoever_starts_again_serves_at_once(db) {
        let mut app = TestApp::start(db);
        app.issued_card(&app.central_agency());
        app.registry.publish_lists().expect("signed");
        let before = app.anonymous().get("/status/0").expect(200);
        app.restart();
        assert_eq!(app.anonymous().get("/status/0").expect(200).body, before.body);
        app.stop();
        // After a long rest the list is signed anew.
        app.pass(2 * DAY);
        app.restart();
        let issuer = app.anonymous().get("/.well-known/press-registry/issuer").expect(200).body;
        let iat = |list: &Answer| Foreign::read(&list.body, &issuer).number(6);
        let list = wait_for(&app.anonymous(), "/status/0", |list| iat(list) > iat(&before));
        assert_eq!(iat(&list), iat(&before) + 2 * DAY);
    }
}
