//! The rows of a file that were rejected, as they stand there, with their errors beside them: what a clerk mends and
//! sends again.

use super::super::Registry;
use super::source::Source;
use super::work::Ended;
use crate::domain::ids::{Id as _, ImportId};
use crate::domain::imports::{FileFormat, IGNORED, Import, Row, RowError, vietnamese};
use crate::domain::text::no_formula;
use crate::domain::time::Timestamp;
use crate::entropy::Entropy;
use crate::error::Error;
use crate::store::imports;
use crate::tables::Book;

/// Where the files of imports are.
pub(in crate::app) const FOLDER: &str = "imports";
/// Rows whose errors are looked up together.
const BATCH_ROWS: usize = 500;
/// Spreadsheets take a file for UTF-8 only with it.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// A name for an object that nobody had.
pub(super) fn new_object(entropy: &Entropy, now: Timestamp) -> String {
    format!("{FOLDER}/{}", entropy.uuid(now))
}

/// When an object was named, by its name.
pub(in crate::app) fn made_at(object: &str) -> Option<Timestamp> {
    ImportId::parse(object.strip_prefix(FOLDER)?.strip_prefix('/')?).ok()?.made_at()
}

/// Keeps the rejected rows of an import, sealed; gives where.
pub(super) fn keep(registry: &Registry, source: &Source, import: &Import) -> Result<String, Error> {
    let object = new_object(&registry.entropy, registry.clock.now());
    let on_record = |range| registry.store.read(|db| imports::errors_of(db, import.id, range, usize::MAX));
    registry.files.put(&registry.secrets.sealing, &object, &csv(source, on_record)?)?;
    Ok(object)
}

/// The rejected rows of a file that a command took in.
///
/// # Errors
/// Where they cannot be written.
pub fn rejected_rows(source: &Source, Ended { errors, .. }: &Ended) -> Result<Rejected, Error> {
    let of_rows = |(first, last): (u32, u32)| {
        let begin = errors.partition_point(|error| error.row < first);
        Ok(errors.iter().skip(begin).take_while(|error| error.row <= last).cloned().collect())
    };
    csv(source, of_rows).map(|csv| Rejected::new(source.format(), csv))
}

/// The rejected rows of an import, as they are kept.
pub struct Rejected {
    /// In which form the file came.
    pub came_as: FileFormat,
    csv: Vec<u8>,
}

impl Rejected {
    pub(super) const fn new(came_as: FileFormat, csv: Vec<u8>) -> Self {
        Self { came_as, csv }
    }

    /// The file in this form: the same cells in both.
    ///
    /// # Errors
    /// Where what is kept cannot be read.
    pub fn in_format(self, format: FileFormat) -> Result<Vec<u8>, Error> {
        match format {
            FileFormat::Csv => Ok(self.csv),
            FileFormat::Xlsx => self.workbook(),
        }
    }

    fn workbook(&self) -> Result<Vec<u8>, Error> {
        let text = self.csv.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&self.csv);
        let mut table = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text);
        let mut book = Book::new().map_err(Error::internal)?;
        for record in table.records() {
            book.row(&record.map_err(Error::internal)?).map_err(Error::internal)?;
        }
        book.finish().map_err(Error::internal)
    }
}

/// The rows of a file that have errors; `errors_of` gives those of the rows from one to another.
fn csv(
    source: &Source,
    mut errors_of: impl FnMut((u32, u32)) -> Result<Vec<RowError>, Error>,
) -> Result<Vec<u8>, Error> {
    let mut table = csv::WriterBuilder::new().flexible(true).from_writer(BYTE_ORDER_MARK.to_vec());
    let header = source.columns().header();
    // A file of rejected rows that was sent again has these columns already.
    let own: Vec<usize> = source.columns().places().collect();
    let place = |cells: &[String], at: usize| no_formula(cells.get(at).map_or("", String::as_str)).into_owned();
    let write = |table: &mut csv::Writer<Vec<u8>>, cells: &[String], told: [String; 4]| {
        let record = own.iter().map(|at| place(cells, *at)).chain(told);
        table.write_record(record).map_err(Error::internal)
    };
    write(&mut table, header, IGNORED.map(str::to_owned))?;
    source.batches(BATCH_ROWS, |rows| {
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(()) };
        let errors = errors_of((first.number, last.number))?;
        for Row { number, cells } in &rows {
            let of_row: Vec<&RowError> = errors.iter().filter(|error| error.row == *number).collect();
            if !of_row.is_empty() {
                write(&mut table, cells, told(*number, &of_row))?;
            }
        }
        Ok(())
    })?;
    table.into_inner().map_err(Error::internal)
}

fn told(number: u32, errors: &[&RowError]) -> [String; 4] {
    let list = |word: &dyn Fn(&RowError) -> String| errors.iter().map(|it| word(it)).collect::<Vec<_>>().join("; ");
    let named = |it: &RowError, words: &str| match it.error.column.as_str() {
        "" => words.to_owned(),
        column => format!("{column}: {words}"),
    };
    [
        number.to_string(),
        list(&|it| named(it, &it.error.code)),
        list(&|it| named(it, &vietnamese(&it.error.code, &it.error.detail))),
        list(&|it| named(it, &it.error.detail)),
    ]
}
