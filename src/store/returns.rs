//! Rows of press cards that are to be handed in, and what was done about them.

use super::columns;
use super::connection::Read;
use super::credentials::at_work;
use super::schema::{agencies, card_returns, credentials, notices};
use super::tx::{Tx, Writer};
use crate::domain::agencies::AgencyState;
use crate::domain::credentials::CredentialState;
use crate::domain::ids::CredentialId;
use crate::domain::printed::CredentialKind;
use crate::domain::returns::{CardReturn, Why};
use crate::domain::time::{Day, Timestamp};
use crate::error::Error;
use diesel::prelude::*;
use std::collections::HashMap;

#[derive(Queryable, Insertable, AsChangeset)]
#[diesel(table_name = card_returns, treat_none_as_null = true)]
struct Row {
    credential_id: String,
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
        Self {
            credential_id: it.credential.to_string(),
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
            credential: columns::id(&self.credential_id)?,
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

/// What was done about these cards.
///
/// # Errors
/// The database's.
pub fn of_cards(db: &mut impl Read, ids: &[CredentialId]) -> Result<HashMap<CredentialId, CardReturn>, Error> {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let rows: Vec<Row> = card_returns::table.filter(card_returns::credential_id.eq_any(ids)).load(db.db())?;
    rows.into_iter().map(|row| row.into_domain().map(|it| (it.credential, it))).collect()
}

/// What was done about a card.
///
/// # Errors
/// The database's.
pub fn find(db: &mut impl Read, id: CredentialId) -> Result<Option<CardReturn>, Error> {
    Ok(of_cards(db, &[id])?.remove(&id))
}

/// Press cards in use that the law obliges to hand in.
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

/// Whether this is such a card now.
///
/// # Errors
/// The database's.
pub fn is_obliged(tx: &mut Tx, id: CredentialId) -> Result<bool, Error> {
    let now = tx.now();
    let found = obliged(now).filter(credentials::id.eq(id.to_string()));
    Ok(diesel::select(diesel::dsl::exists(found)).get_result(tx.db())?)
}

/// The next cards, in the order of their ids.
#[derive(Clone, Copy, Debug)]
pub struct Next {
    /// After this one.
    pub after: Option<CredentialId>,
    /// So many.
    pub limit: i64,
}

/// The ids of the [`Next`] cards of a query.
macro_rules! next_ids {
    ($db:expr, $found:expr, $next:expr) => {{
        let Next { after, limit } = $next;
        let after = after.map(|id| id.to_string()).unwrap_or_default();
        let found = $found.filter(credentials::id.gt(after)).order(credentials::id).limit(limit);
        let ids: Vec<String> = found.select(credentials::id).load($db.db())?;
        ids.iter().map(|id| columns::id(id)).collect()
    }};
}

/// Cards that are to be handed in and were not asked for yet.
///
/// # Errors
/// The database's.
pub fn unasked(db: &mut impl Read, now: Timestamp, next: Next) -> Result<Vec<CredentialId>, Error> {
    let asked = card_returns::table.filter(card_returns::credential_id.eq(credentials::id));
    next_ids!(db, obliged(now).filter(diesel::dsl::not(diesel::dsl::exists(asked))), next)
}

/// Cards that were asked for and need not be handed in any more: their holder is at work again.
///
/// # Errors
/// The database's.
pub fn settled(db: &mut impl Read, now: Timestamp, next: Next) -> Result<Vec<CredentialId>, Error> {
    let in_use = [CredentialState::Active, CredentialState::Suspended].map(CredentialState::as_str);
    let at_work = [AgencyState::Active, AgencyState::Suspended].map(AgencyState::as_str);
    let found = credentials::table
        .inner_join(agencies::table)
        .filter(credentials::id.eq_any(card_returns::table.select(card_returns::credential_id)))
        .filter(credentials::state.eq_any(in_use))
        .filter(agencies::state.eq_any(at_work))
        .filter(self::at_work(now.day()));
    next_ids!(db, found, next)
}

/// Cards that are to be handed in, whose time is over and whose holder was not reminded, of those that were asked for
/// before today.
#[diesel::dsl::auto_type]
fn late(now: Timestamp) -> _ {
    let micros: i64 = now.micros();
    let today: i64 = now.day().start().micros();
    let over = card_returns::table
        .filter(card_returns::due_at.le(micros).and(card_returns::reminded_at.is_null()))
        .select(card_returns::credential_id);
    let asked_today = notices::table
        .filter(notices::object_id.eq(credentials::id.nullable()))
        .filter(notices::duty.eq("card_to_return").and(notices::created_at.ge(today)));
    let is_obliged: obliged = obliged(now);
    is_obliged.filter(credentials::id.eq_any(over)).filter(diesel::dsl::not(diesel::dsl::exists(asked_today)))
}

/// Cards whose holders are to be reminded.
///
/// # Errors
/// The database's.
pub fn unreminded(db: &mut impl Read, now: Timestamp, next: Next) -> Result<Vec<CredentialId>, Error> {
    next_ids!(db, late(now), next)
}

/// Whether this is such a card now.
///
/// # Errors
/// The database's.
pub fn is_unreminded(tx: &mut Tx, id: CredentialId) -> Result<bool, Error> {
    let found = late(tx.now()).filter(credentials::id.eq(id.to_string()));
    Ok(diesel::select(diesel::dsl::exists(found)).get_result(tx.db())?)
}

/// Cards that are to be handed in, whose time is over and whose revocation was not proposed.
///
/// # Errors
/// The database's.
pub fn unproposed(db: &mut impl Read, now: Timestamp, next: Next) -> Result<Vec<CredentialId>, Error> {
    let over = card_returns::table
        .filter(card_returns::due_at.le(now.micros()).and(card_returns::proposed_at.is_null()))
        .select(card_returns::credential_id);
    next_ids!(db, obliged(now).filter(credentials::id.eq_any(over)), next)
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
    let target = card_returns::table.find(it.credential.to_string()).filter(card_returns::version.eq(it.version - 1));
    match diesel::update(target).set(Row::from(it)).execute(writer.db())? {
        0 => Err(Error::PreconditionFailed),
        _ => Ok(()),
    }
}

/// Removes a card from those that are to be handed in.
///
/// # Errors
/// The database's.
pub fn remove(writer: &mut Writer, id: CredentialId) -> Result<(), Error> {
    diesel::delete(card_returns::table.find(id.to_string())).execute(writer.db())?;
    Ok(())
}
