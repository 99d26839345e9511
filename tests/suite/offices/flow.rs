//! What may happen to an office, and what each event takes.

use super::{FIRST_DAY, OFFICES, assigned, because, notified, now, of, office, resident, state, with, with_card};
use crate::support::answer::Answer;
use crate::support::app::{Client, HAI_PHONG, TestAgency, TestApp};
use crate::support::on_both_databases;
use press_registry::app::offices;
use serde_json::{Value, json};

const STATES: [&str; 8] = ["draft", "notified", "confirmed", "objected", "suspended", "stopped", "closed", "withdrawn"];
const EVENTS: [&str; 7] = ["notify", "amend", "withdraw", "close", "confirm", "object", "stop"];

/// Written down a second time, apart from the domain's table.
fn lawful(state: &str, event: &str) -> Option<&'static str> {
    Some(match (state, event) {
        ("draft", "amend") => "draft",
        ("draft", "notify") | ("notified" | "confirmed" | "objected", "amend") => "notified",
        ("draft" | "notified" | "objected", "withdraw") => "withdrawn",
        ("notified", "confirm") => "confirmed",
        ("notified", "object") => "objected",
        ("notified" | "confirmed" | "objected" | "suspended", "stop") => "stopped",
        ("notified" | "confirmed" | "objected" | "suspended", "close") => "closed",
        _ => return None,
    })
}

/// A reporter of a new agency, brought into this state.
fn in_state(app: &TestApp, state: &str) -> (TestAgency, Answer) {
    let agency = app.central_agency();
    let form = assigned(&app.person(&agency).text("/id"));
    let (head, registrar) = (app.head(&agency), app.registrar());
    let begun = if state == "draft" { app.clerk(&agency) } else { head.clone() }.post(&of(&agency), &form).expect(201);
    let happen = |by: &Client, event: &str| by.happen("offices", &begun, because(event)).expect(201);
    let seen = match state {
        "confirmed" => happen(&registrar, "confirm"),
        "objected" => happen(&registrar, "object"),
        "stopped" => happen(&registrar, "stop"),
        "closed" => happen(&head, "close"),
        "withdrawn" => happen(&head, "withdraw"),
        "suspended" => {
            let suspend = json!({ "event": "suspend", "reason": "QĐ 1" });
            app.registrar().event(&format!("/api/v1/agencies/{}", agency.id), &agency.etag, suspend).expect(201);
            now(&registrar, &begun)
        }
        _ => begun,
    };
    assert_eq!(seen.text("/state"), state);
    (agency, seen)
}

on_both_databases! {
    fn the_head_is_listed_first_and_then_everybody_by_given_name(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let named = |name: &str| {
            let mut form = app.person_form();
            form["full_name"] = name.into();
            clerk.post(&format!("/api/v1/agencies/{}/people", agency.id), &form).expect(201).text("/id")
        };
        let [head, one, other, third] = ["Vũ Ý", "Lê Bình", "Trần An", "Đỗ Ân"].map(named);
        let told = clerk.post(&of(&agency), &office(&head, &[&one, &other, &third])).expect(201);
        let listed = |seen: &Answer| (0..4).map(|at| seen.text(&format!("/people/{at}/name"))).collect::<Vec<_>>();
        for seen in [&told, &now(&clerk, &told)] {
            assert_eq!(listed(seen), ["Vũ Ý", "Trần An", "Đỗ Ân", "Lê Bình"]);
        }
    }

    fn everything_happens_to_an_office_that_the_table_lists_and_nothing_else(db) {
        let app = TestApp::start(db);
        for state in STATES {
            for event in EVENTS {
                let (agency, seen) = in_state(&app, state);
                let doer =
                    if ["confirm", "object", "stop"].contains(&event) { app.provincial(HAI_PHONG) } else { app.head(&agency) };
                if state == "draft" && ["confirm", "object", "stop"].contains(&event) {
                    // A draft is the agency's own.
                    doer.happen("offices", &seen, because(event)).expect_problem(404, "not-found");
                    continue;
                }
                let answer = doer.happen("offices", &seen, because(event));
                match lawful(state, event) {
                    Some(next) => assert_eq!(answer.expect(201).text("/state"), next, "{state} {event}"),
                    // Whoever is suspended has nothing to mend.
                    None => drop(answer.expect_problem(409, "wrong-state")),
                }
            }
        }
    }

    fn a_notice_is_mended_and_confirmed(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let (head, provincial) = (app.head(&agency), app.provincial(HAI_PHONG));
        let told = notified(&app, &agency);
        assert_eq!(told.header("location"), Some(&*told.path("offices")));
        let members = ["kind", "province", "address", "from", "to", "of_centre", "documents", "state", "reason", "notified_on"];
        let shown: Vec<Value> = members.iter().map(|name| told.json()[name].clone()).collect();
        assert_eq!(json!(shown), json!([
            "representative_office", "31", "Số 1 phố Ví Dụ", FIRST_DAY, null, false, ["notice", "licence_copy"],
            "notified", null, "2026-11-22",
        ]));
        let posts: Vec<_> = told.json()["people"].as_array().expect("people").iter().map(|it| it["post"].clone()).collect();
        assert_eq!(posts, ["head", "reporter"]);

        let objected = provincial.happen("offices", &told, because("object")).expect(201);
        assert_eq!(now(&head, &told).text("/reason"), "Thiếu quyết định cử phóng viên");
        app.pass(86_400);
        let (head, provincial) = (app.again(&head), app.again(&provincial));
        // It was told of in time: mending it does not make it late.
        let other = app.person(&agency).text("/id");
        let amend = json!({ "event": "amend", "documents": ["notice", "assignment"], "reporters": [other] });
        let amended = head.happen("offices", &objected, amend).expect(201);
        assert_eq!(
            [amended.text("/state"), amended.text("/documents"), amended.text("/from"), amended.text("/notified_on")],
            ["notified", r#"["notice","assignment"]"#, FIRST_DAY, "2026-11-22"],
        );
        // Whoever was to be there from the first day, which has not come, never was.
        let people = amended.json()["people"].as_array().expect("people").clone();
        let ended = people.iter().filter(|it| !it["to"].is_null()).count();
        assert_eq!((people.len(), ended, people[1]["person_id"].as_str()), (2, 0, Some(&*other)));
        let confirmed = provincial.happen("offices", &amended, json!({ "event": "confirm" })).expect(201);
        assert_eq!((confirmed.text("/state"), confirmed.text("/confirmed_on")), ("confirmed".into(), "2026-11-23".into()));
        assert_eq!(confirmed.json()["reason"], Value::Null);
        let closed = head.happen("offices", &confirmed, json!({ "event": "close" })).expect(201);
        assert_eq!((closed.text("/state"), closed.text("/to")), ("closed".into(), "2026-11-23".into()));
        let history = app.registrar().history("offices", &told);
        let types: Vec<_> = history.iter().map(|it| it["type"].as_str().unwrap_or("?")).collect();
        assert_eq!(types, ["office.notified", "office.objected", "office.amended", "office.confirmed", "office.closed"]);
        // Reasons stand with the people whom they are about.
        assert!(!history[1]["data"].to_string().contains("Thiếu"), "{}", history[1]);
    }

    fn a_clerk_drafts_and_the_head_gives_notice(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = app.person(&agency).text("/id");
        let (clerk, head, registrar) = (app.clerk(&agency), app.head(&agency), app.registrar());
        let draft = clerk.post(&of(&agency), &resident(&person)).expect(201);
        assert_eq!((draft.text("/state"), draft.json()["notified_on"].clone()), ("draft".into(), Value::Null));
        registrar.get(&draft.path("offices")).expect_problem(404, "not-found");
        assert_eq!(registrar.list(OFFICES, "/id"), [] as [&str; 0]);
        assert_eq!(clerk.list(OFFICES, "/id"), [draft.text("/id")]);
        // What the law asks is asked when notice is given.
        let notify = json!({ "event": "notify" });
        head.happen("offices", &draft, notify.clone()).expect_invalid(&[("/reporters/0", "no_press_card")]);
        let holder = with_card(&app, &agency);
        let amended = head.happen("offices", &draft, json!({ "event": "amend", "reporters": [holder] })).expect(201);
        let told = head.happen("offices", &amended, notify).expect(201);
        assert_eq!((told.text("/state"), told.text("/notified_on")), ("notified".into(), "2026-11-22".into()));
        registrar.get(&draft.path("offices")).expect(200);
    }

    fn a_clerk_mends_and_takes_back_what_is_drafted_and_nothing_else(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let (clerk, colleague, head) = (app.clerk(&agency), app.clerk(&agency), app.head(&agency));
        let [one, other] = [(); 2].map(|()| app.person(&agency).text("/id"));
        let drafted = || clerk.post(&of(&agency), &assigned(&one)).expect(201);
        let amend = || json!({ "event": "amend", "reporters": [other] });
        let amended = clerk.happen("offices", &drafted(), amend()).expect(201);
        assert_eq!([amended.text("/state"), amended.text("/people/0/person_id")], ["draft", &other]);
        // Another hand gives notice.
        clerk.happen("offices", &amended, json!({ "event": "notify" })).expect_problem(403, "forbidden");
        let withdrawn = colleague.happen("offices", &amended, json!({ "event": "withdraw" })).expect(201);
        assert_eq!(withdrawn.text("/state"), "withdrawn");
        let told = head.happen("offices", &drafted(), json!({ "event": "notify" })).expect(201);
        for event in [amend(), json!({ "event": "withdraw" })] {
            for none in [&withdrawn, &told] {
                clerk.happen("offices", none, event.clone()).expect_problem(403, "forbidden");
            }
            let draft = drafted();
            app.clerk(&app.central_agency()).happen("offices", &draft, event.clone()).expect_problem(403, "forbidden");
            app.registrar().happen("offices", &draft, event.clone()).expect_problem(404, "not-found");
        }
    }

    fn an_office_is_there_until_the_last_day_that_was_told(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let (head, provincial) = (app.head(&agency), app.provincial(HAI_PHONG));
        let told = notified(&app, &agency);
        let confirmed = provincial.happen("offices", &told, json!({ "event": "confirm" })).expect(201);
        let close = |on: &str| json!({ "event": "close", "on": on });
        let shown = |seen: &Answer| [seen.text("/state"), seen.text("/to")];
        let closing = head.happen("offices", &confirmed, close("2026-12-31")).expect(201);
        assert_eq!(shown(&closing), ["confirmed", "2026-12-31"]);
        let closing = head.happen("offices", &closing, close("2026-12-20")).expect(201);
        assert_eq!(shown(&closing), ["confirmed", "2026-12-20"]);
        let after = json!({ "event": "amend", "address": "Số 2 phố Ví Dụ", "on": "2026-12-21" });
        head.happen("offices", &closing, after).expect_invalid(&[("/on", "after_the_end")]);
        let joins = json!({ "event": "amend", "reporters": [app.person(&agency).text("/id")], "on": "2026-12-20" });
        head.happen("offices", &closing, joins).expect(201);
        let lapse = || offices::lapse(&app.registry).expect("a database");
        app.set_time("2026-12-20T16:59:59Z");
        let registrar = app.registrar();
        assert_eq!((lapse(), shown(&now(&registrar, &told))), (0, ["notified".into(), "2026-12-20".into()]));
        app.set_time("2026-12-20T17:00:00Z");
        // Nothing happens to it any more: the server may have ended it by itself.
        let seen = now(&registrar, &told);
        let stop = registrar.happen("offices", &seen, because("stop"));
        assert!([409, 412].contains(&stop.status), "{}", stop.body_text());
        assert!(lapse() <= 1);
        assert_eq!((lapse(), shown(&now(&registrar, &told))), (0, ["closed".into(), "2026-12-20".into()]));
        let history = registrar.history("offices", &told);
        let types: Vec<_> = history.iter().map(|it| it["type"].as_str().unwrap_or("?")).collect();
        assert_eq!(types, [
            "office.notified", "office.confirmed", "office.end_told", "office.end_told", "office.amended", "office.closed",
        ]);
        // Its agency said so itself.
        assert!(crate::notices::told(&app.again(&head)).iter().all(|it| it["duty"] != "office_ended"));
    }

    fn a_change_of_what_was_confirmed_is_looked_at_again(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let (head, provincial) = (app.head(&agency), app.provincial(HAI_PHONG));
        let confirmed = provincial.happen("offices", &notified(&app, &agency), json!({ "event": "confirm" })).expect(201);
        let moved = json!({ "event": "amend", "from": "2026-12-24" });
        head.happen("offices", &confirmed, moved).expect_invalid(&[("/from", "not_for_this_event")]);
        let late = json!({ "event": "amend", "address": "Số 2", "on": "2026-11-21" });
        head.happen("offices", &confirmed, late).expect_invalid(&[("/on", "in_the_past")]);
        let without = json!({ "event": "amend", "head": app.person(&agency).text("/id") });
        head.happen("offices", &confirmed, without).expect_invalid(&[("/head", "no_press_card")]);
        let changed = json!({ "event": "amend", "address": "Số 2 phố Ví Dụ", "on": "2026-12-01" });
        let changed = head.happen("offices", &confirmed, changed).expect(201);
        assert_eq!((changed.text("/state"), changed.text("/address")), ("notified".into(), "Số 2 phố Ví Dụ".into()));
    }

    fn a_change_holds_from_the_day_that_was_told_and_is_told_as_such(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let (head, provincial) = (app.head(&agency), app.provincial(HAI_PHONG));
        let told = notified(&app, &agency);
        assert_eq!(told.json()["change"], Value::Null);
        let confirmed = provincial.happen("offices", &told, json!({ "event": "confirm" })).expect(201);
        let [leaves, comes] = [told.text("/people/1/person_id"), app.person(&agency).text("/id")];
        let end_of = |office: &Answer| {
            let people = office.json()["people"].as_array().expect("people").clone();
            people.iter().find(|it| it["person_id"] == *leaves).expect("a post")["to"].clone()
        };
        let change = json!({ "event": "amend", "reporters": [comes], "on": "2026-12-20" });
        let changed = head.happen("offices", &confirmed, change).expect(201);
        assert_eq!(changed.json()["change"], json!({ "notified_on": "2026-11-22", "on": "2026-12-20" }));
        assert_eq!(end_of(&changed), json!("2026-12-19"), "the last day before the change");
        // It is objected to and mended: it holds from the same day, and is told of when it was; or from another day, which is
        // told of now.
        app.pass(86_400);
        let (head, provincial) = (app.again(&head), app.again(&provincial));
        let objected = provincial.happen("offices", &changed, because("object")).expect(201);
        let mended = head.happen("offices", &objected, json!({ "event": "amend", "documents": ["notice"] })).expect(201);
        assert_eq!(mended.json()["change"], changed.json()["change"]);
        let later = json!({ "event": "amend", "on": "2027-01-10" });
        let mended = head.happen("offices", &mended, later).expect(201);
        assert_eq!(mended.json()["change"], json!({ "notified_on": "2026-11-23", "on": "2027-01-10" }));
        assert_eq!(end_of(&mended), json!("2027-01-09"));
        let again = provincial.happen("offices", &mended, json!({ "event": "confirm" })).expect(201);
        // The next change is one of its own, and no day is said: that of the notice.
        let moved = head.happen("offices", &again, json!({ "event": "amend", "address": "Số 3 phố Ví Dụ" })).expect(201);
        assert_eq!(moved.json()["change"], json!({ "notified_on": "2026-11-23", "on": "2026-11-23" }));
        assert_eq!(end_of(&moved), json!("2027-01-09"));
        // The history tells of each, and so does what the province says of it.
        let history = app.registrar().history("offices", &told);
        let days: Vec<_> = history.iter().filter(|it| it["type"] == "office.amended").map(|it| it["change"]["on"].clone()).collect();
        assert_eq!(days, ["2026-12-20", "2026-12-20", "2027-01-10", "2026-11-23"]);
        let notices = crate::notices::told(&head);
        let confirmed: Vec<_> = notices.iter().filter(|it| it["duty"] == "office_confirmed").collect();
        let [before, after] = [0, 1].map(|at| crate::notices::text(&head, confirmed[at]));
        assert!(!before.contains("Thay đổi từ ngày"), "{before}");
        assert!(after.contains("Thay đổi từ ngày") && after.contains("10/01/2027"), "{after}");
    }

    fn nothing_is_objected_to_or_stopped_without_reasons(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let told = notified(&app, &agency);
        let provincial = app.provincial(HAI_PHONG);
        for event in ["object", "stop"] {
            let bare = json!({ "event": event });
            provincial.happen("offices", &told, bare).expect_invalid(&[("/reason", "missing")]);
        }
        let unknown = json!({ "event": "suspend", "reason": "x" });
        provincial.happen("offices", &told, unknown).expect_invalid(&[("/event", "unknown_event")]);
        let surplus = json!({
            "event": "confirm", "on": "2026-12-01", "from": "2026-12-01", "address": "x", "head": "x", "reporters": [],
            "of_centre": true, "documents": [], "no_discipline_past_year": true, "notified_on": "2026-11-01",
        });
        let names = ["on", "notified_on", "no_discipline_past_year", "from", "address", "head", "reporters", "of_centre", "documents"];
        let wrong: Vec<_> = names.map(|name| format!("/{name}")).into_iter().collect();
        let wrong: Vec<_> = wrong.iter().map(|pointer| (pointer.as_str(), "not_for_this_event")).collect();
        provincial.happen("offices", &told, surplus).expect_invalid(&wrong);
        let amend = json!({ "event": "amend", "on": "2026-12-01" });
        app.head(&agency).happen("offices", &told, amend).expect_invalid(&[("/on", "not_for_this_event")]);
    }

    fn a_change_names_the_version_it_was_made_of_and_is_made_once(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let form = assigned(&app.person(&agency).text("/id"));
        let head = app.head(&agency);
        let once = [("idempotency-key", "one")];
        let told = head.post_with(&of(&agency), &once, &form).expect(201);
        assert_eq!(head.post_with(&of(&agency), &once, &form).expect(201).text("/id"), told.text("/id"));
        let path = told.path("offices");
        let registrar = app.registrar();
        registrar.post(&format!("{path}/events"), &because("confirm")).expect_problem(428, "precondition-required");
        registrar.happen("offices", &told, because("object")).expect(201);
        registrar.happen("offices", &told, because("stop")).expect_problem(412, "precondition-failed");
        assert_eq!(state(&registrar, &told), "objected");
    }

    fn every_mistake_of_a_notice_is_told_at_once(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let head = app.head(&agency);
        let stranger = app.person(&app.central_agency()).text("/id");
        head.post(&of(&agency), &json!({ "kind": "house", "province": "99", "from": "soon", "reporters": ["x"] })).expect_invalid(&[
            ("/kind", "unknown_kind"),
            ("/from", "not_a_date"),
            ("/reporters/0", "not_an_id"),
            ("/province", "unknown_province"),
        ]);
        head.post(&of(&agency), &office(&stranger, &[&stranger])).expect_invalid(&[("/reporters/0", "twice")]);
        let own = app.person(&agency).text("/id");
        head.post(&of(&agency), &office(&stranger, &[&own])).expect_invalid(&[("/head", "unknown_person")]);
        head.post(&of(&agency), &assigned(&stranger)).expect_invalid(&[("/reporters/0", "unknown_person")]);
        head.post(&of(&agency), &with(assigned(&own), "opinion", "x")).expect_problem(422, "invalid");
        // An agency that is not at work has nothing to begin.
        let suspend = json!({ "event": "suspend", "reason": "QĐ 1" });
        app.registrar().event(&format!("/api/v1/agencies/{}", agency.id), &agency.etag, suspend).expect(201);
        head.post(&of(&agency), &assigned(&own)).expect_problem(409, "wrong-state");
    }
}
