//! What is owed to be told of a case, and the times that run from when it arrived.

use crate::app::cases::{appeal_until, reply_by};
use crate::app::{Registry, mails};
use crate::domain::cases::{Case, NoticeGiven, Subject};
use crate::domain::ids::UserId;
use crate::domain::notices::{Duty, Means, Notice, OfCase, Recipient};
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::store::{Tx, accounts};

/// The case with the deadline that runs from this notice, if one does.
pub(super) fn deadlines(mut case: Case, of: &OfCase, served: Option<Timestamp>, now: Timestamp) -> Option<Case> {
    let served = served.filter(|_| of.recipient == Recipient::Subject)?;
    match (of.duty, case.notice, &mut case.decision) {
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
pub(in crate::app) fn blank(tx: &Tx, case: &Case, recipient: Recipient, duty: Duty) -> Notice<OfCase> {
    Notice::blank(tx.new_id(), OfCase { case: case.id, recipient, account: None, duty }, tx.now())
}

/// Makes sure that the recipient can be told by this means.
pub(in crate::app) fn reaches(
    tx: &mut Tx,
    registry: &Registry,
    case: &Case,
    of: &OfCase,
    means: Means,
) -> Result<(), Error> {
    let (reached, code, detail) = match means {
        Means::InPerson | Means::Post => return Ok(()),
        Means::Account => (has_account(tx, case, of.recipient)?, "no_account", "the recipient has no account here"),
        Means::Email => {
            let detail = "no e-mail is sent from here, or no address of the recipient is known";
            (mails::reaches_in_case(tx, registry, case, of)?, "no_email", detail)
        }
    };
    reached.then_some(()).ok_or_else(|| Error::invalid("/means", code, detail))
}

/// Whether the recipient finds notices in an account here.
fn has_account(tx: &mut Tx, case: &Case, recipient: Recipient) -> Result<bool, Error> {
    let now = tx.now();
    match (recipient, &case.subject, case.agency) {
        (Recipient::Subject, Subject::Holder(person), _) => {
            Ok(!accounts::with_account(tx, &[*person], now)?.is_empty())
        }
        (Recipient::Subject, Subject::Agency(agency), _) => accounts::has_head(tx, *agency, now),
        (Recipient::Agency, _, Some(agency)) => accounts::has_head(tx, agency, now),
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
) -> Result<Option<Notice<OfCase>>, Error> {
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
    Ok(Some(if has_account(tx, case, recipient)? { notice.sent_now(Means::Account) } else { notice }))
}

/// What those are owed who reported in their own name: they find it in their accounts.
pub(in crate::app) fn owed_to_reporters(tx: &Tx, case: &Case, duty: Duty) -> Vec<Notice<OfCase>> {
    let notice = |user: &UserId| {
        let of = OfCase { case: case.id, recipient: Recipient::Reporter, account: Some(*user), duty };
        Notice::blank(tx.new_id(), of, tx.now()).sent_now(Means::Account)
    };
    case.reporters.iter().map(notice).collect()
}
