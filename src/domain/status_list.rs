//! Status lists: one bit for each card, signed together (draft-ietf-oauth-status-list-20, CWT form).
//!
//! Its bits are stored, not compressed, so that its size tells nobody how many cards are withdrawn. Read from others,
//! bits may be compressed in any way that zlib knows.

use super::card_code::Kid;
use super::cbor::Writer;
use super::issuer::KnownIssuer;
use super::printed::StatusIndex;
use super::signed_list::{self, EXPIRES, Form, ISSUED_AT, ListName, SUBJECT, Unbelieved, Unsigned};
use super::time::Timestamp;
use super::verdict::ListEntry;
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::{
    TINFL_FLAG_PARSE_ZLIB_HEADER, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
};
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

/// What a status list is, in its header and where it is served.
pub const MEDIA_TYPE: &str = "application/statuslist+cwt";
/// The most bytes of a token: with stored bits, enough for an address of some 300 characters.
pub const MAX_BYTES: usize = 16_896;
const FORM: Form = Form { media_type: MEDIA_TYPE, max_bytes: MAX_BYTES };
/// How long a list counts after it was signed.
pub const LIFE_SECONDS: i64 = 24 * 3_600;
/// How long a reader may keep a list without asking for a newer one: the claim `ttl`.
const KEPT_SECONDS: i64 = 300;

/// Bytes of the bits of one list.
const BYTES: usize = StatusIndex::SLOTS as usize / 8;
const _: () = assert!(BYTES <= 0xFFFF, "one stored block of deflate has room for them (RFC 1951 §3.2.4)");

/// Claim keys of the draft (§14.3) and the members of a list in CBOR (§4.3).
const STATUS_LIST: i64 = 65_533;
const TIME_TO_LIVE: i64 = 65_534;
const BITS_MEMBER: &str = "bits";
const LIST_MEMBER: &str = "lst";
const BITS_EACH: u64 = 1;

/// The bits of one list: a set one says that the slot's card is withdrawn, or was never issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bits(Box<[u8]>);

impl Bits {
    /// Of a list of which no slot was issued.
    pub fn all_set() -> Self {
        Self(vec![0xFF; BYTES].into_boxed_slice())
    }

    /// Whether a slot's bit is set; that of a slot which no list has is.
    pub fn is_set(&self, slot: u32) -> bool {
        self.0.get(byte_of(slot)).is_none_or(|byte| byte & bit_of(slot) != 0)
    }

    /// Sets or clears a slot's bit.
    pub fn put(&mut self, slot: u32, set: bool) {
        if let Some(byte) = self.0.get_mut(byte_of(slot)) {
            match set {
                true => *byte |= bit_of(slot),
                false => *byte &= !bit_of(slot),
            }
        }
    }

    /// As zlib (RFC 1950) in one stored block (RFC 1951 §3.2.4).
    fn stored(&self) -> Vec<u8> {
        // The smallest window, and no preset dictionary; then the only block, and its length twice.
        const HEAD: [u8; 3] = [0x78, 0x01, 0x01];
        const LENGTH: [u8; 2] = (BYTES as u16).to_le_bytes();
        const INVERSE: [u8; 2] = (!(BYTES as u16)).to_le_bytes();
        [&HEAD[..], &LENGTH, &INVERSE, &self.0, &adler32(&self.0).to_be_bytes()].concat()
    }

    /// From zlib that unpacks to exactly as many bytes as a list has; no more than those are ever unpacked.
    fn unpacked(packed: &[u8]) -> Option<Self> {
        let mut bits = Self::all_set();
        let flags = TINFL_FLAG_PARSE_ZLIB_HEADER | TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
        let (status, read, written) = decompress(&mut DecompressorOxide::new(), packed, &mut bits.0, 0, flags);
        ((status, read, written) == (TINFLStatus::Done, packed.len(), BYTES)).then_some(bits)
    }
}

/// The draft's order (§4.1): slots from the lowest bit of each byte up.
fn byte_of(slot: u32) -> usize {
    usize::try_from(slot / 8).unwrap_or(usize::MAX)
}

const fn bit_of(slot: u32) -> u8 {
    1 << (slot % 8)
}

/// The checksum at the end of zlib (RFC 1950 §8.2).
fn adler32(bytes: &[u8]) -> u32 {
    const BASE: u32 = 65_521;
    let (low, high) = bytes.iter().fold((1, 0), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % BASE;
        (low, (high + low) % BASE)
    });
    high << 16 | low
}

/// A status list as signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusList {
    /// Its number.
    pub list: u32,
    /// When it was signed: `iat`.
    pub issued_at: Timestamp,
    /// Until when it counts: `exp`.
    pub expires: Timestamp,
    /// What it says.
    pub bits: Bits,
}

impl StatusList {
    /// The list of this number, of this moment.
    pub const fn new(list: u32, bits: Bits, now: Timestamp) -> Self {
        let issued_at = Timestamp::from_seconds(now.seconds());
        Self { list, issued_at, expires: issued_at.plus_seconds(LIFE_SECONDS), bits }
    }

    /// What is to be signed by the key of this name, for the registry at this address.
    pub fn unsigned(&self, public_url: &str, kid: Kid) -> Unsigned {
        let mut claims = Writer::with_capacity(MAX_BYTES);
        claims.map(5);
        claims.int(SUBJECT).text(&ListName::Status(self.list).address(public_url));
        claims.int(EXPIRES).int(self.expires.seconds());
        claims.int(ISSUED_AT).int(self.issued_at.seconds());
        claims.int(STATUS_LIST).map(2);
        claims.text(LIST_MEMBER).bytes(&self.bits.stored()).text(BITS_MEMBER).uint(BITS_EACH);
        claims.int(TIME_TO_LIVE).int(KEPT_SECONDS);
        Unsigned::new(kid, MEDIA_TYPE, claims.finish())
    }

    /// Reads a list that a status key of this issuer signed, and that key's name.
    ///
    /// # Errors
    /// [`Unbelieved`]: nothing of it is to be used.
    pub fn read(token: &[u8], issuer: &KnownIssuer) -> Result<(Self, Kid), Unbelieved> {
        signed_list::read(token, &FORM, issuer, |name, claims| {
            let ListName::Status(list) = name else { return None };
            let has_one_bit_each = claims.find_in(STATUS_LIST, BITS_MEMBER)?.u64().ok()? == BITS_EACH;
            let bits = Bits::unpacked(claims.find_in(STATUS_LIST, LIST_MEMBER)?.bytes().ok()?)?;
            let (issued_at, expires) = (claims.instant(ISSUED_AT)?, claims.instant(EXPIRES)?);
            has_one_bit_each.then_some(Self { list, issued_at, expires, bits })
        })
    }

    /// What it says of a slot.
    pub fn entry(&self, slot: u32) -> ListEntry {
        ListEntry { issued_at: self.issued_at, expires: self.expires, is_set: self.bits.is_set(slot) }
    }
}
