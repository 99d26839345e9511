//! Codes in pieces, so that any one piece can be written wrongly. Knows nothing of the code under test but its claims.

use press_registry::domain::card_code::{Claims, Kid};

/// A CBOR head in the shortest form.
pub(super) fn head(major: u8, argument: u64) -> Vec<u8> {
    match argument {
        0..24 => vec![major << 5 | u8::try_from(argument).expect("small")],
        24..0x100 => vec![major << 5 | 24, u8::try_from(argument).expect("one byte")],
        0x100..0x1_0000 => {
            [vec![major << 5 | 25], u16::try_from(argument).expect("two").to_be_bytes().to_vec()].concat()
        }
        0x1_0000..0x1_0000_0000 => {
            [vec![major << 5 | 26], u32::try_from(argument).expect("four").to_be_bytes().to_vec()].concat()
        }
        0x1_0000_0000.. => [vec![major << 5 | 27], argument.to_be_bytes().to_vec()].concat(),
    }
}

pub(super) fn uint(value: u64) -> Vec<u8> {
    head(0, value)
}

pub(super) fn bytes(value: &[u8]) -> Vec<u8> {
    [head(2, value.len() as u64), value.to_vec()].concat()
}

pub(super) fn text(value: &str) -> Vec<u8> {
    [head(3, value.len() as u64), value.as_bytes().to_vec()].concat()
}

pub(super) fn array(items: &[Vec<u8>]) -> Vec<u8> {
    [head(4, items.len() as u64), items.concat()].concat()
}

pub(super) fn hex(digits: &str) -> Vec<u8> {
    data_encoding::HEXUPPER.decode(digits.replace(' ', "").as_bytes()).expect("hex")
}

/// A payload in pieces.
#[derive(Clone)]
pub(super) struct RawPayload {
    /// The head of the map, and what follows it: labels and values.
    pub(super) map: Vec<u8>,
    pub(super) pairs: Vec<[Vec<u8>; 2]>,
    /// The head of the card's array, and its items.
    pub(super) array: Vec<u8>,
    pub(super) items: Vec<Vec<u8>>,
    pub(super) trailing: Vec<u8>,
}

pub(super) const EXP: usize = 0;
pub(super) const NBF: usize = 1;
pub(super) const KIND: usize = 1;
pub(super) const INDEX: usize = 2;
pub(super) const NUMBER: usize = 3;
pub(super) const NAME: usize = 4;
pub(super) const AGENCY: usize = 5;
pub(super) const DIGEST: usize = 6;
pub(super) const EXTRA: usize = 7;

/// The label −65537.
pub(super) fn card_label() -> Vec<u8> {
    hex("3A00010000")
}

impl RawPayload {
    pub(super) fn of(claims: &Claims) -> Self {
        let seconds = |at: i64| uint(u64::try_from(at).expect("after 1970"));
        let null = || hex("F6");
        let scope = claims.entitlement.scope();
        Self {
            map: hex("A3"),
            pairs: vec![
                [hex("04"), seconds(claims.validity.expires().seconds())],
                [hex("05"), seconds(claims.validity.not_before().seconds())],
            ],
            array: hex("88"),
            items: vec![
                uint(1),
                uint(claims.entitlement.kind().code()),
                uint(claims.status_index.as_u32().into()),
                text(claims.number.as_str()),
                text(claims.name.as_str()),
                text(claims.agency.as_str()),
                claims.photo_digest.map_or_else(null, |digest| bytes(digest.as_bytes())),
                scope.map_or_else(null, |scope| array(&[scope.place(), scope.unit_visited(), scope.work()].map(text))),
            ],
            trailing: Vec::new(),
        }
    }

    /// With one item of the card's array written otherwise.
    pub(super) fn item(mut self, at: usize, value: Vec<u8>) -> Self {
        self.items[at] = value;
        self
    }

    /// With the value of `exp` or `nbf` written otherwise.
    pub(super) fn time(mut self, at: usize, value: Vec<u8>) -> Self {
        self.pairs[at][1] = value;
        self
    }

    /// With any other change.
    pub(super) fn but(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// How many bytes the card is, with its label.
    pub(super) fn card_bytes(&self) -> usize {
        card_label().len() + self.array.len() + self.items.concat().len()
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let pairs = self.pairs.concat().concat();
        [&self.map, &pairs, &card_label(), &self.array, &self.items.concat(), &self.trailing]
            .map(Vec::as_slice)
            .concat()
    }
}

/// An envelope in pieces.
#[derive(Clone)]
pub(super) struct RawEnvelope {
    pub(super) tag: Vec<u8>,
    pub(super) array: Vec<u8>,
    /// What is inside the byte string.
    pub(super) header: Vec<u8>,
    pub(super) unprotected: Vec<u8>,
    pub(super) payload: Vec<u8>,
    pub(super) signature: Vec<u8>,
}

impl RawEnvelope {
    pub(super) fn new(kid: Kid, payload: &[u8], signature: &[u8]) -> Self {
        Self {
            tag: hex("D2"),
            array: hex("84"),
            header: [hex("A2 01 26 04"), bytes(kid.as_bytes())].concat(),
            unprotected: hex("A0"),
            payload: bytes(payload),
            signature: bytes(signature),
        }
    }

    /// The Sig_structure over these pieces.
    pub(super) fn to_be_signed(&self) -> Vec<u8> {
        self.to_be_signed_with(b"")
    }

    /// The same with external data.
    pub(super) fn to_be_signed_with(&self, external: &[u8]) -> Vec<u8> {
        [hex("84"), text("Signature1"), bytes(&self.header), bytes(external), self.payload.clone()].concat()
    }

    pub(super) fn but(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let header = bytes(&self.header);
        let parts = [&self.tag, &self.array, &header, &self.unprotected, &self.payload, &self.signature];
        parts.map(Vec::as_slice).concat()
    }
}
