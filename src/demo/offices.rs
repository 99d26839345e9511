//! Offices and resident reporters: notified, confirmed, objected to, changed, ended. One agency has as many reporters in one
//! province as the law lets it have, and would like one more.

use super::applications::scanned;
use super::houses::{CENTRAL, LOCAL, MAU, MAU_CU, TAM_DUNG, THI_DU, VI_DU, unit};
use super::world::{Happening, World, gate_of, on};
use crate::app::documents::DocumentForm;
use crate::app::gate::Gate;
use crate::app::offices::{self, EventForm, NewOfficeForm, Staffed};
use crate::domain::accounts::Caller;
use crate::domain::ids::OfficeId;
use crate::domain::offices::{Document, OfficeForm, OfficeKind};
use crate::error::Error;
use crate::store;

/// Days from a notice to the first day: more than any law asks.
const NOTICE_DAYS: u64 = 20;

/// What is done about an office.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// A clerk writes it down.
    Draft,
    /// The head tells the province.
    Notify,
    /// The notice came on paper: the province's registrar writes it down, and the ministry confirms.
    OnPaper,
    Confirm,
    Object,
    /// It moves.
    Amend,
    Close,
}

/// An office and what becomes of it, by days before now.
struct Office {
    agency: &'static str,
    kind: OfficeKind,
    /// The code that its province has today.
    province: &'static str,
    /// Who of the agency leads it, or is alone there.
    who: usize,
    course: &'static [(i64, Step)],
}

const fn office(
    agency: &'static str,
    kind: OfficeKind,
    (province, who): (&'static str, usize),
    course: &'static [(i64, Step)],
) -> Office {
    Office { agency, kind, province, who, course }
}

use OfficeKind::{AssignedReporter, RepresentativeOffice, ResidentAgency, ResidentReporter};
use Step::{Amend, Close, Confirm, Draft, Notify, Object, OnPaper};

#[rustfmt::skip] // a table
const OFFICES: &[Office] = &[
    // In good order, or waiting for the province.
    office(CENTRAL, RepresentativeOffice, ("31", 1), &[(130, Notify), (122, Confirm)]),
    office(CENTRAL, AssignedReporter, ("31", 2), &[(11, Notify)]),
    office(CENTRAL, RepresentativeOffice, ("48", 3), &[(9, Draft)]),
    office(LOCAL, AssignedReporter, ("22", 1), &[(127, Notify), (119, Confirm)]),
    office(LOCAL, ResidentReporter, ("22", 2), &[(8, Draft)]),
    // Three in one province, which is the most; of the third it has not heard, and a fourth is drafted.
    office(VI_DU, ResidentReporter, ("31", 0), &[(129, Notify), (121, Confirm)]),
    office(VI_DU, ResidentReporter, ("31", 1), &[(128, Notify), (120, Confirm)]),
    office(VI_DU, ResidentReporter, ("31", 2), &[(12, Notify)]),
    office(VI_DU, ResidentReporter, ("31", 3), &[(10, Draft)]),
    office(VI_DU, RepresentativeOffice, ("22", 4), &[(39, Notify), (34, Object)]),
    // Changed, ended, objected to.
    office(MAU, ResidentAgency, ("79", 1), &[(126, Notify), (118, Confirm), (23, Amend)]),
    office(MAU, RepresentativeOffice, ("24", 2), &[(125, Notify), (117, Confirm), (15, Close)]),
    office(MAU, RepresentativeOffice, ("31", 3), &[(14, Notify), (6, Object)]),
    // With what they rest on: one goes over to another agency, one is suspended.
    office(MAU_CU, RepresentativeOffice, ("48", 1), &[(124, Notify), (116, Confirm)]),
    office(TAM_DUNG, RepresentativeOffice, ("48", 1), &[(123, Notify), (115, Confirm)]),
    // Of an agency that reads no notices here.
    office(THI_DU, AssignedReporter, ("22", 5), &[(7, OnPaper), (0, Confirm)]),
    office(THI_DU, RepresentativeOffice, ("24", 2), &[(5, Notify), (0, Object)]),
];

pub(super) fn diary() -> Vec<Happening> {
    let of_each = OFFICES.iter().enumerate();
    let steps =
        of_each.flat_map(|(nth, office)| office.course.iter().map(move |(days, step)| (*days, nth, office, *step)));
    steps.map(|(days, nth, office, step)| on(days, move |world| take(world, nth, office, step))).collect()
}

fn take(world: &mut World, nth: usize, office: &Office, step: Step) -> Result<(), Error> {
    let caller = caller(world, office, step)?;
    match step {
        Step::Draft | Step::Notify | Step::OnPaper => {
            let agency = world.house(office.agency)?.id;
            let form = form(world, office, step)?;
            let id = world.write(move |tx, registry| {
                Ok(offices::create(tx, registry, &caller, agency, &Gate::default(), || Ok(form.clone()))?.id)
            })?;
            world.offices.insert(nth, id);
            // What the head is to see before giving notice.
            match step {
                Step::Draft => attach(world, office, id),
                Step::Notify | Step::OnPaper | Step::Confirm | Step::Object | Step::Amend | Step::Close => Ok(()),
            }
        }
        Step::Confirm | Step::Object | Step::Amend | Step::Close => {
            let id = *world.offices.get(&nth).ok_or_else(|| Error::internal("an office that was not begun"))?;
            let form = event(step);
            world.write(move |tx, registry| {
                let found = store::offices::find(tx, id)?.ok_or(Error::NotFound)?;
                let gate = gate_of(&Staffed::of(tx, tx.now(), [&found])?.etag(&found));
                offices::happen(tx, registry, &caller, id, &gate, Ok(form.clone())).map(drop)
            })
        }
    }
}

/// The scan of the notice itself.
fn attach(world: &World, office: &Office, id: OfficeId) -> Result<(), Error> {
    let clerk = caller(world, office, Step::Draft)?;
    let kind = Document::Notice.as_str();
    let form = DocumentForm { kind: Some(kind.to_owned()), person: None };
    scanned(world, kind, move |tx, file| offices::add_document(tx, &clerk, id, &Gate::default(), &form, file).map(drop))
}

fn caller(world: &World, office: &Office, step: Step) -> Result<Caller, Error> {
    let agency = world.house(office.agency).map(|house| house.id);
    let is_on_paper = office.course.iter().any(|(_, step)| matches!(step, Step::OnPaper));
    let registrar = || Ok(world.staff.registrar_of(&unit(office.province, world.now.day())?));
    match step {
        Step::Draft => world.staff.clerk(agency?),
        Step::Notify | Step::Amend | Step::Close => world.staff.head(agency?),
        // Whoever wrote a notice down does not confirm it.
        Step::Confirm if is_on_paper => Ok(world.staff.ministry()),
        Step::OnPaper | Step::Confirm | Step::Object => registrar(),
    }
}

fn form(world: &World, office: &Office, step: Step) -> Result<NewOfficeForm, Error> {
    let today = world.registry.clock.now().day();
    let person = world.member(office.agency, office.who)?.to_string();
    let (address, head, reporters) = match office.kind.has_premises() {
        true => (Some("Số 1, phố Ví Dụ".to_owned()), Some(person), Vec::new()),
        false => (None, None, vec![person]),
    };
    Ok(NewOfficeForm {
        office: OfficeForm {
            kind: office.kind.as_str().to_owned(),
            from: today.plus_days(NOTICE_DAYS).to_string(),
            address,
            head,
            reporters,
            of_centre: false,
            documents: Document::ALL.iter().map(|document| document.as_str().to_owned()).collect(),
        },
        province: office.province.to_owned(),
        no_discipline: true,
        notified_on: matches!(step, Step::OnPaper).then(|| today.minus_days(2).to_string()),
    })
}

fn event(step: Step) -> EventForm {
    let event = |name: &str| EventForm { event: name.to_owned(), ..EventForm::default() };
    match step {
        Step::Confirm => event("confirm"),
        Step::Object => EventForm {
            reason: Some("Giấy tờ về trụ sở chưa ghi rõ địa chỉ; đề nghị bổ sung.".to_owned()),
            ..event("object")
        },
        Step::Amend => {
            EventForm {
                address: Some("Số 2, phố Ví Dụ".to_owned()), no_discipline: Some(true), ..event("amend")
            }
        }
        Step::Close => event("close"),
        // They begin an office.
        Step::Draft | Step::Notify | Step::OnPaper => EventForm::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_agencies_are_objected_to_nowhere() {
        for office in OFFICES.iter().filter(|office| [CENTRAL, LOCAL].contains(&office.agency)) {
            for (_, step) in office.course {
                assert!(matches!(step, Step::Draft | Step::Notify | Step::Confirm), "{}: {step:?}", office.agency);
            }
        }
    }

    #[test]
    fn what_happens_to_an_office_is_told_in_order() {
        for office in OFFICES {
            assert!(office.course.is_sorted_by(|(one, _), (next, _)| one > next), "{}", office.agency);
            let begun = office.course.first().map(|(_, step)| *step);
            assert!(matches!(begun, Some(Step::Draft | Step::Notify | Step::OnPaper)), "{}", office.agency);
        }
    }
}
