//! Notices: what somebody is owed to be told, when it was sent, and when it arrived.

mod of_case;
mod of_many;
mod of_record;
pub(in crate::app) mod paper;
mod record_paper;
mod succession_paper;

pub(in crate::app) use of_case::{blank, owed, owed_to_reporters, reaches};
pub(in crate::app) use of_many::owing_many;
pub(in crate::app) use of_record::{Owing, Unreached, owing};

use super::Registry;
use super::accesses::Seen;
use super::cases::{Purpose, is_impartial, served_at, state_purpose};
use super::gate::{Etag, Gate};
use super::mails;
use super::page::{Asked, Part};
use crate::domain::accounts::Caller;
use crate::domain::cases::{Case, CaseEvent};
use crate::domain::events::{Event, EventKind};
use crate::domain::ids::NoticeId;
use crate::domain::notices::{Matter, Means, Notice, NoticeEvent, Occasion, OfCase, OfRecord, Undelivered};
use crate::domain::problem::FieldProblem;
use crate::error::Error;
use crate::policy::{self, Operation, Ownership};
use crate::store::{Read, Reader, Tx, cases, credentials, notices, offices, people};
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

/// What a notice is of, as it stands.
pub(in crate::app) enum About {
    /// A case.
    Case(OfCase, Box<Case>),
    /// Something else on record, and whose that is.
    Record(OfRecord, Ownership),
}

impl About {
    /// What this is of.
    ///
    /// # Errors
    /// The database's.
    pub(in crate::app) fn find(db: &mut impl Read, matter: Matter) -> Result<Self, Error> {
        match matter {
            Matter::Case(of) => {
                let case = cases::find(db, of.case)?.ok_or_else(|| Error::internal("a notice without its case"))?;
                Ok(Self::Case(of, Box::new(case)))
            }
            Matter::Record(of) => {
                let province = match of.occasion {
                    // An office is the affair of the province in which it is, wherever its agency is.
                    Occasion::OfficeConfirmed(id)
                    | Occasion::OfficeObjected(id)
                    | Occasion::OfficeStopped(id)
                    | Occasion::OfficeSuspended(id)
                    | Occasion::OfficeEnded(id)
                    | Occasion::OfficeHeadless(id) => offices::find(db, id)?.map(|office| office.province),
                    Occasion::ApplicationDecided(_)
                    | Occasion::ApplicationReturned(_)
                    | Occasion::CardToReturn(_)
                    | Occasion::ReturnOverdue(_)
                    | Occasion::RevocationProposed(_)
                    | Occasion::CardExpiring(_)
                    | Occasion::CredentialWithdrawn(_)
                    | Occasion::CredentialSuspended(_)
                    | Occasion::CarriedOver(_) => credentials::province_of_agency(db, of.to.agency())?,
                };
                let whose = match of.to.person() {
                    // What a person is told is theirs; who keeps the register may see it.
                    Some(person) => {
                        let now = people::standing_for(db, person)?;
                        Ownership::in_province(province.as_ref()).and_person(now)
                    }
                    None => Ownership::of_agency(of.to.agency(), province.as_ref()),
                };
                Ok(Self::Record(of, whose))
            }
        }
    }

    /// Who may read it.
    fn whose(&self) -> Ownership {
        match self {
            Self::Case(of, case) => Ownership::of_notice(case, of.account),
            Self::Record(_, whose) => whose.clone(),
        }
    }
}

fn with_matter(db: &mut impl Read, id: NoticeId) -> Result<(Notice, About), Error> {
    let notice = notices::find(db, id)?.ok_or(Error::NotFound)?;
    let about = About::find(db, notice.of)?;
    Ok((notice, about))
}

/// A notice, and who is to know that it was looked at.
///
/// # Errors
/// 403, 404; 422 where a purpose is needed.
pub fn read(db: &mut Reader, caller: &Caller, id: NoticeId, purpose: Purpose) -> Result<(Notice, Seen), Error> {
    let entry = policy::enter(caller, Operation::ReadNotices)?;
    let (notice, about) = with_matter(db, id)?;
    entry.on(&about.whose())?;
    let purpose = purpose?;
    state_purpose(caller, purpose.as_ref())?;
    let seen = match &about {
        About::Case(of, case) => Seen::of_notice(db, caller, case, of.account, purpose)?,
        About::Record(of, _) => {
            let person = of.to.person().map(|person| people::standing_for(db, person)).transpose()?;
            Seen::of_notice_on_record(person, purpose)
        }
    };
    Ok((notice, seen))
}

/// Which notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// To the caller: to their account, and those that a holder or an agency is owed.
    ToOneself,
    /// Those of applications, credentials and offices in the caller's range that are not delivered.
    Undelivered(Undelivered),
}

/// These notices.
///
/// # Errors
/// 403; 422.
pub fn list(db: &mut Reader, caller: &Caller, asked: Asked<Which, NoticeId>) -> Result<Part<Notice, NoticeId>, Error> {
    let entry = policy::enter(caller, Operation::ReadNotices)?;
    let (which, page) = asked?;
    let items = match which {
        Which::ToOneself => notices::to_oneself(db, caller.user, &entry.range(), page.after, page.limit)?,
        Which::Undelivered(which) => {
            let range = policy::enter(caller, Operation::DeliverNotice)?.range();
            notices::undelivered(db, &range, which, page.after, page.limit)?
        }
    };
    let mut part = Part::cut(items, page.limit, |it| it.id);
    let mut seen = Vec::with_capacity(part.items.len());
    for notice in std::mem::take(&mut part.items) {
        // An official's own body does not learn of a case against it by having reported something in it.
        if entry.on(&About::find(db, notice.of)?.whose()).is_ok() {
            seen.push(notice);
        }
    }
    part.items = seen;
    Ok(part)
}

/// A notice that the caller was let [`read`], as a PDF to print or to keep, and who is to know that it was looked at: it
/// names people also where it is to an agency.
///
/// # Errors
/// The database's; it cannot be written.
pub fn pdf(db: &mut Reader, registry: &Registry, notice: &Notice, seen: Seen) -> Result<(Vec<u8>, Seen), Error> {
    let seen = match notice.of {
        Matter::Case(_) => seen,
        Matter::Record(of) => seen.naming(record_paper::named_in(db, &of)?),
    };
    Ok((paper::paper(db, registry, notice.id)?, seen))
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
    let entry = policy::enter(caller, Operation::DeliverNotice)?;
    let (old, about) = with_matter(tx, id)?;
    let permit = match &about {
        About::Case(_, case) => entry.on(&Ownership::of_case(case))?,
        About::Record(_, whose) => entry.on(whose)?,
    };
    if let About::Case(_, case) = &about {
        is_impartial(tx, registry, caller, case, CaseEvent::Notify)?;
    }
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
            match &about {
                About::Case(of, case) => of_case::reaches(tx, registry, case, of, means)?,
                About::Record(of, _) => of_record::reaches(tx, registry, of.to, means)?,
            }
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
    let told = Event::new(kind, notice.of.object()).with(json!({
        "notice": notice.id.to_string(),
        "recipient": notice.of.recipient(),
        "duty": notice.of.duty(),
        "means": notice.means.map(Means::as_str),
        "served_at": notice.served_at.map(|at| at.to_string()),
    }));
    let goes_out = event == NoticeEvent::Send && notice.means == Some(Means::Email);
    let changed = match about {
        About::Case(of, case) => of_case::deadlines(*case, &of, notice.served_at, now),
        About::Record(..) => None,
    };
    tx.record(&permit, told, |writer| {
        notices::update(writer, &notice)?;
        if goes_out {
            mails::enter(writer, notice.id, now)?;
        }
        changed.iter().try_for_each(|case| cases::update(writer, case))
    })?;
    // With how its e-mail stands now.
    notices::find(tx, id)?.ok_or(Error::NotFound)
}
