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
    /// Of the slots, those that strangers may have.
    for_strangers: Semaphore,
    /// Checked when there is no account, so that its absence takes as long as a wrong password.
    nobody: String,
    made: AtomicU64,
    filled: AtomicU64,
}

/// Leave to hash: one of the few places for it.
pub struct Slot<'a> {
    hasher: &'a Hasher,
    _place: SemaphorePermit<'a>,
    _share: Option<SemaphorePermit<'a>>,
}

impl Default for Hasher {
    fn default() -> Self {
        Self::new()
    }
}

impl Hasher {
    /// At most two for each processor at once, three quarters of them for strangers.
    ///
    /// # Panics
    /// Never: the parameters are constants within Argon2's bounds.
    #[expect(clippy::expect_used, reason = "constants within Argon2's bounds")]
    pub fn new() -> Self {
        let slots = 2 * std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let argon2 = argon2id(ARGON2_MEMORY_KIB).expect("bounds of RFC 9106");
        Self {
            argon2,
            slots: Semaphore::new(slots),
            for_strangers: Semaphore::new(slots * 3 / 4),
            nobody: hash_of_nobody(),
            made: AtomicU64::new(0),
            filled: AtomicU64::new(0),
        }
    }

    /// Leave to hash for somebody who is known: in a session, or on a device that signed in before.
    ///
    /// # Errors
    /// `Overloaded` when too many are at it.
    pub fn slot(&self) -> Result<Slot<'_>, Error> {
        let place = self.slots.try_acquire().map_err(|_| Error::Overloaded)?;
        Ok(Slot { hasher: self, _place: place, _share: None })
    }

    /// Leave to hash for anybody. However many strangers guess, some slots are left for those who are known.
    ///
    /// # Errors
    /// `Overloaded` when too many strangers, or too many in all, are at it.
    pub fn slot_for_stranger(&self) -> Result<Slot<'_>, Error> {
        let share = self.for_strangers.try_acquire().map_err(|_| Error::Overloaded)?;
        Ok(Slot { _share: Some(share), ..self.slot()? })
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

    /// How many blocks of 1 KiB were filled for it: what the hashes cost, whatever their parameters.
    pub fn filled(&self) -> u64 {
        self.filled.load(Ordering::Relaxed)
    }

    fn count(&self, blocks: u64) {
        self.made.fetch_add(1, Ordering::Relaxed);
        self.filled.fetch_add(blocks, Ordering::Relaxed);
    }
}

fn argon2id(memory_kib: u32) -> argon2::Result<Argon2<'static>> {
    let params = Params::new(memory_kib, ARGON2_PASSES, ARGON2_LANES, None)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

impl Slot<'_> {
    /// The hash of a password, in the PHC string format. Takes tens of milliseconds.
    ///
    /// # Errors
    /// The system's, where it has no randomness or memory.
    pub fn hash(&self, password: &Password) -> Result<String, Error> {
        self.hasher.count(blocks_today());
        let hash = self.hasher.argon2.hash_password(password.0.as_bytes()).map_err(Error::internal)?;
        Ok(hash.to_string())
    }

    /// Whether this is the password of that hash; the same work where there is no hash, or a weaker one.
    ///
    /// # Errors
    /// A stored hash that is none; the system's, where it has no memory.
    pub fn verify(&self, password: &Password, hash: Option<&str>) -> Result<bool, Error> {
        let parsed = PasswordHash::new(hash.unwrap_or(&self.hasher.nobody)).map_err(Error::internal)?;
        let cost = blocks(&parsed);
        self.hasher.count(cost);
        let matches = self.hasher.argon2.verify_password(password.0.as_bytes(), &parsed).is_ok();
        self.fill(password, blocks_today().saturating_sub(cost))?;
        Ok(matches && hash.is_some())
    }

    /// Fills so many blocks for nothing: what a hash of today would have cost more than the one that was checked.
    /// Otherwise an account whose hash is older answers sooner than one that does not exist.
    fn fill(&self, password: &Password, blocks: u64) -> Result<(), Error> {
        let memory_kib = u32::try_from(blocks.div_ceil(ARGON2_PASSES.into())).map_err(Error::internal)?;
        if memory_kib < Params::MIN_M_COST {
            return Ok(());
        }
        self.hasher.count(blocks);
        let argon2 = argon2id(memory_kib).map_err(Error::internal)?;
        let mut unwanted = [0; Params::DEFAULT_OUTPUT_LEN];
        argon2.hash_password_into(password.0.as_bytes(), b"of nobody at all", &mut unwanted).map_err(Error::internal)
    }
}

/// How many blocks of 1 KiB a hash of today fills, one pass after the other: what it costs.
fn blocks_today() -> u64 {
    u64::from(ARGON2_MEMORY_KIB) * u64::from(ARGON2_PASSES)
}

/// How many it takes to check a password against this hash; none, where it is of an algorithm that is not read.
fn blocks(hash: &PasswordHash) -> u64 {
    match (Algorithm::try_from(hash.algorithm.as_str()), Params::try_from(hash)) {
        (Ok(_), Ok(params)) => u64::from(params.m_cost()) * u64::from(params.t_cost()),
        (Err(_), _) | (_, Err(_)) => 0,
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

    #[test]
    fn strangers_leave_slots_to_those_who_are_known() {
        let hasher = Hasher::new();
        let all = hasher.slots.available_permits();
        let strange: Vec<_> = std::iter::from_fn(|| hasher.slot_for_stranger().ok()).collect();
        assert!(!strange.is_empty() && strange.len() < all, "{} of {all}", strange.len());
        let known: Vec<_> = std::iter::from_fn(|| hasher.slot().ok()).collect();
        assert_eq!(strange.len() + known.len(), all, "the rest is theirs, and no more");
        drop(strange);
        let known_too: Vec<_> = std::iter::from_fn(|| hasher.slot().ok()).collect();
        assert!(hasher.slot_for_stranger().is_err(), "those who are known may have them all");
        drop((known, known_too));
        assert!(hasher.slot_for_stranger().is_ok());
    }

    #[test]
    fn checking_a_password_costs_the_same_whatever_the_hash() {
        let hasher = Hasher::new();
        let (slot, password) = (hasher.slot().expect("a place"), Password::typed("cây cầu bắc qua sông"));
        let strong = slot.hash(&password).expect("hashed");
        let weak = |memory_kib, passes| {
            let params = Params::new(memory_kib, passes, 1, None).expect("bounds");
            let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
            argon2.hash_password(password.0.as_bytes()).expect("hashed").to_string()
        };
        let weak = [weak(19_456, 1), weak(9_216, 4), weak(8, 1), weak(ARGON2_MEMORY_KIB, 1)];
        let other = "$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E";
        let cost = |typed: &Password, hash: Option<&str>| {
            let before = hasher.filled();
            (slot.verify(typed, hash).expect("checked"), hasher.filled() - before)
        };
        assert_eq!(cost(&password, None), (false, blocks_today()));
        assert_eq!(cost(&password, Some(other)), (false, blocks_today()));
        for hash in weak.iter().chain([&strong]) {
            assert_eq!(cost(&password, Some(hash)), (true, blocks_today()), "{hash}");
            assert_eq!(cost(&Password::typed("cây cầu"), Some(hash)), (false, blocks_today()), "{hash}");
        }
    }
}
