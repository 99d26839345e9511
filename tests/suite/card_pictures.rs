//! The QR of a card as it is printed, seen as phones see it: two readers that know nothing of each other read it however
//! it is turned, blurred, compressed and smeared.

use crate::support::full_campaign;
use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::imageops::{self, FilterType};
use image::{DynamicImage, GrayImage, Luma};
use press_registry::domain::card_code::{self, Claims, Entitlement, Envelope, Kid};
use press_registry::domain::printed::{
    CardNumber, CredentialKind, LetterScope, PhotoDigest, PrintedName, ShortName, StatusIndex, Validity,
};
use press_registry::domain::time::{Day, Timestamp};
use press_registry::papers::card::{self, Marks, Printed, Side};
use press_registry::pictures::qr::Symbol;
use std::io::Cursor;
use std::thread;

/// Cards looked at: a fifth of all of them, or all with `PRESS_REGISTRY_FULL_CAMPAIGN=1`.
fn count() -> u32 {
    if full_campaign() { 200 } else { 40 }
}

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

/// A card with a code of its own: from the shortest names to the longest, so that every size of symbol is among them.
fn printed(nth: u32) -> Printed {
    let mut dice = Dice(u64::from(nth) + 7);
    let bytes: Vec<u8> = (0..150 + dice.below(110)).map(|_| u8::try_from(dice.below(256)).expect("a byte")).collect();
    let day = |raw| Day::parse(raw).expect("a day");
    let kind = if nth.is_multiple_of(4) { CredentialKind::CollaboratorCard } else { CredentialKind::PressCard };
    Printed {
        kind,
        number: format!("{nth:06}"),
        name: "Trần Thị Bưởi".into(),
        pen_name: None,
        post: None,
        agency: "Báo Ví Dụ".into(),
        agency_in_full: "Báo Ví Dụ".into(),
        issued: day("2026-12-01"),
        validity: Validity::new(day("2026-12-01").start(), day("2031-11-30").end()).expect("days"),
        errand: None,
        code: format!("HTTPS://PRESS.EXAMPLE.VN/V#{}", data_encoding::BASE32_NOPAD.encode(&bytes)),
        typed_code: format!("{nth:06}-7F3K-9QXV-2M4T"),
        portrait: None,
        address: "press.example.vn/v".into(),
        phone: "1900 0000".into(),
        marks: Marks { sample: nth.is_multiple_of(3), not_in_force: false },
    }
}

fn picture(it: &Printed) -> GrayImage {
    let png = card::draw(it, Side::Back).expect("a card").png().expect("a picture");
    image::load_from_memory(&png).expect("a PNG").into_luma8()
}

/// Turned about its middle, on a table of a light grey.
fn turned(card: &GrayImage, degrees: f32) -> GrayImage {
    const TABLE: u8 = 205;
    let (sin, cos) = degrees.to_radians().sin_cos();
    let side = 1_200_u32;
    let middle = |length: u32| f32::from(u16::try_from(length).expect("a small picture")) / 2.0;
    let ([across, down], half) = ([card.width(), card.height()].map(middle), middle(side));
    let shade = |x: i64, y: i64| {
        let at = u32::try_from(x).ok().zip(u32::try_from(y).ok());
        let pixel = at.filter(|(x, y)| *x < card.width() && *y < card.height());
        f32::from(pixel.map_or(TABLE, |(x, y)| card.get_pixel(x, y).0[0]))
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixels of a small picture")]
    GrayImage::from_fn(side, side, |x, y| {
        let (right, below) = (middle(2 * x) - half, middle(2 * y) - half);
        let (from_x, from_y) = (right * cos + below * sin + across, below * cos - right * sin + down);
        let (left, top) = (from_x.floor(), from_y.floor());
        let (part_x, part_y) = (from_x - left, from_y - top);
        let (left, top) = (left as i64, top as i64);
        let upper = shade(left, top) * (1.0 - part_x) + shade(left + 1, top) * part_x;
        let lower = shade(left, top + 1) * (1.0 - part_x) + shade(left + 1, top + 1) * part_x;
        Luma([(upper * (1.0 - part_y) + lower * part_y).round() as u8])
    })
}

fn compressed(card: &GrayImage) -> GrayImage {
    let mut jpeg = Vec::new();
    DynamicImage::from(card.clone()).write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, 50)).expect("a JPEG");
    let decoder = JpegDecoder::new(Cursor::new(jpeg)).expect("a JPEG");
    DynamicImage::from_decoder(decoder).expect("a JPEG").into_luma8()
}

/// A thumb drawn over a tenth of the symbol: what was there is drawn out sideways. The three large squares, without which
/// nothing is found, are left alone.
fn smeared(card: &GrayImage, dice: &mut Dice) -> GrayImage {
    let [left, top, right, bottom] = symbol(card);
    let (width, height) = (u64::from(right - left), u64::from(bottom - top));
    // A third by three tenths of it.
    let (across, down) = (width / 3, height * 3 / 10);
    // Between the squares, or to the right of and below all of them.
    let square = width / 5;
    let x = u64::from(left) + square + dice.below(width - square - across);
    let y = u64::from(top) + square + dice.below(height - 2 * square - down);
    let mut smeared = card.clone();
    let reach = 40;
    for row in y..y + down {
        for column in x..x + across {
            let at = |column: u64| u32::try_from(column).expect("a small picture");
            let drawn = (0..reach).map(|back| u64::from(card.get_pixel(at(column.saturating_sub(back)), at(row)).0[0]));
            let shade = u8::try_from(drawn.sum::<u64>() / reach).expect("a shade");
            smeared.put_pixel(at(column), at(row), Luma([shade]));
        }
    }
    smeared
}

/// The edges of the symbol: it is the only black on the left of a back, above the typed code.
fn symbol(card: &GrayImage) -> [u32; 4] {
    let dark = card.enumerate_pixels().filter(|(x, y, shade)| *x < 495 && *y < 500 && shade.0[0] < 20);
    dark.fold([u32::MAX, u32::MAX, 0, 0], |[left, top, right, bottom], (x, y, _)| {
        [left.min(x), top.min(y), right.max(x), bottom.max(y)]
    })
}

/// A reader of pictures.
type Reader = fn(&GrayImage) -> Option<String>;

fn rqrr(picture: &GrayImage) -> Option<String> {
    let [width, height] =
        [picture.width(), picture.height()].map(|side| usize::try_from(side).expect("a small picture"));
    let shade = |x, y| picture.as_raw()[y * width + x];
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, shade);
    prepared.detect_grids().iter().find_map(|grid| grid.decode().ok()).map(|(_, text)| text)
}

fn rxing(picture: &GrayImage) -> Option<String> {
    let mut hints = rxing::DecodeHints { TryHarder: Some(true), ..rxing::DecodeHints::default() };
    let format = Some(rxing::BarcodeFormat::QR_CODE);
    let (width, height) = picture.dimensions();
    let read = rxing::helpers::detect_in_luma_with_hints(picture.as_raw().clone(), width, height, format, &mut hints);
    read.ok().map(|read| read.getText().to_owned())
}

/// What a reader makes of a picture as a phone would ask it: as it is, then smaller, larger and softer.
fn read(reader: Reader, picture: &GrayImage, expected: &str) -> bool {
    let (width, height) = picture.dimensions();
    let looks: [&dyn Fn() -> GrayImage; 4] = [
        &|| picture.clone(),
        &|| imageops::resize(picture, width * 2 / 3, height * 2 / 3, FilterType::Triangle),
        &|| imageops::blur(picture, 1.0),
        &|| imageops::resize(picture, width * 3 / 2, height * 3 / 2, FilterType::Triangle),
    ];
    let found = looks.iter().find_map(|look| reader(&look()));
    // What is read wrong is worse than what is not read.
    assert!(found.as_deref().is_none_or(|text| text == expected), "read as {found:?}");
    found.is_some()
}

const READERS: [(&str, Reader); 2] = [("rqrr", rqrr), ("rxing", rxing)];
const SEEN: [&str; 6] = ["plain", "turned left", "turned right", "blurred", "compressed", "smeared"];

/// For each way to see a card and each reader: was it read?
fn look_at(nth: u32) -> [[bool; 2]; 6] {
    let it = printed(nth);
    let plain = picture(&it);
    let mut dice = Dice(u64::from(nth) * 31 + 1);
    let seen = [
        plain.clone(),
        turned(&plain, -30.0),
        turned(&plain, 30.0),
        imageops::blur(&plain, 2.0),
        compressed(&plain),
        smeared(&plain, &mut dice),
    ];
    seen.map(|picture| READERS.map(|(_, reader)| read(reader, &picture, &it.code)))
}

#[test]
fn two_readers_read_every_card_however_it_is_seen() {
    let workers = 2;
    let looks: Vec<[[bool; 2]; 6]> = thread::scope(|scope| {
        let looking: Vec<_> = (0..workers)
            .map(|worker| scope.spawn(move || (worker..count()).step_by(2).map(look_at).collect::<Vec<_>>()))
            .collect();
        looking.into_iter().flat_map(|looked| looked.join().expect("nothing is read wrong")).collect()
    });
    for (way, seen) in SEEN.iter().enumerate() {
        for (which, (reader, _)) in READERS.iter().enumerate() {
            let read = looks.iter().filter(|look| look[way][which]).count();
            println!("{seen}: {reader} read {read} of {}", looks.len());
        }
    }
    for (which, (reader, _)) in READERS.iter().enumerate() {
        let (asked, read) = (looks.len() * SEEN.len(), looks.iter().flatten().filter(|read| read[which]).count());
        assert!(read * 1_000 >= asked * 995, "{reader} read {read} of {asked}");
    }
}

#[test]
fn every_size_of_symbol_is_among_the_cards() {
    let sides = (0..count()).map(|nth| {
        let [left, _, right, _] = symbol(&picture(&printed(nth)));
        right - left + 1
    });
    let mut sides: Vec<u32> = sides.collect();
    sides.sort_unstable();
    // 25 mm at 300 dots an inch are 295.3 dots.
    assert!(sides.first().is_some_and(|narrowest| *narrowest >= 296), "{sides:?}");
    sides.dedup();
    assert!(sides.len() >= 4, "{sides:?}");
}

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
    let (payload, signature) = (claims.payload(), [0x5A; 64]);
    let code = Envelope { kid: Kid::from_bytes([7; 4]), payload: &payload, signature: &signature }.to_bytes();
    card_code::text(&format!("https://{}", "h".repeat(40)), &code)
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
