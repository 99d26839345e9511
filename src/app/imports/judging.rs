//! Rows judged against the record, and good ones entered: the one way for a dry run and for the run itself.

use super::super::Registry;
use super::super::people::{again as people_again, on_list, registration};
use crate::domain::ids::AgencyId;
use crate::domain::imports::{Columns, Counts, Row, RowError, Verdict, read_person, verdict};
use crate::domain::people::{NewPerson, Person};
use crate::domain::time::Day;
use crate::error::Error;
use crate::keys::Sealing;
use crate::policy::Permit;
use crate::store::{Read, Tx, people};
use std::collections::HashMap;

/// The national ids of good rows before, and the rows they are in.
pub(super) type Seen = HashMap<String, u32>;

/// What became of some rows.
#[derive(Default)]
pub(super) struct Judged {
    pub(super) counts: Counts,
    pub(super) errors: Vec<RowError>,
    pub(super) new: Vec<NewPerson>,
    /// Who worked for the agency before, and what is said of them now.
    pub(super) again: Vec<(Person, NewPerson)>,
    /// To be added to what was seen, once all this is durable.
    pub(super) seen: Seen,
}

/// Judges some rows of a file.
pub(super) fn judge(
    db: &mut impl Read,
    sealing: &Sealing,
    (agency, today): (AgencyId, Day),
    columns: &Columns,
    rows: &[Row],
    before: &Seen,
) -> Result<Judged, Error> {
    let read: Vec<_> = rows.iter().map(|row| (row.number, read_person(columns, row, today))).collect();
    let ids: Vec<_> = read.iter().filter_map(|(_, row)| Some(&row.as_ref().ok()?.fields.national_id)).collect();
    let known = people::known_among(db, sealing, agency, &ids, today)?;
    let former = people::former_among(db, sealing, agency, &ids, today)?;
    let [known, former] = [&known, &former]
        .map(|people| people.iter().map(|it| (it.fields.national_id.reveal(), it)).collect::<HashMap<&str, &Person>>());
    let mut judged = Judged::default();
    for (number, row) in read {
        let national_id = row.as_ref().ok().map(|row| row.fields.national_id.reveal().to_owned());
        let id = national_id.as_deref().unwrap_or_default();
        let earlier = before.get(id).or_else(|| judged.seen.get(id)).copied();
        match verdict(row, (known.get(id).copied(), former.get(id).copied()), earlier, agency, today) {
            Verdict::Rejected(errors) => {
                judged.counts.rejected += 1;
                judged.errors.extend(errors.into_iter().map(|error| RowError { row: number, error }));
                continue;
            }
            Verdict::New(person) => judged.new.push(*person),
            Verdict::Again(person) => judged.again.push(*person),
            Verdict::Unchanged => judged.counts.unchanged += 1,
        }
        judged.counts.accepted += 1;
        judged.seen.extend(national_id.map(|id| (id, number)));
    }
    Ok(judged)
}

/// Enters people, each with an event; gives how many.
pub(super) fn enter(
    tx: &mut Tx,
    registry: &Registry,
    permit: &Permit,
    agency: AgencyId,
    Judged { new, again, .. }: &Judged,
) -> Result<i64, Error> {
    for (person, row) in again {
        people_again(tx, registry, permit, person.clone(), agency, row.clone())?;
    }
    if !new.is_empty() {
        let entered: Vec<Person> = new.iter().map(|person| on_list(tx, agency, person.clone())).collect();
        let events = entered.iter().map(|person| registration(person, agency));
        tx.record_all(permit, events, |writer| people::insert(writer, &registry.secrets.sealing, &entered))?;
    }
    i64::try_from(new.len() + again.len()).map_err(Error::internal)
}
