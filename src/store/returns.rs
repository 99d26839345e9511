//! Rows of press cards that are to be handed in, and what was done about them.

mod before;

pub use before::{list_of_before, obliged_of_before, settled_of_before, unasked_of_before};

use super::columns;
use super::connection::Read;
use super::credentials::at_work;
use super::schema::{agencies, card_returns, credentials, notices};
use super::tx::{Tx, Writer};
use crate::domain::agencies::AgencyState;
use crate::domain::credentials::CredentialState;
use crate::domain::ids::CredentialId;
use crate::domain::press_cards::PressCardId;
use crate::domain::printed::CredentialKind;
use crate::domain::returns::{CardReturn, Why};
use crate::domain::time::{Day, Timestamp};
use crate::error::Error;
use diesel::prelude::*;
use std::collections::HashMap;

#[derive(Queryable, Insertable, AsChangeset)]
#[diesel(table_name = card_returns, treat_none_as_null = true)]
struct Row {
    card_id: String,
    credential_id: Option<String>,
    state_card_id: Option<String>,
    reason: String,
    since: i64,
    due_at: i64,
    requested_at: Option<i64>,
    reminded_at: Option<i64>,
    proposed_at: Option<i64>,
    set_aside_at: Option<i64>,
    version: i64,
}

impl From<&CardReturn> for Row {
    fn from(it: &CardReturn) -> Self {
        let (credential_id, state_card_id) = match it.card {
            PressCardId::Issued(id) => (Some(id.to_string()), None),
            PressCardId::OfBefore(id) => (None, Some(id.to_string())),
        };
        Self {
            card_id: it.card.to_string(),
            credential_id,
            state_card_id,
            reason: it.why.as_str().to_owned(),
            since: it.since.micros(),
            due_at: it.due_at.micros(),
            requested_at: it.requested_at.map(Timestamp::micros),
            reminded_at: it.reminded_at.map(Timestamp::micros),
            proposed_at: it.proposed_at.map(Timestamp::micros),
            set_aside_at: it.set_aside_at.map(Timestamp::micros),
            version: it.version,
        }
    }
}

impl Row {
    fn into_domain(self) -> Result<CardReturn, Error> {
        Ok(CardReturn {
            card: card_id(self.credential_id.as_deref(), self.state_card_id.as_deref())?,
            why: columns::word(&self.reason, &Why::ALL, Why::as_str)?,
            since: columns::instant(self.since),
            due_at: columns::instant(self.due_at),
            requested_at: self.requested_at.map(columns::instant),
            reminded_at: self.reminded_at.map(columns::instant),
            proposed_at: self.proposed_at.map(columns::instant),
            set_aside_at: self.set_aside_at.map(columns::instant),
            version: self.version,
        })
    }
}

fn card_id(credential: Option<&str>, state_card: Option<&str>) -> Result<PressCardId, Error> {
    match (credential, state_card) {
        (Some(id), None) => columns::id(id).map(PressCardId::Issued),
        (None, Some(id)) => columns::id(id).map(PressCardId::OfBefore),
        (Some(_), Some(_)) | (None, None) => Err(Error::internal("a card to be handed in of no kind")),
    }
}

/// What was done about these cards.
///
/// # Errors
/// The database's.
pub fn of_cards(db: &mut impl Read, ids: &[PressCardId]) -> Result<HashMap<PressCardId, CardReturn>, Error> {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let rows: Vec<Row> = card_returns::table.filter(card_returns::card_id.eq_any(ids)).load(db.db())?;
    rows.into_iter().map(|row| row.into_domain().map(|it| (it.card, it))).collect()
}

/// What was done about a card.
///
/// # Errors
/// The database's.
pub fn find(db: &mut impl Read, id: PressCardId) -> Result<Option<CardReturn>, Error> {
    Ok(of_cards(db, &[id])?.remove(&id))
}

/// Our press cards in use that the law obliges to hand in.
#[diesel::dsl::auto_type]
fn obliged(now: Timestamp) -> _ {
    let in_use: [&'static str; 2] = [CredentialState::Active.as_str(), CredentialState::Suspended.as_str()];
    let gone: [&'static str; 2] = [AgencyState::LicenceRevoked.as_str(), AgencyState::Closed.as_str()];
    let press: &'static str = CredentialKind::PressCard.as_str();
    let micros: i64 = now.micros();
    let today: Day = now.day();
    let is_at_work: at_work = at_work(today);
    let of_agency =
        agencies::table.filter(agencies::id.eq(credentials::agency_id)).filter(agencies::state.eq_any(gone));
    credentials::table
        .filter(credentials::state.eq_any(in_use))
        .filter(credentials::valid_until.gt(micros))
        .filter(credentials::kind.eq(press))
        .filter(credentials::name.ne(""))
        .filter(diesel::dsl::exists(of_agency).or(diesel::dsl::not(is_at_work)))
}

/// Which of these are such cards now.
///
/// # Errors
/// The database's.
pub fn obliged_among(db: &mut impl Read, now: Timestamp, ids: &[CredentialId]) -> Result<Vec<CredentialId>, Error> {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let found = obliged(now).filter(credentials::id.eq_any(ids)).select(credentials::id);
    let found: Vec<String> = found.load(db.db())?;
    found.iter().map(|id| columns::id(id)).collect()
}

/// Cards looked at in one go, in the order of their ids.
const AT_ONCE: u8 = 200;

/// The next ids of cards of ours after one, by a query of them.
macro_rules! next_issued {
    ($db:expr, $found:expr, $after:expr) => {{
        let after = $after.map(|id| id.to_string()).unwrap_or_default();
        let found = $found.filter(credentials::id.gt(after)).order(credentials::id).limit(AT_ONCE.into());
        let ids: Vec<String> = found.select(credentials::id).load($db.db())?;
        ids.iter().map(|id| columns::id(id).map(PressCardId::Issued)).collect()
    }};
}

/// The next ids after one, by a query of cards that were asked for.
macro_rules! next_asked {
    ($db:expr, $found:expr, $after:expr) => {{
        let after = $after.map(|id| id.to_string()).unwrap_or_default();
        let found = $found.filter(card_returns::card_id.gt(after)).order(card_returns::card_id).limit(AT_ONCE.into());
        let ids: Vec<(Option<String>, Option<String>)> =
            found.select((card_returns::credential_id, card_returns::state_card_id)).load($db.db())?;
        ids.iter().map(|(credential, state_card)| card_id(credential.as_deref(), state_card.as_deref())).collect()
    }};
}

/// Our cards that are to be handed in and were not asked for yet.
///
/// # Errors
/// The database's.
pub fn unasked(db: &mut impl Read, now: Timestamp, after: Option<PressCardId>) -> Result<Vec<PressCardId>, Error> {
    let asked = card_returns::table.filter(card_returns::card_id.eq(credentials::id));
    next_issued!(db, obliged(now).filter(diesel::dsl::not(diesel::dsl::exists(asked))), after)
}

/// Our cards that were asked for and need not be handed in any more: their holder is at work again.
///
/// # Errors
/// The database's.
pub fn settled(db: &mut impl Read, now: Timestamp, after: Option<PressCardId>) -> Result<Vec<PressCardId>, Error> {
    let in_use = [CredentialState::Active, CredentialState::Suspended].map(CredentialState::as_str);
    let at_work = [AgencyState::Active, AgencyState::Suspended].map(AgencyState::as_str);
    let found = credentials::table
        .inner_join(agencies::table)
        .filter(credentials::id.eq_any(card_returns::table.select(card_returns::card_id)))
        .filter(credentials::state.eq_any(in_use))
        .filter(agencies::state.eq_any(at_work))
        .filter(self::at_work(now.day()));
    next_issued!(db, found, after)
}

/// Cards of before that were asked for.
///
/// # Errors
/// The database's.
pub fn asked_of_before(db: &mut impl Read, after: Option<PressCardId>) -> Result<Vec<PressCardId>, Error> {
    next_asked!(db, card_returns::table.filter(card_returns::state_card_id.is_not_null()), after)
}

/// Cards whose time is over and whose holder was not reminded, of those that were asked for before today.
#[diesel::dsl::auto_type]
fn late(now: Timestamp) -> _ {
    let micros: i64 = now.micros();
    let today: i64 = now.day().start().micros();
    let asked_today = notices::table
        .filter(notices::object_id.eq(card_returns::card_id.nullable()))
        .filter(notices::duty.eq("card_to_return").and(notices::created_at.ge(today)));
    card_returns::table
        .filter(card_returns::due_at.le(micros).and(card_returns::reminded_at.is_null()))
        .filter(diesel::dsl::not(diesel::dsl::exists(asked_today)))
}

/// Cards whose holders are to be reminded, where they are still to be handed in.
///
/// # Errors
/// The database's.
pub fn unreminded(db: &mut impl Read, now: Timestamp, after: Option<PressCardId>) -> Result<Vec<PressCardId>, Error> {
    next_asked!(db, late(now), after)
}

/// Whether this is such a card now.
///
/// # Errors
/// The database's.
pub fn is_unreminded(tx: &mut Tx, id: PressCardId) -> Result<bool, Error> {
    let found = late(tx.now()).filter(card_returns::card_id.eq(id.to_string()));
    Ok(diesel::select(diesel::dsl::exists(found)).get_result(tx.db())?)
}

/// Cards whose time is over and whose revocation was not proposed.
///
/// # Errors
/// The database's.
pub fn unproposed(db: &mut impl Read, now: Timestamp, after: Option<PressCardId>) -> Result<Vec<PressCardId>, Error> {
    let over = card_returns::due_at.le(now.micros()).and(card_returns::proposed_at.is_null());
    next_asked!(db, card_returns::table.filter(over), after)
}

/// Enters that a card is to be handed in.
///
/// # Errors
/// The database's.
pub fn insert(writer: &mut Writer, it: &CardReturn) -> Result<(), Error> {
    diesel::insert_into(card_returns::table).values(Row::from(it)).execute(writer.db())?;
    Ok(())
}

/// Writes what was done over the version it came from.
///
/// # Errors
/// `PreconditionFailed` when somebody else was first; the database's.
pub fn update(writer: &mut Writer, it: &CardReturn) -> Result<(), Error> {
    let target = card_returns::table.find(it.card.to_string()).filter(card_returns::version.eq(it.version - 1));
    match diesel::update(target).set(Row::from(it)).execute(writer.db())? {
        0 => Err(Error::PreconditionFailed),
        _ => Ok(()),
    }
}

/// Removes a card from those that are to be handed in.
///
/// # Errors
/// The database's.
pub fn remove(writer: &mut Writer, id: PressCardId) -> Result<(), Error> {
    diesel::delete(card_returns::table.find(id.to_string())).execute(writer.db())?;
    Ok(())
}
