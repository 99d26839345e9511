//! Rows of people and of their engagements. National ids are sealed and found by keyed hash only.

mod engaging;
mod named;

use engaging::EngagementRow;
pub(super) use engaging::carry_engagements;
pub use engaging::{insert_engagement, update_engagement};
use named::keep_former;
pub use named::names_of;

use super::columns;
use super::connection::{Read, insert_all};
use super::schema::{agencies, engagements, people};
use super::tx::Writer;
use super::{duplicates, search};
use crate::domain::accounts::Email;
use crate::domain::ids::{AgencyId, PersonId};
use crate::domain::people::{Engagement, NationalId, Person, PersonFields};
use crate::domain::provinces::Territory;
use crate::domain::search::{name_folded, name_key};
use crate::domain::time::Day;
use crate::error::Error;
use crate::keys::Sealing;
use chrono::NaiveDate;
use diesel::dsl;
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};

#[derive(Queryable, Insertable, AsChangeset, Selectable)]
#[diesel(table_name = people, treat_none_as_null = true, treat_none_as_default_value = false)]
struct Row {
    id: String,
    full_name: String,
    pen_name: Option<String>,
    birth_date: NaiveDate,
    national_id_sealed: Vec<u8>,
    national_id_hash: Vec<u8>,
    email: Option<String>,
    portrait_id: Option<String>,
    version: i64,
    created_at: i64,
    name_key: String,
    name_folded: String,
}

/// Who is on record under an id of their own: neither erased nor taken in by another record.
pub(super) fn on_record() -> dsl::And<dsl::IsNull<people::erased_at>, dsl::IsNull<people::merged_into>> {
    people::erased_at.is_null().and(people::merged_into.is_null())
}

impl Row {
    fn of(person: &Person, sealing: &Sealing) -> Result<Self, Error> {
        let PersonFields { full_name, pen_name, birth_date, national_id, email } = &person.fields;
        Ok(Self {
            id: person.id.to_string(),
            full_name: full_name.clone(),
            pen_name: pen_name.clone(),
            birth_date: birth_date.date(),
            national_id_sealed: sealing.seal(national_id.reveal().as_bytes(), person.id.to_string().as_bytes())?,
            national_id_hash: sealing.hash(national_id.reveal().as_bytes()),
            email: email.as_ref().map(|email| email.as_str().to_owned()),
            portrait_id: person.portrait.map(|id| id.to_string()),
            version: person.version,
            created_at: person.created_at.micros(),
            name_key: name_key(full_name),
            name_folded: name_folded(full_name),
        })
    }

    fn into_domain(self, engagements: Vec<Engagement>, sealing: &Sealing) -> Result<Person, Error> {
        let digits = sealing.open(&self.national_id_sealed, self.id.as_bytes())?;
        let digits = String::from_utf8(digits).map_err(Error::internal)?;
        Ok(Person {
            id: columns::id(&self.id)?,
            fields: PersonFields {
                full_name: self.full_name,
                pen_name: self.pen_name,
                birth_date: columns::day(self.birth_date),
                national_id: columns::stored(NationalId::parse(&digits))?,
                email: self.email.as_deref().map(|raw| columns::stored(Email::parse(raw))).transpose()?,
            },
            portrait: columns::optional_id(self.portrait_id.as_deref())?,
            engagements,
            version: self.version,
            created_at: columns::instant(self.created_at),
        })
    }
}

/// What people are found by: names, birth date and the hash of the national id.
type Known = (String, Option<String>, NaiveDate, Vec<u8>);

/// The person with this id; nobody where they were erased.
///
/// # Errors
/// The database's.
pub fn find(db: &mut impl Read, sealing: &Sealing, id: PersonId) -> Result<Option<Person>, Error> {
    let on_record = people::table.find(id.to_string()).filter(on_record());
    let row: Option<Row> = on_record.select(Row::as_select()).first(db.db()).optional()?;
    row.map(|row| with_engagements(db, sealing, vec![row])).transpose().map(|people| people.and_then(|mut p| p.pop()))
}

/// A record that another took in: as it was then, with what hangs on it still.
///
/// # Errors
/// The database's.
pub fn taken_in(db: &mut impl Read, sealing: &Sealing, id: PersonId) -> Result<Option<Person>, Error> {
    let taken_in = people::table.find(id.to_string()).filter(people::erased_at.is_null());
    let row: Option<Row> =
        taken_in.filter(people::merged_into.is_not_null()).select(Row::as_select()).first(db.db()).optional()?;
    row.map(|row| with_engagements(db, sealing, vec![row])).transpose().map(|people| people.and_then(|mut p| p.pop()))
}

/// The record that took this very one in, where one did.
///
/// # Errors
/// The database's.
pub fn taken_in_by(db: &mut impl Read, id: PersonId) -> Result<Option<PersonId>, Error> {
    let into: Option<Option<String>> =
        people::table.find(id.to_string()).select(people::merged_into).first(db.db()).optional()?;
    columns::optional_id(into.flatten().as_deref())
}

/// The record that took this one in, at last, where one did.
///
/// # Errors
/// The database's.
pub fn merged_into(db: &mut impl Read, id: PersonId) -> Result<Option<PersonId>, Error> {
    let mut into = None;
    let mut next = Some(id.to_string());
    while let Some(id) = next {
        let found: Option<Option<String>> =
            people::table.find(&id).select(people::merged_into).first(db.db()).optional()?;
        next = found.flatten();
        into = next.clone().or(into);
    }
    columns::optional_id(into.as_deref())
}

/// The record that stands for this one now: itself, or the one that took it in at last.
///
/// # Errors
/// The database's.
pub fn standing_for(db: &mut impl Read, id: PersonId) -> Result<PersonId, Error> {
    Ok(merged_into(db, id)?.unwrap_or(id))
}

/// The records that this one took in, and those that they had.
///
/// # Errors
/// The database's.
pub fn absorbed(db: &mut impl Read, id: PersonId) -> Result<Vec<PersonId>, Error> {
    let (mut all, mut last) = (Vec::new(), vec![id.to_string()]);
    while !last.is_empty() {
        let of_last = people::table.filter(people::merged_into.eq_any(&last)).order(people::id);
        last = of_last.select(people::id).load(db.db())?;
        all.extend(last.iter().map(|id| columns::id(id)).collect::<Result<Vec<PersonId>, _>>()?);
    }
    Ok(all)
}

/// Whether there is a person with this id.
///
/// # Errors
/// The database's.
pub fn exists(db: &mut impl Read, id: PersonId) -> Result<bool, Error> {
    let on_record = people::table.find(id.to_string()).filter(on_record());
    Ok(diesel::select(diesel::dsl::exists(on_record)).get_result(db.db())?)
}

/// Those of these people of whom an e-mail address is on record.
///
/// # Errors
/// The database's.
pub fn with_email(db: &mut impl Read, ids: &[PersonId]) -> Result<HashSet<PersonId>, Error> {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let found: Vec<String> = people::table
        .filter(people::id.eq_any(ids))
        .filter(people::erased_at.is_null())
        .filter(people::email.is_not_null())
        .select(people::id)
        .load(db.db())?;
    found.iter().map(|id| columns::id(id)).collect()
}

/// The people with these ids, in no promised order.
///
/// # Errors
/// The database's.
pub fn find_all(db: &mut impl Read, sealing: &Sealing, ids: &[PersonId]) -> Result<Vec<Person>, Error> {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let on_record = people::table.filter(people::id.eq_any(ids)).filter(on_record());
    let rows: Vec<Row> = on_record.select(Row::as_select()).load(db.db())?;
    with_engagements(db, sealing, rows)
}

fn with_engagements(db: &mut impl Read, sealing: &Sealing, rows: Vec<Row>) -> Result<Vec<Person>, Error> {
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let all: Vec<EngagementRow> = engagements::table
        .filter(engagements::person_id.eq_any(&ids))
        .order((engagements::from_day, engagements::id))
        .load(db.db())?;
    let mut of_person = HashMap::<String, Vec<Engagement>>::new();
    for row in all {
        of_person.entry(row.person_id.clone()).or_default().push(row.into_domain()?);
    }
    rows.into_iter()
        .map(|row| {
            let engagements = of_person.remove(&row.id).unwrap_or_default();
            row.into_domain(engagements, sealing)
        })
        .collect()
}

/// The people with these ids, in this order.
///
/// # Errors
/// The database's.
pub fn find_in_order(db: &mut impl Read, sealing: &Sealing, ids: &[PersonId]) -> Result<Vec<Person>, Error> {
    let mut of_id: HashMap<PersonId, Person> =
        find_all(db, sealing, ids)?.into_iter().map(|person| (person.id, person)).collect();
    Ok(ids.iter().filter_map(|id| of_id.remove(id)).collect())
}

/// Where an agency finds the person with this national id among its own people on `day`, if it does.
///
/// # Errors
/// The database's.
pub fn known_to_agency(
    db: &mut impl Read,
    sealing: &Sealing,
    agency: AgencyId,
    national_id: &NationalId,
    day: Day,
) -> Result<Option<PersonId>, Error> {
    let id: Option<String> = people::table
        .inner_join(engagements::table)
        .filter(people::national_id_hash.eq(sealing.hash(national_id.reveal().as_bytes())))
        .filter(engagements::agency_id.eq(agency.to_string()))
        .filter(engagements::to_day.is_null().or(engagements::to_day.ge(day.date())))
        .select(people::id)
        .order(people::id)
        .first(db.db())
        .optional()?;
    columns::optional_id(id.as_deref())
}

/// Those of an agency's own people on `day` who have one of these national ids, in no promised order.
///
/// # Errors
/// The database's.
pub fn known_among(
    db: &mut impl Read,
    sealing: &Sealing,
    agency: AgencyId,
    national_ids: &[&NationalId],
    day: Day,
) -> Result<Vec<Person>, Error> {
    let hashes: Vec<Vec<u8>> = national_ids.iter().map(|id| sealing.hash(id.reveal().as_bytes())).collect();
    let rows: Vec<Row> = people::table
        .inner_join(engagements::table)
        .filter(people::national_id_hash.eq_any(hashes))
        .filter(engagements::agency_id.eq(agency.to_string()))
        .filter(engagements::to_day.is_null().or(engagements::to_day.ge(day.date())))
        .select(Row::as_select())
        .distinct()
        .load(db.db())?;
    with_engagements(db, sealing, rows)
}

/// Those who worked for an agency once and not on `day`, and have one of these national ids; of several with the same, who
/// came last. In no promised order.
///
/// # Errors
/// The database's.
pub fn former_among(
    db: &mut impl Read,
    sealing: &Sealing,
    agency: AgencyId,
    national_ids: &[&NationalId],
    day: Day,
) -> Result<Vec<Person>, Error> {
    let hashes: Vec<Vec<u8>> = national_ids.iter().map(|id| sealing.hash(id.reveal().as_bytes())).collect();
    let rows: Vec<Row> = people::table
        .inner_join(engagements::table)
        .filter(people::national_id_hash.eq_any(hashes))
        .filter(engagements::agency_id.eq(agency.to_string()))
        .filter(engagements::to_day.lt(day.date()))
        .select(Row::as_select())
        .distinct()
        .load(db.db())?;
    let mut newest = HashMap::new();
    for person in with_engagements(db, sealing, rows)? {
        if person.engagement_with(agency, day).is_some() {
            continue;
        }
        let digits = person.fields.national_id.reveal().to_owned();
        let is_older = newest
            .get(&digits)
            .is_some_and(|kept: &Person| (kept.created_at, kept.id) > (person.created_at, person.id));
        if !is_older {
            newest.insert(digits, person);
        }
    }
    Ok(newest.into_values().collect())
}

/// Whether any of these agencies is local to a unit of `territory`.
///
/// # Errors
/// The database's.
pub fn works_in(db: &mut impl Read, agency_ids: &[AgencyId], territory: &Territory) -> Result<bool, Error> {
    let ids: Vec<String> = agency_ids.iter().map(ToString::to_string).collect();
    let local = agencies::table
        .filter(agencies::id.eq_any(ids))
        .filter(agencies::province_id.eq_any(columns::units(territory)));
    Ok(diesel::select(diesel::dsl::exists(local)).get_result(db.db())?)
}

/// These records, and by what each is known as a human being.
pub(super) fn humans(db: &mut impl Read, ids: &[PersonId]) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    Ok(people::table.filter(people::id.eq_any(ids)).select((people::id, people::national_id_hash)).load(db.db())?)
}

/// Whether two records are of one human being: both have the same national id.
///
/// # Errors
/// The database's.
pub fn are_one(db: &mut impl Read, one: PersonId, other: PersonId) -> Result<bool, Error> {
    let ids = [one.to_string(), other.to_string()];
    let hashes: Vec<Vec<u8>> =
        people::table.filter(people::id.eq_any(ids)).select(people::national_id_hash).load(db.db())?;
    Ok(matches!(hashes.as_slice(), [one, other] if one == other))
}

/// Enters people with their engagements.
///
/// # Errors
/// The database's.
pub fn insert(writer: &mut Writer, sealing: &Sealing, people: &[Person]) -> Result<(), Error> {
    let rows = people.iter().map(|person| Row::of(person, sealing)).collect::<Result<Vec<_>, _>>()?;
    let engagements: Vec<EngagementRow> = people.iter().flat_map(EngagementRow::all_of).collect();
    insert_all!(writer.db(), people::table, rows);
    insert_all!(writer.db(), engagements::table, engagements);
    search::enter(writer, people)?;
    duplicates::renew(writer, &people.iter().map(|person| person.id).collect::<Vec<_>>())
}

/// Writes a changed person over the version it came from; engagements are written on their own.
///
/// # Errors
/// `PreconditionFailed` when somebody else was first; the database's.
pub fn update(writer: &mut Writer, sealing: &Sealing, person: &Person) -> Result<(), Error> {
    let id = person.id.to_string();
    let before: Option<Known> = people::table
        .find(&id)
        .select((people::full_name, people::pen_name, people::birth_date, people::national_id_hash))
        .first(writer.db())
        .optional()?;
    let row = Row::of(person, sealing)?;
    let after = (row.full_name.clone(), row.pen_name.clone(), row.birth_date, row.national_id_hash.clone());
    let key_after = row.name_key.clone();
    let target = people::table.find(&id).filter(people::version.eq(person.version - 1));
    if diesel::update(target).set(row).execute(writer.db())? == 0 {
        return Err(Error::PreconditionFailed);
    }
    if before.as_ref() != Some(&after) {
        // What was granted to them under another name stays theirs.
        let former = before.map(|(name, ..)| name_key(&name)).filter(|key| *key != key_after);
        if let Some(key) = former {
            keep_former(writer, &id, &key)?;
        }
        search::renew(writer, person.id)?;
        duplicates::renew(writer, &[person.id])?;
    }
    Ok(())
}
