//! Lists of notices: those to oneself, and those that are to be delivered.

use super::{Row, whole};
use crate::domain::cases::SubjectKind;
use crate::domain::ids::{NoticeId, UserId};
use crate::domain::notices::{MailState, Means, Notice, Recipient, Undelivered};
use crate::error::Error;
use crate::policy::Range;
use crate::store::columns::{self, one_more};
use crate::store::connection::{Db, Read};
use crate::store::people;
use crate::store::schema::{agencies, cases, notice_mails, notices, offices};
use diesel::prelude::*;
use std::collections::BTreeSet;

/// The notices to whoever has this account, or this range of their own, in the order in which the duties arose; one more
/// than `limit` where there are more. A person's are also those to a record that theirs took in.
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
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    let mut ids: BTreeSet<String> = BTreeSet::new();
    // One query for each way in which a notice is somebody's, as each has an index of its own.
    macro_rules! take {
        ($theirs:expr) => {{
            let next = $theirs.filter(notices::id.gt(&after)).order(notices::id).limit(one_more(limit));
            ids.extend(next.select(notices::id).load::<String>(db.db())?);
        }};
    }
    take!(notices::table.filter(notices::account_id.eq(user.to_string())));
    let of_cases = notices::table.inner_join(cases::table).filter(told);
    match range {
        Range::Person(person) => {
            let records = people::absorbed(db, *person)?.into_iter().chain([*person]).map(|id| id.to_string());
            let records: Vec<String> = records.collect();
            let subject = notices::recipient.eq(Recipient::Subject.as_str());
            take!(of_cases.filter(cases::person_id.eq(person.to_string())).filter(subject));
            take!(notices::table.filter(notices::person_id.eq_any(records)));
        }
        Range::Agency(agency) => {
            // One about an agency is told the agency as its subject.
            let subject = cases::subject.eq(SubjectKind::Agency.as_str());
            let to_it = notices::recipient.eq(Recipient::Agency.as_str());
            let to_it = to_it.or(subject.and(notices::recipient.eq(Recipient::Subject.as_str())));
            take!(of_cases.filter(cases::agency_id.eq(agency.to_string())).filter(to_it));
            let of_record = notices::table.filter(notices::agency_id.eq(agency.to_string()));
            take!(of_record.filter(notices::person_id.is_null()));
        }
        Range::Everything | Range::Province(_) | Range::Reporter(_) | Range::Nothing => {}
    }
    let next = ids.into_iter().take(limit + 1);
    let rows = notices::table.filter(notices::id.eq_any(next.collect::<Vec<_>>())).order(notices::id);
    let rows: Vec<Row> = rows.select(Row::as_select()).load(db.db())?;
    whole(db, rows)
}

/// Notices of something else than cases, of agencies and offices within `range`, that are not delivered, in the order in
/// which the duties arose; one more than `limit` where there are more.
///
/// # Errors
/// The database's.
pub fn undelivered(
    db: &mut impl Read,
    range: &Range,
    which: Undelivered,
    after: Option<NoticeId>,
    limit: usize,
) -> Result<Vec<Notice>, Error> {
    let lost = [MailState::Refused, MailState::Unreachable, MailState::NoAddress].map(MailState::as_str);
    let lost = notice_mails::table.filter(notice_mails::state.eq_any(lost)).select(notice_mails::notice_id);
    let by_email = notices::means.eq(Means::Email.as_str()).and(notices::id.eq_any(lost));
    let mut rows = notices::table
        .inner_join(agencies::table)
        .filter(notices::served_at.is_null())
        .select(Row::as_select())
        .into_boxed::<<Db as diesel::Connection>::Backend>();
    rows = match which {
        Undelivered::ToSend => rows.filter(notices::sent_at.is_null().or(by_email)),
        Undelivered::Unserved => rows.filter(notices::sent_at.is_not_null()).filter(diesel::dsl::not(by_email)),
    };
    rows = match range {
        Range::Everything => rows,
        Range::Province(province) => {
            // An office is the affair of the province in which it is.
            let there = offices::table
                .filter(offices::province_id.eq_any(columns::units(province)))
                .select(offices::id.nullable());
            let of_office = notices::object_kind.eq("office").and(notices::object_id.eq_any(there));
            let of_agency = agencies::province_id.eq_any(columns::units(province));
            rows.filter(of_office.or(notices::object_kind.ne("office").and(of_agency)))
        }
        Range::Agency(_) | Range::Person(_) | Range::Reporter(_) | Range::Nothing => return Ok(Vec::new()),
    };
    if let Some(after) = after {
        rows = rows.filter(notices::id.gt(after.to_string()));
    }
    let rows: Vec<Row> = rows.order(notices::id).limit(one_more(limit)).load(db.db())?;
    whole(db, rows)
}
