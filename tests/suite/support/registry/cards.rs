//! Cards and letters, issued the way they are issued, and what a check says of them.

use super::TestRegistry;
use press_registry::{
    app::{
        applications::{self, ApplicationForm, Named},
        credentials::{self, EventForm},
        gate::{Etag, Gate},
        letters::{self, LetterForm},
        verifications,
    },
    domain::{
        accounts::Caller,
        agencies::Agency,
        credentials::Credential,
        ids::{ApplicationId, PersonId},
        people::Person,
        verdict::Verdict,
    },
    error::Error,
    store,
};

impl TestRegistry {
    /// A valid press card of a reporter of a new central agency.
    pub(crate) fn issued_card(&self) -> Credential {
        let agency = self.central_agency();
        let person = self.reporter(&agency);
        self.issue(&agency, "press_card", &[person.id]).expect("an approved application").remove(0)
    }

    /// Has cards drafted by a clerk, handed in by a head, endorsed by the province of a local agency, and approved.
    ///
    /// # Errors
    /// What the first who could not go on was told.
    pub(crate) fn issue(&self, agency: &Agency, kind: &str, people: &[PersonId]) -> Result<Vec<Credential>, Error> {
        self.approve(self.apply(agency, kind, people)?)
    }

    /// The first half of [`TestRegistry::issue`]: all but the approval.
    ///
    /// # Errors
    /// What the first who could not go on was told.
    pub(crate) fn apply(&self, agency: &Agency, kind: &str, people: &[PersonId]) -> Result<ApplicationId, Error> {
        let form = ApplicationForm {
            kind: kind.to_owned(),
            basis: "first".to_owned(),
            people: people.iter().map(ToString::to_string).collect(),
            ..ApplicationForm::default()
        };
        let clerk = self.clerk_of(agency.id);
        let drafted = self.write(move |tx, registry| {
            let drafted = applications::draft(tx, registry, &clerk, &Gate::default(), || Ok(form.clone()))?;
            Ok(drafted.application.id)
        })?;
        self.decide(self.head_of(agency.id), drafted, "submit")?;
        if let Some(province) = agency.fields.level.province() {
            self.decide(self.registrar_of(province.as_str()), drafted, "endorse")?;
        }
        Ok(drafted)
    }

    /// The second half: the ministry approves.
    ///
    /// # Errors
    /// What the registrar was told.
    pub(crate) fn approve(&self, application: ApplicationId) -> Result<Vec<Credential>, Error> {
        self.decide(self.registrar(), application, "approve")
    }

    fn decide(&self, caller: Caller, id: ApplicationId, event: &str) -> Result<Vec<Credential>, Error> {
        let form = applications::EventForm { event: event.to_owned(), ..applications::EventForm::default() };
        self.write(move |tx, registry| {
            let drafted = store::applications::find(tx, id)?.expect("drafted before");
            let gate = knowing(&Named::of(tx, &drafted)?.etag(&drafted, &[]));
            Ok(applications::happen(tx, registry, &caller, id, &gate, Ok(form.clone()))?.credentials)
        })
    }

    /// A letter for a person of the agency, from this instant until the same hour tomorrow.
    ///
    /// # Errors
    /// What the head was told.
    pub(crate) fn letter(&self, agency: &Agency, person: &Person) -> Result<Credential, Error> {
        let head = self.head_of(agency.id);
        let now = self.clock.now();
        let form = LetterForm {
            person_id: person.id.to_string(),
            place: "Xã Vĩnh Bảo, thành phố Hải Phòng".to_owned(),
            unit_visited: "Ủy ban nhân dân xã".to_owned(),
            work: "Tìm hiểu việc xây dựng đường giao thông nông thôn".to_owned(),
            valid_from: now.to_string(),
            valid_until: now.plus_seconds(24 * 3_600).to_string(),
        };
        self.write(move |tx, registry| letters::issue(tx, registry, &head, &Gate::default(), || Ok(form.clone())))
    }

    /// Lets something happen to a credential, with its newest version known.
    ///
    /// # Errors
    /// What the caller was told.
    pub(crate) fn happen(
        &self,
        caller: &Caller,
        card: &Credential,
        event: &str,
        ground: &str,
    ) -> Result<Credential, Error> {
        let form = EventForm {
            event: event.to_owned(),
            reason: Some("Theo quyết định của cơ quan có thẩm quyền.".to_owned()),
            ground: Some(ground.to_owned()),
        };
        let (caller, id) = (caller.clone(), card.id);
        self.write(move |tx, registry| {
            let newest = store::credentials::find(tx, id)?.expect("issued before");
            let gate = knowing(&credentials::etag(&newest, tx.now()));
            credentials::happen(tx, registry, &caller, id, &gate, Ok(form.clone()))
        })
    }

    /// What this node says to anybody who checks the card now.
    pub(crate) fn verdict(&self, card: &Credential) -> (Verdict, Option<&'static str>) {
        self.verdict_on(&credentials::qr_text(&self.registry, card))
    }

    /// What this node says to anybody who checks this text now.
    pub(crate) fn verdict_on(&self, code: &str) -> (Verdict, Option<&'static str>) {
        let judgement = verifications::verify(&self.registry, code, None).expect("a verdict").judgement;
        (judgement.verdict(), judgement.reason())
    }
}

fn knowing(etag: &Etag) -> Gate {
    Gate::new(Some(etag.quoted()))
}
