//! The QR of a card or letter as it is printed, seen as phones see it: two readers that know nothing of each other read it
//! however it is turned, blurred, compressed and smeared.

mod damage;
mod longest;
mod readers;

use crate::support::full_campaign;
use aws_lc_rs::digest::{SHA512, digest};
use damage::{compressed, smeared, turned};
use image::GrayImage;
use image::imageops;
use press_registry::domain::card_code::{self, Claims, Entitlement, Envelope, Kid};
use press_registry::domain::printed::{
    CardNumber, CredentialKind, LetterScope, PhotoDigest, PrintedName, ShortName, StatusIndex, Validity,
};
use press_registry::domain::time::Day;
use press_registry::papers::card::{self, Marks, Printed, Side};
use press_registry::papers::letter;
use readers::{READERS, read};
use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::thread;

/// Cards looked at: a tenth of all of them, or all with `PRESS_REGISTRY_FULL_CAMPAIGN=1`.
fn count() -> u32 {
    if full_campaign() { 200 } else { 20 }
}

/// 99.5 % of 200 are read; fewer cards are the first of the same.
const MISSED: usize = 1;

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn below(&mut self, end: u64) -> u64 {
        self.roll() % end
    }
}

/// A card or letter with a code as the registry issues it: from short names to the longest, so that every size of symbol
/// is among them.
fn printed(nth: u32) -> Printed {
    const NAMES: [&str; 8] = ["Trần", "Thị", "Bưởi", "Nguyễn", "Phước", "Khiết", "Quỳnh", "Lý"];
    let mut dice = Dice(u64::from(nth) + 7);
    let mut words = |least: u64, most: u64| {
        let count = least + dice.below(most - least + 1);
        let names: Vec<_> = (0..count).map(|_| NAMES[usize::try_from(dice.below(8)).expect("one of them")]).collect();
        names.join(" ")
    };
    let (name, agency) = (words(2, 9), format!("Báo {}", words(1, 4)));
    let scope = ["Xã Vĩnh Bảo", "Ủy ban nhân dân xã", "Tìm hiểu đường giao thông"];
    let entitlement = match nth % 8 {
        3 => Entitlement::IntroductionLetter(LetterScope::parse(scope[0], scope[1], scope[2]).expect("a scope")),
        0 | 4 => Entitlement::CollaboratorCard,
        _ => Entitlement::PressCard,
    };
    let day = |raw| Day::parse(raw).expect("a day");
    let claims = Claims {
        entitlement,
        status_index: StatusIndex::from_u32(nth * 651),
        number: CardNumber::parse(&format!("{nth:06}")).expect("a number"),
        name: PrintedName::parse(&name).expect("a name"),
        agency: ShortName::parse(&agency).expect("a short name"),
        photo_digest: (!nth.is_multiple_of(5)).then(|| PhotoDigest::of(name.as_bytes())),
        validity: Validity::new(day("2026-12-01").start(), day("2031-11-30").end()).expect("days"),
    };
    Printed {
        kind: claims.entitlement.kind(),
        number: claims.number.as_str().to_owned(),
        name,
        pen_name: None,
        post: None,
        agency_in_full: agency.clone(),
        agency,
        issued: day("2026-12-01"),
        validity: claims.validity,
        errand: claims.entitlement.scope().map(|_| scope.map(str::to_owned)),
        code: code(&claims, "https://press.example.vn"),
        typed_code: format!("{nth:06}-7F3K-9QXV-2M4T"),
        portrait: None,
        address: "press.example.vn/v".into(),
        phone: "1900 0000".into(),
        marks: Marks { sample: nth.is_multiple_of(3), not_in_force: false },
    }
}

/// The text of these claims under a signature that looks like one and is the same each time: a real one is different
/// each time it is made, and so is what is read of a picture that can barely be read.
fn code(claims: &Claims, public_url: &str) -> String {
    let payload = claims.payload();
    let mut signature = [0; 64];
    signature.copy_from_slice(digest(&SHA512, &payload).as_ref());
    // r and s are numbers below the order of the curve, and s is of its lower half.
    (signature[0], signature[32]) = (signature[0] & 0x7F, signature[32] & 0x7F);
    let envelope =
        Envelope { kid: Kid::from_bytes([0x3E, 0x91, 0x5C, 0xD8]), payload: &payload, signature: &signature };
    card_code::text(public_url, &envelope.to_bytes())
}

/// The side with the code; of a letter, as much of its foot as a card is large.
fn picture(it: &Printed) -> GrayImage {
    let drawing = match it.kind {
        CredentialKind::PressCard | CredentialKind::CollaboratorCard => card::draw(it, Side::Back),
        CredentialKind::IntroductionLetter => letter::draw(it),
    };
    let png = drawing.expect("a drawing").png().expect("a picture");
    let picture = image::load_from_memory(&png).expect("a PNG").into_luma8();
    match it.kind {
        CredentialKind::PressCard | CredentialKind::CollaboratorCard => picture,
        CredentialKind::IntroductionLetter => imageops::crop_imm(&picture, 330, 2_388, 1_011, 638).to_image(),
    }
}

/// What is looked at, drawn once.
fn drawn() -> &'static [(Printed, GrayImage)] {
    static DRAWN: OnceLock<Vec<(Printed, GrayImage)>> = OnceLock::new();
    DRAWN.get_or_init(|| {
        let all = (0..count()).map(printed);
        all.map(|it| {
            let picture = picture(&it);
            (it, picture)
        })
        .collect()
    })
}

/// The edges of the symbol: nothing else is wholly black.
fn symbol(card: &GrayImage) -> [u32; 4] {
    let dark = card.enumerate_pixels().filter(|(_, _, shade)| shade.0[0] < 8);
    dark.fold([u32::MAX, u32::MAX, 0, 0], |[left, top, right, bottom], (x, y, _)| {
        [left.min(x), top.min(y), right.max(x), bottom.max(y)]
    })
}

const SEEN: [&str; 6] = ["plain", "turned left", "turned right", "blurred", "compressed", "smeared"];

/// For each way to see a card and each reader: was it read?
fn look_at(nth: u32, (it, plain): &(Printed, GrayImage)) -> [[bool; 2]; 6] {
    let mut dice = Dice(u64::from(nth) * 31 + 1);
    let seen = [
        plain.clone(),
        turned(plain, -30.0),
        turned(plain, 30.0),
        imageops::blur(plain, 2.0),
        compressed(plain),
        smeared(plain, &mut dice),
    ];
    seen.map(|picture| READERS.map(|(_, reader)| read(reader, &picture, &it.code)))
}

#[test]
fn two_readers_read_every_card_however_it_is_seen() {
    let workers = 2;
    let looks: BTreeMap<u32, [[bool; 2]; 6]> = thread::scope(|scope| {
        let looking: Vec<_> = (0..workers)
            .map(|worker| {
                let theirs = (0..).zip(drawn()).skip(worker).step_by(workers);
                scope.spawn(move || theirs.map(|(nth, it)| (nth, look_at(nth, it))).collect::<Vec<_>>())
            })
            .collect();
        looking.into_iter().flat_map(|looked| looked.join().expect("nothing is read wrong")).collect()
    });
    let mut too_many = Vec::new();
    for (way, seen) in SEEN.iter().enumerate() {
        for (which, (reader, _)) in READERS.iter().enumerate() {
            let missed: Vec<u32> = looks.iter().filter(|(_, look)| !look[way][which]).map(|(nth, _)| *nth).collect();
            println!("{seen}: {reader} read all of {} but {missed:?}", looks.len());
            if missed.len() > MISSED {
                too_many.push((seen, reader, missed));
            }
        }
    }
    assert!(too_many.is_empty(), "{too_many:?}");
}

#[test]
fn every_size_of_symbol_is_among_the_cards() {
    let sides = drawn().iter().map(|(_, picture)| {
        let [left, _, right, _] = symbol(picture);
        right - left + 1
    });
    let mut sides: Vec<u32> = sides.collect();
    sides.sort_unstable();
    // 25 mm at 300 dots an inch are 295.3 dots.
    assert!(sides.first().is_some_and(|narrowest| *narrowest >= 296), "{sides:?}");
    sides.dedup();
    assert!(sides.len() >= 4, "{sides:?}");
}
