//! People leave: their cards are asked for, handed in, overdue, and one is laid before a registrar. Others lose a card.

use super::houses::{CENTRAL, LOCAL, THI_DU, VI_DU};
use super::world::{Happening, World, gate, gate_of, on};
use crate::app::gate::Gate;
use crate::app::letters::{self, LetterForm};
use crate::app::people::EngagementEventForm;
use crate::app::{credentials, people, returns};
use crate::domain::credentials::Credential;
use crate::domain::time::Timestamp;
use crate::error::Error;

/// Who of [`VI_DU`] left so long ago that their card is proposed for revocation.
const PROPOSED: usize = 5;
/// Whose card is overdue.
const OVERDUE: usize = 6;
/// Who left lately, and has a card of before besides ours.
pub(super) const ASKED: usize = 7;
/// Who handed the card in.
const HANDED_IN: usize = 8;
/// Who lost it.
pub(super) const LOST: usize = 9;

pub(super) fn diary() -> Vec<Happening> {
    let mut diary = vec![
        on(75, |world| leave(world, VI_DU, PROPOSED)),
        on(74, |world| world.look_around()),
        on(73, |world| request(world, PROPOSED)),
        on(30, |world| leave(world, VI_DU, HANDED_IN)),
        on(27, |world| leave(world, VI_DU, OVERDUE)),
        on(26, |world| hand_in(world, HANDED_IN)),
        on(18, |world| lose(world, VI_DU, LOST)),
        on(4, |world| leave(world, VI_DU, ASKED)),
        on(4, |world| leave(world, CENTRAL, 5)),
        on(4, |world| leave(world, LOCAL, 4)),
        on(3, |world| write_letter(world, THI_DU, 1)),
        on(2, |world| request(world, ASKED)),
        // Whoever leaves once the agency has no head is told of on paper: of card and letter.
        on(1, |world| leave(world, THI_DU, 1)),
    ];
    // A server would have looked every ten seconds.
    diary.extend([50, 40, 35, 28, 25, 10, 3, 0].map(|days| on(days, |world| world.look_around())));
    diary
}

/// Whoever holds a card that is good.
fn leave(world: &World, agency: &str, nth: usize) -> Result<(), Error> {
    let (id, agency) = (card_of(world, agency, nth)?.person, world.house(agency)?.id);
    let (clerk, person, today) = (world.staff.clerk(agency)?, world.person(id)?, world.registry.clock.now().day());
    let engagement = person.engagement_with(agency, today).ok_or(Error::NotFound)?.id;
    let form = EngagementEventForm {
        event: "end".to_owned(),
        reason: "Chuyển công tác.".to_owned(),
        ..EngagementEventForm::default()
    };
    world.write(move |tx, registry| {
        let gate = gate(person.version);
        people::happen_to_engagement(tx, registry, &clerk, id, engagement, &gate, || Ok(form.clone())).map(drop)
    })
}

fn card_of(world: &World, agency: &str, nth: usize) -> Result<Credential, Error> {
    let card = world.card(world.member(agency, nth)?)?;
    card.ok_or_else(|| Error::internal(format!("{nth} of {agency} holds no card")))
}

/// A letter that goes with the engagement.
fn write_letter(world: &World, agency: &str, nth: usize) -> Result<(), Error> {
    let (head, now) = (world.staff.head(world.house(agency)?.id)?, world.registry.clock.now());
    let form = LetterForm {
        person_id: world.member(agency, nth)?.to_string(),
        place: "Xã Vĩnh Bảo, thành phố Hải Phòng".to_owned(),
        unit_visited: "Ủy ban nhân dân xã".to_owned(),
        work: "Tìm hiểu việc xây dựng đường giao thông nông thôn".to_owned(),
        valid_from: now.to_string(),
        valid_until: now.plus_seconds(20 * 24 * 3_600).to_string(),
    };
    world
        .write(move |tx, registry| letters::issue(tx, registry, &head, &Gate::default(), || Ok(form.clone())).map(drop))
}

/// The clerk writes down that the holder was asked.
fn request(world: &World, nth: usize) -> Result<(), Error> {
    let (card, clerk) = (card_of(world, VI_DU, nth)?, world.staff.clerk(world.house(VI_DU)?.id)?);
    let form = returns::EventForm { event: "request".to_owned(), reason: None };
    world.write(move |tx, registry| {
        let gate = as_shown(&card, registry.clock.now());
        returns::happen(tx, registry, &clerk, card.id, &gate, Ok(form.clone())).map(drop)
    })
}

fn hand_in(world: &World, nth: usize) -> Result<(), Error> {
    happen(world, VI_DU, nth, ("return", "left_agency", "Người được cấp thẻ thôi việc và nộp lại thẻ."))
}

pub(super) fn lose(world: &World, agency: &str, nth: usize) -> Result<(), Error> {
    happen(world, agency, nth, ("report_lost", "lost", "Người được cấp thẻ báo mất."))
}

fn happen(world: &World, agency: &str, nth: usize, (event, ground, reason): (&str, &str, &str)) -> Result<(), Error> {
    let (card, clerk) = (card_of(world, agency, nth)?, world.staff.clerk(world.house(agency)?.id)?);
    let form = credentials::EventForm {
        event: event.to_owned(),
        reason: Some(reason.to_owned()),
        ground: Some(ground.to_owned()),
    };
    world.write(move |tx, registry| {
        let gate = as_shown(&card, registry.clock.now());
        credentials::happen(tx, registry, &clerk, card.id, &gate, Ok(form.clone())).map(drop)
    })
}

fn as_shown(card: &Credential, now: Timestamp) -> Gate {
    gate_of(&credentials::etag(card, now))
}
