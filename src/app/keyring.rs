//! The keys of this moment, and with them the issuer document that tells the world of them.

mod document;
mod source;

use super::published::Published;
use super::{Settings, StartError, honest_sets};
use crate::domain::card_code::{HonestDigest, Kid};
use crate::domain::issuer::{IssuerKey, KeyState, KeyUse, KnownIssuer};
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::keys::{KeyDirectory, KeyFileError, LogKey, PairUse, Secret, SigningKey};
use crate::store::Store;
use crate::store::keys::KeyRow;
use source::Source;
use std::collections::{HashMap, HashSet};

/// How long a key is meant to sign when it says no end of its own. It bounds signing only.
const SIGNING_YEARS: u32 = 10;

const NOTHING_SIGNS: &str = "this node has no active key's file to sign with: copy the newest one from the node where `keys rotate` was run, or \
     make a new one with `keys rotate --use …` where that file is lost";

/// What signs now, whom to trust, and the document that says so.
pub struct KeyRing {
    source: Source,
    lacks_a_file: bool,
    card: Option<SigningKey>,
    status: Vec<SigningKey>,
    session: Option<SigningKey>,
    session_points: HashMap<Kid, [u8; 65]>,
    known: KnownIssuer,
    honest: HashMap<Kid, HashSet<HonestDigest>>,
    document: Published,
    document_signatures: Published,
}

/// A ring as the database has it now, and why this node cannot sign with one of its keys, where that is so: what
/// others sign can be checked all the same.
pub(super) struct Loaded {
    pub(super) ring: KeyRing,
    pub(super) unusable: Option<KeyFileError>,
}

impl KeyRing {
    /// Reads the keys that the database knows and the files of those that sign. Status lists are known a little later.
    pub(super) fn load(
        store: &Store,
        files: &KeyDirectory,
        settings: &Settings,
        log: &LogKey,
        now: Timestamp,
    ) -> Result<Loaded, StartError> {
        Self::from_source(Source::read(store, Vec::new(), now)?, store, files, settings, log)
    }

    /// The ring of now, or `None` where nothing has changed since this one was made and nothing was missing. `lists` are
    /// the status lists that are served.
    pub(super) fn newer(
        &self,
        lists: Vec<u32>,
        store: &Store,
        files: &KeyDirectory,
        settings: &Settings,
        log: &LogKey,
        now: Timestamp,
    ) -> Result<Option<Loaded>, StartError> {
        let source = Source::read(store, lists, now)?;
        if source == self.source && !self.lacks_a_file {
            return Ok(None);
        }
        Self::from_source(source, store, files, settings, log).map(Some)
    }

    fn from_source(
        source: Source,
        store: &Store,
        files: &KeyDirectory,
        settings: &Settings,
        log: &LogKey,
    ) -> Result<Loaded, StartError> {
        let honest = store.read(|db| honest_sets::of_all(db, &source.keys))?;
        let mut ring = Builder::default();
        for row in &source.keys {
            if Secret::ALL.iter().any(|secret| secret.as_str() == row.purpose) {
                continue;
            }
            // Whoever leaves a key out calls its cards somebody else's.
            let unreadable = |what: &str| Error::internal(format!("the stored key {}: {what}", row.id));
            let pair = PairUse::ALL.into_iter().find(|pair| pair.as_str() == row.purpose);
            let pair = pair.ok_or_else(|| unreadable("this program knows no such use"))?;
            let point = row.public_key.as_deref().and_then(|point| <[u8; 65]>::try_from(point).ok());
            let point = point.ok_or_else(|| unreadable("its public key is no point"))?;
            let kid = Kid::parse(&row.id).map_err(|_| unreadable("its id is no key id"))?;
            ring.add(pair, kid, point, row, files)?;
        }
        let unusable = ring.unusable.take();
        Ok(Loaded { ring: ring.finish(settings, source, honest, log, unusable.is_some())?, unusable })
    }

    /// Every key that the database knew when this was made.
    pub(super) fn rows(&self) -> &[KeyRow] {
        &self.source.keys
    }

    /// The same, which is made anew at the next look: the file of a key is not here yet.
    pub(super) fn lacking_a_file(self) -> Self {
        Self { lacks_a_file: true, ..self }
    }

    /// What signs card codes.
    ///
    /// # Errors
    /// There is no active key, or its file is not here.
    pub fn card(&self) -> Result<&SigningKey, Error> {
        self.card.as_ref().ok_or_else(|| Error::internal(NOTHING_SIGNS))
    }

    /// What signs status lists and honest sets: the oldest of such keys that is not retired. Whoever holds an issuer
    /// document of before the next one was made knows this one, and goes on believing lists.
    ///
    /// # Errors
    /// There is no active key, or its file is not here.
    pub fn status(&self) -> Result<&SigningKey, Error> {
        self.status.first().ok_or_else(|| Error::internal(NOTHING_SIGNS))
    }

    /// Whether lists that this key signed may go on as they are.
    pub fn still_signs_lists(&self, kid: Kid) -> bool {
        self.known.status_key(kid).is_some_and(|key| key.state == KeyState::Active)
    }

    /// Every compromised key of cards.
    pub fn compromised(&self) -> impl Iterator<Item = Kid> {
        self.honest.keys().copied()
    }

    /// What signs access tokens.
    ///
    /// # Errors
    /// There is no active key, or its file is not here.
    pub fn session(&self) -> Result<&SigningKey, Error> {
        self.session.as_ref().ok_or_else(|| Error::internal(NOTHING_SIGNS))
    }

    /// The public key of access tokens with this name.
    pub fn session_point(&self, kid: Kid) -> Option<&[u8; 65]> {
        self.session_points.get(&kid)
    }

    /// The issuer as a verifier knows it.
    pub const fn known(&self) -> &KnownIssuer {
        &self.known
    }

    /// Whether a card is of the honest set of a compromised key.
    pub fn is_honest(&self, kid: Kid, digest: &HonestDigest) -> Option<bool> {
        self.honest.get(&kid).map(|set| set.contains(digest))
    }

    /// The issuer document's exact bytes.
    pub fn document(&self) -> &Published {
        &self.document
    }

    /// The signatures over it, JSON.
    pub fn document_signatures(&self) -> &Published {
        &self.document_signatures
    }
}

#[derive(Default)]
struct Builder {
    card: Option<SigningKey>,
    status: Vec<SigningKey>,
    session: Option<SigningKey>,
    session_points: HashMap<Kid, [u8; 65]>,
    listed: Vec<IssuerKey>,
    unusable: Option<KeyFileError>,
}

impl Builder {
    fn add(
        &mut self,
        pair: PairUse,
        kid: Kid,
        point: [u8; 65],
        row: &KeyRow,
        files: &KeyDirectory,
    ) -> Result<(), Error> {
        let signer = match row.state {
            KeyState::Active => files.pair(pair, kid).map_err(|error| self.unusable = Some(error)).ok(),
            KeyState::Retired | KeyState::Compromised => None,
        };
        let listed = match pair {
            PairUse::Card => {
                self.card = signer.or(self.card.take());
                Some(KeyUse::Card)
            }
            PairUse::Status => {
                self.status.extend(signer);
                Some(KeyUse::Status)
            }
            PairUse::Session => {
                if row.state != KeyState::Compromised {
                    self.session_points.insert(kid, point);
                }
                self.session = signer.or(self.session.take());
                None
            }
        };
        let (x, y) = crate::keys::coordinates(&point)
            .ok_or_else(|| Error::internal(format!("the stored key {kid}: its public key is no point")))?;
        if let Some(key_use) = listed {
            let end = row.not_after.unwrap_or_else(|| row.not_before.day().plus_years(SIGNING_YEARS).start());
            self.listed.push(IssuerKey::es256(&x, &y, key_use, row.state, [row.not_before, end]));
        }
        Ok(())
    }

    fn finish(
        self,
        settings: &Settings,
        source: Source,
        honest: HashMap<Kid, HashSet<HonestDigest>>,
        log: &LogKey,
        lacks_a_file: bool,
    ) -> Result<KeyRing, StartError> {
        let document = document::of(&source, self.listed, settings, log);
        let known = KnownIssuer::new(&document)
            .map_err(|problem| StartError::Other(format!("a stored key is not usable: {problem:?}")))?;
        let bytes = serde_json::to_vec(&document).map_err(|error| StartError::Other(error.to_string()))?;
        let signatures = document::signatures(&bytes, &self.status)?;
        Ok(KeyRing {
            source,
            lacks_a_file,
            card: self.card,
            status: self.status,
            session: self.session,
            session_points: self.session_points,
            known,
            honest,
            document: Published::new(bytes),
            document_signatures: Published::new(signatures),
        })
    }
}
