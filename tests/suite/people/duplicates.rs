//! Records that may be of one human being: offered to a registrar, kept apart or merged, and never by themselves.

use super::{engagement_of, people_of};
use crate::erasure::{erased, returned};
use crate::support::answer::Answer;
use crate::support::app::{Client, TestAgency, TestApp};
use crate::support::on_both_databases;
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization as _;

pub(super) const DUPLICATES: &str = "/api/v1/duplicates";

/// One human being at two agencies: the records, and the pair as a registrar sees it.
pub(crate) fn pair(app: &TestApp, one: &TestAgency, other: &TestAgency) -> (Answer, Answer, Answer) {
    let form = app.person_form();
    let (here, there) = (app.entered(one, &form), app.entered(other, &form));
    let registrar = app.registrar();
    let id = registrar.list(&format!("{DUPLICATES}?limit=100"), "/id").pop().expect("a pair");
    (here, there, registrar.get(&format!("{DUPLICATES}/{id}")).expect(200))
}

fn dismiss() -> Value {
    json!({ "event": "dismiss", "reason": "Hai người khác nhau" })
}

pub(crate) fn merge(keep: &Answer) -> Value {
    json!({ "event": "merge", "reason": "Đã đối chiếu hồ sơ gốc", "keep": keep.text("/id") })
}

/// Somebody who works for two agencies, on one record.
pub(crate) fn shared(app: &TestApp, agencies: &[&TestAgency; 2]) -> String {
    let (here, _, found) = pair(app, agencies[0], agencies[1]);
    happen(&app.registrar(), &found, merge(&here)).expect(201);
    here.text("/id")
}

/// Ground of each open pair.
fn grounds(app: &TestApp) -> Vec<String> {
    app.registrar().list(&format!("{DUPLICATES}?limit=100"), "/ground")
}

/// Decides on a pair as it is shown now, whatever became of cards and accounts since it was found.
pub(crate) fn happen(by: &Client, pair: &Answer, event: Value) -> Answer {
    let shown = by.get(&pair.path("duplicates"));
    by.happen("duplicates", if shown.status == 200 { &shown } else { pair }, event)
}

on_both_databases! {
    fn what_is_alike_is_offered_and_what_is_not_is_not(db) {
        let app = TestApp::start(db);
        let (one, other) = (app.central_agency(), app.local_agency());
        let first = app.named(&one, "Trần Thị Hòa");
        assert_eq!(grounds(&app), [""; 0]);
        // The same name in another spelling on the same day; and others that are not.
        let nfd: String = "TRẦN Thị Hoà".nfd().collect();
        for (name, birth, found) in [("Trần Thị Hoa", "1990-05-06", 0), ("Trần Thị Hòa", "1990-05-07", 0), (&nfd, "1990-05-06", 1)] {
            let mut like = app.person_form();
            (like["full_name"], like["birth_date"]) = (name.into(), birth.into());
            app.entered(&other, &like);
            assert_eq!(grounds(&app).len(), found, "{name} {birth}");
        }
        assert_eq!(grounds(&app), ["name_and_birth_date"]);
        let registrar = app.registrar();
        let seen = registrar.get(DUPLICATES).expect(200);
        let records = &seen.json()["items"][0]["records"];
        assert_eq!(records[0]["person_id"], first.text("/id"));
        assert_eq!(records[0]["engagements"][0]["agency_id"], one.id.to_string());
        // No more than what tells two people apart.
        let text = seen.body_text();
        assert!(!text.contains(&first.text("/national_id")) && !text.contains(&first.text("/email")), "{text}");
        // What is mended is forgotten; what turns up by a change is noticed.
        let mended = json!({ "full_name": "Lê An" });
        let changed = app.clerk(&one).patch(&first.path("people"), &first.etag(), &mended).expect(200);
        assert_eq!(grounds(&app), [""; 0]);
        let same = app.entered(&other, &app.person_form());
        let change = json!({ "national_id": same.text("/national_id") });
        app.clerk(&one).patch(&first.path("people"), &changed.etag(), &change).expect(200);
        assert_eq!(grounds(&app), ["national_id"]);
        // Whoever is shown both is noted.
        registrar.get(DUPLICATES).expect(200);
        let looks = app.holder(&first.text("/id")).list(&format!("{}/accesses?limit=100", first.path("people")), "/what");
        assert_eq!(looks.last().map(String::as_str), Some("list"));
    }

    fn a_name_without_any_mark_may_be_each_that_has_some(db) {
        let app = TestApp::start(db);
        let (one, other) = (app.central_agency(), app.local_agency());
        let marked = app.named(&one, "Đỗ Thị Hòa");
        app.named(&one, "Đỗ Thị Hoà Bình");
        // With some marks it is another name; without any nobody knows which.
        app.named(&other, "Đỗ Thị Hoa");
        assert_eq!(grounds(&app), [""; 0]);
        let plain = app.named(&other, "DO THI HOA");
        assert_eq!(grounds(&app), ["name_and_birth_date"; 2]);
        // Whoever mends the spelling has said which.
        let mended = json!({ "full_name": "Đỗ Thị Hòa" });
        app.clerk(&other).patch(&plain.path("people"), &plain.etag(), &mended).expect(200);
        let found = app.registrar().get(DUPLICATES).expect(200);
        assert_eq!(grounds(&app), ["name_and_birth_date"]);
        assert_eq!(found.text("/items/0/records/0/person_id"), marked.text("/id"));
    }

    fn whoever_decides_has_seen_cards_and_accounts_as_they_are(db) {
        let app = TestApp::start(db);
        let (one, other) = (app.central_agency(), app.central_agency());
        let (here, there, found) = pair(&app, &one, &other);
        let registrar = app.registrar();
        let decide = |seen: &Answer, event: Value| registrar.happen("duplicates", seen, event);
        let again = || registrar.get(&found.path("duplicates")).expect(200);
        let card = app.issued_to(&other, &there.text("/id"));
        decide(&found, merge(&here)).expect_problem(412, "precondition-failed");
        let with_a_card = again();
        let suspended = json!({ "event": "suspend", "reason": "Kiểm tra" });
        registrar.happen("credentials", &card, suspended).expect(201);
        decide(&with_a_card, dismiss()).expect_problem(412, "precondition-failed");
        let before_an_account = again();
        app.holder(&here.text("/id"));
        decide(&before_an_account, dismiss()).expect_problem(412, "precondition-failed");
        decide(&again(), dismiss()).expect(201);
    }

    fn a_pair_stays_while_one_of_both_was_not_read_since_an_upgrade(db) {
        let app = TestApp::start(db);
        let (one, other) = (app.central_agency(), app.central_agency());
        let [here, there] = [&one, &other].map(|agency| {
            let mut form = app.person_form();
            (form["full_name"], form["birth_date"]) = ("Đỗ Thị Hòa".into(), "1990-05-06".into());
            app.entered(agency, &form)
        });
        let ids = || app.registrar().list(DUPLICATES, "/id");
        let before = ids();
        assert_eq!(before.len(), 1);
        app.database.run(&format!("UPDATE people SET name_folded = '' WHERE id = '{}'", there.text("/id"))).expect("an edit");
        app.clerk(&one).patch(&here.path("people"), &here.etag(), &json!({ "pen_name": "Hồng" })).expect(200);
        assert_eq!(ids(), before);
    }

    fn two_people_stay_two(db) {
        let app = TestApp::start(db);
        let (one, other) = (app.central_agency(), app.central_agency());
        let (here, there, found) = pair(&app, &one, &other);
        let registrar = app.registrar();
        happen(&registrar, &found, json!({ "event": "dismiss" })).expect_invalid(&[("/reason", "missing")]);
        happen(&registrar, &found, json!({ "event": "divide", "reason": "x" })).expect_invalid(&[("/event", "unknown_event")]);
        let done = happen(&registrar, &found, dismiss()).expect(201);
        assert_eq!(done.text("/state"), "dismissed");
        happen(&registrar, &done, merge(&here)).expect_problem(409, "wrong-state");
        assert_eq!(grounds(&app), [""; 0]);
        // Nor are they offered again with each change.
        app.clerk(&one).patch(&here.path("people"), &here.etag(), &json!({ "pen_name": "Hồng" })).expect(200);
        assert_eq!(grounds(&app), [""; 0]);
        assert_eq!(registrar.list(&format!("{DUPLICATES}?state=dismissed"), "/id"), [found.text("/id")]);
        app.clerk(&other).get(&there.path("people")).expect(200);
        let facts = app.database.texts("SELECT data AS value FROM events WHERE type = 'duplicate.dismissed'").remove(0);
        assert!(facts.contains(&here.text("/id")) && facts.contains(&there.text("/id")) && !facts.contains("Hai người"));
    }

    fn a_merge_keeps_both_histories(db) {
        let app = TestApp::start(db);
        let (one, other) = (app.central_agency(), app.central_agency());
        let (here, there, _) = pair(&app, &one, &other);
        let (keep, gone) = (here.text("/id"), there.text("/id"));
        let card = app.issued_to(&other, &gone);
        let waits = app.submitted(&one, &[&keep]);
        app.registrar().get(&there.path("people")).expect(200);
        let holder = app.holder(&gone);
        let registrar = app.registrar();
        let found = registrar.get(DUPLICATES).expect(200).text("/items/0/id");
        let found = registrar.get(&format!("{DUPLICATES}/{found}")).expect(200);
        assert_eq!(found.text("/records/1/press_card/number"), card.text("/number"));
        assert_eq!(found.json()["records"][1]["has_account"], true);
        let done = happen(&registrar, &found, merge(&here)).expect(201);
        assert_eq!((done.text("/state"), done.json()["records"].as_array().map(Vec::len)), ("merged".into(), Some(1)));

        // Both engagements, and the card as it was; the other id answers with the record.
        let seen = registrar.get(&here.path("people")).expect(200);
        assert_eq!(seen.json()["engagements"].as_array().map(Vec::len), Some(2));
        let by_other = registrar.get(&there.path("people")).expect(200);
        assert_eq!((by_other.text("/id"), by_other.etag()), (keep.clone(), seen.etag()));
        let card = registrar.get(&card.path("credentials")).expect(200);
        assert_eq!((card.text("/person_id"), card.text("/state")), (keep.clone(), "active".into()));
        assert_eq!(app.verdict(&card.text("/code")).0, "valid");
        assert_eq!(registrar.get(&waits.path("applications")).expect(200).text("/people/0/person_id"), keep);

        // Each agency sees the record, and not that there is another.
        for (agency, id) in [(&one, &keep), (&other, &keep)] {
            let clerk = app.clerk(agency);
            assert_eq!(clerk.list(&people_of(agency), "/id"), std::slice::from_ref(id));
            let seen = clerk.get(&format!("/api/v1/people/{id}")).expect(200);
            assert_eq!(seen.json()["engagements"].as_array().map(Vec::len), Some(1));
            assert_eq!(seen.text("/engagements/0/agency_id"), agency.id.to_string());
            clerk.get(&there.path("people")).expect(200);
        }
        for stranger in [app.clerk(&app.central_agency()), app.provincial("01")] {
            stranger.get(&there.path("people")).expect_problem(404, "not-found");
        }
        app.clerk(&other).patch(&there.path("people"), &seen.etag(), &json!({ "pen_name": "x" })).expect_problem(404, "not-found");

        // The account follows, and sees who looked at either and what happened to both.
        let me = app.again(&holder);
        assert_eq!(me.get("/api/v1/me").expect(200).text("/person_id"), keep);
        let looks = me.list(&format!("{}/accesses?limit=100", here.path("people")), "/what");
        assert!(looks.contains(&"record".to_owned()), "{looks:?}");
        let kinds = me.list(&format!("{}/events?limit=100", here.path("people")), "/type");
        assert_eq!(kinds.iter().filter(|kind| *kind == "person.registered").count(), 2, "{kinds:?}");
        assert!(kinds.contains(&"person.merged".to_owned()) && kinds.contains(&"credential.issued".to_owned()));
        let export = me.get(&format!("{}/export", here.path("people"))).expect(200).json();
        assert_eq!(export["credentials"].as_array().map(Vec::len), Some(1));
        // It goes on: the engagement of the other agency ends like any.
        let own = app.clerk(&other).get(&here.path("people")).expect(200);
        let end = json!({ "event": "end", "reason": "Hết hợp đồng" });
        app.clerk(&other).event(&engagement_of(&own), &own.etag(), end).expect(201);
    }

    fn of_two_press_cards_one_is_handed_in(db) {
        let app = TestApp::start(db);
        let (one, other) = (app.central_agency(), app.central_agency());
        let mut form = app.person_form();
        let here = app.entered(&one, &form);
        let first = app.issued_to(&one, &here.text("/id"));
        // The other agency mistyped the number, so that nothing kept it from a second card.
        form["national_id"] = "999099000001".into();
        let there = app.entered(&other, &form);
        let second = app.issued_to(&other, &there.text("/id"));
        let registrar = app.registrar();
        // Of one human being after all, as nobody corrects a number while a card is held.
        let one_number = "UPDATE people SET national_id_hash = (SELECT national_id_hash FROM people ORDER BY id LIMIT 1)";
        app.database.run(one_number).expect("an edit");
        let id = registrar.get(DUPLICATES).expect(200).text("/items/0/id");
        let found = registrar.get(&format!("{DUPLICATES}/{id}")).expect(200);
        assert_eq!(found.text("/ground"), "name_and_birth_date");
        let with = |card: &str| { let mut form = merge(&here); form["return_credential"] = card.into(); form };
        happen(&registrar, &found, merge(&here)).expect_invalid(&[("/return_credential", "missing")]);
        happen(&registrar, &found, with(&here.text("/id"))).expect_invalid(&[("/return_credential", "neither")]);
        happen(&registrar, &found, with(&first.text("/id"))).expect(201);
        let state = |card: &Answer| registrar.get(&card.path("credentials")).expect(200).text("/state");
        assert_eq!((state(&first), state(&second)), ("returned".into(), "active".into()));
        assert_eq!(app.verdict(&first.text("/code")).1.as_deref(), Some("withdrawn"));
        assert_eq!(registrar.get(&here.path("people")).expect(200).text("/national_id"), here.text("/national_id"));
    }

    fn records_with_two_national_ids_are_not_merged_before_one_is_corrected(db) {
        let app = TestApp::start(db);
        let (one, other) = (app.central_agency(), app.central_agency());
        let mut form = app.person_form();
        let here = app.entered(&one, &form);
        form["national_id"] = "999099000001".into();
        let there = app.entered(&other, &form);
        let registrar = app.registrar();
        let id = registrar.get(DUPLICATES).expect(200).text("/items/0/id");
        let seen = || registrar.get(&format!("{DUPLICATES}/{id}")).expect(200);
        let refused = happen(&registrar, &seen(), merge(&here)).expect_problem(409, "wrong-state");
        assert!(refused.text("/detail").contains("national ids differ"), "{}", refused.body_text());
        let correct = json!({ "national_id": here.text("/national_id") });
        app.clerk(&other).patch(&there.path("people"), &there.etag(), &correct).expect(200);
        let id = registrar.get(DUPLICATES).expect(200).text("/items/0/id");
        let seen = registrar.get(&format!("{DUPLICATES}/{id}")).expect(200);
        happen(&registrar, &seen, merge(&here)).expect(201);
    }

    fn of_two_accounts_the_one_that_is_active_goes_on(db) {
        let app = TestApp::start(db);
        let (here, there, found) = pair(&app, &app.central_agency(), &app.central_agency());
        let (over, active) = (app.holder(&here.text("/id")), app.holder(&there.text("/id")));
        let admin = app.admin();
        let account = |client: &Client| {
            let id = client.user.expect("a user");
            admin.get(&format!("/api/v1/users/{id}")).expect(200)
        };
        let set = |client: &Client, state: &str| {
            let seen = account(client);
            admin.patch(&seen.path("users"), &seen.etag(), &json!({ "state": state }))
        };
        set(&over, "disabled").expect(200);
        happen(&app.registrar(), &found, merge(&here)).expect(201);
        let me = app.again(&active);
        assert_eq!(me.get("/api/v1/me").expect(200).text("/person_id"), here.text("/id"));
        assert_eq!((account(&over).text("/state"), account(&active).text("/state")), ("disabled".into(), "active".into()));
        // Whose record was taken in has no account of their own any more.
        set(&over, "active").expect_problem(409, "wrong-state");
        set(&active, "disabled").expect(200);
        set(&active, "active").expect(200);
    }

    fn what_is_not_decided_stands_in_the_way(db) {
        let app = TestApp::start(db);
        let (one, other) = (app.central_agency(), app.central_agency());
        let (here, there, found) = pair(&app, &one, &other);
        let registrar = app.registrar();
        let mut not_needed = merge(&here);
        not_needed["return_credential"] = here.text("/id").into();
        happen(&registrar, &found, not_needed).expect_invalid(&[("/return_credential", "not_needed")]);
        happen(&registrar, &found, json!({ "event": "merge", "reason": "x" })).expect_invalid(&[("/keep", "missing")]);
        let stranger = json!({ "event": "merge", "reason": "x", "keep": found.text("/id") });
        happen(&registrar, &found, stranger).expect_invalid(&[("/keep", "neither")]);
        // Whoever decides has seen both records as they are.
        let changed = app.clerk(&one).patch(&here.path("people"), &here.etag(), &json!({ "pen_name": "Hồng" })).expect(200);
        registrar.happen("duplicates", &found, merge(&here)).expect_problem(412, "precondition-failed");
        let found = registrar.get(&found.path("duplicates")).expect(200);
        let erase = json!({ "event": "erase", "reason": "Theo đơn" });
        let asked = registrar.happen("people", &changed, erase).expect(202);
        let found_again = registrar.get(&found.path("duplicates")).expect(200);
        happen(&registrar, &found_again, merge(&there)).expect_problem(409, "wrong-state");
        registrar.happen("people", &asked, json!({ "event": "keep" })).expect(201);
        let found = registrar.get(&found.path("duplicates")).expect(200);
        happen(&registrar, &found, merge(&there)).expect(201);
        app.registrar().get(&here.path("people")).expect(200);
    }

    fn of_two_accounts_one_goes_on(db) {
        let app = TestApp::start(db);
        let (here, there, found) = pair(&app, &app.central_agency(), &app.central_agency());
        let (stays, goes) = (app.holder(&here.text("/id")), app.holder(&there.text("/id")));
        happen(&app.registrar(), &found, merge(&here)).expect(201);
        stays.get("/api/v1/me").expect(200);
        goes.get("/api/v1/me").expect_problem(401, "unauthenticated");
        let states = app.database.texts("SELECT state AS value FROM users WHERE person_id IS NOT NULL ORDER BY id");
        assert_eq!(states, ["active", "disabled"]);
        // Nobody is invited into a record that was taken in, nor twice into the one that stays.
        let invite = |person: &Answer| app.admin().post(&format!("{}/invite", person.path("people")), &json!({}));
        invite(&there).expect_problem(404, "not-found");
        invite(&here).expect_invalid(&[("/person_id", "taken")]);
    }

    fn whoever_is_erased_is_erased_with_what_their_record_took_in(db) {
        let app = TestApp::start(db);
        let (one, other) = (app.central_agency(), app.central_agency());
        let mut form = app.person_form();
        form["full_name"] = "Trần Thị Bưởi Ổi".into();
        let here = app.entered(&one, &form);
        form["pen_name"] = "Măng Cụt".into();
        let there = app.entered(&other, &form);
        let card = app.issued_to(&other, &there.text("/id"));
        let registrar = app.registrar();
        let id = registrar.get(DUPLICATES).expect(200).text("/items/0/id");
        happen(&registrar, &registrar.get(&format!("{DUPLICATES}/{id}")).expect(200), merge(&here)).expect(201);
        returned(&app, &app.clerk(&other), &card.text("/id"));
        erased(&app, &here.text("/id"));
        for person in [&here, &there] {
            registrar.get(&person.path("people")).expect_problem(404, "not-found");
        }
        let kept = "SELECT full_name || COALESCE(pen_name, '') || name_key || name_folded AS value FROM people";
        let kept = app.database.texts(kept);
        assert_eq!(kept, ["", ""]);
        let fields = app.database.texts("SELECT fields AS value FROM event_personal WHERE fields IS NOT NULL").join("\n");
        assert!(!fields.contains("Măng Cụt") && !fields.contains("Bưởi Ổi"), "{fields}");
    }

    fn records_of_a_database_of_before_are_compared_at_the_start(db) {
        let mut app = TestApp::start(db);
        let (one, other) = (app.central_agency(), app.central_agency());
        // A record that was taken in has its name still, and another's is not compared with it.
        let kept = shared(&app, &[&one, &other]);
        let (here, there) = (app.named(&one, "Lê An"), app.named(&other, "Lê An"));
        let found = "SELECT one_id || ' ' || other_id AS value FROM duplicates WHERE state = 'open'";
        let expected = [format!("{} {}", here.text("/id"), there.text("/id"))];
        assert_eq!(app.database.texts(found), expected, "both have one name and birth date");
        for column in ["name_key", "name_folded"] {
            app.database.run("DELETE FROM duplicates WHERE state = 'open'").expect("an edit");
            app.database.run(&format!("UPDATE people SET {column} = ''")).expect("an edit");
            app.restart();
            assert_eq!(app.database.texts(found), expected, "{column}");
            let names = "SELECT name_key || '/' || name_folded AS value FROM people ORDER BY id";
            let names = app.database.texts(names);
            assert_eq!((names.len(), &names[0]), (4, &names[1]), "{column}: {kept} and what it took in");
            assert!(names.iter().all(|it| !it.starts_with('/') && !it.ends_with('/')), "{column}: {names:?}");
        }
    }
}
