//! People of an agency in the order of their names, found by the beginnings of words: entries of `domain::search`.
//!
//! The index is made from `people` and `engagements`, and is renewed with whatever changes them. It holds the last day of
//! somebody's work, so that one range of one key answers. (PostgreSQL looks into the table, too, for rows that were written since
//! it was last vacuumed, and then may choose to sort.)

use super::columns::{self, at_most};
use super::connection::{Db, Read, insert_all, on_each};
use super::schema::{engagements, people, people_words};
use super::tx::Writer;
use crate::domain::ids::{AgencyId, PersonId};
use crate::domain::people::{Person, PersonFields};
use crate::domain::search::{self, Fit, Place, Query};
use crate::domain::time::Day;
use crate::error::Error;
use chrono::NaiveDate;
use diesel::QueryResult;
use diesel::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// People read at a time when a database of an older version is brought up.
const PEOPLE_AT_ONCE: i64 = 1_000;
/// Which word is the rarest is asked at these numbers of entries.
const RARE: [i64; 2] = [100, 1_000];
/// Words of a query among which the rarest is looked for, and others that the database looks for; names have fewer.
const MOST_WORDS: usize = 8;
/// Those who may answer are few where they fill no more pages than this.
const PAGES_OF_FEW: usize = 10;
/// Entries read at once at most, where few of them answer.
const MOST_READ: usize = 4_096;

#[derive(Insertable)]
#[diesel(table_name = people_words, treat_none_as_default_value = false)]
struct Entry {
    agency_id: String,
    entry: String,
    person_id: String,
    until: Option<NaiveDate>,
}

/// The places of those who work for `agency` on `day`, or are about to, and answer `query`, best first, after `after`;
/// one more than `limit` where there are more.
///
/// # Errors
/// The database's.
pub fn find(
    db: &mut impl Read,
    agency: AgencyId,
    day: Day,
    query: &Query,
    after: Option<&Place>,
    limit: usize,
) -> Result<Vec<Place>, Error> {
    let wanted = limit.saturating_add(1);
    let word = match after {
        Some(after) => after.word,
        None => rarest(db, agency, query)?,
    };
    let index = Index { agency, day, query, word };
    if query.words().len() > 1
        && let Some(few) = index.few(db, wanted.saturating_mul(PAGES_OF_FEW))?
    {
        return Ok(few.into_iter().filter(|place| after.is_none_or(|after| place > after)).take(wanted).collect());
    }
    let mut found = Vec::new();
    for fit in query.fits().filter(|fit| after.is_none_or(|after| after.fit <= *fit)) {
        let after = after.filter(|after| after.fit == fit);
        let mut last = after.map(|after| (after.entry.clone(), after.person.to_string()));
        let mut many = wanted;
        loop {
            let rows = index.entries(db, fit, last.as_ref(), many)?;
            let is_end = rows.len() < many;
            last = rows.last().cloned();
            for (entry, person) in rows {
                if query.answer(word, &entry).is_some_and(|(best, first)| best == fit && first == entry) {
                    found.push(Place { fit, word, person: columns::id(&person)?, entry });
                }
            }
            if found.len() >= wanted {
                found.truncate(wanted);
                return Ok(found);
            }
            if is_end {
                break;
            }
            many = many.saturating_mul(4).min(MOST_READ);
        }
    }
    Ok(found)
}

/// Where those who answer a query are looked for: under one of its words.
struct Index<'q> {
    agency: AgencyId,
    day: Day,
    query: &'q Query,
    word: usize,
}

impl Index<'_> {
    /// All who answer, in their order, where they are few: each is read once and not again for each fit.
    fn few(&self, db: &mut impl Read, most: usize) -> Result<Option<Vec<Place>>, Error> {
        let rows = self.entries(db, self.query.widest(), None, most.saturating_add(1))?;
        if rows.len() > most {
            return Ok(None);
        }
        let mut found = Vec::new();
        for (entry, person) in rows {
            if let Some((fit, entry)) = self.query.answer(self.word, &entry) {
                found.push(Place { fit, word: self.word, entry, person: columns::id(&person)? });
            }
        }
        found.sort_unstable();
        // Whoever has two words that begin alike was found under each.
        found.dedup();
        Ok(Some(found))
    }

    /// Entries in their order after the last one, of those in which each other word of the query seems to be: the database
    /// sends a tenth of what it looks at, and to send one costs five times as much.
    fn entries(
        &self,
        db: &mut impl Read,
        fit: Fit,
        last: Option<&(String, String)>,
        many: usize,
    ) -> QueryResult<Vec<(String, String)>> {
        use people_words::{agency_id, entry, person_id, until};
        let range = self.query.range(fit, self.word);
        let begin = last.map_or(&range.start, |last| &last.0);
        let mut rows = people_words::table
            .filter(agency_id.eq(self.agency.to_string()))
            .filter(entry.ge(begin))
            .filter(entry.lt(&range.end))
            .filter(until.is_null().or(until.ge(self.day.date())))
            .into_boxed::<<Db as diesel::Connection>::Backend>();
        for pattern in self.query.patterns_beside(fit, self.word).take(MOST_WORDS) {
            rows = rows.filter(entry.like(pattern));
        }
        if let Some((seen, person)) = last {
            // Said like this and not as "after", so that the range of the key still begins at the last one.
            rows = rows.filter(diesel::dsl::not(entry.eq(seen).and(person_id.le(person))));
        }
        rows.order((entry, person_id)).limit(at_most(many)).select((entry, person_id)).load(db.db())
    }
}

/// The word of the query that the fewest entries have, or the last where many have each: all who answer are among them.
fn rarest(db: &mut impl Read, agency: AgencyId, query: &Query) -> Result<usize, Error> {
    // The given name is written last.
    let last = query.words().len().saturating_sub(1);
    if last == 0 {
        return Ok(last);
    }
    for number in RARE {
        for word in (0..=last.min(MOST_WORDS - 1)).rev() {
            let range = query.range(query.widest(), word);
            let further: Option<String> = people_words::table
                .filter(people_words::agency_id.eq(agency.to_string()))
                .filter(people_words::entry.ge(&range.start))
                .filter(people_words::entry.lt(&range.end))
                .order((people_words::entry, people_words::person_id))
                .offset(number)
                .select(people_words::entry)
                .first(db.db())
                .optional()?;
            if further.is_none() {
                return Ok(word);
            }
        }
    }
    Ok(last)
}

/// Enters new people under their words at every agency.
pub(super) fn enter(writer: &mut Writer, people: &[Person]) -> QueryResult<()> {
    let entries = people.iter().flat_map(|person| {
        let PersonFields { full_name, pen_name, .. } = &person.fields;
        let work = person.engagements.iter().map(|it| (it.agency.to_string(), it.to.map(Day::date)));
        entries_of(&person.id.to_string(), full_name, pen_name.as_deref(), work)
    });
    insert(writer.db(), entries.collect())
}

/// Enters a person anew, whose name or work has changed.
pub(super) fn renew(writer: &mut Writer, person: PersonId) -> QueryResult<()> {
    renew_all(writer, &[person])
}

/// Enters these people anew: some thousand at most.
pub(super) fn renew_all(writer: &mut Writer, people: &[PersonId]) -> QueryResult<()> {
    if people.is_empty() {
        return Ok(());
    }
    let ids: Vec<String> = people.iter().map(ToString::to_string).collect();
    let (names, work) = on_each!(writer.db(), db => {
        diesel::delete(people_words::table.filter(people_words::person_id.eq_any(&ids))).execute(db)?;
        let names = people::table
            .filter(people::id.eq_any(&ids))
            .filter(people::erased_at.is_null())
            .select((people::id, people::full_name, people::pen_name))
            .load(db)?;
        let work = engagements::table
            .filter(engagements::person_id.eq_any(&ids))
            .select((engagements::person_id, (engagements::agency_id, engagements::to_day)))
            .load(db)?;
        (names, work)
    });
    insert(writer.db(), entries_of_all(&names, work))
}

/// Gives what stands under these people's words at one agency to another, where they are not on its list already: much
/// quicker than to enter them anew. To be called before the engagements are written.
pub(super) fn give(writer: &mut Writer, from: AgencyId, to: AgencyId, people: &[PersonId]) -> QueryResult<()> {
    let known = on_list(writer.db(), to, people)?;
    let given: Vec<String> = people.iter().map(ToString::to_string).filter(|id| !known.contains(id)).collect();
    on_each!(writer.db(), db => diesel::update(people_words::table)
        .filter(people_words::agency_id.eq(from.to_string()))
        .filter(people_words::person_id.eq_any(&given))
        .set(people_words::agency_id.eq(to.to_string()))
        .execute(db))?;
    Ok(())
}

/// Enters those of these people anew who have come to an agency's list twice: what [`give`] has left.
pub(super) fn renew_doubled(writer: &mut Writer, agency: AgencyId, people: &[PersonId]) -> Result<(), Error> {
    let ids: Vec<String> = people.iter().map(ToString::to_string).collect();
    let twice: Vec<String> = on_each!(writer.db(), db => engagements::table
        .filter(engagements::agency_id.eq(agency.to_string()))
        .filter(engagements::person_id.eq_any(&ids))
        .group_by(engagements::person_id)
        .having(diesel::dsl::count_star().gt(1))
        .select(engagements::person_id)
        .load(db))?;
    let twice = twice.iter().map(|id| columns::id(id)).collect::<Result<Vec<PersonId>, Error>>()?;
    Ok(renew_all(writer, &twice)?)
}

/// Those of these people who work for an agency, or did.
fn on_list(db: &mut Db, agency: AgencyId, people: &[PersonId]) -> QueryResult<BTreeSet<String>> {
    let ids: Vec<String> = people.iter().map(ToString::to_string).collect();
    let known: Vec<String> = on_each!(db, db => engagements::table
        .filter(engagements::agency_id.eq(agency.to_string()))
        .filter(engagements::person_id.eq_any(&ids))
        .select(engagements::person_id)
        .load(db))?;
    Ok(known.into_iter().collect())
}

fn entries_of(
    person: &str,
    full_name: &str,
    pen_name: Option<&str>,
    work: impl IntoIterator<Item = (String, Option<NaiveDate>)>,
) -> Vec<Entry> {
    let entries = search::entries(full_name, pen_name);
    let of_agency = |(agency, until): (String, Option<NaiveDate>)| {
        let entry = move |entry: &String| Entry {
            agency_id: agency.clone(),
            entry: entry.clone(),
            person_id: person.to_owned(),
            until,
        };
        entries.iter().map(entry).collect::<Vec<_>>()
    };
    last_days(work).into_iter().flat_map(of_agency).collect()
}

/// Whose names these are, full and by pen.
type Named = (String, String, Option<String>);
/// Who worked for which agency until when.
type Worked = (String, (String, Option<NaiveDate>));

fn entries_of_all(names: &[Named], work: Vec<Worked>) -> Vec<Entry> {
    let mut of_person: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for (person, at) in work {
        of_person.entry(person).or_default().push(at);
    }
    let entries = names.iter().flat_map(|(id, full_name, pen_name)| {
        entries_of(id, full_name, pen_name.as_deref(), of_person.remove(id).unwrap_or_default())
    });
    entries.collect()
}

/// The last day of work for each agency; none where one is not known.
fn last_days(work: impl IntoIterator<Item = (String, Option<NaiveDate>)>) -> BTreeMap<String, Option<NaiveDate>> {
    let mut days = BTreeMap::new();
    for (agency, day) in work {
        let last = days.entry(agency).or_insert(day);
        *last = last.zip(day).map(|(one, other)| one.max(other));
    }
    days
}

fn insert(db: &mut Db, entries: Vec<Entry>) -> QueryResult<()> {
    insert_all!(db, people_words::table, entries);
    Ok(())
}

/// Enters everybody, in a database of a version that had no index. All or nobody: a start that is broken off begins again.
pub(super) fn fill(db: &mut Db) -> QueryResult<()> {
    let is_needed = diesel::dsl::exists(engagements::table.select(engagements::id));
    let is_filled = diesel::dsl::exists(people_words::table.select(people_words::entry));
    if !diesel::select(is_needed).get_result::<bool>(db)? || diesel::select(is_filled).get_result::<bool>(db)? {
        return Ok(());
    }
    db.transaction(|db| {
        let mut last = String::new();
        loop {
            let names: Vec<Named> = people::table
                .filter(people::id.gt(&last))
                .filter(people::erased_at.is_null())
                .order(people::id)
                .limit(PEOPLE_AT_ONCE)
                .select((people::id, people::full_name, people::pen_name))
                .load(db)?;
            let Some((end, ..)) = names.last() else { return Ok(()) };
            let work: Vec<Worked> = engagements::table
                .filter(engagements::person_id.gt(&last))
                .filter(engagements::person_id.le(end))
                .select((engagements::person_id, (engagements::agency_id, engagements::to_day)))
                .load(db)?;
            insert(db, entries_of_all(&names, work))?;
            last.clone_from(end);
        }
    })
}
