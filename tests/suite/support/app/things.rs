//! What tests have in their registries: agencies, people, applications and cards, entered by whoever enters such things.

use super::TestApp;
use crate::support::answer::Answer;
use press_registry::domain::ids::{AgencyId, Id as _};
use serde_json::{Value, json};

/// An agency entered by a test.
#[derive(Clone, Debug)]
pub(crate) struct TestAgency {
    pub(crate) id: AgencyId,
    pub(crate) etag: String,
}

impl TestApp {
    /// A new central agency.
    pub(crate) fn central_agency(&self) -> TestAgency {
        self.agency(json!({ "level": "central" }))
    }

    /// A new local agency of Hải Phòng.
    pub(crate) fn local_agency(&self) -> TestAgency {
        self.agency(json!({ "level": "local", "province": "31" }))
    }

    fn agency(&self, more: Value) -> TestAgency {
        let n = self.serial();
        let mut body = json!({ "name": format!("Báo Thử {n}"), "short_name": format!("Báo Thử {n}"), "kind": "bao" });
        merge(&mut body, more);
        let answer = self.registrar().post("/api/v1/agencies", &body).expect(201);
        TestAgency { id: AgencyId::parse(&answer.text("/id")).expect("an id"), etag: answer.etag() }
    }

    /// A form for a person of the staff.
    pub(crate) fn person_form(&self) -> Value {
        let n = self.serial();
        json!({
            // In the order of dictionaries those who came first come first.
            "full_name": format!("Trần Thị Bưởi {n:03}"),
            "birth_date": "1990-05-06",
            "national_id": format!("999090{n:06}"),
            "email": format!("buoi{n}@test.example"),
            "engagement": { "kind": "staff", "post": "Phóng viên", "from": "2020-01-02" },
        })
    }

    /// Somebody of this form, entered by a clerk of the agency.
    pub(crate) fn entered(&self, agency: &TestAgency, form: &Value) -> Answer {
        self.clerk(agency).post(&format!("/api/v1/agencies/{}/people", agency.id), form).expect(201)
    }

    /// A person of the staff.
    pub(crate) fn person(&self, agency: &TestAgency) -> Answer {
        self.entered(agency, &self.person_form())
    }

    /// Somebody of the staff who is called so.
    pub(crate) fn named(&self, agency: &TestAgency, name: &str) -> Answer {
        let mut form = self.person_form();
        form["full_name"] = name.into();
        self.entered(agency, &form)
    }

    /// A collaborator of the agency.
    pub(crate) fn collaborator(&self, agency: &TestAgency) -> Answer {
        let mut form = self.person_form();
        form["engagement"]["kind"] = "collaborator".into();
        self.entered(agency, &form)
    }

    /// An application for press cards on its first day: a draft.
    pub(crate) fn draft(&self, agency: &TestAgency, people: &[&str]) -> Answer {
        let form = json!({ "kind": "press_card", "basis": "first", "people": people });
        self.clerk(agency).post("/api/v1/applications", &form).expect(201)
    }

    /// An application handed in by the agency's head.
    pub(crate) fn submitted(&self, agency: &TestAgency, people: &[&str]) -> Answer {
        let draft = self.draft(agency, people);
        self.head(agency).event(&draft.path("applications"), &draft.etag(), json!({ "event": "submit" })).expect(201)
    }

    /// A collaborator's card of this person, approved by the ministry.
    pub(crate) fn collaborator_card(&self, agency: &TestAgency, person: &str) -> Answer {
        let form = json!({ "kind": "collaborator_card", "basis": "first", "people": [person] });
        let draft = self.clerk(agency).post("/api/v1/applications", &form).expect(201);
        let submitted = self.head(agency).happen("applications", &draft, json!({ "event": "submit" })).expect(201);
        let decided = self.registrar().happen("applications", &submitted, json!({ "event": "approve" })).expect(201);
        self.registrar().get(&format!("/api/v1/credentials/{}", decided.text("/credentials/0/id"))).expect(200)
    }

    /// A press card of a person of a central agency, as `GET` shows it.
    pub(crate) fn issued_card(&self, agency: &TestAgency) -> Answer {
        let person = self.person(agency);
        self.issued_to(agency, &person.text("/id"))
    }

    /// A press card for this person of a central agency.
    pub(crate) fn issued_to(&self, agency: &TestAgency, person: &str) -> Answer {
        self.issued_in(agency, None, person)
    }

    /// A new local agency of the province with this code today.
    pub(crate) fn local_agency_of(&self, code: &str) -> TestAgency {
        self.agency(json!({ "level": "local", "province": code }))
    }

    /// A press card for this person of an agency: of this unit, which endorses it first, or a central one.
    pub(crate) fn issued_in(&self, agency: &TestAgency, unit: Option<&str>, person: &str) -> Answer {
        let mut application = self.submitted(agency, &[person]);
        if let Some(unit) = unit {
            let endorse = json!({ "event": "endorse" });
            let (path, etag) = (application.path("applications"), application.etag());
            application = self.provincial(unit).event(&path, &etag, endorse).expect(201);
        }
        let registrar = self.registrar();
        let approve = json!({ "event": "approve" });
        let decided = registrar.event(&application.path("applications"), &application.etag(), approve).expect(201);
        let id = decided.text("/credentials/0/id");
        registrar.get(&format!("/api/v1/credentials/{id}")).expect(200)
    }
}

fn merge(into: &mut Value, more: Value) {
    if let (Value::Object(into), Value::Object(more)) = (into, more) {
        into.extend(more);
    }
}
