//! `/users`: accounts, kept by administrators. Codes that open an account are shown once, to whoever made it.

use super::V1;
use super::answer::{Answer, Outcome, as_text};
use super::body::{Json, Nothing};
use super::context::{Change, Context, Look, PathId};
use super::cursor::{List, PageParams};
use super::gate::{IdempotencyKey, IfMatch};
use super::json::sent;
use super::problem::{ChangeProblems, CreateProblems, ReadProblems};
use crate::app::accounts::{self, Opened, UserForm, UserPatch};
use crate::app::gate::Etag;
use crate::app::provinces;
use crate::domain::accounts::{BodyName, User};
use crate::domain::ids::{PersonId, UserId};
use crate::domain::provinces::ProvinceId;
use crate::domain::time::Timestamp;
use actix_web::{get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An account.
#[derive(Serialize, ToSchema)]
#[schema(as = User)]
pub(super) struct UserView<'a> {
    /// Its id, a UUIDv7.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "uuid")]
    id: UserId,
    /// What it acts as: `admin`, `registrar`, `agency_head`, `agency_clerk`, `official`, `auditor` or `holder`.
    #[schema(example = "agency_clerk")]
    role: &'static str,
    /// What it signs in with.
    #[schema(example = "clerk.central@demo.example")]
    email: &'a str,
    /// The agency of heads and clerks.
    #[serde(skip_serializing_if = "Option::is_none")]
    agency_id: Option<String>,
    /// The code of the province of officials and provincial registrars.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "31")]
    province: Option<&'a str>,
    /// The unit itself, as `GET /provinces` names it: some codes were another unit's before July 2025.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "31-2025")]
    province_id: Option<&'a str>,
    /// The public body of officials.
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'a str>,
    /// The person whose own account it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    person_id: Option<String>,
    /// `active` or `disabled`.
    #[schema(example = "active")]
    state: &'static str,
    /// When it was made, RFC 3339 in UTC.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

impl<'a> From<&'a User> for UserView<'a> {
    fn from(user: &'a User) -> Self {
        Self {
            id: user.id,
            role: user.role.name().as_str(),
            email: user.email.as_str(),
            agency_id: user.role.agency().map(|id| id.to_string()),
            province: user.role.province().map(provinces::code),
            province_id: user.role.province().map(ProvinceId::as_str),
            body: user.role.body().map(BodyName::as_str),
            person_id: user.role.person().map(|id| id.to_string()),
            state: user.state.as_str(),
            created_at: user.created_at,
        }
    }
}

/// A part of the list of accounts.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is the documentation of `Answer::list`")]
struct UserList<'a> {
    /// In the order they were made.
    items: Vec<UserView<'a>>,
    /// For `?cursor=`; null at the end.
    next_cursor: Option<String>,
}

/// An account and the code that opens it once.
#[derive(Serialize, ToSchema)]
#[schema(as = OpenedUser)]
struct OpenedView<'a> {
    /// The account.
    #[serde(flatten)]
    user: UserView<'a>,
    /// To be handed to its owner, who signs in with it in place of a password within 72 hours. It is not kept.
    #[schema(example = "7K3MQ-0ZX9A-4BHTR-2WD8Y")]
    one_time_code: &'a str,
}

/// An account to be made. Which of the last four fields it needs, its role says.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewUser {
    /// What it signs in with.
    #[schema(example = "lan@vidu.example")]
    email: String,
    /// `admin`, `registrar`, `agency_head`, `agency_clerk`, `official`, `auditor` or `holder`.
    #[schema(example = "agency_clerk")]
    role: String,
    /// For heads and clerks: their agency.
    agency_id: Option<String>,
    /// For officials and provincial registrars: the code of their province today.
    #[schema(example = "31")]
    province: Option<String>,
    /// For officials: the name of their body, 1–200 characters.
    body: Option<String>,
    /// For holders: the person.
    person_id: Option<String>,
}

impl From<NewUser> for UserForm {
    fn from(sent: NewUser) -> Self {
        let NewUser { email, role, agency_id, province, body, person_id } = sent;
        Self { email, role, agency_id, province, body, person_id }
    }
}

/// A change of an account: what is left out stays.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct UserChange {
    /// Another address.
    #[serde(deserialize_with = "sent")]
    #[schema(value_type = Option<String>, nullable = false)]
    email: Option<String>,
    /// `active` or `disabled`; a disabled account is out within a second.
    #[serde(deserialize_with = "sent")]
    #[schema(value_type = Option<String>, nullable = false, example = "disabled")]
    state: Option<String>,
}

/// Where an invitation goes.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct Invitation {
    /// What the holder signs in with; the address on record where it is left out.
    email: Option<String>,
}

fn shown(user: &User) -> Outcome {
    Ok(Answer::ok(&UserView::from(user))?.tagged(&Etag::of_version(user.version)))
}

fn opened(opened: &Opened) -> Outcome {
    let view = OpenedView { user: UserView::from(&opened.user), one_time_code: &opened.one_time_code };
    Ok(Answer::ok(&view)?
        .tagged(&Etag::of_version(opened.user.version))
        .created_at(format_args!("{V1}/users/{}", opened.user.id)))
}

/// Accounts
#[utoipa::path(operation_id = "list_users", tag = "accounts", params(PageParams), responses(
    (status = 200, description = "A part of the list.", body = UserList,
        headers(("ETag" = String, description = "Of this part."))), ReadProblems))]
#[get("/users")]
pub(super) async fn list_users(ctx: Context, list: List<(), UserId>) -> Outcome {
    ctx.read(move |db, ctx| {
        let part = accounts::list(db, &ctx.caller, list.asked)?;
        list.cursors.answer(&part, UserView::from)
    })
    .await
}

/// Make an account
#[utoipa::path(operation_id = "create_user", tag = "accounts", params(IdempotencyKey), request_body = NewUser,
    responses((status = 201, description = "It is made.", body = OpenedView, headers(
        ("Location" = String, description = "Where it is."), ("ETag" = String, description = "Of this version."))),
    CreateProblems))]
#[post("/users")]
pub(super) async fn create_user(change: Change<Json<NewUser>>) -> Outcome {
    change
        .write(|tx, change| opened(&accounts::create(tx, &change.caller, &change.gate, || Ok(change.form()?.into()))?))
        .await
}

/// An account
#[utoipa::path(operation_id = "get_user", tag = "accounts",
    params(("id" = String, Path, description = "The account's id.", format = "uuid")), responses(
    (status = 200, description = "The account.", body = UserView,
        headers(("ETag" = String, description = "Of this version; for `If-Match`."))), ReadProblems))]
#[get("/users/{id}")]
pub(super) async fn get_user(look: Look, id: PathId<UserId>) -> Outcome {
    look.read(move |db, ctx| shown(&accounts::read(db, &ctx.caller, id.0)?)).await
}

/// Change an account's address, disable it, let it in again
#[utoipa::path(operation_id = "change_user", tag = "accounts",
    params(("id" = String, Path, description = "The account's id.", format = "uuid"), IfMatch, IdempotencyKey),
    request_body = UserChange, responses((status = 200, description = "As it is now.", body = UserView,
        headers(("ETag" = String, description = "Of the new version."))), ChangeProblems))]
#[patch("/users/{id}")]
pub(super) async fn change_user(change: Change<Json<UserChange>>, id: PathId<UserId>) -> Outcome {
    change
        .write_accounts(move |tx, change| {
            let form = || {
                let UserChange { email, state } = change.form()?;
                Ok(UserPatch { email, state })
            };
            shown(&accounts::change(tx, &change.caller, id.0, &change.gate, form)?)
        })
        .await
}

/// Take an account's password and sessions away
///
/// It is opened again with the code in the answer.
#[utoipa::path(operation_id = "reset_user", tag = "accounts",
    params(("id" = String, Path, description = "The account's id.", format = "uuid"), IdempotencyKey), responses(
    (status = 201, description = "It is reset.", body = OpenedView, headers(
        ("Location" = String, description = "Where it is."), ("ETag" = String, description = "Of the new version."))),
    CreateProblems))]
#[post("/users/{id}/reset")]
pub(super) async fn reset_user(change: Change<Nothing>, id: PathId<UserId>) -> Outcome {
    change.write_accounts(move |tx, change| opened(&accounts::reset(tx, &change.caller, id.0, &change.gate)?)).await
}

/// Give a person the account of a holder
#[utoipa::path(operation_id = "invite_person", tag = "accounts",
    params(("id" = String, Path, description = "The person's id.", format = "uuid"), IdempotencyKey),
    request_body = Invitation, responses(
    (status = 201, description = "The account is made.", body = OpenedView, headers(
        ("Location" = String, description = "Where it is."), ("ETag" = String, description = "Of this version."))),
    CreateProblems))]
#[post("/people/{id}/invite")]
pub(super) async fn invite_person(change: Change<Json<Invitation>>, id: PathId<PersonId>) -> Outcome {
    change
        .write(move |tx, change| {
            let form = || match change.body.is_empty() {
                true => Ok(None),
                false => Ok(change.form()?.email),
            };
            opened(&accounts::invite(tx, &change.registry, &change.caller, id.0, &change.gate, form)?)
        })
        .await
}
