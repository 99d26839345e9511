//! Flat shapes on a flat ground: what the drawn portraits are made of.

use image::{
    ExtendedColorType, ImageEncoder as _,
    codecs::png::{CompressionType, FilterType, PngEncoder},
};
use tiny_skia::{Color, FillRule, LineCap, Paint, Path, PathBuilder, Pixmap, Rect, Stroke, Transform};

/// The picture in pixels, in the proportions of a card's photo, 3 to 4: a fifth larger than the registry's smallest,
/// because every pixel of 2,000 portraits is drawn and packed four times before the demo serves.
const WIDTH: u32 = 240;
const HEIGHT: u32 = 320;
/// Shapes are described on a ground of 360 × 480.
const SCALE: f32 = 240.0 / 360.0;

/// A ground that shapes are laid on.
pub(super) struct Canvas {
    pixmap: Pixmap,
    /// How far shapes are moved down.
    pub(super) down: f32,
}

impl Canvas {
    /// 360 × 480 of this colour.
    pub(super) fn new(ground: Color) -> Self {
        let mut pixmap = Pixmap::new(WIDTH, HEIGHT).expect("the size is not zero");
        pixmap.fill(ground);
        Self { pixmap, down: 0.0 }
    }

    /// An area within this outline.
    pub(super) fn fill(&mut self, colour: Color, outline: impl FnOnce(&mut PathBuilder)) {
        if let Some(path) = closed(outline) {
            self.pixmap.fill_path(&path, &paint(colour), FillRule::Winding, self.place(), None);
        }
    }

    /// A line with round ends along this course, `width` wide.
    pub(super) fn line(&mut self, colour: Color, width: f32, course: impl FnOnce(&mut PathBuilder)) {
        let mut builder = PathBuilder::new();
        course(&mut builder);
        if let Some(path) = builder.finish() {
            let stroke = Stroke { width, line_cap: LineCap::Round, ..Stroke::default() };
            self.pixmap.stroke_path(&path, &paint(colour), &stroke, self.place(), None);
        }
    }

    /// An area round this middle.
    pub(super) fn oval(&mut self, x: f32, y: f32, half_width: f32, half_height: f32, colour: Color) {
        if let Some(bounds) = Rect::from_ltrb(x - half_width, y - half_height, x + half_width, y + half_height) {
            self.fill(colour, |path| path.push_oval(bounds));
        }
    }

    fn place(&self) -> Transform {
        Transform::from_translate(0.0, self.down).post_scale(SCALE, SCALE)
    }

    /// The picture as a file.
    pub(super) fn into_png(self) -> Vec<u8> {
        // The ground covers everything, so nothing is transparent and colours are not multiplied by alpha.
        let rgb: Vec<u8> = self.pixmap.pixels().iter().flat_map(|p| [p.red(), p.green(), p.blue()]).collect();
        let mut png = Vec::new();
        PngEncoder::new_with_quality(&mut png, CompressionType::Fast, FilterType::Sub)
            .write_image(&rgb, WIDTH, HEIGHT, ExtendedColorType::Rgb8)
            .expect("a picture of this size is written to memory");
        png
    }
}

fn closed(outline: impl FnOnce(&mut PathBuilder)) -> Option<Path> {
    let mut builder = PathBuilder::new();
    outline(&mut builder);
    builder.close();
    builder.finish()
}

fn paint(colour: Color) -> Paint<'static> {
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    paint.set_color(colour);
    paint
}

/// A colour by hue in degrees, saturation and lightness in 0..=1 (CSS Color 4, 7.1).
pub(super) fn hsl(hue: f32, saturation: f32, lightness: f32) -> Color {
    let reach = saturation * lightness.min(1.0 - lightness);
    let channel = |offset: f32| {
        let k = (offset + hue / 30.0).rem_euclid(12.0);
        (lightness - reach * (k - 3.0).min(9.0 - k).clamp(-1.0, 1.0)).clamp(0.0, 1.0)
    };
    Color::from_rgba(channel(0.0), channel(8.0), channel(4.0), 1.0).unwrap_or(Color::WHITE)
}
