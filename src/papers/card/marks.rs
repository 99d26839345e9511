//! What is written across a card or letter that is not to be taken for a good one.

use crate::papers::canvas::{Anchor, Canvas, Style};

/// What is written across.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// It is of the demo: nobody's.
    pub sample: bool,
    /// It expired or was withdrawn.
    pub not_in_force: bool,
}

impl Marks {
    /// Lines, and how large each is beside the largest.
    const fn lines(self) -> &'static [(&'static str, f32)] {
        match (self.sample, self.not_in_force) {
            (false, false) => &[],
            (true, false) => &[("SAMPLE / MẪU", 1.0)],
            (false, true) => &[("KHÔNG CÒN HIỆU LỰC", 0.68), ("NO LONGER VALID", 0.48)],
            (true, true) => &[("SAMPLE / MẪU", 0.8), ("KHÔNG CÒN HIỆU LỰC", 0.68), ("NO LONGER VALID", 0.48)],
        }
    }
}

const INK: &str = "#8f1226";

/// Where a mark stands: its middle, the size of its letters and how steep it is, in millimetres and degrees.
#[derive(Clone, Copy)]
pub(in crate::papers) struct Place {
    pub(in crate::papers) middle: (f32, f32),
    pub(in crate::papers) size: f32,
    pub(in crate::papers) slant: f32,
}

/// Over all of a front.
pub(super) const FRONT: Place = Place { middle: (43.6, 33.0), size: 9.6, slant: -24.0 };
/// Beside the QR of a back, which is to stay readable.
pub(super) const BACK: Place = Place { middle: (63.6, 20.0), size: 5.4, slant: -32.0 };

/// From the middle of one line to that of the next, in sizes.
const LEADING: f32 = 1.3;
/// From the middle of capitals to the baseline, in sizes.
const HALF_CAPITAL: f32 = 0.36;

/// Writes them where they belong.
pub(in crate::papers) fn draw(canvas: &mut Canvas, marks: Marks, place: Place) {
    let lines = marks.lines();
    if lines.is_empty() {
        return;
    }
    let Place { middle: (x, y), size, slant } = place;
    canvas.art(format_args!(r#"<g transform="translate({x} {y}) rotate({slant})" opacity=".3">"#));
    let mut top = -lines.iter().map(|(_, share)| share * size * LEADING).sum::<f32>() / 2.0;
    for (words, share) in lines {
        let size = share * size;
        let baseline = top + size * (LEADING / 2.0 + HALF_CAPITAL);
        canvas.line((0.0, baseline), Anchor::Middle, Style::bold(size, INK), words);
        top += size * LEADING;
    }
    canvas.art(format_args!("</g>"));
}
