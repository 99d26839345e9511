//! What happens to a card before it is read, or while it is seen.

use super::{Dice, symbol};
use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::{DynamicImage, GrayImage, Luma};
use std::io::Cursor;

/// Turned about its middle, on a table of a light grey.
pub(super) fn turned(card: &GrayImage, degrees: f32) -> GrayImage {
    const TABLE: u8 = 205;
    let (sin, cos) = degrees.to_radians().sin_cos();
    let side = 1_200_u32;
    let middle = |length: u32| f32::from(u16::try_from(length).expect("a small picture")) / 2.0;
    let ([across, down], half) = ([card.width(), card.height()].map(middle), middle(side));
    let shade = |x: i64, y: i64| {
        let at = u32::try_from(x).ok().zip(u32::try_from(y).ok());
        let pixel = at.filter(|(x, y)| *x < card.width() && *y < card.height());
        f32::from(pixel.map_or(TABLE, |(x, y)| card.get_pixel(x, y).0[0]))
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixels of a small picture")]
    GrayImage::from_fn(side, side, |x, y| {
        let (right, below) = (middle(2 * x) - half, middle(2 * y) - half);
        let (from_x, from_y) = (right * cos + below * sin + across, below * cos - right * sin + down);
        let (left, top) = (from_x.floor(), from_y.floor());
        let (part_x, part_y) = (from_x - left, from_y - top);
        let (left, top) = (left as i64, top as i64);
        let upper = shade(left, top) * (1.0 - part_x) + shade(left + 1, top) * part_x;
        let lower = shade(left, top + 1) * (1.0 - part_x) + shade(left + 1, top + 1) * part_x;
        Luma([(upper * (1.0 - part_y) + lower * part_y).round() as u8])
    })
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
