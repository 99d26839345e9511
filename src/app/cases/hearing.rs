//! What comes before a decision: reports added, the subject told, the reply.

use super::events::{Outcome, Step};
use super::{measures, opening, reported};
use crate::app::notices;
use crate::data;
use crate::domain::cases::{Authority, Case, CaseDocument, NoticeGiven, Statement, Stay, Subject, read_reports, rules};
use crate::domain::credentials::Ground;
use crate::domain::ids::{CredentialId, Id as _, PersonId};
use crate::domain::misuse::MisuseKind;
use crate::domain::notices::{Duty, Means, Notice, OfCase, Recipient};
use crate::domain::problem::{FieldProblem, Problems};
use crate::domain::reports::Evidence;
use crate::domain::time::{Day, Timestamp};
use crate::domain::working_days::WorkingDays;
use crate::error::Error;
use crate::policy;
use crate::store::{Tx, cases};
use serde_json::json;
use std::sync::LazyLock;

/// The days on which public offices work.
pub(in crate::app) fn working_days() -> WorkingDays<'static> {
    static HOLIDAYS: LazyLock<Vec<Day>> =
        LazyLock::new(|| data::public_holidays().iter().map(|holiday| holiday.date).collect());
    WorkingDays::new(&HOLIDAYS)
}

/// When the time to reply is over, for a notice that arrived then, as is written down now.
pub(in crate::app) fn reply_by(served: Timestamp, now: Timestamp) -> Timestamp {
    let days = working_days();
    rules::reply_by(&days, rules::runs_from(&days, served, now))
}

/// When the time to appeal is over, for a decision that arrived then, as is written down now.
pub(in crate::app) fn appeal_until(served: Timestamp, now: Timestamp) -> Timestamp {
    rules::appeal_until(rules::runs_from(&working_days(), served, now))
}

/// Adds reports, says whom the case is about while nobody has been told, suspends a credential meanwhile.
pub(super) fn attach(tx: &mut Tx, step: &Step<'_>, mut case: Case) -> Result<Outcome, Error> {
    let form = step.form;
    let mut problems = Problems::new();
    let reports = read_reports(form.reports.as_deref().unwrap_or_default(), &mut problems);
    let person = problems.take_optional("/person_id", form.person_id.as_deref(), PersonId::parse);
    let credential = form.finding.credential_id.as_deref();
    let credential = problems.take_optional("/credential_id", credential, CredentialId::parse);
    let kind = problems.take_optional("/kind", form.finding.kind.as_deref(), MisuseKind::parse);
    for (at, report) in reports.iter().enumerate() {
        if case.reports.contains(report) {
            let known = FieldProblem::new("twice", "this report is in the case already");
            problems.add(known.at(format!("/reports/{at}")));
        }
    }
    let says_who = person.is_some() || credential.is_some();
    if reports.is_empty() && !says_who && kind.is_none() && form.suspend_days.is_none() {
        problems.add(FieldProblem::new("empty", "nothing is added").at("/reports"));
    }
    problems.finish(|| Some(()))?;
    if says_who && case.notice.is_some() {
        let detail = "Whom it is about is not changed once somebody has been told.".to_owned();
        return Err(Error::WrongState { detail });
    }
    if let Some(person) = person {
        case.subject = Subject::Holder(person);
    }
    case.kind = kind.or(case.kind);
    case.credential = credential.or(case.credential);
    if says_who {
        case.agency = opening::answering_agency(tx, step.registry, &case.subject, case.credential)?;
    }
    reported::take_up(tx, step.caller, step.permit, &mut case, &reports)?;
    let added: Vec<String> = reports.iter().map(ToString::to_string).collect();
    let notices = suspend(tx, step, &mut case)?;
    let outcome = Outcome { notices, ..Outcome::of(case) }.fact("reports", added);
    Ok(match kind {
        Some(kind) => outcome.fact("kind", kind.as_str()),
        None => outcome,
    })
}

/// Suspends the credential until the decision, if that was asked, and notes who is to be told of it.
fn suspend(tx: &mut Tx, step: &Step<'_>, case: &mut Case) -> Result<Vec<Notice<OfCase>>, Error> {
    let Some(days) = step.form.suspend_days else { return Ok(Vec::new()) };
    case.interim = Some(measures::suspend_meanwhile(tx, step.permit, case, days, step.reason.as_deref())?);
    [Recipient::Subject, Recipient::Agency]
        .into_iter()
        .filter_map(|recipient| notices::owed(tx, case, recipient, Duty::Suspension).transpose())
        .collect()
}

/// Tells the subject, or finds that nobody can be told.
pub(super) fn notify(tx: &mut Tx, step: &Step<'_>, mut case: Case) -> Result<Outcome, Error> {
    let missing = || Error::invalid("/means", "missing", "how the subject is told, or `not_possible`");
    let raw = step.form.means.as_deref().ok_or_else(missing)?;
    if raw == "not_possible" {
        return not_possible(tx, step, case);
    }
    let means = Means::parse(raw).map_err(|problem| Error::field("/means", problem))?;
    if case.subject == Subject::Unknown {
        return Err(Error::invalid("/means", "nobody_is_known", "nobody knows whom to tell: `not_possible`"));
    }
    let notice = notices::blank(tx, &case, Recipient::Subject, Duty::Opening);
    notices::reaches(tx, step.registry, &case, &notice.of, means)?;
    let now = tx.now();
    let earliest = rules::runs_from(&working_days(), case.opened_at, now);
    let served = served_at(step.form.served_at.as_deref(), means, earliest, now)?;
    case.notice = Some(match served {
        Some(served) => NoticeGiven::Served { reply_by: reply_by(served, now) },
        None => NoticeGiven::Sent,
    });
    // Now it is known, so that it is put off no longer.
    case.stay = case.stay.map(|stay| Stay { ended: true, ..stay });
    let notice = Notice { means: Some(means), sent_at: Some(served.unwrap_or(now)), served_at: served, ..notice };
    let mut told = vec![notice];
    told.extend(notices::owed(tx, &case, Recipient::Agency, Duty::Opening)?);
    told.extend(suspend(tx, step, &mut case)?);
    Ok(Outcome { notices: told, ..Outcome::of(case) }
        .fact("means", means.as_str())
        .fact("served_at", served.map(|at| at.to_string())))
}

/// When it arrived: as written down, else at once where the means says so.
pub(in crate::app) fn served_at(
    sent: Option<&str>,
    means: Means,
    earliest: Timestamp,
    now: Timestamp,
) -> Result<Option<Timestamp>, Error> {
    match sent {
        None => Ok(means.arrives_at_once().then_some(now)),
        Some(raw) => {
            let at = Timestamp::parse(raw).map_err(|problem| Error::field("/served_at", problem))?;
            // Nobody finds in an account what was not there yet.
            let earliest = if means == Means::Account { now } else { earliest };
            let range = || {
                Error::invalid(
                    "/served_at",
                    "out_of_range",
                    "after it was sent, not in the future, and written down in time",
                )
            };
            (earliest <= at && at <= now).then_some(Some(at)).ok_or_else(range)
        }
    }
}

fn not_possible(tx: &mut Tx, step: &Step<'_>, mut case: Case) -> Result<Outcome, Error> {
    let missing = FieldProblem::new("missing", "why nobody can be told").at("/reason");
    let surplus = |pointer| FieldProblem::new("not_for_this_event", "nobody is told, so nothing is done").at(pointer);
    let problems = [
        step.reason.is_none().then_some(missing),
        step.form.served_at.is_some().then(|| surplus("/served_at")),
        step.form.suspend_days.is_some().then(|| surplus("/suspend_days")),
    ];
    let problems: Vec<_> = problems.into_iter().flatten().collect();
    if !problems.is_empty() {
        return Err(problems.into());
    }
    case.notice = Some(NoticeGiven::Impossible);
    case.stay = case.stay.map(|stay| Stay { ended: true, ..stay });
    case.interim = measures::end_interim(tx, step.permit, case.interim, Ground::Cleared)?;
    Ok(Outcome::of(case).fact("means", "not_possible"))
}

/// Puts the notice off.
pub(super) fn stay(tx: &mut Tx, step: &Step<'_>, mut case: Case) -> Result<Outcome, Error> {
    let days = step.form.days.unwrap_or(rules::STAY_DAYS);
    if !(1..=rules::STAY_DAYS).contains(&days) {
        return Err(Error::invalid("/days", "out_of_range", format!("1 to {} days", rules::STAY_DAYS)));
    }
    if case.interim.is_some_and(|interim| !interim.ended) {
        let detail = "A credential is suspended in this case, so its holder must be told.".to_owned();
        return Err(Error::WrongState { detail });
    }
    let until = tx.now().plus_seconds(i64::try_from(days).map_err(Error::internal)? * 86_400);
    case.stay = Some(Stay { until, ended: false });
    Ok(Outcome::of(case).fact("until", until.to_string()))
}

/// Writes down what the subject, or the agency on behalf of its person, says.
pub(super) fn answer(tx: &mut Tx, step: &Step<'_>, mut case: Case) -> Result<Outcome, Error> {
    let by_subject = policy::speaks_for_subject(step.caller, matches!(case.subject, Subject::Agency(_)));
    case.replied |= by_subject;
    let statement = said(tx, step, false)?;
    Ok(Outcome { statement: Some(statement), ..Outcome::of(case) }.fact("by_subject", by_subject))
}

/// The words of a reply or an appeal.
pub(super) fn said(tx: &Tx, step: &Step<'_>, is_appeal: bool) -> Result<Statement, Error> {
    let text = step.reason.clone().ok_or_else(|| Error::internal("an answer without words was read"))?;
    Ok(Statement { role: step.permit.actor().role_name().to_owned(), is_appeal, text, at: tx.now() })
}

/// Brings the case before another authority, with its file.
pub(super) fn refer(tx: &mut Tx, step: &Step<'_>, case: Case) -> Result<Outcome, Error> {
    let missing = || Err(FieldProblem::new("missing", "`police` or `inspectorate`"));
    let to = step.form.to.as_deref().map_or_else(missing, Authority::parse);
    let to = to.map_err(|problem| Error::field("/to", problem))?;
    let made = step.form.document.as_ref().ok_or_else(|| Error::internal("a referral without its file"))?;
    // Something happened to the case while its file was made.
    if made.version + 1 != case.version {
        return Err(Error::PreconditionFailed);
    }
    let number = i64::try_from(cases::documents_of(tx, case.id)?.len() + 1).map_err(Error::internal)?;
    let Evidence { bytes, sha256, added_at, object, .. } = made.file.numbered(number, tx);
    let document = CaseDocument { number, authority: to, bytes, sha256, made_at: added_at, object };
    Ok(Outcome { document: Some(document), ..Outcome::of(case) }
        .fact("authority", to.as_str())
        .fact("document", json!({ "bytes": bytes, "sha256": sha256.to_string() })))
}
