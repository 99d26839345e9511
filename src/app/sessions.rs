//! Signing in and out. Access tokens are JWTs (RFC 9068) of ten minutes; refresh tokens are random, used once, and the
//! reuse of one ends its whole family.

mod callers;
mod devices;
mod guesses;
mod signing_in;

pub use callers::Admitted;
pub(super) use callers::CallerCache;
pub(super) use guesses::Counters;
pub use signing_in::SignIn;

use super::Registry;
use super::accounts::acts_for;
use crate::domain::accounts::{Caller, User};
use crate::domain::card_code::Kid;
use crate::domain::ids::{Id as _, SessionId, UserId};
use crate::domain::time::Timestamp;
use crate::domain::typed_code;
use crate::error::Error;
use crate::store::{Read, Tx, accounts, sessions};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::BASE64URL_NOPAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// An access token's life in seconds: short, for it cannot be called back everywhere at once.
pub const ACCESS_SECONDS: i64 = 600;
/// A session's life in seconds, however often it is refreshed: a working week.
pub const SESSION_SECONDS: i64 = 7 * 24 * 3_600;
/// `typ` of access tokens (RFC 9068 §2.1): no other token is taken for one.
const ACCESS_TYPE: &str = "at+jwt";
const AUDIENCE: &str = "press-registry";

/// The claims of an access token. All are required; the role is read from the account at each use.
#[derive(Serialize, Deserialize)]
struct AccessClaims {
    iss: String,
    aud: String,
    sub: String,
    sid: String,
    jti: String,
    iat: i64,
    nbf: i64,
    exp: i64,
}

/// What a sign-in gives.
pub struct Tokens {
    /// The access token.
    pub access: String,
    /// The refresh token.
    pub refresh: String,
    /// Life of the access token in seconds.
    pub expires_in: i64,
    /// For the device that signed in; refreshing gives none.
    pub device: Option<String>,
}

/// What an account has proven itself with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Its password.
    Password,
    /// The one-time code with this hash, which the session uses up: its owner has to choose a password first of all.
    OneTimeCode([u8; 32]),
}

/// An account that has proven itself. The proof holds for the version it was made against: what changes the account
/// meanwhile, a reset above all, takes it back.
#[derive(Clone, Debug)]
pub struct Proven {
    user: UserId,
    version: i64,
    by: Proof,
}

impl Proven {
    /// This account, as it is now, has proven itself.
    pub const fn new(user: &User, by: Proof) -> Self {
        Self { user: user.id, version: user.version, by }
    }
}

/// What became of a refresh token.
enum Refreshed {
    /// It was taken for the next one.
    Rotated(UserId, SessionId),
    /// It was used before, so somebody else has it: its family is over.
    FamilyEnded,
    /// It is worth nothing any more.
    Worthless,
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, bytes).as_ref());
    hash
}

/// A new refresh token and its hash.
fn refresh_token(registry: &Registry) -> (String, [u8; 32]) {
    let token = BASE64URL_NOPAD.encode(&registry.entropy.bytes::<32>());
    let hash = sha256(token.as_bytes());
    (token, hash)
}

impl Registry {
    /// Opens a session for an account that has proven itself. Blocks.
    ///
    /// # Errors
    /// `WrongCredentials` when the account was changed, or its one-time code used, since it proved itself.
    pub fn open_session(&self, proven: Proven) -> Result<Tokens, Error> {
        self.open_session_and(proven, |_| Ok(()))
    }

    /// [`Registry::open_session`], and `then` in the same transaction.
    fn open_session_and(
        &self,
        proven: Proven,
        mut then: impl FnMut(&mut Tx) -> Result<(), Error> + Send + 'static,
    ) -> Result<Tokens, Error> {
        let (refresh, hash) = refresh_token(self);
        let Proven { user, version, by } = proven;
        let session = self.store.write_blocking(move |tx| {
            // Meanwhile, while the password was being hashed, the account may have been disabled or reset.
            let is_same = accounts::find(tx, user)?.is_some_and(|it| it.version == version && it.is_active());
            let still_opens = match &by {
                Proof::Password => true,
                Proof::OneTimeCode(typed) => is_good(accounts::one_time_code(tx, user)?.as_ref(), typed, tx.now()),
            };
            if !is_same || !still_opens {
                return Err(Error::WrongCredentials);
            }
            let session = sessions::Session {
                id: tx.new_id(),
                user,
                must_change_password: by != Proof::Password,
                expires_at: tx.now().plus_seconds(SESSION_SECONDS),
                ended: false,
            };
            sessions::open(tx, &session, &hash)?;
            then(tx)?;
            Ok(session)
        })?;
        self.tokens(user, session.id, refresh)
    }

    /// Takes a refresh token for new tokens; one that was used before ends the session. Blocks.
    ///
    /// # Errors
    /// `Unauthenticated`.
    pub fn refresh_session(&self, refresh: &str) -> Result<Tokens, Error> {
        let used = sha256(refresh.as_bytes());
        // Whoever guesses costs one read: no write, and nobody who was seen is forgotten.
        self.store.read(|db| sessions::by_refresh_token(db, &used))?.ok_or(Error::Unauthenticated)?;
        let (next_token, next_hash) = refresh_token(self);
        // The end of a stolen family is no error here, so that it is committed although the answer is a refusal.
        let refreshed = self.store.write_blocking(move |tx| {
            let Some((id, was_used)) = sessions::by_refresh_token(tx, &used)? else { return Ok(Refreshed::Worthless) };
            let session = sessions::find(tx, id)?.ok_or_else(|| Error::internal("a refresh token without session"))?;
            if session.ended || tx.now() >= session.expires_at {
                return Ok(Refreshed::Worthless);
            }
            if was_used {
                sessions::end(tx, id)?;
                return Ok(Refreshed::FamilyEnded);
            }
            if !accounts::find(tx, session.user)?.is_some_and(|user| user.is_active()) {
                return Ok(Refreshed::Worthless);
            }
            sessions::rotate(tx, id, &used, &next_hash)?;
            Ok(Refreshed::Rotated(session.user, id))
        })?;
        match refreshed {
            Refreshed::Rotated(user, session) => self.tokens(user, session, next_token),
            Refreshed::FamilyEnded => {
                self.forget_callers();
                Err(Error::Unauthenticated)
            }
            Refreshed::Worthless => Err(Error::Unauthenticated),
        }
    }

    /// Ends the caller's session. Blocks.
    ///
    /// # Errors
    /// The database's.
    pub fn sign_out(&self, caller: &Caller) -> Result<(), Error> {
        let session = caller.session;
        self.store.write_blocking(move |tx| sessions::end(tx, session))?;
        self.forget_callers();
        Ok(())
    }

    /// Runs a change of accounts that may take somebody's rights or sessions away: once it is durable, everybody who
    /// was seen is asked for again.
    ///
    /// # Errors
    /// What `change` answers.
    pub async fn change_accounts<T, F>(&self, change: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx) -> Result<T, Error> + Send + 'static,
    {
        let changed = self.store.write(self.forgetting(change)).await?;
        self.forget_callers();
        Ok(changed)
    }

    /// [`Registry::change_accounts`] for threads that may wait.
    ///
    /// # Errors
    /// What `change` answers.
    pub fn change_accounts_blocking<T, F>(&self, change: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx) -> Result<T, Error> + Send + 'static,
    {
        let changed = self.store.write_blocking(self.forgetting(change))?;
        self.forget_callers();
        Ok(changed)
    }

    /// Inside, too: no later change of the same batch may be let through as if nothing had been taken away.
    fn forgetting<T, F>(&self, mut change: F) -> impl FnMut(&mut Tx) -> Result<T, Error> + Send + use<T, F>
    where
        F: FnMut(&mut Tx) -> Result<T, Error> + Send,
    {
        let callers = Arc::clone(&self.callers);
        move |tx| {
            let changed = change(tx);
            callers.forget();
            changed
        }
    }

    fn tokens(&self, user: UserId, session: SessionId, refresh: String) -> Result<Tokens, Error> {
        let now = self.clock.now().seconds();
        let ring = self.ring();
        let key = ring.session()?;
        let claims = AccessClaims {
            iss: self.settings.public_url.clone(),
            aud: AUDIENCE.into(),
            sub: user.to_string(),
            sid: session.to_string(),
            jti: self.entropy.uuid(self.clock.now()).to_string(),
            iat: now,
            nbf: now,
            exp: now + ACCESS_SECONDS,
        };
        let header =
            Header { typ: Some(ACCESS_TYPE.into()), kid: Some(key.kid().to_string()), ..Header::new(Algorithm::ES256) };
        let access =
            jsonwebtoken::encode(&header, &claims, &EncodingKey::from_ec_der(key.pkcs8())).map_err(Error::internal)?;
        Ok(Tokens { access, refresh, expires_in: ACCESS_SECONDS, device: None })
    }

    /// Who sent this token, if they were seen a moment ago. Does not block.
    pub fn cached_caller(&self, token: &str) -> Option<Admitted> {
        self.callers.seen(&sha256(token.as_bytes()))
    }

    /// Who sent this access token. Blocks.
    ///
    /// # Errors
    /// `Unauthenticated`.
    pub fn authenticate(&self, token: &str) -> Result<Admitted, Error> {
        let claims = self.read_token(token).ok_or(Error::Unauthenticated)?;
        let (Ok(user), Ok(session)) = (UserId::parse(&claims.sub), SessionId::parse(&claims.sid)) else {
            return Err(Error::Unauthenticated);
        };
        let (now, asked) = (self.clock.now(), self.callers.ask());
        let caller = self.store.read_consistently(|db| present(db, user, session, now))?;
        let admitted = Admitted::new(caller.ok_or(Error::Unauthenticated)?, asked);
        // Nobody is believed beyond the token's own end.
        if claims.exp - now.seconds() > 1 {
            self.callers.remember(sha256(token.as_bytes()), &admitted);
        }
        Ok(admitted)
    }

    fn read_token(&self, token: &str) -> Option<AccessClaims> {
        let header = jsonwebtoken::decode_header(token).ok()?;
        if header.typ.as_deref() != Some(ACCESS_TYPE) || header.alg != Algorithm::ES256 {
            return None;
        }
        let ring = self.ring();
        let point = ring.session_point(Kid::parse(header.kid.as_deref()?).ok()?)?;
        let mut rules = Validation::new(Algorithm::ES256);
        rules.set_audience(&[AUDIENCE]);
        rules.set_issuer(&[&self.settings.public_url]);
        rules.set_required_spec_claims(&["exp", "nbf", "aud", "iss", "sub"]);
        // The times are compared with the registry's own clock below, which tests can move.
        rules.validate_exp = false;
        rules.validate_nbf = false;
        let claims = jsonwebtoken::decode::<AccessClaims>(token, &DecodingKey::from_ec_der(point), &rules).ok()?.claims;
        let now = self.clock.now().seconds();
        (claims.nbf <= now && claims.iat <= now && now < claims.exp).then_some(claims)
    }

    /// Forgets who was seen, after a session ended on this node.
    pub(super) fn forget_callers(&self) {
        self.callers.forget();
    }

    /// The caller as they stand in this transaction. They were let in when their headers came; the body may have taken
    /// its time, and the account been disabled or reset, or the session ended, meanwhile. Whoever was asked for a
    /// moment ago is believed, as everywhere, unless rights were taken from anybody since.
    ///
    /// # Errors
    /// `Unauthenticated`.
    pub fn still_admitted(&self, tx: &mut Tx, admitted: &Admitted) -> Result<Arc<Caller>, Error> {
        match self.callers.still_believes(admitted) {
            true => Ok(Arc::clone(&admitted.caller)),
            false => still_there(tx, &admitted.caller).map(Arc::new),
        }
    }
}

/// The caller as they stand in this transaction, however short ago they were seen.
///
/// # Errors
/// `Unauthenticated`.
pub fn still_there(tx: &mut Tx, caller: &Caller) -> Result<Caller, Error> {
    let now = tx.now();
    present(tx, caller.user, caller.session, now)?.ok_or(Error::Unauthenticated)
}

/// Who an account is now, for what it asked for in a session that may be over since; nobody where it is disabled.
///
/// # Errors
/// The database's.
pub fn on_behalf_of(db: &mut impl Read, user: UserId, session: SessionId) -> Result<Option<Caller>, Error> {
    let Some(user) = accounts::find(db, user)?.filter(User::is_active) else { return Ok(None) };
    let body = acts_for(db, &user.role)?;
    Ok(Some(Caller { user: user.id, role: user.role, body, session, must_change_password: false }))
}

/// Who an account is in a session, while both are open.
fn present(db: &mut impl Read, user: UserId, session: SessionId, now: Timestamp) -> Result<Option<Caller>, Error> {
    let session = sessions::find(db, session)?.filter(|session| is_open(session, user, now));
    let user = accounts::find(db, user)?.filter(User::is_active);
    session.zip(user).map(|(session, user)| caller(db, &session, user)).transpose()
}

/// Whether this is an open session of that account.
pub(super) fn is_open(session: &sessions::Session, user: UserId, now: Timestamp) -> bool {
    session.user == user && !session.ended && now < session.expires_at
}

/// Whether what was typed is the code kept, before its end.
fn is_good(kept: Option<&(Vec<u8>, Timestamp)>, typed: &[u8; 32], now: Timestamp) -> bool {
    kept.is_some_and(|(hash, end)| verify_slices_are_equal(hash, typed).is_ok() && now < *end)
}

fn caller(db: &mut impl Read, session: &sessions::Session, user: User) -> Result<Caller, Error> {
    let body = acts_for(db, &user.role)?;
    let must_change_password = session.must_change_password;
    Ok(Caller { user: user.id, role: user.role, body, session: session.id, must_change_password })
}

/// The hash of a one-time code: of its capitals, without spaces and hyphens, letters that look like digits folded.
pub(super) fn code_hash(code: &str) -> [u8; 32] {
    sha256(typed_code::fold(code).as_bytes())
}
