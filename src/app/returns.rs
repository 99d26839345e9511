//! Press cards that are to be handed in, ours and those of before: the queue of whoever collects them and of the registrar.
//! They say that they are good until somebody decides; nothing is revoked by itself.

mod events;
mod keeping;

pub use events::{EventForm, happen, happen_of_before};
pub use keeping::keep;

use super::Registry;
use super::cases::working_days;
use super::page::{Asked, Part};
use crate::domain::accounts::Caller;
use crate::domain::agencies::{Agency, AgencyState};
use crate::domain::credentials::Credential;
use crate::domain::events::{EventKind, Object};
use crate::domain::ids::{AgencyId, Id, PersonId};
use crate::domain::notices::{Addressee, Matter, Notice, Occasion};
use crate::domain::press_cards::PressCardId;
use crate::domain::returns::{CardReturn, Cause, Holding, Rule, Why};
use crate::domain::state_cards::StateCard;
use crate::domain::time::{Day, Timestamp};
use crate::error::Error;
use crate::policy::{self, Operation};
use crate::store::credentials::Filter;
use crate::store::state_cards::{MayBeDue, Stage};
use crate::store::{Read, Reader, Tx, agencies, credentials, events as log, notices, people, returns, successions};
use std::collections::{HashMap, HashSet};

/// A press card of either kind.
pub enum Card {
    /// One of ours.
    Issued(Box<Credential>),
    /// One of before, and who holds and collects it.
    OfBefore(Box<StateCard>, Holding),
}

impl Card {
    /// Which.
    pub fn id(&self) -> PressCardId {
        match self {
            Self::Issued(card) => PressCardId::Issued(card.id),
            Self::OfBefore(card, _) => PressCardId::OfBefore(card.id),
        }
    }

    /// Whose it is.
    pub fn holder(&self) -> PersonId {
        match self {
            Self::Issued(card) => card.person,
            Self::OfBefore(_, holding) => holding.holder,
        }
    }

    /// Which agency is to collect it.
    pub fn agency(&self) -> AgencyId {
        match self {
            Self::Issued(card) => card.agency,
            Self::OfBefore(_, holding) => holding.agency,
        }
    }
}

impl From<Credential> for Card {
    fn from(card: Credential) -> Self {
        Self::Issued(Box::new(card))
    }
}

impl From<(StateCard, Holding)> for Card {
    fn from((card, holding): (StateCard, Holding)) -> Self {
        Self::OfBefore(Box::new(card), holding)
    }
}

/// A card that is to be handed in.
pub struct ToReturn {
    /// The card.
    pub card: Card,
    /// Why, and since when.
    pub cause: Cause,
    /// When the time to hand it in is over, and by which law; `None` where no time runs.
    pub due: Option<(Timestamp, &'static Rule)>,
    /// What was done about it; nothing for the first seconds.
    pub done: Option<CardReturn>,
    /// Who was told of it.
    pub told: Vec<Notice>,
}

/// Which of the cards that are to be handed in.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// Of this agency.
    pub agency: Option<AgencyId>,
    /// Whose time is over.
    pub overdue: bool,
    /// Whose revocation waits for a registrar's decision.
    pub proposed: bool,
}

/// Press cards in use whose agency is not at work or whose holder left it, within the caller's reach, in the order they
/// were entered here. One of before is among them where it is known who holds it.
///
/// # Errors
/// 403.
pub fn list(
    db: &mut Reader,
    registry: &Registry,
    caller: &Caller,
    asked: Asked<Wanted, PressCardId>,
) -> Result<Part<ToReturn, PressCardId>, Error> {
    let range = policy::enter(caller, Operation::ReadCredentials)?.range();
    let range_of_before = policy::enter(caller, Operation::ReadStateCards)?.range();
    let (Wanted { agency, overdue, proposed }, page) = asked?;
    let now = registry.clock.now();
    let filter = Filter { agency, to_return_at: Some(now), overdue, proposed, ..Filter::default() };
    // Ids of either kind are in one order.
    let after = page.after.map(PressCardId::uuid);
    let issued = credentials::list(db, &range, filter, after.map(Id::from_uuid), page.limit)?;
    let stage = match (overdue, proposed) {
        (_, true) => Stage::Proposed,
        (true, false) => Stage::Overdue,
        (false, false) => Stage::Any,
    };
    let due = MayBeDue { at: now, agency, stage };
    let of_before = returns::list_of_before(db, &range_of_before, due, after.map(Id::from_uuid), page.limit)?;
    let mut cards: Vec<Card> =
        issued.into_iter().map(Card::from).chain(of_before.into_iter().map(Card::from)).collect();
    cards.sort_by_key(|card| card.id().uuid());
    cards.truncate(page.limit + 1);
    let ids: Vec<PressCardId> = cards.iter().map(Card::id).collect();
    let mut done = returns::of_cards(db, &ids)?;
    let mut told = notices::of_cards(db, &ids)?;
    // Most cards of a part are of a few agencies.
    let mut agencies = HashMap::new();
    let mut items = Vec::with_capacity(cards.len());
    for card in cards {
        if let Some(asked) = done.remove(&card.id()) {
            let told = told.remove(&card.id()).unwrap_or_default();
            items.push(asked_for(card, asked, told));
            continue;
        }
        let of_agency = match agencies.get(&card.agency()).copied() {
            Some(known) => known,
            None => *agencies.entry(card.agency()).or_insert(stopped(db, card.agency())?),
        };
        let cause = cause(db, registry, &card, of_agency, now)?;
        items.push(ToReturn { due: cause.due(&working_days()), card, cause, done: None, told: Vec::new() });
    }
    Ok(Part::cut(items, page.limit, |it| it.card.id()))
}

/// A press card that the law obliges to hand in now.
fn obliged(db: &mut impl Read, now: Timestamp, id: PressCardId) -> Result<Option<Card>, Error> {
    match id {
        PressCardId::Issued(id) => match returns::obliged_among(db, now, &[id])?.is_empty() {
            true => Ok(None),
            false => Ok(credentials::find(db, id)?.map(Card::from)),
        },
        PressCardId::OfBefore(id) => Ok(returns::obliged_of_before(db, now, &[id])?.pop().map(Card::from)),
    }
}

/// Which of these are such cards.
fn obliged_among(db: &mut impl Read, now: Timestamp, ids: &[PressCardId]) -> Result<HashSet<PressCardId>, Error> {
    let (mut issued, mut of_before) = (Vec::new(), Vec::new());
    for id in ids {
        match id {
            PressCardId::Issued(id) => issued.push(*id),
            PressCardId::OfBefore(id) => of_before.push(*id),
        }
    }
    let issued = returns::obliged_among(db, now, &issued)?.into_iter().map(PressCardId::Issued);
    let of_before = returns::obliged_of_before(db, now, &of_before)?;
    Ok(issued.chain(of_before.into_iter().map(|(card, _)| PressCardId::OfBefore(card.id))).collect())
}

/// A card is revoked because it was not handed in once its holder had the time that the law leaves (L2025 Đ28.5d), and
/// while it is still to be handed in: not once it is lost, or its holder at work again.
pub(super) fn refuse_before_proposal(tx: &mut Tx, id: PressCardId) -> Result<(), Error> {
    let is_proposed = returns::find(tx, id)?.is_some_and(|it| it.proposed_at.is_some());
    let detail = "Its revocation is not proposed, or it need not be handed in any more.";
    let refusal = || Error::WrongState { detail: detail.into() };
    let now = tx.now();
    (is_proposed && obliged(tx, now, id)?.is_some()).then_some(()).ok_or_else(refusal)
}

/// A card that was asked for: why, since when and by when is what was told then, whatever else happened since.
fn asked_for(card: Card, asked: CardReturn, mut told: Vec<Notice>) -> ToReturn {
    let cause = asked.cause();
    // Not those of an earlier duty, which was settled.
    told.retain(|notice| is_of_return(notice) && notice.created_at >= cause.since);
    ToReturn { due: asked.due(), card, cause, done: Some(asked), told }
}

/// Whether a notice says that a card is to be handed in, or what follows where it is not.
fn is_of_return(notice: &Notice) -> bool {
    match notice.of {
        Matter::Case(_) => false,
        Matter::Record(of) => match of.occasion {
            Occasion::CardToReturn(_) | Occasion::ReturnOverdue(_) | Occasion::RevocationProposed(_) => true,
            Occasion::ApplicationDecided(_)
            | Occasion::ApplicationReturned(_)
            | Occasion::CardExpiring(_)
            | Occasion::CredentialWithdrawn(_)
            | Occasion::CredentialSuspended(_)
            | Occasion::OfficeConfirmed(_)
            | Occasion::OfficeObjected(_)
            | Occasion::OfficeStopped(_)
            | Occasion::OfficeSuspended(_)
            | Occasion::OfficeEnded(_)
            | Occasion::OfficeHeadless(_)
            | Occasion::CarriedOver(_) => false,
        },
    }
}

/// When the holder was asked for a card, where somebody was reached: the holder, else the agency.
fn served<'a>(told: impl Iterator<Item = &'a Notice> + Clone) -> Option<Timestamp> {
    let asked = |is_meant: fn(&Addressee) -> bool| {
        let of_it = told.clone().filter(move |notice| match notice.of {
            Matter::Case(_) => false,
            Matter::Record(of) => matches!(of.occasion, Occasion::CardToReturn(_)) && is_meant(&of.to),
        });
        of_it.filter_map(|notice| notice.served_at).max()
    };
    let to_holder = asked(|to| matches!(to, Addressee::Holder(..)));
    to_holder.or_else(|| asked(|to| matches!(to, Addressee::Agency(_))))
}

/// What makes a card one to be handed in: what happened first, of what obliges, while the card was there to be handed in.
fn cause(
    db: &mut impl Read,
    registry: &Registry,
    card: &Card,
    of_agency: Option<Cause>,
    now: Timestamp,
) -> Result<Cause, Error> {
    let (left, reinstated) = match card {
        Card::Issued(card) => (left(db, registry, card, now.day())?, EventKind::CredentialReinstated),
        Card::OfBefore(_, holding) => (holding.left, EventKind::StateCardReinstated),
    };
    let left = left.map(|day| Cause { why: Why::LeftAgency, day, since: day.end() });
    let first = match (of_agency, left) {
        (Some(stopped), Some(left)) if stopped.why.obliges() && stopped.since <= left.since => stopped,
        (_, Some(left)) => left,
        (Some(stopped), None) => stopped,
        // No last day is on record, as where a record was split: nobody is late from the start.
        (None, None) => Cause { why: Why::LeftAgency, day: now.day(), since: now },
    };
    let first = match card {
        Card::Issued(_) => first,
        Card::OfBefore(card, _) => first.not_before(card.fields.issued.start()),
    };
    let reinstated = log::last_time_to(db, &card.id().object(), reinstated)?;
    Ok(reinstated.map_or(first, |at| first.not_before(at)))
}

/// Why and since when an agency is not at work; `None` where it is.
fn stopped(db: &mut impl Read, agency: AgencyId) -> Result<Option<Cause>, Error> {
    let Some(Agency { state, created_at, .. }) = agencies::find(db, agency)? else { return Ok(None) };
    let (why, kind) = match state {
        AgencyState::Active => return Ok(None),
        AgencyState::Suspended => (Why::AgencySuspended, EventKind::AgencySuspended),
        AgencyState::LicenceRevoked => (Why::LicenceRevoked, EventKind::AgencyLicenceRevoked),
        AgencyState::Closed => (Why::AgencyClosed, EventKind::AgencyClosed),
    };
    let since = log::last_time_to(db, &Object::Agency(agency), kind)?.unwrap_or(created_at);
    Ok(Some(Cause { why, day: since.day(), since }))
}

/// The holder's last day at the agency, where it has passed; also at those that it took over, with the cards of whoever had
/// left them before.
fn left(db: &mut impl Read, registry: &Registry, card: &Credential, today: Day) -> Result<Option<Day>, Error> {
    let Some(person) = people::find(db, &registry.secrets.sealing, card.person)? else { return Ok(None) };
    if person.engagement_with(card.agency, today).is_some() {
        return Ok(None);
    }
    let employers = successions::employers(db, card.agency)?;
    let theirs = person.engagements.iter().filter(|it| employers.contains(&it.agency) && !it.is_open(today));
    Ok(theirs.filter_map(|it| it.to).max())
}
