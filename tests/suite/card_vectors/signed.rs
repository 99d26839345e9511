//! What a verifier holds, as the signed bytes that the registry serves.

use super::{
    file::{Held, HonestSet, StatusList, Vector, VectorFile},
    world::TestKey,
};
use crate::browser::signed::{self, List};
use data_encoding::{BASE64, HEXLOWER};
use press_registry::domain::{
    card_code::Kid,
    honest_set::HonestSet as ReadSet,
    issuer::{IssuerDocument, KnownIssuer},
    status_list::StatusList as ReadList,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What is held, as signed bytes, and what is good of it.
pub(super) struct World {
    pub(super) issuer: IssuerDocument,
    pub(super) lists: BTreeMap<u32, StatusList>,
    pub(super) sets: BTreeMap<String, HonestSet>,
    pub(super) signed_lists: BTreeMap<u32, Vec<u8>>,
    pub(super) signed_sets: BTreeMap<String, Vec<u8>>,
}

impl World {
    /// What is held in a vector.
    pub(super) fn of(file: &VectorFile, vector: &Vector) -> Self {
        let (lists, sets) = (&file.status_lists[&vector.status_lists], &file.honest_sets[&vector.honest_sets]);
        Self::new(&file.issuers[&vector.issuer], lists, sets)
    }

    /// Everything signed as it should be.
    pub(super) fn new(
        issuer: &IssuerDocument,
        lists: &BTreeMap<u32, StatusList>,
        sets: &BTreeMap<String, HonestSet>,
    ) -> Self {
        let key = TestKey::named("status");
        let signed_lists = lists.iter().map(|(n, list)| (*n, signed_list(&of_list(*n, list), key)));
        let signed_sets = sets.iter().map(|(kid, set)| {
            let digests: Vec<Vec<u8>> =
                set.digests.iter().map(|it| HEXLOWER.decode(it.as_bytes()).expect("hex")).collect();
            (kid.clone(), signed_set(kid, set.iat, &digests))
        });
        Self {
            issuer: issuer.clone(),
            lists: lists.clone(),
            sets: sets.clone(),
            signed_lists: signed_lists.collect(),
            signed_sets: signed_sets.collect(),
        }
    }

    /// With these bytes for list 0, held if the registry itself reads them.
    pub(super) fn with_list(mut self, token: Vec<u8>) -> Self {
        if !ReadList::read(&token, &self.known()).is_ok_and(|(it, _)| it.list == 0) {
            self.lists.remove(&0);
        }
        self.signed_lists.insert(0, token);
        self
    }

    /// With these bytes for the honest set of this key, held if the registry itself reads them.
    pub(super) fn with_set(mut self, kid: Kid, token: Vec<u8>) -> Self {
        if !ReadSet::read(&token, &self.known()).is_ok_and(|(it, _)| it.kid == kid) {
            self.sets.remove(&kid.to_string());
        }
        self.signed_sets.insert(kid.to_string(), token);
        self
    }

    pub(super) fn known(&self) -> KnownIssuer {
        KnownIssuer::new(&self.issuer).expect("a good issuer document")
    }

    /// The names of the lists and of the sets that are held.
    pub(super) fn names(&self) -> Value {
        let lists: Vec<String> = self.lists.keys().map(u32::to_string).collect();
        json!([lists, self.sets.keys().collect::<Vec<_>>()])
    }

    pub(super) fn held(&self) -> Held {
        Held::new(&self.issuer, self.lists.clone(), self.sets.clone())
    }

    pub(super) fn as_json(&self) -> Value {
        let lists: BTreeMap<String, String> =
            self.signed_lists.iter().map(|(n, it)| (n.to_string(), BASE64.encode(it))).collect();
        let sets: BTreeMap<&String, String> =
            self.signed_sets.iter().map(|(kid, it)| (kid, BASE64.encode(it))).collect();
        json!({ "issuer": serde_json::to_string(&self.issuer).expect("JSON"), "lists": lists, "sets": sets })
    }
}

pub(super) fn of_list(n: u32, list: &StatusList) -> List {
    List::new(&format!("https://press.example.vn/status/{n}"), list.iat, list.exp, &list.set)
}

pub(super) fn signed_list(list: &List, key: &TestKey) -> Vec<u8> {
    list.signed(key.kid.as_bytes(), |message| key.sign(message).to_vec())
}

pub(super) fn signed_set(kid: &str, iat: i64, digests: &[Vec<u8>]) -> Vec<u8> {
    let key = TestKey::named("status");
    let subject = format!("https://press.example.vn/status/honest/{kid}");
    signed::honest_set(&subject, iat, digests, key.kid.as_bytes(), |message| key.sign(message).to_vec())
}
