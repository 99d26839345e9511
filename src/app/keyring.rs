//! The keys of this moment and the issuer document that tells the world of them.

use super::{Settings, StartError};
use crate::domain::card_code::{Envelope, HonestDigest, Kid, honest_digest, host};
use crate::domain::issuer::{
    Contact, DocumentSignature, IssuerDocument, IssuerKey, KeyState, KeyUse, KnownIssuer, LogIdentity, PastLog,
    StatusListLink,
};
use crate::domain::log::Checkpoint;
use crate::domain::signed_list::ListName;
use crate::domain::time::Timestamp;
use crate::domain::wording;
use crate::error::Error;
use crate::keys::{KeyDirectory, KeyFileError, LogKey, PairUse, Secret, SigningKey};
use crate::store::log::{self, LogRow};
use crate::store::{Read, Reader, Store, credentials, keys};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use std::collections::{HashMap, HashSet};

/// The document is dated in steps, so that nodes that know the same write the same bytes, and it need not be signed
/// anew each time they look: a quarter of an hour is nothing against the day that it counts as fresh.
const DATED_EVERY_SECONDS: i64 = 15 * 60;
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
    document: Vec<u8>,
    document_signatures: Vec<u8>,
}

/// All that a key ring is made from: where it is the same, so is the ring.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Source {
    keys: Vec<keys::KeyRow>,
    hosts: Vec<String>,
    /// Of each log what is told: its newest checkpoint moves all the time, and is told only once the log has ended.
    logs: Vec<LogRow>,
    /// The status lists that this node serves: none is named that cannot be had here.
    lists: Vec<u32>,
    dated: Timestamp,
}

impl Source {
    fn read(store: &Store, lists: Vec<u32>, now: Timestamp) -> Result<Self, Error> {
        let dated = Timestamp::from_seconds(now.seconds() - now.seconds().rem_euclid(DATED_EVERY_SECONDS));
        store.read_consistently(|db| {
            let mut logs = log::all(db)?;
            if let Some(current) = logs.last_mut() {
                (current.size, current.checkpoint) = (0, None);
            }
            Ok(Self { keys: keys::list(db)?, hosts: keys::hosts(db)?, logs, lists, dated })
        })
    }
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
        let honest = store.read(|db| honest_sets(db, &source.keys))?;
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
    pub fn document(&self) -> &[u8] {
        &self.document
    }

    /// The signatures over it, JSON.
    pub fn document_signatures(&self) -> &[u8] {
        &self.document_signatures
    }
}

/// A log that has ended, with its newest checkpoint; `None` where none was ever signed.
fn past_log(row: &LogRow, key: &LogKey) -> Option<PastLog> {
    let verifier = key.verifier(&row.origin);
    let note = row.checkpoint.clone()?;
    let checkpoint = Checkpoint::open(&note, &verifier).ok()?;
    Some(PastLog {
        identity: LogIdentity { origin: row.origin.clone(), vkey: verifier.to_string() },
        size: checkpoint.size,
        root: BASE64.encode(&checkpoint.root),
        checkpoint: note,
    })
}

fn list_at(n: u32, public_url: &str) -> StatusListLink {
    StatusListLink { n, url: ListName::Status(n).address(public_url) }
}

/// For each compromised key of cards, what was really issued under it.
fn honest_sets(db: &mut Reader, rows: &[keys::KeyRow]) -> Result<HashMap<Kid, HashSet<HonestDigest>>, Error> {
    let compromised =
        rows.iter().filter(|row| row.purpose == PairUse::Card.as_str() && row.state == KeyState::Compromised);
    compromised
        .map(|row| {
            let kid = Kid::parse(&row.id).map_err(|problem| Error::internal(problem.to_string()))?;
            Ok((kid, honest_set(db, kid)?))
        })
        .collect()
}

/// What was really issued under a key.
pub(super) fn honest_set<Set: FromIterator<HonestDigest>>(db: &mut impl Read, kid: Kid) -> Result<Set, Error> {
    let codes = credentials::codes_under(db, &kid.to_string())?;
    let digests = codes.iter().map(|code| {
        let envelope = Envelope::parse(code);
        envelope.map(|it| honest_digest(it.payload)).ok_or_else(|| Error::internal("a stored code is none"))
    });
    digests.collect()
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
        row: &keys::KeyRow,
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
        let identity = |origin: &str| LogIdentity { origin: origin.to_owned(), vkey: log.verifier(origin).to_string() };
        let (log_now, past) = match source.logs.split_last() {
            Some((current, past)) => (identity(&current.origin), past),
            // Until it is first served: then the name is fixed.
            None => (identity(host(&settings.public_url).unwrap_or_default()), &[][..]),
        };
        let document = IssuerDocument {
            name: wording::registry(),
            issued_at: source.dated,
            hosts: source.hosts.clone(),
            contact: Contact { phone: settings.phone.clone(), url: settings.public_url.clone() },
            keys: self.listed,
            status_lists: source.lists.iter().map(|n| list_at(*n, &settings.public_url)).collect(),
            log: log_now,
            past_logs: past.iter().filter_map(|row| past_log(row, log)).collect(),
        };
        let known = KnownIssuer::new(&document)
            .map_err(|problem| StartError::Other(format!("a stored key is not usable: {problem:?}")))?;
        let bytes = serde_json::to_vec(&document).map_err(|error| StartError::Other(error.to_string()))?;
        let signatures = self
            .status
            .iter()
            .map(|key| {
                let sig = key.sign(&bytes).map_err(|error| StartError::Other(error.to_string()))?;
                Ok(DocumentSignature { kid: key.kid().to_string(), sig: BASE64URL_NOPAD.encode(&sig) })
            })
            .collect::<Result<Vec<_>, StartError>>()?;
        let signatures = serde_json::to_vec(&signatures).map_err(|error| StartError::Other(error.to_string()))?;
        Ok(KeyRing {
            source,
            lacks_a_file,
            card: self.card,
            status: self.status,
            session: self.session,
            session_points: self.session_points,
            known,
            honest,
            document: bytes,
            document_signatures: signatures,
        })
    }
}
