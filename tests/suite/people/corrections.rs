//! Engagements that end earlier than was said, and days that were written down wrong.

use super::engagement_of;
use crate::agencies::successions::{carried_out, merger, parted};
use crate::support::answer::Answer;
use crate::support::app::{Client, TestAgency, TestApp};
use crate::support::fixtures::{DAY, picture};
use crate::support::on_both_databases;
use crate::withdrawals::decide;
use press_registry::app::returns;
use serde_json::{Value, json};

fn end(to: &str) -> Value {
    json!({ "event": "end", "reason": "Hết hợp đồng", "to": to })
}

fn correct(days: Value) -> Value {
    let mut form = days;
    form["event"] = "correct".into();
    form["reason"] = "Ghi nhầm năm".into();
    form
}

/// Lets something happen to somebody's first engagement, as it is known now.
fn happen(clerk: &Client, person: &Answer, form: Value) -> Answer {
    let seen = clerk.get(&person.path("people")).expect(200);
    clerk.event(&engagement_of(person), &seen.etag(), form)
}

/// Somebody of the staff since this day.
fn since(app: &TestApp, agency: &TestAgency, day: &str) -> Answer {
    let mut form = app.person_form();
    form["engagement"]["from"] = day.into();
    app.entered(agency, &form)
}

fn state(app: &TestApp, credential: &Answer) -> String {
    app.registrar().get(&credential.path("credentials")).expect(200).text("/state")
}

on_both_databases! {
    fn whoever_goes_earlier_than_was_said_is_gone_with_their_papers(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let (clerk, person) = (app.clerk(&agency), app.person(&agency));
        let letter = app.head(&agency).post("/api/v1/letters", &app.letter_form(&person.text("/id"))).expect(201);
        happen(&clerk, &person, end("2026-12-31")).expect(201);
        assert_eq!(state(&app, &letter), "active");
        for later in ["2026-12-31", "2027-01-31"] {
            happen(&clerk, &person, end(later)).expect_invalid(&[("/to", "not_earlier")]);
        }
        happen(&clerk, &person, end("2020-01-01")).expect_invalid(&[("/to", "before_it_began")]);
        happen(&clerk, &person, json!({ "event": "end", "reason": " ", "to": "2026-12-01" })).expect_invalid(&[("/reason", "empty")]);
        let earlier = happen(&clerk, &person, end("2026-11-30")).expect(201);
        assert_eq!(earlier.text("/engagements/0/to"), "2026-11-30");
        let today = happen(&clerk, &person, json!({ "event": "end", "reason": "Tự ý bỏ việc" })).expect(201);
        assert_eq!((today.text("/engagements/0/to"), state(&app, &letter)), ("2026-11-22".into(), "revoked".into()));
        let told = app.database.texts("SELECT data AS value FROM events WHERE type = 'engagement.ended' ORDER BY idx");
        let days = ["2026-12-31", "2026-11-30", "2026-11-22"];
        assert!(told.len() == 3 && told.iter().zip(days).all(|(event, day)| event.contains(day)), "{told:?}");
        // Once the last day has passed, it is over.
        app.pass(DAY);
        let clerk = app.again(&clerk);
        clerk.event(&engagement_of(&person), &today.etag(), end("2026-11-21")).expect_problem(409, "wrong-state");
    }

    fn a_first_day_that_was_written_down_wrong_is_corrected_and_the_law_is_asked_again(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let (clerk, registrar) = (app.clerk(&agency), app.registrar());
        let person = since(&app, &agency, "2026-01-02");
        let submitted = app.submitted(&agency, &[&person.text("/id")]);
        let approve = || registrar.happen("applications", &submitted, json!({ "event": "approve" }));
        approve().expect_invalid(&[("/reason", "reasons_required")]);
        let corrected = happen(&clerk, &person, correct(json!({ "from": "2016-01-02" }))).expect(201);
        assert_eq!(corrected.text("/engagements/0/from"), "2016-01-02");
        assert_eq!(corrected.json()["engagements"].as_array().map(Vec::len), Some(1));
        approve().expect(201);
        // What was written before is in the log, apart from what is no person's own.
        let fields = "SELECT fields AS value FROM event_personal JOIN events ON idx = event_idx WHERE type = 'engagement.corrected'";
        let told: Value = serde_json::from_str(&app.database.texts(fields)[0]).expect("JSON");
        assert_eq!(told, json!({
            "reason": "Ghi nhầm năm", "from": "2016-01-02", "to": null, "before": { "from": "2026-01-02", "to": null },
        }));
        let open = app.database.texts("SELECT data AS value FROM events WHERE type = 'engagement.corrected'").remove(0);
        assert!(open.contains(&person.text("/engagements/0/id")) && !open.contains("2016-01-02"), "{open}");
    }

    fn what_cannot_be_so_is_refused(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let person = since(&app, &agency, "2026-01-02");
        let happen = |form: Value| happen(&clerk, &person, form);
        happen(correct(json!({}))).expect_invalid(&[("/from", "unchanged")]);
        happen(correct(json!({ "from": "2026-01-02" }))).expect_invalid(&[("/from", "unchanged")]);
        happen(correct(json!({ "from": "1926-01-02" }))).expect_invalid(&[("/from", "before_birth")]);
        happen(correct(json!({ "from": "2026-11-23" }))).expect_invalid(&[("/from", "in_the_future")]);
        happen(correct(json!({ "to": "2026-11-30" }))).expect_invalid(&[("/to", "not_ended")]);
        let mut ends = end("2026-11-30");
        ends["from"] = "2016-01-02".into();
        happen(ends).expect_invalid(&[("/from", "not_for_this_event")]);
        happen(json!({ "event": "correct", "reason": "", "from": "2/1/2016" }))
            .expect_invalid(&[("/reason", "empty"), ("/from", "not_a_date")]);
        let ended = happen(end("2026-11-30")).expect(201);
        happen(correct(json!({ "from": "2026-12-01" }))).expect_invalid(&[("/from", "before_it_began")]);
        happen(correct(json!({ "to": "2026-01-01" }))).expect_invalid(&[("/to", "before_it_began")]);
        let next = json!({ "kind": "staff", "post": "Biên tập viên", "from": "2026-12-01" });
        clerk.post_with(&format!("{}/engagements", person.path("people")), &[("if-match", &ended.etag())], &next).expect(201);
        happen(correct(json!({ "to": "2026-12-01" }))).expect_invalid(&[("/to", "overlaps")]);
        assert_eq!(app.database.number("SELECT COUNT(*) AS value FROM events WHERE type = 'engagement.corrected'"), 0);
    }

    fn what_rests_on_the_days_follows_their_correction(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let card = app.issued_card(&agency);
        let person = clerk.get(&format!("/api/v1/people/{}", card.text("/person_id"))).expect(200);
        let letter = app.head(&agency).post("/api/v1/letters", &app.letter_form(&person.text("/id"))).expect(201);
        happen(&clerk, &person, end("2026-12-31")).expect(201);
        // They left a month before, and not in a month.
        let gone = happen(&clerk, &person, correct(json!({ "to": "2026-10-31" }))).expect(201);
        assert_eq!(state(&app, &letter), "revoked");
        returns::keep(&app.registry).expect("a run");
        let queue = || app.registrar().get("/api/v1/credentials/to-return").expect(200).json()["items"].clone();
        assert_eq!(queue()[0]["since"], "2026-10-31T17:00:00Z");
        clerk.get(&person.path("people")).expect_problem(404, "not-found");
        // That was the mistake: the agency mends what it wrote, though they are off its list.
        let back = correct(json!({ "to": "2026-12-31" }));
        let stranger = app.clerk(&app.central_agency());
        stranger.event(&engagement_of(&person), &gone.etag(), back.clone()).expect_problem(404, "not-found");
        app.registrar().event(&engagement_of(&person), &gone.etag(), back.clone()).expect_problem(403, "forbidden");
        let back = clerk.event(&engagement_of(&person), &gone.etag(), back).expect(201);
        assert_eq!(back.etag(), clerk.get(&person.path("people")).expect(200).etag());
        assert_eq!(clerk.list(&super::people_of(&agency), "/id"), [person.text("/id")]);
        returns::keep(&app.registry).expect("a run");
        assert_eq!((queue(), state(&app, &letter)), (json!([]), "revoked".into()));
    }

    fn nobody_works_again_at_an_agency_that_gave_them_up_and_was_closed(db) {
        let app = TestApp::start(db);
        let [old, part] = std::array::from_fn(|_| app.central_agency());
        let person = app.person(&old);
        carried_out(&app, "splits", &parted(&old, &part, &[&person.text("/id")]));
        decide(&app, &old, "close");
        let clerk = app.clerk(&part);
        for to in ["2026-11-22", "2026-12-31"] {
            happen(&clerk, &person, correct(json!({ "to": to }))).expect_invalid(&[("/to", "after_the_end")]);
        }
        happen(&clerk, &person, correct(json!({ "to": "2026-11-20" }))).expect(201);
    }

    fn whoever_stayed_at_an_agency_that_gave_others_up_left_it_when_it_was_closed(db) {
        let app = TestApp::start(db);
        let [old, part] = std::array::from_fn(|_| app.central_agency());
        let given = app.person(&old).text("/id");
        let (person, leaving) = (super::shared(&app, &[&old, &part]), super::shared(&app, &[&old, &part]));
        let of_old = |id: &str| {
            let work = app.registrar().get(&format!("/api/v1/people/{id}")).expect(200).json()["engagements"].clone();
            let there = |it: &&Value| it["agency_id"] == json!(old.id.to_string());
            let found = work.as_array().expect("work").iter().find(there).expect("work there")["id"].clone();
            format!("/api/v1/people/{id}/engagements/{}", found.as_str().expect("an id"))
        };
        let happen_to = |id: &str, form: Value| {
            let clerk = app.clerk(&part);
            clerk.event(&of_old(id), &clerk.get(&format!("/api/v1/people/{id}")).expect(200).etag(), form)
        };
        let clerk = app.clerk(&old);
        let seen = clerk.get(&format!("/api/v1/people/{leaving}")).expect(200);
        clerk.event(&of_old(&leaving), &seen.etag(), end("2026-12-31")).expect(201);
        carried_out(&app, "splits", &parted(&old, &part, &[&given]));
        app.pass(DAY);
        decide(&app, &old, "close");
        app.pass(2 * DAY);
        // What is not said is not judged; what is, by the day of the closing, which is named.
        for id in [&person, &leaving] {
            happen_to(id, correct(json!({ "from": "2016-01-02" }))).expect(201);
            happen_to(id, correct(json!({ "from": "2026-11-24" }))).expect_invalid(&[("/from", "after_the_end")]);
        }
        for (id, form) in [(&person, end("2026-11-24")), (&leaving, correct(json!({ "to": "2026-12-30" })))] {
            let refused = happen_to(id, form).expect_invalid(&[("/to", "after_the_end")]);
            assert!(refused.body_text().contains("2026-11-23"), "{}", refused.body_text());
        }
        let without_day = json!({ "event": "end", "reason": "Hết hợp đồng" });
        happen_to(&person, without_day).expect_invalid(&[("/to", "after_the_end")]);
        happen_to(&person, end("2026-11-23")).expect(201);
        happen_to(&leaving, correct(json!({ "to": "2026-11-23" }))).expect(201);
    }

    fn days_at_an_agency_that_has_ended_are_corrected_by_whoever_took_its_place(db) {
        let app = TestApp::start(db);
        let [old, new, part, other] = std::array::from_fn(|_| app.central_agency());
        let mut form = app.person_form();
        (form["engagement"]["kind"], form["engagement"]["from"]) = ("collaborator".into(), "2026-01-02".into());
        let (person, gone_before) = (app.entered(&old, &form), since(&app, &old, "2020-01-02"));
        happen(&app.clerk(&old), &gone_before, end("2025-06-30")).expect(201);
        carried_out(&app, "mergers", &merger(&[&old], &new));
        let clerk = app.clerk(&new);
        let seen = clerk.get(&person.path("people")).expect(200);
        let days = |seen: &Answer| {
            let work = seen.json()["engagements"].as_array().expect("work").clone();
            work.iter().map(|it| format!("{} {}", it["from"], it["to"]).replace('"', "")).collect::<Vec<_>>()
        };
        assert_eq!(days(&seen), ["2026-01-02 2026-11-21", "2026-11-22 null"], "what was at the one before is its own to see");
        assert_eq!(clerk.get(&format!("/api/v1/agencies/{}/people", new.id)).expect(200).json()["items"][0], seen.json());
        let mended = happen(&clerk, &person, correct(json!({ "from": "2016-01-02" }))).expect(201);
        assert_eq!(days(&mended), ["2016-01-02 2026-11-21", "2026-11-22 null"]);
        happen(&clerk, &person, correct(json!({ "to": "2026-11-22" }))).expect_invalid(&[("/to", "after_the_end")]);
        happen(&clerk, &person, end("2026-10-31")).expect_problem(409, "wrong-state");
        let mended = happen(&clerk, &person, correct(json!({ "to": "2026-10-31" }))).expect(201);
        // Not whom it does not know, nor anybody whom another has.
        clerk.event(&engagement_of(&gone_before), "\"3\"", correct(json!({ "from": "2016-01-02" }))).expect_problem(404, "not-found");
        let stranger = correct(json!({ "from": "2015-01-02" }));
        app.clerk(&other).event(&engagement_of(&person), &mended.etag(), stranger.clone()).expect_problem(404, "not-found");
        // With a part that goes to another agency its own past goes, too.
        carried_out(&app, "splits", &parted(&new, &part, &[&person.text("/id")]));
        let now = app.clerk(&part).get(&person.path("people")).expect(200);
        assert_eq!(days(&now), ["2016-01-02 2026-10-31", "2026-11-22 null"]);
    }

    fn what_a_merger_shows_of_a_record_comes_with_another_tag(db) {
        let app = TestApp::start(db);
        let [old, new] = std::array::from_fn(|_| app.central_agency());
        app.person(&old);
        let path = format!("/api/v1/people/{}", super::shared(&app, &[&old, &new]));
        let former = app.clerk(&old).get(&path).expect(200);
        app.clerk(&old).event(&engagement_of(&former), &former.etag(), end("2025-10-31")).expect(201);
        let clerk = app.clerk(&new);
        let before = clerk.get(&path).expect(200);
        let merger = json!({ "predecessors": [old.id.to_string()], "successor": new.id.to_string(), "reason": "QĐ 1" });
        carried_out(&app, "mergers", &merger);
        let after = clerk.get(&path).expect(200);
        let shown = |it: &Answer| it.json()["engagements"].as_array().map(Vec::len);
        assert_eq!((shown(&before), shown(&after)), (Some(1), Some(2)));
        let change = json!({ "pen_name": "Bưởi" });
        let picture_with = |etag: &str| clerk.put(&format!("{path}/portrait"), etag, "image/png", &picture(1));
        clerk.patch(&path, &before.etag(), &change).expect_problem(412, "precondition-failed");
        picture_with(&before.etag()).expect_problem(412, "precondition-failed");
        let changed = clerk.patch(&path, &after.etag(), &change).expect(200);
        assert_eq!(changed.etag(), clerk.get(&path).expect(200).etag());
        // And whoever changes it by another door has read the same.
        let work = json!({ "kind": "staff", "post": "Biên tập viên", "from": "2025-11-01" });
        let begin = |etag: &str| clerk.post_with(&format!("{path}/engagements"), &[("if-match", etag)], &work);
        begin(&changed.etag()).expect_invalid(&[("/from", "overlaps")]);
        let changed = picture_with(&changed.etag()).expect(200);
        let work = changed.json()["engagements"].as_array().expect("work").clone();
        let own = work.iter().find(|it| it["to"].is_null()).and_then(|it| it["id"].as_str()).expect("work there");
        let own = format!("{path}/engagements/{own}");
        clerk.event(&own, &changed.etag(), end("2026-12-31")).expect(201);
    }

    fn nobody_comes_back_by_a_correction_who_may_not_be_entered(db) {
        let app = TestApp::start(db);
        let (agency, other) = (app.central_agency(), app.central_agency());
        let clerk = app.clerk(&agency);
        // Another agency keeps the record now.
        let shared = super::shared(&app, &[&agency, &other]);
        let seen = clerk.get(&format!("/api/v1/people/{shared}")).expect(200);
        let gone = clerk.event(&engagement_of(&seen), &seen.etag(), end("2026-11-21")).expect(201);
        let back = correct(json!({ "to": "2026-12-31" }));
        clerk.event(&engagement_of(&seen), &gone.etag(), back.clone()).expect_problem(404, "not-found");
        // The agency is not at work.
        let person = app.person(&agency);
        let gone = happen(&clerk, &person, end("2026-11-21")).expect(201);
        app.registrar().event(&format!("/api/v1/agencies/{}", agency.id), &agency.etag, json!({ "event": "suspend", "reason": "x" })).expect(201);
        clerk.event(&engagement_of(&person), &gone.etag(), back).expect_problem(409, "wrong-state");
    }
}
