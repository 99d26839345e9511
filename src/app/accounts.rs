//! Accounts: made by an administrator, opened with a one-time code, changed, disabled.

mod choosing;

pub use choosing::ChosenPassword;

use super::gate::{Etag, Gate};
use super::page::{Asked, Part};
use super::passwords::Password;
use super::sessions::code_hash;
use super::{Registry, provinces};
use crate::domain::accounts::{AccountState, BodyName, Caller, Email, Role, RoleName, Ties, User};
use crate::domain::devices::DeviceEpoch;
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::ids::{AgencyId, Id as _, PersonId, UserId};
use crate::domain::problem::{FieldProblem, Problems};
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::policy::{self, Operation, Permit};
use crate::store::{self, Read, Reader, Tx, Writer, accounts, agencies, people, sessions};
use serde_json::json;

/// How long a one-time code opens an account.
pub const CODE_SECONDS: i64 = 72 * 3_600;

/// An account as a form has it: words not yet trusted.
#[derive(Clone, Debug, Default)]
pub struct UserForm {
    /// E-mail address.
    pub email: String,
    /// Role.
    pub role: String,
    /// For heads and clerks.
    pub agency_id: Option<String>,
    /// Province code, for officials and provincial registrars.
    pub province: Option<String>,
    /// For officials.
    pub body: Option<String>,
    /// For holders.
    pub person_id: Option<String>,
}

/// A change of an account: what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct UserPatch {
    /// Another address.
    pub email: Option<String>,
    /// `active` or `disabled`.
    pub state: Option<String>,
}

impl UserPatch {
    fn disables(&self) -> bool {
        self.state.as_deref().map(AccountState::parse) == Some(Ok(AccountState::Disabled))
    }
}

/// An account just made or reset, and the code that opens it once.
pub struct Opened {
    /// The account.
    pub user: User,
    /// To be handed to its owner; it is not kept.
    pub one_time_code: String,
}

impl UserForm {
    fn parse(&self, tx: &mut Tx) -> Result<(Email, Role), Error> {
        let mut problems = Problems::new();
        let email = problems.take("/email", Email::parse(&self.email));
        let agency = match self.agency_id.as_deref().map(AgencyId::parse) {
            Some(Ok(id)) if agencies::find(tx, id)?.is_some() => Some(id),
            Some(_) => problems.take("/agency_id", Err(FieldProblem::new("unknown_agency", "no agency has this id"))),
            None => None,
        };
        let province = match self.province.as_deref() {
            Some(code) => problems.take("/province", provinces::in_force(tx, code)?),
            None => None,
        };
        let person = match self.person_id.as_deref().map(PersonId::parse) {
            Some(Ok(id)) if people::exists(tx, id)? => Some(id),
            Some(_) => problems.take("/person_id", Err(FieldProblem::new("unknown_person", "no person has this id"))),
            None => None,
        };
        let body = problems.take_optional("/body", self.body.as_deref(), BodyName::parse);
        // What a role needs is asked only once each of its ties is well made.
        let email = problems.finish(|| email)?;
        let role = Role::from_parts(&self.role, Ties { agency, province, body, person })
            .map_err(|(field, problem)| Error::field(format!("/{field}"), problem))?;
        Ok((email, role))
    }
}

/// What an account of this role acts for, as told in histories: its agency, public body or province by name.
///
/// # Errors
/// The database's.
pub fn acts_for(db: &mut impl Read, role: &Role) -> Result<Option<String>, Error> {
    if let Some(body) = role.body() {
        return Ok(Some(body.as_str().to_owned()));
    }
    if let Some(agency) = role.agency() {
        let agency = agencies::find(db, agency)?.ok_or_else(|| Error::internal("an account without its agency"))?;
        return Ok(Some(agency.fields.name));
    }
    match role.province() {
        Some(unit) => Ok(Some(store::provinces::name_of(db, unit)?)),
        None => Ok(None),
    }
}

/// The caller's own account.
///
/// # Errors
/// The database's.
pub fn read_own(db: &mut Reader, caller: &Caller) -> Result<User, Error> {
    policy::enter(caller, Operation::ManageOwnAccount)?.anywhere()?;
    accounts::find(db, caller.user)?.ok_or(Error::Unauthenticated)
}

/// An account.
///
/// # Errors
/// 403, 404.
pub fn read(db: &mut Reader, caller: &Caller, id: UserId) -> Result<User, Error> {
    policy::enter(caller, Operation::ReadUsers)?.anywhere()?;
    accounts::find(db, id)?.ok_or(Error::NotFound)
}

/// Accounts in the order they were made.
///
/// # Errors
/// 403.
pub fn list(db: &mut Reader, caller: &Caller, asked: Asked<(), UserId>) -> Result<Part<User, UserId>, Error> {
    policy::enter(caller, Operation::ReadUsers)?.anywhere()?;
    let ((), page) = asked?;
    let users = accounts::list(db, page.after, page.limit)?;
    Ok(Part::cut(users, page.limit, |user| user.id))
}

/// Makes an account, which its one-time code opens.
///
/// # Errors
/// 403; 422, also `/email` `taken`.
pub fn create(
    tx: &mut Tx,
    caller: &Caller,
    gate: &Gate,
    form: impl FnOnce() -> Result<UserForm, Error>,
) -> Result<Opened, Error> {
    let permit = policy::enter(caller, Operation::ManageUsers)?.anywhere()?;
    gate.pass_new(tx)?;
    open_account(tx, &permit, &form()?)
}

/// Makes an account in the name of `permit`.
///
/// # Errors
/// 422, also `/email` `taken`.
pub fn open_account(tx: &mut Tx, permit: &Permit, form: &UserForm) -> Result<Opened, Error> {
    let (email, role) = form.parse(tx)?;
    enter_with_code(tx, permit, email, role)
}

fn enter_with_code(tx: &mut Tx, permit: &Permit, email: Email, role: Role) -> Result<Opened, Error> {
    let code = NewCode::make(tx);
    let user = enter_opened(tx, permit, email, role, |writer, user| code.give_to(writer, user.id))?;
    Ok(Opened { user, one_time_code: code.text })
}

/// Enters an account that nothing opens yet.
///
/// # Errors
/// 422: `taken`.
pub fn enter(tx: &mut Tx, permit: &Permit, email: Email, role: Role) -> Result<User, Error> {
    enter_opened(tx, permit, email, role, |_, _| Ok(()))
}

/// [`enter`] with what opens the account, written as part of the same event.
fn enter_opened(
    tx: &mut Tx,
    permit: &Permit,
    email: Email,
    role: Role,
    open: impl FnOnce(&mut Writer, &User) -> Result<(), Error>,
) -> Result<User, Error> {
    if accounts::by_email(tx, &email)?.is_some() {
        return Err(Error::invalid("/email", "taken", "an account has this address"));
    }
    if let Some(person) = role.person()
        && accounts::of_person(tx, person)?.is_some()
    {
        return Err(Error::invalid("/person_id", "taken", "this person has an account"));
    }
    let user = User {
        id: tx.new_id(),
        email,
        role,
        state: AccountState::Active,
        devices: DeviceEpoch::FIRST,
        version: 1,
        created_at: tx.now(),
    };
    let event = Event::new(EventKind::UserCreated, Object::User(user.id)).with(json!({
        "role": user.role.name().as_str(),
        "agency": user.role.agency().map(|id| id.to_string()),
        "province": user.role.province().map(|id| id.as_str()),
        "person": user.role.person().map(|id| id.to_string()),
    }));
    tx.record(permit, event, |writer| {
        accounts::insert(writer, &user)?;
        open(writer, &user)
    })?;
    Ok(user)
}

/// A one-time code not yet given to anybody.
struct NewCode {
    text: String,
    end: Timestamp,
}

impl NewCode {
    fn make(tx: &Tx) -> Self {
        Self { text: tx.entropy().code(), end: tx.now().plus_seconds(CODE_SECONDS) }
    }

    fn give_to(&self, writer: &mut Writer, user: UserId) -> Result<(), Error> {
        accounts::set_one_time_code(writer, user, &code_hash(&self.text), self.end)
    }
}

/// Changes an account's address, disables it or lets it in again. Disabling ends its sessions; its devices are strangers
/// from then on.
///
/// # Errors
/// 403, 404, 412, 428, 422; 409 where a holder's account is to be active again whose record is not on record any more.
pub fn change(
    tx: &mut Tx,
    caller: &Caller,
    id: UserId,
    gate: &Gate,
    form: impl FnOnce() -> Result<UserPatch, Error>,
) -> Result<User, Error> {
    let permit = policy::enter(caller, Operation::ManageUsers)?.anywhere()?;
    let old = accounts::find(tx, id)?.ok_or(Error::NotFound)?;
    let form = form();
    if form.as_ref().is_ok_and(UserPatch::disables) {
        policy::not_oneself(caller, id)?;
    }
    gate.pass(tx, &Etag::of_version(old.version))?;
    let patch = form?;
    let email = patch.email.as_deref().map(Email::parse).transpose().map_err(|p| Error::field("/email", p))?;
    let state = patch.state.as_deref().map(AccountState::parse).transpose().map_err(|p| Error::field("/state", p))?;
    let email = email.unwrap_or_else(|| old.email.clone());
    let new = User { email, version: old.version + 1, ..old.clone() }.in_state(state.unwrap_or(old.state));
    if new.email != old.email && accounts::by_email(tx, &new.email)?.is_some() {
        return Err(Error::invalid("/email", "taken", "an account has this address"));
    }
    if new.state == AccountState::Active && old.state == AccountState::Disabled {
        refuse_without_record(tx, &old)?;
    }
    if new.state == AccountState::Disabled {
        sessions::end_all(tx, id, None)?;
    }
    let event = Event::new(EventKind::UserChanged, Object::User(id))
        .with(json!({ "state": new.state.as_str(), "email_changed": new.email != old.email }));
    tx.record(&permit, event, |writer| accounts::update(writer, &new))?;
    Ok(new)
}

/// The account of a record that another took in is over: its holder signs in with the other's.
fn refuse_without_record(tx: &mut Tx, user: &User) -> Result<(), Error> {
    match user.role.person() {
        Some(person) if !people::exists(tx, person)? => {
            Err(Error::WrongState { detail: "The record of this account's holder is not on record any more.".into() })
        }
        Some(_) | None => Ok(()),
    }
}

/// Takes an account's password and sessions away and gives it a one-time code. Its devices are strangers from then on:
/// whoever knew the password may have signed in on any number.
///
/// # Errors
/// 403, 404.
pub fn reset(tx: &mut Tx, caller: &Caller, id: UserId, gate: &Gate) -> Result<Opened, Error> {
    let permit = policy::enter(caller, Operation::ManageUsers)?.anywhere()?;
    let old = accounts::find(tx, id)?.ok_or(Error::NotFound)?;
    gate.pass_new(tx)?;
    let user = User { devices: old.devices.anew(), version: old.version + 1, ..old };
    sessions::end_all(tx, id, None)?;
    let event = Event::new(EventKind::UserReset, Object::User(id));
    let code = NewCode::make(tx);
    tx.record(&permit, event, |writer| {
        accounts::update(writer, &user)?;
        code.give_to(writer, user.id)
    })?;
    Ok(Opened { user, one_time_code: code.text })
}

/// Gives a person the account of a holder.
///
/// # Errors
/// 403, 404; 422 `/email` where the person has no address and none is given.
pub fn invite(
    tx: &mut Tx,
    registry: &Registry,
    caller: &Caller,
    person: PersonId,
    gate: &Gate,
    form: impl FnOnce() -> Result<Option<String>, Error>,
) -> Result<Opened, Error> {
    let permit = policy::enter(caller, Operation::InvitePerson)?.anywhere()?;
    let person = people::find(tx, &registry.secrets.sealing, person)?.ok_or(Error::NotFound)?;
    gate.pass_new(tx)?;
    let given = form()?.as_deref().map(Email::parse).transpose().map_err(|p| Error::field("/email", p))?;
    let email = given
        .or_else(|| person.fields.email.clone())
        .ok_or_else(|| Error::invalid("/email", "missing", "this person has no e-mail address on record"))?;
    enter_with_code(tx, &permit, email, Role::Holder(person.id))
}

impl Registry {
    /// Makes an account from the command line, with a password.
    ///
    /// # Errors
    /// 422.
    pub fn add_user(&self, form: UserForm, password: &str) -> Result<User, Error> {
        let chosen = Password::chosen(password, &form.email).map_err(|problem| Error::field("/password", problem))?;
        let hash = self.hasher.hash(&chosen)?;
        self.store.write_blocking(move |tx| {
            let (email, role) = form.parse(tx)?;
            let permit = policy::the_program_itself();
            let user = enter(tx, &permit, email, role)?;
            let event = Event::new(EventKind::PasswordChanged, Object::User(user.id));
            tx.record(&permit, event, |writer| accounts::set_password_hash(writer, user.id, &hash))?;
            Ok(user)
        })
    }

    /// The first administrator of an empty registry and the one-time code, shown once; `None` where there is any
    /// account.
    ///
    /// # Errors
    /// The database's.
    pub fn first_administrator(&self, email: &str) -> Result<Option<Opened>, Error> {
        let form =
            UserForm { email: email.to_owned(), role: RoleName::Admin.as_str().to_owned(), ..UserForm::default() };
        self.store.write_blocking(move |tx| match accounts::any(tx)? {
            true => Ok(None),
            false => open_account(tx, &policy::the_program_itself(), &form).map(Some),
        })
    }
}
