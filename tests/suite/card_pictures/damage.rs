//! What happens to a card before it is read, or while it is seen.

use super::{Dice, symbol};
use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::{DynamicImage, GrayImage, Luma};
use std::io::Cursor;
use tiny_skia::{Color, FilterQuality, IntSize, Pixmap, PixmapPaint, Transform};

/// Turned about its middle, on a table of a light grey.
pub(super) fn turned(card: &GrayImage, degrees: f32) -> GrayImage {
    const TABLE: u8 = 205;
    const SIDE: u16 = 1_200;
    let [width, height] = [card.width(), card.height()].map(|side| f32::from(u16::try_from(side).expect("small")));
    let opaque = card.as_raw().iter().flat_map(|shade| [*shade, *shade, *shade, u8::MAX]).collect();
    let size = IntSize::from_wh(card.width(), card.height()).expect("a size");
    let picture = Pixmap::from_vec(opaque, size).expect("four bytes for each pixel");
    let mut table = Pixmap::new(SIDE.into(), SIDE.into()).expect("a size");
    table.fill(Color::from_rgba8(TABLE, TABLE, TABLE, u8::MAX));
    let middle = f32::from(SIDE) / 2.0;
    let place = Transform::from_translate(middle - width / 2.0, middle - height / 2.0);
    let place = place.post_concat(Transform::from_rotate_at(degrees, middle, middle));
    let paint = PixmapPaint { quality: FilterQuality::Bilinear, ..PixmapPaint::default() };
    table.draw_pixmap(0, 0, picture.as_ref(), &paint, place, None);
    let shades = table.data().iter().copied().step_by(4).collect();
    GrayImage::from_raw(SIDE.into(), SIDE.into(), shades).expect("a byte for each pixel")
}

pub(super) fn compressed(card: &GrayImage) -> GrayImage {
    let mut jpeg = Vec::new();
    DynamicImage::from(card.clone()).write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, 50)).expect("a JPEG");
    let decoder = JpegDecoder::new(Cursor::new(jpeg)).expect("a JPEG");
    DynamicImage::from_decoder(decoder).expect("a JPEG").into_luma8()
}

/// A thumb drawn over a tenth of the symbol: what was there is drawn out sideways. The three large squares, without which
/// nothing is found, are left alone.
pub(super) fn smeared(card: &GrayImage, dice: &mut Dice) -> GrayImage {
    let [left, top, right, bottom] = symbol(card);
    let (width, height) = (u64::from(right - left), u64::from(bottom - top));
    // A third by three tenths of it.
    let (across, down) = (width / 3, height * 3 / 10);
    // Between the squares, or to the right of and below all of them.
    let square = width / 5;
    let x = u64::from(left) + square + dice.below(width - square - across);
    let y = u64::from(top) + square + dice.below(height - 2 * square - down);
    let mut smeared = card.clone();
    let reach = 40;
    for row in y..y + down {
        for column in x..x + across {
            let at = |column: u64| u32::try_from(column).expect("a small picture");
            let drawn = (0..reach).map(|back| u64::from(card.get_pixel(at(column.saturating_sub(back)), at(row)).0[0]));
            let shade = u8::try_from(drawn.sum::<u64>() / reach).expect("a shade");
            smeared.put_pixel(at(column), at(row), Luma([shade]));
        }
    }
    smeared
}
