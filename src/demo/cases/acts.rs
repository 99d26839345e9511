//! The steps of a story, done as its people would do them.

use super::courses::{Step, words};
use super::exhibits::exhibit;
use super::stories::Story;
use super::{Docket, Entry, write};
use crate::app::evidence::EvidenceFile;
use crate::app::gate::Gate;
use crate::app::{cases, notices, provinces, reports};
use crate::demo::world::gate;
use crate::domain::accounts::Caller;
use crate::domain::cases::{FindingForm, OpeningTexts};
use crate::domain::credentials::Credential;
use crate::domain::ids::{CaseId, PersonId, ReportId};
use crate::domain::printed::CredentialKind;
use crate::domain::reports::ReportForm;
use crate::error::Error;
use crate::store;
use std::sync::Arc;

impl Docket {
    pub(super) fn take(&mut self, entry: &Entry) -> Result<(), Error> {
        let Entry { step, story, .. } = *entry;
        match step {
            Step::Report => {
                let report = self.report(entry)?;
                self.begun.entry(&story.id).or_default().report = Some(report);
                Ok(())
            }
            Step::Open => {
                let case = self.open(story)?;
                self.begun.entry(&story.id).or_default().case = Some(case);
                story.linked.as_deref().map_or(Ok(()), |linked| self.link(story, case, linked))
            }
            Step::Lapse => cases::lapse(&self.registry).map(drop),
            Step::Deliver => self.deliver(story),
            Step::Tell
            | Step::Post
            | Step::TellNobody
            | Step::Suspend(_)
            | Step::Stay
            | Step::Answer
            | Step::Decide(_, _)
            | Step::Confirm
            | Step::Appeal
            | Step::Uphold
            | Step::Overturn
            | Step::Refer(_)
            | Step::Close
            | Step::Dismiss => self.happen(entry),
        }
    }

    fn case(&self, story: &str) -> Result<CaseId, Error> {
        let found = self.begun.get(story).and_then(|begun| begun.case);
        found.ok_or_else(|| Error::internal("a case that was not opened"))
    }

    fn person(&self, nth: &str) -> Result<PersonId, Error> {
        let found = nth.parse().ok().and_then(|nth: usize| self.people.get(nth)).copied();
        found.ok_or_else(|| Error::internal("somebody who does not work there"))
    }

    /// The press card of one of the staff, where dates have not ended it.
    fn card(&self, nth: &str) -> Result<Option<Credential>, Error> {
        let (person, now) = (self.person(nth)?, self.registry.clock.now());
        let kind = CredentialKind::PressCard;
        let cards = self.registry.store.read(|db| store::credentials::unexpired_of_person(db, person, kind, now))?;
        Ok(cards.last().cloned())
    }

    /// The number and the name on what was shown.
    fn shown(&self, story: &Story) -> Result<(Option<String>, Option<String>), Error> {
        match story.number.as_deref().and_then(|number| number.strip_prefix("card:")) {
            None => Ok((story.number.clone(), story.claimed_name.clone())),
            Some(nth) => {
                let card = self.card(nth)?.ok_or_else(|| Error::internal("somebody without a card"))?;
                Ok((Some(card.number.as_str().to_owned()), Some(card.name.as_str().to_owned())))
            }
        }
    }

    /// Somebody reports what happened the day before.
    fn report(&self, entry: &Entry) -> Result<ReportId, Error> {
        let story = entry.story;
        let caller = (story.reporter == "official").then(|| self.desk.official.clone());
        let (number, claimed_name) = self.shown(story)?;
        let report = ReportForm {
            kind: story.kind.clone(),
            code: None,
            number,
            claimed_name,
            claimed_agency: story.claimed_agency.clone(),
            place: story.place.clone(),
            occurred_at: entry.at.plus_seconds(-86_400).to_string(),
            narrative: story.narrative.clone(),
            amount_demanded: story.amount,
            police_reference: story.police.clone(),
        };
        let form = reports::NewReportForm { report, province: provinces::Said::Code(story.province.clone()) };
        let reporter = caller.clone();
        let receipt = write(&self.registry, move |tx, registry| {
            let mut visitor = registry.report_limits.visitor(story.id.as_bytes());
            let form = || Ok(form.clone());
            let caller = reporter.as_ref();
            Ok(reports::receive(tx, registry, caller, &mut visitor, &Gate::default(), form)?.receipt.reveal())
        })?;
        if let Some(name) = &story.evidence {
            self.add_evidence(caller, receipt.clone(), name, entry.nth)?;
        }
        Ok(self.registry.store.read(|db| reports::follow(db, &self.registry, &receipt))?.id)
    }

    fn add_evidence(&self, caller: Option<Caller>, receipt: String, name: &str, nth: usize) -> Result<(), Error> {
        let registry = &self.registry;
        let (media_type, bytes) = exhibit(name, nth);
        let file = EvidenceFile::read(&registry.entropy, registry.clock.now(), media_type, &bytes)?;
        registry.keep_evidence(&file.clone(), &bytes, || {
            write(registry, move |tx, registry| {
                reports::add_evidence(tx, registry, caller.as_ref(), &receipt, &Gate::default(), &file).map(drop)
            })
        })
    }

    fn open(&self, story: &'static Story) -> Result<CaseId, Error> {
        let caller = self.desk.caller(story, Step::Open)?;
        let report = self.begun.get(story.id.as_str()).and_then(|begun| begun.report);
        let (claimed_number, claimed_name) = self.shown(story)?;
        let (subject, who) = (story.subject.as_deref(), story.who.as_deref());
        let holder = who.filter(|_| subject == Some("holder"));
        let credential = holder.map(|nth| self.card(nth)).transpose()?.flatten();
        let texts = OpeningTexts {
            kind: story.kind.clone(),
            subject: story.subject.clone(),
            person_id: holder.map(|nth| self.person(nth)).transpose()?.map(|id| id.to_string()),
            agency_id: (subject == Some("agency")).then(|| self.agency.to_string()),
            body: story.who.clone().filter(|_| subject == Some("body")),
            credential_id: credential.map(|card| card.id.to_string()),
            place: Some(story.place.clone()),
            occurred_at: Some(self.registry.clock.now().plus_seconds(-3 * 86_400).to_string()),
            summary: Some(story.narrative.clone()),
            claimed_name,
            claimed_agency: story.claimed_agency.clone(),
            claimed_phone: story.phone.clone(),
            claimed_number,
            reports: report.iter().map(ToString::to_string).collect(),
        };
        let form = cases::OpeningForm { province: report.is_none().then(|| story.province.clone()), texts };
        write(&self.registry, move |tx, registry| {
            Ok(cases::open(tx, registry, &caller, &Gate::default(), || Ok(form.clone()))?.id)
        })
    }

    /// Links a case to one of the same person: only the ministry sees the cases of two provinces.
    fn link(&self, story: &Story, case: CaseId, linked: &str) -> Result<(), Error> {
        let caller = self.desk.decider.clone();
        let form = cases::LinkForm {
            case_id: self.case(linked)?.to_string(),
            reason: Some(match story.phone {
                Some(_) => "Cùng số điện thoại, cách làm giống nhau.".to_owned(),
                None => "Tên gần giống, cùng loại giấy tờ.".to_owned(),
            }),
        };
        write(&self.registry, move |tx, registry| {
            let found = store::cases::find(tx, case)?.ok_or(Error::NotFound)?;
            cases::link(tx, registry, &caller, case, &gate(found.version), || Ok(form.clone())).map(drop)
        })
    }

    /// Hands over every notice of a case that waits to be sent.
    fn deliver(&self, story: &Story) -> Result<(), Error> {
        let (caller, case) = (self.desk.caller(story, Step::Deliver)?, self.case(&story.id)?);
        write(&self.registry, move |tx, registry| {
            let waiting = store::notices::of_case(tx, case)?.into_iter().filter(|notice| notice.sent_at.is_none());
            for notice in waiting {
                let (event, means) = ("send".to_owned(), Some("in_person".to_owned()));
                let form = notices::EventForm { event, means, served_at: None };
                notices::happen(tx, registry, &caller, notice.id, &gate(notice.version), Ok(form))?;
            }
            Ok(())
        })
    }

    fn happen(&self, entry: &Entry) -> Result<(), Error> {
        let (registry, case) = (&self.registry, self.case(&entry.story.id)?);
        let caller = self.desk.caller(entry.story, entry.step)?;
        let mut form = form(entry.step, entry.nth);
        let (to, reason) = (form.to.as_deref(), form.reason.as_deref());
        let made = match to {
            Some(_) => cases::make_file(registry, &caller, case, to, reason)?,
            None => None,
        };
        form.document = made.as_ref().map(|(file, _)| file.clone());
        let inner = Arc::clone(registry);
        let change = || {
            write(&inner, move |tx, registry| {
                let found = store::cases::find(tx, case)?.ok_or(Error::NotFound)?;
                cases::happen(tx, registry, &caller, case, &gate(found.version), Ok(form.clone())).map(drop)
            })
        };
        match &made {
            Some((file, bytes)) => registry.keep_evidence(file.file(), bytes, change),
            None => change(),
        }
    }
}

/// What is sent at a step.
fn form(step: Step, nth: usize) -> cases::EventForm {
    let said = words(step, nth);
    let event = |name: &str| cases::EventForm {
        event: name.to_owned(),
        reason: (!said.is_empty()).then(|| said.to_owned()),
        ..cases::EventForm::default()
    };
    let notify = |means: &str| cases::EventForm { means: Some(means.to_owned()), ..event("notify") };
    match step {
        Step::Tell => notify("in_person"),
        Step::Post => notify("post"),
        Step::TellNobody => notify("not_possible"),
        Step::Suspend(days) => cases::EventForm { suspend_days: Some(days), ..notify("in_person") },
        Step::Stay => event("stay"),
        Step::Answer => event("answer"),
        Step::Decide(outcome, measure) => {
            let (outcome, measure) = (Some(outcome.to_owned()), Some(measure.to_owned()));
            cases::EventForm { finding: FindingForm { outcome, measure, ..FindingForm::default() }, ..event("decide") }
        }
        Step::Confirm => event("confirm"),
        Step::Appeal => event("appeal"),
        Step::Uphold => event("uphold"),
        Step::Overturn => event("overturn"),
        Step::Refer(to) => cases::EventForm { to: Some(to.to_owned()), ..event("refer") },
        Step::Close => event("close"),
        Step::Dismiss => event("dismiss"),
        // They are no events of a case that somebody sends.
        Step::Report | Step::Open | Step::Lapse | Step::Deliver => cases::EventForm::default(),
    }
}
