//! The outer form of a card code: COSE_Sign1 (RFC 9052 §4.2) with exactly one way to write it.

use super::key::Kid;
use crate::domain::cbor::Writer;
use minicbor::Decoder;

/// COSE_Sign1 (RFC 9052, table 1).
const TAG: u64 = 18;
/// Header labels (RFC 9052, table 3) and the algorithm ES256 (RFC 9053, table 1).
const LABEL_ALG: u64 = 1;
const LABEL_KID: u64 = 4;
const ES256: i64 = -7;
/// Everything of an envelope but its payload, rounded up.
const OVERHEAD_BYTES: usize = 96;

/// A signed payload and the name of its key; nothing of it is proven yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Envelope<'a> {
    /// Which key is said to have signed.
    pub kid: Kid,
    /// The CBOR of the claims.
    pub payload: &'a [u8],
    /// r ‖ s.
    pub signature: &'a [u8; 64],
}

impl<'a> Envelope<'a> {
    /// Reads an envelope, if it is written exactly as [`Envelope::to_bytes`] writes it.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        let mut items = Decoder::new(bytes);
        items.tag().ok()?;
        items.array().ok()?;
        let kid = items.bytes().ok()?.last_chunk()?;
        items.map().ok()?;
        let payload = items.bytes().ok()?;
        let signature = items.bytes().ok()?.try_into().ok()?;
        let envelope = Self { kid: Kid::from_bytes(*kid), payload, signature };
        (envelope.to_bytes() == bytes).then_some(envelope)
    }

    /// The one form of this envelope.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut cbor = Writer::with_capacity(self.payload.len() + OVERHEAD_BYTES);
        cbor.tag(TAG).array(4).bytes(&protected(self.kid)).map(0).bytes(self.payload).bytes(self.signature);
        cbor.finish()
    }

    /// What the signature must be of.
    pub fn to_be_signed(&self) -> Vec<u8> {
        to_be_signed(self.kid, self.payload)
    }
}

/// What a key of cards signs.
pub fn to_be_signed(kid: Kid, payload: &[u8]) -> Vec<u8> {
    sig_structure(&protected(kid), payload)
}

/// The Sig_structure of RFC 9052 §4.4, without external data.
pub(in crate::domain) fn sig_structure(protected: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut cbor = Writer::with_capacity(payload.len() + protected.len() + 32);
    cbor.array(4).text("Signature1").bytes(protected).bytes(&[]).bytes(payload);
    cbor.finish()
}

fn protected(kid: Kid) -> Vec<u8> {
    let mut cbor = Writer::with_capacity(9);
    cbor.map(2).uint(LABEL_ALG).int(ES256).uint(LABEL_KID).bytes(kid.as_bytes());
    cbor.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_encoding::HEXUPPER;
    use proptest::prelude::*;

    const ENVELOPE: Envelope<'_> =
        Envelope { kid: Kid::from_bytes([1, 2, 3, 4]), payload: &[0xA0], signature: &[0x55; 64] };

    #[test]
    fn the_bytes_are_those_of_the_document() {
        let signature = "55".repeat(64);
        assert_eq!(HEXUPPER.encode(&ENVELOPE.to_bytes()), format!("D28449A20126044401020304A041A05840{signature}"));
        let structure = "846A5369676E61747572653149A20126044401020304".to_owned() + "4041A0";
        assert_eq!(HEXUPPER.encode(&ENVELOPE.to_be_signed()), structure);
        assert_eq!(Envelope::parse(&ENVELOPE.to_bytes()), Some(ENVELOPE));
    }

    #[test]
    fn any_other_length_is_refused() {
        let whole = ENVELOPE.to_bytes();
        for cut in 0..whole.len() {
            assert_eq!(Envelope::parse(&whole[..cut]), None, "{cut}");
        }
        assert_eq!(Envelope::parse(&[whole, vec![0]].concat()), None);
    }

    proptest! {
        #[test]
        fn what_parses_is_written_back_the_same(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Some(envelope) = Envelope::parse(&bytes) {
                prop_assert_eq!(envelope.to_bytes(), bytes);
            }
        }

        #[test]
        fn a_byte_of_the_frame_cannot_be_altered(at in 0_usize..12, to: u8) {
            let mut bytes = ENVELOPE.to_bytes();
            prop_assume!(bytes[at] != to);
            bytes[at] = to;
            let read = Envelope::parse(&bytes).map(|envelope| envelope.kid);
            // Bytes 8–11 are the kid itself.
            prop_assert_eq!(read.is_some(), at >= 8);
        }
    }
}
