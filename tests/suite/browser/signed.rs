//! Status lists and honest sets, written with libraries that the registry does not use for them.

use ciborium::Value;
use coset::{CborSerializable as _, CoseSign1Builder, Header, HeaderBuilder, TaggedCborSerializable as _, iana};
use std::io::Write as _;

/// Bytes of a list of 2¹⁷ slots.
pub(crate) const LIST_BYTES: usize = (1 << 17) / 8;

/// A list before it is signed. Every part can be made wrong.
#[derive(Clone, Debug)]
pub(crate) struct List {
    pub(crate) subject: String,
    pub(crate) iat: i64,
    pub(crate) exp: i64,
    pub(crate) bits: i64,
    pub(crate) slots: Vec<u8>,
    /// How hard zlib tries: the registry stores bits as they are.
    pub(crate) packing: flate2::Compression,
    pub(crate) media_type: &'static str,
    /// Further claims before all others, each a label and what stands under it as CBOR.
    pub(crate) more: &'static [&'static [u8]],
}

impl List {
    /// A list at this address with these slots set.
    pub(crate) fn new(subject: &str, iat: i64, exp: i64, set: &[u32]) -> Self {
        let mut slots = vec![0; LIST_BYTES];
        for slot in set {
            slots[usize::try_from(slot >> 3).expect("small")] |= 1 << (slot & 7);
        }
        let (packing, media_type) = (flate2::Compression::none(), "application/statuslist+cwt");
        Self { subject: subject.into(), iat, exp, bits: 1, slots, packing, media_type, more: &[] }
    }

    fn packed(&self) -> Vec<u8> {
        let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), self.packing);
        packed.write_all(&self.slots).expect("in memory");
        packed.finish().expect("in memory")
    }

    /// As served, signed by this function under this kid.
    pub(crate) fn signed(&self, kid: &[u8], sign: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
        let list =
            vec![(Value::from("bits"), Value::from(self.bits)), (Value::from("lst"), Value::Bytes(self.packed()))];
        let claims = vec![
            (Value::from(2), Value::from(self.subject.as_str())),
            (Value::from(4), Value::from(self.exp)),
            (Value::from(6), Value::from(self.iat)),
            (Value::from(65_533), Value::Map(list)),
            (Value::from(65_534), Value::from(300)),
        ];
        let header = protected(kid).value(16, Value::from(self.media_type)).build();
        let mut payload = map(claims);
        // They are few: the head of the map stays one byte.
        payload[0] += u8::try_from(self.more.len()).expect("few");
        payload.splice(1..1, self.more.concat());
        cwt(header, payload, sign)
    }
}

/// An honest set as served.
pub(crate) fn honest_set(
    subject: &str,
    iat: i64,
    digests: &[Vec<u8>],
    kid: &[u8],
    sign: impl Fn(&[u8]) -> Vec<u8>,
) -> Vec<u8> {
    let claims = vec![
        (Value::from(2), Value::from(subject)),
        (Value::from(6), Value::from(iat)),
        (Value::from(-65_538), Value::Bytes(digests.concat())),
    ];
    cwt(protected(kid).value(16, Value::from("application/cwt")).build(), map(claims), sign)
}

fn protected(kid: &[u8]) -> HeaderBuilder {
    HeaderBuilder::new().algorithm(iana::Algorithm::ES256).key_id(kid.to_vec())
}

fn map(claims: Vec<(Value, Value)>) -> Vec<u8> {
    Value::Map(claims).to_vec().expect("CBOR")
}

fn cwt(header: Header, payload: Vec<u8>, sign: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let signed = CoseSign1Builder::new().protected(header).payload(payload).create_signature(b"", sign).build();
    signed.to_tagged_vec().expect("CBOR")
}
