//! A notice that a registrar sent by post, and of which nobody has written down that it arrived.

use super::world::{Happening, World, gate, on};
use crate::app::notices::{self, EventForm};
use crate::domain::notices::Undelivered;
use crate::error::Error;
use crate::policy::Range;
use crate::store;

pub(super) fn diary() -> Vec<Happening> {
    vec![on(3, post)]
}

/// The first of those that wait to be sent.
fn post(world: &mut World) -> Result<(), Error> {
    let registrar = world.staff.ministry();
    world.write(move |tx, registry| {
        let waiting = store::notices::undelivered(tx, &Range::Everything, Undelivered::ToSend, None, 1)?;
        let first = waiting.first().ok_or_else(|| Error::internal("no notice waits to be sent"))?;
        let form = EventForm { event: "send".to_owned(), means: Some("post".to_owned()), served_at: None };
        notices::happen(tx, registry, &registrar, first.id, &gate(first.version), Ok(form)).map(drop)
    })
}
