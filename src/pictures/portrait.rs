//! A person's portrait: one picture comes in, two small ones are kept, nothing else of the file lives on.

use super::open;
use crate::domain::printed::PhotoDigest;
use crate::domain::problem::FieldProblem;
use image::{DynamicImage, codecs::jpeg::JpegEncoder, imageops::FilterType};

/// The shortest side that is accepted: less would not show a face on a card.
pub const MIN_SIDE: u32 = 200;
/// What the registry keeps fits this: the 2 × 3 cm of a card at more than 500 dots an inch.
const REGISTERED: Format = Format { width: 480, height: 640, quality: 90 };
/// What anyone may see of a valid card fits this; never over 200 pixels.
const PUBLIC: Format = Format { width: 150, height: 200, quality: 85 };

struct Format {
    width: u32,
    height: u32,
    /// JPEG quality, 1–100.
    quality: u8,
}

/// A portrait as kept: two JPEG files without metadata. The same picture always gives the same bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Portrait {
    /// For the card and the agency: at most 480 × 640 pixels.
    pub registered: Vec<u8>,
    /// For those who check a card: at most 150 × 200 pixels.
    pub public: Vec<u8>,
    /// The first 8 bytes of SHA-256 of the exact bytes of `public`: its name on the card and in its address.
    pub digest: [u8; 8],
}

impl Portrait {
    /// Reads an uploaded JPEG or PNG, at least 200 × 200 pixels. A smaller picture than a format is not enlarged.
    ///
    /// # Errors
    /// `too_large`, `too_small`, `too_many_pixels`, `unsupported_type` or `not_a_picture`.
    pub fn read(bytes: &[u8]) -> Result<Self, FieldProblem> {
        let picture = open(bytes, MIN_SIDE)?;
        let registered = REGISTERED.fit(&picture);
        let public = PUBLIC.encode(&PUBLIC.fit(&registered))?;
        Ok(Self { registered: REGISTERED.encode(&registered)?, digest: *PhotoDigest::of(&public).as_bytes(), public })
    }
}

/// A face is not for logs.
impl std::fmt::Debug for Portrait {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Portrait({} + {} bytes)", self.registered.len(), self.public.len())
    }
}

impl Format {
    /// The picture within this format, in its own proportions. A smaller one stays as it is.
    fn fit(&self, picture: &DynamicImage) -> DynamicImage {
        if picture.width() <= self.width && picture.height() <= self.height {
            return picture.clone();
        }
        // The good filter looks at every pixel several times; averaging first makes it quick for large pictures.
        if picture.width() > 4 * self.width || picture.height() > 4 * self.height {
            let averaged = picture.thumbnail(2 * self.width, 2 * self.height);
            return averaged.resize(self.width, self.height, FilterType::Lanczos3);
        }
        picture.resize(self.width, self.height, FilterType::Lanczos3)
    }

    fn encode(&self, picture: &DynamicImage) -> Result<Vec<u8>, FieldProblem> {
        let mut jpeg = Vec::new();
        let encoder = JpegEncoder::new_with_quality(&mut jpeg, self.quality);
        picture.write_with_encoder(encoder).map_err(super::problem)?;
        Ok(jpeg)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::digest::{SHA256, digest};
    use image::{ExtendedColorType, ImageEncoder as _, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
    use std::{io::Cursor, time::Instant};

    /// Red on the left, blue on the right, a white bar on top.
    fn scene(width: u32, height: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, y| match (y < height / 8, x < width / 2) {
            (true, _) => Rgb([255; 3]),
            (false, true) => Rgb([200, 0, 0]),
            (false, false) => Rgb([0, 0, 200]),
        })
    }

    fn file(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.into().write_to(&mut bytes, format).expect("a picture can be written");
        bytes.into_inner()
    }

    fn shown(jpeg: &[u8]) -> RgbImage {
        image::load_from_memory_with_format(jpeg, ImageFormat::Jpeg).expect("a JPEG").into_rgb8()
    }

    fn code(bytes: &[u8]) -> &'static str {
        Portrait::read(bytes).expect_err("a refusal").code
    }

    fn contains(bytes: &[u8], needle: &[u8]) -> bool {
        bytes.windows(needle.len()).any(|window| window == needle)
    }

    /// A JPEG with an EXIF segment: this orientation, then what follows the directory.
    fn with_exif(picture: RgbImage, orientation: u8, more: &[u8]) -> Vec<u8> {
        let mut exif = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
        exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
        exif.extend(more);
        let (width, height) = picture.dimensions();
        let mut bytes = Vec::new();
        let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 95);
        encoder.set_exif_metadata(exif).expect("EXIF can be written");
        encoder.write_image(&picture, width, height, ExtendedColorType::Rgb8).expect("a JPEG");
        bytes
    }

    /// A chunk of a PNG with its checksum (PNG, section 5.3 and annex D).
    fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
        let body = [kind, data].concat();
        let crc = body.iter().fold(u32::MAX, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { 0xEDB8_8320 ^ (crc >> 1) } else { crc >> 1 })
        });
        let length = u32::try_from(data.len()).expect("a small chunk");
        [&length.to_be_bytes(), &*body, &(!crc).to_be_bytes()].concat()
    }

    /// The PNG with a chunk put in after its header.
    fn with_chunk(png: &[u8], kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
        let (head, rest) = png.split_at(8 + 25);
        [head, &chunk(kind, data), rest].concat()
    }

    #[test]
    fn both_formats_fit_and_keep_the_proportions() {
        let portrait = Portrait::read(&file(scene(2100, 2800), ImageFormat::Jpeg)).expect("a portrait");
        assert_eq!(shown(&portrait.registered).dimensions(), (480, 640));
        assert_eq!(shown(&portrait.public).dimensions(), (150, 200));
        let wide = Portrait::read(&file(scene(2000, 500), ImageFormat::Png)).expect("a portrait");
        assert_eq!(shown(&wide.registered).dimensions(), (480, 120));
        let small = Portrait::read(&file(scene(200, 200), ImageFormat::Png)).expect("a portrait");
        assert_eq!(shown(&small.registered).dimensions(), (200, 200), "never enlarged");
        assert_eq!(shown(&small.public).dimensions(), (150, 150));
    }

    #[test]
    fn the_same_picture_gives_the_same_bytes_and_the_digest_is_of_the_public_ones() {
        let file = file(scene(700, 900), ImageFormat::Png);
        let portrait = Portrait::read(&file).expect("a portrait");
        assert_eq!(Portrait::read(&file).expect("a portrait"), portrait);
        assert_eq!(digest(&SHA256, &portrait.public).as_ref()[..8], portrait.digest);
    }

    #[test]
    fn where_a_photo_was_taken_is_forgotten() {
        let file = with_exif(scene(400, 500), 1, b"GPSLatitude 21.0285 Hoan Kiem");
        assert!(contains(&file, b"GPSLatitude") && contains(&file, b"Exif"));
        let portrait = Portrait::read(&file).expect("a portrait");
        for kept in [&portrait.registered, &portrait.public] {
            assert!(!contains(kept, b"GPS") && !contains(kept, b"Exif"));
            let segments: Vec<u8> = kept.windows(2).filter(|w| w[0] == 0xFF && w[1] >= 0xE1).map(|w| w[1]).collect();
            assert!(segments.is_empty(), "no application segment but JFIF, no comment");
        }
    }

    #[test]
    fn words_in_a_png_are_forgotten() {
        let file = with_chunk(&file(scene(300, 400), ImageFormat::Png), b"tEXt", b"Author\0secret source");
        let portrait = Portrait::read(&file).expect("a portrait");
        assert!(!contains(&portrait.registered, b"secret") && !contains(&portrait.public, b"secret"));
    }

    #[test]
    fn a_file_that_is_also_something_else_loses_the_something_else() {
        let mut file = file(scene(300, 400), ImageFormat::Jpeg);
        file.extend(b"PK\x03\x04<script>alert(1)</script>");
        let portrait = Portrait::read(&file).expect("a portrait");
        assert!(!contains(&portrait.registered, b"script") && !contains(&portrait.registered, b"PK\x03\x04"));
    }

    #[test]
    fn a_photo_lying_on_its_side_is_put_upright() {
        // Orientation 6: the camera was turned, the first row is the right-hand side.
        let lying = image::imageops::rotate270(&scene(400, 600));
        let portrait = Portrait::read(&with_exif(lying, 6, b"")).expect("a portrait");
        let upright = shown(&portrait.registered);
        assert_eq!(upright.dimensions(), (400, 600));
        assert!(upright.get_pixel(200, 20).0.iter().all(|c| *c > 230), "the white bar is on top");
        assert!(upright.get_pixel(50, 400).0[0] > 150 && upright.get_pixel(350, 400).0[2] > 150);
    }

    #[test]
    fn transparency_becomes_white_and_hides_nothing_beneath() {
        let picture = RgbaImage::from_fn(300, 300, |x, _| Rgba([10, 20, 30, if x < 150 { 0 } else { 255 }]));
        let portrait = Portrait::read(&file(picture, ImageFormat::Png)).expect("a portrait");
        let shown = shown(&portrait.registered);
        assert!(shown.get_pixel(40, 150).0.iter().all(|c| *c > 250));
        assert!(shown.get_pixel(260, 150).0.iter().all(|c| *c < 50));
    }

    #[test]
    fn greys_palettes_and_sixteen_bits_are_read() {
        let picture = DynamicImage::from(scene(240, 320));
        for file in [
            file(picture.to_luma8(), ImageFormat::Png),
            file(picture.to_luma8(), ImageFormat::Jpeg),
            file(picture.to_rgba16(), ImageFormat::Png),
        ] {
            assert_eq!(shown(&Portrait::read(&file).expect("a portrait").public).dimensions(), (150, 200));
        }
    }

    #[test]
    fn a_bomb_is_refused_by_its_header() {
        let mut header = vec![];
        header.extend(40_000u32.to_be_bytes());
        header.extend(40_000u32.to_be_bytes());
        header.extend([8, 6, 0, 0, 0]);
        let png = [b"\x89PNG\r\n\x1a\n", &*chunk(b"IHDR", &header), &chunk(b"IDAT", &[0; 64])].concat();
        let began = Instant::now();
        assert_eq!(code(&png), "too_many_pixels");
        // 8,000 a side is allowed, but not both sides.
        let mut jpeg = file(scene(300, 300), ImageFormat::Jpeg);
        let frame = jpeg.windows(2).position(|w| w == [0xFF, 0xC0]).expect("a frame header");
        jpeg[frame + 5..frame + 9].copy_from_slice(&[0x1F, 0x40, 0x1F, 0x40]);
        assert_eq!(code(&jpeg), "too_many_pixels");
        assert!(began.elapsed().as_millis() < 200, "nothing was unpacked");
    }

    #[test]
    fn limits_are_told_apart() {
        assert_eq!(code(&file(scene(199, 400), ImageFormat::Png)), "too_small");
        assert_eq!(code(&file(scene(8_001, 200), ImageFormat::Png)), "too_many_pixels");
        assert_eq!(code(&[0xFF; super::super::MAX_BYTES + 1]), "too_large");
    }

    #[test]
    fn other_kinds_and_moving_pictures_are_refused() {
        assert_eq!(code(b"GIF89a\x01\0\x01\0\0\0\0;"), "unsupported_type");
        assert_eq!(code(b"RIFF\x24\0\0\0WEBPVP8 "), "unsupported_type");
        assert_eq!(code(b"BM\0\0\0\0"), "unsupported_type");
        for bytes in [&b""[..], b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", b"\xFF\xD8\xFF"] {
            assert_eq!(code(bytes), "not_a_picture", "{bytes:?}");
        }
        let still = file(scene(300, 300), ImageFormat::Png);
        assert_eq!(code(&with_chunk(&still, b"acTL", &[0, 0, 0, 1, 0, 0, 0, 0])), "unsupported_type");
    }

    #[test]
    fn a_file_cut_short_is_refused_wherever_it_was_cut() {
        for format in [ImageFormat::Jpeg, ImageFormat::Png] {
            let whole = file(scene(300, 400), format);
            // What a PNG has after its last row (checksums, the end chunk) holds no pixel.
            for end in (0..whole.len() - 24).step_by(whole.len() / 50) {
                assert_eq!(code(&whole[..end]), "not_a_picture", "{format:?} cut at {end} of {}", whole.len());
            }
        }
    }
}
