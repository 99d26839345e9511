//! Verification over the API: the same verdict as everywhere, for anybody, and nothing is kept.

mod codes;
mod discretion;

use crate::support::answer::Answer;
use crate::support::app::TestApp;
use crate::support::fixtures::DAY;
use data_encoding::BASE32_NOPAD;
use press_registry::app::keyring::KeyRing;
use press_registry::domain::card_code::{Envelope, HonestDigest, Kid};
use press_registry::domain::issuer::KnownIssuer;
use press_registry::domain::printed::StatusIndex;
use press_registry::domain::time::Timestamp;
use press_registry::domain::verdict::{Judgement, Known, ListEntry, judge};
use press_registry::store::StatusMirror;
use std::collections::BTreeMap;

const VERIFICATIONS: &str = "/api/v1/verifications";

/// What a verifier knows who knows what the registry knows.
struct Knowledge<'a> {
    ring: &'a KeyRing,
    status: &'a StatusMirror,
    now: Timestamp,
}

impl Known for Knowledge<'_> {
    fn issuer(&self) -> &KnownIssuer {
        self.ring.known()
    }

    fn is_honest(&self, kid: Kid, digest: &HonestDigest) -> Option<bool> {
        self.ring.is_honest(kid, digest)
    }

    fn list_entry(&self, index: StatusIndex) -> Option<ListEntry> {
        let is_set = self.status.is_withdrawn(index)?;
        Some(ListEntry { issued_at: self.now, expires: self.now.plus_seconds(DAY), is_set })
    }

    fn newest_iat(&self) -> Option<Timestamp> {
        Some(self.now)
    }
}

fn judged(app: &TestApp, text: &str) -> Judgement {
    let now = app.registry.clock.now();
    judge(text, now, &Knowledge { ring: &app.registry.ring(), status: app.registry.store.status(), now })
}

/// The bytes of a code, altered and written as a text again.
fn altered(code: &str, alter: impl FnOnce(Envelope<'_>) -> Vec<u8>) -> String {
    let (address, fragment) = code.split_once('#').expect("a fragment");
    let bytes = BASE32_NOPAD.decode(fragment.as_bytes()).expect("base32");
    format!("{address}#{}", BASE32_NOPAD.encode(&alter(Envelope::parse(&bytes).expect("a card code"))))
}

/// Verdict, reason and warning; those that are not said as empty texts.
fn told(answer: &Answer) -> [String; 3] {
    let json = answer.json();
    ["verdict", "reason", "warning"].map(|name| json[name].as_str().unwrap_or_default().to_owned())
}

/// How many rows each table has.
fn row_counts(app: &TestApp) -> BTreeMap<String, i64> {
    let count = |table: &str| app.database.number(&format!("SELECT COUNT(*) AS value FROM {table}"));
    app.database.tables().into_iter().map(|table| (table.clone(), count(&table))).collect()
}
