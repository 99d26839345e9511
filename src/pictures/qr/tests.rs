//! What is drawn is read back, and the promised sizes are kept.

use super::*;
use image::{GenericImage as _, GrayImage, ImageFormat, Luma, Rgb, RgbImage, imageops};
use std::io::Cursor;

const SHORT: &str = "HTTPS://THE.EXAMPLE/V#ABC";

/// What a card's code looks like: an address, and base32 of as many bytes as COSE_Sign1 has for this card.
fn card_text(host: &str, payload_bytes: usize) -> String {
    const ENVELOPE_BYTES: usize = 81;
    let bytes: Vec<u8> =
        (0..ENVELOPE_BYTES + payload_bytes).map(|i| u8::try_from(i * 37 % 251).expect("a byte")).collect();
    format!("HTTPS://{host}/V#{}", data_encoding::BASE32_NOPAD.encode(&bytes))
}

fn symbol(text: &str) -> Symbol {
    Symbol::of(text).expect("a text that fits")
}

fn png_file(picture: &GrayImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).expect("a picture can be written");
    bytes.into_inner()
}

fn drawn(text: &str, pixels_per_module: u8) -> GrayImage {
    let png = symbol(text).png(pixels_per_module).expect("a picture");
    image::load_from_memory(&png).expect("a PNG").into_luma8()
}

/// The picture that a square of dark modules makes, 4 pixels a module.
fn from_modules(side: usize, is_dark: impl Fn(usize, usize) -> bool) -> Vec<u8> {
    let side = u32::try_from(side * 4).expect("a small side");
    let at = |pixel: u32| usize::try_from(pixel / 4).expect("a small pixel");
    png_file(&GrayImage::from_fn(side, side, |x, y| Luma([if is_dark(at(x), at(y)) { 0 } else { 255 }])))
}

#[test]
fn what_is_drawn_as_png_is_read_back() {
    for (text, pixels) in [(SHORT, 2), (SHORT, 8), (&card_text("THE.PRESS.EXAMPLE", 90), 3), ("Giấy giới thiệu", 4)]
    {
        assert_eq!(read(&symbol(text).png(pixels).expect("a picture")).as_deref(), Ok(text), "{pixels} px");
    }
}

#[test]
fn what_is_drawn_as_svg_is_read_back() {
    let text = card_text("THE.PRESS.EXAMPLE", 90);
    let symbol = symbol(&text);
    // Plays the path: every run is "Mx yhNv1h-Nz".
    let mut dark = std::collections::HashSet::new();
    for run in symbol.path().split_terminator("v1h").flat_map(|part| part.split('M').nth(1)) {
        let (from, length) = run.split_once('h').expect("a run");
        let (x, y) = from.split_once(' ').expect("a point");
        let [x, y, length] = [x, y, length].map(|number| number.parse::<usize>().expect("a number"));
        dark.extend((x..x + length).map(|x| (x, y)));
    }
    assert_eq!(read(&from_modules(symbol.side(), |x, y| dark.contains(&(x, y)))), Ok(text));
}

#[test]
fn what_is_printed_in_a_terminal_is_read_back() {
    let symbol = symbol(SHORT);
    let lines: Vec<Vec<char>> = symbol.text().lines().map(|line| line.chars().collect()).collect();
    let is_dark = |x: usize, y: usize| match lines[y / 2][x] {
        '█' => true,
        '▀' => y.is_multiple_of(2),
        '▄' => !y.is_multiple_of(2),
        _ => false,
    };
    assert_eq!(read(&from_modules(symbol.side(), is_dark)).as_deref(), Ok(SHORT));
    for (coloured, plain) in symbol.terminal().lines().zip(symbol.text().lines()) {
        assert_eq!(coloured, format!("{TERMINAL_COLOURS}{plain}{TERMINAL_RESET}"));
    }
}

#[test]
fn a_photo_of_a_code_is_read() {
    let mut photo = RgbImage::from_pixel(1800, 1300, Rgb([150, 140, 120]));
    let code = drawn(&card_text("THE.PRESS.EXAMPLE", 90), 6);
    let code = RgbImage::from_fn(code.width(), code.height(), |x, y| {
        let shade = 40 + code.get_pixel(x, y).0[0] / 5 * 3;
        Rgb([shade, shade, shade - 10])
    });
    photo.copy_from(&imageops::blur(&imageops::rotate90(&code), 1.2), 700, 500).expect("it fits");
    let mut jpeg = Cursor::new(Vec::new());
    photo.write_to(&mut jpeg, ImageFormat::Jpeg).expect("a picture can be written");
    assert_eq!(read(jpeg.get_ref()), Ok(card_text("THE.PRESS.EXAMPLE", 90)));
}

#[test]
fn several_codes_or_none_are_not_guessed_at() {
    let two = |a: &str, b: &str| {
        let (a, b) = (drawn(a, 4), drawn(b, 4));
        let mut both = GrayImage::from_pixel(a.width() + b.width(), a.height().max(b.height()), Luma([255]));
        both.copy_from(&a, 0, 0).expect("it fits");
        both.copy_from(&b, a.width(), 0).expect("it fits");
        read(&png_file(&both))
    };
    assert_eq!(two(SHORT, "HTTPS://OTHER.EXAMPLE/"), Err(ReadError::SeveralCodes));
    assert_eq!(two(SHORT, SHORT).as_deref(), Ok(SHORT));
    assert_eq!(read(&png_file(&GrayImage::new(300, 300))), Err(ReadError::NoCode));
    assert_eq!(read(&png_file(&GrayImage::new(1, 1))), Err(ReadError::NoCode));
    assert!(matches!(read(b"no picture"), Err(ReadError::Picture(problem)) if problem.code == "not_a_picture"));
}

#[test]
fn the_sizes_promised_for_cards_are_kept() {
    let version = |host: &str, payload_bytes| (symbol(&card_text(host, payload_bytes)).0.width() - 17) / 4;
    let (usual, long) = ("PRESS.EXAMPLE.VN:99", "H".repeat(40));
    // A name and agency of 45 bytes together, a number of 6 characters, a photo: 90 bytes of payload.
    assert_eq!(version(usual, 90), 10, "a host of 19 characters");
    assert_eq!(version(&long, 90), 11, "a host of 40 characters");
    // The longest press card: a name of 80, an agency of 40, a number of 16 bytes. A letter has 207 more.
    assert_eq!(version(&long, 178), 13);
    assert!(version(&long, 178 + 207) <= 20);
    let versions: std::collections::BTreeSet<_> = (40..400).map(|bytes| version(usual, bytes)).collect();
    assert!([11, 13, 14, 15].iter().all(|version| versions.contains(version)), "{versions:?}");
    assert!(!versions.contains(&12), "it is passed over");
}

#[test]
fn too_much_text_is_refused_not_cut() {
    assert!(Symbol::of(&"A".repeat(3_391)).is_ok());
    assert_eq!(Symbol::of(&"A".repeat(3_392)).err(), Some(TooLong));
}

#[test]
fn an_svg_is_one_path_with_a_title_that_cannot_break_out() {
    let svg = symbol(SHORT).svg("Thẻ <nhà báo> & more");
    assert_eq!(svg.matches("<path").count(), 1);
    assert!(svg.contains(r#"role="img""#) && svg.contains(r#"shape-rendering="crispEdges""#));
    assert!(svg.contains("<title>Thẻ &lt;nhà báo&gt; &amp; more</title>"));
    assert!(svg.contains(&format!(r#"viewBox="0 0 {0} {0}""#, symbol(SHORT).side())));
}

#[test]
fn the_quiet_zone_is_four_modules_wide() {
    let picture = drawn(SHORT, 1);
    let edge = |x: u32, y: u32| x.min(y).min(picture.width() - 1 - x).min(picture.height() - 1 - y) < 4;
    assert!(picture.enumerate_pixels().filter(|(x, y, _)| edge(*x, *y)).all(|(.., shade)| shade.0 == [255]));
    assert_eq!(picture.get_pixel(4, 4).0, [0], "the finder pattern begins at the fifth module");
}
