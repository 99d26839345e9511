//! The JSON of `tests/vectors/card-code-v1.json`, and its knowledge as [`judge`](press_registry::domain::verdict::judge)
//! asks for it.

use press_registry::domain::{
    card_code::{HonestDigest, Kid},
    issuer::{IssuerDocument, KnownIssuer},
    printed::StatusIndex,
    time::Timestamp,
    verdict::{Card, Judgement, Known, ListEntry},
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, path::PathBuf};

/// The whole file.
#[derive(Serialize, Deserialize)]
pub(super) struct VectorFile {
    pub(super) about: String,
    pub(super) issuers: BTreeMap<String, IssuerDocument>,
    pub(super) status_lists: BTreeMap<String, BTreeMap<u32, StatusList>>,
    pub(super) honest_sets: BTreeMap<String, BTreeMap<String, HonestSet>>,
    pub(super) vectors: Vec<Vector>,
    pub(super) typed_codes: TypedCodes,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct StatusList {
    pub(super) iat: i64,
    pub(super) exp: i64,
    pub(super) set: Vec<u32>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct HonestSet {
    pub(super) iat: i64,
    pub(super) digests: Vec<String>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Vector {
    pub(super) name: String,
    pub(super) text: String,
    pub(super) now: String,
    pub(super) issuer: String,
    pub(super) status_lists: String,
    pub(super) honest_sets: String,
    pub(super) expect: Expected,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Expected {
    pub(super) verdict: String,
    pub(super) reason: Option<String>,
    pub(super) warning: Option<String>,
    pub(super) card: Option<ShownCard>,
    pub(super) list_age_seconds: Option<i64>,
}

/// The `card` of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ShownCard {
    kind: String,
    number: String,
    name: String,
    agency: String,
    valid_from: String,
    valid_until: String,
    photo_digest: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    place: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unit_visited: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    work: Option<String>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct TypedCodes {
    pub(super) key: String,
    pub(super) printed: Vec<PrintedCode>,
    pub(super) typed: Vec<TypedText>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct PrintedCode {
    pub(super) kid: String,
    pub(super) status_index: u32,
    pub(super) number: String,
    pub(super) number_key: String,
    pub(super) printed: String,
}

#[derive(Serialize, Deserialize)]
pub(super) struct TypedText {
    pub(super) text: String,
    pub(super) number_key: Option<String>,
    pub(super) check: Option<String>,
}

/// A file in `tests/vectors`.
pub(super) fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(name)
}

impl VectorFile {
    pub(super) const NAME: &str = "card-code-v1.json";

    pub(super) fn read() -> Self {
        let json = std::fs::read(path(Self::NAME)).expect("the committed vectors");
        serde_json::from_slice(&json).expect("vectors in the form of their README")
    }

    /// What a verifier holds in this vector.
    pub(super) fn knowledge(&self, vector: &Vector) -> Held {
        let lists = self.status_lists[&vector.status_lists].clone();
        let sets = self.honest_sets[&vector.honest_sets].clone();
        Held::new(&self.issuers[&vector.issuer], lists, sets)
    }
}

/// What a verifier holds.
pub(super) struct Held {
    issuer: KnownIssuer,
    lists: BTreeMap<u32, StatusList>,
    sets: BTreeMap<String, HonestSet>,
}

impl Held {
    pub(super) fn new(
        issuer: &IssuerDocument,
        lists: BTreeMap<u32, StatusList>,
        sets: BTreeMap<String, HonestSet>,
    ) -> Self {
        Self { issuer: KnownIssuer::new(issuer).expect("a good issuer document"), lists, sets }
    }
}

impl Known for Held {
    fn issuer(&self) -> &KnownIssuer {
        &self.issuer
    }

    fn is_honest(&self, kid: Kid, digest: &HonestDigest) -> Option<bool> {
        let digest = data_encoding::HEXLOWER.encode(digest);
        self.sets.get(&kid.to_string()).map(|set| set.digests.contains(&digest))
    }

    fn list_entry(&self, index: StatusIndex) -> Option<ListEntry> {
        self.lists.get(&index.list()).map(|list| ListEntry {
            issued_at: Timestamp::from_seconds(list.iat),
            expires: Timestamp::from_seconds(list.exp),
            is_set: list.set.contains(&index.slot()),
        })
    }

    fn newest_iat(&self) -> Option<Timestamp> {
        let lists = self.lists.values().map(|list| list.iat);
        lists.chain(self.sets.values().map(|set| set.iat)).max().map(Timestamp::from_seconds)
    }
}

impl From<&Card> for ShownCard {
    fn from(card: &Card) -> Self {
        let claims = &card.claims;
        let scope = claims.entitlement.scope();
        Self {
            kind: claims.entitlement.kind().as_str().to_owned(),
            number: claims.number.as_str().to_owned(),
            name: claims.name.as_str().to_owned(),
            agency: claims.agency.as_str().to_owned(),
            valid_from: claims.validity.not_before().to_string(),
            valid_until: claims.validity.expires().to_string(),
            photo_digest: claims.photo_digest.map(|digest| digest.to_string()),
            place: scope.map(|scope| scope.place().to_owned()),
            unit_visited: scope.map(|scope| scope.unit_visited().to_owned()),
            work: scope.map(|scope| scope.work().to_owned()),
        }
    }
}

impl From<&Judgement> for Expected {
    fn from(judgement: &Judgement) -> Self {
        Self {
            verdict: judgement.verdict().as_str().to_owned(),
            reason: judgement.reason().map(str::to_owned),
            warning: judgement.warning().map(str::to_owned),
            card: judgement.card().map(ShownCard::from),
            list_age_seconds: judgement.list_age_seconds,
        }
    }
}
