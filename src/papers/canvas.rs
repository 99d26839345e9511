//! Where cards and letters are drawn: words that are made to fit, between art that is ours.

use super::font::{Font, Weight};
use crate::error::Error;
use crate::pictures::qr::Symbol;
use std::fmt::{self, Write as _};

/// From one baseline to the next, in sizes: Vietnamese capitals carry two marks, and others hang below the line.
const LEADING: f32 = 1.36;
/// Where the first baseline is below the upper edge, in sizes.
const ASCENT: f32 = 1.1;
/// A line may be this much smaller before its words go on two.
const ONE_LINE: f32 = 0.78;
/// How much smaller words are made at each try.
const STEP: f32 = 0.96;
/// Nobody reads smaller letters, in millimetres: what does not fit even so is let run over its area.
const SMALLEST: f32 = 0.9;

/// How words look.
#[derive(Clone, Copy)]
pub(super) struct Style {
    weight: Weight,
    size: f32,
    ink: &'static str,
}

impl Style {
    pub(super) const fn regular(size: f32, ink: &'static str) -> Self {
        Self { weight: Weight::Regular, size, ink }
    }

    pub(super) const fn bold(size: f32, ink: &'static str) -> Self {
        Self { weight: Weight::Bold, size, ink }
    }

    const fn weight(self) -> u16 {
        match self.weight {
            Weight::Regular => 400,
            Weight::Bold => 700,
        }
    }

    const fn at(self, size: f32) -> Self {
        Self { size, ..self }
    }
}

/// Where on its place a line begins.
#[derive(Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

impl Anchor {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Middle => "middle",
            Self::End => "end",
        }
    }
}

/// Room for words, in millimetres.
#[derive(Clone, Copy)]
pub(super) struct Area {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) width: f32,
    pub(super) height: f32,
}

/// What is drawn so far.
pub(super) struct Canvas {
    fonts: [Font; 2],
    svg: String,
}

impl Canvas {
    /// Nothing yet.
    ///
    /// # Errors
    /// The fonts cannot be read.
    pub(super) fn new() -> Result<Self, Error> {
        Ok(Self { fonts: Font::both()?, svg: String::new() })
    }

    /// Draws SVG of ours: never what somebody wrote.
    pub(super) fn art(&mut self, svg: fmt::Arguments<'_>) {
        // Writing to memory does not fail.
        let _infallible = self.svg.write_fmt(svg);
    }

    fn font(&self, style: Style) -> &Font {
        let [regular, bold] = &self.fonts;
        match style.weight {
            Weight::Regular => regular,
            Weight::Bold => bold,
        }
    }

    /// One line on this baseline.
    pub(super) fn line(&mut self, (x, y): (f32, f32), anchor: Anchor, style: Style, text: &str) {
        let text = escape(&self.font(style).legible(text));
        let Style { size, ink, .. } = style;
        self.art(format_args!(
            r#"<text x="{x:.2}" y="{y:.2}" font-size="{size:.2}" font-weight="{}" fill="{ink}" text-anchor="{}">{text}</text>"#,
            style.weight(),
            anchor.as_str(),
        ));
    }

    /// Words in an area, as large as they fit and not larger than the style; says where they end.
    pub(super) fn fit(&mut self, area: Area, anchor: Anchor, style: Style, text: &str) -> f32 {
        let (size, lines) = fitted(self.font(style), area, style.size, text);
        let x = match anchor {
            Anchor::Start => area.x,
            Anchor::Middle => area.x + area.width / 2.0,
            Anchor::End => area.x + area.width,
        };
        let mut y = area.y;
        for line in lines {
            self.line((x, y + size * ASCENT), anchor, style.at(size), &line);
            y += size * LEADING;
        }
        y
    }

    /// A paragraph of the style's own size, as long as it is; says where it ends.
    pub(super) fn paragraph(&mut self, (x, y): (f32, f32), width: f32, style: Style, text: &str) -> f32 {
        self.fit(Area { x, y, width, height: f32::INFINITY }, Anchor::Start, style, text)
    }

    /// A QR on white, its modules of whole pixels, as large as it fits the middle of an area.
    pub(super) fn qr(&mut self, area: Area, pixel: f32, symbol: &Symbol) {
        let modules = symbol.side();
        #[expect(clippy::cast_precision_loss, reason = "a symbol has at most 185 modules a side")]
        let side = modules as f32;
        let module = (area.width.min(area.height) / side / pixel).floor().max(1.0) * pixel;
        let middle = |from: f32, length: f32| ((from + (length - side * module) / 2.0) / pixel).round() * pixel;
        let (x, y) = (middle(area.x, area.width), middle(area.y, area.height));
        // The quiet zone belongs to the symbol.
        self.art(format_args!(
            r##"<g transform="translate({x} {y}) scale({module})"><rect width="{modules}" height="{modules}" fill="#fff"/><path shape-rendering="crispEdges" fill="#000" d="{}"/></g>"##,
            symbol.path(),
        ));
    }

    /// What was drawn.
    pub(super) fn finish(self) -> String {
        self.svg
    }
}

/// The size and the lines of a text in an area: one line where it need not be much smaller, else as many as fit.
fn fitted(font: &Font, area: Area, largest: f32, text: &str) -> (f32, Vec<String>) {
    let text = font.legible(text);
    let one = largest.min(largest * area.width / font.width(&text, largest).max(f32::MIN_POSITIVE));
    if one >= largest * ONE_LINE && area.height.is_finite() {
        return (one, vec![text]);
    }
    let mut size = largest;
    loop {
        let lines = font.broken(&text, size, area.width);
        #[expect(clippy::cast_precision_loss, reason = "an area has a few lines")]
        let height = lines.len() as f32 * size * LEADING;
        if height <= area.height || size <= SMALLEST {
            return (size, lines);
        }
        size *= STEP;
    }
}

/// Text inside XML.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
