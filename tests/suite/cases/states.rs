//! Every state × event × role, with the lawful ones written down a second time.

use super::{Scene, asked};
use crate::support::answer::Answer;
use crate::support::app::{Client, TestApp};
use crate::support::on_both_databases;
use serde_json::{Value, json};

const STATES: [&str; 9] =
    ["opened", "notified", "answered", "decided", "appealed", "upheld", "overturned", "closed", "dismissed"];
const EVENTS: [&str; 12] = [
    "dismiss", "attach", "notify", "stay", "answer", "decide", "confirm", "appeal", "uphold", "overturn", "refer",
    "close",
];

/// What may happen to a case whose subject was told and replied, without a revocation.
fn lawful(state: &str, event: &str) -> Option<&'static str> {
    match (state, event) {
        ("opened" | "notified" | "answered", "dismiss") => Some("dismissed"),
        ("opened", "attach" | "stay") => Some("opened"),
        ("notified", "attach") => Some("notified"),
        ("answered", "attach") => Some("answered"),
        ("opened", "notify") => Some("notified"),
        ("notified" | "answered", "answer") => Some("answered"),
        ("answered", "decide") => Some("decided"),
        ("decided" | "closed", "appeal") => Some("appealed"),
        ("appealed", "uphold") => Some("upheld"),
        ("appealed", "overturn") => Some("overturned"),
        ("opened", "refer") => Some("opened"),
        ("notified", "refer") => Some("notified"),
        ("answered", "refer") => Some("answered"),
        ("decided", "refer") => Some("decided"),
        ("appealed", "refer") => Some("appealed"),
        ("upheld", "refer") => Some("upheld"),
        ("decided" | "upheld" | "overturned", "close") => Some("closed"),
        _ => None,
    }
}

/// Who does it lawfully, and that the others may not: 403, or 404 where nobody has told them of the case.
fn may(role: &str, event: &str) -> bool {
    match event {
        "answer" | "appeal" => matches!(role, "registrar" | "provincial" | "holder"),
        _ => matches!(role, "registrar" | "provincial"),
    }
}

fn way(state: &str) -> Vec<Value> {
    let events: &[&str] = match state {
        "opened" => &[],
        "notified" => &["notify"],
        "answered" => &["notify", "answer"],
        "decided" => &["notify", "answer", "decide"],
        "appealed" => &["notify", "answer", "decide", "appeal"],
        "upheld" => &["notify", "answer", "decide", "appeal", "uphold"],
        "overturned" => &["notify", "answer", "decide", "appeal", "overturn"],
        "closed" => &["notify", "answer", "decide", "close"],
        _ => &["notify", "dismiss"],
    };
    events.iter().map(|event| asked(event)).collect()
}

fn everybody(app: &TestApp, scene: &Scene<'_>) -> Vec<(&'static str, Client)> {
    vec![
        ("registrar", app.registrar()),
        ("provincial", app.provincial(crate::support::app::HAI_PHONG)),
        ("holder", scene.holder.clone()),
        ("head", scene.head.clone()),
        ("clerk", app.clerk(&scene.agency)),
        ("official", app.official()),
        ("auditor", app.auditor()),
        ("admin", app.admin()),
    ]
}

fn unchanged(scene: &Scene<'_>, case: &Answer) {
    assert_eq!(scene.opener.get(&case.path("cases")).expect(200).etag(), case.etag());
}

on_both_databases! {
    fn nothing_happens_to_a_case_that_is_not_listed_whoever_asks(db) {
        let app = TestApp::start(db);
        let scene = Scene::new(&app);
        let everybody = everybody(&app, &scene);
        let mut done = 0;
        for state in STATES {
            let mut case = scene.along(&way(state));
            assert_eq!(case.text("/state"), state);
            for event in EVENTS {
                for (role, client) in &everybody {
                    let answer = client.happen("cases", &case, asked(event));
                    match (may(role, event), lawful(state, event)) {
                        (true, Some(to)) if !(*role == "holder" && state == "opened") => {
                            assert_eq!(answer.expect(201).text("/state"), to, "{event} of {state} by {role}");
                            done += 1;
                            case = scene.along(&way(state));
                        }
                        (true, _) if *role == "holder" && state == "opened" => {
                            answer.expect_problem(404, "not-found");
                        }
                        (true, _) => {
                            answer.expect_problem(409, "wrong-state");
                        }
                        // The agency speaks about its person, and not for them.
                        (false, _) if *role == "head" && matches!(event, "answer" | "appeal") => {
                            let expected = match (state, event, lawful(state, event)) {
                                ("opened", _, _) => 404,
                                (_, "answer", Some(_)) => 201,
                                (_, _, Some(_)) => 403,
                                (_, _, None) => 409,
                            };
                            assert_eq!(answer.status, expected, "{event} of {state}");
                            if expected == 201 {
                                case = scene.along(&way(state));
                            }
                        }
                        (false, _) => {
                            answer.expect_problem(403, "forbidden");
                        }
                    }
                }
                // What was refused to anybody left it as it was: each change is of the version that they all were shown.
                unchanged(&scene, &case);
            }
        }
        // Every lawful move by two registrars, and those that are the holder's as well.
        assert_eq!(done, 24 * 2 + 4);
    }

    fn an_agency_answers_about_its_person_and_that_is_no_reply_of_theirs(db) {
        let app = TestApp::start(db);
        let scene = Scene::new(&app);
        let told = scene.along(&[asked("notify")]);
        let said = scene.head.happen("cases", &told, json!({ "event": "answer", "reason": "Chúng tôi đang xác minh." }));
        let said = said.expect(201);
        assert_eq!((said.text("/state"), said.text("/statements/0/role")), ("answered".into(), "agency_head".into()));
        scene.decider.happen("cases", &said, asked("decide")).expect_problem(409, "wrong-state");
        let replied = scene.happen(&said, asked("answer")).expect(201);
        let decided = scene.happen(&replied, asked("decide")).expect(201);
        scene.head.happen("cases", &decided, asked("appeal")).expect_problem(403, "forbidden");
    }
}
