//! What is written across a card or letter that is not to be taken for a good one.

use crate::papers::canvas::{Anchor, Canvas, Style};

/// What is written across.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Of the demo: nobody's.
    Sample,
    /// Expired or withdrawn.
    NotInForce,
}

impl Mark {
    /// What it says, and what is written below it.
    const fn words(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Sample => ("SAMPLE / MẪU", None),
            Self::NotInForce => ("KHÔNG CÒN HIỆU LỰC", Some("NO LONGER VALID")),
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

/// Writes it where it belongs.
pub(in crate::papers) fn draw(canvas: &mut Canvas, mark: Option<Mark>, place: Place) {
    let Some(mark) = mark else { return };
    let Place { middle: (x, y), size, slant } = place;
    let size = match mark {
        Mark::Sample => size,
        // It has half as many letters again.
        Mark::NotInForce => size * 0.68,
    };
    canvas.art(format_args!(r#"<g transform="translate({x} {y}) rotate({slant})" opacity=".3">"#));
    let (words, below) = mark.words();
    canvas.line((0.0, size * 0.36), Anchor::Middle, Style::bold(size, INK), words);
    if let Some(below) = below {
        canvas.line((0.0, size * 1.26), Anchor::Middle, Style::bold(size * 0.7, INK), below);
    }
    canvas.art(format_args!("</g>"));
}
