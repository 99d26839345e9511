//! What agencies and registrars see of the law's conditions, and what a registrar must say to decide otherwise.

use crate::erasure::erased;
use crate::support::answer::Answer;
use crate::support::app::{Client, HA_NOI, HAI_PHONG, TestAgency, TestApp};
use crate::support::on_both_databases;
use serde_json::{Value, json};

pub(super) const APPLICATIONS: &str = "/api/v1/applications";

/// Nothing stands against this person.
pub(super) fn plain() -> Value {
    json!({
        "nationality": "vietnamese", "residence": "vietnam", "degree": "university", "post": "reporter_or_editor",
        "course": "completed", "ethics_violation": "none", "discipline": "none", "open_case": "none",
        "conviction": "none", "revoked_card": "none",
    })
}

/// The same, but for these facts.
pub(super) fn but(facts: Value) -> Value {
    let mut all = plain();
    for (name, value) in facts.as_object().expect("an object") {
        all[name] = value.clone();
    }
    all
}

pub(super) fn form(basis: &str, people: &[(&str, Value)]) -> Value {
    let ids: Vec<&str> = people.iter().map(|(id, _)| *id).collect();
    let facts: serde_json::Map<_, _> = people.iter().map(|(id, facts)| ((*id).to_owned(), facts.clone())).collect();
    json!({ "kind": "press_card", "basis": basis, "people": ids, "facts": facts })
}

pub(super) fn submitted(app: &TestApp, agency: &TestAgency, form: &Value) -> Answer {
    let draft = app.clerk(agency).post(APPLICATIONS, form).expect(201);
    app.head(agency).happen("applications", &draft, json!({ "event": "submit" })).expect(201)
}

/// What is said of a condition of the person at this place.
pub(super) fn said(application: &Answer, at: usize, condition: &str) -> Option<Value> {
    let json = application.json();
    let conditions = json["people"][at]["eligibility"]["conditions"].as_array().expect("conditions");
    conditions.iter().find(|it| it["condition"] == condition).cloned()
}

pub(super) fn outcome(application: &Answer, at: usize, condition: &str) -> Option<String> {
    said(application, at, condition).map(|it| it["outcome"].as_str().expect("a word").to_owned())
}

/// The conditions with this outcome.
pub(super) fn with(application: &Answer, at: usize, outcome: &str) -> Vec<String> {
    let json = application.json();
    let conditions = json["people"][at]["eligibility"]["conditions"].as_array().expect("conditions").iter();
    let ids = conditions.filter(|it| it["outcome"] == outcome).map(|it| it["condition"].as_str().expect("an id"));
    ids.map(str::to_owned).collect()
}

pub(super) fn approve(client: &Client, seen: &Answer, more: Value) -> Answer {
    let mut body = json!({ "event": "approve" });
    for (name, value) in more.as_object().expect("an object") {
        body[name] = value.clone();
    }
    client.happen("applications", seen, body)
}

/// Somebody who began half a year ago.
pub(super) fn newcomer(app: &TestApp, agency: &TestAgency, name: &str) -> String {
    let mut form = app.person_form();
    (form["full_name"], form["engagement"]["from"]) = (name.into(), "2026-06-01".into());
    app.entered(agency, &form).text("/id")
}

on_both_databases! {
    fn the_types_of_press_of_the_day_are_looked_at(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let registrar = app.registrar();
        let person = app.person(&agency).text("/id");
        let facts = but(json!({ "degree": "college", "post": "camera_operator" }));
        let draft = || app.clerk(&agency).post(APPLICATIONS, &form("first", &[(&person, facts.clone())]));
        let first = draft().expect(201);
        let said = |it: &Answer| ["degree", "post"].map(|name| outcome(it, 0, name).expect("an answer"));
        assert_eq!(said(&first), ["unknown", "unknown"], "of a newspaper it is not known that it does no television");
        let types = |types: Value| {
            let path = format!("/api/v1/agencies/{}", agency.id);
            let seen = registrar.get(&path).expect(200);
            registrar.patch(&path, &seen.etag(), &json!({ "press_types": types })).expect(200);
        };
        types(json!(["print", "television"]));
        let sent = app.head(&agency).happen("applications", &first, json!({ "event": "submit" })).expect(201);
        assert_eq!(said(&sent), ["met", "met"], "looked at again when it is handed in");
        types(json!(["print", "electronic"]));
        // What was so on that day goes on being shown; whoever decides is shown what is so today.
        let handed_in = app.head(&agency).get(&sent.path("applications")).expect(200);
        assert_eq!((said(&handed_in), handed_in.etag()), (["met", "met"].map(str::to_owned), sent.etag()));
        let seen = registrar.get(&sent.path("applications")).expect(200);
        assert_eq!(said(&seen), ["not_met", "not_met"]);
        let refused = approve(&registrar, &seen, json!({})).expect_invalid(&[("/reason", "reasons_required")]);
        let detail = refused.text("/errors/0/detail");
        assert!(detail.contains("degree") && detail.contains("post"), "{detail}");
    }

    fn whoever_is_not_on_the_staff_today_has_not_been_for_two_years(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let mut form_of_person = app.person_form();
        form_of_person["engagement"]["from"] = "2026-12-01".into();
        let path = format!("/api/v1/agencies/{}/people", agency.id);
        let [coming, staff] = [app.clerk(&agency).post(&path, &form_of_person).expect(201), app.person(&agency)].map(|it| it.text("/id"));
        let draft = app.clerk(&agency).post(APPLICATIONS, &form("first", &[(&coming, plain()), (&staff, plain())])).expect(201);
        let two_years = [0, 1].map(|at| outcome(&draft, at, "two_years").expect("an answer"));
        assert_eq!(two_years, ["not_met", "met"]);
        let because = said(&draft, 0, "two_years").expect("an answer").to_string();
        assert!(because.contains("không thuộc biên chế") && because.contains("Not on the agency's staff"), "{because}");
    }

    fn each_condition_is_shown_with_its_source_in_both_languages(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let person = app.person(&agency).text("/id");
        let draft = app.clerk(&agency).post(APPLICATIONS, &form("first", &[(&person, plain())])).expect(201);
        assert_eq!(outcome(&draft, 0, "proposed").as_deref(), Some("unknown"), "a draft proposes nobody yet");
        let seen = app.head(&agency).happen("applications", &draft, json!({ "event": "submit" })).expect(201);
        for client in [app.clerk(&agency), app.registrar(), app.provincial(HAI_PHONG)] {
            let read = client.get(&seen.path("applications")).expect(200);
            assert_eq!(read.json()["people"], seen.json()["people"], "as it was answered");
            assert_eq!(read.text("/people/0/eligibility/day"), "2026-11-22");
            assert_eq!(with(&read, 0, "unknown"), ["first_card_details"]);
            assert_eq!(with(&read, 0, "not_met"), Vec::<String>::new());
            let two_years = said(&read, 0, "two_years").expect("asked of a first card");
            assert_eq!(
                two_years,
                json!({
                    "condition": "two_years", "outcome": "met",
                    "asks": {
                        "vi": "Cấp lần đầu: đã công tác liên tục từ 02 năm trở lên tại cơ quan đề nghị",
                        "en": "First card: two years or more of continuous work at the proposing agency",
                    },
                    "source": {
                        "vi": "điểm c khoản 2 Điều 28 Luật Báo chí 126/2025/QH15",
                        "en": "Article 28(2)(c), Press Law 126/2025/QH15",
                    },
                    "because": { "vi": "Ghi: liên tục từ 02/01/2020", "en": "On record: since 02/01/2020" },
                })
            );
        }
        for client in [app.head(&app.local_agency()), app.clerk(&app.central_agency()), app.provincial(HA_NOI)] {
            client.get(&seen.path("applications")).expect_problem(404, "not-found");
        }
        let list = app.registrar().get(APPLICATIONS).expect(200).json();
        assert_eq!(list["items"][0]["people"][0].get("eligibility"), None, "a list tells it of nobody");
        let looks = app.holder(&person).get(&format!("/api/v1/people/{person}/accesses")).expect(200).json();
        let looks: Vec<_> = looks["items"].as_array().expect("looks").iter().map(|it| it["what"].clone()).collect();
        assert_eq!(looks, ["application"; 3], "whoever looked is written down");
    }

    fn nobody_is_approved_against_a_condition_without_reasons(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let (good, bad) = (app.person(&agency).text("/id"), app.person(&agency).text("/id"));
        let against = but(json!({ "discipline": "2026-03-02", "degree": "lower" }));
        let seen = submitted(&app, &agency, &form("first", &[(&good, plain()), (&bad, against)]));
        assert_eq!(with(&seen, 1, "not_met"), ["degree", "discipline"]);

        let registrar = app.registrar();
        let refused = approve(&registrar, &seen, json!({})).expect_invalid(&[("/reason", "reasons_required")]);
        let detail = refused.text("/errors/0/detail");
        for told in [&*bad, "degree (L2025 Đ28.2b)", "discipline (L2025 Đ28.3c)"] {
            assert!(detail.contains(told), "{detail}");
        }
        assert!(!detail.contains(&good), "{detail}");
        approve(&registrar, &seen, json!({ "reason": " " })).expect_invalid(&[("/reason", "empty")]);
        let read = registrar.get(&seen.path("applications")).expect(200);
        assert_eq!((read.etag(), registrar.list("/api/v1/credentials", "/id")), (seen.etag(), vec![]), "nothing is done");

        let first = approve(&registrar, &seen, json!({ "people": [good] })).expect(201);
        let reason = "Kỷ luật đã được cấp trên hủy bỏ theo QĐ 12/2026";
        let both = approve(&registrar, &first, json!({ "reason": reason, "people": [bad] })).expect(201);
        assert_eq!((both.text("/state"), both.text("/people/1/reason")), ("approved".into(), reason.into()));
        assert_eq!(both.json()["people"][0].get("reason"), None);
        assert_eq!(app.verdict(&both.text("/credentials/0/code")).0, "valid");
        let history = app.head(&agency).history("applications", &both);
        let told: Vec<_> = history[2..].iter().map(|it| json!([it["type"], it["reason"], it["unmet"]])).collect();
        assert_eq!(told, [
            json!(["application.approved", null, null]),
            json!(["application.approved", reason, ["degree", "discipline"]]),
        ]);
    }

    fn what_is_not_known_is_listed_and_stops_nobody(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = app.person(&agency).text("/id");
        let seen = app.submitted(&agency, &[&person]);
        assert_eq!(with(&seen, 0, "met"), ["scientific_journal", "two_years", "proposed"]);
        assert_eq!(with(&seen, 0, "not_met"), Vec::<String>::new());
        assert_eq!(with(&seen, 0, "unknown").len(), 10);
        let approved = approve(&app.registrar(), &seen, json!({})).expect(201);
        assert_eq!(approved.text("/state"), "approved");
        let history = app.head(&agency).history("applications", &approved);
        assert_eq!(history[2]["unknown"].as_array().map(Vec::len), Some(10), "{}", history[2]);
    }

    fn the_law_of_the_day_of_decision_holds(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = app.person(&agency).text("/id");
        app.set_time("2026-12-31T16:59:59Z");
        let without = but(json!({ "course": "not_completed" }));
        let seen = submitted(&app, &agency, &form("first", &[(&person, without)]));
        assert_eq!((seen.text("/people/0/eligibility/day"), outcome(&seen, 0, "course")), ("2026-12-31".into(), None));
        app.set_time("2026-12-31T17:00:00Z");
        let registrar = app.registrar();
        let refused = approve(&registrar, &seen, json!({})).expect_invalid(&[("/reason", "reasons_required")]);
        assert!(refused.text("/errors/0/detail").contains("course (L2025 Đ28.2c, Đ50.3)"));
        // A reason given without having read what the law of this day asks is none.
        let reason = json!({ "reason": "Đã có chứng chỉ tương đương" });
        let refused = approve(&registrar, &seen, reason.clone()).expect_invalid(&[("/reason", "not_shown")]);
        assert!(refused.text("/errors/0/detail").contains("course (L2025 Đ28.2c, Đ50.3)"));
        let seen = registrar.get(&seen.path("applications")).expect(200);
        assert_eq!((seen.text("/people/0/eligibility/day"), with(&seen, 0, "not_met")), ("2027-01-01".into(), vec!["course".into()]));
        let approved = approve(&registrar, &seen, reason).expect(201);
        assert_eq!(approved.text("/people/0/eligibility/day"), "2027-01-01");
        assert_eq!(outcome(&approved, 0, "course").as_deref(), Some("not_met"));
    }

    fn facts_are_stated_anew_when_it_is_handed_in(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let (one, two) = (app.person(&agency).text("/id"), app.person(&agency).text("/id"));
        let draft = app.clerk(&agency).post(APPLICATIONS, &form("first", &[(&one, plain()), (&two, plain())])).expect(201);
        let submit = json!({ "event": "submit", "facts": { &one: { "nationality": "other" } } });
        let seen = app.head(&agency).happen("applications", &draft, submit).expect(201);
        assert_eq!(with(&seen, 0, "not_met"), ["nationality"]);
        assert_eq!(outcome(&seen, 0, "degree").as_deref(), Some("unknown"), "the whole is replaced");
        assert_eq!(outcome(&seen, 1, "degree").as_deref(), Some("met"), "the other is left as it was");
        let refuse = json!({ "event": "refuse", "reason": "x", "facts": { &one: {} } });
        app.registrar().happen("applications", &seen, refuse).expect_invalid(&[("/facts", "not_for_this_event")]);
    }

    fn every_mistake_in_the_facts_is_told(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let (person, other) = (app.person(&agency).text("/id"), app.person(&agency).text("/id"));
        let clerk = app.clerk(&agency);
        let post = |facts: Value| {
            let body = json!({ "kind": "press_card", "basis": "first", "people": [person], "facts": facts });
            clerk.post(APPLICATIONS, &body)
        };
        let at = |field: &str| format!("/facts/{person}/{field}");
        let wrong = json!({ "degree": "phd", "discipline": "2026-11-23", "conviction": "yes" });
        post(json!({ &person: wrong })).expect_invalid(&[
            (&at("degree"), "unknown_word"),
            (&at("discipline"), "in_the_future"),
            (&at("conviction"), "unknown_word"),
        ]);
        post(json!({ &other: {} })).expect_invalid(&[(&format!("/facts/{other}"), "unknown_person")]);
        post(json!({ "a/b": {} })).expect_invalid(&[("/facts/a~1b", "unknown_person")]);
        post(json!({ &person: { "religion": "x" } })).expect_invalid(&[(&at("religion"), "unknown_field")]);
        post(json!([])).expect_invalid(&[("/facts", "wrong_type")]);
        let collaborator = app.collaborator(&agency).text("/id");
        let body = json!({
            "kind": "collaborator_card", "basis": "first", "people": [collaborator], "facts": { &collaborator: plain() },
        });
        clerk.post(APPLICATIONS, &body).expect_invalid(&[("/facts", "not_for_this_kind")]);
        let none = json!({ "kind": "collaborator_card", "basis": "first", "people": [collaborator] });
        let draft = clerk.post(APPLICATIONS, &none).expect(201);
        assert_eq!(draft.json()["people"][0].get("eligibility"), None, "the law does not know this card");
        post(json!({})).expect(201);
    }

    fn what_was_known_of_somebody_goes_with_them(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let (person, other) = (app.person(&agency).text("/id"), app.person(&agency).text("/id"));
        let against = but(json!({ "conviction": "not_expunged" }));
        let seen = submitted(&app, &agency, &form("first", &[(&person, against), (&other, plain())]));
        let refuse = json!({ "event": "refuse", "reason": "Chưa được xóa án tích", "people": [person] });
        app.registrar().happen("applications", &seen, refuse).expect(201);
        let kept = || app.database.texts("SELECT person_id AS value FROM eligibility");
        assert_eq!(kept().len(), 2);
        let told = "SELECT fields AS value FROM event_personal WHERE fields LIKE '%not_expunged%'";
        assert_eq!(app.database.texts(told).len(), 1);
        erased(&app, &person);
        assert_eq!((kept(), app.database.texts(told).len()), (vec![other], 0));
    }
}
