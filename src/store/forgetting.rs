//! What is kept no longer: found, and removed. How long is what: `domain::retention`.

use super::columns;
use super::connection::Read;
use super::schema::{
    accesses, application_people, applications, case_decisions, case_documents, case_evidence, case_reports,
    case_statements, cases, credentials, eligibility, event_personal, events, guesses, idempotency, one_time_codes,
    people, portraits, refresh_tokens, report_details, report_evidence, reports, sessions,
};
use super::tx::Writer;
use crate::domain::applications::{ApplicationState, Outcome as Decided};
use crate::domain::cases::{CaseState, Outcome};
use crate::domain::events::{EventKind, Object};
use crate::domain::ids::{ApplicationId, CaseId, PersonId, PortraitId, ReportId, SubjectId};
use crate::domain::reports::ReportState;
use crate::domain::time::Timestamp;
use crate::error::Error;
use diesel::prelude::*;

/// Reports that came to nothing before `before`: nobody opened a case with them, or it was dismissed, found unfounded
/// or overturned, and has ended. At most `limit`.
///
/// # Errors
/// The database's.
pub fn unfounded_reports(db: &mut impl Read, before: Timestamp, limit: i64) -> Result<Vec<ReportId>, Error> {
    let never_opened = reports::state.eq(ReportState::Received.as_str()).and(reports::received_at.lt(before.micros()));
    let came_to_nothing = case_decisions::table
        .filter(case_decisions::outcome.eq(Outcome::Unfounded.as_str()).or(case_decisions::overturned.eq(true)))
        .select(case_decisions::case_id);
    let ended = cases::table
        .filter(
            cases::state
                .eq(CaseState::Dismissed.as_str())
                .or(cases::state.eq(CaseState::Closed.as_str()).and(cases::id.eq_any(came_to_nothing))),
        )
        .select(cases::id);
    let of_ended = case_reports::table.filter(case_reports::case_id.eq_any(ended)).select(case_reports::report_id);
    let closed = events::table
        .filter(events::kind.eq(EventKind::ReportClosed.as_str()))
        .filter(events::at.lt(before.micros()))
        .select(events::object_id);
    let unfounded = reports::state
        .eq(ReportState::Closed.as_str())
        .and(reports::id.eq_any(of_ended))
        .and(reports::id.eq_any(closed));
    let ids: Vec<String> = reports::table
        .filter(reports::id.eq_any(report_details::table.select(report_details::report_id)))
        .filter(never_opened.or(unfounded))
        .order(reports::id)
        .limit(limit)
        .select(reports::id)
        .load(db.db())?;
    ids.iter().map(|id| columns::id(id)).collect()
}

/// Cases that came to nothing, in which nothing has happened since `before`, where something that was said in them is
/// left. At most `limit`.
///
/// # Errors
/// The database's.
pub fn unfounded_cases(db: &mut impl Read, before: Timestamp, limit: i64) -> Result<Vec<CaseId>, Error> {
    use diesel::dsl::{exists, not};
    let of_case = case_decisions::table.filter(case_decisions::case_id.eq(cases::id));
    let to_nothing = case_decisions::outcome.eq(Outcome::Unfounded.as_str()).or(case_decisions::overturned.eq(true));
    let dismissed = cases::state.eq(CaseState::Dismissed.as_str());
    let closed = cases::state.eq(CaseState::Closed.as_str()).and(exists(of_case.filter(to_nothing)));
    let since = events::table
        .filter(events::object_kind.eq("case").and(events::object_id.eq(cases::id)))
        .filter(events::at.ge(before.micros()));
    let words = cases::summary
        .is_not_null()
        .or(cases::place.is_not_null())
        .or(cases::claimed_name.is_not_null())
        .or(cases::claimed_agency.is_not_null())
        .or(cases::claimed_phone.is_not_null())
        .or(cases::claimed_number.is_not_null());
    let reasons = case_decisions::reasons.ne("").or(case_decisions::appeal_reasons.is_not_null());
    let statements = case_statements::table.filter(case_statements::case_id.eq(cases::id));
    let fields = event_personal::table.filter(event_personal::subject.eq(cases::id));
    let left = words
        .or(exists(of_case.filter(reasons)))
        .or(exists(statements.filter(case_statements::text.ne(""))))
        .or(exists(fields.filter(event_personal::fields.is_not_null())))
        .or(exists(case_evidence::table.filter(case_evidence::case_id.eq(cases::id))))
        .or(exists(case_documents::table.filter(case_documents::case_id.eq(cases::id))));
    let ids: Vec<String> = cases::table
        .filter(dismissed.or(closed))
        .filter(left)
        .filter(not(exists(since)))
        .order(cases::id)
        .limit(limit)
        .select(cases::id)
        .load(db.db())?;
    ids.iter().map(|id| columns::id(id)).collect()
}

/// The objects in which a report's files are kept.
///
/// # Errors
/// The database's.
pub fn files_of_report(db: &mut impl Read, report: ReportId) -> Result<Vec<String>, Error> {
    let of_report = report_evidence::table.filter(report_evidence::report_id.eq(report.to_string()));
    Ok(of_report.select(report_evidence::object).load(db.db())?)
}

/// The objects in which a case's files are kept, also those that went to an authority.
///
/// # Errors
/// The database's.
pub fn files_of_case(db: &mut impl Read, case: CaseId) -> Result<Vec<String>, Error> {
    let case = case.to_string();
    let evidence = case_evidence::table.filter(case_evidence::case_id.eq(&case)).select(case_evidence::object);
    let mut files: Vec<String> = evidence.load(db.db())?;
    let documents = case_documents::table.filter(case_documents::case_id.eq(&case)).select(case_documents::object);
    files.extend(documents.load::<String>(db.db())?);
    Ok(files)
}

/// Whether a file of a report or a case is kept in this object.
///
/// # Errors
/// The database's.
pub fn names_object(db: &mut impl Read, object: &str) -> Result<bool, Error> {
    use diesel::dsl::exists;
    let of_report = exists(report_evidence::table.filter(report_evidence::object.eq(object)));
    let of_case = exists(case_evidence::table.filter(case_evidence::object.eq(object)));
    let document = exists(case_documents::table.filter(case_documents::object.eq(object)));
    Ok(diesel::select(of_report.or(of_case).or(document)).get_result(db.db())?)
}

/// Removes what a report says and its evidence; its kind, unit and day are still counted. One that waits is closed.
///
/// # Errors
/// The database's.
pub fn report(writer: &mut Writer, id: ReportId) -> Result<(), Error> {
    let report = id.to_string();
    diesel::delete(report_evidence::table.filter(report_evidence::report_id.eq(&report))).execute(writer.db())?;
    diesel::delete(report_details::table.find(&report)).execute(writer.db())?;
    let nothing = (
        reports::evidence_files.eq(0),
        reports::evidence_bytes.eq(0),
        reports::version.eq(reports::version + 1),
        reports::state.eq(ReportState::Closed.as_str()),
    );
    diesel::update(reports::table.find(&report)).set(nothing).execute(writer.db())?;
    writer.erases();
    Ok(())
}

/// Who was refused in which application before `before`, where nobody was refused in it since. At most `limit`.
///
/// # Errors
/// The database's.
pub fn refused(db: &mut impl Read, before: Timestamp, limit: i64) -> Result<Vec<(ApplicationId, PersonId)>, Error> {
    use diesel::dsl::{exists, not};
    let of_applications = || events::table.filter(events::object_kind.eq("application"));
    let refusals = || of_applications().filter(events::kind.eq(EventKind::ApplicationRefused.as_str()));
    let since = refusals()
        .filter(events::object_id.eq(application_people::application_id))
        .filter(events::at.ge(before.micros()));
    let earlier = refusals().filter(events::at.lt(before.micros())).select(events::object_id);
    let rows: Vec<(String, String)> = application_people::table
        .filter(application_people::outcome.eq(Decided::Refused.as_str()))
        .filter(application_people::application_id.eq_any(earlier))
        .filter(not(exists(since)))
        .order((application_people::application_id, application_people::person_id))
        .limit(limit)
        .select((application_people::application_id, application_people::person_id))
        .load(db.db())?;
    rows.iter().map(|(application, person)| Ok((columns::id(application)?, columns::id(person)?))).collect()
}

/// The places of the events of an application that still hold fields about a person, by the record under which they stand:
/// also under one that theirs was one with once, where that one is not in the application itself.
///
/// # Errors
/// The database's.
pub fn entries_of_application(
    db: &mut impl Read,
    application: ApplicationId,
    person: PersonId,
) -> Result<Vec<(SubjectId, Vec<i64>)>, Error> {
    let others = application_people::table.filter(application_people::application_id.eq(application.to_string()));
    let others: Vec<String> = others.select(application_people::person_id).load(db.db())?;
    let mut records = super::histories::once_one_with(db, &[person])?;
    records.retain(|record| !others.contains(&record.to_string()));
    let object = Object::Application(application);
    let mut found = Vec::new();
    for record in records.into_iter().chain([person]) {
        let of_application = events::table
            .filter(events::object_kind.eq(object.kind()).and(events::object_id.eq(object.to_string())))
            .select(events::idx);
        let places: Vec<i64> = event_personal::table
            .filter(event_personal::subject.eq(record.to_string()))
            .filter(event_personal::fields.is_not_null())
            .filter(event_personal::event_idx.eq_any(of_application))
            .order(event_personal::event_idx)
            .select(event_personal::event_idx)
            .load(db.db())?;
        found.push((record.into(), places));
    }
    Ok(found)
}

/// Whom an agency took back, or was given back, in an application that has ended and to which nothing has happened since
/// `before`, where something that was known of them is left. At most `limit`.
///
/// # Errors
/// The database's.
pub fn withdrawn_facts(
    db: &mut impl Read,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<(ApplicationId, PersonId)>, Error> {
    use diesel::dsl::{exists, not};
    let ended = [ApplicationState::Withdrawn, ApplicationState::Approved, ApplicationState::Refused];
    let since = events::table
        .filter(events::object_kind.eq("application").and(events::object_id.eq(application_people::application_id)))
        .filter(events::at.ge(before.micros()));
    let facts = eligibility::table
        .filter(eligibility::application_id.eq(application_people::application_id))
        .filter(eligibility::person_id.eq(application_people::person_id));
    let rows: Vec<(String, String)> = application_people::table
        .inner_join(applications::table)
        .filter(applications::state.eq_any(ended.map(ApplicationState::as_str)))
        .filter(application_people::outcome.eq(Decided::Returned.as_str()))
        .filter(exists(facts).or(application_people::police_reference.is_not_null()))
        .filter(not(exists(since)))
        .order((application_people::application_id, application_people::person_id))
        .limit(limit)
        .select((application_people::application_id, application_people::person_id))
        .load(db.db())?;
    rows.iter().map(|(application, person)| Ok((columns::id(application)?, columns::id(person)?))).collect()
}

/// Removes what was known of a person when an application was looked at, and what the police confirmed.
///
/// # Errors
/// The database's.
pub fn facts(writer: &mut Writer, application: ApplicationId, person: PersonId) -> Result<(), Error> {
    let place = (application.to_string(), person.to_string());
    diesel::delete(eligibility::table.find(place.clone())).execute(writer.db())?;
    diesel::update(application_people::table.find(place))
        .set(application_people::police_reference.eq(None::<String>))
        .execute(writer.db())?;
    writer.erases();
    Ok(())
}

/// Removes a person who was given no card from an application, and the application where nobody is left in it.
///
/// # Errors
/// The database's.
pub fn refusal(writer: &mut Writer, application: ApplicationId, person: PersonId) -> Result<(), Error> {
    let id = application.to_string();
    diesel::delete(eligibility::table.find((&id, person.to_string()))).execute(writer.db())?;
    diesel::delete(application_people::table.find((&id, person.to_string()))).execute(writer.db())?;
    let left: i64 =
        application_people::table.filter(application_people::application_id.eq(&id)).count().get_result(writer.db())?;
    match left {
        0 => diesel::delete(applications::table.find(&id)).execute(writer.db())?,
        _ => diesel::update(applications::table.find(&id))
            .set(applications::version.eq(applications::version + 1))
            .execute(writer.db())?,
    };
    Ok(())
}

/// Portraits that no credential carries which was still valid at `before` or later, with their people: those that a
/// credential carried, and those that were replaced before any did. At most `limit`.
///
/// # Errors
/// The database's.
pub fn portraits(db: &mut impl Read, before: Timestamp, limit: i64) -> Result<Vec<(PortraitId, PersonId)>, Error> {
    use diesel::dsl::{exists, not};
    let carrying = || credentials::table.filter(credentials::portrait_id.eq(portraits::id.nullable()));
    let in_use = people::table.filter(people::portrait_id.eq(portraits::id.nullable()));
    let rows: Vec<(String, String)> = portraits::table
        .filter(portraits::created_at.lt(before.micros()))
        .filter(not(exists(carrying().filter(credentials::valid_until.ge(before.micros())))))
        .filter(exists(carrying()).or(not(exists(in_use))))
        .order(portraits::id)
        .limit(limit)
        .select((portraits::id, portraits::person_id))
        .load(db.db())?;
    rows.iter().map(|(portrait, person)| Ok((columns::id(portrait)?, columns::id(person)?))).collect()
}

/// The ids of looks of before `before`, oldest first. At most `limit`.
///
/// # Errors
/// The database's.
pub fn looks(db: &mut impl Read, before: Timestamp, limit: i64) -> Result<Vec<String>, Error> {
    let over = accesses::table.filter(accesses::at.lt(before.micros()));
    Ok(over.order(accesses::id).limit(limit).select(accesses::id).load(db.db())?)
}

/// Removes these looks.
///
/// # Errors
/// The database's.
pub fn accesses(writer: &mut Writer, ids: &[String]) -> Result<(), Error> {
    diesel::delete(accesses::table.filter(accesses::id.eq_any(ids))).execute(writer.db())?;
    Ok(())
}

/// How many kept answers, sign-ins with one-time codes, and wrong guesses are over at `now`.
///
/// # Errors
/// The database's.
pub fn count_over(db: &mut impl Read, now: Timestamp) -> Result<[i64; 3], Error> {
    let now = now.micros();
    let answers: i64 = idempotency::table.filter(idempotency::expires_at.le(now)).count().get_result(db.db())?;
    let sessions: i64 = sessions::table.filter(sessions::expires_at.le(now)).count().get_result(db.db())?;
    let codes: i64 = one_time_codes::table.filter(one_time_codes::expires_at.le(now)).count().get_result(db.db())?;
    let guesses: i64 = guesses::table.filter(guesses::over_at.le(now)).count().get_result(db.db())?;
    Ok([answers, sessions + codes, guesses])
}

/// Removes kept answers, sign-ins, one-time codes and wrong guesses that are over at `now`.
///
/// # Errors
/// The database's.
pub fn over(writer: &mut Writer, now: Timestamp) -> Result<(), Error> {
    let now = now.micros();
    let over = sessions::table.filter(sessions::expires_at.le(now)).select(sessions::id);
    diesel::delete(idempotency::table.filter(idempotency::expires_at.le(now))).execute(writer.db())?;
    diesel::delete(refresh_tokens::table.filter(refresh_tokens::session_id.eq_any(over))).execute(writer.db())?;
    diesel::delete(sessions::table.filter(sessions::expires_at.le(now))).execute(writer.db())?;
    diesel::delete(one_time_codes::table.filter(one_time_codes::expires_at.le(now))).execute(writer.db())?;
    diesel::delete(guesses::table.filter(guesses::over_at.le(now))).execute(writer.db())?;
    Ok(())
}
