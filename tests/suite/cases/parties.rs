//! Who has a part in a case: reporters, the subject, its agency, auditors; and who has none because of that.

use super::{CASES, Scene, asked};
use crate::support::answer::Answer;
use crate::support::app::{Client, HA_NOI, HAI_PHONG, TestApp};
use crate::support::on_both_databases;
use press_registry::domain::accounts::{BodyName, Role};
use press_registry::domain::provinces::ProvinceId;
use serde_json::{Value, json};

/// A report by somebody: its id.
pub(super) fn reported(app: &TestApp, reporter: &Client, more: Value) -> String {
    let mut form = json!({
        "province": "31", "place": "Bến xe", "occurred_at": "2026-11-21T01:00:00Z", "narrative": "Đưa thẻ giả.",
    });
    form.as_object_mut().expect("a form").extend(more.as_object().cloned().unwrap_or_default());
    reporter.post("/api/v1/misuse-reports", &form).expect(201);
    app.database.texts("SELECT id AS value FROM reports ORDER BY log_index DESC").remove(0)
}

fn state_of(app: &TestApp, report: &str) -> String {
    app.registrar().get(&format!("/api/v1/misuse-reports/{report}")).expect(200).text("/state")
}

fn official_of(app: &TestApp, body: &str) -> Client {
    let body = BodyName::parse(body).expect("a name");
    app.client(Role::Official { body, province: ProvinceId::parse(HAI_PHONG).expect("a unit") })
}

fn ids(client: &Client) -> Vec<String> {
    client.list(CASES, "/id")
}

on_both_databases! {
    fn a_case_rests_on_reports_each_of_which_is_in_one_case(db) {
        let app = TestApp::start(db);
        let registrar = app.provincial(HAI_PHONG);
        let (first, second) = (reported(&app, &app.anonymous(), json!({})), reported(&app, &app.anonymous(), json!({})));
        let away = reported(&app, &app.anonymous(), json!({ "province": "01" }));
        let form = json!({ "reports": [first], "subject": "unknown" });
        let opened = registrar.post(CASES, &form).expect(201);
        assert_eq!((opened.text("/province"), opened.json()["reports"].clone()), ("31".into(), json!([first])));
        assert_eq!(state_of(&app, &first), "in_case");
        registrar.post(CASES, &form).expect_invalid(&[("/reports/0", "not_open")]);
        let attach = |reports: Value| json!({ "event": "attach", "reports": reports });
        let refused = registrar.happen("cases", &opened, attach(json!([away])));
        refused.expect_invalid(&[("/reports/0", "unknown_report")]);
        registrar.happen("cases", &opened, attach(json!([first]))).expect_invalid(&[("/reports/0", "twice")]);
        registrar.happen("cases", &opened, attach(json!([]))).expect_invalid(&[("/reports", "empty")]);
        let both = registrar.happen("cases", &opened, attach(json!([second]))).expect(201);
        assert_eq!(both.json()["reports"], json!([first, second]));
        let dismissed = registrar.happen("cases", &both, asked("dismiss")).expect(201);
        assert_eq!([&first, &second, &away].map(|id| state_of(&app, id)), ["closed", "closed", "received"]);
        registrar.happen("cases", &dismissed, attach(json!([away]))).expect_problem(409, "wrong-state");
    }

    fn an_official_follows_how_a_case_stands_that_they_reported_and_no_more(db) {
        let app = TestApp::start(db);
        let (official, other) = (app.official(), app.official());
        let report = reported(&app, &official, json!({}));
        let registrar = app.provincial(HAI_PHONG);
        assert_eq!(ids(&official), [] as [&str; 0]);
        let opened = registrar.post(CASES, &json!({ "reports": [report], "subject": "claimed", "claimed_name": "Lê An" }));
        let opened = opened.expect(201);
        let seen = official.get(&opened.path("cases")).expect(200).json();
        let fields: Vec<_> = seen.as_object().expect("a case").keys().cloned().collect();
        assert_eq!(fields, ["id", "opened_at", "state"]);
        assert_eq!(ids(&official), [opened.text("/id")]);
        assert_eq!(ids(&other), [] as [&str; 0]);
        other.get(&opened.path("cases")).expect_problem(404, "not-found");
        official.get(&format!("{}/events", opened.path("cases"))).expect_problem(403, "forbidden");
    }

    fn an_official_does_not_follow_a_case_against_their_own_body(db) {
        let app = TestApp::start(db);
        let official = official_of(&app, "Ủy ban nhân dân xã Ví Dụ");
        let (of_own, of_another) = (reported(&app, &official, json!({})), reported(&app, &official, json!({})));
        let registrar = app.provincial(HAI_PHONG);
        let form = |report: &str, body: &str| {
            json!({ "reports": [report], "subject": "body", "body": body, "kind": "SEIZURE" })
        };
        let own = registrar.post(CASES, &form(&of_own, "UỶ BAN NHÂN DÂN XÃ VÍ DỤ")).expect(201);
        let another = registrar.post(CASES, &form(&of_another, "Ủy ban nhân dân xã Khác")).expect(201);
        official.get(&own.path("cases")).expect_problem(404, "not-found");
        official.get(&another.path("cases")).expect(200);
        assert_eq!(ids(&official), [another.text("/id")]);
    }

    fn whoever_reported_never_decides(db) {
        let app = TestApp::start(db);
        let scene = Scene::new(&app);
        let report = reported(&app, &scene.decider, json!({}));
        let mut form = scene.form();
        form["reports"] = json!([report]);
        let opened = scene.opener.post(CASES, &form).expect(201);
        let told = scene.happen(&opened, asked("notify")).expect(201);
        let answered = scene.happen(&told, asked("answer")).expect(201);
        scene.decider.happen("cases", &answered, asked("decide")).expect_problem(403, "second-person-required");
        scene.second.happen("cases", &answered, asked("decide")).expect(201);
    }

    fn nobody_handles_a_case_against_themselves(db) {
        let app = TestApp::start(db);
        let scene = Scene::new(&app);
        // The registrar's account has the address that the person gave.
        let email = app.database.texts("SELECT email AS value FROM users ORDER BY created_at, id").pop().expect("one");
        let person = app.registrar().get(&format!("/api/v1/people/{}", scene.card.text("/person_id"))).expect(200);
        let form = json!({ "email": "chinh.minh@test.example" });
        app.clerk(&scene.agency).patch(&person.path("people"), &person.etag(), &form).expect(200);
        let made = app.admin().post("/api/v1/users", &json!({ "email": "chinh.minh@test.example", "role": "registrar" }));
        let user = made.expect(201).text("/id");
        let oneself = app.sign_in(press_registry::domain::ids::Id::parse(&user).expect("an id"));
        let opened = scene.opened();
        for event in ["dismiss", "notify", "stay"] {
            oneself.happen("cases", &opened, asked(event)).expect_problem(403, "second-person-required");
        }
        // Nor says when a notice arrived, nor which cases are of one person.
        let sent = scene.happen(&opened, json!({ "event": "notify", "means": "post" })).expect(201);
        let notice = scene.opener.list(&format!("{}/notices", sent.path("cases")), "/id").remove(0);
        let notice = oneself.get(&format!("/api/v1/notices/{notice}")).expect(200);
        oneself.happen("notices", &notice, json!({ "event": "serve" })).expect_problem(403, "second-person-required");
        let form = json!({ "subject": "claimed", "claimed_name": "Lê An", "province": "31", "summary": "x" });
        let other = scene.opener.post(CASES, &form).expect(201);
        for (one, to) in [(&sent, &other), (&other, &sent)] {
            let form = json!({ "case_id": to.text("/id"), "reason": "Cùng người" });
            let path = format!("{}/links", one.path("cases"));
            let linked = oneself.post_with(&path, &[("if-match", &one.etag())], &form);
            linked.expect_problem(403, "second-person-required");
        }
        assert!(!email.is_empty());
    }

    fn whom_a_case_is_about_knows_of_it_once_told_and_not_before(db) {
        let app = TestApp::start(db);
        let scene = Scene::new(&app);
        let opened = scene.opened();
        let clerk = app.clerk(&scene.agency);
        let history = format!("{}/events", opened.path("cases"));
        for client in [&scene.holder, &scene.head, &clerk] {
            client.get(&opened.path("cases")).expect_problem(404, "not-found");
            client.get(&history).expect_problem(404, "not-found");
            assert_eq!(ids(client), [] as [&str; 0]);
        }
        let told = scene.happen(&opened, asked("notify")).expect(201);
        for client in [&scene.holder, &scene.head, &clerk] {
            assert_eq!(client.get(&told.path("cases")).expect(200).json(), told.json());
            client.get(&history).expect(200);
            assert_eq!(ids(client), [told.text("/id")]);
        }
        for stranger in [app.head(&app.local_agency()), app.provincial(HA_NOI)] {
            stranger.get(&told.path("cases")).expect_problem(404, "not-found");
            assert_eq!(ids(&stranger), [] as [&str; 0]);
        }
    }

    fn an_auditor_says_what_a_case_is_read_for(db) {
        let app = TestApp::start(db);
        let scene = Scene::new(&app);
        let case = scene.opened();
        let auditor = app.auditor();
        let path = case.path("cases");
        for address in [path.clone(), format!("{path}/events"), CASES.to_owned()] {
            auditor.get(&address).expect_invalid(&[("query:purpose", "missing")]);
            auditor.get(&format!("{address}?purpose=quarterly")).expect_invalid(&[("query:purpose", "too_short")]);
            let long = "a".repeat(201);
            auditor.get(&format!("{address}?purpose={long}")).expect_invalid(&[("query:purpose", "too_long")]);
            auditor.get(&format!("{address}?purpose=quarterly%20audit")).expect(200);
        }
        assert_eq!(auditor.list(&format!("{CASES}?purpose=quarterly%20audit"), "/id"), [case.text("/id")]);
        let missing = "/api/v1/cases/01890a5d-ac96-774b-bcce-b302099a8057";
        auditor.get(missing).expect_problem(404, "not-found");
    }

    fn an_agency_answers_for_itself(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let (head, registrar) = (app.head(&agency), app.provincial(HAI_PHONG));
        let form = json!({
            "subject": "agency", "agency_id": agency.id.to_string(), "kind": "AGENCY_FAILED_TO_COLLECT",
            "summary": "Không thu lại thẻ của người đã nghỉ việc.",
        });
        let opened = registrar.post(CASES, &form).expect(201);
        let told = registrar.happen("cases", &opened, asked("notify")).expect(201);
        let answered = head.happen("cases", &told, asked("answer")).expect(201);
        let mut decision = asked("decide");
        decision["measure"] = "suspend".into();
        let refused = app.registrar().happen("cases", &answered, decision);
        refused.expect_invalid(&[("/measure", "not_for_this_subject")]);
        let decided: Answer = app.registrar().happen("cases", &answered, asked("decide")).expect(201);
        head.happen("cases", &decided, asked("appeal")).expect(201);
    }

    fn acts_against_journalists_are_handled_the_same_way(db) {
        let app = TestApp::start(db);
        let registrar = app.provincial(HAI_PHONG);
        for kind in ["OBSTRUCTION", "SEIZURE", "INSULT_OR_DAMAGE", "THREAT"] {
            let form = json!({
                "subject": "body", "body": "Công ty Ví Dụ", "kind": kind, "summary": "Giữ máy ảnh của phóng viên.",
            });
            let opened = registrar.post(CASES, &form).expect(201);
            registrar.happen("cases", &opened, asked("notify")).expect_invalid(&[("/means", "no_account")]);
            let posted = json!({ "event": "notify", "means": "post" });
            let sent = registrar.happen("cases", &opened, posted).expect(201);
            assert_eq!(sent.text("/notice"), "sent");
            // The body's reply came on paper.
            let answered = registrar.happen("cases", &sent, asked("answer")).expect(201);
            let decided = app.registrar().happen("cases", &answered, asked("decide")).expect(201);
            assert_eq!(decided.text("/decision/kind"), kind);
            registrar.happen("cases", &decided, asked("close")).expect(201);
        }
    }
}
