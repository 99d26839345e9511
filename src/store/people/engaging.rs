//! Rows of engagements.

use crate::domain::ids::{AgencyId, PersonId};
use crate::domain::people::{Engagement, EngagementKind, Person};
use crate::domain::successions::{Carried, Span};
use crate::domain::time::Day;
use crate::error::Error;
use crate::store::connection::{Read as _, insert_all, on_each};
use crate::store::schema::engagements;
use crate::store::tx::Writer;
use crate::store::{columns, search};
use chrono::NaiveDate;
use diesel::prelude::*;
use std::collections::HashMap;

#[derive(Clone, Queryable, Insertable)]
#[diesel(table_name = engagements, treat_none_as_default_value = false)]
pub(super) struct EngagementRow {
    id: String,
    pub(super) person_id: String,
    agency_id: String,
    kind: String,
    post: String,
    from_day: NaiveDate,
    to_day: Option<NaiveDate>,
}

impl EngagementRow {
    pub(super) fn all_of(person: &Person) -> impl Iterator<Item = Self> {
        person.engagements.iter().map(|engagement| Self::of(person.id, engagement))
    }

    fn of(person: PersonId, engagement: &Engagement) -> Self {
        Self {
            id: engagement.id.to_string(),
            person_id: person.to_string(),
            agency_id: engagement.agency.to_string(),
            kind: engagement.kind.as_str().to_owned(),
            post: engagement.post.clone(),
            from_day: engagement.from.date(),
            to_day: engagement.to.map(Day::date),
        }
    }

    pub(super) fn into_domain(self) -> Result<Engagement, Error> {
        Ok(Engagement {
            id: columns::id(&self.id)?,
            agency: columns::id(&self.agency_id)?,
            kind: columns::stored(EngagementKind::parse(&self.kind))?,
            post: self.post,
            from: columns::day(self.from_day),
            to: self.to_day.map(columns::day),
        })
    }
}

/// Enters a further engagement of somebody who is on record.
///
/// # Errors
/// The database's.
pub fn insert_engagement(writer: &mut Writer, person: PersonId, engagement: &Engagement) -> Result<(), Error> {
    let row = EngagementRow::of(person, engagement);
    diesel::insert_into(engagements::table).values(row).execute(writer.db())?;
    search::renew(writer, person)?;
    Ok(())
}

/// Writes the days of an engagement.
///
/// # Errors
/// The database's.
pub fn update_engagement(writer: &mut Writer, person: PersonId, it: &Engagement) -> Result<(), Error> {
    let days = (engagements::from_day.eq(it.from.date()), engagements::to_day.eq(it.to.map(Day::date)));
    diesel::update(engagements::table.find(it.id.to_string())).set(days).execute(writer.db())?;
    search::renew(writer, person)?;
    Ok(())
}

/// Ends these engagements where another agency takes over on `day`, and enters those that follow them there, where any do;
/// what goes over itself is that agency's from then on, for the time that is left of it.
///
/// # Errors
/// The database's.
pub(in crate::store) fn carry_engagements(
    writer: &mut Writer,
    to: AgencyId,
    work: &[Carried],
    day: Day,
) -> Result<(), Error> {
    let ids: Vec<String> = work.iter().map(|(work, _)| work.id.to_string()).collect();
    let rows: Vec<EngagementRow> =
        on_each!(writer.db(), db => engagements::table.filter(engagements::id.eq_any(&ids)).load(db))?;
    let of_id: HashMap<&str, &EngagementRow> = rows.iter().map(|row| (row.id.as_str(), row)).collect();
    let mut last_days = HashMap::<Day, Vec<&str>>::new();
    let mut following = Vec::with_capacity(work.len());
    let (mut themselves, mut divided) = (Vec::new(), Vec::new());
    for ((work, new), id) in work.iter().zip(&ids) {
        match new {
            Some((new, span)) if *new == work.id => {
                themselves.push(id);
                divided.extend((*span != Span { from: work.from, until: work.until }).then_some((id, *span)));
                continue;
            }
            // Another part of what went over itself.
            Some(_) if work.goes_over_itself(day) => {}
            Some(_) | None => last_days.entry(work.last_day(day)).or_default().push(id),
        }
        let old = of_id.get(id.as_str()).ok_or_else(|| Error::internal("an engagement that is not on record"))?;
        following.extend(new.map(|(id, span)| EngagementRow {
            id: id.to_string(),
            agency_id: to.to_string(),
            from_day: span.from.date(),
            to_day: span.until.map(Day::date),
            ..(*old).clone()
        }));
    }
    for (last, ids) in last_days {
        on_each!(writer.db(), db => diesel::update(engagements::table.filter(engagements::id.eq_any(&ids)))
            .set(engagements::to_day.eq(last.date()))
            .execute(db))?;
    }
    on_each!(writer.db(), db => diesel::update(engagements::table.filter(engagements::id.eq_any(themselves)))
        .set(engagements::agency_id.eq(to.to_string()))
        .execute(db))?;
    // Few: whoever had not begun by then, and works there meanwhile.
    for (id, span) in divided {
        let days = (engagements::from_day.eq(span.from.date()), engagements::to_day.eq(span.until.map(Day::date)));
        diesel::update(engagements::table.find(id)).set(days).execute(writer.db())?;
    }
    insert_all!(writer.db(), engagements::table, following);
    Ok(())
}
