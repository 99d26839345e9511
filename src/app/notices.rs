//! Notices: what somebody is owed to be told, when it was sent, and when it arrived.

use crate::domain::cases::{Case, Subject};
use crate::domain::ids::UserId;
use crate::domain::notices::{Duty, Means, Notice, Recipient};
use crate::error::Error;
use crate::store::{Tx, accounts};

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
        version: 1,
        created_at: tx.now(),
    }
}

/// Whether the recipient finds notices in an account here.
pub(in crate::app) fn has_account(tx: &mut Tx, case: &Case, recipient: Recipient) -> Result<bool, Error> {
    match (recipient, &case.subject, case.agency) {
        (Recipient::Subject, Subject::Holder(person), _) => Ok(accounts::of_person(tx, *person)?.is_some()),
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
