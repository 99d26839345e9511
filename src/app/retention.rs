//! What is kept no longer is forgotten by itself, once a day, and each run is an event that says what was forgotten. How
//! long what is kept, and why: [`Kept`].

use super::{Registry, evidence, portraits};
use crate::domain::applications::DocumentPlace;
use crate::domain::events::{ErasedFields, Event, EventKind, Object};
use crate::domain::ids::{ApplicationId, CaseId, Id as _, ImportId, PersonId, PortraitId, ReportId};
use crate::domain::offices::OfficeFilePlace;
use crate::domain::retention::Kept;
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::policy;
use crate::store::{
    Read, Tx, Writer, applications, erasing, events, forgetting, imports, notices, offices, portraits as pictures,
};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Things of one kind that one run forgets at most, so that it keeps nobody waiting; another run follows at once.
const AT_ONCE: usize = 500;
/// How old, in seconds, a file that no row names has to be to be nobody's: it may be waiting for its row.
const ABANDONED_SECONDS: i64 = 24 * 3_600;

/// What one run finds to be over.
struct Due {
    reports: Vec<ReportId>,
    cases: Vec<CaseId>,
    refused: Vec<(ApplicationId, PersonId)>,
    /// What was told of the refusals.
    notices: Vec<String>,
    withdrawn: Vec<(ApplicationId, PersonId)>,
    documents: Vec<DocumentPlace>,
    office_files: Vec<OfficeFilePlace>,
    portraits: Vec<(PortraitId, PersonId)>,
    accesses: Vec<String>,
    answers: i64,
    sessions: i64,
    guesses: i64,
    imports: Vec<(ImportId, Option<String>)>,
}

/// What one run did.
struct Run {
    files: Vec<String>,
    is_done: bool,
}

impl Registry {
    /// Forgets what is kept no longer, if nobody did so today; says whether it did. Blocks.
    ///
    /// # Errors
    /// The database's.
    pub fn forget(&self) -> Result<bool, Error> {
        let now = self.clock.now();
        if !self.store.read(|db| is_due(db, now))? {
            return Ok(false);
        }
        let mut is_first = true;
        loop {
            let run = self.store.write_blocking(move |tx| forget(tx, is_first))?;
            let Some(run) = run else { return Ok(!is_first) };
            self.remove_files(&run.files);
            if run.is_done {
                break;
            }
            is_first = false;
        }
        self.remove_abandoned()?;
        Ok(true)
    }

    /// Removes files that no row names: a request was cut off before its change, or a removal after one.
    fn remove_abandoned(&self) -> Result<(), Error> {
        let before = self.clock.now().plus_seconds(-ABANDONED_SECONDS);
        for id in self.files.list("portraits")?.0.iter().filter_map(|name| PortraitId::parse(name).ok()) {
            let is_old = id.made_at().is_some_and(|at| at < before);
            let [one, other] = portraits::files_of(id);
            if is_old && !self.is_named(&one)? {
                self.remove_files(&[one, other]);
            }
        }
        let evidence = self.files.list("evidence")?.1.into_iter().map(|name| (evidence::made_at(&name), name));
        let imports = self.files.list(super::imports::FOLDER)?.1;
        let imports = imports.into_iter().map(|name| (super::imports::made_at(&name), name));
        for (made_at, object) in evidence.chain(imports) {
            if made_at.is_some_and(|at| at < before) && !self.is_named(&object)? {
                self.remove_files(&[object]);
            }
        }
        Ok(())
    }
}

/// Once on each day, and not yet on the day on which the log begins: nothing can be over then.
fn is_due(db: &mut impl Read, now: Timestamp) -> Result<bool, Error> {
    let last = match events::last_time_of(db, EventKind::RetentionRun)? {
        Some(last) => Some(last),
        None => events::time_of(db, 0)?,
    };
    Ok(last.is_some_and(|last| last.day() < now.day()))
}

/// One run; `None` where another node was first.
fn forget(tx: &mut Tx, is_first: bool) -> Result<Option<Run>, Error> {
    let now = tx.now();
    if is_first && !is_due(tx, now)? {
        return Ok(None);
    }
    let due = due(tx, now)?;
    let mut fields = ErasedFields::default();
    let mut files = Vec::new();
    for report in &due.reports {
        fields.add((*report).into(), erasing::entries_about(tx, (*report).into())?);
        files.extend(forgetting::files_of_report(tx, *report)?);
    }
    for case in &due.cases {
        fields.add((*case).into(), erasing::entries_about(tx, (*case).into())?);
        files.extend(forgetting::files_of_case(tx, *case)?);
    }
    for (application, person) in due.refused.iter().chain(&due.withdrawn) {
        for (subject, places) in forgetting::entries_of_application(tx, *application, *person)? {
            fields.add(subject, places);
        }
    }
    files.extend(due.documents.iter().map(|place| place.object.clone()));
    files.extend(due.office_files.iter().map(|place| place.object.clone()));
    let event = Event::new(EventKind::RetentionRun, Object::Day(now.day())).with(fields.said_in(told(&due)));
    let removed = tx.record(&policy::the_program_itself(), event, |writer| carry_out(writer, &due, &fields, now))?;
    files.extend(removed);
    let is_full = |found: usize| found == AT_ONCE;
    let Due { reports, cases, refused, notices: _, withdrawn, documents, office_files, .. } = &due;
    let Due { portraits, accesses, answers: _, sessions: _, guesses: _, imports, .. } = &due;
    let people = [refused.len(), withdrawn.len(), portraits.len(), accesses.len()];
    let mut found = [reports.len(), cases.len(), imports.len(), office_files.len()].into_iter().chain(people);
    // With those who were refused there may be more papers than one run looks for.
    let is_done = !found.any(is_full) && documents.len() < AT_ONCE;
    Ok(Some(Run { files, is_done }))
}

fn due(tx: &mut Tx, now: Timestamp) -> Result<Due, Error> {
    let limit = i64::try_from(AT_ONCE).map_err(Error::internal)?;
    let [answers, sessions, guesses] = forgetting::count_over(tx, now)?;
    let refused = forgetting::refused(tx, Kept::RefusedApplications.over_before(now), limit)?;
    let mut told = BTreeSet::new();
    for (application, person) in &refused {
        told.extend(notices::of_refusal(tx, *application, *person)?);
    }
    Ok(Due {
        notices: told.into_iter().collect(),
        withdrawn: forgetting::withdrawn_facts(tx, Kept::WithdrawnFacts.over_before(now), limit)?,
        reports: forgetting::unfounded_reports(tx, Kept::UnfoundedReports.over_before(now), limit)?,
        cases: forgetting::unfounded_cases(tx, Kept::UnfoundedCases.over_before(now), limit)?,
        documents: documents(tx, &refused, now, limit)?,
        office_files: offices::documents_over(tx, Kept::Documents.over_before(now), limit)?,
        refused,
        portraits: forgetting::portraits(tx, Kept::Portraits.over_before(now), limit)?,
        accesses: forgetting::looks(tx, Kept::Accesses.over_before(now), limit)?,
        answers,
        sessions,
        guesses,
        imports: imports::over(tx, Kept::Imports.over_before(now), limit)?,
    })
}

/// Papers that are over, and those that go with whoever was refused.
fn documents(
    tx: &mut Tx,
    refused: &[(ApplicationId, PersonId)],
    now: Timestamp,
    limit: i64,
) -> Result<Vec<DocumentPlace>, Error> {
    let mut found = applications::documents_over(tx, Kept::Documents.over_before(now), limit)?;
    let mut of_application: BTreeMap<ApplicationId, Vec<PersonId>> = BTreeMap::new();
    for (application, person) in refused {
        of_application.entry(*application).or_default().push(*person);
    }
    for (application, people) in of_application {
        let lost = applications::documents_with(tx, application, &people)?;
        found.extend(lost.into_iter().filter(|place| !found.contains(place)).collect::<Vec<_>>());
    }
    Ok(found)
}

/// How many of each kind, and which things of the registry.
fn told(due: &Due) -> Value {
    let counts: Map<String, Value> = Kept::ALL
        .into_iter()
        .map(|kept| {
            let count: Value = match kept {
                Kept::UnfoundedReports => due.reports.len().into(),
                Kept::UnfoundedCases => due.cases.len().into(),
                Kept::RefusedApplications => due.refused.len().into(),
                Kept::WithdrawnFacts => due.withdrawn.len().into(),
                Kept::Documents => (due.documents.len() + due.office_files.len()).into(),
                Kept::Portraits => due.portraits.len().into(),
                Kept::Accesses => due.accesses.len().into(),
                Kept::Answers => due.answers.into(),
                Kept::Sessions => due.sessions.into(),
                Kept::Guesses => due.guesses.into(),
                Kept::Imports => due.imports.len().into(),
            };
            (kept.as_str().to_owned(), count)
        })
        .collect();
    let papers = due.documents.iter().map(ToString::to_string);
    json!({
        "forgotten": counts,
        "reports": due.reports.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "cases": due.cases.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "applications": due.refused.iter().map(|(application, _)| application.to_string()).collect::<Vec<_>>(),
        "withdrawn": due.withdrawn.iter().map(|(application, _)| application.to_string()).collect::<Vec<_>>(),
        "notices": due.notices,
        "documents": papers.chain(due.office_files.iter().map(ToString::to_string)).collect::<Vec<_>>(),
        "portraits": due.portraits.iter().map(|(portrait, _)| portrait.to_string()).collect::<Vec<_>>(),
    })
}

fn carry_out(
    writer: &mut Writer<'_, '_>,
    due: &Due,
    fields: &ErasedFields,
    now: Timestamp,
) -> Result<Vec<String>, Error> {
    let mut files = Vec::new();
    if !fields.is_empty() {
        erasing::destroy_fields(writer, fields)?;
    }
    for report in &due.reports {
        forgetting::report(writer, *report)?;
    }
    for case in &due.cases {
        erasing::words_of_case(writer, *case)?;
    }
    applications::remove_documents(writer, &due.documents)?;
    offices::remove_documents(writer, &due.office_files)?;
    for (application, person) in &due.refused {
        forgetting::refusal(writer, *application, *person)?;
    }
    notices::remove(writer, &due.notices)?;
    for (application, person) in &due.withdrawn {
        forgetting::facts(writer, *application, *person)?;
    }
    for (portrait, person) in &due.portraits {
        if pictures::remove(writer, *portrait, *person)? {
            files.extend(portraits::files_of(*portrait));
        }
    }
    imports::remove(writer, &due.imports.iter().map(|(id, _)| *id).collect::<Vec<_>>())?;
    files.extend(due.imports.iter().filter_map(|(_, object)| object.clone()));
    forgetting::accesses(writer, &due.accesses)?;
    forgetting::over(writer, now)?;
    Ok(files)
}
