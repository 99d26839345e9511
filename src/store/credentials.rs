//! Rows of credentials.

mod exchange;
mod held;
mod slots;

pub use held::{granted_to_humans, held_by_humans, unexpired_of_human, unexpired_of_people, unexpired_of_person};
pub use slots::{ListUse, Series, codes_under, go_on_from, newest_list, next_number, open_list, set_used};

use super::columns::{self, one_more};
use super::connection::{Db, Read};
use super::returns;
use super::schema::{agencies, card_returns, credentials, engagements};
use super::status_mirror::StatusChange;
use super::tx::Writer;
use crate::domain::agencies::AgencyState;
use crate::domain::card_code::{Entitlement, Kid};
use crate::domain::credentials::{Credential, CredentialState, Ground};
use crate::domain::ids::{AgencyId, CredentialId, PersonId};
use crate::domain::press_cards::PressCardId;
use crate::domain::printed::{
    CardNumber, CredentialKind, LetterScope, PhotoDigest, PrintedName, ShortName, StatusIndex, Validity,
};
use crate::domain::provinces::ProvinceId;
use crate::domain::time::{Day, Timestamp};
use crate::error::Error;
use crate::policy::Range;
use diesel::prelude::*;

#[derive(Queryable, Insertable, AsChangeset, Selectable)]
#[diesel(table_name = credentials, treat_none_as_null = true)]
struct Row {
    id: String,
    kind: String,
    number: String,
    number_key: String,
    kid: String,
    status_index: i64,
    person_id: String,
    agency_id: String,
    application_id: Option<String>,
    name: String,
    agency_name: String,
    portrait_id: Option<String>,
    photo_digest: Option<String>,
    place: Option<String>,
    unit_visited: Option<String>,
    work: Option<String>,
    valid_from: i64,
    valid_until: i64,
    state: String,
    left_suspended: bool,
    ground: Option<String>,
    replaced_by: Option<String>,
    code: Vec<u8>,
    log_index: i64,
    version: i64,
    issued_at: i64,
    gone: Option<String>,
}

impl From<&Credential> for Row {
    fn from(it: &Credential) -> Self {
        let scope = |part: fn(&LetterScope) -> &str| it.scope().map(|scope| part(scope).to_owned());
        Self {
            id: it.id.to_string(),
            kind: it.kind().as_str().to_owned(),
            number: it.number.as_str().to_owned(),
            number_key: it.number.key(),
            kid: it.kid.to_string(),
            status_index: i64::from(it.status_index.as_u32()),
            person_id: it.person.to_string(),
            agency_id: it.agency.to_string(),
            application_id: it.application.map(|id| id.to_string()),
            name: it.name.as_str().to_owned(),
            agency_name: it.agency_name.as_str().to_owned(),
            portrait_id: it.portrait.map(|(id, _)| id.to_string()),
            photo_digest: it.portrait.map(|(_, digest)| digest.to_string()),
            place: scope(LetterScope::place),
            unit_visited: scope(LetterScope::unit_visited),
            work: scope(LetterScope::work),
            valid_from: it.validity.not_before().micros(),
            valid_until: it.validity.expires().micros(),
            state: it.state.as_str().to_owned(),
            left_suspended: it.left_suspended,
            ground: it.ground.map(|ground| ground.as_str().to_owned()),
            replaced_by: it.replaced_by.map(|id| id.to_string()),
            code: it.code.clone(),
            log_index: it.log_index,
            version: it.version,
            issued_at: it.issued_at.micros(),
            gone: it.gone.map(|state| state.as_str().to_owned()),
        }
    }
}

impl Row {
    fn into_domain(self) -> Result<Credential, Error> {
        let portrait = match (&self.portrait_id, &self.photo_digest) {
            (Some(id), Some(digest)) => Some((columns::id(id)?, columns::stored(PhotoDigest::parse(digest))?)),
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => return Err(Error::internal("a credential with half a portrait")),
        };
        let scope = match (&self.place, &self.unit_visited, &self.work) {
            (Some(place), Some(unit), Some(work)) => Some(columns::stored(LetterScope::parse(place, unit, work))?),
            (None, None, None) => None,
            (_, _, _) => return Err(Error::internal("a letter with a part of its scope")),
        };
        let state = |raw: &str| columns::word(raw, &CredentialState::ALL, CredentialState::as_str);
        let kind = columns::stored(CredentialKind::parse(&self.kind))?;
        let (from, until) = (columns::instant(self.valid_from), columns::instant(self.valid_until));
        Ok(Credential {
            id: columns::id(&self.id)?,
            entitlement: columns::stored(Entitlement::new(kind, scope))?,
            number: columns::stored(CardNumber::parse(&self.number))?,
            kid: columns::stored(Kid::parse(&self.kid))?,
            status_index: StatusIndex::from_u32(u32::try_from(self.status_index).map_err(Error::internal)?),
            person: columns::id(&self.person_id)?,
            agency: columns::id(&self.agency_id)?,
            application: columns::optional_id(self.application_id.as_deref())?,
            name: columns::stored(PrintedName::parse(&self.name))?,
            agency_name: columns::stored(ShortName::parse(&self.agency_name))?,
            portrait,
            validity: columns::stored(Validity::new(from, until))?,
            state: state(&self.state)?,
            left_suspended: self.left_suspended,
            gone: self.gone.as_deref().map(state).transpose()?,
            ground: self.ground.as_deref().map(|raw| columns::stored(Ground::parse(raw))).transpose()?,
            replaced_by: columns::optional_id(self.replaced_by.as_deref())?,
            code: self.code,
            log_index: self.log_index,
            version: self.version,
            issued_at: columns::instant(self.issued_at),
        })
    }
}

/// Which can be shown: of those of somebody who was erased, number, slot and state are all that is left.
pub(super) fn shown() -> diesel::dsl::NotEq<credentials::name, &'static str> {
    credentials::name.ne("")
}

/// The credential with this id.
///
/// # Errors
/// The database's.
pub fn find(db: &mut impl Read, id: CredentialId) -> Result<Option<Credential>, Error> {
    let found = credentials::table.find(id.to_string()).filter(shown());
    let row: Option<Row> = found.select(Row::as_select()).first(db.db()).optional()?;
    row.map(Row::into_domain).transpose()
}

/// The credential whose number looks like this to a person; see [`CardNumber::key`].
///
/// # Errors
/// The database's.
pub fn by_number_key(db: &mut impl Read, key: &str) -> Result<Option<Credential>, Error> {
    let row: Option<Row> = credentials::table
        .filter(credentials::number_key.eq(key))
        .filter(shown())
        .select(Row::as_select())
        .first(db.db())
        .optional()?;
    row.map(Row::into_domain).transpose()
}

/// The credential in this slot.
///
/// # Errors
/// The database's.
pub fn by_status_index(db: &mut impl Read, index: StatusIndex) -> Result<Option<Credential>, Error> {
    let row: Option<Row> = credentials::table
        .filter(credentials::status_index.eq(i64::from(index.as_u32())))
        .filter(shown())
        .select(Row::as_select())
        .first(db.db())
        .optional()?;
    row.map(Row::into_domain).transpose()
}

/// What a list of credentials is narrowed to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    /// Of this person.
    pub person: Option<PersonId>,
    /// Of this agency.
    pub agency: Option<AgencyId>,
    /// Of this kind.
    pub kind: Option<CredentialKind>,
    /// Press cards that are to be handed in at this moment, and still say that they are good, or only suspended: their
    /// agency is not at work, or their holder no longer works for it.
    pub to_return_at: Option<Timestamp>,
    /// Of those, whose time to be handed in is over.
    pub overdue: bool,
    /// Of those, whose revocation waits for a decision.
    pub proposed: bool,
    /// Cards in use at this moment that bear another name than their agency has today.
    pub to_exchange_at: Option<Timestamp>,
}

/// Credentials within `range`, in the order they were issued; one more than `limit` where there are more.
///
/// # Errors
/// The database's.
pub fn list(
    db: &mut impl Read,
    range: &Range,
    filter: Filter,
    after: Option<CredentialId>,
    limit: usize,
) -> Result<Vec<Credential>, Error> {
    let mut rows = credentials::table
        .inner_join(agencies::table)
        .filter(shown())
        .select(Row::as_select())
        .into_boxed::<<Db as diesel::Connection>::Backend>();
    rows = match range {
        Range::Everything => rows,
        Range::Agency(agency) => rows.filter(credentials::agency_id.eq(agency.to_string())),
        Range::Province(province) => rows.filter(agencies::province_id.eq_any(columns::units(province))),
        Range::Person(person) => rows.filter(credentials::person_id.eq(person.to_string())),
        Range::Reporter(_) | Range::Nothing => return Ok(Vec::new()),
    };
    if let Some(person) = filter.person {
        rows = rows.filter(credentials::person_id.eq(person.to_string()));
    }
    if let Some(agency) = filter.agency {
        rows = rows.filter(credentials::agency_id.eq(agency.to_string()));
    }
    if let Some(kind) = filter.kind {
        rows = rows.filter(credentials::kind.eq(kind.as_str()));
    }
    if let Some(now) = filter.to_return_at {
        rows = rows
            .filter(credentials::kind.eq(CredentialKind::PressCard.as_str()))
            .filter(credentials::state.eq_any(IN_USE))
            .filter(credentials::valid_until.gt(now.micros()))
            .filter(agencies::state.ne(AgencyState::Active.as_str()).or(diesel::dsl::not(at_work(now.day()))));
        if filter.overdue {
            let over = card_returns::table.filter(card_returns::due_at.le(now.micros()));
            rows = rows.filter(credentials::id.eq_any(over.select(card_returns::card_id)));
        }
        if filter.proposed {
            let proposed = card_returns::table.filter(card_returns::proposed_at.is_not_null());
            rows = rows.filter(credentials::id.eq_any(proposed.select(card_returns::card_id)));
        }
    }
    if let Some(now) = filter.to_exchange_at {
        rows = rows.filter(exchange::bears_another_name(now));
    }
    if let Some(after) = after {
        rows = rows.filter(credentials::id.gt(after.to_string()));
    }
    let rows: Vec<Row> = rows.order(credentials::id).limit(one_more(limit)).load(db.db())?;
    rows.into_iter().map(Row::into_domain).collect()
}

/// Kinds that rest on an agency's word; see [`CredentialKind::rests_on_agency`].
const RESTING: [&str; 2] = [CredentialKind::IntroductionLetter.as_str(), CredentialKind::CollaboratorCard.as_str()];
/// States in which a credential is in somebody's hands and may be good again.
const IN_USE: [&str; 2] = [CredentialState::Active.as_str(), CredentialState::Suspended.as_str()];

/// Whether a credential's holder works for its agency on this day, or is about to.
#[diesel::dsl::auto_type]
pub(super) fn at_work(day: Day) -> _ {
    let date: chrono::NaiveDate = day.date();
    let theirs =
        engagements::person_id.eq(credentials::person_id).and(engagements::agency_id.eq(credentials::agency_id));
    let open = engagements::to_day.is_null().or(engagements::to_day.ge(date).assume_not_null());
    diesel::dsl::exists(engagements::table.filter(theirs).filter(open))
}

/// The credentials in use that rest on an agency's word, oldest first: for this person, or for all.
///
/// # Errors
/// The database's.
pub fn resting_on(
    db: &mut impl Read,
    agency: AgencyId,
    person: Option<PersonId>,
    now: Timestamp,
) -> Result<Vec<Credential>, Error> {
    let mut rows = resting(now)
        .filter(credentials::agency_id.eq(agency.to_string()))
        .into_boxed::<<Db as diesel::Connection>::Backend>();
    if let Some(person) = person {
        rows = rows.filter(credentials::person_id.eq(person.to_string()));
    }
    let rows: Vec<Row> = rows.order(credentials::id).select(Row::as_select()).load(db.db())?;
    rows.into_iter().map(Row::into_domain).collect()
}

/// Whose credentials rest on the word of an agency that they do not work for any more.
///
/// # Errors
/// The database's.
pub fn resting_on_nothing(db: &mut impl Read, now: Timestamp) -> Result<Vec<(PersonId, AgencyId)>, Error> {
    let pairs: Vec<(String, String)> = resting(now)
        .filter(diesel::dsl::not(at_work(now.day())))
        .select((credentials::person_id, credentials::agency_id))
        .distinct()
        .order((credentials::person_id, credentials::agency_id))
        .load(db.db())?;
    pairs.into_iter().map(|(person, agency)| Ok((columns::id(&person)?, columns::id(&agency)?))).collect()
}

/// Whether a credential's holder works for its agency on this day, or is about to.
///
/// # Errors
/// The database's.
pub fn is_holder_at_work(db: &mut impl Read, id: CredentialId, day: Day) -> Result<bool, Error> {
    let found = credentials::table.filter(credentials::id.eq(id.to_string())).filter(at_work(day)).count();
    Ok(found.get_result::<i64>(db.db())? > 0)
}

/// Unexpired letters and collaborators' cards in use.
#[diesel::dsl::auto_type]
fn resting(now: Timestamp) -> _ {
    let kinds: [&'static str; 2] = RESTING;
    let states: [&'static str; 2] = IN_USE;
    let micros: i64 = now.micros();
    credentials::table
        .filter(credentials::kind.eq_any(kinds))
        .filter(credentials::state.eq_any(states))
        .filter(credentials::name.ne(""))
        .filter(credentials::valid_until.gt(micros))
}

/// The province that watches over an agency.
///
/// # Errors
/// The database's.
pub fn province_of_agency(db: &mut impl Read, agency: AgencyId) -> Result<Option<ProvinceId>, Error> {
    let id: Option<Option<String>> =
        agencies::table.find(agency.to_string()).select(agencies::province_id).first(db.db()).optional()?;
    id.flatten().map(|raw| columns::stored(ProvinceId::parse(&raw))).transpose()
}

/// Enters a credential; its slot becomes good once this is durable.
///
/// # Errors
/// The database's.
pub fn insert(writer: &mut Writer, it: &Credential) -> Result<(), Error> {
    diesel::insert_into(credentials::table).values(Row::from(it)).execute(writer.db())?;
    writer.publish(status_change(it));
    Ok(())
}

/// Writes a changed credential over the version it came from. One that is out of use need not be handed in any more: where
/// it comes back, its holder is asked for it anew.
///
/// # Errors
/// `PreconditionFailed` when somebody else was first; the database's.
pub fn update(writer: &mut Writer, it: &Credential) -> Result<(), Error> {
    let target = credentials::table.find(it.id.to_string()).filter(credentials::version.eq(it.version - 1));
    match diesel::update(target).set(Row::from(it)).execute(writer.db())? {
        0 => Err(Error::PreconditionFailed),
        _ => {
            if !IN_USE.contains(&it.state.as_str()) {
                returns::remove(writer, PressCardId::Issued(it.id))?;
            }
            writer.publish(status_change(it));
            Ok(())
        }
    }
}

pub(super) const fn status_change(it: &Credential) -> StatusChange {
    StatusChange { index: it.status_index, withdrawn: it.state.is_withdrawn(), log_index: it.log_index }
}
