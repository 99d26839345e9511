//! An issuer made by hand, with its private keys, for verifiers that are told of times the registry itself never has.

use press_registry::{
    domain::{
        card_code::{Claims, Entitlement, Envelope, Kid, honest_digest, text, to_be_signed},
        honest_set::HonestSet,
        issuer::{Contact, IssuerDocument, IssuerKey, KeyState, KeyUse, LogIdentity, Words},
        printed::{CardNumber, PrintedName, ShortName, StatusIndex, Validity},
        status_list::{Bits, StatusList},
        time::Timestamp,
    },
    keys::{SigningKey, coordinates},
};

/// The address on its cards.
pub(crate) const ADDRESS: &str = "https://press.example.vn";
const YEAR: i64 = 365 * 86_400;

/// Keys of cards and of lists, some of which somebody else may have.
pub(crate) struct TestIssuer {
    pub(crate) card: SigningKey,
    pub(crate) stolen: SigningKey,
    pub(crate) status: SigningKey,
    pub(crate) now: Timestamp,
}

impl TestIssuer {
    pub(crate) fn new(now: Timestamp) -> Self {
        let key = || SigningKey::generate().expect("a key");
        Self { card: key(), stolen: key(), status: key(), now }
    }

    /// So many seconds from now.
    pub(crate) fn at(&self, seconds: i64) -> Timestamp {
        Timestamp::from_seconds(self.now.seconds() + seconds)
    }

    /// The document of that moment, which says this of the stolen key.
    pub(crate) fn document(&self, seconds: i64, stolen: KeyState) -> Vec<u8> {
        let listed = |key: &SigningKey, key_use, state| {
            let (x, y) = coordinates(key.point()).expect("a point");
            IssuerKey::es256(&x, &y, key_use, state, [self.at(-YEAR), self.at(YEAR)])
        };
        let document = IssuerDocument {
            name: Words::new("Sổ đăng ký thử", "Test registry"),
            issued_at: self.at(seconds),
            hosts: vec!["press.example.vn".to_owned()],
            contact: Contact { phone: "1900 0000".to_owned(), url: ADDRESS.to_owned() },
            keys: vec![
                listed(&self.card, KeyUse::Card, KeyState::Active),
                listed(&self.stolen, KeyUse::Card, stolen),
                listed(&self.status, KeyUse::Status, KeyState::Active),
            ],
            status_lists: vec![],
            log: LogIdentity { origin: "x".to_owned(), vkey: "x".to_owned() },
            past_logs: vec![],
        };
        serde_json::to_vec(&document).expect("JSON")
    }

    /// A status list of that moment in which these slots are set, and no other.
    pub(crate) fn list(&self, list: u32, seconds: i64, set: &[u32]) -> Vec<u8> {
        let mut bits = Bits::all_set();
        (0..StatusIndex::SLOTS).filter(|slot| !set.contains(slot)).for_each(|slot| bits.put(slot, false));
        let unsigned = StatusList::new(list, bits, self.at(seconds)).unsigned(ADDRESS, self.status.kid());
        unsigned.signed(&self.status.sign(&unsigned.to_be_signed()).expect("a signature"))
    }

    /// The honest set of a key.
    pub(crate) fn set(&self, of: Kid, seconds: i64, honest: &[&Claims]) -> Vec<u8> {
        let digests = honest.iter().map(|claims| honest_digest(&claims.payload())).collect();
        let unsigned = HonestSet::new(of, digests, self.at(seconds)).unsigned(ADDRESS, self.status.kid());
        unsigned.signed(&self.status.sign(&unsigned.to_be_signed()).expect("a signature"))
    }

    /// A press card in a slot of list 0, good for a year before and after now.
    pub(crate) fn card_in(&self, slot: u32) -> Claims {
        Claims {
            entitlement: Entitlement::PressCard,
            status_index: StatusIndex::from_u32(slot),
            number: CardNumber::parse("000123").expect("a number"),
            name: PrintedName::parse("Nguyễn Thị Phượng").expect("a name"),
            agency: ShortName::parse("Báo Bắc Kạn").expect("a short name"),
            photo_digest: None,
            validity: Validity::new(self.at(-YEAR), self.at(YEAR)).expect("in order"),
        }
    }

    /// The QR of a payload, signed by this key.
    pub(crate) fn code(key: &SigningKey, payload: &[u8]) -> String {
        let signature = key.sign(&to_be_signed(key.kid(), payload)).expect("a signature");
        text(ADDRESS, &Envelope { kid: key.kid(), payload, signature: &signature }.to_bytes())
    }
}
