//! The front of a press card: a head with a curved edge, the portrait on the left.

use super::{Anchor, Area, Canvas, LABEL, Look, Printed, Style, VALUE, Words, days, holder, portrait};
use crate::domain::wording;
use std::fmt::Write as _;

const INK: &str = "#005a53";
/// Left edge of the words beside the portrait.
const LEFT: f32 = 28.0;

pub(super) fn look() -> Look {
    Look { ink: INK, paper: "#f3f8f7", lines: waves, title: Words::new("Thẻ nhà báo", "Press card"), front: draw }
}

/// Two families of waves that cross, so that a copier's raster shows.
fn waves() -> String {
    let mut path = String::new();
    for nth in 0..17_u8 {
        let y = f32::from(nth) * 3.4 - 1.0;
        // Writing to memory does not fail.
        let _infallible = write!(path, "M-6 {y:.1}q6-5 12 0t12 0 12 0 12 0 12 0 12 0 12 0 12 0");
        let _infallible = write!(path, "M-6 {:.1}q9 7 18 0t18 0 18 0 18 0 18 0 18 0", y + 1.3);
    }
    path
}

fn draw(canvas: &mut Canvas, it: &Printed, look: &Look) {
    let Look { ink, title, .. } = look;
    canvas.art(format_args!(
        r##"<path d="M-2-2h89.6v14.2c-15 2.6-31-3.4-46-2.4s-29 4-43.6 1.6z" fill="{ink}"/><path d="M-2 14.1c14.6 2.4 28.6-.6 43.6-1.6s31 5 46 2.4" fill="none" stroke="{ink}" stroke-width=".4"/>"##
    ));
    canvas.line((4.0, 7.1), Anchor::Start, Style::bold(4.7, "#fff"), &title.vi.to_uppercase());
    canvas.line((4.0, 10.2), Anchor::Start, Style::regular(2.3, "#fff"), &title.en.to_uppercase());
    let registry = wording::registry();
    canvas.line((81.6, 5.9), Anchor::End, Style::regular(2.0, "#fff"), &registry.vi);
    canvas.line((81.6, 8.5), Anchor::End, Style::regular(1.7, "#fff"), &registry.en);
    portrait(canvas, it, (4.0, 15.6), ink);
    holder(canvas, it, LEFT, 81.6 - LEFT);
    canvas.art(format_args!(r#"<path d="M{LEFT} 44.6H81.6" stroke="{ink}" stroke-width=".2" stroke-opacity=".6"/>"#));
    canvas.line((4.0, 48.0), Anchor::Start, LABEL, "Số / No.");
    let number = Area { x: 4.0, y: 48.4, width: 22.0, height: 4.0 };
    canvas.fit(number, Anchor::Start, Style::bold(3.0, VALUE), &it.number);
    for ((label, day), x) in days(it).into_iter().zip([LEFT, 46.4, 64.8]) {
        canvas.line((x, 48.0), Anchor::Start, LABEL, &format!("{} / {}", label.vi, label.en));
        canvas.line((x, 51.4), Anchor::Start, Style::bold(2.55, VALUE), &day);
    }
    super::marks::draw(canvas, it.marks, super::marks::FRONT);
}
