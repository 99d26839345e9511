//! What the journalist sees: who looked at their record, all that happened to them, and all of it to take away.

use super::Registry;
use super::cases::{CaseFile, file as case_file};
use super::documents::{self, OwnDocument};
use super::page::{Asked, Part};
use crate::domain::accesses::{self, Access, Looked};
use crate::domain::accounts::Caller;
use crate::domain::cases::Case;
use crate::domain::credentials::Credential;
use crate::domain::events::{Event, EventKind, EventProof, Object, Recorded, ShownFields};
use crate::domain::ids::{AccessId, CaseId, Id as _, PersonId, ReportId, SubjectId, UserId};
use crate::domain::notices::{Matter, Notice, OfCase, Recipient};
use crate::domain::people::Person;
use crate::domain::reports::Report;
use crate::error::Error;
use crate::policy::{self, Operation, Ownership};
use crate::store::{Read, Reader, Tx, accesses as rows, cases, credentials, events, histories, notices, people};
use data_encoding::BASE64URL_NOPAD;
use serde_json::json;
use std::collections::BTreeMap;

/// Events of one person in an export at most: a life's work is far below it.
const EXPORTED: usize = 10_000;

/// Looks committed to at a time.
const AT_ONCE: i64 = 1_000;

/// What an answer shows of whom: written down before it is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// What.
    pub what: Looked,
    /// What it is read for, where that was said.
    pub purpose: Option<String>,
    /// Of whom.
    of: Vec<Whose>,
}

/// Of whom something is seen: of a person on record, in a case or a report or in neither.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Whose {
    person: Option<PersonId>,
    case: Option<CaseId>,
    report: Option<ReportId>,
}

/// Writes down that the caller looks at this; what people see of themselves is not written down.
///
/// # Errors
/// The database's.
pub fn note(tx: &mut Tx, caller: &Caller, seen: &Seen) -> Result<(), Error> {
    let is_own = |whose: &Whose| whose.person.is_some_and(|person| policy::is_oneself(caller, person));
    let looks: Vec<Access> = seen
        .of
        .iter()
        .filter(|whose| !is_own(whose))
        .map(|whose| Access {
            id: tx.new_id(),
            at: tx.now(),
            person: whose.person,
            case: whose.case,
            report: whose.report,
            actor_id: caller.user.to_string(),
            actor_role: caller.role.name().as_str().to_owned(),
            actor_body: caller.body.clone(),
            what: seen.what,
            purpose: seen.purpose.clone(),
        })
        .collect();
    if looks.is_empty() { Ok(()) } else { rows::insert(tx, &looks) }
}

/// Commits in the log to the looks of every hour that is over.
///
/// # Errors
/// The database's.
pub fn commit(tx: &mut Tx) -> Result<(), Error> {
    let this_hour = tx.now().hour();
    while let Some(oldest) = rows::oldest_uncommitted(tx, this_hour)? {
        let hour = oldest.hour();
        let mut digest = accesses::Digest::new();
        let mut last: Option<Access> = None;
        // An hour may hold as many looks as there is work in it: never all of them at once.
        loop {
            let part = rows::between(tx, hour, hour.plus_seconds(3_600), last.as_ref(), AT_ONCE)?;
            part.iter().try_for_each(|look| digest.add(look)).map_err(Error::internal)?;
            match part.into_iter().next_back() {
                Some(look) => last = Some(look),
                None => break,
            }
        }
        let (count, digest) = digest.finish();
        let event = Event::new(EventKind::AccessesCommitted, Object::Hour(hour))
            .with(json!({ "count": count, "digest": BASE64URL_NOPAD.encode(&digest) }));
        tx.record(&policy::the_program_itself(), event, |writer| rows::commit_hour(writer, hour))?;
    }
    Ok(())
}

/// Whoever looked at a person's record, oldest first.
///
/// # Errors
/// 403, 404.
pub fn of_person(
    db: &mut Reader,
    caller: &Caller,
    person: PersonId,
    asked: Asked<(), AccessId>,
) -> Result<Part<Access, AccessId>, Error> {
    policy::enter(caller, Operation::ReadOneself)?.on(&Ownership::of_oneself(person))?;
    let ((), page) = asked?;
    let records = records_of(db, person)?;
    let items = rows::of_people(db, &records, page.after, page.limit)?;
    Ok(Part::cut(items, page.limit, |access| access.id))
}

/// Whatever was written down about a person, oldest first, with their own fields alone.
///
/// # Errors
/// 403, 404.
pub fn history(
    db: &mut Reader,
    caller: &Caller,
    person: PersonId,
    asked: Asked<(), i64>,
) -> Result<Part<Recorded, i64>, Error> {
    policy::enter(caller, Operation::ReadOneself)?.on(&Ownership::of_oneself(person))?;
    let ((), page) = asked?;
    let records = records_of(db, person)?;
    let own = Own::of(db, &records)?;
    let next = page.after.map_or(0, |after| after.saturating_add(1));
    let places: Vec<i64> = own.0.range(next..).map(|(index, _)| *index).take(page.limit.saturating_add(1)).collect();
    let mut items = events::in_places(db, &places)?;
    for event in &mut items {
        let index = event.index;
        event.personal.retain(|one| own.holds(index, one.subject));
    }
    Ok(Part::cut(items, page.limit, |event| event.index))
}

/// What was written down about a human being, by its place, and under which of their records.
struct Own(BTreeMap<i64, Vec<SubjectId>>);

impl Own {
    fn of(db: &mut impl Read, records: &[PersonId]) -> Result<Self, Error> {
        let mut own = BTreeMap::<i64, Vec<SubjectId>>::new();
        for (record, places) in histories::of_records(db, records)? {
            for index in places {
                own.entry(index).or_default().push(record.into());
            }
        }
        Ok(Self(own))
    }

    fn holds(&self, index: i64, subject: SubjectId) -> bool {
        self.0.get(&index).is_some_and(|subjects| subjects.contains(&subject))
    }
}

/// The person's record, and those that it took in.
pub(super) fn records_of(db: &mut impl Read, person: PersonId) -> Result<Vec<PersonId>, Error> {
    let absorbed = people::absorbed(db, person)?;
    Ok([vec![person], absorbed].concat())
}

/// All that is kept about a person.
pub struct Export {
    /// The record.
    pub person: Person,
    /// Their credentials.
    pub credentials: Vec<Credential>,
    /// Cases about them, as far as they were told.
    pub cases: Vec<CaseFile>,
    /// What they were told, or are owed to be told, in those.
    pub notices: Vec<Notice>,
    /// The papers about them that agencies added to applications and to notices of offices.
    pub documents: Vec<OwnDocument>,
    /// What happened to them and in those cases, each with its proof, their own fields and those of the cases.
    pub events: Vec<EventProof>,
    /// Who looked.
    pub accesses: Vec<Access>,
}

impl Seen {
    /// One person's.
    pub fn of(person: PersonId, what: Looked) -> Self {
        Self::of_people([person], what)
    }

    /// That of several people.
    pub fn of_people(people: impl IntoIterator<Item = PersonId>, what: Looked) -> Self {
        let whose = |person| Whose { person: Some(person), ..Whose::default() };
        Self { what, purpose: None, of: people.into_iter().map(whose).collect() }
    }

    /// Nothing that is personal.
    pub const fn nothing(what: Looked) -> Self {
        Self { what, purpose: None, of: Vec::new() }
    }

    /// What a card is worth: the holder's, where one is known. A lookup that found nothing is written down alike.
    pub fn of_lookup(holder: Option<PersonId>, purpose: String) -> Self {
        Self { what: Looked::Lookup, purpose: Some(purpose), of: vec![Whose { person: holder, ..Whose::default() }] }
    }

    /// The log as a whole.
    pub fn of_the_log(what: Looked) -> Self {
        Self { what, purpose: None, of: vec![Whose::default()] }
    }

    /// A case: of the people on record whom it is about, else of nobody known.
    ///
    /// # Errors
    /// The database's.
    pub fn of_case(db: &mut impl Read, case: &Case, what: Looked, purpose: Option<String>) -> Result<Self, Error> {
        Self::of_cases(db, [case], what, purpose)
    }

    /// Several cases.
    ///
    /// # Errors
    /// The database's.
    pub fn of_cases<'a>(
        db: &mut impl Read,
        cases: impl IntoIterator<Item = &'a Case>,
        what: Looked,
        purpose: Option<String>,
    ) -> Result<Self, Error> {
        let mut of = Vec::new();
        for case in cases {
            of.extend(whose(db, case)?);
        }
        Ok(Self { what, purpose, of })
    }

    /// A notice of a case: of those whom the case is about, but where whoever reported reads what they were told.
    ///
    /// # Errors
    /// The database's.
    pub fn of_notice(
        db: &mut impl Read,
        caller: &Caller,
        case: &Case,
        addressee: Option<UserId>,
        purpose: Option<String>,
    ) -> Result<Self, Error> {
        let seen = Self::of_case(db, case, Looked::Notice, purpose)?;
        Ok(if policy::is_own_account(caller, addressee) { seen.of_nobody() } else { seen })
    }

    /// A notice of something else on record: of whom it is to, where that is a person.
    pub fn of_notice_on_record(person: Option<PersonId>, purpose: Option<String>) -> Self {
        let whose = Whose { person, ..Whose::default() };
        Self { what: Looked::Notice, purpose, of: vec![whose] }
    }

    /// The same, where these people are named in it.
    #[must_use]
    pub fn naming(self, people: Vec<PersonId>) -> Self {
        if people.is_empty() {
            return self;
        }
        Self { of: Self::of_people(people, self.what).of, ..self }
    }

    /// A report: of those whom its case is about, where it is in one, but where whoever made it reads it.
    ///
    /// # Errors
    /// The database's.
    pub fn of_report(db: &mut impl Read, caller: &Caller, report: &Report, what: Looked) -> Result<Self, Error> {
        let of = match cases::of_report(db, report.id)? {
            Some(case) => whose(db, &case)?,
            None => vec![Whose::default()],
        };
        let of = of.into_iter().map(|whose| Whose { report: Some(report.id), ..whose });
        let seen = Self { what, purpose: None, of: of.collect() };
        let reporter = report.reporter.as_ref().map(|it| it.user);
        Ok(if policy::is_own_account(caller, reporter) { seen.of_nobody() } else { seen })
    }

    /// The same, in which nobody is named: whom a case is about sees who looked, and would see who reported.
    fn of_nobody(mut self) -> Self {
        self.of.iter_mut().for_each(|whose| whose.person = None);
        self.of.dedup();
        self
    }

    /// The same, and these people, who were seen in the case.
    #[must_use]
    pub fn and_people(mut self, case: CaseId, people: impl IntoIterator<Item = PersonId>) -> Self {
        for person in people {
            let whose = Whose { person: Some(person), case: Some(case), report: None };
            if !self.of.contains(&whose) {
                self.of.push(whose);
            }
        }
        self
    }
}

/// Whom on record a case is about, or holds the credential that it names; nobody known, where it is neither.
fn whose(db: &mut impl Read, case: &Case) -> Result<Vec<Whose>, Error> {
    let holder = case.credential.map(|id| credentials::find(db, id)).transpose()?.flatten();
    let mut people: Vec<PersonId> = case.subject.person().into_iter().collect();
    people.extend(holder.map(|it| it.person).filter(|person| !people.contains(person)));
    let of = |person| Whose { person, case: Some(case.id), report: None };
    Ok(match people.is_empty() {
        true => vec![of(None)],
        false => people.into_iter().map(Some).map(of).collect(),
    })
}

impl Registry {
    /// Commits in the log to the looks of every hour that is over. Blocks.
    ///
    /// # Errors
    /// The database's.
    pub fn commit_accesses(&self) -> Result<(), Error> {
        let this_hour = self.clock.now().hour();
        match self.store.read(|db| rows::oldest_uncommitted(db, this_hour))? {
            Some(_) => self.store.write_blocking(commit),
            None => Ok(()),
        }
    }

    /// All that is kept about a person, to take away.
    ///
    /// # Errors
    /// 403, 404.
    pub fn export(&self, db: &mut Reader, caller: &Caller, person: PersonId) -> Result<Export, Error> {
        policy::enter(caller, Operation::ReadOneself)?.on(&Ownership::of_oneself(person))?;
        let found = people::find(db, &self.secrets.sealing, person)?.ok_or(Error::NotFound)?;
        let range = policy::Range::Person(person);
        let credentials = credentials::list(db, &range, credentials::Filter::default(), None, EXPORTED)?;
        let (mut files, mut told) = (Vec::new(), Vec::new());
        let records = records_of(db, person)?;
        let own = Own::of(db, &records)?;
        let places: Vec<i64> = own.0.keys().copied().take(EXPORTED).collect();
        let mut happened = events::in_places(db, &places)?;
        let mut of_cases: Vec<SubjectId> = Vec::new();
        for record in &records {
            told.extend(notices::of_person(db, *record)?);
        }
        let is_to_subject = |it: &Notice<OfCase>| it.of.recipient == Recipient::Subject;
        for case in cases::list(db, &range, &cases::Wanted::default(), None, EXPORTED)? {
            told.extend(notices::of_case(db, case.id)?.into_iter().filter(is_to_subject).map(|it| {
                let of = Matter::from(it.of);
                it.seen_as(of)
            }));
            happened.append(&mut events::of_object(db, &Object::Case(case.id), None, EXPORTED)?);
            of_cases.push(case.id.into());
            // Which other cases are thought to be of the same person is a registrar's own view.
            files.push(CaseFile { linked: Vec::new(), ..case_file(db, case)? });
        }
        happened.retain(|event| event.kind != EventKind::CaseLinked.as_str());
        happened.sort_by_key(|event| event.index);
        happened.dedup_by_key(|event| event.index);
        let mut proofs = Vec::new();
        for event in happened {
            if let Some(proof) = self.event_proof(db, event.index)? {
                let is_own = |shown: &ShownFields| {
                    let subject = SubjectId::parse(&shown.subject);
                    subject.is_ok_and(|it| of_cases.contains(&it) || own.holds(event.index, it))
                };
                proofs.push(EventProof { personal: proof.personal.into_iter().filter(is_own).collect(), ..proof });
            }
        }
        let accesses = rows::of_people(db, &records, None, EXPORTED)?;
        let documents = documents::of_person(db, &records)?;
        Ok(Export { person: found, credentials, cases: files, notices: told, documents, events: proofs, accesses })
    }
}
