//! Reading what was written down. Writing is [`super::Tx::record`]'s alone.

use super::columns::{self, one_more};
use super::connection::{Db, Read};
use super::schema::{event_personal, events, log_head};
use crate::domain::events::{Object, Recorded};
use crate::domain::ids::SubjectId;
use crate::error::Error;
use diesel::prelude::*;
use std::collections::HashMap;

type Row = (i64, String, String, i64, String, Option<String>, String);

/// What happened to a thing, oldest first, after index `after`; one more than `limit` where there is more.
///
/// # Errors
/// The database's.
pub fn of_object(
    db: &mut impl Read,
    object: &Object,
    after: Option<i64>,
    limit: usize,
) -> Result<Vec<Recorded>, Error> {
    let mut rows = events::table
        .filter(events::object_kind.eq(object.kind()))
        .filter(events::object_id.eq(object.to_string()))
        .select((
            events::idx,
            events::id,
            events::kind,
            events::at,
            events::actor_role,
            events::actor_body,
            events::data,
        ))
        .into_boxed::<<Db as diesel::Connection>::Backend>();
    if let Some(after) = after {
        rows = rows.filter(events::idx.gt(after));
    }
    let rows: Vec<Row> = rows.order(events::idx).limit(one_more(limit)).load(db.db())?;
    let indexes: Vec<i64> = rows.iter().map(|row| row.0).collect();
    let personal: Vec<(i64, String, String)> = event_personal::table
        .filter(event_personal::event_idx.eq_any(indexes))
        .order((event_personal::event_idx, event_personal::subject))
        .load(db.db())?;
    let mut of_event = HashMap::<i64, Vec<(SubjectId, serde_json::Value)>>::new();
    for (index, subject, fields) in personal {
        let fields = serde_json::from_str(&fields).map_err(Error::internal)?;
        of_event.entry(index).or_default().push((columns::id(&subject)?, fields));
    }
    rows.into_iter()
        .map(|(index, id, kind, at, actor_role, actor_body, data)| {
            Ok(Recorded {
                index,
                id: columns::id(&id)?,
                kind,
                at: columns::instant(at),
                actor_role,
                actor_body,
                data: serde_json::from_str(&data).map_err(Error::internal)?,
                personal: of_event.remove(&index).unwrap_or_default(),
            })
        })
        .collect()
}

/// How many events there are.
///
/// # Errors
/// The database's.
pub fn count(db: &mut impl Read) -> Result<i64, Error> {
    Ok(log_head::table.find(1).select(log_head::size).first(db.db())?)
}
