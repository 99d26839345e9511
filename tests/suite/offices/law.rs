//! What the law of the day of the notice asks. All its rows are held against each other in `domain::offices`.

use super::{FIRST_DAY, OFFICES, assigned, of, office, resident, with, with_card};
use crate::lookups::state_cards;
use crate::people::duplicates::pair;
use crate::support::answer::Answer;
use crate::support::app::{HAI_PHONG, TestAgency, TestApp};
use crate::support::fixtures::DAY;
use crate::support::on_both_databases;
use press_registry::domain::offices::RULES;
use serde_json::{Value, json};

/// Four reporters of an agency who hold press cards.
fn four(app: &TestApp, agency: &TestAgency) -> [String; 4] {
    [(); 4].map(|()| with_card(app, agency))
}

#[test]
fn every_rule_is_written_in_a_law_and_begins_and_ends_with_it() {
    for rule in RULES {
        let told: (String, String, Option<String>) =
            (rule.source.short(), rule.from.to_string(), rule.to.map(|day| day.to_string()));
        let law = match told.0.as_str() {
            "L2016 Đ22" => ("2017-01-01", Some("2026-06-30")),
            "L2025 Đ21" => ("2026-07-01", None),
            other => panic!("{other}"),
        };
        assert_eq!((told.1.as_str(), told.2.as_deref()), law, "{}", rule.en);
        assert!(!rule.kinds.is_empty() && !rule.vi.is_empty(), "{}", rule.en);
    }
}

on_both_databases! {
    fn notice_is_given_ten_days_before_the_start(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let head = app.head(&agency);
        let form = office(&with_card(&app, &agency), &[]);
        let answer = head.post(&of(&agency), &with(form.clone(), "from", "2026-12-01"));
        let answer = answer.expect_invalid(&[("/from", "too_soon")]);
        assert!(answer.text("/errors/0/detail").contains("(L2025 Đ21)"), "{}", answer.body_text());
        head.post(&of(&agency), &form).expect(201);
        // Nothing is known that asks it of a reporter who only follows a province.
        let follows = with(assigned(&app.person(&agency).text("/id")), "from", "2026-11-22");
        head.post(&of(&agency), &follows).expect(201);
    }

    fn another_reporter_begins_ten_days_after_the_notice(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let (head, registrar) = (app.head(&agency), app.provincial(HAI_PHONG));
        let [first, second] = [(); 2].map(|()| with_card(&app, &agency));
        let told = head.post(&of(&agency), &resident(&first)).expect(201);
        let confirmed = registrar.happen("offices", &told, json!({ "event": "confirm" })).expect(201);
        // Whoever resides there alone is what the notice was of: another one starts anew.
        let another = |on: &str| json!({ "event": "amend", "reporters": [second], "on": on });
        for on in ["2026-11-22", "2026-12-01"] {
            let answer = head.happen("offices", &confirmed, another(on)).expect_invalid(&[("/on", "too_soon")]);
            assert!(answer.text("/errors/0/detail").contains("(L2025 Đ21)"), "{}", answer.body_text());
        }
        let bare = json!({ "event": "amend", "reporters": [second] });
        head.happen("offices", &confirmed, bare).expect_invalid(&[("/on", "too_soon")]);
        // Nothing is known that asks it of another change, nor of whoever only follows the province.
        let papers = json!({ "event": "amend", "documents": ["notice"] });
        let same = head.happen("offices", &confirmed, papers).expect(201);
        let same = registrar.happen("offices", &same, json!({ "event": "confirm" })).expect(201);
        let changed = head.happen("offices", &same, another("2026-12-02")).expect(201);
        // Mending it does not bring it forward.
        let sooner = json!({ "event": "amend", "on": "2026-12-01" });
        head.happen("offices", &changed, sooner).expect_invalid(&[("/on", "too_soon")]);
        app.pass(DAY);
        let head = app.again(&head);
        // Papers that come to it later do not make it late.
        head.happen("offices", &changed, json!({ "event": "amend", "documents": [] })).expect(201);
        let follows = head.post(&of(&agency), &assigned(&first)).expect(201);
        let registrar = app.again(&registrar);
        let follows = registrar.happen("offices", &follows, json!({ "event": "confirm" })).expect(201);
        let another = json!({ "event": "amend", "reporters": [app.person(&agency).text("/id")] });
        head.happen("offices", &follows, another).expect(201);
    }

    fn what_never_began_is_none_of_the_three(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let head = app.head(&agency);
        let people = four(&app, &agency);
        let from = |person: &str, day: &str| head.post(&of(&agency), &with(resident(person), "from", day));
        let planned = from(&people[0], "2027-03-01").expect(201);
        from(&people[1], FIRST_DAY).expect(201);
        from(&people[2], FIRST_DAY).expect(201);
        // It is ended by a day before its first.
        head.happen("offices", &planned, json!({ "event": "close", "on": "2027-01-31" })).expect(201);
        from(&people[3], "2027-01-10").expect(201);
    }

    fn a_notice_on_paper_is_held_against_the_card_of_before_as_it_stood_then(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let (person, registrar) = (app.person(&agency), app.registrar());
        state_cards(&app, &agency, &[("IBT00123", &person.text("/full_name"), "2026-01-02", "")]);
        let on_paper = |day: &str| {
            let mut form = resident(&person.text("/id"));
            (form["notified_on"], form["from"]) = (day.into(), "2027-06-01".into());
            app.registrar().post(&of(&agency), &form)
        };
        let no_card = [("/reporters/0", "no_press_card")];
        // Revoked on the 24th, back on the 26th, lost on the 28th.
        let card = registrar.get("/api/v1/state-cards?number=IBT00123").expect(200).text("/items/0/id");
        let happens = |event: &str, ground: &str| {
            app.pass(2 * DAY);
            let registrar = app.again(&registrar);
            let seen = registrar.get(&format!("/api/v1/state-cards/{card}")).expect(200);
            let body = json!({ "event": event, "ground": ground, "reason": "QĐ 12/2026" });
            registrar.happen("state-cards", &seen, body).expect(201);
        };
        happens("revoke", "prosecution");
        happens("reinstate", "prosecution_ended");
        happens("report_lost", "lost");
        for (day, held) in [
            ("2026-11-23", true), ("2026-11-24", false), ("2026-11-25", false), ("2026-11-26", true),
            ("2026-11-27", true), ("2026-11-28", false),
        ] {
            let answer = on_paper(day);
            if held {
                answer.expect(201);
            } else {
                answer.expect_invalid(&no_card);
            }
            // The limit of three is another matter.
            app.database.run("UPDATE offices SET state = 'withdrawn'").expect("a statement");
        }
    }

    fn a_notice_on_paper_is_held_against_the_card_of_its_day(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let card = app.issued_card(&agency);
        let on_paper = |day: &str| {
            let mut form = resident(&card.text("/person_id"));
            (form["notified_on"], form["from"]) = (day.into(), "2027-06-01".into());
            app.registrar().post(&of(&agency), &form)
        };
        let no_card = [("/reporters/0", "no_press_card")];
        on_paper("2026-11-21").expect_invalid(&no_card);
        on_paper("2026-11-22").expect(201);
        // Suspended on the 24th, and back on the 26th.
        let happens = |seen: &Answer, body: Value| app.registrar().happen("credentials", seen, body).expect(201);
        app.pass(2 * DAY);
        let suspended = happens(&card, json!({ "event": "suspend", "ground": "inquiry", "reason": "x" }));
        app.pass(DAY);
        on_paper("2026-11-23").expect(201);
        for day in ["2026-11-24", "2026-11-25"] {
            on_paper(day).expect_invalid(&no_card);
        }
        app.pass(DAY);
        let back = happens(&suspended, json!({ "event": "reinstate", "reason": "x" }));
        on_paper("2026-11-25").expect_invalid(&no_card);
        // The limit of three is another matter.
        let closed = "UPDATE offices SET state = 'withdrawn'";
        app.database.run(closed).expect("a statement");
        on_paper("2026-11-26").expect(201);
        app.pass(DAY);
        happens(&back, json!({ "event": "revoke", "ground": "error", "reason": "x" }));
        on_paper("2026-11-27").expect_invalid(&no_card);
        on_paper("2026-11-26").expect(201);
    }

    fn a_card_of_before_the_registry_is_a_press_card(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = app.person(&agency);
        state_cards(&app, &agency, &[("IBT00123", &person.text("/full_name"), "2026-06-10", "")]);
        let mut form = resident(&person.text("/id"));
        app.head(&agency).post(&of(&agency), &form).expect(201);
        (form["notified_on"], form["no_discipline_past_year"]) = ("2026-06-09".into(), true.into());
        app.registrar().post(&of(&agency), &form).expect_invalid(&[("/reporters/0", "no_press_card")]);
        form["notified_on"] = "2026-06-10".into();
        app.registrar().post(&of(&agency), &form).expect(201);
    }

    fn a_card_of_before_was_handed_in_for_one_that_another_agency_proposed(db) {
        let app = TestApp::start(db);
        let (agency, other) = (app.central_agency(), app.central_agency());
        let (here, there, _) = pair(&app, &agency, &other);
        app.issued_to(&other, &there.text("/id"));
        let person = here.text("/id");
        state_cards(&app, &agency, &[("IBT00123", &here.text("/full_name"), "2026-01-02", "")]);
        let head = app.head(&agency);
        head.post(&of(&agency), &resident(&person)).expect_invalid(&[("/reporters/0", "no_press_card")]);
        let told = head.post(&of(&agency), &office(&with_card(&app, &agency), &[&person])).expect(201);
        assert_eq!(told.text("/people/1/person_id"), person);
        assert_eq!(told.json()["people"][1]["press_card"], Value::Null);
    }

    fn a_notice_on_paper_is_held_against_the_law_of_its_day(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let registrar = app.provincial(HAI_PHONG);
        let leader = app.person(&agency);
        state_cards(&app, &agency, &[("IBT00123", &leader.text("/full_name"), "2026-01-02", "")]);
        let mut form = office(&leader.text("/id"), &[]);
        form["notified_on"] = "2026-06-16".into();
        form["from"] = "2026-06-30".into();
        registrar.post(&of(&agency), &form).expect_invalid(&[
            ("/from", "too_soon"),
            ("/documents", "missing_document"),
            ("/no_discipline_past_year", "not_declared"),
        ]);
        form["documents"] = json!([
            "notice", "governing_body_consent", "licence_copy", "premises_proof", "staff_list", "curriculum_vitae",
            "press_card_copy", "office_rules",
        ]);
        (form["no_discipline_past_year"], form["from"]) = (true.into(), "2026-07-01".into());
        let told = registrar.post(&of(&agency), &form).expect(201);
        assert_eq!((told.text("/state"), told.text("/notified_on")), ("notified".into(), "2026-06-16".into()));
        // What is stated of somebody is apart, about them; it is in no field of the office.
        let personal = app.database.texts("SELECT fields AS value FROM event_personal WHERE fields LIKE '%no_discipline%'");
        assert_eq!(personal.len(), 1);
        assert!(!told.body_text().contains("discipline"), "{}", told.body_text());
        // Changes and the end were told of five days before.
        let close = |on: &str| json!({ "event": "close", "on": on, "notified_on": "2026-06-20" });
        registrar.happen("offices", &told, close("2026-06-24")).expect_invalid(&[("/on", "too_soon")]);
        assert_eq!(registrar.happen("offices", &told, close("2026-06-25")).expect(201).text("/to"), "2026-06-25");
    }

    fn only_a_registrar_says_when_a_paper_came(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let form = assigned(&app.person(&agency).text("/id"));
        let dated = with(form.clone(), "notified_on", "2026-11-01");
        app.head(&agency).post(&of(&agency), &dated).expect_problem(403, "forbidden");
        app.clerk(&agency).post(&of(&agency), &dated).expect_problem(403, "forbidden");
        let tomorrow = with(form.clone(), "notified_on", "2026-11-23");
        app.registrar().post(&of(&agency), &tomorrow).expect_invalid(&[("/notified_on", "in_future")]);
        let before = with(form.clone(), "notified_on", "2016-12-31");
        app.registrar().post(&of(&agency), &before).expect_invalid(&[("/notified_on", "too_early")]);
        let registrar = app.registrar();
        let told = registrar.post(&of(&agency), &dated).expect(201);
        // That is judged before what the request is about.
        let dated = json!({ "event": "close", "notified_on": "2026-11-01", "address": "x" });
        for etag in ["\"0\"", &told.etag()] {
            app.head(&agency).event(&told.path("offices"), etag, dated.clone()).expect_problem(403, "forbidden");
        }
        // Two persons: whoever wrote it down does not confirm it.
        registrar.happen("offices", &told, json!({ "event": "confirm" })).expect_problem(403, "second-person-required");
        app.registrar().happen("offices", &told, json!({ "event": "confirm" })).expect(201);
    }

    fn whoever_wrote_a_notice_down_does_not_confirm_it_after_somebody_elses_change_either(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let registrar = app.registrar();
        let form = with(assigned(&app.person(&agency).text("/id")), "notified_on", "2026-11-01");
        let told = registrar.post(&of(&agency), &form).expect(201);
        let amend = json!({ "event": "amend", "documents": ["notice"] });
        let amended = app.head(&agency).happen("offices", &told, amend).expect(201);
        let confirm = || json!({ "event": "confirm" });
        registrar.happen("offices", &amended, confirm()).expect_problem(403, "second-person-required");
        let confirmed = app.registrar().happen("offices", &amended, confirm()).expect(201);
        // What is there is closed; only what never was is taken back.
        let amend = json!({ "event": "amend", "documents": [] });
        let amended = app.head(&agency).happen("offices", &confirmed, amend).expect(201);
        assert_eq!(amended.text("/state"), "notified");
        let withdrawn = app.head(&agency).happen("offices", &amended, json!({ "event": "withdraw" }));
        withdrawn.expect_problem(409, "wrong-state");
    }

    fn whoever_ever_mended_a_notice_confirms_no_later_change_of_it_either(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let head = app.head(&agency);
        let [mends, confirms] = [(); 2].map(|()| app.registrar());
        let told = head.post(&of(&agency), &assigned(&app.person(&agency).text("/id"))).expect(201);
        let amend = |papers: &[&str]| json!({ "event": "amend", "documents": papers });
        let confirm = || json!({ "event": "confirm" });
        let mended = mends.happen("offices", &told, amend(&["notice"])).expect(201);
        let confirmed = confirms.happen("offices", &mended, confirm()).expect(201);
        let changed = head.happen("offices", &confirmed, amend(&[])).expect(201);
        mends.happen("offices", &changed, confirm()).expect_problem(403, "second-person-required");
        confirms.happen("offices", &changed, confirm()).expect(201);
    }

    fn the_province_is_the_one_of_the_day_of_the_notice(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let registrar = app.registrar();
        let told = |day: &str, code: &str| {
            let mut form = assigned(&app.person(&agency).text("/id"));
            (form["notified_on"], form["province"]) = (day.into(), code.into());
            registrar.post(&of(&agency), &form)
        };
        let former = told("2025-06-30", "24").expect(201);
        let todays = told("2025-07-01", "24").expect(201);
        let merged = told("2025-06-30", "27").expect(201);
        told("2025-07-01", "27").expect_invalid(&[("/province", "unknown_province")]);
        let units = app.database.texts("SELECT province_id AS value FROM offices ORDER BY id");
        assert_eq!(units, ["24", "24-2025", "27"]);
        let all = [&former, &todays, &merged].map(|it| it.text("/id"));
        assert_eq!(registrar.list(&format!("{OFFICES}?province=24&limit=2"), "/id"), all);
        let bac_ninh = app.provincial("24-2025");
        assert_eq!(bac_ninh.list(OFFICES, "/id"), all);
        bac_ninh.happen("offices", &former, json!({ "event": "confirm" })).expect(201);
    }

    fn an_office_to_come_lifts_no_limit_before_it_is_there(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let head = app.head(&agency);
        let people = four(&app, &agency);
        for person in &people[..3] {
            head.post(&of(&agency), &resident(person)).expect(201);
        }
        let office = with(office(&with_card(&app, &agency), &[]), "from", "2030-01-01");
        let office = head.post(&of(&agency), &office).expect(201);
        app.registrar().happen("offices", &office, json!({ "event": "confirm" })).expect(201);
        let fourth = resident(&people[3]);
        head.post(&of(&agency), &fourth).expect_invalid(&[("/reporters", "too_many_reporters")]);
        head.post(&of(&agency), &with(fourth, "from", "2030-01-01")).expect(201);
    }

    fn three_reporters_reside_in_a_province_without_an_office(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let head = app.head(&agency);
        let people = four(&app, &agency);
        let too_many = [("/reporters", "too_many_reporters")];
        let told: Vec<_> = people[..3].iter().map(|it| head.post(&of(&agency), &resident(it)).expect(201)).collect();
        let fourth = resident(&people[3]);
        head.post(&of(&agency), &fourth).expect_invalid(&too_many);
        // Elsewhere, or of another agency, or of the centre, is another matter.
        let there = head.post(&of(&agency), &with(fourth.clone(), "province", "01")).expect(201);
        head.happen("offices", &there, json!({ "event": "withdraw" })).expect(201);
        let central = head.post(&of(&agency), &with(fourth.clone(), "of_centre", true)).expect(201);
        head.happen("offices", &central, json!({ "event": "withdraw" })).expect(201);
        let other = app.central_agency();
        app.head(&other).post(&of(&other), &resident(&with_card(&app, &other))).expect(201);
        // Mending one of the three does not make a fourth.
        let amend = json!({ "event": "amend", "documents": ["notice"] });
        let amended = head.happen("offices", &told[0], amend).expect(201);
        head.post(&of(&agency), &fourth).expect_invalid(&too_many);
        head.happen("offices", &amended, json!({ "event": "close" })).expect(201);
        head.post(&of(&agency), &fourth).expect(201);
        // With an office in the province the rule does not apply; a notice alone is none.
        let there = head.post(&of(&agency), &office(&people[0], &[])).expect(201);
        let fifth = resident(&with_card(&app, &agency));
        head.post(&of(&agency), &fifth).expect_invalid(&too_many);
        app.registrar().happen("offices", &there, json!({ "event": "confirm" })).expect(201);
        head.post(&of(&agency), &fifth).expect(201);
        let local = app.local_agency();
        let person = app.person(&local).text("/id");
        let of_centre = with(assigned(&person), "of_centre", true);
        app.head(&local).post(&of(&local), &of_centre).expect_invalid(&[("/of_centre", "not_for_local")]);
    }

    fn who_only_follows_a_province_needs_no_card_and_is_none_of_the_three(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let head = app.head(&agency);
        let without_card = app.person(&agency).text("/id");
        head.post(&of(&agency), &resident(&without_card)).expect_invalid(&[("/reporters/0", "no_press_card")]);
        // Nor does it begin ten days after the notice.
        let follows = |person: &str| head.post(&of(&agency), &with(assigned(person), "from", "2026-11-22")).expect(201);
        for person in [&without_card, &app.person(&agency).text("/id"), &app.person(&agency).text("/id")] {
            follows(person);
        }
        let people = four(&app, &agency);
        for person in &people[..3] {
            head.post(&of(&agency), &resident(person)).expect(201);
        }
        head.post(&of(&agency), &resident(&people[3])).expect_invalid(&[("/reporters", "too_many_reporters")]);
        follows(&people[3]);
    }

    fn who_is_to_leave_counts_until_the_last_day(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let head = app.head(&agency);
        let people = four(&app, &agency);
        let told: Vec<_> = people[..3].iter().map(|it| head.post(&of(&agency), &resident(it)).expect(201)).collect();
        head.happen("offices", &told[0], json!({ "event": "close", "on": "2026-12-31" })).expect(201);
        let begins = |day: &str| head.post(&of(&agency), &with(resident(&people[3]), "from", day));
        begins("2026-12-31").expect_invalid(&[("/reporters", "too_many_reporters")]);
        begins("2027-01-01").expect(201);
    }

    fn provinces_that_became_one_are_one_for_the_limit(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let registrar = app.registrar();
        let people = four(&app, &agency);
        let names = people.each_ref().map(|id| app.clerk(&agency).get(&format!("/api/v1/people/{id}")).expect(200).text("/full_name"));
        let cards = [("IBT00121", 0), ("IBT00122", 1), ("IBT00123", 2)];
        state_cards(&app, &agency, &cards.map(|(number, at)| (number, &*names[at], "2021-05-01", "")));
        for (person, code) in people[..3].iter().zip(["24", "27", "24"]) {
            let mut form = resident(person);
            (form["province"], form["notified_on"]) = (code.into(), "2025-06-01".into());
            (form["from"], form["no_discipline_past_year"]) = ("2025-06-20".into(), true.into());
            registrar.post(&of(&agency), &form).expect(201);
        }
        let fourth = with(resident(&people[3]), "province", "24");
        app.head(&agency).post(&of(&agency), &fourth).expect_invalid(&[("/reporters", "too_many_reporters")]);
    }

    fn who_leads_an_office_holds_a_valid_card_of_the_agency(db) {
        let app = TestApp::start(db);
        let (agency, other) = (app.central_agency(), app.central_agency());
        let head = app.head(&agency);
        let refused = |form: &Value, pointer: &str| {
            head.post(&of(&agency), form).expect_invalid(&[(pointer, "no_press_card")]);
        };
        let person = app.person(&agency).text("/id");
        refused(&office(&person, &[]), "/head");
        refused(&resident(&person), "/reporters/0");
        let card = app.issued_card(&agency);
        let suspend = json!({ "event": "suspend", "ground": "inquiry", "reason": "x" });
        let registrar = app.registrar();
        let suspended = registrar.happen("credentials", &card, suspend).expect(201);
        refused(&office(&card.text("/person_id"), &[]), "/head");
        registrar.happen("credentials", &suspended, json!({ "event": "reinstate", "reason": "x" })).expect(201);
        head.post(&of(&agency), &office(&card.text("/person_id"), &[&person])).expect(201);
        // Another agency's card is none of this one's.
        let stranger = with_card(&app, &other);
        head.post(&of(&agency), &office(&stranger, &[])).expect_invalid(&[("/head", "unknown_person")]);
    }
}
