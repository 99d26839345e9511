//! What becomes of notices when what they tell of goes over to another agency.

use super::{Row, whole};
use crate::domain::ids::{AgencyId, NoticeId};
use crate::domain::notices::Notice;
use crate::error::Error;
use crate::store::connection::{MANY_IDS_AT_ONCE, Read, on_each};
use crate::store::schema::notices;
use crate::store::tx::Writer;
use diesel::prelude::*;

/// What was told of these things is the affair of the agency that they went over to.
///
/// # Errors
/// The database's.
pub fn carry_over(writer: &mut Writer, from: AgencyId, to: AgencyId, objects: &[String]) -> Result<(), Error> {
    let (from, to) = (from.to_string(), to.to_string());
    for ids in objects.chunks(MANY_IDS_AT_ONCE) {
        on_each!(writer.db(), db => diesel::update(notices::table
                .filter(notices::object_id.eq_any(ids))
                .filter(notices::agency_id.eq(&from)))
            .set((notices::agency_id.eq(&to), notices::version.eq(notices::version + 1)))
            .execute(db))?;
    }
    Ok(())
}

/// What has not arrived of what an agency is owed to be told, but what stays with it: what mergers told it, for that counts
/// what it took over itself; and what it was told of cards of before, for it goes on being the one to collect those whose
/// holders had left it, and nobody else may read them.
///
/// # Errors
/// The database's.
pub fn unarrived(db: &mut impl Read, agency: AgencyId) -> Result<Vec<Notice>, Error> {
    let rows: Vec<Row> = notices::table
        .filter(notices::agency_id.eq(agency.to_string()).and(notices::person_id.is_null()))
        .filter(notices::served_at.is_null())
        .filter(notices::object_kind.ne_all(["succession", "state_card"]))
        .order(notices::id)
        .select(Row::as_select())
        .load(db.db())?;
    whole(db, rows)
}

/// Addresses notices to another agency.
///
/// # Errors
/// The database's.
pub fn give(writer: &mut Writer, ids: &[NoticeId], to: AgencyId) -> Result<(), Error> {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let to = to.to_string();
    for ids in ids.chunks(MANY_IDS_AT_ONCE) {
        on_each!(writer.db(), db => diesel::update(notices::table.filter(notices::id.eq_any(ids)))
            .set((notices::agency_id.eq(&to), notices::version.eq(notices::version + 1)))
            .execute(db))?;
    }
    Ok(())
}
