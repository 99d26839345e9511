//! Cards of before that are to be handed in. Whose they are no row says: a query finds those that may be due, and of each
//! it is asked who holds it and where they work.

use super::AT_ONCE;
use crate::domain::ids::{Id as _, StateCardId};
use crate::domain::press_cards::PressCardId;
use crate::domain::returns::Holding;
use crate::domain::state_cards::StateCard;
use crate::domain::time::{Day, Timestamp};
use crate::error::Error;
use crate::policy::Range;
use crate::store::connection::Read;
use crate::store::state_cards::{self, Filter, MayBeDue, Stage};

/// Those of these cards in use that somebody is known to hold.
fn held(db: &mut impl Read, mut cards: Vec<StateCard>, today: Day) -> Result<Vec<(StateCard, Holding)>, Error> {
    cards.retain(|card| card.is_valid(today));
    let holdings = state_cards::holdings(db, &cards, today)?;
    Ok(cards.into_iter().filter_map(|card| holdings.get(&card.id).map(|it| (card, *it))).collect())
}

/// Those of these cards that the law obliges to hand in.
///
/// # Errors
/// The database's.
pub fn obliged_of_before(
    db: &mut impl Read,
    now: Timestamp,
    ids: &[StateCardId],
) -> Result<Vec<(StateCard, Holding)>, Error> {
    let cards = state_cards::with_ids(db, ids)?;
    let mut held = held(db, cards, now.day())?;
    held.retain(|(_, holding)| holding.obliges());
    Ok(held)
}

/// Those of these cards that nobody is obliged to hand in any more: their holder is at work again, or nobody is known any
/// more to hold them.
///
/// # Errors
/// The database's.
pub fn settled_of_before(db: &mut impl Read, now: Timestamp, ids: &[StateCardId]) -> Result<Vec<StateCardId>, Error> {
    let cards = state_cards::with_ids(db, ids)?;
    let holdings = state_cards::holdings(db, &cards, now.day())?;
    let is_settled = |id: &StateCardId| !holdings.get(id).is_some_and(Holding::obliges);
    Ok(cards.into_iter().map(|card| card.id).filter(is_settled).collect())
}

/// Cards that may have to be handed in and were not asked for yet.
///
/// # Errors
/// The database's.
pub fn unasked_of_before(
    db: &mut impl Read,
    now: Timestamp,
    after: Option<PressCardId>,
) -> Result<Vec<PressCardId>, Error> {
    let due = MayBeDue { at: now, agency: None, stage: Stage::Unasked };
    let filter = Filter { may_be_due: Some(due), ..Filter::default() };
    let after = after.map(|id| StateCardId::from_uuid(id.uuid()));
    let found = state_cards::list(db, &Range::Everything, filter, after, AT_ONCE.into())?;
    Ok(found.into_iter().map(|card| PressCardId::OfBefore(card.id)).collect())
}

/// Cards within `range` that are in the queue, in the order they were entered; one more than `limit` where there are more.
///
/// # Errors
/// The database's.
pub fn list_of_before(
    db: &mut impl Read,
    range: &Range,
    due: MayBeDue,
    mut after: Option<StateCardId>,
    limit: usize,
) -> Result<Vec<(StateCard, Holding)>, Error> {
    let mut found = Vec::new();
    while found.len() <= limit {
        let filter = Filter { may_be_due: Some(due), ..Filter::default() };
        let cards = state_cards::list(db, range, filter, after, AT_ONCE.into())?;
        let is_last = cards.len() <= usize::from(AT_ONCE);
        after = cards.last().map(|card| card.id);
        // Whoever issued it may have given its holder away since: only who is to collect it is told of the duty.
        let is_meant = |it: &Holding| {
            it.is_to_return()
                && range.holds_duty_of(Some(it.agency))
                && due.agency.is_none_or(|agency| agency == it.agency)
        };
        found.extend(held(db, cards, due.at.day())?.into_iter().filter(|(_, holding)| is_meant(holding)));
        if is_last {
            break;
        }
    }
    found.truncate(limit + 1);
    Ok(found)
}
