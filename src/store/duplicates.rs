//! Rows of records that are alike. They are made from `people`, and renewed with whatever changes them; only what a
//! registrar decided stands for itself.

use super::columns::{self, one_more};
use super::connection::{Read, insert_all};
use super::people::on_record;
use super::schema::{duplicates, people};
use super::tx::{Tx, Writer};
use crate::domain::duplicates::{Duplicate, DuplicateState, Ground};
use crate::domain::ids::{DuplicateId, PersonId};
use crate::domain::search::{name_folded, name_key};
use crate::error::Error;
use chrono::NaiveDate;
use diesel::dsl;
use diesel::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};

#[derive(Queryable, Insertable)]
#[diesel(table_name = duplicates, treat_none_as_default_value = false)]
struct Row {
    id: String,
    one_id: String,
    other_id: String,
    ground: String,
    state: String,
    version: i64,
    found_at: i64,
}

impl Row {
    fn into_domain(self) -> Result<Duplicate, Error> {
        Ok(Duplicate {
            id: columns::id(&self.id)?,
            one: columns::id(&self.one_id)?,
            other: columns::id(&self.other_id)?,
            ground: columns::word(&self.ground, &Ground::ALL, Ground::as_str)?,
            state: columns::word(&self.state, &DuplicateState::ALL, DuplicateState::as_str)?,
            version: self.version,
            found_at: columns::instant(self.found_at),
        })
    }
}

/// The pair with this id.
///
/// # Errors
/// The database's.
pub fn find(db: &mut impl Read, id: DuplicateId) -> Result<Option<Duplicate>, Error> {
    let row: Option<Row> = duplicates::table.find(id.to_string()).first(db.db()).optional()?;
    row.map(Row::into_domain).transpose()
}

/// Pairs in this state in the order they were noticed, after `after`; one more than `limit` where there are more.
///
/// # Errors
/// The database's.
pub fn list(
    db: &mut impl Read,
    state: DuplicateState,
    after: Option<DuplicateId>,
    limit: usize,
) -> Result<Vec<Duplicate>, Error> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    let rows: Vec<Row> = duplicates::table
        .filter(duplicates::state.eq(state.as_str()))
        .filter(duplicates::id.gt(after))
        .order(duplicates::id)
        .limit(one_more(limit))
        .load(db.db())?;
    rows.into_iter().map(Row::into_domain).collect()
}

/// Writes what became of a pair over the version it came from.
///
/// # Errors
/// `PreconditionFailed` when somebody else was first; the database's.
pub fn decide(writer: &mut Writer, it: &Duplicate) -> Result<(), Error> {
    let target = duplicates::table.find(it.id.to_string()).filter(duplicates::version.eq(it.version - 1));
    let values = (duplicates::state.eq(it.state.as_str()), duplicates::version.eq(it.version));
    match diesel::update(target).set(values).execute(writer.db())? {
        0 => Err(Error::PreconditionFailed),
        _ => Ok(()),
    }
}

/// Takes a record that is nobody's any more out of the pairs that nobody has decided on.
pub(super) fn forget_open(writer: &mut Writer, person: PersonId) -> QueryResult<()> {
    let id = person.to_string();
    let open = duplicates::table
        .filter(duplicates::state.eq(DuplicateState::Open.as_str()))
        .filter(duplicates::one_id.eq(&id).or(duplicates::other_id.eq(&id)));
    diesel::delete(open).execute(writer.db())?;
    Ok(())
}

/// What a record is compared by.
#[derive(Queryable)]
struct Known {
    id: String,
    national_id_hash: Vec<u8>,
    name_key: String,
    name_folded: String,
    birth_date: NaiveDate,
}

impl Known {
    fn likeness(&self, other: &Self) -> Option<Ground> {
        if self.id == other.id {
            None
        } else if self.national_id_hash == other.national_id_hash {
            Some(Ground::NationalId)
        } else {
            let is_same = (!self.name_key.is_empty() && self.name_key == other.name_key)
                || (self.name_folded == other.name_folded && (self.is_unmarked() || other.is_unmarked()));
            (is_same && self.birth_date == other.birth_date).then_some(Ground::NameAndBirthDate)
        }
    }

    /// Whether the name was written without any mark: then nobody knows which it has.
    fn is_unmarked(&self) -> bool {
        name_key(&self.name_folded) == self.name_key
    }
}

/// Looks for records that are like these, which were just written, and forgets what was noticed of them and is so no more.
pub(super) fn renew(writer: &mut Writer, ids: &[PersonId]) -> Result<(), Error> {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let columns = (people::id, people::national_id_hash, people::name_key, people::name_folded, people::birth_date);
    let own: Vec<Known> =
        people::table.filter(people::id.eq_any(&ids)).filter(on_record()).select(columns).load(writer.db())?;
    let hashes: Vec<&[u8]> = own.iter().map(|it| &*it.national_id_hash).collect();
    let names: Vec<&str> = own.iter().map(|it| &*it.name_folded).filter(|name| !name.is_empty()).collect();
    let days: BTreeSet<NaiveDate> = own.iter().map(|it| it.birth_date).collect();
    let keys: Vec<&str> = own.iter().map(|it| &*it.name_key).filter(|key| !key.is_empty()).collect();
    // Each query has its index. Names are common: most of the same name were born on another day. A record of before may have
    // no name without marks yet.
    let by_hash = people::table.filter(people::national_id_hash.eq_any(hashes)).filter(on_record());
    let by_name = people::table
        .filter(people::name_folded.eq_any(names))
        .filter(people::birth_date.eq_any(&days))
        .filter(on_record());
    let mut alike: Vec<Known> = by_hash.select(columns).load(writer.db())?;
    alike.extend(by_name.select(columns).load::<Known>(writer.db())?);
    let by_key = people::table
        .filter(people::name_key.eq_any(keys))
        .filter(people::birth_date.eq_any(&days))
        .filter(people::name_folded.eq(""))
        .filter(on_record());
    alike.extend(by_key.select(columns).load::<Known>(writer.db())?);

    let mut by: HashMap<Vec<u8>, Vec<&Known>> = HashMap::new();
    for it in &alike {
        by.entry(it.national_id_hash.clone()).or_default().push(it);
        by.entry(it.name_folded.clone().into_bytes()).or_default().push(it);
        by.entry(it.name_key.clone().into_bytes()).or_default().push(it);
    }
    let mut pairs: BTreeMap<(String, String), Ground> = BTreeMap::new();
    for it in &own {
        let others = [&it.national_id_hash[..], it.name_folded.as_bytes(), it.name_key.as_bytes()]
            .into_iter()
            .filter_map(|key| by.get(key));
        for other in others.flatten() {
            if let Some(ground) = it.likeness(other) {
                let pair = (it.id.clone().min(other.id.clone()), it.id.clone().max(other.id.clone()));
                let known = pairs.entry(pair).or_insert(ground);
                *known = ground.min(*known);
            }
        }
    }
    note(writer, &ids, pairs)
}

fn note(writer: &mut Writer, ids: &[String], mut pairs: BTreeMap<(String, String), Ground>) -> Result<(), Error> {
    let of_one = duplicates::table.filter(duplicates::one_id.eq_any(ids));
    let of_other = duplicates::table.filter(duplicates::other_id.eq_any(ids));
    let mut noted: Vec<Row> = of_one.load(writer.db())?;
    noted.extend(of_other.load::<Row>(writer.db())?);
    for row in noted {
        let is_open = row.state == DuplicateState::Open.as_str();
        match pairs.remove(&(row.one_id, row.other_id)) {
            Some(ground) if is_open && ground.as_str() != row.ground => {
                let target = duplicates::table.find(&row.id);
                diesel::update(target).set(duplicates::ground.eq(ground.as_str())).execute(writer.db())?;
            }
            None if is_open => {
                diesel::delete(duplicates::table.find(&row.id)).execute(writer.db())?;
            }
            Some(_) | None => {}
        }
    }
    let found_at = writer.now().micros();
    let rows: Vec<Row> = pairs
        .into_iter()
        .map(|((one_id, other_id), ground)| Row {
            id: writer.new_id::<DuplicateId>().to_string(),
            one_id,
            other_id,
            ground: ground.as_str().to_owned(),
            state: DuplicateState::Open.as_str().to_owned(),
            version: 1,
            found_at,
        })
        .collect();
    insert_all!(writer.db(), duplicates::table, rows);
    Ok(())
}

/// What it is compared by was never made, or is to be made anew.
fn is_unread() -> dsl::Or<dsl::Eq<people::name_key, &'static str>, dsl::Eq<people::name_folded, &'static str>> {
    people::name_key.eq("").or(people::name_folded.eq(""))
}

/// Whether there are records of before, which nothing was compared with yet.
///
/// # Errors
/// The database's.
pub fn is_behind(db: &mut impl Read) -> Result<bool, Error> {
    let unread = people::table.filter(is_unread()).filter(people::erased_at.is_null());
    Ok(diesel::select(dsl::exists(unread)).get_result(db.db())?)
}

/// Compares some records of before with all others; whether there are more.
///
/// # Errors
/// The database's.
pub fn catch_up(tx: &mut Tx, permit: &crate::policy::Permit, limit: i64) -> Result<bool, Error> {
    let unread: Vec<(String, String)> = people::table
        .filter(is_unread())
        .filter(people::erased_at.is_null())
        .order(people::id)
        .limit(limit)
        .select((people::id, people::full_name))
        .load(tx.db())?;
    let ids = unread.iter().map(|(id, _)| columns::id(id)).collect::<Result<Vec<PersonId>, _>>()?;
    // Made from what the log tells already: no event of its own.
    let index = tx.log_size();
    tx.repeat(permit, index, |writer| {
        for (id, name) in &unread {
            set_key(writer, id, name)?;
        }
        renew(writer, &ids)
    })?;
    Ok(!unread.is_empty())
}

fn set_key(writer: &mut Writer, id: &str, name: &str) -> QueryResult<usize> {
    // A name without a letter or a digit: compared with nothing, and not looked at again.
    let made = |key: String| if key.is_empty() { "-".to_owned() } else { key };
    let keys = (people::name_key.eq(made(name_key(name))), people::name_folded.eq(made(name_folded(name))));
    diesel::update(people::table.find(id)).set(keys).execute(writer.db())
}
