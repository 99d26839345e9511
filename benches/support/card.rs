//! Cards to print, by the second; and against the bare libraries on drawings that are prepared once: what preparing
//! costs, as every card has its own words.

use super::rounds::{Aim, Comparison, Measure, Plan};
use press_registry::demo;
use press_registry::domain::printed::{CredentialKind, Validity};
use press_registry::domain::time::Day;
use press_registry::papers::card::{self, Marks, Printed, Side};
use press_registry::papers::drawing::{self, Drawing};
use press_registry::pictures::portrait::Portrait;
use resvg::tiny_skia::{Pixmap, Transform};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};
use svg2pdf::{ConversionOptions, PageOptions};

/// Cards a second are wanted by the hundred on two cores.
const CORES: usize = 2;

pub(crate) fn compare(plan: Plan) {
    let it = printed();
    let sides = || Side::ALL.map(|side| card::draw(&it, side).expect("a card"));
    let prepared = sides();
    let made = (0..plan.rounds).map(|_| in_a_second(plan.turn, || drop(drawing::pdf("x", &sides()).expect("a PDF"))));
    Measure { what: "cards as PDF in a second, two cores", engine: "cards", aim: Aim::AtLeast(100.0) }
        .print(made.collect());
    Comparison { what: "card as PDF, two pages : svg2pdf, twice", engine: "cards", aim: None }.run(
        plan,
        |turn| in_a_second(turn, || drop(drawing::pdf("x", &sides()).expect("a PDF"))),
        |turn| in_a_second(turn, || prepared.iter().for_each(bare_pdf)),
    );
    let front = &prepared[0];
    Comparison { what: "front as PNG : resvg, without a file", engine: "cards", aim: None }.run(
        plan,
        |turn| in_a_second(turn, || drop(card::draw(&it, Side::Front).expect("a card").png().expect("a PNG"))),
        |turn| in_a_second(turn, || bare_pixels(front)),
    );
}

fn bare_pdf(drawing: &Drawing) {
    let pdf = svg2pdf::to_pdf(drawing.tree(), ConversionOptions::default(), PageOptions::default());
    drop(pdf.expect("a PDF"));
}

fn bare_pixels(drawing: &Drawing) {
    let mut pixels = Pixmap::new(1_011, 638).expect("a picture");
    let scale = 1_011.0 / drawing.tree().size().width();
    resvg::render(drawing.tree(), Transform::from_scale(scale, scale), &mut pixels.as_mut());
}

/// How often something is done in a second, by as many threads as there are cores.
fn in_a_second(turn: Duration, work: impl Fn() + Sync) -> f64 {
    let start = Instant::now();
    let done: u32 = thread::scope(|scope| {
        let count = || {
            let mut done = 0;
            while start.elapsed() < turn {
                work();
                done += 1;
            }
            done
        };
        let workers: Vec<_> = (0..CORES).map(|_| scope.spawn(count)).collect();
        workers.into_iter().map(|worker| worker.join().expect("it works")).sum()
    });
    f64::from(done) / start.elapsed().as_secs_f64()
}

fn printed() -> Printed {
    let day = |raw| Day::parse(raw).expect("a day");
    let portrait = Portrait::read(&demo::portraits::draw(1)).expect("a drawn portrait").registered;
    Printed {
        kind: CredentialKind::PressCard,
        number: "000123".into(),
        name: "Nguyễn Thị Phượng".into(),
        pen_name: Some("Ưu Đàm".into()),
        post: None,
        agency: "Báo Ví Dụ".into(),
        agency_in_full: "Báo Ví Dụ và Phát thanh, Truyền hình thành phố Hải Phòng".into(),
        issued: day("2026-12-01"),
        validity: Validity::new(day("2026-12-01").start(), day("2031-11-30").end()).expect("days"),
        errand: None,
        // As long as a usual card's.
        code: format!("HTTPS://PRESS.EXAMPLE.VN/V#{}", "2KCFA43XPFQ7R4ZN".repeat(17)),
        typed_code: "000123-7F3K-9QXV-2M4T".into(),
        portrait: Some(Arc::new(portrait)),
        address: "press.example.vn/v".into(),
        phone: "1900 0000".into(),
        marks: Marks::default(),
    }
}
