//! What goes over is written: some thousand rows to a statement, for an agency may have 25,000 people. Each statement is
//! written for the database at hand.

use crate::domain::ids::{AgencyId, PersonId};
use crate::domain::successions::{Carried, Holdings, Move};
use crate::domain::time::Day;
use crate::error::Error;
use crate::store::connection::{MANY_IDS_AT_ONCE, Read, on_each};
use crate::store::schema::{applications, cases, credentials, people, users};
use crate::store::tx::Writer;
use crate::store::{notices, search};
use diesel::prelude::*;
use std::collections::BTreeSet;

/// Gives some rows to another agency, each in a new version.
macro_rules! give {
    ($writer:expr, $table:ident, $ids:expr, $to:expr) => {
        for ids in $ids.chunks(MANY_IDS_AT_ONCE) {
            on_each!($writer.db(), db => diesel::update($table::table.filter($table::id.eq_any(ids)))
                .set(($table::agency_id.eq($to), $table::version.eq($table::version + 1)))
                .execute(db))?;
        }
    };
}

fn written<T: ToString>(ids: impl IntoIterator<Item = T>) -> Vec<String> {
    ids.into_iter().map(|id| id.to_string()).collect()
}

/// Writes what goes over from one agency to another on `day`. `work` has the ids of the engagements that begin there,
/// where one does.
///
/// # Errors
/// The database's.
pub fn carry(writer: &mut Writer, it: &Move, work: &[Carried], day: Day) -> Result<(), Error> {
    // Offices are carried one by one, each with its own event.
    let Holdings { papers, applications, accounts, cases, work: _, offices: _ } = &it.holdings;
    let to = it.to.to_string();
    carry_work(writer, it.from, it.to, work, day)?;
    give!(writer, credentials, written(papers.iter().map(|it| it.id)), &to);
    give!(writer, applications, written(applications.iter().map(|it| it.id)), &to);
    give!(writer, cases, written(cases.iter().map(|it| it.id)), Some(&to));
    give!(writer, users, written(accounts), Some(&to));
    notices::carry_over(writer, it.from, it.to, &it.holdings.objects())?;
    Ok(())
}

fn carry_work(writer: &mut Writer, from: AgencyId, to: AgencyId, work: &[Carried], day: Day) -> Result<(), Error> {
    for some in work.chunks(MANY_IDS_AT_ONCE) {
        let who: BTreeSet<PersonId> = some.iter().map(|(work, _)| work.person).collect();
        let who: Vec<PersonId> = who.into_iter().collect();
        search::give(writer, from, to, &who)?;
        crate::store::people::carry_engagements(writer, to, some, day)?;
        let ids = written(&who);
        on_each!(writer.db(), db => diesel::update(people::table.filter(people::id.eq_any(&ids)))
            .set(people::version.eq(people::version + 1))
            .execute(db))?;
        search::renew_doubled(writer, to, &who)?;
        let there_already = some.iter().filter(|(_, next)| next.is_none()).map(|(work, _)| work.person);
        search::renew_all(writer, &there_already.collect::<Vec<_>>())?;
    }
    Ok(())
}
