//! What a card code is worth, for API and command line alike. The page that checks by itself decides by the same table
//! in a module of its own, `verifier/verdict.js`; the test vectors hold both to one answer.
//!
//! Pure and total: any text gives an answer, and the same text, time and knowledge give the same one. What is known
//! comes through [`Known`]; who may fetch it, and from where, is not decided here.

mod judgement;

pub use judgement::{Card, CardState, Finding, Judgement, Unproven, Verdict};

use super::{
    card_code::{Claims, Envelope, HonestDigest, Kid, Link, Unreadable, honest_digest, is_low_s},
    issuer::{KeyState, KnownIssuer},
    printed::StatusIndex,
    time::Timestamp,
};

/// How long a status list or an issuer document counts as fresh.
const FRESH_SECONDS: i64 = 24 * 3_600;
/// How far a device's clock may be behind what it has been told.
const CLOCK_TOLERANCE_SECONDS: i64 = 5 * 60;

/// What a verifier holds when it judges.
pub trait Known {
    /// The issuer document.
    fn issuer(&self) -> &KnownIssuer;
    /// Whether a digest is in the honest set of a compromised key; `None` if that set is not at hand.
    fn is_honest(&self, kid: Kid, digest: &HonestDigest) -> Option<bool>;
    /// The entry of a card in its status list, however old; `None` if that list is not at hand.
    fn list_entry(&self, index: StatusIndex) -> Option<ListEntry>;
    /// The newest `iat` of all status lists and honest sets held: it cannot be earlier than that.
    fn newest_iat(&self) -> Option<Timestamp>;
}

/// One card's bit in a status list whose signature was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListEntry {
    /// The list's `iat`.
    pub issued_at: Timestamp,
    /// The list's `exp`.
    pub expires: Timestamp,
    /// Whether the bit is set: the card is withdrawn, or was never issued.
    pub is_set: bool,
}

/// Judges the text of a QR.
pub fn judge(text: &str, now: Timestamp, known: &impl Known) -> Judgement {
    let link = Link::parse(text);
    let judgement = match link.and_then(|link| link.bytes()) {
        Some(code) => judge_code(&code, now, known),
        None => unproven(Unproven::NotACode, now, known),
    };
    Judgement { foreign_address: link.is_some_and(|link| link.is_foreign(known.issuer().hosts())), ..judgement }
}

/// Judges a typed code by the code of the card that it matched, if it matched any.
pub fn judge_typed(matched: Option<&[u8]>, now: Timestamp, known: &impl Known) -> Judgement {
    match matched {
        Some(code) => judge_code(code, now, known),
        None => unproven(Unproven::NoMatch, now, known),
    }
}

fn judge_code(code: &[u8], now: Timestamp, known: &impl Known) -> Judgement {
    let (card, state_of_key) = match open(code, now, known.issuer()) {
        Ok(opened) => opened,
        Err(why) => return unproven(why, now, known),
    };
    let entry = known.list_entry(card.claims.status_index);
    let list_age_seconds = entry.map(|entry| age(entry.issued_at, now));
    let state = state_of(&card, state_of_key, entry, now, known);
    Judgement { finding: Finding::Card(Box::new(card), state), foreign_address: false, list_age_seconds }
}

fn unproven(why: Unproven, now: Timestamp, known: &impl Known) -> Judgement {
    let list_age_seconds = known.newest_iat().map(|iat| age(iat, now));
    Judgement { finding: Finding::Unproven(why), foreign_address: false, list_age_seconds }
}

/// Proves a code to be signed, and only then reads what is inside.
fn open(code: &[u8], now: Timestamp, issuer: &KnownIssuer) -> Result<(Card, KeyState), Unproven> {
    let envelope = Envelope::parse(code).ok_or(Unproven::NotACode)?;
    let signer = issuer.card_key(envelope.kid).ok_or_else(|| {
        // A document from the future says that the clock is wrong, so its age is not known.
        let age = now.seconds() - issuer.issued_at().seconds();
        let is_fresh = (-CLOCK_TOLERANCE_SECONDS..FRESH_SECONDS).contains(&age);
        if is_fresh { Unproven::UnknownKey } else { Unproven::PerhapsNewKey }
    })?;
    if !is_low_s(envelope.signature) || !signer.key.verifies(&envelope.to_be_signed(), envelope.signature) {
        return Err(Unproven::BadSignature);
    }
    let claims = Claims::parse(envelope.payload).map_err(|why| match why {
        Unreadable::NewerVersion => Unproven::NewerVersion,
        Unreadable::WrongShape => Unproven::NotACode,
    })?;
    Ok((Card { kid: envelope.kid, claims }, signer.state))
}

/// The state of a proven card, by the first rule that applies.
fn state_of(card: &Card, key: KeyState, entry: Option<ListEntry>, now: Timestamp, known: &impl Known) -> CardState {
    if key == KeyState::Compromised {
        // Its exact bytes were compared with the payload's when it was read.
        match known.is_honest(card.kid, &honest_digest(&card.claims.payload())) {
            Some(true) => {}
            Some(false) => return CardState::Forged,
            None => return CardState::NoHonestSet,
        }
    }
    if now < card.claims.validity.not_before() {
        return CardState::NotYetValid;
    }
    if now >= card.claims.validity.expires() {
        return CardState::Expired;
    }
    if known.newest_iat().is_some_and(|iat| now.plus_seconds(CLOCK_TOLERANCE_SECONDS) < iat) {
        return CardState::Clock;
    }
    match entry {
        Some(entry) if now < entry.issued_at.plus_seconds(FRESH_SECONDS) && now < entry.expires => {
            if entry.is_set {
                CardState::Withdrawn
            } else {
                CardState::Valid
            }
        }
        Some(_) | None => CardState::NoFreshList,
    }
}

/// Seconds from one instant to another, none where the clock is a little behind.
fn age(since: Timestamp, now: Timestamp) -> i64 {
    (now.seconds() - since.seconds()).max(0)
}
