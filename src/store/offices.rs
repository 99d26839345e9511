//! Rows of offices and of who works there.

mod documents;

pub(super) use documents::hand_documents_over;
pub use documents::{
    add_document, document_names_object, documents_about, documents_of, documents_of_person, documents_over,
    remove_documents,
};

use super::columns::{self, one_more};
use super::connection::{Db, Read, on_each};
use super::schema::{engagements, office_posts, offices};
use super::tx::Writer;
use crate::domain::ids::{AgencyId, OfficeId, PersonId};
use crate::domain::offices::{
    Before, Change, Document, Office, OfficeFields, OfficeGround, OfficeKind, OfficeState, Post, Posted,
};
use crate::domain::provinces::{ProvinceId, Territory};
use crate::domain::time::Day;
use crate::error::Error;
use crate::policy::Range;
use chrono::NaiveDate;
use diesel::prelude::*;
use std::collections::HashMap;

#[derive(Queryable, Insertable, AsChangeset, Selectable)]
#[diesel(table_name = offices, treat_none_as_null = true)]
struct Row {
    id: String,
    agency_id: String,
    kind: String,
    province_id: String,
    address: Option<String>,
    from_day: NaiveDate,
    to_day: Option<NaiveDate>,
    of_centre: bool,
    documents: String,
    state: String,
    state_before: Option<String>,
    reason_before: Option<String>,
    reason: Option<String>,
    ground: Option<String>,
    drafted_by: String,
    notified_by: Option<String>,
    notified_on: Option<NaiveDate>,
    confirmed_on: Option<NaiveDate>,
    change_notified_on: Option<NaiveDate>,
    change_on: Option<NaiveDate>,
    version: i64,
    created_at: i64,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = office_posts, treat_none_as_default_value = false)]
struct PostRow {
    office_id: String,
    person_id: String,
    post: String,
    to_day: Option<NaiveDate>,
    from_day: Option<NaiveDate>,
}

impl Row {
    fn of(it: &Office) -> Result<Self, Error> {
        let OfficeFields { kind, from, address, of_centre, documents } = &it.fields;
        let documents: Vec<&str> = documents.iter().map(|document| document.as_str()).collect();
        Ok(Self {
            id: it.id.to_string(),
            agency_id: it.agency.to_string(),
            kind: kind.as_str().to_owned(),
            province_id: it.province.as_str().to_owned(),
            address: address.clone(),
            from_day: from.date(),
            to_day: it.to.map(Day::date),
            of_centre: *of_centre,
            documents: serde_json::to_string(&documents).map_err(Error::internal)?,
            state: it.state.as_str().to_owned(),
            state_before: it.before.as_ref().map(|before| before.state.as_str().to_owned()),
            reason_before: it.before.as_ref().and_then(|before| before.reason.clone()),
            reason: it.reason.clone(),
            ground: it.ground.map(|ground| ground.as_str().to_owned()),
            drafted_by: it.drafted_by.to_string(),
            notified_by: it.notified_by.map(|id| id.to_string()),
            notified_on: it.notified_on.map(Day::date),
            confirmed_on: it.confirmed_on.map(Day::date),
            change_notified_on: it.change.map(|change| change.told_on.date()),
            change_on: it.change.map(|change| change.on.date()),
            version: it.version,
            created_at: it.created_at.micros(),
        })
    }

    fn into_domain(self, posts: Vec<Posted>) -> Result<Office, Error> {
        let documents: Vec<String> = serde_json::from_str(&self.documents).map_err(Error::internal)?;
        let state = |raw: &str| columns::stored(OfficeState::parse(raw));
        Ok(Office {
            id: columns::id(&self.id)?,
            agency: columns::id(&self.agency_id)?,
            province: columns::stored(ProvinceId::parse(&self.province_id))?,
            fields: OfficeFields {
                kind: columns::stored(OfficeKind::parse(&self.kind))?,
                from: columns::day(self.from_day),
                address: self.address,
                of_centre: self.of_centre,
                documents: documents
                    .iter()
                    .map(|raw| columns::stored(Document::parse(raw)))
                    .collect::<Result<_, _>>()?,
            },
            posts,
            state: state(&self.state)?,
            before: match self.state_before.as_deref().map(state).transpose()? {
                Some(state) => Some(Before { state, reason: self.reason_before }),
                None => None,
            },
            change: self
                .change_notified_on
                .zip(self.change_on)
                .map(|(told_on, on)| Change { told_on: columns::day(told_on), on: columns::day(on) }),
            to: self.to_day.map(columns::day),
            reason: self.reason,
            ground: self.ground.as_deref().map(|raw| columns::stored(OfficeGround::parse(raw))).transpose()?,
            drafted_by: columns::id(&self.drafted_by)?,
            notified_by: columns::optional_id(self.notified_by.as_deref())?,
            notified_on: self.notified_on.map(columns::day),
            confirmed_on: self.confirmed_on.map(columns::day),
            version: self.version,
            created_at: columns::instant(self.created_at),
        })
    }
}

impl PostRow {
    fn of(office: OfficeId, it: &Posted) -> Self {
        Self {
            office_id: office.to_string(),
            person_id: it.person.to_string(),
            post: it.post.as_str().to_owned(),
            to_day: it.to.map(Day::date),
            from_day: it.from.map(Day::date),
        }
    }

    fn into_domain(self) -> Result<Posted, Error> {
        Ok(Posted {
            person: columns::id(&self.person_id)?,
            post: columns::stored(Post::parse(&self.post))?,
            from: self.from_day.map(columns::day),
            to: self.to_day.map(columns::day),
        })
    }
}

fn with_posts(db: &mut impl Read, rows: Vec<Row>) -> Result<Vec<Office>, Error> {
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let all: Vec<PostRow> = office_posts::table
        .filter(office_posts::office_id.eq_any(&ids))
        .order((office_posts::office_id, office_posts::post, office_posts::person_id))
        .load(db.db())?;
    let mut of_office = HashMap::<String, Vec<Posted>>::new();
    for row in all {
        of_office.entry(row.office_id.clone()).or_default().push(row.into_domain()?);
    }
    rows.into_iter()
        .map(|row| {
            let posts = of_office.remove(&row.id).unwrap_or_default();
            row.into_domain(posts)
        })
        .collect()
}

/// The office with this id.
///
/// # Errors
/// The database's.
pub fn find(db: &mut impl Read, id: OfficeId) -> Result<Option<Office>, Error> {
    let row: Option<Row> = offices::table.find(id.to_string()).first(db.db()).optional()?;
    Ok(with_posts(db, row.into_iter().collect())?.pop())
}

/// Which offices are listed.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Only of this agency.
    pub agency: Option<AgencyId>,
    /// Only in this territory.
    pub province: Option<Territory>,
    /// Only of this kind.
    pub kind: Option<OfficeKind>,
    /// Only in this state.
    pub state: Option<OfficeState>,
}

/// Offices within `range`, in the order they were begun; one more than `limit` where there are more. Drafts are an
/// agency's own.
///
/// # Errors
/// The database's.
pub fn list(
    db: &mut impl Read,
    range: &Range,
    wanted: &Wanted,
    after: Option<OfficeId>,
    limit: usize,
) -> Result<Vec<Office>, Error> {
    let mut rows = offices::table.into_boxed::<<Db as diesel::Connection>::Backend>();
    rows = match range {
        Range::Everything => rows,
        Range::Agency(agency) => rows.filter(offices::agency_id.eq(agency.to_string())),
        Range::Province(province) => rows.filter(offices::province_id.eq_any(columns::units(province))),
        Range::Person(_) | Range::Reporter(_) | Range::Nothing => return Ok(Vec::new()),
    };
    if !range.includes_drafts() {
        rows = rows.filter(offices::notified_on.is_not_null());
    }
    if let Some(agency) = wanted.agency {
        rows = rows.filter(offices::agency_id.eq(agency.to_string()));
    }
    if let Some(province) = &wanted.province {
        rows = rows.filter(offices::province_id.eq_any(columns::units(province)));
    }
    if let Some(kind) = wanted.kind {
        rows = rows.filter(offices::kind.eq(kind.as_str()));
    }
    if let Some(state) = wanted.state {
        rows = rows.filter(offices::state.eq(state.as_str()));
    }
    if let Some(after) = after {
        rows = rows.filter(offices::id.gt(after.to_string()));
    }
    let rows: Vec<Row> = rows.order(offices::id).limit(one_more(limit)).load(db.db())?;
    with_posts(db, rows)
}

/// What an agency has in no final state, drafts among it, oldest first; where asked, only where this person has a post
/// after that day.
///
/// # Errors
/// The database's.
pub fn standing(db: &mut impl Read, agency: AgencyId, person: Option<(PersonId, Day)>) -> Result<Vec<Office>, Error> {
    let mut rows = offices::table
        .filter(offices::agency_id.eq(agency.to_string()))
        .filter(offices::state.eq_any(standing_states()))
        .into_boxed::<<Db as diesel::Connection>::Backend>();
    if let Some((person, last)) = person {
        let posted = office_posts::table
            .filter(office_posts::person_id.eq(person.to_string()))
            .filter(office_posts::to_day.is_null().or(office_posts::to_day.gt(last.date()).assume_not_null()))
            .select(office_posts::office_id);
        rows = rows.filter(offices::id.eq_any(posted));
    }
    let rows: Vec<Row> = rows.order(offices::id).load(db.db())?;
    with_posts(db, rows)
}

/// The states that are not final.
pub(super) fn standing_states() -> impl Iterator<Item = &'static str> {
    OfficeState::ALL.iter().filter(|state| !state.is_final()).map(|state| state.as_str())
}

fn live() -> impl Iterator<Item = &'static str> {
    OfficeState::LIVE.iter().map(|state| state.as_str())
}

/// What an agency gave notice of that is there on `day` or after it: also what is to end, or has ended, until its last day.
///
/// # Errors
/// The database's.
pub fn there_from(db: &mut impl Read, agency: AgencyId, day: Day) -> Result<Vec<Office>, Error> {
    let to_stay = offices::to_day.is_null().and(offices::state.eq_any(live()));
    let ends_later = offices::to_day.ge(day.date()).assume_not_null().and(offices::to_day.is_not_null());
    let to_end = ends_later.and(offices::state.eq_any(live().chain([OfficeState::Closed.as_str()])));
    let rows: Vec<Row> = offices::table
        .filter(offices::agency_id.eq(agency.to_string()))
        .filter(offices::notified_on.is_not_null())
        .filter(to_stay.or(to_end))
        .order(offices::id)
        .load(db.db())?;
    with_posts(db, rows)
}

/// Who holds a post of an agency that they do not work for any more, and whose engagement is not about to begin; also one
/// that was to end later.
///
/// # Errors
/// The database's.
pub fn posted_without_engagement(db: &mut impl Read, today: Day) -> Result<Vec<(PersonId, AgencyId)>, Error> {
    let open = engagements::to_day.is_null().or(engagements::to_day.ge(today.date()).assume_not_null());
    let works = engagements::table
        .filter(engagements::person_id.eq(office_posts::person_id))
        .filter(engagements::agency_id.eq(offices::agency_id))
        .filter(open);
    let mut rows: Vec<(String, String)> = office_posts::table
        .inner_join(offices::table)
        .filter(offices::state.eq_any(live()))
        .filter(office_posts::to_day.is_null().or(office_posts::to_day.ge(today.date()).assume_not_null()))
        .filter(diesel::dsl::not(diesel::dsl::exists(works)))
        .select((office_posts::person_id, offices::agency_id))
        .load(db.db())?;
    rows.sort();
    rows.dedup();
    rows.iter().map(|(person, agency)| Ok((columns::id(person)?, columns::id(agency)?))).collect()
}

/// What is to have ended before `today` and has not, oldest first.
///
/// # Errors
/// The database's.
pub fn over(db: &mut impl Read, today: Day) -> Result<Vec<OfficeId>, Error> {
    let found: Vec<String> = offices::table
        .filter(offices::state.eq_any(live()))
        .filter(offices::to_day.is_not_null().and(offices::to_day.lt(today.date()).assume_not_null()))
        .order(offices::id)
        .select(offices::id)
        .load(db.db())?;
    found.iter().map(|id| columns::id(id)).collect()
}

/// Where somebody of these has or had a post.
///
/// # Errors
/// The database's.
pub fn of_people(db: &mut impl Read, ids: &[PersonId]) -> Result<Vec<OfficeId>, Error> {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let found: Vec<String> = office_posts::table
        .filter(office_posts::person_id.eq_any(ids))
        .order(office_posts::office_id)
        .select(office_posts::office_id)
        .distinct()
        .load(db.db())?;
    found.iter().map(|id| columns::id(id)).collect()
}

/// Takes out of these offices somebody who is erased, and the words that were said there. A reporter who was alone was all
/// of it, and it ends.
///
/// # Errors
/// The database's.
pub fn erase(writer: &mut Writer, ids: &[OfficeId], person: PersonId, today: Day) -> Result<(), Error> {
    for office in ids {
        let Some(mut office) = find(writer, *office)? else { continue };
        let is_there = office.people().any(|posted| posted.person == person);
        let was_alone = is_there && !office.fields.kind.has_premises() && !office.state.is_final();
        if was_alone {
            office.to = Some(office.to.map_or(today, |last| last.min(today)));
            (office.before, office.ground) = (None, Some(OfficeGround::LeftAgency));
            office.state =
                if office.state == OfficeState::Draft { OfficeState::Withdrawn } else { OfficeState::Closed };
        }
        office.posts.retain(|posted| posted.person != person);
        let before = office.before.map(|before| Before { reason: None, ..before });
        let rest = Office { reason: None, before, version: office.version + 1, ..office };
        update(writer, &rest)?;
    }
    Ok(())
}

/// Enters an office with its people.
///
/// # Errors
/// The database's.
pub fn insert(writer: &mut Writer, it: &Office) -> Result<(), Error> {
    diesel::insert_into(offices::table).values(Row::of(it)?).execute(writer.db())?;
    put_posts(writer, it)
}

/// Writes a changed office over the version it came from, with its people.
///
/// # Errors
/// `PreconditionFailed` when somebody else was first; the database's.
pub fn update(writer: &mut Writer, it: &Office) -> Result<(), Error> {
    let target = offices::table.find(it.id.to_string()).filter(offices::version.eq(it.version - 1));
    if diesel::update(target).set(Row::of(it)?).execute(writer.db())? == 0 {
        return Err(Error::PreconditionFailed);
    }
    diesel::delete(office_posts::table.filter(office_posts::office_id.eq(it.id.to_string()))).execute(writer.db())?;
    put_posts(writer, it)
}

fn put_posts(writer: &mut Writer, it: &Office) -> Result<(), Error> {
    let rows: Vec<PostRow> = it.posts.iter().map(|posted| PostRow::of(it.id, posted)).collect();
    on_each!(writer.db(), db => diesel::insert_into(office_posts::table).values(&rows).execute(db))?;
    Ok(())
}
