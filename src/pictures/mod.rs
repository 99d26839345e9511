//! Pictures: portraits that come in, QR codes that go out and are read back.
//!
//! This file is the one door for pictures from outside: JPEG and PNG, told by their content and never by a name, with
//! every limit checked before a pixel is decoded. What comes out is plain pixels, so nothing else of the file lives on.
//! Colour profiles are dropped like all other metadata; a picture in a wide colour space may come out a little paler.

pub mod chart;
pub mod portrait;
pub mod qr;

use crate::domain::problem::FieldProblem;
use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, Limits, RgbImage,
    codecs::{jpeg::JpegDecoder, png::PngDecoder},
};
use std::io::Cursor;

/// The largest file: 10 MB, also the limit of the request's body.
pub const MAX_BYTES: usize = 10 * 1024 * 1024;
/// The longest side in pixels.
pub const MAX_SIDE: u32 = 8_000;
/// The most pixels in all: 40 megapixels, more than the cameras of newsrooms make by default.
pub const MAX_PIXELS: u64 = 40_000_000;
/// What one decoder may allocate: four bytes for each pixel, and 16 MiB for its own tables.
const MAX_ALLOCATION_BYTES: u64 = MAX_PIXELS * 4 + 16 * 1024 * 1024;

/// Reads a JPEG or PNG of at least `min_side` pixels a side into plain pixels: upright, on a white ground, no metadata.
///
/// # Errors
/// `too_large` (bytes), `too_small`, `too_many_pixels`, `unsupported_type` (another kind of picture, or one that moves),
/// `not_a_picture` (anything else, also a file that was cut short).
fn open(bytes: &[u8], min_side: u32) -> Result<DynamicImage, FieldProblem> {
    if bytes.len() > MAX_BYTES {
        return Err(FieldProblem::new("too_large", "at most 10 MB"));
    }
    match image::guess_format(bytes).map_err(|_| not_a_picture())? {
        ImageFormat::Jpeg if !ends_with_its_marker(bytes) => Err(not_a_picture()),
        ImageFormat::Jpeg => decode(JpegDecoder::new(Cursor::new(bytes)).map_err(problem)?, min_side),
        ImageFormat::Png => {
            let decoder = PngDecoder::with_limits(Cursor::new(bytes), limits()).map_err(problem)?;
            if decoder.is_apng().map_err(problem)? {
                return Err(FieldProblem::new("unsupported_type", "a picture that does not move"));
            }
            decode(decoder, min_side)
        }
        _ => Err(unsupported_type()),
    }
}

fn decode(mut decoder: impl ImageDecoder, min_side: u32) -> Result<DynamicImage, FieldProblem> {
    let (width, height) = decoder.dimensions();
    if width.min(height) < min_side {
        return Err(FieldProblem::new("too_small", format!("at least {min_side} × {min_side} pixels")));
    }
    // The header alone decides: a bomb of a few bytes that unpacks to gigabytes is never unpacked.
    let pixels = u64::from(width) * u64::from(height);
    if width.max(height) > MAX_SIDE || pixels > MAX_PIXELS || decoder.total_bytes() > MAX_ALLOCATION_BYTES {
        return Err(too_many_pixels());
    }
    decoder.set_limits(limits()).map_err(problem)?;
    let orientation = decoder.orientation().map_err(problem)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(problem)?;
    picture.apply_orientation(orientation);
    Ok(on_white(picture))
}

/// Drops transparency, and the colours that were hidden under it.
fn on_white(picture: DynamicImage) -> DynamicImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8().into();
    }
    let picture = picture.into_rgba8();
    let mut flat = RgbImage::new(picture.width(), picture.height());
    for (to, from) in flat.pixels_mut().zip(picture.pixels()) {
        let [colour @ .., alpha] = from.0;
        to.0 = colour.map(|channel| blend_on_white(channel, alpha));
    }
    flat.into()
}

/// One channel over white, rounded: `(c·a + 255·(255 − a)) / 255`.
fn blend_on_white(channel: u8, alpha: u8) -> u8 {
    let (channel, alpha) = (u32::from(channel), u32::from(alpha));
    let over = channel * alpha + 255 * (255 - alpha);
    u8::try_from((over + 127) / 255).unwrap_or(u8::MAX)
}

/// Whether a JPEG is whole. The decoder fills what is missing with grey, so a portrait cut short would look accepted.
///
/// Walks from marker to marker (ITU-T T.81, B.1.1) to the end of the image; what stands after it is never read.
fn ends_with_its_marker(jpeg: &[u8]) -> bool {
    const START_OF_SCAN: u8 = 0xDA;
    const END_OF_IMAGE: u8 = 0xD9;
    let mut rest = jpeg.get(2..).unwrap_or_default();
    let mut in_scan = false;
    loop {
        match rest {
            [0xFF, END_OF_IMAGE, ..] => return true,
            // In a scan FF stands only before 00 (a stuffed FF), a restart marker, or FF (fill) unless a segment begins.
            [0xFF, 0x00 | 0xD0..=0xD7, after @ ..] if in_scan => rest = after,
            [0xFF, 0xFF, ..] => rest = rest.get(1..).unwrap_or_default(),
            [0xFF, marker, high, low, ..] => {
                in_scan = *marker == START_OF_SCAN;
                let length = usize::from(u16::from_be_bytes([*high, *low]));
                rest = rest.get(2 + length..).unwrap_or_default();
            }
            [_, after @ ..] if in_scan => rest = after,
            _ => return false,
        }
    }
}

fn limits() -> Limits {
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_ALLOCATION_BYTES);
    limits
}

fn problem(error: ImageError) -> FieldProblem {
    match error {
        ImageError::Limits(_) => too_many_pixels(),
        ImageError::Unsupported(_) => unsupported_type(),
        ImageError::Decoding(_) | ImageError::Encoding(_) | ImageError::Parameter(_) | ImageError::IoError(_) => {
            not_a_picture()
        }
    }
}

fn too_many_pixels() -> FieldProblem {
    FieldProblem::new("too_many_pixels", "at most 40 megapixels and 8,000 pixels a side")
}

fn unsupported_type() -> FieldProblem {
    FieldProblem::new("unsupported_type", "a JPEG or PNG of a common kind")
}

fn not_a_picture() -> FieldProblem {
    FieldProblem::new("not_a_picture", "a JPEG or PNG that is whole")
}
