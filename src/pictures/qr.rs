//! QR codes: drawn as SVG, PNG or in a terminal, and read back from a picture.
//!
//! Error correction is level M: level Q costs eight modules a side and reads no better, measured. Segments are mixed
//! and the smallest version is taken but for one, which for a card's code saves two versions over plain bytes.

use super::open;
use crate::domain::problem::FieldProblem;
use image::{DynamicImage, ExtendedColorType, ImageEncoder as _, codecs::png::PngEncoder, imageops::FilterType};
use qrcode::{
    Color, EcLevel, QrCode, Version,
    bits::{Bits, encode_auto},
};
use std::fmt;

/// White modules on every side (ISO/IEC 18004, 9.1).
const QUIET_ZONE: usize = 4;
/// A version that no card's code has. At level M a symbol has 8 blocks of codewords here, and 16¼ codewords to each pair
/// of columns: codewords of one block lie side by side, and whatever covers a tenth of the symbol in one place is often
/// more than that block can mend. In the next version it hits all blocks alike, and on a card modules are as large.
const PASSED_OVER: i16 = 12;
/// The largest module of a PNG: at the largest version the picture is still under 6,000 pixels a side.
pub const MAX_PIXELS_PER_MODULE: u8 = 32;
/// Fixed black on fixed white in the 256-colour palette, so that a dark and a light terminal show the same.
const TERMINAL_COLOURS: &str = "\x1b[38;5;16;48;5;231m";
const TERMINAL_RESET: &str = "\x1b[0m";
/// A picture is searched at most this wide or high: enough for a card on a scanned page, and quick.
const MAX_SEARCHED_SIDE: u32 = 3_000;

/// The text is longer than a QR code can be at level M (3,391 alphanumeric characters).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong;

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("too long for a QR code")
    }
}

impl std::error::Error for TooLong {}

/// Why no text was read from a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// The file is refused, for the same reasons as a portrait's, but for its size being small.
    Picture(FieldProblem),
    /// No QR code that can be read.
    NoCode,
    /// QR codes with different texts: which one is meant is not for us to guess.
    SeveralCodes,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Picture(problem) => problem.fmt(f),
            Self::NoCode => f.write_str("no QR code that can be read"),
            Self::SeveralCodes => f.write_str("several QR codes; show only one"),
        }
    }
}

impl std::error::Error for ReadError {}

/// A QR code, ready to be drawn.
pub struct Symbol(QrCode);

impl Symbol {
    /// The smallest QR code of this text.
    ///
    /// # Errors
    /// When the text does not fit the largest version.
    pub fn of(text: &str) -> Result<Self, TooLong> {
        let bits = around_fragment(text).map_or_else(|| encode_auto(text.as_bytes(), EcLevel::M), Ok);
        bits.and_then(|bits| QrCode::with_bits(bits, EcLevel::M)).map(Self).map_err(|_| TooLong)
    }

    /// Modules on a side, quiet zone included: the width and height of [`Symbol::path`] and of [`Symbol::svg`].
    pub fn side(&self) -> usize {
        self.0.width() + 2 * QUIET_ZONE
    }

    /// Whether the module is dark; everything outside the code is light.
    fn is_dark(&self, x: usize, y: usize) -> bool {
        let inside = QUIET_ZONE..QUIET_ZONE + self.0.width();
        inside.contains(&x) && inside.contains(&y) && self.0[(x - QUIET_ZONE, y - QUIET_ZONE)] == Color::Dark
    }

    /// The dark modules as the data of one SVG path, one unit a module, moved by the quiet zone. For a card's drawing.
    pub fn path(&self) -> String {
        let mut path = String::new();
        for y in 0..self.side() {
            let mut x = 0;
            while x < self.side() {
                let run = (x..self.side()).take_while(|x| self.is_dark(*x, y)).count();
                if run > 0 {
                    path.push_str(&format!("M{x} {y}h{run}v1h-{run}z"));
                }
                x += run.max(1);
            }
        }
        path
    }

    /// An SVG picture with this title for those who cannot see it.
    pub fn svg(&self, title: &str) -> String {
        let (side, path, title) = (self.side(), self.path(), escape(title));
        format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" role="img" shape-rendering="crispEdges"><title>{title}</title><rect width="{side}" height="{side}" fill="#fff"/><path d="{path}"/></svg>"##
        )
    }

    /// A PNG picture, black on white; `pixels_per_module` is brought within 1 and [`MAX_PIXELS_PER_MODULE`].
    ///
    /// # Errors
    /// Only when memory for the file cannot be had.
    pub fn png(&self, pixels_per_module: u8) -> Result<Vec<u8>, image::ImageError> {
        let scale = usize::from(pixels_per_module.clamp(1, MAX_PIXELS_PER_MODULE));
        let mut pixels = Vec::with_capacity((self.side() * scale).pow(2));
        for y in 0..self.side() {
            let shade = |x| if self.is_dark(x, y) { 0 } else { 255 };
            let row: Vec<u8> = (0..self.side()).flat_map(|x| std::iter::repeat_n(shade(x), scale)).collect();
            (0..scale).for_each(|_| pixels.extend(&row));
        }
        // A side is at most (177 + 8) × 32 pixels.
        let side = u32::try_from(self.side() * scale).unwrap_or(u32::MAX);
        let mut png = Vec::new();
        PngEncoder::new(&mut png).write_image(&pixels, side, side, ExtendedColorType::L8)?;
        Ok(png)
    }

    /// For a terminal, in fixed colours so that a dark and a light one show the same.
    pub fn terminal(&self) -> String {
        self.half_blocks().map(|line| format!("{TERMINAL_COLOURS}{line}{TERMINAL_RESET}\n")).collect()
    }

    /// As plain text, for black ink on white paper.
    pub fn text(&self) -> String {
        self.half_blocks().map(|line| line + "\n").collect()
    }

    /// Two rows of modules a line, because a character is about twice as high as wide.
    fn half_blocks(&self) -> impl Iterator<Item = String> {
        let block = |x, y| match (self.is_dark(x, y), self.is_dark(x, y + 1)) {
            (true, true) => '█',
            (true, false) => '▀',
            (false, true) => '▄',
            (false, false) => ' ',
        };
        (0..self.side()).step_by(2).map(move |y| (0..self.side()).map(|x| block(x, y)).collect())
    }
}

/// A card's code in three segments: what is before the `#`, the `#` alone as a byte, what follows it.
///
/// The encoder joins segments greedily and takes up to eight characters after the `#` into its byte segment, which cost
/// a version at the very sizes that cards have. `None` for other texts, and for one that fits no version.
fn around_fragment(text: &str) -> Option<Bits> {
    let (address, fragment) = text.split_once('#')?;
    let is_alphanumeric =
        |byte| matches!(byte, b'0'..=b'9' | b'A'..=b'Z' | b' ' | b'$' | b'%' | b'*' | b'+' | b'-'..=b'/' | b':');
    if !address.bytes().chain(fragment.bytes()).all(is_alphanumeric) {
        return None;
    }
    (1..=40).filter(|version| *version != PASSED_OVER).find_map(|version| {
        let mut bits = Bits::new(Version::Normal(version));
        bits.push_alphanumeric_data(address.as_bytes()).ok()?;
        bits.push_byte_data(b"#").ok()?;
        bits.push_alphanumeric_data(fragment.as_bytes()).ok()?;
        bits.push_terminator(EcLevel::M).ok()?;
        Some(bits)
    })
}

/// Text inside an XML element.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The text of the one QR code in a JPEG or PNG.
///
/// # Errors
/// [`ReadError`] says why there is none.
pub fn read(bytes: &[u8]) -> Result<String, ReadError> {
    let picture = open(bytes, 1).map_err(ReadError::Picture)?.grayscale();
    let side = picture.width().max(picture.height()).min(MAX_SEARCHED_SIDE);
    // A noisy photo is read better when made smaller, a code of few pixels when made larger.
    let sides = [side, side.div_ceil(2), side * 2].into_iter().filter(|side| *side <= MAX_SEARCHED_SIDE);
    for side in sides {
        let mut texts = search(&picture.resize(side, side, FilterType::Triangle));
        match (texts.pop(), texts.is_empty()) {
            (Some(text), true) => return Ok(text),
            (Some(_), false) => return Err(ReadError::SeveralCodes),
            (None, _) => {}
        }
    }
    Err(ReadError::NoCode)
}

/// The different texts of all QR codes found.
fn search(picture: &DynamicImage) -> Vec<String> {
    let picture = picture.to_luma8();
    let [width, height] = [picture.width(), picture.height()].map(|side| usize::try_from(side).unwrap_or_default());
    let shade = |x, y| picture.as_raw().get(y * width + x).copied().unwrap_or(u8::MAX);
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, shade);
    let mut texts: Vec<String> =
        prepared.detect_grids().iter().filter_map(|grid| grid.decode().ok()).map(|(_, text)| text).collect();
    texts.sort_unstable();
    texts.dedup();
    texts
}

#[cfg(test)]
mod tests;
