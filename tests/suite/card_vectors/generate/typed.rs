//! Typed codes: what is printed for a card, and what may be typed for it.

use crate::card_vectors::{
    file::{PrintedCode, TypedCodes, TypedText},
    world::{TestKey, collaborator_card, letter, press_card},
};
use press_registry::domain::typed_code::{TypedKey, printed};

/// The key of the typed codes in the vectors.
const KEY: [u8; 32] = *b"a typed key that everybody knows";

pub(super) fn codes() -> TypedCodes {
    let kid = TestKey::named("active").kid;
    let code = |claims: press_registry::domain::card_code::Claims| {
        let check = TypedKey::new(&KEY).check(kid, claims.status_index);
        (claims.number.clone(), claims.status_index, check)
    };
    let codes = [press_card(), letter(), collaborator_card()].map(code);
    let typed = |text: &str, read: Option<(&str, &str)>| TypedText {
        text: text.to_owned(),
        number_key: read.map(|(number_key, _)| number_key.to_owned()),
        check: read.map(|(_, check)| check.to_owned()),
    };
    let read = Some(("NB000123", "7K3M-Q0ZX-9A4B"));
    TypedCodes {
        key: data_encoding::HEXLOWER.encode(&KEY),
        printed: codes
            .map(|(number, index, check)| PrintedCode {
                kid: kid.to_string(),
                status_index: index.as_u32(),
                number_key: number.key(),
                printed: printed(&number, check),
                number: number.as_str().to_owned(),
            })
            .into(),
        typed: vec![
            typed("NB-000123-7K3M-Q0ZX-9A4B", read),
            typed("nb-000123-7k3m-q0zx-9a4b", read),
            typed("NB 000123 7K3M Q0ZX 9A4B", read),
            typed("  NB0001237K3MQ0ZX9A4B\n", read),
            typed("NB-OOOI23-7K3M-QOZX-9A4B", read),
            typed("NB-000L23-7K3M-QoZX-9A4B", read),
            typed("NB–000123—7K3M‑Q0ZX−9A4B", read),
            typed("GGT-26-00042-0000-0000-0001", Some(("GGT2600042", "0000-0000-0001"))),
            typed("BAO-1-lill-oooo-0000", Some(("BA01", "1111-0000-0000"))),
            typed("7K3M-Q0ZX-9A4B", None),
            typed("NB-000123-7K3M-Q0ZX-9A4U", None),
            typed("NB-000123-7K3M-Q0ZX-9A4!", None),
            typed("NB_000123-7K3M-Q0ZX-9A4B", None),
            typed("ĐB-000123-7K3M-Q0ZX-9A4B", None),
            typed("NB#000123-7K3M-Q0ZX-9A4B", None),
            typed("ABCDEFGHJKMNPQRST-7K3M-Q0ZX-9A4B", None),
            typed("NB-000123-7K3M-Q0ZX-9A4B                 ", None),
            typed("", None),
        ],
    }
}
