//! XLSX as we write it (ECMA-376): one sheet in which every cell is text, those too that are empty still. So no spreadsheet
//! makes a number of a national id, a day of what only looks like one, or a formula of anything.

use std::io::{Cursor, Write as _};
use zip::ZipWriter;
use zip::result::ZipResult;
use zip::write::SimpleFileOptions;

/// What each part begins with.
const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const SHEET: &str = "xl/worksheets/sheet1.xml";
/// Every part besides the sheet. The second format of cells is text (`numFmtId` 49).
const PARTS: [(&str, &str); 5] = [
    (
        "[Content_Types].xml",
        "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
         <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>\
         <Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>\
         <Override PartName=\"/xl/styles.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml\"/>\
         </Types>",
    ),
    (
        "_rels/.rels",
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
         <Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/>\
         </Relationships>",
    ),
    (
        "xl/workbook.xml",
        "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
         xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">\
         <sheets><sheet name=\"1\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>",
    ),
    (
        "xl/_rels/workbook.xml.rels",
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
         <Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/>\
         <Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles\" Target=\"styles.xml\"/>\
         </Relationships>",
    ),
    (
        "xl/styles.xml",
        "<styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">\
         <fonts count=\"1\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts>\
         <fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill></fills>\
         <borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
         <cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>\
         <cellXfs count=\"2\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>\
         <xf numFmtId=\"49\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/></cellXfs>\
         <cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles>\
         </styleSheet>",
    ),
];
/// The columns are text as a whole: also where a clerk writes into a cell that was empty.
const BEGINS: &str = "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">\
                      <cols><col min=\"1\" max=\"64\" width=\"24\" style=\"1\" customWidth=\"1\"/></cols><sheetData>";
const ENDS: &str = "</sheetData></worksheet>";

/// A workbook that is being written.
pub struct Book {
    package: ZipWriter<Cursor<Vec<u8>>>,
    rows: u32,
}

impl Book {
    /// One without a row.
    ///
    /// # Errors
    /// Where no package can be written.
    pub fn new() -> ZipResult<Self> {
        let mut package = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in PARTS.into_iter().chain([(SHEET, BEGINS)]) {
            package.start_file(name, SimpleFileOptions::default())?;
            package.write_all(HEAD.as_bytes())?;
            package.write_all(content.as_bytes())?;
        }
        Ok(Self { package, rows: 0 })
    }

    /// Adds a row of these cells.
    ///
    /// # Errors
    /// Where the package cannot be written.
    pub fn row<'c>(&mut self, cells: impl IntoIterator<Item = &'c str>) -> ZipResult<()> {
        self.rows += 1;
        let mut row = format!("<row r=\"{}\">", self.rows);
        for (at, cell) in cells.into_iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            let place = format!("{}{}", column(at), self.rows);
            row.push_str(&format!("<c r=\"{place}\" s=\"1\" t=\"inlineStr\"><is><t xml:space=\"preserve\">"));
            cell.replace("_x", "_x005F_x").chars().for_each(|c| write(c, &mut row));
            row.push_str("</t></is></c>");
        }
        row.push_str("</row>");
        Ok(self.package.write_all(row.as_bytes())?)
    }

    /// The file.
    ///
    /// # Errors
    /// Where the package cannot be written.
    pub fn finish(mut self) -> ZipResult<Vec<u8>> {
        self.package.write_all(ENDS.as_bytes())?;
        Ok(self.package.finish()?.into_inner())
    }
}

/// The letters of a column, from A to ZZ.
fn column(at: usize) -> String {
    let letter = |at: usize| u8::try_from(at % 26).map_or('A', |nth| char::from(b'A' + nth));
    match at / 26 {
        0 => letter(at).to_string(),
        round => format!("{}{}", letter(round - 1), letter(at)),
    }
}

/// Writes a character as XML has it; what XML 1.0 has no sign for (§2.2) in the way of these files, which is also how they
/// tell a carriage return (ECMA-376 part 1, §22.9.2.19).
fn write(c: char, xml: &mut String) {
    match c {
        '&' => xml.push_str("&amp;"),
        '<' => xml.push_str("&lt;"),
        '>' => xml.push_str("&gt;"),
        '\t' | '\n' | ' '..='\u{FFFD}' | '\u{10000}'.. => xml.push(c),
        '\0'..' ' | '\u{FFFE}'..'\u{10000}' => xml.push_str(&format!("_x{:04X}_", u32::from(c))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Table;
    use super::*;
    use crate::domain::problem::FieldProblem;

    #[test]
    fn what_is_written_is_read_as_it_was() {
        let wide: Vec<String> = (0..60).map(|n| n.to_string()).collect();
        let rows: [Vec<&str>; 3] = [
            wide.iter().map(String::as_str).collect(),
            vec![
                "001090000001",
                "",
                "1990",
                " a  b ",
                "<A & B>",
                "\"=1+1\"",
                "một\nhai\r\nba\tbốn",
                "\u{1F600}",
                "]]>",
                "a\u{1}\u{FFFF}_x0041_b",
            ],
            vec!["", "x"],
        ];
        let mut book = Book::new().expect("a package");
        rows.iter().for_each(|row| book.row(row.iter().copied()).expect("a row"));
        let file = book.finish().expect("a file");
        let mut read = Vec::new();
        let table = Table::open(file).unwrap_or_else(|problem| panic!("{problem}"));
        let each = table.each_row(|row| {
            read.push(row.cells);
            Ok::<(), FieldProblem>(())
        });
        assert_eq!((each, read), (Ok(()), rows.map(|row| row.into_iter().map(str::to_owned).collect()).to_vec()));
    }

    #[test]
    fn columns_have_one_letter_and_then_two() {
        assert_eq!([0, 25, 26, 51, 52, 63].map(column), ["A", "Z", "AA", "AZ", "BA", "BL"]);
    }
}
