//! Rows of notices.

mod carrying;
mod lists;

pub use carrying::{carry_over, give, unarrived};
pub use lists::{to_oneself, undelivered};

use super::columns;
use super::connection::{Read, insert_all};
use super::mails;
use super::people;
use super::schema::{application_people, events, notice_mails, notices};
use super::tx::Writer;
use crate::domain::events::{EventKind, Object};
use crate::domain::ids::{ApplicationId, CaseId, NoticeId, PersonId};
use crate::domain::notices::{Addressee, Duty, Mail, Matter, Means, Notice, Occasion, OfCase, OfRecord, Recipient};
use crate::domain::press_cards::PressCardId;
use crate::domain::time::Timestamp;
use crate::error::Error;
use diesel::prelude::*;
use std::collections::HashMap;

#[derive(Queryable, Insertable, AsChangeset, Selectable)]
#[diesel(table_name = notices, treat_none_as_null = true, treat_none_as_default_value = false)]
struct Row {
    id: String,
    case_id: Option<String>,
    object_kind: Option<String>,
    object_id: Option<String>,
    agency_id: Option<String>,
    person_id: Option<String>,
    log_index: Option<i64>,
    recipient: String,
    account_id: Option<String>,
    duty: String,
    means: Option<String>,
    sent_at: Option<i64>,
    served_at: Option<i64>,
    version: i64,
    created_at: i64,
}

impl<M: Copy + Into<Matter>> From<&Notice<M>> for Row {
    fn from(it: &Notice<M>) -> Self {
        let of: Matter = it.of.into();
        let (case, record) = match of {
            Matter::Case(of) => (Some(of), None),
            Matter::Record(of) => (None, Some(of)),
        };
        let object = record.map(|of| of.occasion.object());
        Self {
            id: it.id.to_string(),
            case_id: case.map(|of| of.case.to_string()),
            object_kind: object.as_ref().map(|object| object.kind().to_owned()),
            object_id: object.as_ref().map(ToString::to_string),
            agency_id: record.map(|of| of.to.agency().to_string()),
            person_id: record.and_then(|of| of.to.person()).map(|id| id.to_string()),
            log_index: record.map(|of| of.log_index),
            recipient: of.recipient().to_owned(),
            account_id: case.and_then(|of| of.account).map(|id| id.to_string()),
            duty: of.duty().to_owned(),
            means: it.means.map(|means| means.as_str().to_owned()),
            sent_at: it.sent_at.map(Timestamp::micros),
            served_at: it.served_at.map(Timestamp::micros),
            version: it.version,
            created_at: it.created_at.micros(),
        }
    }
}

impl Row {
    fn matter(&self) -> Result<Matter, Error> {
        let object = self.object_kind.as_deref().zip(self.object_id.as_deref());
        match (&self.case_id, object, &self.agency_id, self.log_index) {
            (Some(case), None, None, None) => Ok(Matter::Case(OfCase {
                case: columns::id(case)?,
                recipient: columns::word(&self.recipient, Recipient::ALL, Recipient::as_str)?,
                account: columns::optional_id(self.account_id.as_deref())?,
                duty: columns::word(&self.duty, Duty::ALL, Duty::as_str)?,
            })),
            (None, Some(object), Some(agency), Some(log_index)) => {
                let agency = columns::id(agency)?;
                let person: Option<PersonId> = columns::optional_id(self.person_id.as_deref())?;
                let to = person.map_or(Addressee::Agency(agency), |person| Addressee::Holder(person, agency));
                let occasion = columns::stored(Occasion::parse(&self.duty, object))?;
                Ok(Matter::Record(OfRecord { occasion, to, log_index }))
            }
            (_, _, _, _) => Err(Error::internal("a notice of neither a case nor anything else")),
        }
    }

    fn into_domain(self, mail: Option<Mail>) -> Result<Notice, Error> {
        Ok(Notice {
            id: columns::id(&self.id)?,
            of: self.matter()?,
            means: self.means.as_deref().map(|raw| columns::stored(Means::parse(raw))).transpose()?,
            sent_at: self.sent_at.map(columns::instant),
            served_at: self.served_at.map(columns::instant),
            mail,
            version: self.version,
            created_at: columns::instant(self.created_at),
        })
    }
}

fn whole(db: &mut impl Read, rows: Vec<Row>) -> Result<Vec<Notice>, Error> {
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let mut mails = mails::of_notices(db, &ids)?;
    rows.into_iter()
        .map(|row| {
            let mail = mails.remove(&row.id);
            row.into_domain(mail)
        })
        .collect()
}

/// The notice with this id.
///
/// # Errors
/// The database's.
pub fn find(db: &mut impl Read, id: NoticeId) -> Result<Option<Notice>, Error> {
    let row: Option<Row> = notices::table.find(id.to_string()).select(Row::as_select()).first(db.db()).optional()?;
    Ok(whole(db, row.into_iter().collect())?.pop())
}

/// The notices of a case, in the order in which the duties arose.
///
/// # Errors
/// The database's.
pub fn of_case(db: &mut impl Read, case: CaseId) -> Result<Vec<Notice<OfCase>>, Error> {
    let rows: Vec<Row> = notices::table
        .filter(notices::case_id.eq(case.to_string()))
        .order(notices::position)
        .select(Row::as_select())
        .load(db.db())?;
    let all = whole(db, rows)?.into_iter().map(|notice| match notice.of {
        Matter::Case(of) => Ok(notice.seen_as(of)),
        Matter::Record(_) => Err(Error::internal("a notice of a case that is of something else")),
    });
    all.collect()
}

/// What a person was told, or is owed to be told, of something else on record, in the order in which the duties arose.
///
/// # Errors
/// The database's.
pub fn of_person(db: &mut impl Read, person: PersonId) -> Result<Vec<Notice>, Error> {
    let rows: Vec<Row> = notices::table
        .filter(notices::person_id.eq(person.to_string()))
        .order(notices::id)
        .select(Row::as_select())
        .load(db.db())?;
    whole(db, rows)
}

/// What was told of these press cards, of each in the order in which the duties arose.
///
/// # Errors
/// The database's.
pub fn of_cards(db: &mut impl Read, ids: &[PressCardId]) -> Result<HashMap<PressCardId, Vec<Notice>>, Error> {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let rows: Vec<Row> = notices::table
        .filter(notices::object_id.eq_any(ids))
        .order(notices::id)
        .select(Row::as_select())
        .load(db.db())?;
    let mut told: HashMap<PressCardId, Vec<Notice>> = HashMap::new();
    for notice in whole(db, rows)? {
        if let Some(id) = PressCardId::of(&notice.of.object()) {
            told.entry(id).or_default().push(notice);
        }
    }
    Ok(told)
}

/// Enters a duty to tell of a case.
///
/// # Errors
/// The database's.
pub fn insert(writer: &mut Writer, it: &Notice<OfCase>) -> Result<(), Error> {
    let before: i64 =
        notices::table.filter(notices::case_id.eq(it.of.case.to_string())).count().get_result(writer.db())?;
    let position = notices::position.eq(i32::try_from(before).map_err(Error::internal)?);
    diesel::insert_into(notices::table).values((Row::from(it), position)).execute(writer.db())?;
    Ok(())
}

/// Enters duties to tell of something else on record.
///
/// # Errors
/// The database's.
pub fn insert_all(writer: &mut Writer, all: &[Notice<OfRecord>]) -> Result<(), Error> {
    let rows: Vec<Row> = all.iter().map(Row::from).collect();
    insert_all!(writer.db(), notices::table, rows);
    Ok(())
}

/// Writes a changed notice over the version it came from.
///
/// # Errors
/// `PreconditionFailed` when somebody else was first; the database's.
pub fn update(writer: &mut Writer, it: &Notice) -> Result<(), Error> {
    let target = notices::table.find(it.id.to_string()).filter(notices::version.eq(it.version - 1));
    match diesel::update(target).set(Row::from(it)).execute(writer.db())? {
        0 => Err(Error::PreconditionFailed),
        _ => Ok(()),
    }
}

/// What a person was told of an application, and its agency of what was refused in it: it goes with the refusal. Also what
/// was told to a record that theirs took in, unless that one is in the application too.
///
/// # Errors
/// The database's.
pub fn of_refusal(db: &mut impl Read, application: ApplicationId, person: PersonId) -> Result<Vec<String>, Error> {
    let object = Object::Application(application);
    let refusals = events::table
        .filter(events::object_kind.eq(object.kind()).and(events::object_id.eq(object.to_string())))
        .filter(events::kind.eq(EventKind::ApplicationRefused.as_str()))
        .select(events::idx.nullable());
    let in_it = application_people::table
        .filter(application_people::application_id.eq(application.to_string()))
        .select(application_people::person_id);
    let in_it: Vec<String> = in_it.load(db.db())?;
    let absorbed = people::absorbed(db, person)?.into_iter().map(|id| id.to_string()).filter(|id| !in_it.contains(id));
    let records: Vec<String> = absorbed.chain([person.to_string()]).collect();
    let to_agency = notices::person_id.is_null().and(notices::log_index.eq_any(refusals));
    Ok(notices::table
        .filter(notices::object_kind.eq(object.kind()).and(notices::object_id.eq(object.to_string())))
        .filter(notices::person_id.eq_any(records).or(to_agency))
        .order(notices::id)
        .select(notices::id)
        .load(db.db())?)
}

/// Removes these notices and their e-mails.
///
/// # Errors
/// The database's.
pub fn remove(writer: &mut Writer, ids: &[String]) -> Result<(), Error> {
    diesel::delete(notice_mails::table.filter(notice_mails::notice_id.eq_any(ids))).execute(writer.db())?;
    diesel::delete(notices::table.filter(notices::id.eq_any(ids))).execute(writer.db())?;
    Ok(())
}
