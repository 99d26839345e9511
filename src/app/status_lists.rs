//! Status lists and honest sets as the world gets them: signed, stored once for all nodes, served from memory.
//!
//! A list is signed when what this node knows of its cards is not what is published, when it is ten minutes old, and
//! when the key that signed it signs no more. Whichever node comes first does it, in a transaction that reads the bits
//! and so sees all that came before; the others take over its bytes. Nothing of it is in the log: the changes are.

use super::Registry;
use super::honest_sets;
use super::keyring::KeyRing;
use super::published::Published;
use crate::domain::card_code::Kid;
use crate::domain::honest_set::HonestSet;
use crate::domain::signed_list::{ListName, Unbelieved};
use crate::domain::status_list::{Bits, StatusList};
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::store::signed_lists::{self, SignedRow};
use crate::store::{StatusMirror, Tx, events, keys};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

/// How old a status list becomes where nothing changes. Phones hold one to be fresh for a day.
const SIGNED_EVERY_SECONDS: i64 = 10 * 60;
/// How far nodes' clocks may be apart: as far as a phone's may be behind.
const CLOCKS_DIFFER_SECONDS: i64 = 5 * 60;
/// How old an honest set becomes, which loses cards of people who were erased and nothing else.
const SET_EVERY_SECONDS: i64 = 24 * 3_600;

/// A list that everybody may have.
pub struct Served {
    /// The exact bytes.
    pub token: Published,
    version: i64,
    said: Said,
}

/// What decides whether a list is signed anew.
struct Said {
    signer: Kid,
    issued_at: Timestamp,
    /// Of a status list.
    bits: Option<Bits>,
}

impl Said {
    fn read(name: ListName, token: &[u8], ring: &KeyRing) -> Result<Self, Unbelieved> {
        let (of, said) = match name {
            ListName::Status(_) => {
                let (list, signer) = StatusList::read(token, ring.known())?;
                let said = Self { signer, issued_at: list.issued_at, bits: Some(list.bits) };
                (ListName::Status(list.list), said)
            }
            ListName::Honest(_) => {
                let (set, signer) = HonestSet::read(token, ring.known())?;
                (ListName::Honest(set.kid), Self { signer, issued_at: set.issued_at, bits: None })
            }
        };
        if of == name { Ok(said) } else { Err(Unbelieved::NotAList) }
    }

    /// Whether its key and its age let it go on.
    fn may_go_on(&self, ring: &KeyRing, now: Timestamp) -> bool {
        let lasts = if self.bits.is_some() { SIGNED_EVERY_SECONDS } else { SET_EVERY_SECONDS };
        let age = now.seconds_since(self.issued_at);
        ring.still_signs_lists(self.signer) && (-CLOCKS_DIFFER_SECONDS..lasts).contains(&age)
    }

    /// When another is signed after this one. Phones take an older list for one that is sent again: a node whose clock
    /// is behind another's does not go back.
    fn followed_at(&self, now: Timestamp) -> Timestamp {
        let is_ahead = now < self.issued_at && self.issued_at.seconds_since(now) <= CLOCKS_DIFFER_SECONDS;
        if is_ahead { self.issued_at } else { now }
    }
}

/// What this node has taken over from the database.
#[derive(Default)]
struct TakenOver {
    /// How long the log was then, and the newest version of each signed list: where both are the same, nothing is new.
    /// `None` where it has to be looked at once more all the same.
    seen: Option<(i64, Vec<(ListName, i64)>)>,
    /// The status lists that are open.
    opened: Vec<u32>,
}

/// What this node serves.
#[derive(Default)]
pub struct StatusLists {
    served: RwLock<BTreeMap<ListName, Arc<Served>>>,
    taken_over: Mutex<TakenOver>,
    /// Held while lists are signed: one at a time in this node. The database sees to the others.
    signing: Mutex<()>,
}

impl StatusLists {
    /// A list, if there is one of this name.
    pub fn get(&self, name: ListName) -> Option<Arc<Served>> {
        self.served.read().unwrap_or_else(PoisonError::into_inner).get(&name).cloned()
    }

    /// The status lists that there are.
    pub(super) fn numbers(&self) -> Vec<u32> {
        let served = self.served.read().unwrap_or_else(PoisonError::into_inner);
        let number = |name: &ListName| match name {
            ListName::Status(list) => Some(*list),
            ListName::Honest(_) => None,
        };
        served.keys().filter_map(number).collect()
    }

    /// Has everything taken over once more at the next look: what was not believed may be, now that keys are known.
    pub(super) fn look_again(&self) {
        self.taken_over().seen = None;
    }

    fn taken_over(&self) -> MutexGuard<'_, TakenOver> {
        self.taken_over.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Serves a list from now on, unless a newer one is served already or it is not believed: then it is signed anew.
    fn serve(&self, row: SignedRow, ring: &KeyRing) {
        let Ok(said) = Said::read(row.name, &row.token, ring) else { return };
        let new = Arc::new(Served { token: Published::new(row.token), version: row.version, said });
        let mut served = self.served.write().unwrap_or_else(PoisonError::into_inner);
        if served.get(&row.name).is_none_or(|held| held.version < new.version) {
            served.insert(row.name, new);
        }
    }
}

impl Registry {
    /// Takes over the states of cards and the lists that any node has changed since, for which it looks at the end of the
    /// log and at the versions of lists: nearly always nothing is new. Blocks.
    ///
    /// # Errors
    /// The database's.
    pub(super) fn catch_up(&self) -> Result<(), Error> {
        let mut taken_over = self.lists.taken_over();
        let now = self.store.read(|db| Ok((events::count(db)?, signed_lists::versions(db)?)))?;
        if taken_over.seen.as_ref() == Some(&now) {
            return Ok(());
        }
        let ring = self.ring();
        let (opened, new) = self.store.read_consistently(|db| {
            let mut new = Vec::new();
            for (name, version) in &now.1 {
                if self.lists.get(*name).is_none_or(|held| held.version < *version) {
                    new.extend(signed_lists::find(db, *name)?);
                }
            }
            Ok((signed_lists::opened(db)?, new))
        })?;
        new.into_iter().for_each(|row| self.lists.serve(row, &ring));
        // After that: what this node knows is never older than what is published.
        self.store.refresh()?;
        *taken_over = TakenOver { seen: Some(now), opened };
        Ok(())
    }

    /// Signs every list that has to be signed, and serves it. Blocks; the server calls it five times a second.
    ///
    /// # Errors
    /// The database's; the file of the key that signs is not here.
    pub fn publish_lists(&self) -> Result<(), Error> {
        let _one_at_a_time = self.lists.signing.lock().unwrap_or_else(PoisonError::into_inner);
        self.catch_up()?;
        let opened = self.lists.taken_over().opened.clone();
        let compromised: Vec<Kid> = self.ring().compromised().collect();
        let names = opened.into_iter().map(ListName::Status).chain(compromised.into_iter().map(ListName::Honest));
        for name in names.filter(|name| self.is_due(*name)) {
            let (mirror, ring) = (Arc::clone(self.store.status()), self.ring());
            let public_url = self.settings.public_url.clone();
            let row = self.store.write_blocking(move |tx| sign(tx, &mirror, &ring, &public_url, name))?;
            self.lists.serve(row, &self.ring());
        }
        Ok(())
    }

    fn is_due(&self, name: ListName) -> bool {
        let Some(held) = self.lists.get(name) else { return true };
        let is_as_known = match (name, &held.said.bits) {
            (ListName::Status(list), Some(bits)) => self.store.status().is_as(list, bits),
            (ListName::Status(_) | ListName::Honest(_), _) => true,
        };
        !is_as_known || !held.said.may_go_on(&self.ring(), self.clock.now())
    }
}

/// Signs a list as it is now, unless another node has just done so; gives the newest.
fn sign(
    tx: &mut Tx,
    mirror: &StatusMirror,
    ring: &KeyRing,
    public_url: &str,
    name: ListName,
) -> Result<SignedRow, Error> {
    let (key, now) = (ring.status()?, tx.now());
    // Another node may have retired it a moment ago.
    if !keys::is_active(tx, &key.kid().to_string())? {
        return Err(Error::Overloaded);
    }
    let stored = signed_lists::find(tx, name)?;
    let said = stored.as_ref().and_then(|row| Said::read(name, &row.token, ring).ok());
    let at = said.as_ref().map_or(now, |said| said.followed_at(now));
    let said = said.filter(|said| said.may_go_on(ring, now));
    let unsigned = match name {
        ListName::Status(list) => {
            let bits = mirror.bits(tx, list)?;
            let is_published = said.is_some_and(|said| said.bits.as_ref() == Some(&bits));
            (!is_published).then(|| StatusList::new(list, bits, at).unsigned(public_url, key.kid()))
        }
        ListName::Honest(kid) => match said {
            Some(_) => None,
            None => {
                let digests = honest_sets::of(tx, kid)?;
                Some(HonestSet::new(kid, digests, at).unsigned(public_url, key.kid()))
            }
        },
    };
    match (unsigned, stored) {
        (None, Some(row)) => Ok(row),
        (None, None) => Err(Error::internal("a list that is not stored goes on")),
        (Some(unsigned), stored) => {
            let signature = key.sign(&unsigned.to_be_signed()).map_err(Error::internal)?;
            let version = stored.map_or(1, |row| row.version + 1);
            let row = SignedRow { name, version, token: unsigned.signed(&signature) };
            signed_lists::keep(tx, &row)?;
            Ok(row)
        }
    }
}
