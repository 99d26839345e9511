//! What was known of the people of an application, sealed, and the cards they were granted before.

use super::connection::{Read, on_each};
use super::people::on_record;
use super::schema::{credentials, eligibility, engagements, events, people};
use super::tx::Writer;
use super::{columns, state_cards};
use crate::domain::credentials::{CredentialState, Ground};
use crate::domain::eligibility::Assessment;
use crate::domain::events::EventKind;
use crate::domain::ids::{AgencyId, ApplicationId, PersonId};
use crate::domain::printed::CredentialKind;
use crate::domain::state_cards::{StateCard, StateCardState};
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::keys::Sealing;
use diesel::prelude::*;
use std::collections::HashMap;

#[derive(Queryable, Insertable)]
#[diesel(table_name = eligibility)]
struct Row {
    application_id: String,
    person_id: String,
    sealed: Vec<u8>,
}

/// A sealed assessment opens at its own place alone.
pub(super) fn place(application: &str, person: &str) -> Vec<u8> {
    format!("eligibility {application} {person}").into_bytes()
}

/// What was known of each person of an application.
///
/// # Errors
/// The database's; one does not open.
pub fn of_application(
    db: &mut impl Read,
    sealing: &Sealing,
    application: ApplicationId,
) -> Result<HashMap<PersonId, Assessment>, Error> {
    let rows: Vec<Row> =
        eligibility::table.filter(eligibility::application_id.eq(application.to_string())).load(db.db())?;
    rows.into_iter()
        .map(|row| {
            let json = sealing.open(&row.sealed, &place(&row.application_id, &row.person_id))?;
            Ok((columns::id(&row.person_id)?, columns::stored(Assessment::from_json(&json))?))
        })
        .collect()
}

/// Keeps what is known of these people of an application in place of what was known before.
///
/// # Errors
/// The database's.
pub fn keep(
    writer: &mut Writer,
    sealing: &Sealing,
    application: ApplicationId,
    known: &HashMap<PersonId, Assessment>,
) -> Result<(), Error> {
    if known.is_empty() {
        return Ok(());
    }
    let application = application.to_string();
    let rows = known.iter().map(|(person, assessment)| {
        let json = assessment.to_json().map_err(Error::internal)?;
        let person_id = person.to_string();
        let sealed = sealing.seal(&json, &place(&application, &person_id))?;
        Ok(Row { application_id: application.clone(), person_id, sealed })
    });
    let rows = rows.collect::<Result<Vec<Row>, Error>>()?;
    let ids: Vec<&str> = rows.iter().map(|row| row.person_id.as_str()).collect();
    let old = eligibility::table
        .filter(eligibility::application_id.eq(&application))
        .filter(eligibility::person_id.eq_any(ids));
    diesel::delete(old).execute(writer.db())?;
    on_each!(writer.db(), db => diesel::insert_into(eligibility::table).values(&rows).execute(db))?;
    Ok(())
}

/// A press card that a human being was granted, on whichever agency's record: by the registry, or before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GrantedCard {
    /// The record that was asked about.
    pub person: PersonId,
    /// The agency of the card.
    pub agency: AgencyId,
    /// Where the card stands.
    pub state: CredentialState,
    /// Why.
    pub ground: Option<Ground>,
    /// When its dates end it.
    pub expires: Timestamp,
    /// When it came to stand there; `None` while that is being written down.
    pub since: Option<Timestamp>,
}

/// These records, and by what each is known as a human being.
fn humans(db: &mut impl Read, ids: &[PersonId]) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    Ok(people::table.filter(people::id.eq_any(ids)).select((people::id, people::national_id_hash)).load(db.db())?)
}

type CardRow = (Vec<u8>, String, String, Option<String>, i64, Option<i64>);

/// Every press card of the human beings behind these records, oldest first.
///
/// # Errors
/// The database's.
pub fn cards_of_humans(db: &mut impl Read, ids: &[PersonId]) -> Result<Vec<GrantedCard>, Error> {
    let asked = humans(db, ids)?;
    let hashes: Vec<&[u8]> = asked.iter().map(|(_, hash)| hash.as_slice()).collect();
    let cards: Vec<CardRow> = credentials::table
        .inner_join(people::table.on(people::id.eq(credentials::person_id)))
        .left_join(events::table.on(events::idx.eq(credentials::log_index)))
        .filter(people::national_id_hash.eq_any(hashes))
        .filter(credentials::kind.eq(CredentialKind::PressCard.as_str()))
        .order(credentials::id)
        .select((
            people::national_id_hash,
            credentials::agency_id,
            credentials::state,
            credentials::ground,
            credentials::valid_until,
            events::at.nullable(),
        ))
        .load(db.db())?;
    let of_hash: HashMap<&[u8], &str> = asked.iter().map(|(id, hash)| (hash.as_slice(), id.as_str())).collect();
    let known = cards.into_iter().filter_map(|card| of_hash.get(card.0.as_slice()).map(|person| (*person, card)));
    known
        .map(|(person, (_, agency, state, ground, expires, since))| {
            Ok(GrantedCard {
                person: columns::id(person)?,
                agency: columns::id(&agency)?,
                state: columns::word(&state, &CredentialState::ALL, CredentialState::as_str)?,
                ground: ground.map(|raw| columns::stored(Ground::parse(&raw))).transpose()?,
                expires: columns::instant(expires),
                since: since.map(columns::instant),
            })
        })
        .collect()
}

/// Every press card of before the registry that is known to be one of the human beings' behind these records.
///
/// # Errors
/// The database's.
pub fn cards_of_before(db: &mut impl Read, ids: &[PersonId]) -> Result<Vec<GrantedCard>, Error> {
    let asked = humans(db, ids)?;
    let hashes: Vec<&[u8]> = asked.iter().map(|(_, hash)| hash.as_slice()).collect();
    let records: Vec<(String, Vec<u8>, String)> = people::table
        .filter(people::national_id_hash.eq_any(hashes))
        .filter(on_record())
        .select((people::id, people::national_id_hash, people::full_name))
        .load(db.db())?;
    let agencies: Vec<String> = engagements::table
        .filter(engagements::person_id.eq_any(records.iter().map(|(id, ..)| id)))
        .select(engagements::agency_id)
        .distinct()
        .load(db.db())?;
    let agencies = agencies.iter().map(|id| columns::id(id)).collect::<Result<Vec<_>, _>>()?;
    let names: Vec<&str> = records.iter().map(|(_, _, name)| name.as_str()).collect();
    let hash_of: HashMap<&str, &[u8]> = records.iter().map(|(id, hash, _)| (id.as_str(), hash.as_slice())).collect();
    let asked_of: HashMap<&[u8], &str> = asked.iter().map(|(id, hash)| (hash.as_slice(), id.as_str())).collect();
    let cards = state_cards::of_names(db, &agencies, &names)?;
    let moved = moved_at(db, &cards)?;
    let mut granted = Vec::new();
    for card in cards {
        let Some(holder) = state_cards::holder(db, &card)? else { continue };
        let person = hash_of.get(holder.to_string().as_str()).and_then(|hash| asked_of.get(hash));
        let Some(person) = person else { continue };
        granted.push(GrantedCard {
            person: columns::id(person)?,
            agency: card.agency,
            state: match card.state {
                StateCardState::Active => CredentialState::Active,
                StateCardState::Lost => CredentialState::Lost,
                StateCardState::Returned => CredentialState::Returned,
                StateCardState::Revoked => CredentialState::Revoked,
            },
            ground: card.ground,
            expires: card.fields.until.end(),
            since: moved.get(&card.id.to_string()).copied(),
        });
    }
    Ok(granted)
}

/// When each of these cards came to stand where it does, by its id; nothing of those that are as they were entered.
fn moved_at(db: &mut impl Read, cards: &[StateCard]) -> Result<HashMap<String, Timestamp>, Error> {
    let kinds = [
        EventKind::StateCardReportedLost,
        EventKind::StateCardReturned,
        EventKind::StateCardRevoked,
        EventKind::StateCardReinstated,
    ];
    let ids = cards.iter().map(|card| card.id.to_string());
    let told: Vec<(String, i64)> = events::table
        .filter(events::object_kind.eq("state_card"))
        .filter(events::object_id.eq_any(ids))
        .filter(events::kind.eq_any(kinds.map(EventKind::as_str)))
        .order(events::idx)
        .select((events::object_id, events::at))
        .load(db.db())?;
    Ok(told.into_iter().map(|(id, at)| (id, columns::instant(at))).collect())
}
