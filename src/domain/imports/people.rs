//! A row as a person: read by the rules of a form, and judged against who is on record.

use super::super::ids::AgencyId;
use super::super::people::{Engagement, EngagementForm, NewPerson, NewPersonForm, Person, PersonFields, PersonForm};
use super::super::text;
use super::super::time::Day;
use super::cells::{self, LONGEST_CELL, cell_error};
use super::dates::as_written_in_forms;
use super::{CellError, Columns, Row};
use std::borrow::Cow;

/// What becomes of a row.
#[derive(Clone)]
pub enum Verdict {
    /// Somebody new to the agency.
    New(Box<NewPerson>),
    /// Somebody who worked for the agency before: the same record, engaged again.
    Again(Box<(Person, NewPerson)>),
    /// On the agency's list already, as the row says.
    Unchanged,
    /// Something is to be mended.
    Rejected(Vec<CellError>),
}

/// The person that a row tells of.
///
/// # Errors
/// Every problem of every cell, as a form would be told, and `too_many_cells`.
pub fn read_person(columns: &Columns, row: &Row, today: Day) -> Result<NewPerson, Vec<CellError>> {
    let cell = |name| columns.cell(&row.cells, name);
    let optional = |name| columns.optional(&row.cells, name).map(str::to_owned);
    let form = NewPersonForm {
        person: PersonForm {
            full_name: cell("full_name").to_owned(),
            pen_name: optional("pen_name"),
            birth_date: as_written_in_forms(cell("birth_date")).into_owned(),
            national_id: cell("national_id").to_owned(),
            email: optional("email"),
        },
        engagement: EngagementForm {
            kind: kind(cell("kind")).into_owned(),
            post: cell("post").to_owned(),
            from: as_written_in_forms(cell("from")).into_owned(),
        },
    };
    cells::read(columns, row, form.parse(today))
}

/// The kind of an engagement by either of its names.
fn kind(cell: &str) -> Cow<'_, str> {
    // Folding drops what nobody sees, which is not to pass.
    match text::line(cell, LONGEST_CELL).map(|line| text::fold(&line)).as_deref() {
        Ok("cong tac vien") => Cow::Borrowed("collaborator"),
        Ok("bien che" | "nhan vien" | "chinh thuc") => Cow::Borrowed("staff"),
        Ok(_) | Err(_) => Cow::Borrowed(cell),
    }
}

/// What becomes of a row, by what it says, by whom the agency knows under its national id, or knew, and by the row before
/// it in the file that has the same.
pub fn verdict(
    read: Result<NewPerson, Vec<CellError>>,
    (known, former): (Option<&Person>, Option<&Person>),
    earlier: Option<u32>,
    agency: AgencyId,
    today: Day,
) -> Verdict {
    let rejected = |code, detail: String| Verdict::Rejected(vec![cell_error("national_id", code, detail)]);
    match (read, earlier, known) {
        (Err(errors), ..) => Verdict::Rejected(errors),
        (Ok(_), Some(row), _) => rejected("doubled_row", format!("row {row} has the same national id")),
        (Ok(person), None, Some(known)) if is_known_as(known, &person, agency, today) => Verdict::Unchanged,
        (Ok(_), None, Some(_)) => rejected(
            "already_registered",
            "this person is on your agency's list with other data: change the record instead".to_owned(),
        ),
        (Ok(person), None, None) => match former {
            None => Verdict::New(Box::new(person)),
            Some(former) => match former.must_come_again(&person, agency, today) {
                Ok(()) => Verdict::Again(Box::new((former.clone(), person))),
                Err(errors) => Verdict::Rejected(cells::of_form(errors)),
            },
        },
    }
}

/// Whether the record says of somebody what the row says.
pub fn is_known_as(known: &Person, row: &NewPerson, agency: AgencyId, today: Day) -> bool {
    let PersonFields { full_name, pen_name, birth_date, national_id, email } = &known.fields;
    let is_same_person = *full_name == row.fields.full_name
        && *pen_name == row.fields.pen_name
        && *birth_date == row.fields.birth_date
        && *national_id == row.fields.national_id
        && *email == row.fields.email;
    let is_same_work = |it: &Engagement| {
        let work = &row.engagement;
        it.agency == agency && it.is_open(today) && (it.kind, &it.post, it.from) == (work.kind, &work.post, work.from)
    };
    is_same_person && known.engagements.iter().any(is_same_work)
}
