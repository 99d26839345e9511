//! What whoever decides is shown, and against what a reason holds.

use super::asked::{APPLICATIONS, approve, but, form, outcome, plain, submitted, with};
use crate::support::answer::Answer;
use crate::support::app::{HAI_PHONG, TestAgency, TestApp};
use crate::support::on_both_databases;
use serde_json::{Value, json};

/// Somebody whose card of one agency was revoked for discipline, on record at another since 2020 too.
fn disciplined(app: &TestApp, former: &TestAgency, next: &TestAgency) -> String {
    let form = app.person_form();
    let enter = |agency: &TestAgency| app.entered(agency, &form).text("/id");
    let card = app.issued_to(former, &enter(former));
    let revoke = json!({ "event": "revoke", "ground": "discipline", "reason": "QĐ 12/2026" });
    app.registrar().happen("credentials", &card, revoke).expect(201);
    enter(next)
}

fn read(app: &TestApp, it: &Answer) -> Answer {
    app.registrar().get(&it.path("applications")).expect(200)
}

fn conditions(it: &Answer, at: usize) -> Option<Value> {
    it.json()["people"][at].get("decided_against").cloned()
}

on_both_databases! {
    fn no_reason_holds_against_a_condition_that_was_not_shown(db) {
        let app = TestApp::start(db);
        let (former, agency) = (app.central_agency(), app.central_agency());
        let person = disciplined(&app, &former, &agency);
        let sent = submitted(&app, &agency, &form("first", &[(&person, but(json!({ "degree": "lower" })))]));
        assert_eq!(with(&sent, 0, "not_met"), ["degree"], "the agency is not told of another's card");
        let registrar = app.registrar();
        let reason = json!({ "reason": "Bằng được công nhận theo QĐ 5/2026" });
        let refused = approve(&registrar, &sent, reason.clone()).expect_invalid(&[("/reason", "not_shown")]);
        let detail = refused.text("/errors/0/detail");
        assert!(detail.contains(&person) && detail.contains("revoked_card (L2025 Đ28.3e)"), "{detail}");
        assert!(!detail.contains("degree"), "that was shown: {detail}");
        assert_eq!(registrar.list("/api/v1/credentials", "/state"), ["revoked"], "nothing is issued");

        let seen = read(&app, &sent);
        assert_eq!(with(&seen, 0, "not_met"), ["degree", "revoked_card"]);
        assert_ne!(seen.etag(), sent.etag());
        let handed_in = app.head(&agency).get(&sent.path("applications")).expect(200);
        assert_eq!((handed_in.json(), handed_in.etag()), (sent.json(), sent.etag()), "the agency's is as it was");
        approve(&registrar, &seen, json!({})).expect_invalid(&[("/reason", "reasons_required")]);
        let approved = approve(&registrar, &seen, reason).expect(201);
        assert_eq!(conditions(&approved, 0), Some(json!(["degree", "revoked_card"])));
        assert_eq!(read(&app, &approved).etag(), approved.etag());
    }

    fn what_changed_since_it_was_shown_is_shown_again(db) {
        let app = TestApp::start(db);
        let (former, agency) = (app.central_agency(), app.central_agency());
        let person = disciplined(&app, &former, &agency);
        let sent = submitted(&app, &agency, &form("first", &[(&person, plain())]));
        let seen = read(&app, &sent);
        assert_eq!(read(&app, &sent).etag(), seen.etag(), "shown twice, the same");
        let known = [("if-none-match", &*seen.etag())];
        assert_eq!(app.registrar().send("GET", &sent.path("applications"), &known, None).status, 304);
        // The next day the law of that day is asked, also by whoever read it the day before.
        app.at(14 * 3_600);
        let reason = json!({ "reason": "Kỷ luật đã được hủy bỏ" });
        approve(&app.registrar(), &seen, reason.clone()).expect_problem(412, "precondition-failed");
        let again = read(&app, &sent);
        assert_eq!((again.text("/people/0/eligibility/day"), with(&again, 0, "not_met")), ("2026-11-23".into(), vec!["revoked_card".into()]));
        approve(&app.registrar(), &again, reason).expect(201);
    }

    fn whoever_may_decide_names_what_they_were_shown_whatever_they_do(db) {
        let app = TestApp::start(db);
        let (former, agency) = (app.central_agency(), app.local_agency());
        let people = [disciplined(&app, &former, &agency), disciplined(&app, &former, &agency)];
        let facts = [(&*people[0], plain()), (&*people[1], plain())];
        let sent = submitted(&app, &agency, &form("first", &facts));
        // A province endorses by what is kept: it is not told of cards beyond its reach.
        let province = app.provincial(HAI_PHONG);
        let theirs = province.get(&sent.path("applications")).expect(200);
        assert_eq!((theirs.json(), theirs.etag()), (sent.json(), sent.etag()));
        let endorsed = province.happen("applications", &theirs, json!({ "event": "endorse" })).expect(201);
        assert_eq!(outcome(&endorsed, 0, "revoked_card").as_deref(), Some("met"));
        let seen = read(&app, &endorsed);
        let refuse = json!({ "event": "refuse", "reason": "Chưa quá 12 tháng", "people": [people[0]] });
        let refused = app.registrar().happen("applications", &seen, refuse).expect(201);
        // The other one is shown to whoever decides as before, in the answer too.
        assert_eq!(outcome(&refused, 1, "revoked_card").as_deref(), Some("not_met"));
        let again = read(&app, &refused);
        assert_eq!((again.json(), again.etag()), (refused.json(), refused.etag()));
        let back = json!({ "event": "return", "reason": "Bổ sung hồ sơ" });
        let returned = app.registrar().happen("applications", &again, back).expect(201);
        assert_eq!((read(&app, &returned).json(), read(&app, &returned).etag()), (returned.json(), returned.etag()));
        assert_eq!(outcome(&returned, 1, "revoked_card").as_deref(), Some("met"), "nothing is to be decided now");
    }

    fn what_each_was_approved_against_is_told_of_each(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let people = [0; 3].map(|_| app.person(&agency).text("/id"));
        let [degree, none, both] = &people;
        let facts = [
            (&**degree, but(json!({ "degree": "lower" }))),
            (&**none, plain()),
            (&**both, but(json!({ "degree": "college", "discipline": "2026-03-02" }))),
        ];
        let sent = submitted(&app, &agency, &form("first", &facts));
        assert_eq!([0, 1, 2].map(|at| conditions(&sent, at)), [None, None, None], "nothing is decided yet");
        let reason = "Điều động theo QĐ 7/2026";
        let approved = approve(&app.registrar(), &sent, json!({ "reason": reason })).expect(201);
        let told = [Some(json!(["degree"])), None, Some(json!(["degree", "discipline"]))];
        for answer in [&approved, &app.clerk(&agency).get(&sent.path("applications")).expect(200), &read(&app, &sent)] {
            assert_eq!([0, 1, 2].map(|at| conditions(answer, at)), told);
        }
        let list = app.registrar().get(APPLICATIONS).expect(200).json();
        assert_eq!(list["items"][0]["people"][0].get("decided_against"), None, "a list tells it of nobody");
        // Each journalist reads what was decided about them, and of nobody else.
        for (person, told) in people.iter().zip(told) {
            let history = app.holder(person).get(&format!("/api/v1/people/{person}/events")).expect(200).json();
            let items = history["items"].as_array().expect("a list").iter();
            let decided = items.filter(|it| it["type"] == "application.approved").collect::<Vec<_>>();
            let [decided] = decided[..] else { panic!("one decision: {decided:?}") };
            assert_eq!((decided.get("unmet").cloned(), &decided["reason"]), (told, &json!(reason)));
        }
    }
}
