//! A drawing in millimetres, made once and shown three ways: SVG for a screen, PNG for a printer of cards, pages of PDF.
//!
//! All three come from one tree, in which every letter already has its outline: what one shows, the others show. Only
//! our fonts are known to it, and only pictures that were handed to it: it reads no file and loads nothing.

use super::font;
use crate::error::Error;
use pdf_writer::{Chunk, Content, Finish as _, Name, Pdf, Rect, Ref, TextStr};
use png::{BitDepth, ColorType, Compression, Encoder, PixelDimensions, Unit};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{ImageHrefResolver, ImageKind, Indent, Options, Tree, WriteOptions, fontdb};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};
use svg2pdf::ConversionOptions;

/// Dots an inch of every picture: what printers of cards have.
pub const DOTS_PER_INCH: f32 = 300.0;
/// Millimetres of an inch.
pub(super) const INCH: f32 = 25.4;
/// Points of a PDF in an inch.
const POINTS_PER_INCH: f32 = 72.0;
/// [`DOTS_PER_INCH`] as a PNG says it.
const DOTS_PER_METRE: u32 = 11_811;
/// Digits after the point in an SVG: a thousandth of a millimetre, or of a pixel.
const DIGITS: u8 = 3;
/// The name of the drawing on its page.
const DRAWING: Name<'static> = Name(b"D");

/// Our two weights and nothing else: a font of the machine would make another card on every machine.
static FONTS: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = fontdb::Database::new();
    for bytes in font::files() {
        fonts.load_font_source(fontdb::Source::Binary(Arc::new(bytes)));
    }
    Arc::new(fonts)
});

/// JPEG pictures of a drawing, by the name that its SVG gives them.
pub(super) type Pictures = HashMap<String, Arc<Vec<u8>>>;

/// Width and height in millimetres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Size {
    /// Millimetres from left to right.
    pub width: f32,
    /// Millimetres from top to bottom.
    pub height: f32,
}

/// A drawing, ready to be shown.
pub struct Drawing {
    title: String,
    size: Size,
    tree: Tree,
}

impl Drawing {
    /// From what stands inside an `<svg>` of this size, in millimetres.
    ///
    /// # Errors
    /// It is no SVG.
    pub(super) fn new(title: String, size: Size, body: &str, pictures: Pictures) -> Result<Self, Error> {
        let Size { width, height } = size;
        let svg = format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm" viewBox="0 0 {width} {height}" font-family="{}" fill="#14191c">{body}</svg>"##,
            font::FAMILY,
        );
        let options = Options {
            font_family: font::FAMILY.to_owned(),
            fontdb: Arc::clone(&FONTS),
            image_href_resolver: ImageHrefResolver {
                resolve_data: Box::new(|_, _, _| None),
                resolve_string: Box::new(move |name, _| pictures.get(name).cloned().map(ImageKind::JPEG)),
            },
            ..Options::default()
        };
        Ok(Self { title, size, tree: Tree::from_str(&svg, &options).map_err(Error::internal)? })
    }

    /// As it is prepared: what benchmarks hold the outputs against.
    pub const fn tree(&self) -> &Tree {
        &self.tree
    }

    /// An SVG that needs nothing else: letters are outlines, pictures are inside.
    pub fn svg(&self) -> String {
        let options = WriteOptions {
            coordinates_precision: DIGITS,
            transforms_precision: DIGITS + 2,
            indent: Indent::None,
            attributes_indent: Indent::None,
            ..WriteOptions::default()
        };
        let title = super::canvas::escape(&self.title);
        self.tree.to_string(&options).replacen('>', &format!(" role=\"img\"><title>{title}</title>"), 1)
    }

    /// A PNG with [`DOTS_PER_INCH`].
    ///
    /// # Errors
    /// It has no pixels, or too many.
    pub fn png(&self) -> Result<Vec<u8>, Error> {
        let pixels = self.pixels()?;
        let mut file = Vec::new();
        let mut encoder = Encoder::new(&mut file, pixels.width(), pixels.height());
        encoder.set_color(ColorType::Rgb);
        encoder.set_depth(BitDepth::Eight);
        encoder.set_compression(Compression::Fast);
        let dots = PixelDimensions { xppu: DOTS_PER_METRE, yppu: DOTS_PER_METRE, unit: Unit::Meter };
        encoder.set_pixel_dims(Some(dots));
        // Nothing is seen through the paper, so what is left of a pixel's colour is all of it.
        let colours: Vec<u8> =
            pixels.pixels().iter().flat_map(|pixel| [pixel.red(), pixel.green(), pixel.blue()]).collect();
        let mut writer = encoder.write_header().map_err(Error::internal)?;
        writer.write_image_data(&colours).map_err(Error::internal)?;
        writer.finish().map_err(Error::internal)?;
        Ok(file)
    }

    fn pixels(&self) -> Result<Pixmap, Error> {
        let Size { width, height } = self.size;
        let [across, down] = [width, height].map(|length| whole(length / INCH * DOTS_PER_INCH));
        let mut pixels = Pixmap::new(across, down).ok_or_else(|| Error::internal("a picture without pixels"))?;
        pixels.fill(resvg::tiny_skia::Color::WHITE);
        // One scale for both directions, so that modules of a QR fall on whole pixels.
        let scale = width / INCH * DOTS_PER_INCH / self.tree.size().width();
        resvg::render(&self.tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
        Ok(pixels)
    }

    fn chunk(&self) -> Result<(Chunk, Ref), Error> {
        svg2pdf::to_chunk(&self.tree, ConversionOptions::default()).map_err(|error| Error::internal(error.to_string()))
    }

    fn page(&self) -> Rect {
        let [width, height] = [self.size.width, self.size.height].map(|length| length / INCH * POINTS_PER_INCH);
        Rect::new(0.0, 0.0, width, height)
    }
}

#[cfg(test)]
impl Drawing {
    /// The boxes of ink of every piece of text that stands straight, in millimetres, with what it says.
    pub(super) fn words(&self) -> Vec<(String, resvg::tiny_skia::Rect)> {
        fn collect(group: &resvg::usvg::Group, into: &mut Vec<(String, resvg::tiny_skia::Rect)>) {
            for node in group.children() {
                match node {
                    resvg::usvg::Node::Group(group) => collect(group, into),
                    resvg::usvg::Node::Text(text) => {
                        let said = text.chunks().iter().map(|chunk| chunk.text().to_owned()).collect();
                        into.push((said, text.flattened().bounding_box()));
                    }
                    resvg::usvg::Node::Path(_) | resvg::usvg::Node::Image(_) => {}
                }
            }
        }
        let mut words = Vec::new();
        collect(self.tree.root(), &mut words);
        words
    }
}

#[cfg(test)]
mod tests;

/// A length in whole pixels.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "papers are a few thousand pixels wide")]
fn whole(pixels: f32) -> u32 {
    pixels.round().clamp(1.0, 10_000.0) as u32
}

/// A PDF with a page for each drawing, each of exactly its size. Its text can be found and copied.
///
/// # Errors
/// It cannot be written.
pub fn pdf(title: &str, drawings: &[Drawing]) -> Result<Vec<u8>, Error> {
    let mut numbers = Ref::new(1);
    let (catalog, tree, info) = (numbers.bump(), numbers.bump(), numbers.bump());
    let mut pdf = Pdf::new();
    let mut pages = Vec::with_capacity(drawings.len());
    for drawing in drawings {
        let (page, content) = (numbers.bump(), numbers.bump());
        let (chunk, root) = drawing.chunk()?;
        let mut renumbered = HashMap::new();
        let chunk = chunk.renumber(|old| *renumbered.entry(old).or_insert_with(|| numbers.bump()));
        let root = renumbered.get(&root).copied().ok_or_else(|| Error::internal("a drawing that is not in its PDF"))?;
        let sheet = drawing.page();
        let mut writer = pdf.page(page);
        writer.parent(tree).media_box(sheet).contents(content);
        writer.resources().x_objects().pair(DRAWING, root);
        writer.finish();
        let mut drawn = Content::new();
        drawn.transform([sheet.x2, 0.0, 0.0, sheet.y2, 0.0, 0.0]).x_object(DRAWING);
        pdf.stream(content, &drawn.finish());
        pdf.extend(&chunk);
        pages.push(page);
    }
    let count = i32::try_from(pages.len()).map_err(Error::internal)?;
    pdf.pages(tree).kids(pages).count(count);
    pdf.document_info(info).title(TextStr(title)).producer(TextStr("press-registry"));
    let mut root = pdf.catalog(catalog);
    root.pages(tree).lang(TextStr("vi"));
    root.viewer_preferences().display_doc_title(true);
    root.finish();
    Ok(pdf.finish())
}
