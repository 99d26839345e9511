//! Passwords: what is accepted, and how they are hashed.

mod common;

use crate::domain::problem::FieldProblem;
use crate::error::Error;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::{Semaphore, SemaphorePermit};
use unicode_normalization::UnicodeNormalization as _;

/// Argon2id memory in KiB: the strongest row of the OWASP password storage cheat sheet (46 MiB, t = 2, p = 1 here).
pub const ARGON2_MEMORY_KIB: u32 = 47_104;
/// Argon2id passes.
pub const ARGON2_PASSES: u32 = 2;
/// Argon2id lanes.
pub const ARGON2_LANES: u32 = 1;
/// Fewest characters (NIST SP 800-63B-4 §3.1.1.2, single factor).
pub const MIN_CHARACTERS: usize = 15;
/// Most characters: bounds the work of one request.
pub const MAX_CHARACTERS: usize = 256;
/// Fewest different characters: refuses `aaaaaaaaaaaaaaa` and `121212121212121`.
const MIN_DIFFERENT: usize = 6;
/// A password as typed, in NFKC (RFC 8265 §4.2). It has no `Debug`.
#[derive(Clone)]
pub struct Password(String);

impl Password {
    /// A password somebody typed to sign in; whatever it is, it can only be wrong.
    pub fn typed(raw: &str) -> Self {
        // One more than is accepted: what is too long stays so.
        Self(raw.nfkc().take(MAX_CHARACTERS + 1).collect())
    }

    /// A password that somebody wants to have.
    ///
    /// # Errors
    /// `too_short`, `too_long`, `too_simple` or `too_common`.
    pub fn chosen(raw: &str, email: &str) -> Result<Self, FieldProblem> {
        let password = Self::typed(raw);
        // In the form that is hashed: one typed character may stand for several, and several for one.
        let length = password.0.chars().count();
        if length < MIN_CHARACTERS {
            return Err(FieldProblem::new("too_short", format!("at least {MIN_CHARACTERS} characters")));
        }
        if length > MAX_CHARACTERS {
            return Err(FieldProblem::new("too_long", format!("at most {MAX_CHARACTERS} characters")));
        }
        if password.0.chars().collect::<std::collections::HashSet<_>>().len() < MIN_DIFFERENT {
            return Err(FieldProblem::new("too_simple", format!("at least {MIN_DIFFERENT} different characters")));
        }
        if common::is_common(&password.0, email) {
            return Err(FieldProblem::new("too_common", "not common words, a run of keys, an agency or your address"));
        }
        Ok(password)
    }
}

/// A hash that is well formed and of no password: 16 bytes of salt, 32 bytes of hash.
pub fn hash_of_nobody() -> String {
    let (salt, hash) = ("A".repeat(22), "A".repeat(43));
    format!("$argon2id$v=19$m={ARGON2_MEMORY_KIB},t={ARGON2_PASSES},p={ARGON2_LANES}${salt}${hash}")
}

/// Hashes passwords, so many at once and no more: each takes 46 MiB.
pub struct Hasher {
    argon2: Argon2<'static>,
    slots: Semaphore,
    /// Checked when there is no account, so that its absence takes as long as a wrong password.
    nobody: String,
    made: AtomicU64,
}

/// Leave to hash: one of the few places for it.
pub struct Slot<'a> {
    hasher: &'a Hasher,
    _place: SemaphorePermit<'a>,
}

impl Default for Hasher {
    fn default() -> Self {
        Self::new()
    }
}

impl Hasher {
    /// At most two for each processor at once.
    ///
    /// # Panics
    /// Never: the parameters are constants within Argon2's bounds.
    #[expect(clippy::expect_used, reason = "constants within Argon2's bounds")]
    pub fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let params = Params::new(ARGON2_MEMORY_KIB, ARGON2_PASSES, ARGON2_LANES, None).expect("bounds of RFC 9106");
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        Self { argon2, slots: Semaphore::new(cores * 2), nobody: hash_of_nobody(), made: AtomicU64::new(0) }
    }

    /// Leave to hash.
    ///
    /// # Errors
    /// `Overloaded` when too many are at it.
    pub fn slot(&self) -> Result<Slot<'_>, Error> {
        let place = self.slots.try_acquire().map_err(|_| Error::Overloaded)?;
        Ok(Slot { hasher: self, _place: place })
    }

    /// [`Slot::hash`] in a slot of its own.
    ///
    /// # Errors
    /// `Overloaded` when too many are at it.
    pub fn hash(&self, password: &Password) -> Result<String, Error> {
        self.slot()?.hash(password)
    }

    /// How many hashes were made so far: the work that was done for whoever signed in.
    pub fn made(&self) -> u64 {
        self.made.load(Ordering::Relaxed)
    }
}

impl Slot<'_> {
    /// The hash of a password, in the PHC string format. Takes tens of milliseconds.
    ///
    /// # Errors
    /// The system's, where it has no randomness or memory.
    pub fn hash(&self, password: &Password) -> Result<String, Error> {
        self.hasher.made.fetch_add(1, Ordering::Relaxed);
        let hash = self.hasher.argon2.hash_password(password.0.as_bytes()).map_err(Error::internal)?;
        Ok(hash.to_string())
    }

    /// Whether this is the password of that hash; the same work where there is no hash.
    ///
    /// # Errors
    /// A stored hash that is none.
    pub fn verify(&self, password: &Password, hash: Option<&str>) -> Result<bool, Error> {
        self.hasher.made.fetch_add(1, Ordering::Relaxed);
        let parsed = PasswordHash::new(hash.unwrap_or(&self.hasher.nobody)).map_err(Error::internal)?;
        let matches = self.hasher.argon2.verify_password(password.0.as_bytes(), &parsed).is_ok();
        Ok(matches && hash.is_some())
    }
}

/// Whether a stored hash costs a guesser less than one made now.
pub fn is_weaker_than_now(hash: &str) -> bool {
    let Ok(parsed) = PasswordHash::new(hash) else { return false };
    let is_other = parsed.algorithm != Algorithm::Argon2id.ident() || parsed.version != Some(Version::V0x13.into());
    let params = Params::try_from(&parsed);
    is_other || params.is_ok_and(|it| it.m_cost() < ARGON2_MEMORY_KIB || it.t_cost() < ARGON2_PASSES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_passwords_are_refused_by_name() {
        let code = |raw: &str| Password::chosen(raw, "lan.nguyen@bao.example").err().map(|p| p.code);
        assert_eq!(code("fourteen chars"), Some("too_short"));
        assert_eq!(code("aaaaaaaaaaaaaaaaaaaa"), Some("too_simple"));
        assert_eq!(code("Mật khẩu 1234567890"), Some("too_common"));
        assert_eq!(code("nhabaovietnam2026"), Some("too_common"));
        assert_eq!(code("lan.nguyen123456"), Some("too_common"));
        assert_eq!(code(&"x".repeat(257)), Some("too_long"));
        assert_eq!(code("cây cầu bắc qua sông rộng"), None);
    }

    #[test]
    fn a_password_is_as_long_as_what_is_hashed() {
        use unicode_normalization::UnicodeNormalization as _;
        let code = |raw: &str| Password::chosen(raw, "lan.nguyen@bao.example").err().map(|p| p.code);
        let (short, nfd) = ("cầu bắc sông", "cầu bắc sông".nfd().collect::<String>());
        assert!(short.chars().count() < MIN_CHARACTERS && nfd.chars().count() >= MIN_CHARACTERS);
        assert_eq!((code(short), code(&nfd)), (Some("too_short"), Some("too_short")));
        let long: String = "cây cầu bắc qua sông rộng ".chars().cycle().take(MAX_CHARACTERS).collect();
        assert_eq!((code(&long), code(&long.nfd().collect::<String>())), (None, None));
        assert_eq!(code(&(long + "!")), Some("too_long"));
    }

    #[test]
    fn a_password_is_the_same_however_it_is_typed() {
        use unicode_normalization::UnicodeNormalization as _;
        let hasher = Hasher::new();
        let nfd: String = "cây cầu bắc qua sông".nfd().collect();
        let slot = hasher.slot().expect("a place");
        let hash = slot.hash(&Password::typed("cây cầu bắc qua sông")).expect("hashed");
        assert!(hash.starts_with("$argon2id$v=19$m=47104,t=2,p=1$"), "{hash}");
        assert!(slot.verify(&Password::typed(&nfd), Some(&hash)).expect("checked"));
        assert!(!slot.verify(&Password::typed("cây cầu"), Some(&hash)).expect("checked"));
        assert!(!slot.verify(&Password::typed(""), None).expect("nobody has a password"));
    }
}
