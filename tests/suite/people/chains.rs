//! Merges of what was merged, splits in their order, and what happens to whoever was erased in between.

use super::duplicates::{DUPLICATES, happen, merge, pair};
use super::splits::{again, away, case, record, split};
use crate::agencies::successions::{carried_out, merger};
use crate::erasure::again::{put_back, save};
use crate::erasure::erased;
use crate::support::answer::Answer;
use crate::support::app::{Client, TestAgency, TestApp};
use crate::support::on_both_databases;
use press_registry::app::{offices, returns};
use serde_json::{Value, json};
use std::fs;

fn because(event: &str) -> Value {
    json!({ "event": event, "reason": "Theo hồ sơ" })
}

/// A third record of the same human being, and the pair that it makes with this one.
fn third(app: &TestApp, agency: &TestAgency, of: &Answer) -> (Answer, Answer) {
    let mut form = app.person_form();
    form["national_id"] = record(app, of).text("/national_id").into();
    let third = app.clerk(agency).post(&super::people_of(agency), &form).expect(201);
    let registrar = app.registrar();
    let pairs = registrar.list(&format!("{DUPLICATES}?limit=100"), "/id");
    let pairs = pairs.iter().map(|id| registrar.get(&format!("{DUPLICATES}/{id}")).expect(200));
    let both = [of.text("/id"), third.text("/id")];
    let is_of_both = |pair: &Answer| {
        let json = pair.json();
        let records = json["records"].as_array().expect("records");
        records.iter().all(|it| both.iter().any(|id| it["person_id"] == **id))
    };
    let found = pairs.into_iter().find(is_of_both).expect("a pair");
    (third, found)
}

fn subject_of(app: &TestApp, case: &Answer) -> String {
    app.database.texts(&format!("SELECT person_id AS value FROM cases WHERE id = '{}'", case.text("/id"))).remove(0)
}

fn letter(app: &TestApp, agency: &TestAgency, person: &Answer) -> Answer {
    app.head(agency).post("/api/v1/letters", &app.letter_form(&person.text("/id"))).expect(201)
}

/// A case about this person, who is told of it; names this card where one is given.
fn about(app: &TestApp, person: &Answer, card: Option<&Answer>) -> Answer {
    let form = json!({
        "subject": "holder", "person_id": person.text("/id"), "credential_id": card.map(|card| card.text("/id")),
        "province": "01", "summary": "x", "kind": "LENT_CARD",
    });
    app.registrar().post("/api/v1/cases", &form).expect(201)
}

/// Both records with a letter each, and the pair.
fn both(app: &TestApp, agencies: [&TestAgency; 2]) -> ([(Answer, Answer); 2], Answer) {
    let (here, there, found) = pair(app, agencies[0], agencies[1]);
    let letters = [letter(app, agencies[0], &here), letter(app, agencies[1], &there)];
    let [own, theirs] = letters;
    ([(here, own), (there, theirs)], found)
}

on_both_databases! {
    fn a_case_that_names_a_card_of_the_other_stands_in_the_way_while_it_is_open(db) {
        let app = TestApp::start(db);
        let (one, other) = (app.central_agency(), app.central_agency());
        let registrar = app.registrar();
        // Opened before the merge about either; it is given a card of the other since.
        for is_about_here in [true, false] {
            let ([(here, own), (there, theirs)], found) = both(&app, [&one, &other]);
            let (whom, card) = if is_about_here { (&here, &theirs) } else { (&there, &own) };
            let older = about(&app, whom, None);
            happen(&registrar, &again(&app, &found), merge(&here)).expect(201);
            let seen = registrar.get(&older.path("cases")).expect(200);
            let attach = json!({ "event": "attach", "credential_id": card.text("/id") });
            let attached = registrar.happen("cases", &seen, attach).expect(201);
            let refused = happen(&registrar, &again(&app, &found), split()).expect_problem(409, "wrong-state");
            let detail = refused.text("/detail");
            assert!(detail.contains("open case") && detail.contains(&older.text("/id")), "{detail}");
            registrar.happen("cases", &attached, because("dismiss")).expect(201);
            happen(&registrar, &again(&app, &found), split()).expect(201);
            // Over, it goes with the card that it names.
            let holder = if is_about_here { &there } else { &here };
            assert_eq!(subject_of(&app, &older), holder.text("/id"));
        }
    }

    fn a_case_about_a_card_of_ones_own_does_not(db) {
        let app = TestApp::start(db);
        let (one, other) = (app.central_agency(), app.central_agency());
        let registrar = app.registrar();
        let ([(here, own), (there, theirs)], found) = both(&app, [&one, &other]);
        let older = case(&app, &theirs);
        happen(&registrar, &again(&app, &found), merge(&here)).expect(201);
        let (since, of_nobodys_card) = (case(&app, &registrar.get(&own.path("credentials")).expect(200)), about(&app, &here, None));
        happen(&registrar, &again(&app, &found), split()).expect(201);
        assert_eq!(subject_of(&app, &older), there.text("/id"));
        assert_eq!([&since, &of_nobodys_card].map(|it| subject_of(&app, it)), [here.text("/id"), here.text("/id")]);
    }

    fn a_measure_against_a_card_of_the_other_stands_in_the_way(db) {
        let app = TestApp::start(db);
        let (one, other) = (app.central_agency(), app.central_agency());
        let (registrar, decider) = (app.registrar(), app.registrar());
        let ([(here, own), (there, theirs)], found) = both(&app, [&one, &other]);
        let holder = app.holder(&here.text("/id"));
        happen(&registrar, &again(&app, &found), merge(&here)).expect(201);
        let opened = about(&app, &here, Some(&own));
        let told = registrar.happen("cases", &opened, json!({ "event": "notify", "means": "account" })).expect(201);
        let said = holder.happen("cases", &told, because("answer")).expect(201);
        // Decided on another card than the one it names.
        let decision = json!({
            "event": "decide", "outcome": "substantiated", "measure": "suspend", "credential_id": theirs.text("/id"), "reason": "x",
        });
        let decided = decider.happen("cases", &said, decision).expect(201);
        let refused = happen(&registrar, &again(&app, &found), split()).expect_problem(409, "wrong-state");
        assert!(refused.text("/detail").contains(&opened.text("/id")), "{}", refused.body_text());
        registrar.happen("cases", &decided, json!({ "event": "close" })).expect(201);
        happen(&registrar, &again(&app, &found), split()).expect(201);
        // It names cards of both: nobody can tell whose it is.
        assert_eq!(subject_of(&app, &opened), here.text("/id"));
        assert_eq!(registrar.get(&theirs.path("credentials")).expect(200).text("/person_id"), there.text("/id"));
    }

    fn a_record_that_was_merged_twice_is_given_back_whole(db) {
        let app = TestApp::start(db);
        let [one, other, last, successor] = [(); 4].map(|()| app.central_agency());
        let (here, there, found) = pair(&app, &one, &other);
        let holder = app.holder(&there.text("/id"));
        let post = away(&app, &other, &there.text("/id"));
        let registrar = app.registrar();
        happen(&registrar, &again(&app, &found), merge(&here)).expect(201);
        let (keep, newer) = third(&app, &last, &here);
        happen(&registrar, &newer, merge(&keep)).expect(201);
        assert_eq!(app.again(&holder).get("/api/v1/me").expect(200).text("/person_id"), keep.text("/id"));
        // Meanwhile another agency takes over where the first of them worked.
        carried_out(&app, "mergers", &merger(&[&other], &successor));
        let refused = happen(&registrar, &again(&app, &found), split()).expect_problem(409, "wrong-state");
        assert!(refused.text("/detail").contains("third"), "{}", refused.body_text());
        happen(&registrar, &again(&app, &newer), split()).expect(201);
        happen(&registrar, &again(&app, &found), split()).expect(201);

        let agencies = |person: &Answer| {
            let seen = record(&app, person).json();
            let list = seen["engagements"].as_array().expect("engagements").iter();
            list.map(|it| it["agency_id"].as_str().expect("an id").to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(agencies(&there), [other.id.to_string(), successor.id.to_string()]);
        assert_eq!((agencies(&here), agencies(&keep)), (vec![one.id.to_string()], vec![last.id.to_string()]));
        assert_eq!(registrar.get(&post.path("offices")).expect(200).text("/people/0/person_id"), there.text("/id"));
        assert_eq!(offices::lapse(&app.registry).expect("a database"), 0);
        // Nobody did anything with the account but merge and split.
        assert_eq!(app.again(&holder).get("/api/v1/me").expect(200).text("/person_id"), there.text("/id"));
        // They are two people now, and are not merged again; another that is both may take both in.
        happen(&registrar, &again(&app, &found), merge(&here)).expect_problem(409, "wrong-state");
    }

    fn what_is_owed_to_a_record_that_was_taken_in_is_told(db) {
        let app = TestApp::start(db);
        let (one, other) = (app.central_agency(), app.central_agency());
        let (here, there, found) = pair(&app, &one, &other);
        app.issued_to(&other, &there.text("/id"));
        let holder = app.holder(&there.text("/id"));
        let clerk = app.clerk(&other);
        let end = json!({ "event": "end", "reason": "Hết hợp đồng" });
        clerk.event(&super::engagement_of(&there), &there.etag(), end).expect(201);
        app.pass(86_400);
        returns::keep(&app.registry).expect("a run");
        let notices = |of: &Client| app.again(of).list("/api/v1/notices?limit=100", "/id");
        let owed = notices(&holder);
        assert!(!owed.is_empty());
        happen(&app.registrar(), &again(&app, &found), merge(&here)).expect(201);
        assert_eq!(notices(&holder), owed);
        let path = format!("/api/v1/notices/{}", owed[0]);
        let seen = app.again(&holder).get(&path).expect(200);
        assert_eq!(seen.text("/id"), owed[0]);
        happen(&app.registrar(), &again(&app, &found), split()).expect(201);
        assert_eq!(notices(&holder), owed);
        app.holder(&here.text("/id")).get(&path).expect_problem(404, "not-found");
    }

    fn a_line_stands_for_each_record_of_whoever_was_erased(db) {
        let app = TestApp::start(db);
        let (here, there, found) = pair(&app, &app.central_agency(), &app.central_agency());
        happen(&app.registrar(), &found, merge(&here)).expect(201);
        // Neither is erased without the other.
        let seen = record(&app, &here);
        let path = format!("{}/events", there.path("people"));
        app.registrar().event(&there.path("people"), &seen.etag(), because("erase")).expect_problem(404, "not-found");
        app.registrar().post(&path, &because("erase")).expect_problem(404, "not-found");
        erased(&app, &here.text("/id"));
        let lines = fs::read_to_string(app.data_dir.path().join("redactions.jsonl")).expect("a file");
        assert!([&here, &there].iter().all(|it| lines.contains(&it.text("/id"))), "{lines}");
    }

    fn an_old_database_does_not_erase_the_one_of_two_who_was_not(db) {
        let mut app = TestApp::start(db);
        let (here, there, found) = pair(&app, &app.central_agency(), &app.central_agency());
        happen(&app.registrar(), &found, merge(&here)).expect(201);
        app.registry.publish_log().expect("a checkpoint");
        let tables = save(&app);
        happen(&app.registrar(), &again(&app, &found), split()).expect(201);
        erased(&app, &here.text("/id"));
        app.stop();
        put_back(&app, &tables);
        app.restart();
        // The backup holds them to be one: whose is whose, a registrar says once more.
        assert_eq!(app.registry.erase_again().expect("a database"), 0);
        happen(&app.registrar(), &again(&app, &found), split()).expect(201);
        assert_eq!(app.registry.erase_again().expect("a database"), 1);
        app.registrar().get(&here.path("people")).expect_problem(404, "not-found");
        assert_eq!(record(&app, &there).text("/full_name"), there.text("/full_name"));
    }
}
