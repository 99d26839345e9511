//! Writes the vectors anew: `PRESS_REGISTRY_WRITE_VECTORS=1 cargo test --test suite every_vector`.
//!
//! What is expected is written down here by hand, case by case; the code under test is not asked.

mod envelopes;
mod fields;
mod payloads;
mod states;
mod texts;
mod typed;

use super::{
    file::{Expected, ShownCard, Vector, VectorFile, path},
    world::{self, NOW, TestKey},
};
use press_registry::domain::{
    card_code::{Claims, Kid},
    time::Timestamp,
    verdict::Card,
};
use std::collections::BTreeMap;

/// One vector before it is written.
struct Case {
    name: String,
    text: String,
    now: i64,
    issuer: &'static str,
    lists: &'static str,
    honest: &'static str,
    verdict: &'static str,
    reason: Option<&'static str>,
    warning: Option<&'static str>,
    card: Option<Claims>,
}

impl Case {
    /// A text that proves no card.
    fn unproven(name: impl Into<String>, text: impl Into<String>, verdict: &'static str, reason: &'static str) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
            now: NOW,
            issuer: "main",
            lists: "fresh",
            honest: "fresh",
            verdict,
            reason: Some(reason),
            warning: None,
            card: None,
        }
    }

    /// Bytes that are no card code.
    fn not_a_code(name: impl Into<String>, code: &[u8]) -> Self {
        Self::unproven(name, world::text(code), "not_ours", "not_a_code")
    }

    /// A card, signed by the key of this name, and its verdict; `reason` is empty for `valid`.
    fn card(name: &str, key: &str, claims: &Claims, verdict: &'static str, reason: &'static str) -> Self {
        let text = world::text(&TestKey::named(key).code(&claims.payload()));
        Self::proven(name, text, claims, verdict, reason)
    }

    /// A text that proves this card.
    fn proven(name: &str, text: String, claims: &Claims, verdict: &'static str, reason: &'static str) -> Self {
        let reason = (!reason.is_empty()).then_some(reason);
        Self { reason, card: Some(claims.clone()), ..Self::unproven(name, text, verdict, "") }
    }

    fn at(self, now: i64) -> Self {
        Self { now, ..self }
    }

    fn lists(self, lists: &'static str) -> Self {
        Self { lists, ..self }
    }

    fn honest(self, honest: &'static str) -> Self {
        Self { honest, ..self }
    }

    fn foreign(self) -> Self {
        Self { warning: Some("foreign_address"), ..self }
    }

    /// The age of the card's list; without a card, of the newest list.
    fn list_age(&self) -> Option<i64> {
        let lists = &world::status_lists()[self.lists];
        let iat = match &self.card {
            Some(claims) => lists.get(&claims.status_index.list()).map(|list| list.iat),
            None => {
                let sets = &world::honest_sets()[self.honest];
                lists.values().map(|list| list.iat).chain(sets.values().map(|set| set.iat)).max()
            }
        };
        iat.map(|iat| (self.now - iat).max(0))
    }

    fn write(self) -> Vector {
        let list_age_seconds = self.list_age();
        let card = self.card.map(|claims| ShownCard::from(&Card { kid: Kid::from_bytes([0; 4]), claims }));
        Vector {
            name: self.name,
            text: self.text,
            now: Timestamp::from_seconds(self.now).to_string(),
            issuer: self.issuer.to_owned(),
            status_lists: self.lists.to_owned(),
            honest_sets: self.honest.to_owned(),
            expect: Expected {
                verdict: self.verdict.to_owned(),
                reason: self.reason.map(str::to_owned),
                warning: self.warning.map(str::to_owned),
                card,
                list_age_seconds,
            },
        }
    }
}

/// Adds the cases that the file does not hold yet. A vector that was ever published keeps its text: ES256 draws a random
/// number for each signature, and golden means that a code issued long ago is still judged the same.
pub(super) fn write() {
    let mut golden: BTreeMap<String, Vector> = match path(VectorFile::NAME).exists() {
        true => VectorFile::read().vectors.into_iter().map(|vector| (vector.name.clone(), vector)).collect(),
        false => BTreeMap::new(),
    };
    let cases = [states::cases(), texts::cases(), envelopes::cases(), payloads::cases(), fields::cases()];
    let vectors = cases.into_iter().flatten().map(Case::write);
    let file = VectorFile {
        about: "Card codes of version 1 and what they are worth. See README.md beside this file.".to_owned(),
        issuers: [("main".to_owned(), world::issuer())].into(),
        status_lists: world::status_lists(),
        honest_sets: world::honest_sets(),
        vectors: vectors.map(|vector| golden.remove(&vector.name).unwrap_or(vector)).collect(),
        typed_codes: typed::codes(),
    };
    let json = serde_json::to_string_pretty(&file).expect("plain data");
    std::fs::write(path(VectorFile::NAME), json + "\n").expect("a writable folder");
}
