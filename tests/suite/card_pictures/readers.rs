//! Two readers of QR codes that know nothing of each other.

use image::GrayImage;
use image::imageops::{self, FilterType};

/// A reader of pictures.
pub(super) type Reader = fn(&GrayImage) -> Option<String>;

fn rqrr(picture: &GrayImage) -> Option<String> {
    let [width, height] =
        [picture.width(), picture.height()].map(|side| usize::try_from(side).expect("a small picture"));
    let shade = |x, y| picture.as_raw()[y * width + x];
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, shade);
    prepared.detect_grids().iter().find_map(|grid| grid.decode().ok()).map(|(_, text)| text)
}

fn rxing(picture: &GrayImage) -> Option<String> {
    let mut hints = rxing::DecodeHints { TryHarder: Some(true), ..rxing::DecodeHints::default() };
    let format = Some(rxing::BarcodeFormat::QR_CODE);
    let (width, height) = picture.dimensions();
    let read = rxing::helpers::detect_in_luma_with_hints(picture.as_raw().clone(), width, height, format, &mut hints);
    read.ok().map(|read| read.getText().to_owned())
}

/// What a reader makes of a picture as a phone would ask it: as it is, then smaller, larger and softer.
pub(super) fn read(reader: Reader, picture: &GrayImage, expected: &str) -> bool {
    let (width, height) = picture.dimensions();
    let looks: [&dyn Fn() -> GrayImage; 4] = [
        &|| picture.clone(),
        &|| imageops::resize(picture, width * 2 / 3, height * 2 / 3, FilterType::Triangle),
        &|| imageops::blur(picture, 1.0),
        &|| imageops::resize(picture, width * 3 / 2, height * 3 / 2, FilterType::Triangle),
    ];
    let found = looks.iter().find_map(|look| reader(&look()));
    // What is read wrong is worse than what is not read.
    assert!(found.as_deref().is_none_or(|text| text == expected), "read as {found:?}");
    found.is_some()
}

pub(super) const READERS: [(&str, Reader); 2] = [("rqrr", rqrr), ("rxing", rxing)];
