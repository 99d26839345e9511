//! Notices: what somebody is owed to be told, when it was sent, and when it arrived.

pub(in crate::app) mod paper;

use super::Registry;
use super::cases::{Purpose, Reading, appeal_until, is_impartial, reply_by, served_at, state_purpose};
use super::gate::{Etag, Gate};
use super::mails;
use super::page::{Asked, Part};
use crate::domain::accounts::Caller;
use crate::domain::cases::{Case, CaseEvent, NoticeGiven, Subject};
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::ids::{NoticeId, UserId};
use crate::domain::notices::{Duty, Means, Notice, NoticeEvent, Recipient};
use crate::domain::problem::FieldProblem;
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::policy::{self, Operation, Ownership};
use crate::store::{Read, Reader, Tx, accounts, cases, notices};
use serde_json::json;

/// What is to happen to a notice.
#[derive(Clone, Debug, Default)]
pub struct EventForm {
    /// `send` or `serve`.
    pub event: String,
    /// `send`: see [`Means`].
    pub means: Option<String>,
    /// When it arrived, RFC 3339; now where it is not said and `serve` was asked.
    pub served_at: Option<String>,
}

fn with_case(db: &mut impl Read, id: NoticeId) -> Result<(Notice, Case), Error> {
    let notice = notices::find(db, id)?.ok_or(Error::NotFound)?;
    let case = cases::find(db, notice.case)?.ok_or_else(|| Error::internal("a notice without its case"))?;
    Ok((notice, case))
}

/// A notice.
///
/// # Errors
/// 403, 404; 422 where a purpose is needed.
pub fn read(db: &mut Reader, caller: &Caller, id: NoticeId, purpose: Purpose) -> Result<Reading<Notice>, Error> {
    let entry = policy::enter(caller, Operation::ReadNotices)?;
    let (notice, case) = with_case(db, id)?;
    entry.on(&Ownership::of_notice(&case, notice.account))?;
    let purpose = purpose?;
    state_purpose(caller, purpose.as_ref())?;
    Ok(Reading { case, shown: notice, purpose })
}

/// The notices to the caller: to their account, and those that a holder or an agency is owed.
///
/// # Errors
/// 403; 422.
pub fn list(db: &mut Reader, caller: &Caller, asked: Asked<(), NoticeId>) -> Result<Part<Notice, NoticeId>, Error> {
    let entry = policy::enter(caller, Operation::ReadNotices)?;
    let ((), page) = asked?;
    let items = notices::to_oneself(db, caller.user, &entry.range(), page.after, page.limit)?;
    let mut part = Part::cut(items, page.limit, |it| it.id);
    let mut seen = Vec::with_capacity(part.items.len());
    for notice in std::mem::take(&mut part.items) {
        let (_, case) = with_case(db, notice.id)?;
        // An official's own body does not learn of a case against it by having reported something in it.
        if entry.on(&Ownership::of_notice(&case, notice.account)).is_ok() {
            seen.push(notice);
        }
    }
    part.items = seen;
    Ok(part)
}

/// A notice that the caller was let [`read`], as a PDF to print or to keep.
///
/// # Errors
/// The database's; it cannot be written.
pub fn pdf(db: &mut Reader, registry: &Registry, notice: &Notice) -> Result<Vec<u8>, Error> {
    paper::paper(db, registry, notice.id)
}

/// Writes down that a notice was sent, or that it arrived: deadlines run from there.
///
/// # Errors
/// 403, also `second-person-required`; 404, 412, 428; 422; 409.
pub fn happen(
    tx: &mut Tx,
    registry: &Registry,
    caller: &Caller,
    id: NoticeId,
    gate: &Gate,
    form: Result<EventForm, Error>,
) -> Result<Notice, Error> {
    let entry = policy::enter(caller, Operation::HandleCase)?;
    let (old, case) = with_case(tx, id)?;
    let permit = entry.on(&Ownership::of_case(&case))?;
    is_impartial(tx, registry, caller, &case, CaseEvent::Notify)?;
    gate.pass(tx, &Etag::of_version(old.version))?;
    let form = form?;
    let event = NoticeEvent::parse(&form.event).map_err(|problem| Error::field("/event", problem))?;
    old.may(event).map_err(|detail| Error::WrongState { detail: detail.to_owned() })?;
    let now = tx.now();
    let notice = match event {
        NoticeEvent::Send => {
            let missing = || Err(FieldProblem::new("missing", "how it is sent"));
            let means = form.means.as_deref().map_or_else(missing, Means::parse);
            let means = means.map_err(|problem| Error::field("/means", problem))?;
            reaches(tx, registry, &case, &old, means)?;
            let served = served_at(form.served_at.as_deref(), means, old.created_at, now)?;
            let sent_at = Some(served.unwrap_or(now));
            Notice { means: Some(means), sent_at, served_at: served, version: old.version + 1, ..old }
        }
        NoticeEvent::Serve => {
            if form.means.is_some() {
                return Err(Error::invalid("/means", "not_for_this_event", "it was sent already"));
            }
            let sent = old.sent_at.unwrap_or(old.created_at);
            let served = served_at(form.served_at.as_deref(), Means::InPerson, sent, now)?;
            Notice { served_at: served, version: old.version + 1, ..old }
        }
    };
    let kind = if event == NoticeEvent::Send { EventKind::NoticeSent } else { EventKind::NoticeServed };
    let told = Event::new(kind, Object::Case(case.id)).with(json!({
        "notice": notice.id.to_string(),
        "recipient": notice.recipient.as_str(),
        "duty": notice.duty.as_str(),
        "means": notice.means.map(Means::as_str),
        "served_at": notice.served_at.map(|at| at.to_string()),
    }));
    let goes_out = event == NoticeEvent::Send && notice.means == Some(Means::Email);
    let changed = deadlines(case.clone(), &notice, now);
    tx.record(&permit, told, |writer| {
        notices::update(writer, &notice)?;
        if goes_out {
            mails::tell(writer, registry, &case, &notice, now)?;
        }
        changed.iter().try_for_each(|case| cases::update(writer, case))
    })?;
    // With how its e-mail stands now.
    notices::find(tx, id)?.ok_or(Error::NotFound)
}

/// The case with the deadline that runs from this notice, if one does.
fn deadlines(mut case: Case, notice: &Notice, now: Timestamp) -> Option<Case> {
    let served = notice.served_at.filter(|_| notice.recipient == Recipient::Subject)?;
    match (notice.duty, case.notice, &mut case.decision) {
        (Duty::Opening, Some(NoticeGiven::Sent), _) => {
            case.notice = Some(NoticeGiven::Served { reply_by: reply_by(served, now) });
        }
        (Duty::Decision, _, Some(decision)) if decision.appeal_until.is_none() => {
            decision.appeal_until = Some(appeal_until(served, now));
        }
        (
            Duty::Opening
            | Duty::Suspension
            | Duty::SuspensionEnded
            | Duty::Decision
            | Duty::AppealDecision
            | Duty::Dismissal
            | Duty::End,
            _,
            _,
        ) => return None,
    }
    case.version += 1;
    Some(case)
}

/// A notice that nobody has sent yet.
pub(in crate::app) fn blank(tx: &Tx, case: &Case, recipient: Recipient, duty: Duty) -> Notice {
    Notice {
        id: tx.new_id(),
        case: case.id,
        recipient,
        account: None,
        duty,
        means: None,
        sent_at: None,
        served_at: None,
        mail: None,
        version: 1,
        created_at: tx.now(),
    }
}

/// Makes sure that the recipient can be told by this means.
pub(in crate::app) fn reaches(
    tx: &mut Tx,
    registry: &Registry,
    case: &Case,
    notice: &Notice,
    means: Means,
) -> Result<(), Error> {
    let (reached, code, detail) = match means {
        Means::InPerson | Means::Post => return Ok(()),
        Means::Account => (has_account(tx, case, notice.recipient)?, "no_account", "the recipient has no account here"),
        Means::Email => {
            let detail = "no e-mail is sent from here, or no address of the recipient is known";
            (mails::reaches(tx, registry, case, notice)?, "no_email", detail)
        }
    };
    reached.then_some(()).ok_or_else(|| Error::invalid("/means", code, detail))
}

/// Whether the recipient finds notices in an account here.
fn has_account(tx: &mut Tx, case: &Case, recipient: Recipient) -> Result<bool, Error> {
    match (recipient, &case.subject, case.agency) {
        (Recipient::Subject, Subject::Holder(person), _) => {
            Ok(accounts::of_person(tx, *person)?.is_some_and(|account| account.is_active()))
        }
        (Recipient::Subject, Subject::Agency(agency), _) => accounts::has_head(tx, *agency),
        (Recipient::Agency, _, Some(agency)) => accounts::has_head(tx, agency),
        (Recipient::Subject | Recipient::Agency | Recipient::Reporter, _, _) => Ok(false),
    }
}

/// What a recipient is owed; `None` where there is no such recipient. Whoever has an account here finds it there at
/// once; the others are to be written to.
pub(in crate::app) fn owed(
    tx: &mut Tx,
    case: &Case,
    recipient: Recipient,
    duty: Duty,
) -> Result<Option<Notice>, Error> {
    let exists = match (recipient, &case.subject) {
        (Recipient::Subject, Subject::Unknown) => false,
        (Recipient::Subject, Subject::Holder(_) | Subject::Agency(_) | Subject::Body(_) | Subject::Claimed) => true,
        // An agency that is the subject is told as such.
        (Recipient::Agency, Subject::Holder(_)) => case.agency.is_some(),
        (Recipient::Agency, Subject::Agency(_) | Subject::Body(_) | Subject::Claimed | Subject::Unknown) => false,
        (Recipient::Reporter, _) => false,
    };
    if !exists {
        return Ok(None);
    }
    let notice = blank(tx, case, recipient, duty);
    let at = has_account(tx, case, recipient)?.then(|| tx.now());
    Ok(Some(Notice { means: at.map(|_| Means::Account), sent_at: at, served_at: at, ..notice }))
}

/// What those are owed who reported in their own name: they find it in their accounts.
pub(in crate::app) fn owed_to_reporters(tx: &Tx, case: &Case, duty: Duty) -> Vec<Notice> {
    let now = Some(tx.now());
    let notice = |user: &UserId| Notice {
        account: Some(*user),
        means: Some(Means::Account),
        sent_at: now,
        served_at: now,
        ..blank(tx, case, Recipient::Reporter, duty)
    };
    case.reporters.iter().map(notice).collect()
}
