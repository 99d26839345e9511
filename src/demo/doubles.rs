//! Records that are alike: of two people, of one human being, and of one who has been put together again.

use super::houses::{DIA_PHUONG, MAU, THI_DU};
use super::world::{Happening, World, gate_of, on};
use crate::app::gate::Gate;
use crate::app::people::NewPersonForm;
use crate::app::{duplicates, people};
use crate::domain::duplicates::{DecisionForm, DuplicateState};
use crate::domain::ids::{DuplicateId, PersonId};
use crate::domain::people::{EngagementForm, PersonForm};
use crate::error::Error;
use crate::store;

/// Pairs that wait at a time at most, in the demo.
const MOST: usize = 100;

/// Somebody as two agencies entered them: agency, name, national id.
type Entered = (&'static str, &'static str, &'static str);

struct Double {
    born: &'static str,
    records: [Entered; 2],
    is_merged: bool,
}

#[rustfmt::skip] // a table
const DOUBLES: &[Double] = &[
    // One name in two spellings, and two numbers: two people, or a slip of one agency.
    Double { born: "1988-04-12", is_merged: false, records: [
        (DIA_PHUONG, "Nguyễn Thị Thúy Hòa", "999188900101"), (MAU, "NGUYỄN THỊ THUÝ HOÀ", "999188900202")] },
    // One number, and a slip in the name.
    Double { born: "1979-11-03", is_merged: false, records: [
        (THI_DU, "Trần Quang Huy", "999079900303"), (DIA_PHUONG, "Trần Quang Huê", "999079900303")] },
    Double { born: "1992-02-27", is_merged: true, records: [
        (MAU, "Phạm Thùy Uyên", "999192900404"), (THI_DU, "Phạm Thuỳ Uyên", "999192900404")] },
];

pub(super) fn diary() -> Vec<Happening> {
    DOUBLES.iter().map(|it| on(10, move |world| enter(world, it))).collect()
}

fn enter(world: &mut World, it: &Double) -> Result<(), Error> {
    let [first, second] = it.records;
    let keep = register(world, it.born, first)?;
    register(world, it.born, second)?;
    if it.is_merged { merge(world, keep) } else { Ok(()) }
}

/// By the agency's clerk, who does not see what others have on record.
pub(super) fn register(world: &World, born: &str, (agency, name, national_id): Entered) -> Result<PersonId, Error> {
    let agency = world.house(agency)?.id;
    let clerk = world.staff.clerk(agency)?;
    let form = NewPersonForm {
        person: PersonForm {
            full_name: name.to_owned(),
            pen_name: None,
            birth_date: born.to_owned(),
            national_id: national_id.to_owned(),
            email: None,
        },
        engagement: EngagementForm {
            kind: "staff".to_owned(),
            post: "Phóng viên".to_owned(),
            from: "2024-03-01".to_owned(),
        },
    };
    world.write(move |tx, registry| {
        Ok(people::register(tx, registry, &clerk, agency, &Gate::default(), || Ok(form.clone()))?.id)
    })
}

/// A registrar finds that both are of one human being.
fn merge(world: &World, keep: PersonId) -> Result<(), Error> {
    let (registrar, registry) = (world.staff.ministry(), &world.registry);
    let open = registry.store.read(|db| store::duplicates::list(db, DuplicateState::Open, None, MOST))?;
    let pair = open.iter().find(|pair| pair.beside(keep).is_some());
    let id: DuplicateId = pair.ok_or_else(|| Error::internal("nobody noticed that two records are alike"))?.id;
    let seen = registry.store.read(|db| duplicates::read(db, registry, &registrar, id))?;
    let gate = gate_of(&seen.etag());
    let form = DecisionForm {
        event: "merge".to_owned(),
        reason: Some("Hai hồ sơ của cùng một người, cùng số định danh.".to_owned()),
        keep: Some(keep.to_string()),
        return_credential: None,
    };
    world.write(move |tx, registry| {
        duplicates::happen(tx, registry, &registrar, id, &gate, || Ok(form.clone())).map(drop)
    })
}
