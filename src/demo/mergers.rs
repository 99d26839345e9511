//! Agencies that became one: six of Bắc Kạn and Thái Nguyên in July 2025, as in the country, and an invented one lately.

use super::houses::{DemoHouse, DemoPeople, MAU, MAU_CU};
use super::world::{Happening, World, gate_of, on};
use crate::app::gate::Gate;
use crate::app::successions;
use crate::domain::ids::AgencyId;
use crate::domain::successions::MergerForm;
use crate::domain::time::Timestamp;
use crate::error::Error;

/// What became one with 220 staff (Nhân Dân post891310, July 2025).
const OF_THAI_NGUYEN: [&str; 6] = [
    "Báo Bắc Kạn",
    "Báo Thái Nguyên",
    "Đài PT-TH Bắc Kạn",
    "Đài PT-TH Thái Nguyên",
    "Tạp chí VHNT Bắc Kạn",
    "Tạp chí VHNT Thái Nguyên",
];
const THAI_NGUYEN: &str = "Báo và PT-TH Thái Nguyên";
/// The morning on which the provinces became one.
const REFORM: &str = "2025-07-01T08:30:00+07:00";

pub(super) fn diary() -> Vec<Happening> {
    vec![on(60, take_in)]
}

/// When the six became one.
pub(super) fn of_the_reform() -> Result<Timestamp, Error> {
    Timestamp::parse(REFORM).map_err(|problem| Error::internal(problem.to_string()))
}

/// The six become one. Those who hold a card of theirs already need none of the next term yet.
pub(super) fn reform(world: &mut World) -> Result<(), Error> {
    merge(world, &OF_THAI_NGUYEN, THAI_NGUYEN, "Hợp nhất sáu cơ quan báo chí khi sắp xếp đơn vị hành chính cấp tỉnh.")?;
    let (gone, stay): (Vec<DemoHouse>, Vec<DemoHouse>) =
        world.houses.drain(..).partition(|house| OF_THAI_NGUYEN.iter().any(|name| house.is(name)));
    world.houses = stay;
    if let Some(heir) = world.houses.iter_mut().find(|house| house.is(THAI_NGUYEN)) {
        for DemoPeople { staff, collaborators, .. } in gone.into_iter().map(|house| house.people) {
            heir.people.staff.extend(staff.iter().skip(1));
            heir.people.collaborators.extend(collaborators);
        }
    }
    Ok(())
}

/// One magazine goes over to a newspaper: its cards are good, and to be exchanged.
fn take_in(world: &mut World) -> Result<(), Error> {
    merge(world, &[MAU_CU], MAU, "Sáp nhập theo quyết định của cơ quan chủ quản.")?;
    world.went_over = world.house(MAU_CU)?.people.staff.clone();
    world.houses.retain(|house| !house.is(MAU_CU));
    Ok(())
}

/// Has a plan shown, and done as it was shown.
fn merge(world: &World, predecessors: &[&str], successor: &str, reason: &str) -> Result<(), Error> {
    let id = |name: &str| -> Result<AgencyId, Error> { Ok(world.house(name)?.id) };
    let predecessors = predecessors.iter().map(|name| Ok(id(name)?.to_string())).collect::<Result<_, Error>>()?;
    let form = MergerForm {
        predecessors,
        successor: id(successor)?.to_string(),
        reason: reason.to_owned(),
        effective_on: None,
    };
    let (order, registrar, registry) = (form.parse()?, world.staff.ministry(), &world.registry);
    let planned = registry.store.read_consistently(|db| {
        successions::plan(db, &registry.clock, &registrar, &Gate::default(), || Ok(order.clone()))
    })?;
    let gate = gate_of(&planned.etag());
    world.write(move |tx, registry| {
        successions::carry_out(tx, registry, &registrar, &gate, || Ok(order.clone())).map(drop)
    })
}
