//! Decisions and appeals.

use super::events::{Outcome, Step};
use super::{hearing, measures, opening, reported};
use crate::app::notices;
use crate::domain::cases::{Appeal, Case, Decision, Finding, Measure, NoticeGiven, Subject};
use crate::domain::credentials::Ground;
use crate::domain::notices::{Duty, Notice, OfCase, Recipient};
use crate::error::Error;
use crate::policy;
use crate::store::{Tx, credentials};

fn reasons(step: &Step<'_>) -> Result<String, Error> {
    step.reason.clone().ok_or_else(|| Error::internal("a decision without reasons was read"))
}

/// Everybody who is to be told of this, where anybody was told of the case before.
fn tell(tx: &mut Tx, case: &Case, recipients: &[Recipient], duty: Duty) -> Result<Vec<Notice<OfCase>>, Error> {
    if !case.was_told() {
        return Ok(Vec::new());
    }
    recipients.iter().filter_map(|recipient| notices::owed(tx, case, *recipient, duty).transpose()).collect()
}

/// Does not pursue the case. A suspension of before ends.
pub(super) fn dismiss(tx: &mut Tx, step: &Step<'_>, mut case: Case) -> Result<Outcome, Error> {
    case.interim = measures::end_interim(tx, step.permit, case.interim, Ground::Cleared)?;
    reported::end(tx, step.permit, &case)?;
    let mut notices = tell(tx, &case, &[Recipient::Subject, Recipient::Agency], Duty::Dismissal)?;
    notices.extend(notices::owed_to_reporters(tx, &case, Duty::Dismissal));
    Ok(Outcome { notices, ..Outcome::of(case) })
}

/// Decides. A revocation waits for its second person; everything else has its effect at once.
pub(super) fn decide(tx: &mut Tx, step: &Step<'_>, mut case: Case) -> Result<Outcome, Error> {
    let finding = Finding::parse(&step.form.finding, &case)?;
    if let (Some(credential), Subject::Holder(person)) = (finding.measure.credential(), &case.subject) {
        let found = credentials::find(tx, credential)?;
        let is_theirs = match found {
            Some(found) => opening::is_of(tx, found.person, *person)?,
            None => false,
        };
        if !is_theirs {
            let detail = "no credential of whom the case is about has this id";
            return Err(Error::invalid("/credential_id", "unknown_credential", detail));
        }
    }
    let decision = Decision {
        finding,
        names_subject: case.notice != Some(NoticeGiven::Impossible),
        reasons: reasons(step)?,
        decided_by: step.caller.user,
        decided_at: tx.now(),
        confirmed_by: None,
        effect: None,
        appeal_until: None,
    };
    case.decision = Some(decision);
    let outcome = match finding.measure {
        Measure::Revoke(credential) => {
            measures::may_be_revoked(tx, credential)?;
            Outcome::of(case)
        }
        Measure::None | Measure::Suspend(_) => take_effect(tx, step, case)?,
    };
    Ok(outcome
        .fact("outcome", finding.outcome.as_str())
        .fact("kind", finding.kind.as_str())
        .fact("measure", finding.measure.kind().as_str())
        .fact("credential_id", finding.measure.credential().map(|id| id.to_string())))
}

/// A second registrar confirms a revocation, which now takes place.
pub(super) fn confirm(tx: &mut Tx, step: &Step<'_>, mut case: Case) -> Result<Outcome, Error> {
    let decision = case.decision.as_mut().ok_or_else(|| Error::internal("nothing waits to be confirmed"))?;
    decision.confirmed_by = Some(step.caller.user);
    take_effect(tx, step, case)
}

/// Does what the decision says, and tells of it.
fn take_effect(tx: &mut Tx, step: &Step<'_>, mut case: Case) -> Result<Outcome, Error> {
    let mut decision = case.decision.take().ok_or_else(|| Error::internal("no decision takes effect"))?;
    let measure = decision.finding.measure;
    decision.effect = measures::carry_out(tx, step.permit, &mut case, measure, &decision.reasons)?;
    let notices = tell(tx, &case, &[Recipient::Subject, Recipient::Agency], Duty::Decision)?;
    let served = notices.iter().find(|notice| notice.of.recipient == Recipient::Subject).and_then(|it| it.served_at);
    decision.appeal_until = served.map(crate::domain::cases::rules::appeal_until);
    case.decision = Some(decision);
    Ok(Outcome { notices, ..Outcome::of(case) })
}

/// The subject appeals.
pub(super) fn appeal(tx: &mut Tx, step: &Step<'_>, mut case: Case) -> Result<Outcome, Error> {
    if !policy::speaks_for_subject(step.caller, matches!(case.subject, Subject::Agency(_))) {
        return Err(Error::Forbidden);
    }
    case.appeal = Some(Appeal { at: tx.now(), heard_by: None, heard_at: None, overturned: false, reasons: None });
    let statement = hearing::said(tx, step, true)?;
    Ok(Outcome { statement: Some(statement), ..Outcome::of(case) })
}

fn heard(tx: &Tx, step: &Step<'_>, case: &mut Case, overturned: bool) -> Result<(), Error> {
    let appeal = case.appeal.as_mut().ok_or_else(|| Error::internal("no appeal is heard"))?;
    appeal.heard_by = Some(step.caller.user);
    appeal.heard_at = Some(tx.now());
    appeal.overturned = overturned;
    appeal.reasons = Some(reasons(step)?);
    Ok(())
}

/// The appeal fails.
pub(super) fn uphold(tx: &mut Tx, step: &Step<'_>, mut case: Case) -> Result<Outcome, Error> {
    heard(tx, step, &mut case, false)?;
    let notices = tell(tx, &case, &[Recipient::Subject, Recipient::Agency], Duty::AppealDecision)?;
    Ok(Outcome { notices, ..Outcome::of(case) })
}

/// The appeal succeeds: what the decision did is undone.
pub(super) fn overturn(tx: &mut Tx, step: &Step<'_>, mut case: Case) -> Result<Outcome, Error> {
    heard(tx, step, &mut case, true)?;
    let reinstated = measures::undo(tx, step.permit, &case, &reasons(step)?)?;
    let notices = tell(tx, &case, &[Recipient::Subject, Recipient::Agency], Duty::AppealDecision)?;
    Ok(Outcome { notices, ..Outcome::of(case) }.fact("reinstated", reinstated))
}
