//! Sheets of A4 for printing many cards: two across and five down, fronts on one page and their backs on the next,
//! mirrored, so that they meet when the paper is turned on its long edge.

use super::card::{self, Printed, SIZE, Side};
use super::drawing::{self, Drawing, Size};
use crate::error::Error;
use std::fmt::Write as _;

/// Of a sheet.
const PAPER: Size = Size { width: 210.0, height: 297.0 };
const ACROSS: u8 = 2;
const DOWN: u8 = 5;
/// Cards of a sheet.
pub const CARDS: usize = 10;
/// How long a crop mark is, and how far it stays from the cards.
const MARK: f32 = 6.0;
const GAP: f32 = 2.0;

/// Where the first card begins: all of them stand in the middle.
fn origin() -> (f32, f32) {
    ((PAPER.width - f32::from(ACROSS) * SIZE.width) / 2.0, (PAPER.height - f32::from(DOWN) * SIZE.height) / 2.0)
}

/// The PDF of these cards, in their order.
///
/// # Errors
/// A card cannot be drawn.
pub fn pdf(cards: &[Printed]) -> Result<Vec<u8>, Error> {
    let mut pages = Vec::with_capacity(cards.len().div_ceil(CARDS) * Side::ALL.len());
    for cards in cards.chunks(CARDS) {
        for side in Side::ALL {
            let title = format!("Tờ in thẻ, {} thẻ / Print sheet", cards.len());
            pages.push(Drawing::new(title, PAPER, &page(cards, side)?, card::pictures(cards))?);
        }
    }
    drawing::pdf("Tờ in thẻ / Print sheet", &pages)
}

fn page(cards: &[Printed], side: Side) -> Result<String, Error> {
    let mut page = crop_marks();
    let places = (0..DOWN).flat_map(|row| (0..ACROSS).map(move |column| (column, row)));
    for (it, (column, row)) in cards.iter().zip(places) {
        let column = match side {
            Side::Front => column,
            Side::Back => ACROSS - 1 - column,
        };
        let (left, top) = origin();
        let (x, y) = (left + f32::from(column) * SIZE.width, top + f32::from(row) * SIZE.height);
        let (Size { width, height }, body) = (SIZE, card::body(it, side)?);
        // Writing to memory does not fail.
        let _infallible = write!(
            page,
            r#"<svg x="{x}" y="{y}" width="{width}" height="{height}" viewBox="0 0 {width} {height}">{body}</svg>"#
        );
    }
    Ok(page)
}

/// Lines at the ends of every cut, outside the cards.
fn crop_marks() -> String {
    let (left, top) = origin();
    let (right, bottom) = (PAPER.width - left, PAPER.height - top);
    let mut path = String::new();
    for column in 0..=ACROSS {
        let x = left + f32::from(column) * SIZE.width;
        let _infallible = write!(path, "M{x} {}v-{MARK}M{x} {}v{MARK}", top - GAP, bottom + GAP);
    }
    for row in 0..=DOWN {
        let y = top + f32::from(row) * SIZE.height;
        let _infallible = write!(path, "M{} {y}h-{MARK}M{} {y}h{MARK}", left - GAP, right + GAP);
    }
    format!(r##"<path d="{path}" stroke="#000" stroke-width=".2"/>"##)
}
