//! What a notice of a merger or split tells: the agency what it took over, and people who keeps their record and cards now.

use super::paper::{agency_name, named};
use crate::app::credentials::was_valid;
use crate::domain::credentials::Credential;
use crate::domain::events::{EventKind, Object, Recorded};
use crate::domain::ids::{AgencyId, Id as _, PersonId, SuccessionId};
use crate::domain::issuer::Words;
use crate::domain::notices::Addressee;
use crate::domain::successions::{Counts, Succession};
use crate::domain::time::Day;
use crate::domain::wording::date;
use crate::error::Error;
use crate::policy::Range;
use crate::store::credentials::{self, Filter};
use crate::store::{Read, events, people, successions};

/// Cards of one person, and events of one card, that are looked through at most: a life's work is far below it.
const MOST: usize = 1_000;

/// What is told field by field, and by which decision it was done.
type Facts = (Vec<(Words, String)>, Option<String>);

/// What such a paper says.
pub(super) fn carried_over(
    db: &mut impl Read,
    id: SuccessionId,
    to: Addressee,
    event: Option<&Recorded>,
) -> Result<Facts, Error> {
    let done = successions::find(db, id)?.ok_or_else(|| Error::internal("a notice without its merger"))?;
    let facts = match to {
        Addressee::Agency(agency) => taken_over(db, &done, agency)?,
        Addressee::Holder(person, agency) => of_person(db, &done, person, agency, event)?,
    };
    Ok((facts, Some(done.reason)))
}

/// How much an agency took over from each other one.
fn taken_over(db: &mut impl Read, done: &Succession, agency: AgencyId) -> Result<Vec<(Words, String)>, Error> {
    let mut facts = vec![(Words::new("Từ ngày", "From"), date(done.effective_on))];
    for share in done.shares.iter().filter(|share| share.to == agency) {
        let Counts { people, press_cards, letters, collaborator_cards, .. } = share.counts;
        let name = agency_name(db, share.from)?;
        facts.push((
            Words::new("Tiếp nhận từ", "Taken over from"),
            format!(
                "{name}\n{people} người, {press_cards} thẻ nhà báo, {letters} giấy giới thiệu, {collaborator_cards} thẻ cộng \
                 tác viên\n{people} people, {press_cards} press cards, {letters} letters, {collaborator_cards} \
                 collaborators' cards"
            ),
        ));
    }
    Ok(facts)
}

/// Which agency keeps somebody's record now, since when, and which cards and letters of theirs went over with it.
fn of_person(
    db: &mut impl Read,
    done: &Succession,
    person: PersonId,
    agency: AgencyId,
    event: Option<&Recorded>,
) -> Result<Vec<(Words, String)>, Error> {
    let told = |name: &str| event.and_then(|event| event.data[name].as_str());
    let mut facts = Vec::new();
    if let Some(from) = told("from_agency").and_then(|raw| AgencyId::parse(raw).ok()) {
        facts.push((Words::new("Cơ quan trước đây", "Agency before"), agency_name(db, from)?));
    }
    facts.push((Words::new("Cơ quan tiếp nhận", "Agency that took over"), agency_name(db, agency)?));
    let from = told("from").and_then(|raw| Day::parse(raw).ok()).unwrap_or(done.effective_on);
    facts.push((Words::new("Từ ngày", "From"), date(from)));
    let person = people::standing_for(db, person)?;
    for card in carried(db, done, person)? {
        let (kind, number) = named(&card);
        let until = date(card.validity.last_day());
        facts.push((
            Words::new("Thẻ, giấy giới thiệu", "Card or letter"),
            format!("{} {number}, đến hết ngày {until}\n{} {number}, to the end of {until}", kind.vi, kind.en),
        ));
    }
    Ok(facts)
}

/// The cards and letters of somebody that went over, and were in force then.
fn carried(db: &mut impl Read, done: &Succession, person: PersonId) -> Result<Vec<Credential>, Error> {
    let filter = Filter { person: Some(person), ..Filter::default() };
    let mut cards = credentials::list(db, &Range::Everything, filter, None, MOST)?;
    // Most are over long since, and looked at no further.
    cards.retain(|card| done.decided_at < card.validity.expires());
    let mut carried = Vec::new();
    for card in cards {
        if was_valid(db, &card, done.decided_at)? && went_over(db, &card, done)? {
            carried.push(card);
        }
    }
    Ok(carried)
}

fn went_over(db: &mut impl Read, card: &Credential, done: &Succession) -> Result<bool, Error> {
    let happened = events::of_object(db, &Object::Credential(card.id), None, MOST)?;
    let succession = done.id.to_string();
    let is_it = |it: &Recorded| {
        it.kind == EventKind::CredentialCarried.as_str() && it.data["succession"].as_str() == Some(succession.as_str())
    };
    Ok(happened.iter().any(is_it))
}
