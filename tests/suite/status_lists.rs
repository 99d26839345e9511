//! Status lists and honest sets: what is in them, who signs them and when, and what is served.

mod bits;
mod foreign;
mod format;
mod reading;
mod series;
mod serving;
mod signing;

use crate::support::registry::TestRegistry;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use ciborium::Value;
use coset::{CborSerializable as _, CoseSign1, Label, TaggedCborSerializable as _};
use data_encoding::BASE64URL_NOPAD;
use press_registry::{
    app::status_lists::Served,
    domain::{credentials::Credential, issuer::IssuerDocument, signed_list::ListName},
};
use std::sync::Arc;

/// Bytes of the bits of one list: 2¹⁷ slots.
const BYTES: usize = 16_384;

/// What somebody else's libraries make of a token.
#[derive(Debug, PartialEq)]
struct Foreign {
    kid: String,
    media_type: String,
    claims: Vec<(Value, Value)>,
}

impl Foreign {
    /// Reads a token and checks its signature with the key that the issuer document names.
    #[track_caller]
    fn read(token: &[u8], issuer: &[u8]) -> Self {
        let token = CoseSign1::from_tagged_slice(token).expect("a COSE_Sign1 with its tag");
        let header = &token.protected.header;
        assert_eq!(header.alg, Some(coset::Algorithm::Assigned(coset::iana::Algorithm::ES256)));
        assert!(token.unprotected.is_empty());
        let media_type = header.rest.iter().find(|(label, _)| *label == Label::Int(16)).expect("a type");
        let media_type = media_type.1.as_text().expect("a text").to_owned();
        let kid = data_encoding::HEXLOWER.encode(&header.key_id);
        let issuer: IssuerDocument = serde_json::from_slice(issuer).expect("an issuer document");
        let key = issuer.keys.iter().find(|key| key.kid == kid).expect("a key of the document");
        let coordinate = |text: &str| BASE64URL_NOPAD.decode(text.as_bytes()).expect("base64url");
        let point = [vec![4], coordinate(&key.x), coordinate(&key.y)].concat();
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
        token.verify_signature(&[], |signature, data| key.verify(data, signature)).expect("a good signature");
        let claims = Value::from_slice(&token.payload.expect("a payload")).expect("CBOR");
        Self { kid, media_type, claims: claims.into_map().expect("a map") }
    }

    fn claim(&self, key: i64) -> &Value {
        &self.claims.iter().find(|(label, _)| *label == Value::from(key)).expect("a claim").1
    }

    fn number(&self, key: i64) -> i64 {
        self.claim(key).as_integer().expect("an integer").try_into().expect("64 bits")
    }

    fn subject(&self) -> &str {
        self.claim(2).as_text().expect("a text")
    }

    /// The member of a status list.
    fn member(&self, name: &str) -> &Value {
        let list = self.claim(65_533).as_map().expect("a map");
        &list.iter().find(|(key, _)| key.as_text() == Some(name)).expect("a member").1
    }

    /// The bits, unpacked.
    fn bits(&self) -> Vec<u8> {
        let packed = self.member("lst").as_bytes().expect("bytes");
        fdeflate::decompress_to_vec_bounded(packed, BYTES).ok().expect("zlib")
    }
}

/// The status of a token with one bit each, as the draft reads it (§4.1): from the lowest bit of each byte up.
fn status(bits: &[u8], slot: u32) -> u8 {
    let slot = usize::try_from(slot).expect("a slot");
    (bits[slot / 8] >> (slot % 8)) & 1
}

/// The list that this node serves.
#[track_caller]
fn served(node: &TestRegistry, list: u32) -> Arc<Served> {
    node.lists.get(ListName::Status(list)).unwrap_or_else(|| panic!("list {list} is not served"))
}

/// What the list that is served says of a card, read by others' libraries.
#[track_caller]
fn bit_of(node: &TestRegistry, card: &Credential) -> u8 {
    let list = served(node, card.status_index.list());
    status(&Foreign::read(&list.token, node.ring().document()).bits(), card.status_index.slot())
}
