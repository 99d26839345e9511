//! Each period.

use super::{forgotten, last_run};
use crate::support::answer::Answer;
use crate::support::app::{Client, HAI_PHONG, TestApp};
use crate::support::fixtures::{DAY, picture};
use crate::support::on_both_databases;
use press_registry::app::log::audit;
use serde_json::json;
use std::fs;

/// The last instant of 19 February 2027 in Việt Nam, and the first of the 20th: 90 days after the beginning of every test.
const BEFORE_90_DAYS: &str = "2027-02-19T16:59:59Z";
const AFTER_90_DAYS: &str = "2027-02-19T17:00:00Z";

/// A report with a file: its id.
fn report(app: &TestApp) -> String {
    let form = json!({
        "province": "31", "place": "Bến xe", "occurred_at": "2026-11-21T01:00:00Z", "narrative": "Đưa thẻ giả.",
    });
    let receipt = app.anonymous().post("/api/v1/misuse-reports", &form).expect(201).text("/receipt");
    let evidence = format!("/api/v1/misuse-reports/{receipt}/evidence");
    app.anonymous().send("POST", &evidence, &[("content-type", "application/pdf")], Some(b"%PDF-1.7\n")).expect(201);
    app.database.texts("SELECT id AS value FROM reports ORDER BY log_index DESC").remove(0)
}

/// Whether the words of a report are there, and so its file.
fn is_whole(app: &TestApp, report: &str) -> bool {
    let seen = app.registrar().get(&format!("/api/v1/misuse-reports/{report}")).expect(200).json();
    assert_eq!(
        i64::try_from(app.objects()).ok(),
        Some(app.database.number("SELECT COUNT(*) AS value FROM report_evidence")),
        "files go with their rows"
    );
    let named = format!("SELECT COUNT(*) AS value FROM report_evidence WHERE report_id = '{report}'");
    let told = seen.get("details").is_some_and(|it| !it.is_null());
    assert_eq!(app.database.number(&named), i64::from(told), "words and files go together");
    told
}

fn case(registrar: &Client, report: &str) -> Answer {
    registrar.post("/api/v1/cases", &json!({ "subject": "unknown", "reports": [report] })).expect(201)
}

/// Somebody with this portrait.
fn pictured(app: &TestApp, agency: &crate::support::app::TestAgency, seed: u64) -> Answer {
    let person = app.person(agency);
    let path = format!("{}/portrait", person.path("people"));
    app.clerk(agency).put(&path, &person.etag(), "image/png", &picture(seed)).expect(200)
}

fn holds(app: &TestApp) {
    let audit = audit::audit(&app.registry.store, &app.registry.log, &mut |_, _| ()).expect("an audit");
    assert_eq!(audit.findings, []);
}

on_both_databases! {
    fn a_report_that_nobody_opened_is_forgotten_after_ninety_days(db) {
        let app = TestApp::start(db);
        let report = report(&app);
        assert_eq!(forgotten(&app, BEFORE_90_DAYS, "unfounded_reports"), 0);
        assert!(is_whole(&app, &report));
        assert_eq!(forgotten(&app, AFTER_90_DAYS, "unfounded_reports"), 1);
        assert!(!is_whole(&app, &report));
        let seen = app.registrar().get(&format!("/api/v1/misuse-reports/{report}")).expect(200);
        assert_eq!((seen.text("/state"), last_run(&app)["reports"].clone()), ("closed".into(), json!([report])));
        app.registrar().post("/api/v1/cases", &json!({ "subject": "unknown", "reports": [report] })).expect(422);
        holds(&app);
        assert_eq!(app.database.number("SELECT COUNT(*) AS value FROM reports"), 1, "it is still counted");
    }

    fn a_report_whose_case_came_to_nothing_is_forgotten_ninety_days_after_its_end(db) {
        let app = TestApp::start(db);
        let reports = [(); 4].map(|()| report(&app));
        let (registrar, other) = (app.registrar(), app.registrar());
        let dismissed = case(&registrar, &reports[0]);
        registrar.happen("cases", &dismissed, json!({ "event": "dismiss", "reason": "Không rõ" })).expect(201);
        for (report, outcome) in [(&reports[1], "unfounded"), (&reports[2], "substantiated")] {
            let impossible = json!({ "event": "notify", "means": "not_possible", "reason": "Không rõ là ai" });
            let told = registrar.happen("cases", &case(&registrar, report), impossible).expect(201);
            let decision = json!({ "event": "decide", "outcome": outcome, "kind": "IMPERSONATION", "reason": "Theo hồ sơ" });
            let decided = other.happen("cases", &told, decision).expect(201);
            registrar.happen("cases", &decided, json!({ "event": "close" })).expect(201);
        }
        let _open = case(&registrar, &reports[3]);
        assert_eq!(forgotten(&app, BEFORE_90_DAYS, "unfounded_reports"), 0);
        assert_eq!(forgotten(&app, AFTER_90_DAYS, "unfounded_reports"), 2);
        assert_eq!(reports.each_ref().map(|it| is_whole(&app, it)), [false, false, true, true]);
        // Years later the report of a decision that stands, and that of an open case, are there.
        assert_eq!(forgotten(&app, "2030-01-01T00:00:00Z", "unfounded_reports"), 0);
        holds(&app);
    }

    fn whoever_was_refused_is_forgotten_after_a_year(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let people = [(); 3].map(|()| app.person(&agency).text("/id"));
        let (alone, both) = (app.submitted(&agency, &[&people[0]]), app.submitted(&agency, &[&people[1], &people[2]]));
        let refuse = |person: &str| json!({ "event": "refuse", "reason": "Chưa đủ hai năm", "people": [person] });
        app.registrar().happen("applications", &alone, refuse(&people[0])).expect(201);
        let both = app.registrar().happen("applications", &both, refuse(&people[1])).expect(201);
        let both = app.registrar().happen("applications", &both, json!({ "event": "approve" })).expect(201);
        assert_eq!(forgotten(&app, "2027-11-21T16:59:59Z", "refused_applications"), 0);
        app.registrar().get(&alone.path("applications")).expect(200);
        assert_eq!(forgotten(&app, "2027-11-21T17:00:00Z", "refused_applications"), 2);
        app.registrar().get(&alone.path("applications")).expect_problem(404, "not-found");
        let left = app.registrar().get(&both.path("applications")).expect(200);
        assert_eq!(left.json()["people"].as_array().map(Vec::len), Some(1));
        assert_ne!(left.etag(), both.etag());
        let reasons = "SELECT COUNT(*) AS value FROM event_personal WHERE fields LIKE '%Chưa đủ hai năm%'";
        assert_eq!(app.database.number(reasons), 0);
        assert_eq!(app.database.number("SELECT COUNT(*) AS value FROM people"), 3, "they are on record still");
        holds(&app);
    }

    fn what_was_stated_of_whom_an_agency_took_back_is_forgotten_after_thirty_days(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let (clerk, head, registrar) = (app.clerk(&agency), app.head(&agency), app.registrar());
        let draft = || {
            let person = app.person(&agency).text("/id");
            let mut form = json!({ "kind": "press_card", "basis": "first", "people": [person] });
            form["facts"][&person] = json!({ "conviction": "not_expunged" });
            clerk.post("/api/v1/applications", &form).expect(201)
        };
        let (withdrawn, open, returned) = (draft(), draft(), draft());
        clerk.happen("applications", &withdrawn, json!({ "event": "withdraw" })).expect(201);
        // Given back, it may be handed in again.
        let submitted = head.happen("applications", &returned, json!({ "event": "submit" })).expect(201);
        registrar.happen("applications", &submitted, json!({ "event": "return", "reason": "Thiếu giấy tờ" })).expect(201);
        let known = || app.database.texts("SELECT application_id AS value FROM eligibility ORDER BY application_id");
        let stated = "SELECT COUNT(*) AS value FROM event_personal WHERE fields LIKE '%not_expunged%'";
        assert_eq!(forgotten(&app, "2026-12-21T16:59:59Z", "withdrawn_facts"), 0);
        assert_eq!((known().len(), app.database.number(stated)), (3, 3));
        assert_eq!(forgotten(&app, "2026-12-22T17:00:00Z", "withdrawn_facts"), 1);
        assert_eq!((known(), app.database.number(stated)), (vec![open.text("/id"), returned.text("/id")], 2));
        let seen = app.again(&clerk).get(&withdrawn.path("applications")).expect(200);
        assert_eq!(seen.text("/state"), "withdrawn", "the application itself is there");
        holds(&app);
    }

    fn what_the_police_confirmed_of_whom_an_agency_took_back_is_forgotten_with_it(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let draft = || {
            let person = app.person(&agency).text("/id");
            let references = json!({ &person: "Số 12/CAP-2026" });
            let form = json!({ "kind": "press_card", "basis": "reissue", "people": [person], "police_references": references });
            clerk.post("/api/v1/applications", &form).expect(201)
        };
        let (withdrawn, open) = (draft(), draft());
        clerk.happen("applications", &withdrawn, json!({ "event": "withdraw" })).expect(201);
        // Also where nothing else was known of them.
        app.database.run("DELETE FROM eligibility").expect("a statement");
        let kept = || app.database.texts("SELECT application_id AS value FROM application_people WHERE police_reference IS NOT NULL");
        assert_eq!(forgotten(&app, "2026-12-21T16:59:59Z", "withdrawn_facts"), 0);
        assert_eq!(kept().len(), 2);
        assert_eq!(forgotten(&app, "2026-12-22T17:00:00Z", "withdrawn_facts"), 1);
        assert_eq!(kept(), [open.text("/id")]);
        let told = "SELECT COUNT(*) AS value FROM event_personal WHERE fields LIKE '%CAP-2026%'";
        assert_eq!(app.database.number(told), 1);
    }

    fn a_portrait_is_forgotten_ninety_days_after_the_last_card_that_carries_it(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let (carried, waiting, changed) = (pictured(&app, &agency, 1), pictured(&app, &agency, 2), pictured(&app, &agency, 3));
        let mut letter = app.letter_form(&carried.text("/id"));
        // Until four in the afternoon of 30 November: 90 days later is 28 February.
        letter["valid_until"] = "2026-11-30T09:00:00Z".into();
        let letter = app.head(&agency).post("/api/v1/letters", &letter).expect(201);
        let path = format!("{}/portrait", changed.path("people"));
        app.clerk(&agency).put(&path, &changed.etag(), "image/png", &picture(4)).expect(200);
        let has = |person: &Answer| app.registrar().get(&person.path("people")).expect(200).json()["has_portrait"] == true;
        let files = || fs::read_dir(app.data_dir.path().join("files/portraits")).map_or(0, Iterator::count);
        let digest = |letter: &Answer| letter.json()["photo_digest"].as_str().map(str::to_owned);
        assert_eq!((files(), digest(&letter).is_some()), (4, true));
        assert_eq!(forgotten(&app, BEFORE_90_DAYS, "portraits"), 0);
        // One was replaced before any card carried it.
        assert_eq!((forgotten(&app, AFTER_90_DAYS, "portraits"), files()), (1, 3));
        assert_eq!(forgotten(&app, "2027-02-27T16:59:59Z", "portraits"), 0);
        assert_eq!([&carried, &waiting, &changed].map(has), [true; 3]);
        assert_eq!((forgotten(&app, "2027-02-27T17:00:00Z", "portraits"), files()), (1, 2));
        assert_eq!([&carried, &waiting, &changed].map(has), [false, true, true], "who waits for a card keeps theirs");
        let letter = app.registrar().get(&letter.path("credentials")).expect(200);
        assert_eq!((letter.text("/state"), digest(&letter)), ("expired".into(), None));
        holds(&app);
    }

    fn a_portrait_on_a_card_that_is_valid_stays(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let person = pictured(&app, &agency, 1).text("/id");
        app.issued_in(&agency, Some(HAI_PHONG), &person);
        app.head(&agency).post("/api/v1/letters", &app.letter_form(&person)).expect(201);
        assert_eq!(forgotten(&app, "2031-11-01T00:00:00Z", "portraits"), 0, "the letter is long over, the card is not");
        // The card is valid through 21 November 2031.
        assert_eq!(forgotten(&app, "2032-02-19T16:59:59Z", "portraits"), 0);
        assert_eq!(forgotten(&app, "2032-02-19T17:00:00Z", "portraits"), 1);
    }

    fn looks_are_forgotten_after_five_years(db) {
        let app = TestApp::start(db);
        let person = app.person(&app.central_agency()).path("people");
        app.registrar().get(&person).expect(200);
        let looks = || app.database.number("SELECT COUNT(*) AS value FROM accesses");
        assert_eq!((forgotten(&app, "2031-11-21T16:59:59Z", "accesses"), looks()), (0, 1));
        assert_eq!((forgotten(&app, "2031-11-21T17:00:00Z", "accesses"), looks()), (1, 0));
    }

    fn kept_answers_and_sign_ins_that_are_over_are_forgotten(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let people = format!("/api/v1/agencies/{}/people", agency.id);
        app.clerk(&agency).post_with(&people, &[("idempotency-key", "k")], &app.person_form()).expect(201);
        let answers = || app.database.number("SELECT COUNT(*) AS value FROM idempotency");
        app.pass(3 * DAY - 1);
        app.registry.forget().expect("a run");
        assert_eq!((last_run(&app)["forgotten"]["answers"].clone(), answers()), (json!(0), 1));
        app.pass(DAY);
        app.registry.forget().expect("a run");
        assert_eq!((last_run(&app)["forgotten"]["answers"].clone(), answers()), (json!(1), 0));
        let sessions = app.database.number("SELECT COUNT(*) AS value FROM sessions");
        app.pass(7 * DAY);
        app.registry.forget().expect("a run");
        assert_eq!(last_run(&app)["forgotten"]["sessions"], json!(sessions));
        assert_eq!(app.database.number("SELECT COUNT(*) AS value FROM refresh_tokens"), 0);
    }
}
