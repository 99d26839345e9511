//! Files of evidence, drawn and written for the demo's stories.

use crate::demo::canvas::{Canvas, hsl};
use crate::domain::reports::MediaType;

/// A file of this name, another for each story.
pub(in crate::demo) fn exhibit(name: &str, nth: usize) -> (MediaType, Vec<u8>) {
    match name {
        "photo" => (MediaType::Png, photo(nth)),
        _ => (MediaType::Pdf, paper(name, nth)),
    }
}

/// Something like a card that lies on a table.
fn photo(nth: usize) -> Vec<u8> {
    let hue = (0..nth).fold(0.0, |hue: f32, _| (hue + 47.0) % 360.0);
    let mut canvas = Canvas::new(hsl(hue, 0.25, 0.55));
    let rectangle = |canvas: &mut Canvas, colour, left: f32, top: f32, right: f32, bottom: f32| {
        canvas.fill(colour, |path| {
            path.move_to(left, top);
            path.line_to(right, top);
            path.line_to(right, bottom);
            path.line_to(left, bottom);
        });
    };
    rectangle(&mut canvas, hsl(45.0, 0.6, 0.85), 40.0, 150.0, 320.0, 330.0);
    rectangle(&mut canvas, hsl(hue, 0.2, 0.4), 60.0, 190.0, 130.0, 290.0);
    for (y, right) in [(200.0, 290.0), (230.0, 270.0), (260.0, 300.0)] {
        rectangle(&mut canvas, hsl(0.0, 0.0, 0.3), 150.0, y, right, y + 8.0);
    }
    canvas.into_png()
}

/// The smallest PDF with a line of text (ISO 32000-1 §7.5).
fn paper(name: &str, nth: usize) -> Vec<u8> {
    let text = format!("BT /F1 18 Tf 60 760 Td (Demo exhibit {}: {name}) Tj ET", nth + 1);
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
         /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
    ];
    let (mut pdf, mut table) = ("%PDF-1.4\n".to_owned(), "0000000000 65535 f \n".to_owned());
    for (number, object) in (1..).zip(&objects) {
        table.push_str(&format!("{:010} 00000 n \n", pdf.len()));
        pdf.push_str(&format!("{number} 0 obj\n{object}\nendobj\n"));
    }
    let (start, size) = (pdf.len(), objects.len() + 1);
    pdf.push_str(&format!(
        "xref\n0 {size}\n{table}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    ));
    pdf.into_bytes()
}
