//! How large the symbols of the longest names are.

use super::code;
use press_registry::domain::card_code::{Claims, Entitlement};
use press_registry::domain::printed::{
    CardNumber, LetterScope, PhotoDigest, PrintedName, ShortName, StatusIndex, Validity,
};
use press_registry::domain::time::Timestamp;
use press_registry::pictures::qr::Symbol;

/// A code as it would be signed, of this name and what else is as long as it may be.
fn longest(name: &str, entitlement: Entitlement) -> String {
    let claims = Claims {
        entitlement,
        status_index: StatusIndex::from_u32(u32::MAX),
        number: CardNumber::parse("ABCDEFGHIJ-12345").expect("a number"),
        name: PrintedName::parse(name).expect("a name"),
        agency: ShortName::parse(&"ễ".repeat(13)).expect("a short name"),
        photo_digest: Some(PhotoDigest::from_bytes([0xA5; 8])),
        validity: Validity::new(Timestamp::from_seconds(1), Timestamp::from_seconds(253_402_300_799))
            .expect("in order"),
    };
    code(&claims, &format!("https://{}", "h".repeat(40)))
}

#[test]
fn the_longest_names_keep_within_the_versions_that_are_promised() {
    let version = |text: &str| (Symbol::of(text).expect("a symbol").side() - 8 - 17) / 4;
    let scope = LetterScope::parse(&"ễ".repeat(22), &"ễ".repeat(22), &"ễ".repeat(22)).expect("198 bytes");
    // 80 bytes are printed at most.
    for name in
        ["Công Tằng Tôn Nữ Nguyễn Phước Khiết Quỳnh Hương Thảo", &"ễ ".repeat(20), &format!("{}ab", "ễ".repeat(26))]
    {
        for entitlement in [Entitlement::PressCard, Entitlement::CollaboratorCard] {
            let text = longest(name, entitlement);
            assert!(version(&text) <= 13, "{name}: {}", version(&text));
        }
        let text = longest(name, Entitlement::IntroductionLetter(scope.clone()));
        assert!(version(&text) <= 20, "{name}: {}", version(&text));
    }
}
