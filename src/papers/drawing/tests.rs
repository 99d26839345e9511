//! Every letter is drawn, and what one output shows, the others show.

use super::*;
use std::collections::BTreeSet;
use unicode_normalization::UnicodeNormalization as _;

const SIZE: Size = Size { width: 8.0, height: 8.0 };

fn drawing(text: &str, weight: u16) -> Drawing {
    let body = format!(r#"<text x="1" y="6" font-size="5" font-weight="{weight}">{text}</text>"#);
    Drawing::new("<test>".into(), SIZE, &body, Pictures::new()).expect("a drawing")
}

fn ink(text: &str, weight: u16) -> Vec<u8> {
    drawing(text, weight).pixels().expect("pixels").data().to_vec()
}

/// Every Vietnamese letter in NFC, small and capital.
fn letters() -> Vec<String> {
    let bases = "aăâbcdđeêghiklmnoôơpqrstuưvxy";
    let marks = ["", "\u{300}", "\u{301}", "\u{303}", "\u{309}", "\u{323}"];
    let marked = bases.chars().flat_map(|base| match base {
        'a' | 'ă' | 'â' | 'e' | 'ê' | 'i' | 'o' | 'ô' | 'ơ' | 'u' | 'ư' | 'y' => {
            marks.map(|mark| format!("{base}{mark}").nfc().collect::<String>()).to_vec()
        }
        _ => vec![base.to_string()],
    });
    marked.flat_map(|letter| [letter.to_uppercase(), letter]).collect()
}

#[test]
fn every_vietnamese_letter_has_ink_of_its_own() {
    for weight in [400, 700] {
        let blank = ink("", weight);
        let mut seen = BTreeSet::from([blank]);
        for letter in letters() {
            assert!(seen.insert(ink(&letter, weight)), "{letter} in {weight} looks like nothing, or like another");
        }
        assert_eq!(seen.len(), 1 + 2 * (12 * 6 + 17));
    }
}

#[test]
fn a_letter_in_two_code_points_is_drawn_like_the_one() {
    for letter in ["ễ", "Ộ", "ự", "Ằ"] {
        assert!(ink(letter, 400) == ink(&letter.nfd().collect::<String>(), 400), "{letter}");
    }
}

#[test]
fn an_svg_is_wholly_itself() {
    let svg = drawing("Ặ", 700).svg();
    assert!(svg.contains("<title>&lt;test&gt;</title>") && svg.contains("role=\"img\""));
    assert!(!svg.contains("<text") && !svg.contains("font-family") && !svg.contains("style="), "{svg}");
    assert!(svg.contains("<path"));
}

#[test]
fn nothing_is_loaded_that_was_not_handed_over() {
    let href = "Cargo.toml";
    let body = format!(r#"<image width="8" height="8" href="{href}"/><image width="8" height="8" href="data:,x"/>"#);
    let drawing = Drawing::new(String::new(), SIZE, &body, Pictures::new()).expect("a drawing");
    assert!(!drawing.svg().contains("<image"));
}

#[test]
fn a_png_says_its_dots_and_a_pdf_its_size() {
    let png = drawing("A", 400).png().expect("a PNG");
    let reader = png::Decoder::new(std::io::Cursor::new(&png)).read_info().expect("a PNG");
    let info = reader.info();
    assert_eq!((info.width, info.height), (94, 94));
    assert_eq!(info.pixel_dims.map(|it| it.xppu), Some(11_811));
    let pdf = pdf("x", &[drawing("A", 400), drawing("B", 400)]).expect("a PDF");
    let text = String::from_utf8_lossy(&pdf);
    assert_eq!(text.matches("/MediaBox [0 0 22.677").count(), 2, "8 mm are 22.677 points");
}
