//! The front of a collaborator's card: a slanted foot, the portrait on the right, and that it is no press card.

use super::{Anchor, Area, Canvas, Look, Printed, Style, Words, days, holder, portrait};
use crate::domain::wording;
use std::fmt::Write as _;

const INK: &str = "#43306b";
/// Left edge of the words, and where the portrait begins.
const LEFT: f32 = 4.0;
const PORTRAIT_LEFT: f32 = 61.6;

pub(super) fn look() -> Look {
    Look {
        ink: INK,
        paper: "#f7f5fa",
        lines: bars,
        title: Words::new("Thẻ cộng tác viên", "Collaborator card"),
        front: draw,
    }
}

/// Slanted bars.
fn bars() -> String {
    let mut path = String::new();
    for nth in 0..60_u8 {
        let x = f32::from(nth) * 2.4 - 60.0;
        // Writing to memory does not fail.
        let _infallible = write!(path, "M{x:.1} 58l60-60");
    }
    path
}

fn draw(canvas: &mut Canvas, it: &Printed, look: &Look) {
    let Look { ink, title, .. } = look;
    canvas.art(format_args!(r#"<path d="M-2-2H2.2V44.8H55.5l5.5-2.6H88v14H-2z" fill="{ink}"/>"#));
    canvas.line((LEFT + 1.0, 6.9), Anchor::Start, Style::bold(4.3, ink), &title.vi.to_uppercase());
    canvas.line((LEFT + 1.0, 9.9), Anchor::Start, Style::regular(2.3, ink), &title.en.to_uppercase());
    let not_one = Style::bold(1.9, ink);
    canvas.line((LEFT + 1.0, 13.0), Anchor::Start, not_one, "Không phải thẻ nhà báo / Not a press card");
    let registry = wording::registry();
    canvas.line((81.6, 5.6), Anchor::End, Style::regular(1.8, ink), &registry.vi);
    canvas.line((81.6, 8.0), Anchor::End, Style::regular(1.55, ink), &registry.en);
    portrait(canvas, it, (PORTRAIT_LEFT, 10.6), ink);
    holder(canvas, it, LEFT + 1.0, PORTRAIT_LEFT - LEFT - 4.0);
    let label = Style::regular(1.65, "#fff");
    canvas.line((62.0, 48.0), Anchor::Start, label, "Số / No.");
    let number = Area { x: 62.0, y: 48.0, width: 20.6, height: 4.0 };
    canvas.fit(number, Anchor::Start, Style::bold(2.9, "#fff"), &it.number);
    for ((name, day), x) in days(it).into_iter().zip([LEFT + 1.0, 23.4, 41.8]) {
        canvas.line((x, 48.0), Anchor::Start, label, &format!("{} / {}", name.vi, name.en));
        canvas.line((x, 51.4), Anchor::Start, Style::bold(2.55, "#fff"), &day);
    }
    super::marks::draw(canvas, it.marks, super::marks::FRONT);
}
