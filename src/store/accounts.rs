//! Rows of accounts.

use super::columns::{self, one_more};
use super::connection::{Db, Read};
use super::schema::{events, one_time_codes, users};
use super::tx::{Tx, Writer};
use crate::domain::accounts::{AccountState, BodyName, Email, Role, RoleName, Ties, User};
use crate::domain::devices::DeviceEpoch;
use crate::domain::events::EventKind;
use crate::domain::ids::{AgencyId, PersonId, UserId};
use crate::domain::provinces::ProvinceId;
use crate::domain::time::Timestamp;
use crate::error::Error;
use diesel::prelude::*;
use std::collections::HashSet;

#[derive(Queryable, Insertable, AsChangeset, Selectable)]
#[diesel(table_name = users, treat_none_as_null = true)]
struct Row {
    id: String,
    email: String,
    role: String,
    agency_id: Option<String>,
    province_id: Option<String>,
    body: Option<String>,
    person_id: Option<String>,
    state: String,
    device_epoch: i64,
    version: i64,
    created_at: i64,
}

impl From<&User> for Row {
    fn from(user: &User) -> Self {
        Self {
            id: user.id.to_string(),
            email: user.email.as_str().to_owned(),
            role: user.role.name().as_str().to_owned(),
            agency_id: user.role.agency().map(|id| id.to_string()),
            province_id: user.role.province().map(|id| id.as_str().to_owned()),
            body: user.role.body().map(|body| body.as_str().to_owned()),
            person_id: user.role.person().map(|id| id.to_string()),
            state: user.state.as_str().to_owned(),
            device_epoch: user.devices.number(),
            version: user.version,
            created_at: user.created_at.micros(),
        }
    }
}

impl Row {
    fn into_domain(self) -> Result<User, Error> {
        let ties = Ties {
            agency: columns::optional_id(self.agency_id.as_deref())?,
            province: self.province_id.as_deref().map(|raw| columns::stored(ProvinceId::parse(raw))).transpose()?,
            body: self.body.as_deref().map(|raw| columns::stored(BodyName::parse(raw))).transpose()?,
            person: columns::optional_id(self.person_id.as_deref())?,
        };
        Ok(User {
            id: columns::id(&self.id)?,
            email: columns::stored(Email::parse(&self.email))?,
            role: columns::stored(Role::from_parts(&self.role, ties).map_err(|(_, problem)| problem))?,
            state: columns::stored(AccountState::parse(&self.state))?,
            devices: DeviceEpoch::from_number(self.device_epoch),
            version: self.version,
            created_at: columns::instant(self.created_at),
        })
    }
}

/// The account with this id.
///
/// # Errors
/// The database's.
pub fn find(db: &mut impl Read, id: UserId) -> Result<Option<User>, Error> {
    let row: Option<Row> = users::table.find(id.to_string()).select(Row::as_select()).first(db.db()).optional()?;
    row.map(Row::into_domain).transpose()
}

/// The account with this address.
///
/// # Errors
/// The database's.
pub fn by_email(db: &mut impl Read, email: &Email) -> Result<Option<User>, Error> {
    let row: Option<Row> =
        users::table.filter(users::email.eq(email.as_str())).select(Row::as_select()).first(db.db()).optional()?;
    row.map(Row::into_domain).transpose()
}

/// Accounts in the order they were made; one more than `limit` where there are more.
///
/// # Errors
/// The database's.
pub fn list(db: &mut impl Read, after: Option<UserId>, limit: usize) -> Result<Vec<User>, Error> {
    let mut rows = users::table.select(Row::as_select()).into_boxed::<<Db as diesel::Connection>::Backend>();
    if let Some(after) = after {
        rows = rows.filter(users::id.gt(after.to_string()));
    }
    let rows: Vec<Row> = rows.order(users::id).limit(one_more(limit)).load(db.db())?;
    rows.into_iter().map(Row::into_domain).collect()
}

/// Whether there is any account.
///
/// # Errors
/// The database's.
pub fn any(db: &mut impl Read) -> Result<bool, Error> {
    Ok(diesel::select(diesel::dsl::exists(users::table.select(users::id))).get_result(db.db())?)
}

/// Enters an account, without a password.
///
/// # Errors
/// The database's.
pub fn insert(writer: &mut Writer, user: &User) -> Result<(), Error> {
    diesel::insert_into(users::table).values(Row::from(user)).execute(writer.db())?;
    Ok(())
}

/// Writes a changed account over the version it came from.
///
/// # Errors
/// `PreconditionFailed` when somebody else was first; the database's.
pub fn update(writer: &mut Writer, user: &User) -> Result<(), Error> {
    let target = users::table.find(user.id.to_string()).filter(users::version.eq(user.version - 1));
    match diesel::update(target).set(Row::from(user)).execute(writer.db())? {
        0 => Err(Error::PreconditionFailed),
        _ => Ok(()),
    }
}

/// Writes changed accounts of holders over the versions they came from, also where they change places.
///
/// # Errors
/// `PreconditionFailed` when somebody else was first; the database's.
pub fn update_holders(writer: &mut Writer, users: &[User]) -> Result<(), Error> {
    let ids: Vec<String> = users.iter().map(|user| user.id.to_string()).collect();
    // A person has one account at any time, also between two statements.
    diesel::update(users::table.filter(users::id.eq_any(ids)))
        .set(users::person_id.eq(None::<String>))
        .execute(writer.db())?;
    users.iter().try_for_each(|user| update(writer, user))
}

/// The hash of an account's password, in the PHC string format.
///
/// # Errors
/// The database's.
pub fn password_hash(db: &mut impl Read, id: UserId) -> Result<Option<String>, Error> {
    let hash: Option<Option<String>> =
        users::table.find(id.to_string()).select(users::password_hash).first(db.db()).optional()?;
    Ok(hash.flatten())
}

/// Sets the hash of an account's password and takes back its one-time code.
///
/// # Errors
/// The database's.
pub fn set_password_hash(writer: &mut Writer, id: UserId, hash: &str) -> Result<(), Error> {
    diesel::update(users::table.find(id.to_string())).set(users::password_hash.eq(hash)).execute(writer.db())?;
    diesel::delete(one_time_codes::table.find(id.to_string())).execute(writer.db())?;
    Ok(())
}

/// Puts another hash of the same password in the place of a weaker one, unless it was changed meanwhile: nothing that an
/// event would tell of.
///
/// # Errors
/// The database's.
pub fn replace_password_hash(tx: &mut Tx, id: UserId, old: &str, new: &str) -> Result<(), Error> {
    let same = users::table.find(id.to_string()).filter(users::password_hash.eq(old));
    diesel::update(same).set(users::password_hash.eq(new)).execute(tx.unrecorded())?;
    Ok(())
}

/// The SHA-256 of an account's one-time code, and when it ends.
///
/// # Errors
/// The database's.
pub fn one_time_code(db: &mut impl Read, id: UserId) -> Result<Option<(Vec<u8>, Timestamp)>, Error> {
    let row: Option<(Vec<u8>, i64)> = one_time_codes::table
        .find(id.to_string())
        .select((one_time_codes::code_hash, one_time_codes::expires_at))
        .first(db.db())
        .optional()?;
    Ok(row.map(|(hash, end)| (hash, columns::instant(end))))
}

/// The account of a person.
///
/// # Errors
/// The database's.
pub fn of_person(db: &mut impl Read, person: PersonId) -> Result<Option<User>, Error> {
    let row: Option<Row> = users::table
        .filter(users::person_id.eq(person.to_string()))
        .select(Row::as_select())
        .first(db.db())
        .optional()?;
    row.map(Row::into_domain).transpose()
}

/// Accounts that reach whoever has them: they may sign in, and did so once, when they chose a password. Where an
/// administrator took that away, as long as the code holds that was given instead: somebody asked for it.
#[diesel::dsl::auto_type]
fn opened(now: Timestamp) -> _ {
    let micros: i64 = now.micros();
    let active: &'static str = AccountState::Active.as_str();
    let chosen: &'static str = EventKind::PasswordChanged.as_str();
    let code = one_time_codes::table
        .filter(one_time_codes::user_id.eq(users::id))
        .filter(one_time_codes::expires_at.gt(micros));
    let before = events::table
        .filter(events::object_kind.eq("user").and(events::object_id.eq(users::id)))
        .filter(events::kind.eq(chosen));
    let again = diesel::dsl::exists(code).and(diesel::dsl::exists(before));
    users::table.filter(users::state.eq(active)).filter(users::password_hash.is_not_null().or(again))
}

/// Those of these people whom an account reaches.
///
/// # Errors
/// The database's.
pub fn with_account(db: &mut impl Read, people: &[PersonId], now: Timestamp) -> Result<HashSet<PersonId>, Error> {
    let ids: Vec<String> = people.iter().map(ToString::to_string).collect();
    let theirs = opened(now).filter(users::person_id.eq_any(ids));
    let found: Vec<Option<String>> = theirs.select(users::person_id).load(db.db())?;
    found.iter().flatten().map(|id| columns::id(id)).collect()
}

/// The account of an agency's head that may sign in, whose address is known with it; the first that was made where a
/// deputy has one too.
///
/// # Errors
/// The database's.
pub fn head_of(db: &mut impl Read, agency: AgencyId) -> Result<Option<User>, Error> {
    let row: Option<Row> = users::table
        .filter(users::agency_id.eq(agency.to_string()))
        .filter(users::role.eq(RoleName::AgencyHead.as_str()))
        .filter(users::state.eq(AccountState::Active.as_str()))
        .order(users::id)
        .select(Row::as_select())
        .first(db.db())
        .optional()?;
    row.map(Row::into_domain).transpose()
}

/// Whether an account reaches an agency's head.
///
/// # Errors
/// The database's.
pub fn has_head(db: &mut impl Read, agency: AgencyId, now: Timestamp) -> Result<bool, Error> {
    let heads = opened(now)
        .filter(users::agency_id.eq(agency.to_string()))
        .filter(users::role.eq(RoleName::AgencyHead.as_str()));
    Ok(diesel::select(diesel::dsl::exists(heads)).get_result(db.db())?)
}

/// Gives an account a one-time code in place of any other, and takes its password away.
///
/// # Errors
/// The database's.
pub fn set_one_time_code(writer: &mut Writer, id: UserId, hash: &[u8], end: Timestamp) -> Result<(), Error> {
    diesel::delete(one_time_codes::table.find(id.to_string())).execute(writer.db())?;
    diesel::insert_into(one_time_codes::table)
        .values((
            one_time_codes::user_id.eq(id.to_string()),
            one_time_codes::code_hash.eq(hash),
            one_time_codes::expires_at.eq(end.micros()),
        ))
        .execute(writer.db())?;
    diesel::update(users::table.find(id.to_string()))
        .set(users::password_hash.eq(None::<String>))
        .execute(writer.db())?;
    Ok(())
}
