//! Rows of notices.

use super::columns::{self, one_more};
use super::connection::{Db, Read};
use super::mails;
use super::schema::{cases, notices};
use super::tx::Writer;
use crate::domain::cases::SubjectKind;
use crate::domain::ids::{CaseId, NoticeId, UserId};
use crate::domain::notices::{Duty, Mail, Means, Notice, Recipient};
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::policy::Range;
use diesel::prelude::*;

#[derive(Queryable, Insertable, AsChangeset, Selectable)]
#[diesel(table_name = notices, treat_none_as_null = true)]
struct Row {
    id: String,
    case_id: String,
    recipient: String,
    account_id: Option<String>,
    duty: String,
    means: Option<String>,
    sent_at: Option<i64>,
    served_at: Option<i64>,
    version: i64,
    created_at: i64,
}

impl From<&Notice> for Row {
    fn from(it: &Notice) -> Self {
        Self {
            id: it.id.to_string(),
            case_id: it.case.to_string(),
            recipient: it.recipient.as_str().to_owned(),
            account_id: it.account.map(|id| id.to_string()),
            duty: it.duty.as_str().to_owned(),
            means: it.means.map(|means| means.as_str().to_owned()),
            sent_at: it.sent_at.map(Timestamp::micros),
            served_at: it.served_at.map(Timestamp::micros),
            version: it.version,
            created_at: it.created_at.micros(),
        }
    }
}

impl Row {
    fn into_domain(self, mail: Option<Mail>) -> Result<Notice, Error> {
        Ok(Notice {
            id: columns::id(&self.id)?,
            case: columns::id(&self.case_id)?,
            recipient: columns::word(&self.recipient, Recipient::ALL, Recipient::as_str)?,
            account: columns::optional_id(self.account_id.as_deref())?,
            duty: columns::word(&self.duty, Duty::ALL, Duty::as_str)?,
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
pub fn of_case(db: &mut impl Read, case: CaseId) -> Result<Vec<Notice>, Error> {
    let rows: Vec<Row> = notices::table
        .filter(notices::case_id.eq(case.to_string()))
        .order(notices::position)
        .select(Row::as_select())
        .load(db.db())?;
    whole(db, rows)
}

/// The notices to whoever has this account, or this range of their own, in the order in which the duties arose; one more
/// than `limit` where there are more.
///
/// # Errors
/// The database's.
pub fn to_oneself(
    db: &mut impl Read,
    user: UserId,
    range: &Range,
    after: Option<NoticeId>,
    limit: usize,
) -> Result<Vec<Notice>, Error> {
    let told = cases::notice.eq_any(["sent", "served"]);
    let to_account = notices::account_id.eq(user.to_string());
    let mut rows = notices::table
        .inner_join(cases::table)
        .select(Row::as_select())
        .into_boxed::<<Db as diesel::Connection>::Backend>();
    rows = match range {
        Range::Person(person) => {
            let subject = notices::recipient.eq(Recipient::Subject.as_str());
            let own = cases::person_id.eq(person.to_string()).and(told).and(subject);
            rows.filter(to_account.or(own))
        }
        Range::Agency(agency) => {
            // One about an agency is told the agency as its subject.
            let subject = cases::subject.eq(SubjectKind::Agency.as_str());
            let to_it = notices::recipient.eq(Recipient::Agency.as_str());
            let to_it = to_it.or(subject.and(notices::recipient.eq(Recipient::Subject.as_str())));
            let own = cases::agency_id.eq(agency.to_string()).and(told).and(to_it);
            rows.filter(to_account.or(own))
        }
        Range::Everything | Range::Province(_) | Range::Reporter(_) | Range::Nothing => rows.filter(to_account),
    };
    if let Some(after) = after {
        rows = rows.filter(notices::id.gt(after.to_string()));
    }
    let rows: Vec<Row> = rows.order(notices::id).limit(one_more(limit)).load(db.db())?;
    whole(db, rows)
}

/// Enters a duty to tell.
///
/// # Errors
/// The database's.
pub fn insert(writer: &mut Writer, it: &Notice) -> Result<(), Error> {
    let before: i64 =
        notices::table.filter(notices::case_id.eq(it.case.to_string())).count().get_result(writer.db())?;
    let position = notices::position.eq(i32::try_from(before).map_err(Error::internal)?);
    diesel::insert_into(notices::table).values((Row::from(it), position)).execute(writer.db())?;
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
