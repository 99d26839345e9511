//! What is about a person, and its destruction. Which table holds what, and what is kept of it: decision 21.

use super::columns;
use super::connection::{IDS_AT_ONCE, Read};
use super::credentials::status_change;
use super::returns;
use super::schema::{
    accesses, application_people, case_decisions, case_documents, case_evidence, case_reports, case_statements, cases,
    credentials, eligibility, engagements, event_personal, former_names, one_time_codes, people, people_words,
    refresh_tokens, sessions, users,
};
use super::tx::Writer;
use crate::domain::accounts::AccountState;
use crate::domain::cases::CaseState;
use crate::domain::credentials::{Credential, CredentialState};
use crate::domain::events::ErasedFields;
use crate::domain::ids::{ApplicationId, CaseId, PersonId, ReportId, SubjectId, UserId};
use crate::domain::press_cards::PressCardId;
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::keys::Sealing;
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};

/// Characters of an id as it is written.
const ID_LENGTH: usize = 36;

/// Whom a case names, and in which state it is.
pub struct CaseNames {
    /// The case.
    pub id: CaseId,
    /// Where it stands.
    pub state: CaseState,
    /// The person it is about.
    pub person: Option<PersonId>,
    /// The credentials that it, its suspension of before or its decision names.
    pub credentials: Vec<String>,
    /// The name that was claimed.
    pub name: Option<String>,
    /// The number that was claimed.
    pub number: Option<String>,
}

type CaseRow = (String, String, Option<String>, Option<String>, Option<String>, Option<String>, Option<String>);

/// Whom every case names.
///
/// # Errors
/// The database's.
pub fn names_in_cases(db: &mut impl Read) -> Result<Vec<CaseNames>, Error> {
    let of_decisions: Vec<(String, Option<String>)> =
        case_decisions::table.select((case_decisions::case_id, case_decisions::credential_id)).load(db.db())?;
    let mut decided: HashMap<String, Option<String>> = of_decisions.into_iter().collect();
    let rows: Vec<CaseRow> = cases::table
        .select((
            cases::id,
            cases::state,
            cases::person_id,
            cases::credential_id,
            cases::interim_credential_id,
            cases::claimed_name,
            cases::claimed_number,
        ))
        .load(db.db())?;
    let names = |(id, state, person, credential, interim, name, number): CaseRow| {
        Ok(CaseNames {
            id: columns::id(&id)?,
            state: columns::word(&state, &CaseState::ALL, CaseState::as_str)?,
            person: columns::optional_id(person.as_deref())?,
            credentials: [credential, interim, decided.remove(&id).flatten()].into_iter().flatten().collect(),
            name,
            number,
        })
    };
    rows.into_iter().map(names).collect()
}

/// Which reports are in which cases.
///
/// # Errors
/// The database's.
pub fn reports_in_cases(db: &mut impl Read) -> Result<Vec<(CaseId, ReportId)>, Error> {
    let rows: Vec<(String, String)> =
        case_reports::table.select((case_reports::case_id, case_reports::report_id)).load(db.db())?;
    rows.iter().map(|(case, report)| Ok((columns::id(case)?, columns::id(report)?))).collect()
}

/// The places of the events that still hold fields about a subject.
///
/// # Errors
/// The database's.
pub fn entries_about(db: &mut impl Read, subject: SubjectId) -> Result<Vec<i64>, Error> {
    Ok(event_personal::table
        .filter(event_personal::subject.eq(subject.to_string()))
        .filter(event_personal::fields.is_not_null())
        .order(event_personal::event_idx)
        .select(event_personal::event_idx)
        .load(db.db())?)
}

/// Whether somebody is to be erased again: the record came back, or fields that were erased with it. What stands under it
/// and was another's is not among those.
///
/// # Errors
/// The database's.
pub fn is_back(db: &mut impl Read, id: PersonId) -> Result<bool, Error> {
    if super::people::exists(db, id)? {
        return Ok(true);
    }
    let Some(done) = super::erasures::done(db, id)? else { return Ok(false) };
    let erased = super::events::at(db, done.log_index)?.map(|salted| salted.event.erased()).unwrap_or_default();
    for (subject, places) in erased.iter() {
        if entries_about(db, subject)?.iter().any(|index| places.contains(index)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The applications that these records are in without a card from them, each with the record.
///
/// # Errors
/// The database's.
pub fn applications_of(db: &mut impl Read, records: &[PersonId]) -> Result<Vec<(ApplicationId, PersonId)>, Error> {
    let records: Vec<String> = records.iter().map(ToString::to_string).collect();
    let rows: Vec<(String, String)> = application_people::table
        .filter(application_people::person_id.eq_any(records))
        .filter(application_people::credential_id.is_null())
        .order((application_people::application_id, application_people::person_id))
        .select((application_people::application_id, application_people::person_id))
        .load(db.db())?;
    rows.iter().map(|(application, record)| Ok((columns::id(application)?, columns::id(record)?))).collect()
}

/// Destroys salts and fields.
///
/// # Errors
/// The database's.
pub fn destroy_fields(writer: &mut Writer, fields: &ErasedFields) -> Result<(), Error> {
    for (subject, entries) in fields.iter() {
        let entries: Vec<i64> = entries.iter().copied().collect();
        for entries in entries.chunks(IDS_AT_ONCE) {
            let of_subject = event_personal::table
                .filter(event_personal::subject.eq(subject.to_string()))
                .filter(event_personal::event_idx.eq_any(entries));
            diesel::update(of_subject)
                .set((event_personal::salt.eq(None::<Vec<u8>>), event_personal::fields.eq(None::<String>)))
                .execute(writer.db())?;
        }
    }
    writer.erases();
    Ok(())
}

/// Empties a person's row, and removes what hangs on it alone: where they work, who looked, what was known of them, why
/// they were refused.
///
/// # Errors
/// The database's.
pub fn person(writer: &mut Writer, id: PersonId) -> Result<(), Error> {
    let person = id.to_string();
    // Every row has another "hash", so that no two people who were erased are taken for one.
    diesel::update(people::table.find(&person))
        .set((
            people::full_name.eq(""),
            people::pen_name.eq(None::<String>),
            people::birth_date.eq(chrono::NaiveDate::default()),
            people::national_id_sealed.eq(Vec::<u8>::new()),
            people::national_id_hash.eq(person.as_bytes()),
            people::email.eq(None::<String>),
            people::portrait_id.eq(None::<String>),
            people::name_key.eq(""),
            people::name_folded.eq(""),
            people::version.eq(people::version + 1),
        ))
        .execute(writer.db())?;
    diesel::delete(people_words::table.filter(people_words::person_id.eq(&person))).execute(writer.db())?;
    diesel::delete(former_names::table.filter(former_names::person_id.eq(&person))).execute(writer.db())?;
    super::duplicates::forget_open(writer, id)?;
    diesel::delete(engagements::table.filter(engagements::person_id.eq(&person))).execute(writer.db())?;
    diesel::delete(accesses::table.filter(accesses::person_id.eq(&person))).execute(writer.db())?;
    diesel::delete(eligibility::table.filter(eligibility::person_id.eq(&person))).execute(writer.db())?;
    diesel::update(application_people::table.filter(application_people::person_id.eq(&person)))
        .set((application_people::reason.eq(None::<String>), application_people::police_reference.eq(None::<String>)))
        .execute(writer.db())?;
    Ok(())
}

/// Empties what is printed on a person's credentials. Numbers, slots and states stay: none is given twice. One that is in
/// force, which happens with an old database only, is withdrawn.
///
/// # Errors
/// The database's.
pub fn credentials(writer: &mut Writer, person: PersonId, in_force: &[Credential]) -> Result<(), Error> {
    for credential in in_force {
        let log_index = writer.log_index();
        let withdrawn = Credential { state: CredentialState::Returned, log_index, ..credential.clone() };
        diesel::update(credentials::table.find(credential.id.to_string()))
            .set((credentials::state.eq(withdrawn.state.as_str()), credentials::log_index.eq(log_index)))
            .execute(writer.db())?;
        returns::remove(writer, PressCardId::Issued(credential.id))?;
        writer.publish(status_change(&withdrawn));
    }
    diesel::update(credentials::table.filter(credentials::person_id.eq(person.to_string())))
        .set((
            credentials::name.eq(""),
            credentials::portrait_id.eq(None::<String>),
            credentials::photo_digest.eq(None::<String>),
            credentials::place.eq(None::<String>),
            credentials::unit_visited.eq(None::<String>),
            credentials::work.eq(None::<String>),
            credentials::code.eq(Vec::<u8>::new()),
            credentials::version.eq(credentials::version + 1),
        ))
        .execute(writer.db())?;
    Ok(())
}

/// Closes a holder's account for good: nothing of it is left but its id, which the log names.
///
/// # Errors
/// The database's.
pub fn account(writer: &mut Writer, id: UserId) -> Result<(), Error> {
    let user = id.to_string();
    let of_user = sessions::table.filter(sessions::user_id.eq(&user)).select(sessions::id);
    let ids: Vec<String> = of_user.load(writer.db())?;
    diesel::delete(refresh_tokens::table.filter(refresh_tokens::session_id.eq_any(&ids))).execute(writer.db())?;
    diesel::delete(sessions::table.filter(sessions::user_id.eq(&user))).execute(writer.db())?;
    diesel::delete(one_time_codes::table.find(&user)).execute(writer.db())?;
    // `.invalid` is nobody's (RFC 2606 §2).
    diesel::update(users::table.find(&user))
        .set((
            users::email.eq(format!("{user}@erased.invalid")),
            users::password_hash.eq(None::<String>),
            users::state.eq(AccountState::Disabled.as_str()),
            users::version.eq(users::version + 1),
        ))
        .execute(writer.db())?;
    Ok(())
}

/// Ends the time to appeal of somebody who is erased: what was found is final. A time that was over stays.
///
/// # Errors
/// The database's.
pub fn time_to_appeal(writer: &mut Writer, person: PersonId, now: Timestamp) -> Result<(), Error> {
    let about = cases::table.filter(cases::person_id.eq(person.to_string())).select(cases::id);
    let running = case_decisions::table
        .filter(case_decisions::case_id.eq_any(about))
        .filter(case_decisions::appeal_until.gt(now.micros()));
    diesel::update(running).set(case_decisions::appeal_until.eq(now.micros())).execute(writer.db())?;
    Ok(())
}

/// Takes out of a case what was said in it. How it went, what was decided and by whom stays.
///
/// # Errors
/// The database's.
pub fn words_of_case(writer: &mut Writer, id: CaseId) -> Result<(), Error> {
    let case = id.to_string();
    diesel::update(cases::table.find(&case))
        .set((
            cases::place.eq(None::<String>),
            cases::summary.eq(None::<String>),
            cases::claimed_name.eq(None::<String>),
            cases::claimed_agency.eq(None::<String>),
            cases::claimed_phone.eq(None::<String>),
            cases::claimed_number.eq(None::<String>),
            cases::version.eq(cases::version + 1),
        ))
        .execute(writer.db())?;
    diesel::update(case_decisions::table.find(&case))
        .set((case_decisions::reasons.eq(""), case_decisions::appeal_reasons.eq(None::<String>)))
        .execute(writer.db())?;
    diesel::update(case_statements::table.filter(case_statements::case_id.eq(&case)))
        .set(case_statements::text.eq(""))
        .execute(writer.db())?;
    diesel::delete(case_evidence::table.filter(case_evidence::case_id.eq(&case))).execute(writer.db())?;
    diesel::delete(case_documents::table.filter(case_documents::case_id.eq(&case))).execute(writer.db())?;
    Ok(())
}

/// Removes the answers kept for repeated requests that name one of these ids. They are sealed, so each is opened.
///
/// # Errors
/// The database's; one does not open.
pub fn kept_answers(writer: &mut Writer, sealing: &Sealing, ids: &HashSet<String>) -> Result<(), Error> {
    use super::schema::idempotency::{body, key_hash, table};
    let ids: HashSet<&[u8]> = ids.iter().map(String::as_bytes).collect();
    let rows: Vec<(Vec<u8>, Vec<u8>)> = table.select((key_hash, body)).load(writer.db())?;
    for (key, sealed) in rows {
        let opened = sealing.open(&sealed, &key)?;
        if opened.windows(ID_LENGTH).any(|part| ids.contains(part)) {
            diesel::delete(table.find(&key)).execute(writer.db())?;
        }
    }
    Ok(())
}
