//! What is destroyed when a person is erased, and what the log is told of it.

use super::Gone;
use super::trace::{self, Trace};
use crate::app::{Registry, portraits};
use crate::domain::credentials::Credential;
use crate::domain::events::{ErasedFields, Event, EventKind, Object};
use crate::domain::ids::{PersonId, SubjectId};
use crate::domain::provinces::ProvinceId;
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::policy::Permit;
use crate::store::{
    Read, Tx, Writer, applications, erasing, erasures, events, forgetting, histories, leaders, offices,
    portraits as pictures, state_cards,
};
use serde_json::json;
use std::collections::BTreeSet;

/// Erases a person, and writes down which fields of the log are destroyed with it.
pub(super) fn erase(
    tx: &mut Tx,
    registry: &Registry,
    permit: &Permit,
    trace: &Trace,
    province: Option<ProvinceId>,
) -> Result<Gone, Error> {
    let records: Vec<PersonId> = trace.records().collect();
    // What is not in the database yet cannot be destroyed in it: the next batch can.
    let others = histories::once_one_with(tx, &records)?;
    let others = others.into_iter().map(SubjectId::from);
    if tx.adds_fields_about(&trace.subjects().into_iter().chain(others).collect::<Vec<_>>()) {
        return Err(Error::Overloaded);
    }
    let now = tx.now();
    let fields = fields_about(tx, trace)?;
    let in_force: Vec<Credential> = trace::in_force(&trace.credentials, now).cloned().collect();
    let evidence = evidence_of(tx, trace)?;
    let papers = applications::documents_about(tx, &records)?;
    let documents = papers.gone;
    let office_papers = offices::documents_about(tx, &records)?;
    let office_files = office_papers.gone;
    let carry_out = |writer: &mut Writer<'_, '_>| {
        let done =
            erasures::Done { person: trace.person, at: now, province: province.clone(), log_index: writer.log_index() };
        applications::remove_documents(writer, &documents)?;
        offices::remove_documents(writer, &office_files)?;
        for record in &records {
            leaders::forget(writer, *record)?;
        }
        let files = destroy(writer, registry, trace, &fields, &in_force, now)?;
        erasures::carry_out(writer, &done)?;
        for record in &trace.absorbed {
            erasures::carry_out(writer, &erasures::Done { person: *record, ..done.clone() })?;
        }
        Ok(files)
    };
    let mut files = match written_down(tx, trace, &fields)? {
        // An old database was put back, but not the log: it knows already.
        Some(index) => tx.repeat(permit, index, carry_out)?,
        None => {
            let ids = |ids: &mut dyn Iterator<Item = String>| ids.collect::<Vec<_>>();
            let event = Event::new(EventKind::PersonErased, Object::Person(trace.person)).with(fields.said_in(json!({
                "absorbed": ids(&mut trace.absorbed.iter().map(ToString::to_string)),
                "applications": ids(&mut trace.applications.iter().map(|(id, _)| id.to_string())),
                "cases": ids(&mut trace.cases.iter().map(ToString::to_string)),
                "offices": ids(&mut trace.offices.iter().map(ToString::to_string)),
                "reports": ids(&mut trace.reports.iter().map(ToString::to_string)),
                "documents": ids(
                    &mut documents.iter().map(ToString::to_string).chain(office_files.iter().map(ToString::to_string)),
                ),
                "withdrawn": ids(&mut in_force.iter().map(|it| it.id.to_string())),
            })));
            tx.record(permit, event, carry_out)?
        }
    };
    files.extend(evidence);
    files.extend(documents.into_iter().map(|place| place.object));
    files.extend(office_files.into_iter().map(|place| place.object));
    let shared_papers = papers.shared.iter().map(|place| place.of).collect::<BTreeSet<_>>();
    let shared_office_papers = office_papers.shared.iter().map(|place| place.of).collect::<BTreeSet<_>>();
    Ok(Gone {
        person: trace.person,
        absorbed: trace.absorbed.clone(),
        at: now,
        files,
        shared_papers: shared_papers.into_iter().collect(),
        shared_office_papers: shared_office_papers.into_iter().collect(),
    })
}

/// The entry that says already that all these fields are erased.
fn written_down(tx: &mut Tx, trace: &Trace, fields: &ErasedFields) -> Result<Option<i64>, Error> {
    let Some(index) = events::last_of_kind(tx, &Object::Person(trace.person), EventKind::PersonErased)? else {
        return Ok(None);
    };
    let said = events::at(tx, index)?.map(|salted| salted.event.erased()).unwrap_or_default();
    Ok(said.includes(fields).then_some(index))
}

/// What the log tells of the person: also where it stands under the record of another whom theirs was one with for a time,
/// and not what stands under theirs and is the other's.
fn fields_about(db: &mut impl Read, trace: &Trace) -> Result<ErasedFields, Error> {
    let mut fields = ErasedFields::default();
    for (record, places) in histories::of_records(db, &trace.records().collect::<Vec<_>>())? {
        let there = erasing::entries_about(db, record.into())?;
        fields.add(record.into(), there.into_iter().filter(|index| places.contains(index)));
    }
    for subject in trace.things() {
        fields.add(subject, erasing::entries_about(db, subject)?);
    }
    Ok(fields)
}

fn evidence_of(db: &mut impl Read, trace: &Trace) -> Result<Vec<String>, Error> {
    let mut files = Vec::new();
    for report in &trace.reports {
        files.extend(forgetting::files_of_report(db, *report)?);
    }
    for case in &trace.cases {
        files.extend(forgetting::files_of_case(db, *case)?);
    }
    Ok(files)
}

fn destroy(
    writer: &mut Writer<'_, '_>,
    registry: &Registry,
    trace: &Trace,
    fields: &ErasedFields,
    in_force: &[Credential],
    now: Timestamp,
) -> Result<Vec<String>, Error> {
    let mut files = Vec::new();
    erasing::destroy_fields(writer, fields)?;
    erasing::credentials(writer, trace.person, in_force)?;
    state_cards::forget_names(writer, &trace.state_cards)?;
    state_cards::lose_trace(writer, &trace.untraceable)?;
    for record in trace.records() {
        offices::erase(writer, &trace.offices, record, now.day())?;
        erasing::person(writer, record)?;
    }
    for portrait in &trace.portraits {
        if pictures::remove(writer, *portrait, trace.person)? {
            files.extend(portraits::files_of(*portrait));
        }
    }
    for account in &trace.accounts {
        erasing::account(writer, *account)?;
    }
    for (application, record) in &trace.applications {
        forgetting::refusal(writer, *application, *record)?;
    }
    for case in &trace.cases {
        erasing::words_of_case(writer, *case)?;
    }
    erasing::time_to_appeal(writer, trace.person, now)?;
    for report in &trace.reports {
        forgetting::report(writer, *report)?;
    }
    erasing::kept_answers(writer, &registry.secrets.sealing, &trace.ids())?;
    Ok(files)
}
