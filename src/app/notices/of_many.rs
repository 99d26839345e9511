//! What thousands of people are owed to be told of one thing, each with an entry of the log of their own: asked, and
//! entered, some thousand at a time.

use super::of_record::{enter, reached};
use crate::app::Registry;
use crate::domain::events::Event;
use crate::domain::ids::{AgencyId, NoticeId, PersonId};
use crate::domain::notices::{Addressee, Means, Notice, Occasion, OfRecord};
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::store::{Tx, Writer};
use std::collections::HashMap;

/// People asked about in one statement.
const AT_ONCE: usize = 1_000;

/// What people are owed to be told; entered with the events about them.
#[must_use = "nobody is told until it is entered"]
pub(in crate::app) struct OwingMany {
    occasion: Occasion,
    agency: AgencyId,
    at: Timestamp,
    /// Of those whom no event is about yet.
    waiting: HashMap<PersonId, Means>,
    /// With which of the events, counted from 0, that are written together.
    named: Vec<(usize, PersonId, NoticeId, Means)>,
}

/// What these people are owed to be told, as far as anything reaches them from here: else their agency tells them.
///
/// # Errors
/// The database's.
pub(in crate::app) fn owing_many(
    tx: &mut Tx,
    registry: &Registry,
    occasion: Occasion,
    agency: AgencyId,
    people: &[PersonId],
) -> Result<OwingMany, Error> {
    let mut waiting = HashMap::new();
    for some in people.chunks(AT_ONCE) {
        waiting.extend(reached(tx, registry, some)?);
    }
    Ok(OwingMany { occasion, agency, at: tx.now(), waiting, named: Vec::new() })
}

impl OwingMany {
    /// Names the notice in the event about its person, which is to be written in this place of several: in the first one
    /// about them.
    pub(in crate::app) fn name_in(&mut self, tx: &Tx, event: &mut Event, place: usize, person: PersonId) {
        if let Some(means) = self.waiting.remove(&person) {
            let id: NoticeId = tx.new_id();
            event.data["notices"] = vec![id.to_string()].into();
            self.named.push((place, person, id, means));
        }
    }

    /// Enters the notices that were named, with the events being written.
    ///
    /// # Errors
    /// The database's.
    pub(in crate::app) fn enter(self, writer: &mut Writer, registry: &Registry) -> Result<(), Error> {
        let Self { occasion, agency, at, waiting: _, named } = self;
        let first = writer.log_index();
        let entered = named.into_iter().map(|(place, person, id, means)| {
            let log_index = first + i64::try_from(place).map_err(Error::internal)?;
            let of = OfRecord { occasion, to: Addressee::Holder(person, agency), log_index };
            Ok(Notice::blank(id, of, at).sent_now(means))
        });
        let entered = entered.collect::<Result<Vec<_>, Error>>()?;
        enter(writer, registry, &entered, at)
    }
}
