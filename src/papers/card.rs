//! Press cards and collaborators' cards to print: 85.6 × 53.98 mm (ISO/IEC 7810 ID-1), two sides.
//!
//! The art is ours and copies no card of the State: waves and a curved head in blue-green for a press card, bars and a
//! slanted foot in violet for a collaborator's, which says that it is no press card. Whether a card is good is never to
//! be seen on it, only to be scanned, and its back says so.

mod back;
mod collaborator_card;
mod marks;
mod press_card;

use super::canvas::{Anchor, Area, Canvas, Style};
use super::drawing::{Drawing, Pictures, Size};
use crate::domain::issuer::Words;
use crate::domain::printed::{CredentialKind, Validity};
use crate::domain::time::Day;
use crate::domain::wording;
use crate::error::Error;
use crate::pictures::qr::Symbol;
pub use marks::Marks;
pub(super) use marks::{Place, draw as draw_marks};
use std::sync::Arc;

/// Of a card, the size of bank cards.
pub const SIZE: Size = Size { width: 85.6, height: 53.98 };
/// Width and height of a portrait: 2 × 3 cm.
const PORTRAIT: (f32, f32) = (20.0, 30.0);
/// What labels are written in.
const LABEL: Style = Style::regular(1.65, "#37474f");
/// What values are written in.
const VALUE: &str = "#14191c";

/// What is printed on a credential.
#[derive(Clone)]
pub struct Printed {
    /// What it is.
    pub kind: CredentialKind,
    /// Its number.
    pub number: String,
    /// Whose it is.
    pub name: String,
    /// The name they sign with.
    pub pen_name: Option<String>,
    /// What they do for the agency.
    pub post: Option<String>,
    /// The agency's short name, as signed.
    pub agency: String,
    /// The agency's name in full.
    pub agency_in_full: String,
    /// The day on which it was issued.
    pub issued: Day,
    /// From when until when it is valid.
    pub validity: Validity,
    /// What a letter is for: place, unit and work.
    pub errand: Option<[String; 3]>,
    /// The text of the QR.
    pub code: String,
    /// What is typed where nothing can be scanned.
    pub typed_code: String,
    /// The registered portrait, a JPEG.
    pub portrait: Option<Arc<Vec<u8>>>,
    /// Where codes are typed.
    pub address: String,
    /// The hotline.
    pub phone: String,
    /// What is written across it.
    pub marks: Marks,
}

/// A side of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// With name and portrait.
    Front,
    /// With the QR.
    Back,
}

impl Side {
    /// Both, the front first.
    pub const ALL: [Self; 2] = [Self::Front, Self::Back];

    /// As asked for.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Front => "front",
            Self::Back => "back",
        }
    }

    fn words(self) -> Words {
        match self {
            Self::Front => Words::new("mặt trước", "front"),
            Self::Back => Words::new("mặt sau", "back"),
        }
    }
}

/// What kinds of cards have in common, and what tells them apart.
struct Look {
    /// The colour of its art.
    ink: &'static str,
    /// The colour of its ground.
    paper: &'static str,
    /// Lines over the ground, as the data of a path.
    lines: fn() -> String,
    /// What it is called.
    title: Words,
    /// Draws the front over the ground.
    front: fn(&mut Canvas, &Printed, &Look),
}

fn look(kind: CredentialKind) -> Result<Look, Error> {
    match kind {
        CredentialKind::CollaboratorCard => Ok(collaborator_card::look()),
        CredentialKind::PressCard => Ok(press_card::look()),
        CredentialKind::IntroductionLetter => Err(Error::internal("a letter is no card: it has a page of its own")),
    }
}

/// One side of a card.
///
/// # Errors
/// Its code fits no QR, or it is a letter.
pub fn draw(it: &Printed, side: Side) -> Result<Drawing, Error> {
    let title = look(it.kind)?.title;
    let words = side.words();
    let title = format!("{} {}, {} / {}, {}", title.vi, it.number, words.vi, title.en, words.en);
    Drawing::new(title, SIZE, &body(it, side)?, pictures([it]))
}

/// What stands inside the `<svg>` of a side. A portrait goes by its card's number.
///
/// # Errors
/// Its code fits no QR, or it is a letter.
pub fn body(it: &Printed, side: Side) -> Result<String, Error> {
    let mut canvas = Canvas::new()?;
    let look = look(it.kind)?;
    ground(&mut canvas, &look);
    match side {
        Side::Front => (look.front)(&mut canvas, it, &look),
        Side::Back => back::draw(&mut canvas, it, &look)?,
    }
    Ok(canvas.finish())
}

/// The portraits of cards by the names that [`body`] gives them.
pub(super) fn pictures<'a>(cards: impl IntoIterator<Item = &'a Printed>) -> Pictures {
    cards.into_iter().filter_map(|it| Some((it.number.clone(), Arc::clone(it.portrait.as_ref()?)))).collect()
}

/// The symbol of a card's code.
pub(super) fn symbol(it: &Printed) -> Result<Symbol, Error> {
    Symbol::of(&it.code).map_err(Error::internal)
}

/// Paper and lines, a little over the edge, so that a printer's cut leaves no white.
fn ground(canvas: &mut Canvas, look: &Look) {
    let Look { ink, paper, lines, .. } = look;
    let lines = lines();
    canvas.art(format_args!(
        r#"<rect x="-2" y="-2" width="89.6" height="58" fill="{paper}"/><path d="{lines}" fill="none" stroke="{ink}" stroke-width=".13" stroke-opacity=".17"/>"#
    ));
}

/// The portrait in its frame, or the frame with a word in it.
pub(super) fn portrait(canvas: &mut Canvas, it: &Printed, (x, y): (f32, f32), ink: &str) {
    let (width, height) = PORTRAIT;
    match it.portrait {
        // A number is of capitals, digits and hyphens: it cannot leave its attribute.
        Some(_) => canvas.art(format_args!(
            r##"<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="#fff"/><image x="{x}" y="{y}" width="{width}" height="{height}" preserveAspectRatio="xMidYMid slice" href="{}"/><rect x="{x}" y="{y}" width="{width}" height="{height}" fill="none" stroke="{ink}" stroke-width=".25"/>"##,
            it.number
        )),
        None => {
            canvas.art(format_args!(
                r##"<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="#fff" stroke="{ink}" stroke-width=".25" stroke-dasharray="1 .8"/>"##
            ));
            let middle = x + width / 2.0;
            canvas.line((middle, y + 15.0), Anchor::Middle, Style::bold(2.0, "#37474f"), "Chưa có ảnh");
            canvas.line((middle, y + 18.0), Anchor::Middle, LABEL, "No portrait");
        }
    }
}

/// Name, pen name and agency between two edges, from a height of 15 mm on.
fn holder(canvas: &mut Canvas, it: &Printed, x: f32, width: f32) {
    let label = |canvas: &mut Canvas, y: f32, vi: &str, en: &str| {
        canvas.line((x, y), Anchor::Start, LABEL, &format!("{vi} / {en}"));
    };
    let area = |y, height| Area { x, y, width, height };
    label(canvas, 16.4, "Họ và tên", "Full name");
    let name_height = if it.pen_name.is_some() { 9.4 } else { 12.4 };
    let name = it.name.to_uppercase();
    canvas.fit(area(17.1, name_height), Anchor::Start, Style::bold(4.5, VALUE), &name);
    if let Some(pen_name) = &it.pen_name {
        label(canvas, 28.6, "Bút danh", "Pen name");
        canvas.fit(area(29.0, 3.4), Anchor::Start, Style::bold(2.6, VALUE), pen_name);
    }
    label(canvas, 34.9, "Cơ quan báo chí", "Press agency");
    let y = canvas.fit(area(35.4, 4.2), Anchor::Start, Style::bold(3.1, VALUE), &it.agency);
    if it.agency_in_full != it.agency {
        canvas.fit(area(y, 43.6 - y), Anchor::Start, Style::regular(1.9, "#37474f"), &it.agency_in_full);
    }
}

/// The three days of a card, each with its label: what, when.
fn days(it: &Printed) -> [(Words, String); 3] {
    [
        (Words::new("Ngày cấp", "Issued"), wording::date(it.issued)),
        (Words::new("Từ ngày", "From"), wording::date(it.validity.first_day())),
        (Words::new("Đến hết ngày", "Until"), wording::date(it.validity.last_day())),
    ]
}

#[cfg(test)]
mod tests;
