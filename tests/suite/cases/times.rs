//! What takes time: the reply, suspensions and stays that end by themselves; and what is done where nobody can be told.

use super::{CASES, Scene, asked, revoke};
use crate::support::app::{HAI_PHONG, TestApp, open};
use crate::support::on_both_databases;
use press_registry::app::cases::lapse;
use serde_json::{Value, json};
use std::sync::Arc;

fn suspended_for(days: u64) -> Value {
    json!({ "event": "notify", "means": "account", "suspend_days": days, "reason": "Thẻ đang nằm trong tay người khác" })
}

on_both_databases! {
    fn whoever_does_not_reply_is_heard_out_in_working_days(db) {
        let app = TestApp::start(db);
        let scene = Scene::new(&app);
        let posted = scene.along(&[json!({ "event": "notify", "means": "post" })]);
        scene.happen(&posted, asked("decide")).expect_problem(409, "wrong-state");
        // Sent again, and handed over on Thursday, 24 December.
        app.set_time("2026-12-24T03:00:00Z");
        let (opener, decider) = (app.again(&scene.opener), app.again(&scene.decider));
        let handed = json!({ "event": "notify", "means": "in_person", "served_at": "2026-12-24T02:00:00Z" });
        let served = opener.happen("cases", &posted, handed).expect(201);
        // Fifteen working days after that: 1 January is none.
        assert_eq!(served.text("/reply_by"), "2027-01-15T17:00:00Z");
        app.set_time("2027-01-15T16:59:59Z");
        app.again(&decider).happen("cases", &served, asked("decide")).expect_problem(409, "wrong-state");
        app.set_time("2027-01-15T17:00:00Z");
        let decided = app.again(&decider).happen("cases", &served, asked("decide")).expect(201);
        assert_eq!(decided.text("/state"), "decided");
    }

    fn a_notice_is_served_between_its_case_and_now(db) {
        let app = TestApp::start(db);
        let scene = Scene::new(&app);
        let opened = scene.opened();
        let served = |at: &str| json!({ "event": "notify", "means": "in_person", "served_at": at });
        for (at, code) in [("2026-11-21T00:00:00Z", "out_of_range"), ("2027-01-01T00:00:00Z", "out_of_range"), ("x", "not_a_time")] {
            scene.happen(&opened, served(at)).expect_invalid(&[("/served_at", code)]);
        }
        let means = |means: &str| json!({ "event": "notify", "means": means });
        scene.happen(&opened, json!({ "event": "notify" })).expect_invalid(&[("/means", "missing")]);
        scene.happen(&opened, means("pigeon")).expect_invalid(&[("/means", "unknown_means")]);
        scene.happen(&opened, means("not_possible")).expect_invalid(&[("/reason", "missing")]);
        let unknown = scene.opener.post(CASES, &json!({ "subject": "unknown", "summary": "Thẻ giả" })).expect(201);
        scene.happen(&unknown, means("post")).expect_invalid(&[("/means", "nobody_is_known")]);
    }

    fn no_time_is_over_before_anybody_could_know_of_it(db) {
        let app = TestApp::start(db);
        let scene = Scene::new(&app);
        let (opened, posted) = (scene.opened(), scene.along(&[json!({ "event": "notify", "means": "post" })]));
        // Monday; five working days before is Monday, 4 January.
        app.set_time("2027-01-11T03:00:00Z");
        let (opener, decider) = (app.again(&scene.opener), app.again(&scene.decider));
        let handed = |at: &str| json!({ "event": "notify", "means": "in_person", "served_at": at });
        for early in ["2026-11-22T03:00:00Z", "2027-01-03T16:59:59Z"] {
            opener.happen("cases", &opened, handed(early)).expect_invalid(&[("/served_at", "out_of_range")]);
        }
        let late = opener.happen("cases", &opened, handed("2027-01-03T17:00:00Z")).expect(201);
        assert_eq!(late.text("/reply_by"), "2027-01-25T17:00:00Z");
        // A letter that arrived long ago is said to have; the time to reply runs for those five days at most unsaid.
        let notice = opener.list(&format!("{}/notices", posted.path("cases")), "/id").remove(0);
        let notice = opener.get(&format!("/api/v1/notices/{notice}")).expect(200);
        let arrived = json!({ "event": "serve", "served_at": "2026-11-23T03:00:00Z" });
        assert_eq!(opener.happen("notices", &notice, arrived).expect(201).text("/served_at"), "2026-11-23T03:00:00Z");
        let served = opener.get(&posted.path("cases")).expect(200);
        assert_eq!(served.text("/reply_by"), "2027-01-25T17:00:00Z");
        for case in [&late, &served] {
            decider.happen("cases", case, asked("decide")).expect_problem(409, "wrong-state");
        }
    }

    fn a_decision_that_arrived_long_ago_may_be_appealed_against_from_when_that_could_be_written_down(db) {
        let app = TestApp::start(db);
        let registrar = app.registrar();
        let form = json!({ "subject": "body", "body": "Công ty Ví Dụ", "kind": "SEIZURE", "province": "31", "summary": "x" });
        let opened = registrar.post(CASES, &form).expect(201);
        let handed = registrar.happen("cases", &opened, json!({ "event": "notify", "means": "in_person" })).expect(201);
        let answered = registrar.happen("cases", &handed, asked("answer")).expect(201);
        let decided = app.registrar().happen("cases", &answered, asked("decide")).expect(201);
        app.set_time("2027-06-14T03:00:00Z");
        let registrar = app.again(&registrar);
        let owed = registrar.list(&format!("{}/notices", decided.path("cases")), "/id").remove(1);
        let owed = registrar.get(&format!("/api/v1/notices/{owed}")).expect(200);
        let sent = json!({ "event": "send", "means": "in_person", "served_at": "2026-11-22T03:00:00Z" });
        registrar.happen("notices", &owed, sent).expect(201);
        let case = registrar.get(&decided.path("cases")).expect(200);
        // Ninety days after Monday, 7 June.
        assert_eq!(case.json()["decision"]["appeal_until"], "2027-09-05T17:00:00Z");
    }

    fn a_suspension_before_the_decision_ends_by_itself(db) {
        let app = TestApp::start(db);
        let scene = Scene::new(&app);
        let opened = scene.opened();
        for days in [0, 31] {
            scene.happen(&opened, suspended_for(days)).expect_invalid(&[("/suspend_days", "out_of_range")]);
        }
        let told = scene.happen(&opened, suspended_for(30)).expect(201);
        assert_eq!(scene.card_state(), "suspended");
        assert_eq!(told.text("/suspended_until"), "2026-12-22T17:00:00Z");
        let again = json!({ "event": "attach", "suspend_days": 5 });
        scene.happen(&told, again.clone()).expect_problem(409, "wrong-state");
        app.set_time("2026-12-22T16:59:59Z");
        assert_eq!(lapse(&app.registry).expect("looked"), 0);
        app.set_time("2026-12-22T17:00:00Z");
        assert_eq!(lapse(&app.registry).expect("lapsed"), 1);
        assert_eq!(lapse(&app.registry).expect("looked"), 0);
        assert_eq!(scene.card_state(), "active");
        let opener = app.again(&scene.opener);
        let read = opener.get(&told.path("cases")).expect(200);
        assert_eq!(read.json().get("suspended_until"), None);
        opener.happen("cases", &read, again).expect_problem(409, "wrong-state");
    }

    fn two_nodes_end_a_suspension_once(db) {
        let app = TestApp::start(db);
        let scene = Scene::new(&app);
        scene.along(&[suspended_for(7)]);
        let another = Arc::new(open(&app.database, &app.data_dir, &app.base));
        app.pass(8 * 86_400);
        another.clock.set(app.registry.clock.now());
        let done: usize = std::thread::scope(|scope| {
            let nodes = [&app.registry, &another, &app.registry, &another];
            let looking: Vec<_> = nodes.map(|node| scope.spawn(move || lapse(node).expect("looked"))).into_iter().collect();
            looking.into_iter().map(|it| it.join().expect("no panic")).sum()
        });
        assert_eq!(done, 1);
        let types = "SELECT type AS value FROM events WHERE type IN ('case.interim_ended', 'credential.reinstated')";
        assert_eq!(app.database.texts(types).len(), 2);
    }

    fn what_happened_to_a_card_meanwhile_is_not_undone(db) {
        let app = TestApp::start(db);
        let scene = Scene::new(&app);
        scene.along(&[suspended_for(7)]);
        let card = scene.holder.get(&scene.card.path("credentials")).expect(200);
        let lost = json!({ "event": "report_lost", "ground": "lost", "reason": "Rơi" });
        scene.holder.happen("credentials", &card, lost).expect(201);
        app.pass(8 * 86_400);
        assert_eq!(lapse(&app.registry).expect("lapsed"), 1);
        assert_eq!(scene.card_state(), "lost");
    }

    fn a_decision_ends_the_suspension_of_before(db) {
        let app = TestApp::start(db);
        for (outcome, measure, state) in
            [("unfounded", "none", "active"), ("substantiated", "none", "active"), ("substantiated", "suspend", "suspended")]
        {
            let scene = Scene::new(&app);
            let decide = json!({ "event": "decide", "outcome": outcome, "measure": measure, "reason": "Theo hồ sơ" });
            let decided = scene.along(&[suspended_for(7), asked("answer"), decide]);
            assert_eq!((scene.card_state(), decided.json().get("suspended_until")), (state.to_owned(), None));
            app.pass(8 * 86_400);
            assert_eq!(lapse(&app.registry).expect("looked"), 0);
            assert_eq!(scene.card_state(), state);
        }
        let scene = Scene::new(&app);
        scene.along(&[suspended_for(7), asked("answer"), revoke(), asked("confirm")]);
        app.pass(8 * 86_400);
        assert_eq!((lapse(&app.registry).expect("looked"), scene.card_state()), (0, "revoked".into()));
        let scene = Scene::new(&app);
        scene.along(&[suspended_for(7), asked("dismiss")]);
        assert_eq!(scene.card_state(), "active");
    }

    fn a_notice_is_put_off_once_and_not_for_ever(db) {
        let app = TestApp::start(db);
        let scene = Scene::new(&app);
        let opened = scene.opened();
        let stay = |days: u64| json!({ "event": "stay", "days": days, "reason": "Công an đề nghị" });
        for days in [0, 31] {
            scene.happen(&opened, stay(days)).expect_invalid(&[("/days", "out_of_range")]);
        }
        scene.happen(&opened, json!({ "event": "stay" })).expect_invalid(&[("/reason", "missing")]);
        let stayed = scene.happen(&opened, stay(30)).expect(201);
        assert_eq!(stayed.text("/stayed_until"), "2026-12-22T03:00:00Z");
        let suspend = json!({ "event": "attach", "suspend_days": 5 });
        scene.happen(&stayed, suspend).expect_problem(409, "wrong-state");
        app.set_time("2026-12-22T03:00:00Z");
        assert_eq!(lapse(&app.registry).expect("lapsed"), 1);
        let opener = app.again(&scene.opener);
        let read = opener.get(&stayed.path("cases")).expect(200);
        assert_eq!(read.json().get("stayed_until"), None);
        opener.happen("cases", &read, stay(1)).expect_problem(409, "wrong-state");
        assert_eq!(opener.history("cases", &read).last().expect("an event")["type"], "case.stay_ended");
    }

    fn where_nobody_can_be_told_nobody_is_named_and_no_card_is_touched(db) {
        let app = TestApp::start(db);
        let scene = Scene::new(&app);
        let impossible = json!({ "event": "notify", "means": "not_possible", "reason": "Không rõ nơi ở" });
        let suspended = json!({ "event": "attach", "suspend_days": 5 });
        let opened = scene.along(&[]);
        scene.happen(&opened, suspended.clone()).expect_problem(409, "wrong-state");
        let known = scene.happen(&opened, impossible.clone()).expect(201);
        scene.happen(&known, suspended).expect_problem(409, "wrong-state");
        assert_eq!((known.text("/notice"), scene.card_state()), ("not_possible".into(), "active".into()));
        scene.holder.get(&known.path("cases")).expect_problem(404, "not-found");
        for measure in ["suspend", "revoke"] {
            let mut decision = revoke();
            decision["measure"] = measure.into();
            scene.happen(&known, decision).expect_invalid(&[("/measure", "nobody_was_told")]);
        }
        scene.opener.happen("cases", &known, asked("answer")).expect_problem(409, "wrong-state");
        let decided = scene.happen(&known, asked("decide")).expect(201);
        assert_eq!(decided.json()["decision"]["names_subject"], false);
        scene.opener.happen("cases", &decided, asked("appeal")).expect_problem(409, "wrong-state");
        let form = json!({ "subject": "claimed", "claimed_name": "Lê An", "kind": "IMPERSONATION", "summary": "Tự xưng" });
        let claimed = app.provincial(HAI_PHONG).post(CASES, &form).expect(201);
        let told = scene.happen(&claimed, impossible).expect(201);
        let referred = scene.happen(&told, asked("refer")).expect(201);
        let refer = |to: &str| json!({ "event": "refer", "to": to, "reason": "x" });
        scene.happen(&referred, refer("army")).expect_invalid(&[("/to", "unknown_authority")]);
        scene.happen(&referred, asked("decide")).expect(201);
    }
}
