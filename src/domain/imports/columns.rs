//! The columns of a file: known by their English or Vietnamese names, in any order.

use super::super::problem::{FieldError, FieldProblem};
use super::super::text;

/// A column that a file may have.
#[derive(Debug)]
pub struct Column {
    /// Its name in the contract.
    pub name: &'static str,
    /// Whether a file without it is refused.
    pub required: bool,
    /// Its names in Vietnamese, as [`text::fold`] leaves them.
    pub vietnamese: &'static [&'static str],
}

const fn column(name: &'static str, required: bool, vietnamese: &'static [&'static str]) -> Column {
    Column { name, required, vietnamese }
}

/// The columns of a file of people.
pub const PEOPLE: &[Column] = &[
    column("full_name", true, &["ho va ten", "ho ten", "ho va ten khai sinh"]),
    column("pen_name", false, &["but danh"]),
    column("birth_date", true, &["ngay sinh", "ngay thang nam sinh"]),
    column(
        "national_id",
        true,
        &[
            "so dinh danh",
            "so dinh danh ca nhan",
            "cccd",
            "so cccd",
            "can cuoc",
            "can cuoc cong dan",
            "so can cuoc",
            "so can cuoc cong dan",
        ],
    ),
    column("kind", true, &["loai", "hinh thuc", "hinh thuc lam viec"]),
    column("post", true, &["chuc danh", "chuc vu", "vi tri", "vi tri cong tac"]),
    column("from", true, &["tu ngay", "ngay bat dau", "lam viec tu ngay"]),
    column("email", false, &["thu dien tu", "dia chi email", "e mail"]),
];

/// The columns of a file of agencies.
pub const AGENCIES: &[Column] = &[
    column("name", true, &["ten", "ten co quan", "ten co quan bao chi"]),
    column("short_name", false, &["ten viet tat", "ten ngan"]),
    column("kind", true, &["loai", "loai hinh"]),
    column("level", true, &["cap"]),
    column("governing_body", false, &["co quan chu quan"]),
    column("province", false, &["tinh", "tinh thanh", "tinh thanh pho"]),
    column("website", false, &["trang web", "trang thong tin"]),
    column("source", false, &["nguon"]),
];

/// The columns of a file of press cards of before the registry.
pub const STATE_CARDS: &[Column] = &[
    column("number", true, &["so the", "so the nha bao", "card number"]),
    column("name", true, &["ho va ten", "ho ten", "full name"]),
    column("agency", true, &["co quan", "co quan bao chi", "ten co quan"]),
    column("issued", true, &["ngay cap", "issued on", "valid from"]),
    column("valid_until", false, &["co gia tri den", "gia tri den", "ngay het han", "han su dung"]),
];

/// What our own files of rejected rows have besides: not looked at, so that a mended file can be sent as it is.
pub const IGNORED: [&str; 4] = ["row", "codes", "errors_vi", "errors_en"];

/// Names, folded, of the column in which lists count their rows: not looked at.
const COUNTING: [&str; 4] = ["stt", "tt", "so tt", "so thu tu"];

/// A name in a header is told back up to this length.
const MOST_CHARACTERS_TOLD: usize = 60;

/// Where each known column is in a file.
#[derive(Clone, Debug)]
pub struct Columns {
    known: &'static [Column],
    places: Vec<Option<usize>>,
    header: Vec<String>,
    /// Whether it is our own file of rejected rows, in which formulas have an apostrophe before them.
    is_ours: bool,
}

impl Columns {
    /// The columns of a file with this header.
    ///
    /// # Errors
    /// `column:name` with `unknown_column`, `doubled_column` or `missing_column`: all of them at once.
    pub fn of(known: &'static [Column], header: Vec<String>) -> Result<Self, Vec<FieldError>> {
        let mut places = vec![None; known.len()];
        let mut errors = Vec::new();
        let is_there = |ignored: &str| header.iter().any(|name| text::fold(name) == text::fold(ignored));
        let is_ours = IGNORED.into_iter().all(is_there);
        for (place, name) in header.iter().enumerate() {
            let folded = text::fold(name);
            let ours = |column: &Column| text::fold(column.name) == folded || column.vietnamese.contains(&&*folded);
            let found = known.iter().position(ours);
            match found.and_then(|at| places.get_mut(at)) {
                Some(taken @ None) => *taken = Some(place),
                Some(Some(_)) => errors.push(problem(name, "doubled_column", "this column is there twice")),
                None if folded.is_empty() && name.trim().is_empty() => {}
                None if COUNTING.contains(&&*folded) => {}
                None if IGNORED.iter().any(|ignored| text::fold(ignored) == folded) => {}
                None => errors.push(problem(name, "unknown_column", "this column is not known here")),
            }
        }
        let missing = known.iter().zip(&places).filter(|(column, place)| column.required && place.is_none());
        errors.extend(missing.map(|(column, _)| problem(column.name, "missing_column", "this column is needed")));
        if errors.is_empty() { Ok(Self { known, places, header, is_ours }) } else { Err(errors) }
    }

    /// The header as it stands in the file.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// The places of the columns that are ours to read.
    pub fn places(&self) -> impl Iterator<Item = usize> {
        self.places.iter().flatten().copied()
    }

    /// What stands in the column of this name, without the white space around it, nor the apostrophe that we set before it;
    /// empty where nothing does.
    pub fn cell<'r>(&self, cells: &'r [String], name: &str) -> &'r str {
        let at = self.known.iter().position(|column| column.name == name);
        let place = at.and_then(|at| self.places.get(at).copied().flatten());
        let cell = place.and_then(|place| cells.get(place)).map_or("", |cell| cell.trim());
        if self.is_ours { text::formula(cell).trim() } else { cell }
    }

    /// What stands there, where something does.
    pub fn optional<'r>(&self, cells: &'r [String], name: &str) -> Option<&'r str> {
        Some(self.cell(cells, name)).filter(|cell| !cell.is_empty())
    }

    /// Whether something stands right of the header, where no column is.
    pub fn overflows(&self, cells: &[String]) -> bool {
        cells.iter().skip(self.header.len()).any(|cell| !cell.trim().is_empty())
    }
}

fn problem(name: &str, code: &'static str, detail: &'static str) -> FieldError {
    let told: String = name.trim().chars().filter(|c| !c.is_control()).take(MOST_CHARACTERS_TOLD).collect();
    FieldProblem::new(code, detail).at(format!("column:{told}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(header: &str) -> Result<Columns, Vec<(String, &'static str)>> {
        let columns = Columns::of(PEOPLE, header.split(',').map(str::to_owned).collect());
        columns.map_err(|errors| errors.into_iter().map(|error| (error.pointer, error.code)).collect())
    }

    #[test]
    fn columns_are_known_by_both_names_in_any_order() {
        let cells: Vec<String> = ["1", "2", "3", "4", "5", "6"].map(str::to_owned).to_vec();
        for header in [
            "from,post,kind,national_id,birth_date,full_name",
            "Từ ngày,Chức danh,Loại,Số định danh cá nhân,Ngày sinh,Họ và tên",
            "FROM,Chức Vụ,hình thức,CCCD,ngày tháng năm sinh,HỌ TÊN",
            "Từ ngày,Vị trí,Hình thức,Căn cước công dân,Ngày sinh,Họ tên",
        ] {
            let columns = of(header).expect("good columns");
            let read = ["from", "post", "kind", "national_id", "birth_date", "full_name", "email"];
            assert_eq!(read.map(|name| columns.cell(&cells, name)), ["1", "2", "3", "4", "5", "6", ""], "{header}");
        }
    }

    #[test]
    fn every_mistake_of_a_header_is_told() {
        let errors = of("full_name,Họ tên,opinion,birth_date,national_id,kind,post").expect_err("three mistakes");
        let told: Vec<_> = errors.iter().map(|(pointer, code)| (pointer.as_str(), *code)).collect();
        assert_eq!(
            told,
            [
                ("column:Họ tên", "doubled_column"),
                ("column:opinion", "unknown_column"),
                ("column:from", "missing_column"),
            ]
        );
    }

    #[test]
    fn an_apostrophe_that_we_set_is_taken_off_again() {
        let header = "full_name,birth_date,national_id,kind,post,from,pen_name";
        let ours = of(&format!("{header},row,codes,errors_vi,errors_en")).expect("good columns");
        let others = of(&format!("{header},row,codes,errors_vi")).expect("good columns");
        for (cell, read) in
            [("'@baongan", "@baongan"), (" '=1 ", "=1"), ("'Bưởi", "'Bưởi"), ("''=1", "''=1"), ("'", "'")]
        {
            let cells = vec![cell.to_owned(); 7];
            assert_eq!((ours.cell(&cells, "pen_name"), others.cell(&cells, "pen_name")), (read, cell.trim()), "{cell}");
        }
    }

    #[test]
    fn a_column_that_counts_the_rows_is_passed_over() {
        let header = "full_name,birth_date,national_id,kind,post,from";
        for counting in ["STT", "TT", "Số TT.", "SỐ THỨ TỰ"] {
            let columns = of(&format!("{counting},{header}"));
            let Ok(columns) = columns else { panic!("{counting}: {columns:?}") };
            assert_eq!(columns.cell(&["1".to_owned(), "Lê An".to_owned()], "full_name"), "Lê An");
        }
    }

    #[test]
    fn no_two_columns_share_a_name() {
        for known in [PEOPLE, AGENCIES, STATE_CARDS] {
            let mut names: Vec<String> = known.iter().map(|column| text::fold(column.name)).collect();
            names.extend(known.iter().flat_map(|column| column.vietnamese).map(|name| (*name).to_owned()));
            names.extend(IGNORED.map(text::fold));
            names.extend(COUNTING.map(str::to_owned));
            assert!(names.iter().all(|name| text::fold(name) == *name), "{names:?}");
            let all = names.len();
            names.sort();
            names.dedup();
            assert_eq!(names.len(), all, "{names:?}");
        }
    }
}
