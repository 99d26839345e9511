//! The two weights of the embedded font, and what a text becomes in them.
//!
//! A letter that the font lacks would be drawn as nothing, and nobody would know: it is written as its code instead.

use crate::error::Error;
use std::collections::BTreeMap;
use subsetter::GlyphRemapper;
use ttf_parser::{Face, GlyphId};
use unicode_normalization::UnicodeNormalization as _;

/// Noto Sans, under the SIL Open Font License 1.1: every Vietnamese letter with its marks.
const FILES: [(&str, &[u8]); 2] = [("NotoSans-Regular", notosans::REGULAR_TTF), ("NotoSans-Bold", notosans::BOLD_TTF)];

/// What both are called in a drawing.
pub(super) const FAMILY: &str = "Noto Sans";

/// The files of both weights, for drawings.
pub(super) fn files() -> [&'static [u8]; 2] {
    FILES.map(|(_, bytes)| bytes)
}

/// A weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    Bold,
}

/// A font, and the letters of it that a paper uses.
pub(super) struct Font {
    pub(super) name: &'static str,
    face: Face<'static>,
    bytes: &'static [u8],
    used: GlyphRemapper,
    /// By their new numbers: which letter, and how wide it is in thousandths of the size.
    letters: BTreeMap<u16, (char, f32)>,
}

impl Font {
    /// Both weights, regular first.
    ///
    /// # Errors
    /// A file is no font.
    pub(super) fn both() -> Result<[Self; 2], Error> {
        let [regular, bold] = FILES;
        Ok([Self::open(regular)?, Self::open(bold)?])
    }

    fn open((name, bytes): (&'static str, &'static [u8])) -> Result<Self, Error> {
        let face = Face::parse(bytes, 0).map_err(Error::internal)?;
        Ok(Self { name, face, bytes, used: GlyphRemapper::new(), letters: BTreeMap::new() })
    }

    fn thousandths(&self, units: f32) -> f32 {
        units * 1000.0 / f32::from(self.face.units_per_em())
    }

    fn glyph(&self, letter: char) -> Option<GlyphId> {
        self.face.glyph_index(letter).filter(|glyph| glyph.0 != 0)
    }

    fn advance(&self, glyph: GlyphId) -> f32 {
        self.thousandths(f32::from(self.face.glyph_hor_advance(glyph).unwrap_or_default()))
    }

    /// The text in NFC, in letters that the font has: others as their code, like `[U+4E2D]`.
    pub(super) fn legible(&self, text: &str) -> String {
        let mut legible = String::with_capacity(text.len());
        for letter in text.nfc() {
            match letter {
                '\t' | '\u{a0}' => legible.push(' '),
                letter if self.glyph(letter).is_some() => legible.push(letter),
                letter => legible.push_str(&format!("[U+{:04X}]", u32::from(letter))),
            }
        }
        legible
    }

    /// How wide a legible text is at this size.
    pub(super) fn width(&self, text: &str, size: f32) -> f32 {
        let glyphs = text.chars().filter_map(|letter| self.glyph(letter));
        glyphs.map(|glyph| self.advance(glyph)).sum::<f32>() * size / 1000.0
    }

    /// The lines of a text at this size, between edges this far apart. A word that is longer than a line is broken where
    /// the line ends.
    pub(super) fn broken(&self, text: &str, size: f32, width: f32) -> Vec<String> {
        let wide = |text: &str| self.width(text, size);
        let mut lines = Vec::new();
        for part in text.split('\n') {
            let part = self.legible(part);
            let mut line = String::new();
            for word in part.split_whitespace() {
                let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
                if wide(&longer) <= width {
                    line = longer;
                    continue;
                }
                if !line.is_empty() {
                    lines.push(std::mem::take(&mut line));
                }
                for letter in word.chars() {
                    line.push(letter);
                    if wide(&line) > width {
                        line.pop();
                        lines.push(std::mem::replace(&mut line, letter.to_string()));
                    }
                }
            }
            lines.push(line);
        }
        lines
    }

    /// A legible text as the paper's own numbers of its letters, two bytes each.
    pub(super) fn encode(&mut self, text: &str) -> Vec<u8> {
        let mut encoded = Vec::with_capacity(text.len() * 2);
        for letter in text.chars() {
            let Some(glyph) = self.glyph(letter) else { continue };
            let number = self.used.remap(glyph.0);
            let width = self.advance(glyph);
            self.letters.entry(number).or_insert((letter, width));
            encoded.extend(number.to_be_bytes());
        }
        encoded
    }

    /// The letters used: number, letter and width, from number 1 on without gaps.
    pub(super) fn letters(&self) -> impl Iterator<Item = (u16, char, f32)> + '_ {
        self.letters.iter().map(|(number, (letter, width))| (*number, *letter, *width))
    }

    /// Ascent, descent, height of capitals, and the box that holds every letter, in thousandths of the size.
    pub(super) fn measures(&self) -> Measures {
        let bounds = self.face.global_bounding_box();
        let corners = [bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max];
        Measures {
            ascent: self.thousandths(f32::from(self.face.ascender())),
            descent: self.thousandths(f32::from(self.face.descender())),
            capitals: self.thousandths(f32::from(self.face.capital_height().unwrap_or(700))),
            bounds: corners.map(|units| self.thousandths(f32::from(units))),
        }
    }

    /// A font file with the letters used and no other.
    ///
    /// # Errors
    /// It cannot be made.
    pub(super) fn subset(&self) -> Result<Vec<u8>, Error> {
        subsetter::subset(self.bytes, 0, &self.used).map_err(Error::internal)
    }
}

/// What a reader of the paper is told of a font.
pub(super) struct Measures {
    pub(super) ascent: f32,
    pub(super) descent: f32,
    pub(super) capitals: f32,
    pub(super) bounds: [f32; 4],
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_vietnamese_letter_is_missing_and_none_of_another_script_is_lost() {
        let [regular, bold] = Font::both().expect("fonts");
        let (bases, marks) =
            ("aăâeêioôơuưyAĂÂEÊIOÔƠUƯYđĐ", ["", "\u{300}", "\u{301}", "\u{303}", "\u{309}", "\u{323}"]);
        let text: String = bases.chars().flat_map(|base| marks.map(|mark| format!("{base}{mark}"))).collect();
        let text: String = text.chars().filter(|letter| *letter != 'đ' && *letter != 'Đ').collect();
        for font in [&regular, &bold] {
            assert_eq!(font.legible(&text), text.nfc().collect::<String>());
            assert_eq!(font.legible("đĐ 0–9 “…” § % ₫ /:;()[]+=_"), "đĐ 0–9 “…” § % ₫ /:;()[]+=_");
            assert_eq!(font.legible("中\t文"), "[U+4E2D] [U+6587]");
            assert!(font.width("ễ", 10.0) > 3.0);
        }
    }
}
