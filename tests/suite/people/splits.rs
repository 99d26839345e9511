//! A merge that was wrong is undone: each record is as it was, but for what came after.

use super::duplicates::{DUPLICATES, happen, merge, pair};
use super::engagement_of;
use crate::agencies::successions::{carried_out, merger};
use crate::erasure::{erased, returned};
use crate::support::answer::Answer;
use crate::support::app::{TestAgency, TestApp};
use crate::support::fixtures::{PDF, pdf, picture};
use crate::support::on_both_databases;
use serde_json::{Value, json};

/// All that hangs on records, but for how often it was changed.
const TABLES: &[&str] = &[
    "SELECT id || '|' || full_name || '|' || COALESCE(pen_name, '') || '|' || CAST(birth_date AS TEXT) || '|' || \
     COALESCE(email, '') || '|' || COALESCE(portrait_id, '') || '|' || COALESCE(merged_into, '') || '|' || name_key || \
     '|' || name_folded AS value FROM people ORDER BY id",
    "SELECT id || '|' || person_id || '|' || agency_id || '|' || kind || '|' || post || '|' || CAST(from_day AS TEXT) || '|' || \
     COALESCE(CAST(to_day AS TEXT), '') AS value FROM engagements ORDER BY id",
    "SELECT id || '|' || person_id || '|' || state || '|' || COALESCE(portrait_id, '') AS value FROM credentials ORDER BY id",
    "SELECT application_id || '|' || person_id || '|' || outcome || '|' || COALESCE(credential_id, '') AS value \
     FROM application_people ORDER BY application_id, person_id",
    "SELECT application_id || '|' || person_id AS value FROM eligibility ORDER BY application_id, person_id",
    "SELECT id || '|' || COALESCE(person_id, '') AS value FROM cases ORDER BY id",
    "SELECT id || '|' || person_id AS value FROM portraits ORDER BY id",
    "SELECT id || '|' || COALESCE(person_id, '') || '|' || state AS value FROM users WHERE person_id IS NOT NULL ORDER BY id",
    "SELECT office_id || '|' || person_id || '|' || post || '|' || COALESCE(CAST(to_day AS TEXT), '') AS value \
     FROM office_posts ORDER BY office_id, person_id",
    "SELECT application_id || '|' || CAST(number AS TEXT) || '|' || COALESCE(person_id, '') AS value \
     FROM application_documents ORDER BY application_id, number",
    "SELECT id || '|' || agency_id || '|' || person_id || '|' || COALESCE(CAST(to_day AS TEXT), '') AS value \
     FROM agency_leaders ORDER BY id",
    "SELECT office_id || '|' || CAST(number AS TEXT) || '|' || COALESCE(person_id, '') AS value \
     FROM office_documents ORDER BY office_id, number",
    "SELECT agency_id || '|' || entry || '|' || person_id || '|' || COALESCE(CAST(until AS TEXT), '') AS value \
     FROM people_words ORDER BY agency_id, entry, person_id",
];

fn tables(app: &TestApp) -> Vec<Vec<String>> {
    TABLES.iter().map(|query| app.database.texts(query)).collect()
}

pub(crate) fn split() -> Value {
    json!({ "event": "split", "reason": "Hai người trùng số do nhập nhầm" })
}

/// The pair as it is now.
pub(crate) fn again(app: &TestApp, pair: &Answer) -> Answer {
    app.registrar().get(&pair.path("duplicates")).expect(200)
}

/// The record, as whoever may read all sees it.
pub(super) fn record(app: &TestApp, person: &Answer) -> Answer {
    app.registrar().get(&person.path("people")).expect(200)
}

/// A case about the holder of a card.
pub(super) fn case(app: &TestApp, card: &Answer) -> Answer {
    let form = json!({
        "subject": "holder", "person_id": card.text("/person_id"), "credential_id": card.text("/id"), "province": "01",
        "summary": "Thẻ được cho người khác mượn",
    });
    app.registrar().post("/api/v1/cases", &form).expect(201)
}

/// A paper about somebody in an application.
pub(super) fn paper(app: &TestApp, agency: &TestAgency, application: &Answer, person: &str) {
    let path = format!("{}/documents?kind=degree&person={person}", application.path("applications"));
    let paper = format!("%PDF-1.7\n{}\n%%EOF", app.serial());
    app.clerk(agency).send("POST", &path, &[("content-type", "application/pdf")], Some(paper.as_bytes())).expect(201);
}

/// Somebody follows Hải Phòng for an agency, as a paper about them says.
pub(super) fn away(app: &TestApp, agency: &TestAgency, reporter: &str) -> Answer {
    let form = json!({
        "kind": "assigned_reporter", "province": "31", "from": "2026-12-02", "reporters": [reporter],
        "documents": ["assignment"],
    });
    let head = app.head(agency);
    let told = head.post(&format!("/api/v1/agencies/{}/offices", agency.id), &form).expect(201);
    let papers = format!("{}/documents?kind=assignment&person={reporter}", told.path("offices"));
    head.send("POST", &papers, &[PDF], Some(&pdf("decided"))).expect(201);
    head.get(&told.path("offices")).expect(200)
}

/// What makes a record one with a history: a picture, a card, an application that waits with a paper, a post, an agency that
/// they lead, a case.
fn lives(app: &TestApp, agency: &TestAgency, person: &Answer, seed: u64) -> Answer {
    let path = format!("{}/portrait", person.path("people"));
    app.clerk(agency).put(&path, &person.etag(), "image/png", &picture(seed)).expect(200);
    let card = app.issued_to(agency, &person.text("/id"));
    let letter = app.letter_form(&person.text("/id"));
    app.head(agency).post("/api/v1/letters", &letter).expect(201);
    let renewal = json!({ "kind": "press_card", "basis": "renewal", "people": [person.text("/id")] });
    let waits = app.clerk(agency).post("/api/v1/applications", &renewal).expect(201);
    paper(app, agency, &waits, &person.text("/id"));
    away(app, agency, &person.text("/id"));
    let leads = json!({ "person_id": person.text("/id"), "post": "head", "from": "2024-01-02" });
    app.registrar().post(&format!("/api/v1/agencies/{}/leaders", agency.id), &leads).expect(201);
    case(app, &card);
    card
}

on_both_databases! {
    fn a_merge_and_a_split_leave_each_record_as_it_was(db) {
        let app = TestApp::start(db);
        let admin = app.admin();
        // Which record stays, and whose accounts there are: whether active, by record.
        let cases = [
            (true, [None, Some(true)]),
            (false, [None, Some(true)]),
            (true, [Some(true), Some(true)]),
            (true, [Some(false), Some(true)]),
            (false, [Some(true), Some(false)]),
            (true, [None, None]),
        ];
        for (seed, (keeps_first, accounts)) in (100..).step_by(10).zip(cases) {
            let (one, other) = (app.central_agency(), app.central_agency());
            let (here, there, found) = pair(&app, &one, &other);
            let (keep, gone) = if keeps_first { (&here, &there) } else { (&there, &here) };
            for (person, account) in [&here, &there].into_iter().zip(accounts) {
                let Some(is_active) = account else { continue };
                let id = app.holder(&person.text("/id")).user.expect("an account");
                if !is_active {
                    let path = format!("/api/v1/users/{id}");
                    let seen = admin.get(&path).expect(200);
                    admin.patch(&path, &seen.etag(), &json!({ "state": "disabled" })).expect(200);
                }
            }
            lives(&app, if keeps_first { &other } else { &one }, gone, seed);
            let path = format!("{}/portrait", keep.path("people"));
            let agency = if keeps_first { &one } else { &other };
            if seed % 20 == 0 {
                app.clerk(agency).put(&path, &keep.etag(), "image/png", &picture(seed + 1)).expect(200);
            }
            let number = record(&app, gone).text("/national_id");
            let (before, of_gone) = (tables(&app), record(&app, gone).json());

            happen(&app.registrar(), &again(&app, &found), merge(keep)).expect(201);
            assert_ne!(tables(&app), before);
            let meanwhile = record(&app, gone).etag();
            let done = happen(&app.registrar(), &again(&app, &found), split()).expect(201);
            assert_eq!((done.text("/state"), done.json()["records"].as_array().map(Vec::len)), ("dismissed".into(), Some(2)));
            for (now, before) in tables(&app).iter().zip(&before) {
                assert_eq!(now, before, "{keeps_first} {accounts:?}");
            }
            assert_eq!(record(&app, gone).json(), of_gone);
            assert_ne!(record(&app, gone).etag(), meanwhile, "that was another record's");
            assert_eq!(record(&app, gone).text("/national_id"), number, "what is sealed opens");
            // What was known of them in an application is sealed for their own place again.
            for application in app.registrar().list("/api/v1/applications?limit=100", "/id") {
                app.registrar().get(&format!("/api/v1/applications/{application}")).expect(200);
            }
            // It is decided: they are two people.
            happen(&app.registrar(), &done, merge(keep)).expect_problem(409, "wrong-state");
            happen(&app.registrar(), &done, split()).expect_problem(409, "wrong-state");
            let facts = app.database.texts("SELECT data AS value FROM events WHERE type = 'person.split' ORDER BY idx DESC");
            let facts: Value = serde_json::from_str(&facts[0]).expect("JSON");
            assert_eq!((&facts["restored"], &facts["duplicate"]), (&gone.text("/id").into(), &found.text("/id").into()));
            assert!(!facts.to_string().contains("nhầm"), "reasons are about somebody");
        }
    }

    fn an_account_that_was_changed_meanwhile_may_be_the_other_ones(db) {
        let app = TestApp::start(db);
        let (one, other) = (app.central_agency(), app.central_agency());
        let (here, there, found) = pair(&app, &one, &other);
        let holder = app.holder(&there.text("/id"));
        let application = app.submitted(&other, &[&there.text("/id")]);
        happen(&app.registrar(), &again(&app, &found), merge(&here)).expect(201);
        let merged = app.registrar().get(&application.path("applications")).expect(200);
        assert_ne!(merged.etag(), application.etag(), "another record is in it");
        let (admin, path) = (app.admin(), format!("/api/v1/users/{}", holder.user.expect("an account")));
        admin.post(&format!("{path}/reset"), &json!({})).expect(201);
        happen(&app.registrar(), &again(&app, &found), split()).expect(201);
        let now = admin.get(&path).expect(200);
        assert_eq!((now.text("/person_id"), now.text("/state")), (there.text("/id"), "disabled".into()));
        assert_ne!(app.registrar().get(&application.path("applications")).expect(200).etag(), merged.etag());
    }

    fn what_came_after_stays_with_the_record_that_took_the_other_in(db) {
        let app = TestApp::start(db);
        let (one, other, third) = (app.central_agency(), app.central_agency(), app.central_agency());
        let (here, there, found) = pair(&app, &one, &other);
        let card = app.issued_to(&other, &there.text("/id"));
        returned(&app, &app.clerk(&other), &card.text("/id"));
        let waits = app.submitted(&other, &[&there.text("/id")]);
        let registrar = app.registrar();
        happen(&registrar, &again(&app, &found), merge(&here)).expect(201);
        // A card of an application that was the other's, a picture, and another agency that takes the people over.
        let now = registrar.get(&waits.path("applications")).expect(200);
        let decided = registrar.happen("applications", &now, json!({ "event": "approve" })).expect(201);
        let since = decided.text("/credentials/0/id");
        let seen = app.clerk(&one).get(&here.path("people")).expect(200);
        let path = format!("{}/portrait", here.path("people"));
        app.clerk(&one).put(&path, &seen.etag(), "image/png", &picture(7)).expect(200);
        carried_out(&app, "mergers", &merger(&[&other], &third));

        happen(&registrar, &again(&app, &found), split()).expect(201);
        let person = |id: &str| registrar.get(&format!("/api/v1/credentials/{id}")).expect(200).text("/person_id");
        assert_eq!((person(&card.text("/id")), person(&since)), (there.text("/id"), here.text("/id")));
        let now = registrar.get(&waits.path("applications")).expect(200);
        assert_eq!(now.text("/people/0/person_id"), here.text("/id"), "a card came of it");
        // The work that follows theirs is theirs.
        let agencies = |person: &Answer| {
            let seen = record(&app, person).json();
            let list = seen["engagements"].as_array().expect("engagements").iter();
            list.map(|it| it["agency_id"].as_str().expect("an id").to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(agencies(&here), [one.id.to_string()]);
        assert_eq!(agencies(&there), [other.id.to_string(), third.id.to_string()]);
        let has_portrait = |person: &Answer| record(&app, person).json()["has_portrait"] == true;
        assert!(has_portrait(&here) && !has_portrait(&there), "it was set since");
        // Each goes on by itself.
        let own = app.clerk(&one).get(&here.path("people")).expect(200);
        let end = json!({ "event": "end", "reason": "Hết hợp đồng" });
        app.clerk(&one).event(&engagement_of(&own), &own.etag(), end).expect(201);
        app.clerk(&third).get(&there.path("people")).expect(200);
        app.clerk(&one).get(&there.path("people")).expect_problem(404, "not-found");
    }

    fn each_sees_their_own_after_a_split(db) {
        let app = TestApp::start(db);
        let (here, there, found) = pair(&app, &app.central_agency(), &app.central_agency());
        let (one, other) = (app.holder(&here.text("/id")), app.holder(&there.text("/id")));
        app.registrar().get(&there.path("people")).expect(200);
        happen(&app.registrar(), &again(&app, &found), merge(&here)).expect(201);
        other.get("/api/v1/me").expect_problem(401, "unauthenticated");
        happen(&app.registrar(), &again(&app, &found), split()).expect(201);
        for (client, person, stranger) in [(&one, &here, &there), (&other, &there, &here)] {
            let client = app.again(client);
            assert_eq!(client.get("/api/v1/me").expect(200).text("/person_id"), person.text("/id"));
            let kinds = client.list(&format!("{}/events?limit=100", person.path("people")), "/type");
            assert_eq!(kinds, ["person.registered", "person.merged", "person.split"]);
            let looks = client.list(&format!("{}/accesses?limit=100", person.path("people")), "/what");
            assert!(looks.contains(&"list".to_owned()) || looks.contains(&"record".to_owned()), "{looks:?}");
            client.get(&stranger.path("people")).expect_problem(404, "not-found");
        }
    }

    fn what_can_not_be_given_back_is_not_split(db) {
        let app = TestApp::start(db);
        let (one, other) = (app.central_agency(), app.central_agency());
        let (here, there, found) = pair(&app, &one, &other);
        let card = app.issued_to(&other, &there.text("/id"));
        let registrar = app.registrar();
        let split_now = || happen(&registrar, &again(&app, &found), split());
        let refused = split_now().expect_problem(409, "wrong-state");
        assert!(refused.text("/detail").contains("Neither record"), "{}", refused.body_text());
        happen(&registrar, &again(&app, &found), merge(&here)).expect(201);

        let merged = again(&app, &found);
        happen(&registrar, &merged, json!({ "event": "split" })).expect_invalid(&[("/reason", "missing")]);
        let mut kept = split();
        kept["keep"] = here.text("/id").into();
        happen(&registrar, &merged, kept).expect_invalid(&[("/keep", "not_for_split")]);
        registrar.post(&format!("{}/events", found.path("duplicates")), &split()).expect_problem(428, "precondition-required");
        registrar.happen("duplicates", &found, split()).expect_problem(412, "precondition-failed");
        // A case since about a card that was the other's.
        let opened = case(&app, &registrar.get(&card.path("credentials")).expect(200));
        assert!(split_now().expect_problem(409, "wrong-state").text("/detail").contains("open case"));
        registrar.happen("cases", &opened, json!({ "event": "dismiss", "reason": "x" })).expect(201);
        returned(&app, &app.clerk(&other), &card.text("/id"));
        let erase = json!({ "event": "erase", "reason": "Theo đơn" });
        let asked = registrar.happen("people", &record(&app, &here), erase).expect(202);
        assert!(split_now().expect_problem(409, "wrong-state").text("/detail").contains("erasure"));
        registrar.happen("people", &asked, json!({ "event": "keep" })).expect(201);
        // A third record takes in the one that took the other in.
        let mut form = app.person_form();
        form["national_id"] = record(&app, &here).text("/national_id").into();
        let last = app.central_agency();
        let third = app.entered(&last, &form);
        let newer = registrar.list(&format!("{DUPLICATES}?limit=100"), "/id").pop().expect("a pair");
        let newer = registrar.get(&format!("{DUPLICATES}/{newer}")).expect(200);
        happen(&registrar, &newer, merge(&third)).expect(201);
        assert!(split_now().expect_problem(409, "wrong-state").text("/detail").contains("third"));
        happen(&registrar, &again(&app, &newer), split()).expect(201);
        // Whoever is erased is erased with both.
        erased(&app, &here.text("/id"));
        assert!(split_now().expect_problem(409, "wrong-state").text("/detail").contains("erased"));
    }

    fn a_card_that_a_merge_had_handed_in_stays_handed_in(db) {
        let app = TestApp::start(db);
        let (one, other) = (app.central_agency(), app.central_agency());
        let mut form = app.person_form();
        let here = app.clerk(&one).post(&super::people_of(&one), &form).expect(201);
        let first = app.issued_to(&one, &here.text("/id"));
        form["national_id"] = "999099000001".into();
        let there = app.clerk(&other).post(&super::people_of(&other), &form).expect(201);
        let second = app.issued_to(&other, &there.text("/id"));
        let one_number = "UPDATE people SET national_id_hash = (SELECT national_id_hash FROM people ORDER BY id LIMIT 1)";
        app.database.run(one_number).expect("an edit");
        let registrar = app.registrar();
        let id = registrar.get(DUPLICATES).expect(200).text("/items/0/id");
        let found = registrar.get(&format!("{DUPLICATES}/{id}")).expect(200);
        let mut form = merge(&here);
        form["return_credential"] = second.text("/id").into();
        happen(&registrar, &found, form).expect(201);
        happen(&registrar, &again(&app, &found), split()).expect(201);
        let seen = |card: &Answer| {
            let card = registrar.get(&card.path("credentials")).expect(200);
            (card.text("/person_id"), card.text("/state"))
        };
        assert_eq!(seen(&first), (here.text("/id"), "active".into()));
        assert_eq!(seen(&second), (there.text("/id"), "returned".into()));
    }
}
