//! The bytes of a PDF (ISO 32000): pages, the letters of the font that they use, and files that are attached.

use super::font::Font;
use crate::error::Error;
use miniz_oxide::deflate::compress_to_vec_zlib;
use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Content, Filter, Finish as _, Name, Pdf, Rect, Ref, Str, TextStr};

/// A page of A4 in points, 1/72 inch: 210 × 297 mm.
pub(super) const WIDTH: f32 = 595.28;
pub(super) const HEIGHT: f32 = 841.89;

/// Names of the fonts on every page, regular first.
const FONTS: [Name<'static>; 2] = [Name(b"R"), Name(b"B")];
const IDENTITY: SystemInfo<'static> = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };
/// How hard to compress, 0–10.
const EFFORT: u8 = 6;

/// Something on a page. Heights are counted from the lower edge.
pub(super) enum Mark {
    /// Letters, as the font numbers them.
    Letters { font: usize, size: f32, grey: f32, x: f32, y: f32, letters: Vec<u8> },
    /// A straight line.
    Line { from: (f32, f32), to: (f32, f32), width: f32, grey: f32 },
}

/// A file that goes with the paper.
pub(super) struct Attachment {
    /// Its name.
    pub(super) name: String,
    /// Its media type.
    pub(super) media_type: &'static str,
    /// Its bytes.
    pub(super) bytes: Vec<u8>,
}

/// Numbers of the objects of a file, in the order in which they are given.
struct Numbers(i32);

impl Numbers {
    fn next(&mut self) -> Ref {
        self.0 += 1;
        Ref::new(self.0)
    }
}

/// Writes a paper.
///
/// # Errors
/// A font cannot be cut to its letters.
pub(super) fn write(
    title: &str,
    pages: &[Vec<Mark>],
    fonts: &[Font; 2],
    attachments: &[Attachment],
) -> Result<Vec<u8>, Error> {
    let (mut pdf, mut numbers) = (Pdf::new(), Numbers(0));
    let (catalog, tree, info) = (numbers.next(), numbers.next(), numbers.next());
    let mut font_refs = [numbers.next(), numbers.next()];
    for (font, at) in fonts.iter().zip(&mut font_refs) {
        write_font(&mut pdf, &mut numbers, font, *at)?;
    }
    let mut page_refs = Vec::with_capacity(pages.len());
    for marks in pages {
        let (page, drawing) = (numbers.next(), numbers.next());
        let bytes = compress_to_vec_zlib(&draw(marks), EFFORT);
        pdf.stream(drawing, &bytes).filter(Filter::FlateDecode);
        let mut writer = pdf.page(page);
        writer.parent(tree).media_box(Rect::new(0.0, 0.0, WIDTH, HEIGHT)).contents(drawing);
        let mut resources = writer.resources();
        resources.fonts().pairs(FONTS.into_iter().zip(font_refs));
        page_refs.push(page);
    }
    let files: Vec<Ref> = attachments.iter().map(|file| attach(&mut pdf, &mut numbers, file)).collect();
    let count = i32::try_from(pages.len()).map_err(Error::internal)?;
    pdf.pages(tree).kids(page_refs).count(count);
    pdf.document_info(info).title(TextStr(title)).producer(TextStr("press-registry"));
    let mut root = pdf.catalog(catalog);
    root.pages(tree).lang(TextStr("vi"));
    root.viewer_preferences().display_doc_title(true);
    if !files.is_empty() {
        let mut names = root.names();
        let mut embedded = names.embedded_files();
        let mut list = embedded.names();
        for (file, at) in attachments.iter().zip(&files) {
            list.insert(Str(file.name.as_bytes()), *at);
        }
    }
    root.finish();
    Ok(pdf.finish())
}

fn draw(marks: &[Mark]) -> Vec<u8> {
    let mut content = Content::new();
    for mark in marks {
        match mark {
            Mark::Letters { font, size, grey, x, y, letters } => {
                let name = FONTS.get(*font).copied().unwrap_or(Name(b"R"));
                content.begin_text().set_fill_gray(*grey).set_font(name, *size).next_line(*x, *y);
                content.show(Str(letters)).end_text();
            }
            Mark::Line { from, to, width, grey } => {
                content.set_stroke_gray(*grey).set_line_width(*width);
                content.move_to(from.0, from.1).line_to(to.0, to.1).stroke();
            }
        }
    }
    content.finish()
}

/// A font as a CID font with a table from its numbers to letters, by which text is found and copied.
fn write_font(pdf: &mut Pdf, numbers: &mut Numbers, font: &Font, at: Ref) -> Result<(), Error> {
    let (cid, descriptor, cmap, file) = (numbers.next(), numbers.next(), numbers.next(), numbers.next());
    let name = format!("PRREGI+{}", font.name);
    let name = Name(name.as_bytes());
    pdf.type0_font(at).base_font(name).encoding_predefined(Name(b"Identity-H")).descendant_font(cid).to_unicode(cmap);
    let mut writer = pdf.cid_font(cid);
    writer.subtype(CidFontType::Type2).base_font(name).system_info(IDENTITY).font_descriptor(descriptor);
    writer.default_width(0.0).cid_to_gid_map_predefined(Name(b"Identity"));
    writer.widths().consecutive(1, font.letters().map(|(_, _, width)| width));
    writer.finish();
    let measures = font.measures();
    let [left, bottom, right, top] = measures.bounds;
    pdf.font_descriptor(descriptor)
        .name(name)
        .flags(FontFlags::SYMBOLIC)
        .bbox(Rect::new(left, bottom, right, top))
        .italic_angle(0.0)
        .ascent(measures.ascent)
        .descent(measures.descent)
        .cap_height(measures.capitals)
        .stem_v(80.0)
        .font_file2(file);
    let mut table = UnicodeCmap::new(Name(b"Letters"), IDENTITY);
    for (number, letter, _) in font.letters() {
        table.pair(number, letter);
    }
    pdf.cmap(cmap, &table.finish());
    let subset = font.subset()?;
    let bytes = compress_to_vec_zlib(&subset, EFFORT);
    let mut stream = pdf.stream(file, &bytes);
    stream.filter(Filter::FlateDecode);
    stream.pair(Name(b"Length1"), i32::try_from(subset.len()).map_err(Error::internal)?);
    Ok(())
}

fn attach(pdf: &mut Pdf, numbers: &mut Numbers, file: &Attachment) -> Ref {
    let (spec, stream) = (numbers.next(), numbers.next());
    let bytes = compress_to_vec_zlib(&file.bytes, EFFORT);
    let mut embedded = pdf.embedded_file(stream, &bytes);
    embedded.filter(Filter::FlateDecode);
    embedded.subtype(Name(file.media_type.as_bytes()));
    embedded.finish();
    let mut writer = pdf.file_spec(spec);
    writer.path(Str(file.name.as_bytes())).unic_file(TextStr(&file.name)).embedded_file(stream);
    writer.finish();
    spec
}
