//! An agency of many people goes over, some thousand rows to a statement.

use super::{carried_out, merger, parted};
use crate::support::app::{TestAgency, TestApp};
use crate::support::on_both_databases;
use press_registry::app::people::{self, NewPersonForm};
use press_registry::domain::agencies::AgencyState;
use press_registry::domain::people::{EngagementForm, PersonForm};
use press_registry::policy;
use serde_json::json;

/// More than go into one statement, and the last of them not full.
const MANY: u32 = 2_300;

fn enter(app: &TestApp, agency: &TestAgency, many: u32) {
    let (registry, agency) = (app.registry.clone(), agency.id);
    let entered = app.registry.store.write_blocking(move |tx| {
        for n in 0..many {
            let form = NewPersonForm {
                person: PersonForm {
                    full_name: format!("Nguyễn Văn Ổi {}", n % 97),
                    birth_date: "1990-05-06".to_owned(),
                    national_id: format!("{:012}", 1_000_000 + n),
                    ..PersonForm::default()
                },
                engagement: EngagementForm {
                    kind: "staff".to_owned(),
                    post: "Phóng viên".to_owned(),
                    // Some are about to begin.
                    from: if n % 10 == 0 { "2026-12-01" } else { "2020-01-02" }.to_owned(),
                },
            };
            people::enter(tx, &registry, &policy::the_program_itself(), agency, AgencyState::Active, &form)?;
        }
        Ok(())
    });
    entered.expect("people");
}

on_both_databases! {
    fn everybody_of_a_large_agency_goes_over_with_their_place_in_the_lists(db) {
        let app = TestApp::start(db);
        let (old, new) = (app.central_agency(), app.central_agency());
        enter(&app, &old, MANY);
        let done = carried_out(&app, "mergers", &merger(&[&old], &new));
        assert_eq!(done.json()["shares"][0]["people"], json!(MANY));
        let count = |sql: &str| app.database.number(&format!("SELECT COUNT(*) AS value FROM {sql}"));
        let many = i64::from(MANY);
        assert_eq!(count(&format!("engagements WHERE agency_id = '{}' AND to_day IS NULL", new.id)), many);
        assert_eq!(count(&format!("engagements WHERE agency_id = '{}' AND to_day IS NULL", old.id)), 0);
        assert_eq!(count("engagements WHERE to_day < from_day"), 0, "nobody's last day is before the first");
        assert_eq!(count("events WHERE type = 'engagement.carried'"), many);
        assert_eq!(count(&format!("people_words WHERE agency_id = '{}'", old.id)), 0);
        let clerk = app.clerk(&new);
        let path = format!("/api/v1/agencies/{}/people", new.id);
        assert_eq!(clerk.list(&format!("{path}?query=oi%2042&limit=100"), "/id").len(), usize::try_from((MANY - 43) / 97 + 1).expect("a count"));
        let first = clerk.get(&format!("{path}?limit=1")).expect(200).text("/items/0/id");
        assert_eq!(clerk.get(&format!("/api/v1/people/{first}")).expect(200).etag(), "\"2\"");
    }

    fn who_works_for_both_is_on_the_list_once(db) {
        let app = TestApp::start(db);
        let (old, new, third) = (app.central_agency(), app.central_agency(), app.central_agency());
        let person = app.person(&old).text("/id");
        // There and back: the record has work at each of them.
        carried_out(&app, "splits", &parted(&old, &new, &[&person]));
        carried_out(&app, "mergers", &merger(&[&new], &old));
        let path = |agency: &TestAgency| format!("/api/v1/agencies/{}/people?query=buoi", agency.id);
        let registrar = app.registrar();
        assert_eq!(registrar.list(&path(&old), "/id"), std::slice::from_ref(&person));
        carried_out(&app, "mergers", &merger(&[&old], &third));
        assert_eq!(registrar.list(&path(&third), "/id"), [person]);
        assert_eq!(registrar.list(&path(&old), "/id"), Vec::<String>::new());
    }

    fn one_human_being_on_two_lists_is_shown_before(db) {
        let app = TestApp::start(db);
        let (one, other, new) = (app.central_agency(), app.central_agency(), app.central_agency());
        let mut form = app.person_form();
        app.entered(&one, &form);
        form["full_name"] = "Trần Bưởi".into();
        app.entered(&other, &form);
        app.person(&one);
        let plan = super::planned(&app.registrar(), "mergers", &merger(&[&one, &other], &new)).expect(200);
        assert_eq!(plan.json()["doubles"], 1);
    }
}
