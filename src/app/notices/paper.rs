//! What a notice of a case tells, put together for its paper.

use super::{About, record_paper, with_matter};
use crate::app::{Registry, misuse};
use crate::data::MisuseKindRow;
use crate::domain::cases::{Case, NoticeGiven, Subject};
use crate::domain::credentials::Credential;
use crate::domain::events::{EventKind, Object, Recorded};
use crate::domain::ids::NoticeId;
use crate::domain::issuer::Words;
use crate::domain::misuse::MisuseKind;
use crate::domain::notices::{Duty, Notice, OfCase, Recipient};
use crate::domain::printed::CredentialKind;
use crate::domain::wording;
use crate::error::Error;
use crate::papers::notice::{Act, Decided, Letterhead, NoticePaper, Told};
use crate::store::{Read, agencies, credentials, events, people, provinces, reports};

/// The paper of a notice, for callers who have asked the policy themselves.
///
/// # Errors
/// The database's; it cannot be written.
pub(in crate::app) fn paper(db: &mut impl Read, registry: &Registry, id: NoticeId) -> Result<Vec<u8>, Error> {
    let (notice, about) = with_matter(db, id)?;
    match about {
        About::Case(of, case) => of_case(db, registry, notice.seen_as(of), &case),
        About::Record(of, _) => record_paper::paper(db, registry, notice.seen_as(of)),
    }
}

fn of_case(db: &mut impl Read, registry: &Registry, notice: Notice<OfCase>, case: &Case) -> Result<Vec<u8>, Error> {
    let paper = NoticePaper {
        from: letterhead(registry),
        to: addressee(db, registry, case, &notice.of)?,
        venue: provinces::name_of(db, &case.venue)?,
        told: told(db, case, &notice.of)?,
        notice,
    };
    paper.pdf()
}

/// Who sends papers.
pub(in crate::app) fn letterhead(registry: &Registry) -> Letterhead {
    Letterhead {
        registry: wording::registry(),
        address: registry.settings.public_url.clone(),
        phone: registry.settings.phone.clone(),
    }
}

/// Whom a case is about, by name.
pub(in crate::app) fn subject(db: &mut impl Read, registry: &Registry, case: &Case) -> Result<String, Error> {
    Ok(match &case.subject {
        Subject::Holder(person) => people::find(db, &registry.secrets.sealing, *person)?
            .map_or_else(|| "(đã xóa / erased)".to_owned(), |person| person.fields.full_name.as_str().to_owned()),
        Subject::Agency(agency) => agency_name(db, *agency)?,
        Subject::Body(name) => name.clone(),
        Subject::Claimed => {
            let name = case.claimed.name.as_deref().unwrap_or("–");
            format!("Người tự xưng: {name}\nWhoever claimed to be: {name}")
        }
        Subject::Unknown => "Chưa xác định / Not known".to_owned(),
    })
}

pub(super) fn agency_name(db: &mut impl Read, id: crate::domain::ids::AgencyId) -> Result<String, Error> {
    let agency = agencies::find(db, id)?.ok_or_else(|| Error::internal("a case without its agency"))?;
    Ok(agency.fields.name.as_str().to_owned())
}

fn addressee(db: &mut impl Read, registry: &Registry, case: &Case, of: &OfCase) -> Result<String, Error> {
    match (of.recipient, case.agency) {
        (Recipient::Agency, Some(agency)) => agency_name(db, agency),
        (Recipient::Subject | Recipient::Agency, _) => subject(db, registry, case),
        (Recipient::Reporter, _) => {
            for id in &case.reports {
                let reporter = reports::find(db, *id)?.and_then(|report| report.reporter);
                if let Some(body) = reporter.filter(|it| Some(it.user) == of.account).and_then(|it| it.body) {
                    return Ok(body);
                }
            }
            Ok("Người báo cáo / Whoever reported".to_owned())
        }
    }
}

/// A kind of misuse in words.
pub(in crate::app) fn kind_row(kind: MisuseKind) -> Option<&'static MisuseKindRow> {
    misuse::kinds().iter().find(|row| row.code == kind.as_str())
}

/// The card or letter that a case names.
pub(in crate::app) fn named(credential: &Credential) -> (Words, String) {
    let kind = match credential.kind() {
        CredentialKind::PressCard => press_card(),
        CredentialKind::IntroductionLetter => Words::new("Giấy giới thiệu số", "Letter of introduction no."),
        CredentialKind::CollaboratorCard => Words::new("Thẻ cộng tác viên số", "Collaborator's card no."),
    };
    (kind, credential.number.as_str().to_owned())
}

/// What a press card is called before its number.
pub(super) fn press_card() -> Words {
    Words::new("Thẻ nhà báo số", "Press card no.")
}

/// What a case is about.
pub(in crate::app) fn act(db: &mut impl Read, case: &Case) -> Result<Act, Error> {
    let credential = case.credential.map(|id| credentials::find(db, id)).transpose()?.flatten();
    let province = provinces::name_of(db, &case.province)?;
    Ok(Act {
        kind: case.kind.and_then(kind_row),
        credential: credential.as_ref().map(named),
        place: case.place.as_ref().map_or_else(|| province.clone(), |place| format!("{place}, {province}")),
        occurred_at: case.occurred_at,
        summary: case.summary.clone(),
    })
}

/// In which capacity something was done: never by whom.
pub(in crate::app) fn capacity(event: &Recorded) -> Words {
    let words = wording::capacity(&event.actor_role);
    match &event.actor_body {
        Some(body) => Words::new(format!("{}, {body}", words.vi), format!("{}, {body}", words.en)),
        None => words,
    }
}

/// The words of whoever did something, where they were written down with it and are not erased.
pub(in crate::app) fn reason(event: &Recorded) -> Option<String> {
    let fields = event.personal.iter().filter_map(|one| one.fields.as_ref());
    fields.filter_map(|(_, fields)| fields["reason"].as_str()).map(str::to_owned).next()
}

fn last(db: &mut impl Read, object: &Object, kinds: &[EventKind]) -> Result<Option<Recorded>, Error> {
    let mut newest = None;
    for kind in kinds {
        newest = newest.max(events::last_of_kind(db, object, *kind)?);
    }
    let Some(index) = newest else { return Ok(None) };
    Ok(events::at(db, index)?.map(|salted| salted.event))
}

fn told(db: &mut impl Read, case: &Case, of: &OfCase) -> Result<Told, Error> {
    let to_reporter = match of.recipient {
        Recipient::Reporter => true,
        Recipient::Subject | Recipient::Agency => false,
    };
    let object = Object::Case(case.id);
    let kinds: &[EventKind] = match of.duty {
        Duty::Opening => &[EventKind::CaseNotified],
        Duty::Suspension => &[EventKind::CaseAttached, EventKind::CaseNotified],
        Duty::SuspensionEnded => &[EventKind::CaseInterimEnded],
        Duty::Decision => &[EventKind::CaseDecided],
        Duty::AppealDecision => &[EventKind::CaseUpheld, EventKind::CaseOverturned],
        Duty::Dismissal => &[EventKind::CaseDismissed],
        Duty::End => &[EventKind::CaseClosed],
    };
    let event = match (of.duty, case.interim) {
        // What was said of the suspension stands with the credential.
        (Duty::Suspension, Some(interim)) => events::at(db, interim.log_index)?.map(|salted| salted.event),
        (_, _) => last(db, &object, kinds)?,
    };
    let decided = case.decision.as_ref().filter(|_| of.duty == Duty::Decision && !to_reporter);
    let shows_reason = match of.duty {
        Duty::Suspension | Duty::AppealDecision | Duty::Dismissal => !to_reporter,
        // A decision has its reasons itself; the others have none.
        Duty::Opening | Duty::SuspensionEnded | Duty::Decision | Duty::End => false,
    };
    let unknown = || Words::new("Hệ thống", "The registry");
    Ok(Told {
        act: if to_reporter { None } else { Some(act(db, case)?) },
        reply_by: match case.notice {
            Some(NoticeGiven::Served { reply_by }) => Some(reply_by),
            Some(NoticeGiven::Sent | NoticeGiven::Impossible) | None => None,
        },
        suspended_until: case.interim.filter(|_| of.duty == Duty::Suspension).map(|interim| interim.until),
        decided: decided.map(|it| Decided {
            outcome: it.finding.outcome,
            kind: kind_row(it.finding.kind),
            measure: it.finding.measure.kind(),
            reasons: it.reasons.clone(),
            at: it.decided_at,
            appeal_until: it.appeal_until,
        }),
        heard: case.appeal.as_ref().and_then(|appeal| Some((appeal.overturned, appeal.heard_at?))),
        reason: event.as_ref().filter(|_| shows_reason).and_then(reason),
        by: event.as_ref().map_or_else(unknown, capacity),
    })
}
