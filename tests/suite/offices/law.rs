//! What the law of the day of the notice asks. All its rows are held against each other in `domain::offices`.

use super::{OFFICES, assigned, of, office, resident, with, with_card};
use crate::support::app::{HAI_PHONG, TestAgency, TestApp};
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

    fn a_notice_on_paper_is_held_against_the_law_of_its_day(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let registrar = app.provincial(HAI_PHONG);
        let mut form = office(&with_card(&app, &agency), &[]);
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
        // Two persons: whoever wrote it down does not confirm it.
        registrar.happen("offices", &told, json!({ "event": "confirm" })).expect_problem(403, "second-person-required");
        app.registrar().happen("offices", &told, json!({ "event": "confirm" })).expect(201);
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
