//! What a verifier without a network holds: an issuer document, and the lists that its keys signed.

use super::card_code::{HonestDigest, Kid};
use super::honest_set::HonestSet;
use super::issuer::KnownIssuer;
use super::printed::StatusIndex;
use super::signed_list::Unbelieved;
use super::status_list::StatusList;
use super::time::Timestamp;
use super::verdict::{Known, ListEntry};
use std::collections::HashMap;

/// An issuer document with the newest of each list that goes with it.
pub struct Held {
    issuer: KnownIssuer,
    lists: HashMap<u32, StatusList>,
    honest: HashMap<Kid, HonestSet>,
}

impl Held {
    /// The document alone: signatures can be checked, states cannot.
    pub fn new(issuer: KnownIssuer) -> Self {
        Self { issuer, lists: HashMap::new(), honest: HashMap::new() }
    }

    /// Adds a status list or an honest set, whichever it is; of two of one name the newer counts.
    ///
    /// # Errors
    /// [`Unbelieved`]: nothing is added.
    pub fn add(&mut self, token: &[u8]) -> Result<(), Unbelieved> {
        match StatusList::read(token, &self.issuer) {
            Ok((list, _)) => {
                let is_newer = self.lists.get(&list.list).is_none_or(|held| held.issued_at <= list.issued_at);
                if is_newer {
                    self.lists.insert(list.list, list);
                }
            }
            Err(Unbelieved::NotAList) => {
                let (set, _) = HonestSet::read(token, &self.issuer)?;
                let is_newer = self.honest.get(&set.kid).is_none_or(|held| held.issued_at <= set.issued_at);
                if is_newer {
                    self.honest.insert(set.kid, set);
                }
            }
            Err(why @ (Unbelieved::UnknownKey | Unbelieved::BadSignature)) => return Err(why),
        }
        Ok(())
    }
}

impl Known for Held {
    fn issuer(&self) -> &KnownIssuer {
        &self.issuer
    }

    fn is_honest(&self, kid: Kid, digest: &HonestDigest) -> Option<bool> {
        self.honest.get(&kid).map(|set| set.digests.contains(digest))
    }

    fn list_entry(&self, index: StatusIndex) -> Option<ListEntry> {
        self.lists.get(&index.list()).map(|list| list.entry(index.slot()))
    }

    fn newest_iat(&self) -> Option<Timestamp> {
        let lists = self.lists.values().map(|list| list.issued_at);
        lists.chain(self.honest.values().map(|set| set.issued_at)).max()
    }
}
