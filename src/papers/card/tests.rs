//! What is drawn is to be seen, and nothing of it is missing.

use super::*;
use crate::papers::letter;
use resvg::tiny_skia::Rect;

fn day(raw: &str) -> Day {
    Day::parse(raw).expect("a day")
}

fn printed(kind: CredentialKind) -> Printed {
    let code = format!("HTTPS://PRESS.EXAMPLE.VN:99/V#{}", "2KCFA43XPFQ7R4ZN".repeat(17));
    Printed {
        kind,
        number: "000123".into(),
        name: "Nguyễn Thị Phượng".into(),
        pen_name: Some("Ưu Đàm".into()),
        post: Some("Phóng viên".into()),
        agency: "Báo Ví Dụ".into(),
        agency_in_full: "Báo Ví Dụ và Phát thanh, Truyền hình thành phố Hải Phòng".into(),
        issued: day("2026-12-01"),
        validity: Validity::new(day("2026-12-01").start(), day("2031-11-30").end()).expect("days"),
        errand: None,
        code,
        typed_code: "000123-7F3K-9QXV-2M4T".into(),
        portrait: None,
        address: "press.example.vn/v".into(),
        phone: "1900 0000".into(),
        marks: Marks::default(),
    }
}

/// Everything at its longest; `letter` is what is repeated.
fn longest(kind: CredentialKind, letter: &str) -> Printed {
    let times = |bytes: usize| letter.repeat(bytes / letter.len());
    Printed {
        number: "WWWWWWWWWWWWWWWW".into(),
        name: times(80),
        pen_name: Some(times(240)),
        post: Some(times(240)),
        agency: times(40),
        agency_in_full: times(400),
        typed_code: "WWWWWWWWWWWWWWWW-MMMM-MMMM-MMMM".into(),
        address: format!("{}/v", "w".repeat(40)),
        phone: "(024) 0000 0000, 1900 0000".into(),
        errand: Some([times(67), times(67), times(66)]),
        marks: Marks::default(),
        ..printed(kind)
    }
}

fn errand() -> Option<[String; 3]> {
    Some(["Xã Vĩnh Bảo".into(), "Ủy ban nhân dân xã".into(), "Tìm hiểu đường giao thông".into()])
}

/// Nothing is written over anything else, or over the edge.
fn assert_apart(drawing: &Drawing, size: Size, what: &str) {
    let words = drawing.words();
    assert!(words.len() > 8, "{what}: {} lines", words.len());
    let inside = |ink: &Rect| {
        ink.left() >= 1.0 && ink.top() >= 0.8 && ink.right() <= size.width - 1.0 && ink.bottom() <= size.height - 0.8
    };
    for (at, (said, ink)) in words.iter().enumerate() {
        assert!(inside(ink), "{what}: {said:?} at {ink:?}");
        // A hook may reach into the space of a line above it, not into its letters.
        let over = words.iter().skip(at + 1).find(|(_, other)| {
            let across = ink.right().min(other.right()) - ink.left().max(other.left());
            let down = ink.bottom().min(other.bottom()) - ink.top().max(other.top());
            across > 0.1 && down > 0.3
        });
        assert!(over.is_none(), "{what}: {said:?} at {ink:?} is over {over:?}");
    }
}

#[test]
fn no_words_are_written_over_others_however_long() {
    for kind in [CredentialKind::PressCard, CredentialKind::CollaboratorCard] {
        for side in Side::ALL {
            let without = Printed { pen_name: None, ..printed(kind) };
            for (it, what) in [(printed(kind), "usual"), (without, "without a pen name")] {
                assert_apart(&draw(&it, side).expect("a card"), SIZE, &format!("{kind:?} {side:?} {what}"));
            }
            for letter in ["Nguyễn ", "Ẫ Ộ ", "i"] {
                let it = longest(kind, letter);
                assert_apart(&draw(&it, side).expect("a card"), SIZE, &format!("{kind:?} {side:?} of {letter:?}"));
            }
        }
    }
    let kind = CredentialKind::IntroductionLetter;
    let usual = Printed { errand: errand(), ..printed(kind) };
    for (it, what) in [(usual, "usual"), (longest(kind, "Nguyễn "), "longest"), (longest(kind, "W"), "widest")] {
        assert_apart(&letter::draw(&it).expect("a letter"), letter::SIZE, &format!("letter, {what}"));
    }
}

#[test]
fn every_fact_of_a_card_is_on_it() {
    let said = |it: &Printed, side| {
        let drawing = draw(it, side).expect("a card");
        drawing.words().into_iter().map(|(said, _)| said).collect::<Vec<_>>().join("|")
    };
    let it = printed(CredentialKind::PressCard);
    let front = said(&it, Side::Front);
    for fact in [
        "THẺ NHÀ BÁO",
        "PRESS CARD",
        "000123",
        "NGUYỄN THỊ PHƯỢNG",
        "Ưu Đàm",
        "Báo Ví Dụ|",
        "Hải Phòng",
        "01/12/2026",
        "30/11/2031",
    ] {
        assert!(front.contains(fact), "{fact}: {front}");
    }
    let back = said(&it, Side::Back);
    for fact in ["000123-7F3K-9QXV-2M4T", "press.example.vn/v", "1900 0000", "Scan the code", "Nhặt được thẻ"] {
        assert!(back.contains(fact), "{fact}: {back}");
    }
    let collaborator = said(&printed(CredentialKind::CollaboratorCard), Side::Front);
    assert!(collaborator.contains("THẺ CỘNG TÁC VIÊN") && collaborator.contains("Not a press card"));
    assert!(!collaborator.contains("THẺ NHÀ BÁO"));
}

#[test]
fn a_mark_is_on_both_sides_and_leaves_the_code_readable() {
    for kind in [CredentialKind::PressCard, CredentialKind::CollaboratorCard] {
        let plain = printed(kind);
        for (sample, not_in_force, words) in [
            (true, false, &["SAMPLE / MẪU"][..]),
            (false, true, &["KHÔNG CÒN HIỆU LỰC", "NO LONGER VALID"][..]),
            (true, true, &["SAMPLE / MẪU", "KHÔNG CÒN HIỆU LỰC", "NO LONGER VALID"][..]),
        ] {
            let marked = Printed { marks: Marks { sample, not_in_force }, ..plain.clone() };
            for side in Side::ALL {
                let drawn = |it| draw(it, side).expect("a card");
                let [with, without] = [&marked, &plain].map(|it| drawn(it).words());
                let lines: Vec<_> = with.iter().filter(|(said, _)| words.contains(&said.as_str())).collect();
                assert!(lines.iter().map(|(said, _)| said.as_str()).eq(words.iter().copied()), "{kind:?} {side:?}");
                assert!(lines.is_sorted_by(|(_, ink), (_, below)| ink.bottom() < below.top()), "{kind:?} {side:?}");
                assert!(without.iter().all(|(said, _)| !words.contains(&said.as_str())), "{kind:?} {side:?}");
            }
            let back = draw(&marked, Side::Back).expect("a card").png().expect("a picture");
            assert_eq!(crate::pictures::qr::read(&back), Ok(marked.code.clone()));
        }
    }
}

#[test]
fn a_portrait_fills_its_frame_and_a_missing_one_says_so() {
    let jpeg =
        crate::pictures::portrait::Portrait::read(&crate::demo::portraits::draw(7)).expect("a portrait").registered;
    let without = printed(CredentialKind::PressCard);
    let with = Printed { portrait: Some(Arc::new(jpeg)), ..without.clone() };
    let svg = |it| draw(it, Side::Front).expect("a card").svg();
    assert!(svg(&with).contains("data:image/jpeg;base64,") && !svg(&without).contains("<image"));
    let says_so = |it| draw(it, Side::Front).expect("a card").words().iter().any(|(said, _)| said == "Chưa có ảnh");
    assert!(says_so(&without) && !says_so(&with));
}

#[test]
fn a_code_is_at_least_25_millimetres_wide_whatever_its_version() {
    // From a short host and name to the most that a press card may have: version 13.
    for bytes in [200, 286, 338, 430] {
        let it =
            Printed { code: format!("HTTPS://A.VN/V#{}", "A".repeat(bytes)), ..printed(CredentialKind::PressCard) };
        let side = symbol(&it).expect("a symbol").side();
        assert!(side <= 17 + 13 * 4 + 8, "{side} modules");
        let svg = body(&it, Side::Back).expect("a back");
        let module: f32 = svg
            .split("scale(")
            .nth(1)
            .and_then(|rest| rest.split(')').next())
            .expect("a scale")
            .parse()
            .expect("a number");
        #[expect(clippy::cast_precision_loss, reason = "a symbol has few modules")]
        let width = (side - 8) as f32 * module;
        assert!((25.0..39.2).contains(&width), "{side} modules are {width} mm wide");
    }
}
