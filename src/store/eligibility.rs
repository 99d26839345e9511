//! What was known of the people of an application, sealed, and the cards they were granted before.

use super::columns;
use super::connection::{Read, on_each};
use super::people::humans;
use super::schema::{credentials, eligibility, engagements, events, people};
use super::state_cards::{self, HeldByHuman};
use super::tx::Writer;
use crate::domain::credentials::{CredentialState, Ground};
use crate::domain::eligibility::Assessment;
use crate::domain::events::EventKind;
use crate::domain::ids::{AgencyId, ApplicationId, PersonId};
use crate::domain::people::EngagementKind;
use crate::domain::printed::CredentialKind;
use crate::domain::state_cards::StateCardState;
use crate::domain::time::{Day, Timestamp};
use crate::error::Error;
use crate::keys::Sealing;
use chrono::NaiveDate;
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
    /// When it was handed in or revoked, where it is: what happened to it since does not count. `None` while that is being
    /// written down.
    pub since: Option<Timestamp>,
    /// The last day of the work for its agency, where that has one.
    pub work_ends: Option<Day>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = credentials)]
struct CardRow {
    id: String,
    person_id: String,
    agency_id: String,
    state: String,
    ground: Option<String>,
    valid_until: i64,
}

/// Every press card of the human beings behind these records, oldest first.
///
/// # Errors
/// The database's.
pub fn cards_of_humans(db: &mut impl Read, ids: &[PersonId]) -> Result<Vec<GrantedCard>, Error> {
    let asked = humans(db, ids)?;
    let hashes: Vec<&[u8]> = asked.iter().map(|(_, hash)| hash.as_slice()).collect();
    let cards: Vec<(Vec<u8>, CardRow)> = credentials::table
        .inner_join(people::table.on(people::id.eq(credentials::person_id)))
        .filter(people::national_id_hash.eq_any(hashes))
        .filter(credentials::kind.eq(CredentialKind::PressCard.as_str()))
        .order(credentials::id)
        .select((people::national_id_hash, CardRow::as_select()))
        .load(db.db())?;
    let of_hash: HashMap<&[u8], &str> = asked.iter().map(|(id, hash)| (hash.as_slice(), id.as_str())).collect();
    let moved = when_moved(db, &cards)?;
    let work_ends = when_work_ends(db, cards.iter().map(|(_, card)| card.person_id.as_str()))?;
    let known = cards.into_iter().filter_map(|(hash, card)| of_hash.get(hash.as_slice()).map(|person| (*person, card)));
    known
        .map(|(person, card)| {
            let state = columns::word(&card.state, &CredentialState::ALL, CredentialState::as_str)?;
            let since = moved_by(state).and_then(|kind| moved.get(&(card.id, kind.as_str().to_owned())));
            let work_ends = work_ends.get(&(card.person_id, card.agency_id.clone()));
            Ok(GrantedCard {
                person: columns::id(person)?,
                agency: columns::id(&card.agency_id)?,
                state,
                ground: card.ground.map(|raw| columns::stored(Ground::parse(&raw))).transpose()?,
                expires: columns::instant(card.valid_until),
                since: since.copied().map(columns::instant),
                work_ends: work_ends.copied().flatten().map(columns::day),
            })
        })
        .collect()
}

/// What brings a card to where it goes on being while other things happen to it.
const fn moved_by(state: CredentialState) -> Option<EventKind> {
    match state {
        CredentialState::Returned => Some(EventKind::CredentialReturned),
        CredentialState::Revoked => Some(EventKind::CredentialRevoked),
        CredentialState::Active | CredentialState::Suspended | CredentialState::Lost | CredentialState::Replaced => {
            None
        }
    }
}

/// When each of these cards was last handed in, and last revoked, by its id and the kind of that event.
fn when_moved(db: &mut impl Read, cards: &[(Vec<u8>, CardRow)]) -> Result<HashMap<(String, String), i64>, Error> {
    let kinds = [EventKind::CredentialReturned, EventKind::CredentialRevoked];
    let states = [CredentialState::Returned.as_str(), CredentialState::Revoked.as_str()];
    let moved = cards.iter().filter(|(_, card)| states.contains(&card.state.as_str()));
    let moved: Vec<&str> = moved.map(|(_, card)| card.id.as_str()).collect();
    if moved.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(String, String, i64)> = events::table
        .filter(events::object_kind.eq("credential"))
        .filter(events::object_id.eq_any(moved))
        .filter(events::kind.eq_any(kinds.map(EventKind::as_str)))
        .order(events::idx)
        .select((events::object_id, events::kind, events::at))
        .load(db.db())?;
    Ok(rows.into_iter().map(|(id, kind, at)| ((id, kind), at)).collect())
}

/// The last day of what these do on the staff of an agency, by record and agency; of work without a last day, none.
fn when_work_ends<'a>(
    db: &mut impl Read,
    people: impl Iterator<Item = &'a str>,
) -> Result<HashMap<(String, String), Option<NaiveDate>>, Error> {
    let rows: Vec<(String, String, Option<NaiveDate>)> = engagements::table
        .filter(engagements::person_id.eq_any(people.collect::<Vec<_>>()))
        .filter(engagements::kind.eq(EngagementKind::Staff.as_str()))
        .select((engagements::person_id, engagements::agency_id, engagements::to_day))
        .load(db.db())?;
    let mut ends = HashMap::<(String, String), Option<NaiveDate>>::new();
    for (person, agency, to) in rows {
        let last = ends.entry((person, agency)).or_insert(to);
        *last = last.zip(to).map(|(one, other)| one.max(other));
    }
    Ok(ends)
}

/// Every press card of before the registry that is known to be one of the human beings' behind these records.
///
/// # Errors
/// The database's.
pub fn cards_of_before(db: &mut impl Read, ids: &[PersonId]) -> Result<Vec<GrantedCard>, Error> {
    let held = state_cards::of_humans(db, ids)?;
    if held.is_empty() {
        return Ok(Vec::new());
    }
    let moved = moved_at(db, held.iter().map(|it| it.card.id.to_string()))?;
    let holders: Vec<String> = held.iter().map(|it| it.holder.to_string()).collect();
    let work_ends = when_work_ends(db, holders.iter().map(String::as_str))?;
    let granted = held.into_iter().map(|HeldByHuman { person, holder, card }| {
        let work_ends = work_ends.get(&(holder.to_string(), card.agency.to_string()));
        GrantedCard {
            person,
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
            work_ends: work_ends.copied().flatten().map(columns::day),
        }
    });
    Ok(granted.collect())
}

/// When each of these cards came to stand where it does, by its id; nothing of those that are as they were entered.
fn moved_at(db: &mut impl Read, cards: impl Iterator<Item = String>) -> Result<HashMap<String, Timestamp>, Error> {
    let kinds = [
        EventKind::StateCardReportedLost,
        EventKind::StateCardReturned,
        EventKind::StateCardRevoked,
        EventKind::StateCardReinstated,
    ];
    let told: Vec<(String, i64)> = events::table
        .filter(events::object_kind.eq("state_card"))
        .filter(events::object_id.eq_any(cards))
        .filter(events::kind.eq_any(kinds.map(EventKind::as_str)))
        .order(events::idx)
        .select((events::object_id, events::at))
        .load(db.db())?;
    Ok(told.into_iter().map(|(id, at)| (id, columns::instant(at))).collect())
}
