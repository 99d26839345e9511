//! What was written about two people while their records were one is each one's own: to read, and to be erased.

use super::duplicates::{happen, merge, pair};
use super::splits::{again, away, split};
use crate::erasure::erased;
use crate::lookups::state_cards;
use crate::support::answer::Answer;
use crate::support::app::{Client, TestAgency, TestApp};
use crate::support::on_both_databases;
use press_registry::app::log::audit;
use serde_json::{Value, json};

/// What is said of things of the record that stays, and of the one that is taken in, while both are one.
const OF_HERE: [&str; 4] = ["giấy đây", "đơn đây", "việc đây", "chỗ đây"];
const OF_THERE: [&str; 4] = ["giấy kia", "đơn kia", "việc kia", "chỗ kia"];

fn because(event: &str, reason: &str) -> Value {
    json!({ "event": event, "reason": reason })
}

/// All words that the log holds of people.
fn words(app: &TestApp) -> String {
    app.database.texts("SELECT fields AS value FROM event_personal WHERE fields IS NOT NULL").join("\n")
}

/// Which of these the log holds still.
fn told<'a>(app: &TestApp, of: &[&'a str]) -> Vec<&'a str> {
    let words = words(app);
    of.iter().copied().filter(|word| words.contains(word)).collect()
}

fn is_whole(app: &TestApp) {
    assert_eq!(app.registry.erase_again().expect("a database"), 0, "nobody is back");
    let audit = audit::audit(&app.registry.store, &app.registry.log, &mut |_, _| ()).expect("an audit");
    assert_eq!(audit.findings, []);
}

/// What one of two has: a letter, an application that waits, a post, and work.
struct Life<'a> {
    agency: &'a TestAgency,
    letter: Answer,
    waits: Answer,
    post: Answer,
    work: String,
}

impl<'a> Life<'a> {
    fn of(app: &TestApp, agency: &'a TestAgency, person: &Answer) -> Self {
        let id = person.text("/id");
        Self {
            agency,
            letter: app.head(agency).post("/api/v1/letters", &app.letter_form(&id)).expect(201),
            post: away(app, agency, &id),
            work: person.text("/engagements/0/id"),
            waits: app.submitted(agency, &[&id]),
        }
    }

    /// Everything of it comes to an end, for a reason each.
    fn ends(&self, app: &TestApp, record: &Answer, [letter, application, work, post]: [&str; 4]) {
        let (registrar, clerk) = (app.registrar(), app.clerk(self.agency));
        for (noun, it, event) in [
            ("credentials", &self.letter, json!({ "event": "revoke", "reason": letter, "ground": "error" })),
            ("applications", &self.waits, because("return", application)),
            ("offices", &self.post, because("stop", post)),
        ] {
            let seen = registrar.get(&it.path(noun)).expect(200);
            registrar.happen(noun, &seen, event).expect(201);
        }
        let seen = clerk.get(&record.path("people")).expect(200);
        let engagement = format!("{}/engagements/{}", record.path("people"), self.work);
        clerk.event(&engagement, &seen.etag(), because("end", work)).expect(201);
    }
}

/// Two people whose records were one for a time, in which everything of both ended; split again where that is asked for.
fn scene(app: &TestApp, is_split: bool) -> [Answer; 2] {
    let (one, other) = (app.central_agency(), app.central_agency());
    let (here, there, found) = pair(app, &one, &other);
    let (own, theirs) = (Life::of(app, &one, &here), Life::of(app, &other, &there));
    happen(&app.registrar(), &again(app, &found), merge(&here)).expect(201);
    own.ends(app, &here, OF_HERE);
    theirs.ends(app, &here, OF_THERE);
    if is_split {
        happen(&app.registrar(), &again(app, &found), split()).expect(201);
    }
    [here, there]
}

/// The reasons that somebody finds in what was written down about them.
fn reasons(of: &Client, person: &Answer) -> Vec<String> {
    let seen = of.get(&format!("{}/events?limit=100", person.path("people"))).expect(200).json();
    let items = seen["items"].as_array().expect("items").iter();
    let known = |reason: &&str| OF_HERE.contains(reason) || OF_THERE.contains(reason);
    items.filter_map(|item| item["reason"].as_str()).filter(known).map(str::to_owned).collect()
}

fn sorted<const N: usize>(words: [&str; N]) -> Vec<String> {
    let mut words = words.map(str::to_owned).to_vec();
    words.sort();
    words
}

on_both_databases! {
    fn whoever_is_erased_while_both_are_one_is_erased_with_all(db) {
        let app = TestApp::start(db);
        let [here, _] = scene(&app, false);
        assert_eq!((told(&app, &OF_HERE).len(), told(&app, &OF_THERE).len()), (4, 4));
        erased(&app, &here.text("/id"));
        assert_eq!((told(&app, &OF_HERE), told(&app, &OF_THERE)), (vec![], vec![]));
        is_whole(&app);
    }

    fn the_one_who_was_taken_in_is_erased_with_what_was_said_of_them_and_no_more(db) {
        let app = TestApp::start(db);
        let [here, there] = scene(&app, true);
        erased(&app, &there.text("/id"));
        assert_eq!((told(&app, &OF_HERE), told(&app, &OF_THERE)), (OF_HERE.to_vec(), vec![]));
        is_whole(&app);
        erased(&app, &here.text("/id"));
        assert_eq!(told(&app, &OF_HERE), [""; 0]);
        is_whole(&app);
    }

    fn the_one_who_took_the_other_in_is_erased_with_what_was_said_of_them_and_no_more(db) {
        let app = TestApp::start(db);
        let [here, there] = scene(&app, true);
        erased(&app, &here.text("/id"));
        assert_eq!((told(&app, &OF_HERE), told(&app, &OF_THERE)), (vec![], OF_THERE.to_vec()));
        is_whole(&app);
        erased(&app, &there.text("/id"));
        assert_eq!(told(&app, &OF_THERE), [""; 0]);
        is_whole(&app);
    }

    fn each_reads_what_was_said_of_their_own(db) {
        let app = TestApp::start(db);
        for is_split in [true, false] {
            let [here, there] = scene(&app, is_split);
            let mut own = reasons(&app.holder(&here.text("/id")), &here);
            own.sort();
            if !is_split {
                assert_eq!(own.len(), 8, "{own:?}");
                continue;
            }
            assert_eq!(own, sorted(OF_HERE));
            let client = app.holder(&there.text("/id"));
            let mut theirs = reasons(&client, &there);
            theirs.sort();
            assert_eq!(theirs, sorted(OF_THERE));
            // One by one, too, and to take away.
            let path = format!("{}/events?limit=1", there.path("people"));
            assert!(client.get(&path).expect(200).json()["next_cursor"].is_string());
            app.registry.publish_log().expect("a checkpoint");
            let export = client.get(&format!("{}/export", there.path("people"))).expect(200).body_text();
            assert!(OF_THERE.iter().all(|word| export.contains(word)), "{export}");
            assert!(!OF_HERE.iter().any(|word| export.contains(word)), "{export}");
        }
    }

    fn a_change_tells_of_no_work_but_its_own(db) {
        let app = TestApp::start(db);
        let (one, other) = (app.central_agency(), app.central_agency());
        let form = app.person_form();
        let mut of_other = form.clone();
        of_other["engagement"]["post"] = "Bình luận viên".into();
        let enter = |agency: &TestAgency, form: &Value| {
            app.clerk(agency).post(&super::people_of(agency), form).expect(201)
        };
        let (here, there) = (enter(&one, &form), enter(&other, &of_other));
        let found = app.registrar().list("/api/v1/duplicates", "/id").remove(0);
        let found = app.registrar().get(&format!("/api/v1/duplicates/{found}")).expect(200);
        happen(&app.registrar(), &found, merge(&here)).expect(201);
        let seen = app.clerk(&one).get(&here.path("people")).expect(200);
        app.clerk(&one).patch(&here.path("people"), &seen.etag(), &json!({ "pen_name": "Hồng Hà" })).expect(200);
        happen(&app.registrar(), &again(&app, &found), split()).expect(201);
        erased(&app, &there.text("/id"));
        assert_eq!(told(&app, &["Bình luận viên", "Hồng Hà"]), ["Hồng Hà"]);
        is_whole(&app);
    }

    fn a_refusal_is_forgotten_under_whichever_record_it_was_written(db) {
        let app = TestApp::start(db);
        let (one, other) = (app.central_agency(), app.central_agency());
        let registrar = app.registrar();
        // Refused before a merge; refused while both are one, and split; and somebody else in the same application.
        let (here, there, found) = pair(&app, &one, &other);
        let refused = app.submitted(&other, &[&there.text("/id")]);
        registrar.happen("applications", &refused, because("refuse", "giấy kia")).expect(201);
        happen(&registrar, &again(&app, &found), merge(&here)).expect(201);
        let (stays, back, found) = pair(&app, &one, &other);
        let third = app.person(&other);
        let waits = app.submitted(&other, &[&back.text("/id"), &third.text("/id")]);
        happen(&registrar, &again(&app, &found), merge(&stays)).expect(201);
        let waits = registrar.get(&waits.path("applications")).expect(200);
        registrar.happen("applications", &waits, because("refuse", "đơn kia")).expect(201);
        happen(&registrar, &again(&app, &found), split()).expect(201);
        assert_eq!(told(&app, &OF_THERE).len(), 2);
        app.pass(400 * 86_400);
        app.registry.forget().expect("a run");
        assert_eq!(told(&app, &OF_THERE), [""; 0]);
        is_whole(&app);
    }

    fn a_card_of_before_is_found_by_each_name_that_somebody_bears(db) {
        let app = TestApp::start(db);
        let (one, other) = (app.central_agency(), app.central_agency());
        let form = app.person_form();
        let mut renamed = form.clone();
        renamed["full_name"] = "Lê Văn Sầu Riêng".into();
        let here = app.clerk(&one).post(&super::people_of(&one), &form).expect(201);
        let there = app.clerk(&other).post(&super::people_of(&other), &renamed).expect(201);
        state_cards(&app, &other, &[("IBT00777", "Lê Văn Sầu Riêng", "2026-01-02", "")]);
        let registrar = app.registrar();
        let found = registrar.list("/api/v1/duplicates", "/id").remove(0);
        let found = registrar.get(&format!("/api/v1/duplicates/{found}")).expect(200);
        happen(&registrar, &found, merge(&here)).expect(201);
        let post = away(&app, &other, &here.text("/id"));
        assert_eq!(post.text("/people/0/press_card"), "IBT00777");
        let seen = registrar.get(&here.path("people")).expect(200);
        let refused = registrar.happen("people", &seen, because("erase", "x")).expect_problem(409, "wrong-state");
        assert!(refused.text("/detail").contains("before the registry"), "{}", refused.body_text());
        let card = registrar.list("/api/v1/state-cards", "/id").remove(0);
        let card = registrar.get(&format!("/api/v1/state-cards/{card}")).expect(200);
        registrar.happen("state-cards", &card, because("return", "x")).expect(201);
        erased(&app, &here.text("/id"));
        assert_eq!(app.database.texts("SELECT name AS value FROM state_cards"), [""]);
        assert_eq!(told(&app, &["Sầu Riêng"]), [""; 0]);
        registrar.get(&there.path("people")).expect_problem(404, "not-found");
        is_whole(&app);
    }
}
