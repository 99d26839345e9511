//! Press cards that are to be handed in: the registrar's queue. They say that they are good until somebody decides.

use super::Registry;
use super::page::{Asked, Part};
use crate::domain::accounts::Caller;
use crate::domain::agencies::{Agency, AgencyState};
use crate::domain::credentials::Credential;
use crate::domain::events::{EventKind, Object};
use crate::domain::ids::{AgencyId, CredentialId};
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::policy::{self, Operation};
use crate::store::credentials::Filter;
use crate::store::{Reader, agencies, credentials, events, people};
use std::collections::HashMap;

/// Why a card is to be handed in (L2016 Đ28.5, NĐ237 Đ7.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The agency's licence is suspended: the card may be needed again.
    AgencySuspended,
    /// The agency's licence was revoked.
    LicenceRevoked,
    /// The agency ceased to be.
    AgencyClosed,
    /// The holder no longer works for the agency.
    LeftAgency,
}

impl Why {
    /// As shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AgencySuspended => "agency_suspended",
            Self::LicenceRevoked => "licence_revoked",
            Self::AgencyClosed => "agency_closed",
            Self::LeftAgency => "left_agency",
        }
    }
}

/// A card that is to be handed in.
pub struct ToReturn {
    /// The card.
    pub card: Credential,
    /// Why.
    pub why: Why,
    /// Since when.
    pub since: Timestamp,
}

/// Press cards in use whose agency is not at work or whose holder left it, within the caller's reach, in the order they
/// were issued.
///
/// # Errors
/// 403.
pub fn list(
    db: &mut Reader,
    registry: &Registry,
    caller: &Caller,
    asked: Asked<Option<AgencyId>, CredentialId>,
) -> Result<Part<ToReturn, CredentialId>, Error> {
    let range = policy::enter(caller, Operation::ReadCredentials)?.range();
    let (agency, page) = asked?;
    let filter = Filter { agency, to_return_at: Some(registry.clock.now()), ..Filter::default() };
    let cards = credentials::list(db, &range, filter, page.after, page.limit)?;
    // Most cards of a part are of a few agencies.
    let mut agencies = HashMap::new();
    let mut items = Vec::with_capacity(cards.len());
    for card in cards {
        let known = match agencies.get(&card.agency).copied() {
            Some(known) => known,
            None => *agencies.entry(card.agency).or_insert(since_when(db, card.agency)?),
        };
        let (why, since) = match known {
            Some(known) => known,
            None => (Why::LeftAgency, left(db, registry, &card)?),
        };
        items.push(ToReturn { card, why, since });
    }
    Ok(Part::cut(items, page.limit, |it| it.card.id))
}

/// Why and since when an agency is not at work; `None` where it is.
fn since_when(db: &mut Reader, agency: AgencyId) -> Result<Option<(Why, Timestamp)>, Error> {
    let Some(Agency { state, created_at, .. }) = agencies::find(db, agency)? else { return Ok(None) };
    let (why, kind) = match state {
        AgencyState::Active => return Ok(None),
        AgencyState::Suspended => (Why::AgencySuspended, EventKind::AgencySuspended),
        AgencyState::LicenceRevoked => (Why::LicenceRevoked, EventKind::AgencyLicenceRevoked),
        AgencyState::Closed => (Why::AgencyClosed, EventKind::AgencyClosed),
    };
    let index = events::last_of_kind(db, &Object::Agency(agency), kind)?;
    let at = match index {
        Some(index) => events::time_of(db, index)?,
        None => None,
    };
    Ok(Some((why, at.unwrap_or(created_at))))
}

/// The end of the holder's last day at the agency.
fn left(db: &mut Reader, registry: &Registry, card: &Credential) -> Result<Timestamp, Error> {
    let person = people::find(db, &registry.secrets.sealing, card.person)?;
    let last = person.iter().flat_map(|person| &person.engagements).filter(|it| it.agency == card.agency);
    Ok(last.filter_map(|it| it.to).max().map_or(card.issued_at, |day| day.end()))
}
