//! `/sessions` and `/me`: signing in and out, and one's own account.

use super::address::Origin;
use super::answer::{Answer, Outcome};
use super::body::{Body, Json};
use super::context::{Context, Visit, block};
use super::problem::{GuessProblems, PasswordProblems, ReadProblems};
use super::query::NoQuery;
use super::users::UserView;
use crate::app::accounts;
use crate::app::gate::Etag;
use crate::app::misses::{Guesser, Secret};
use crate::app::sessions::{self, Tokens};
use crate::error::Error;
use actix_web::{delete, get, post};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// What to sign in with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignIn {
    /// The account's e-mail address.
    #[schema(example = "clerk.central@demo.example")]
    email: String,
    /// Its password, or the one-time code that was handed out.
    password: String,
    /// The newest `device_token` that this device was given for the account, if any. It is judged by its own wrong
    /// guesses then, and never has to wait for strangers'. After a reset it counts no more.
    device_token: Option<String>,
}

/// A refresh token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Refresh {
    /// The newest refresh token of the session. It is used up; using it twice ends the session.
    refresh_token: String,
}

/// Tokens of a session.
#[derive(Serialize, ToSchema)]
#[schema(as = Tokens)]
struct TokensView {
    /// For `Authorization: Bearer …`: a JWT signed with ES256.
    access_token: String,
    /// For new tokens; kept by whoever signed in, sent to nobody else.
    refresh_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// Life of the access token in seconds.
    #[schema(example = 600)]
    expires_in: i64,
    /// Of a sign-in: for the device to keep and to send when it signs in to this account again. It opens nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    device_token: Option<String>,
}

impl From<Tokens> for TokensView {
    fn from(tokens: Tokens) -> Self {
        Self {
            access_token: tokens.access,
            refresh_token: tokens.refresh,
            token_type: "Bearer",
            expires_in: tokens.expires_in,
            device_token: tokens.device,
        }
    }
}

/// A password to choose.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPassword {
    /// The password so far; not asked for after signing in with a one-time code.
    current_password: Option<String>,
    /// At least 15 characters.
    #[schema(min_length = 15, max_length = 256)]
    new_password: String,
}

/// Sign in
///
/// With a one-time code, the session may only choose a password. After wrong passwords for one account, or from one
/// neighbourhood of addresses, the next has to wait, longer each time; never a device that signed in before.
#[utoipa::path(operation_id = "sign_in", tag = "accounts", security(()), request_body = SignIn, responses(
    (status = 201, description = "Signed in.", body = TokensView), GuessProblems))]
#[post("/sessions")]
pub(super) async fn sign_in(visit: Visit, origin: Origin, body: Body<Json<SignIn>>, _: NoQuery) -> Outcome {
    let SignIn { email, password, device_token } = body.read()?;
    let tokens = block(move || {
        let (device, from) = (device_token.as_deref(), origin.0.neighbourhood());
        visit.registry.sign_in(&sessions::SignIn { email: &email, password: &password, device, from })
    });
    Ok(Answer::ok(&TokensView::from(tokens.await?))?.created())
}

/// Take a refresh token for new tokens
#[utoipa::path(operation_id = "refresh_session", tag = "accounts", security(()), request_body = Refresh, responses(
    (status = 201, description = "New tokens of the same session.", body = TokensView), GuessProblems))]
#[post("/sessions/refresh")]
pub(super) async fn refresh_session(visit: Visit, origin: Origin, body: Body<Json<Refresh>>, _: NoQuery) -> Outcome {
    let Refresh { refresh_token } = body.read()?;
    let tokens = block(move || {
        let registry = &visit.registry;
        let refresh = || registry.refresh_session(&refresh_token);
        let is_miss = |it: &Result<_, _>| matches!(it, Err(Error::Unauthenticated));
        registry.try_secret(Secret::RefreshToken, Guesser::Stranger(origin.0), refresh, is_miss)
    });
    Ok(Answer::ok(&TokensView::from(tokens.await?))?.created())
}

/// Sign out
#[utoipa::path(operation_id = "sign_out", tag = "accounts", responses(
    (status = 204, description = "The session has ended, and its tokens with it."), ReadProblems))]
#[delete("/sessions/current")]
pub(super) async fn sign_out(ctx: Context, _: NoQuery) -> Outcome {
    block(move || ctx.registry.sign_out(&ctx.caller)).await?;
    Ok(Answer::nothing())
}

/// One's own account
#[utoipa::path(operation_id = "get_own_account", tag = "accounts", responses(
    (status = 200, description = "The account.", body = UserView,
        headers(("ETag" = String, description = "Of this version."))), ReadProblems))]
#[get("/me")]
pub(super) async fn get_own_account(ctx: Context, _: NoQuery) -> Outcome {
    ctx.read(|db, ctx| {
        let user = accounts::read_own(db, &ctx.caller)?;
        Ok(Answer::ok(&UserView::from(&user))?.tagged(&Etag::of_version(user.version)))
    })
    .await
}

/// Choose a password
///
/// Every other session of the account ends.
#[utoipa::path(operation_id = "choose_password", tag = "accounts", request_body = NewPassword, responses(
    (status = 204, description = "It is set."), PasswordProblems))]
#[post("/me/password")]
pub(super) async fn choose_password(ctx: Context, body: Body<Json<NewPassword>>, _: NoQuery) -> Outcome {
    let NewPassword { current_password, new_password } = body.read()?;
    let Context { registry, caller } = ctx;
    let registry = Arc::clone(&registry);
    block(move || registry.choose_password(&caller, current_password.as_deref(), &new_password)).await?;
    Ok(Answer::nothing())
}
