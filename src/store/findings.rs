//! Where an auditor should look: one query for each kind of finding. A registry has some thousands of cases.

use super::cases::with_ids;
use super::columns::{self, one_more};
use super::connection::{Db, Read};
use super::schema::{case_decisions, cases, notice_mails, notices};
use crate::domain::cases::{Case, CaseState};
use crate::domain::ids::{CaseId, NoticeId};
use crate::domain::notices::{MailState, Means};
use crate::domain::time::Timestamp;
use crate::error::Error;
use diesel::prelude::*;

/// Which cases are looked for.
#[derive(Clone, Copy, Debug)]
pub enum Wanted {
    /// Told and without a reply, whose time to reply is over then.
    Unanswered(Timestamp),
    /// Decided without a reply.
    Unheard,
    /// Still open, and opened then or earlier.
    OpenSince(Timestamp),
}

/// These cases, by id, after `after`; one more than `limit` where there are more.
///
/// # Errors
/// The database's.
pub fn of_cases(db: &mut impl Read, wanted: Wanted, after: Option<CaseId>, limit: usize) -> Result<Vec<Case>, Error> {
    let mut rows = cases::table.into_boxed::<<Db as diesel::Connection>::Backend>();
    rows = match wanted {
        Wanted::Unanswered(now) => rows
            .filter(cases::state.eq(CaseState::Notified.as_str()))
            .filter(cases::replied.eq(false))
            .filter(cases::reply_by.le(now.micros())),
        Wanted::Unheard => rows
            .filter(cases::replied.eq(false))
            .filter(cases::notice.eq_any(["sent", "served"]))
            .filter(cases::id.eq_any(case_decisions::table.select(case_decisions::case_id))),
        Wanted::OpenSince(then) => {
            let open: Vec<_> = CaseState::ALL.iter().filter(|it| it.is_open()).map(|it| it.as_str()).collect();
            rows.filter(cases::state.eq_any(open)).filter(cases::opened_at.le(then.micros()))
        }
    };
    if let Some(after) = after {
        rows = rows.filter(cases::id.gt(after.to_string()));
    }
    let ids: Vec<String> = rows.select(cases::id).order(cases::id).limit(one_more(limit)).load(db.db())?;
    with_ids(db, &ids)
}

/// Notices of cases that nobody has sent, or whose e-mail reached nobody where that was how they were sent; owed since before `then`, by id, after `after`; one more than `limit` where there are
/// more. Each with its case.
///
/// # Errors
/// The database's.
pub fn unsent(
    db: &mut impl Read,
    then: Timestamp,
    after: Option<NoticeId>,
    limit: usize,
) -> Result<Vec<(NoticeId, CaseId, Timestamp)>, Error> {
    let lost = [MailState::Refused, MailState::Unreachable, MailState::NoAddress].map(MailState::as_str);
    let lost = notice_mails::table.filter(notice_mails::state.eq_any(lost)).select(notice_mails::notice_id);
    let by_email = notices::means.eq(Means::Email.as_str()).and(notices::id.eq_any(lost));
    let mut rows = notices::table
        .filter(notices::sent_at.is_null().or(by_email.and(notices::served_at.is_null())))
        .filter(notices::created_at.lt(then.micros()))
        .filter(notices::case_id.is_not_null())
        .into_boxed::<<Db as diesel::Connection>::Backend>();
    if let Some(after) = after {
        rows = rows.filter(notices::id.gt(after.to_string()));
    }
    let rows: Vec<(String, String, i64)> = rows
        .select((notices::id, notices::case_id.assume_not_null(), notices::created_at))
        .order(notices::id)
        .limit(one_more(limit))
        .load(db.db())?;
    rows.into_iter().map(|(id, case, at)| Ok((columns::id(&id)?, columns::id(&case)?, columns::instant(at)))).collect()
}
