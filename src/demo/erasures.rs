//! An erasure that was asked for by one registrar, and waits for another.

use super::doubles::register;
use super::houses::LOCAL;
use super::world::{Happening, World, gate, on};
use crate::app::erasure;
use crate::domain::erasure::ErasureForm;
use crate::error::Error;

pub(super) fn diary() -> Vec<Happening> {
    vec![on(4, ask)]
}

/// Of somebody who came to work for the agency and left before anything was granted to them.
fn ask(world: &mut World) -> Result<(), Error> {
    let person = register(world, "1996-09-14", (LOCAL, "Đỗ Thị Minh Nguyệt", "999196900505"))?;
    let version = world.person(person)?.version;
    let registrar = world.staff.ministry();
    world.write(move |tx, registry| {
        let form = ErasureForm {
            event: "erase".to_owned(),
            reason: Some("Theo đơn của người có dữ liệu: không nhận việc, đề nghị xóa.".to_owned()),
        };
        erasure::happen(tx, registry, &registrar, person, &gate(version), Ok(form)).map(drop)
    })
}
