//! A split: a merge was wrong, and the record that was taken in is restored with what was its own. What the two became
//! meanwhile cannot be told apart: it stays with the record that took the other in.

use crate::app::Registry;
use crate::app::people::on_record;
use crate::domain::accounts::{AccountState, Role, User};
use crate::domain::duplicates::Duplicate;
use crate::domain::events::{Event, EventKind, Object, Recorded};
use crate::domain::ids::{AgencyId, Id as _, PersonId, PortraitId, UserId};
use crate::domain::people::{Engagement, Person};
use crate::domain::reason::Reason;
use crate::error::Error;
use crate::policy::Permit;
use crate::store::merging::{self, Belongings, NamingCase};
use crate::store::{Tx, accounts, duplicates as rows, erasures, events, histories, leaders, offices, people, sessions};
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashSet};

/// Events of one record at most: a life's work is far below it.
const EVENTS: usize = 10_000;

pub(super) fn split(
    tx: &mut Tx,
    registry: &Registry,
    permit: &Permit,
    decided: &Duplicate,
    reason: &Reason,
) -> Result<(), Error> {
    let sealing = &registry.secrets.sealing;
    let (keep, gone) = still_merged(tx, decided)?;
    let missing = || Error::internal("a record of a merger that is not on record");
    let kept = people::find(tx, sealing, keep)?.ok_or_else(missing)?;
    let restored = people::taken_in(tx, sealing, gone)?.ok_or_else(missing)?;
    let history = events::of_object(tx, &Object::Person(keep), None, EVENTS)?;
    let is_it = |event: &&Recorded| {
        event.kind == EventKind::PersonMerged.as_str() && event.data["duplicate"] == decided.id.to_string()
    };
    let merge = history.iter().find(is_it).ok_or_else(|| Error::internal("a merger that the log does not tell"))?;
    let moved = moved(&merge.data, &with_elsewhere(tx, keep, &history)?);
    let mut back = merging::to_give_back(tx, keep, &moved)?;
    cases_follow_cards(&merging::naming_cases(tx, keep)?, &mut back)?;
    let goes = |it: &Engagement| back.engagements.contains(&it.id.to_string());
    let (theirs, own): (Vec<_>, Vec<_>) = kept.engagements.into_iter().partition(goes);
    posts_follow_work(tx, keep, &theirs, &own, &mut back)?;
    leaders_follow_work(tx, keep, &theirs, &own, &mut back)?;
    let accounts = accounts_go_back(tx, permit, gone, merge)?;
    let portrait = portrait_of_kept(kept.portrait, &merge.data, &back);
    // Its id answered with the other record meanwhile: no tag of that may be taken for one of its own.
    let version = kept.version.max(restored.version) + 1;
    let kept = Person { engagements: own, portrait, version: kept.version + 1, ..kept };
    let restored = Person { engagements: theirs, version, ..restored };
    let with_reason = |person: &Person| {
        let mut record = on_record(person);
        record["reason"] = reason.as_str().into();
        record
    };
    let event = Event::new(EventKind::PersonSplit, Object::Person(keep))
        .with(json!({
            "restored": gone.to_string(),
            "duplicate": decided.id.to_string(),
            "portrait": portrait.map(|id| id.to_string()),
            "engagements": back.engagements,
            "credentials": back.credentials,
            "applications": back.applications,
            "cases": back.cases,
            "portraits": back.portraits,
            "offices": back.offices,
            "leaders": back.leaders,
            "accounts": accounts,
        }))
        .about(keep, with_reason(&kept))
        .about(gone, with_reason(&restored));
    tx.record(permit, event, |writer| {
        rows::decide(writer, decided)?;
        people::update(writer, sealing, &kept)?;
        merging::give_back(writer, sealing, keep, &restored, &back)
    })
}

fn refuse<T>(detail: &str) -> Result<T, Error> {
    Err(Error::WrongState { detail: detail.into() })
}

/// Which record took in which, where that can be undone.
fn still_merged(tx: &mut Tx, decided: &Duplicate) -> Result<(PersonId, PersonId), Error> {
    let ids = [(decided.one, decided.other), (decided.other, decided.one)];
    for (keep, gone) in ids {
        if people::taken_in_by(tx, gone)? != Some(keep) {
            continue;
        }
        if erasures::done(tx, keep)?.is_some() {
            return refuse("This person was erased since, with both records: nothing is left to be restored.");
        }
        if erasures::pending(tx, keep)?.is_some() {
            return refuse("The erasure of this person waits for a second registrar: decide on that first.");
        }
        if people::taken_in_by(tx, keep)?.is_some() {
            return refuse("The record that took the other in was taken in by a third since: split those first.");
        }
        return Ok((keep, gone));
    }
    Err(Error::internal("a merged pair of which neither record took the other in"))
}

fn ids(facts: &Value, name: &str) -> Vec<String> {
    let ids = facts[name].as_array().into_iter().flatten();
    ids.filter_map(|id| id.as_str().map(str::to_owned)).collect()
}

/// What the merge moved; and where an agency took over another's people since, the work that follows theirs.
fn moved(merge: &Value, history: &[Recorded]) -> Belongings {
    let mut engagements: HashSet<String> = ids(merge, "engagements").into_iter().collect();
    for carried in history.iter().filter(|event| event.kind == EventKind::EngagementCarried.as_str()) {
        let names = |name: &str| carried.data[name].as_str();
        if let (Some(old), Some(next)) = (names("engagement"), names("next"))
            && engagements.contains(old)
        {
            engagements.insert(next.to_owned());
        }
    }
    Belongings {
        engagements: engagements.into_iter().collect(),
        credentials: ids(merge, "credentials"),
        applications: ids(merge, "applications"),
        cases: ids(merge, "cases"),
        portraits: ids(merge, "portraits"),
        offices: ids(merge, "offices"),
        leaders: ids(merge, "leaders"),
    }
}

/// What happened to the record, also while another had taken it in: that stands under the other's id.
fn with_elsewhere(tx: &mut Tx, keep: PersonId, history: &[Recorded]) -> Result<Vec<Recorded>, Error> {
    let mut found = history.to_vec();
    for record in histories::once_one_with(tx, &[keep])? {
        found.extend(events::of_object(tx, &Object::Person(record), None, EVENTS)?);
    }
    found.sort_by_key(|event| event.index);
    Ok(found)
}

/// No open case is to name a card of somebody else than it is about. One that has ended goes with the cards that it names,
/// where they all go one way: whoever holds them may still appeal.
fn cases_follow_cards(naming: &[NamingCase], back: &mut Belongings) -> Result<(), Error> {
    for case in naming {
        let id = case.id.to_string();
        let going = case.cards.iter().filter(|card| back.credentials.contains(card)).count();
        let goes = back.cases.contains(&id);
        let of_other = if goes { case.cards.len() - going } else { going };
        if of_other == 0 {
            continue;
        }
        if case.is_open {
            return refuse(&format!(
                "The open case {id} names a card of the other of the two: let it be closed first."
            ));
        }
        match (goes, of_other == case.cards.len()) {
            (true, true) => back.cases.retain(|it| *it != id),
            (false, true) => back.cases.push(id),
            (_, false) => {}
        }
    }
    back.cases.sort();
    Ok(())
}

/// The agencies for which the other one alone has work that counts.
fn of_theirs_alone(
    theirs: &[Engagement],
    own: &[Engagement],
    counts: impl Fn(&Engagement) -> bool,
) -> BTreeSet<AgencyId> {
    let at = |work: &[Engagement]| work.iter().filter(|it| counts(it)).map(|it| it.agency).collect::<BTreeSet<_>>();
    &at(theirs) - &at(own)
}

/// A post rests on work for its agency: one that was begun since goes with the work, where that is the other's alone.
fn posts_follow_work(
    tx: &mut Tx,
    keep: PersonId,
    theirs: &[Engagement],
    own: &[Engagement],
    back: &mut Belongings,
) -> Result<(), Error> {
    let today = tx.now().day();
    for agency in of_theirs_alone(theirs, own, |it| it.is_open(today)) {
        let standing = offices::standing(tx, agency, Some((keep, today.minus_days(1))))?;
        back.offices.extend(standing.iter().map(|office| office.id.to_string()));
    }
    back.offices.sort();
    back.offices.dedup();
    Ok(())
}

/// Nobody leads an agency for which they do not work: whoever came to lead one since goes with the work for it, where that is
/// the other's alone.
fn leaders_follow_work(
    tx: &mut Tx,
    keep: PersonId,
    theirs: &[Engagement],
    own: &[Engagement],
    back: &mut Belongings,
) -> Result<(), Error> {
    for agency in of_theirs_alone(theirs, own, |_| true) {
        let led = leaders::of_agency(tx, agency)?.into_iter().filter(|it| it.fields.person == keep);
        back.leaders.extend(led.map(|it| it.id.to_string()));
    }
    back.leaders.sort();
    back.leaders.dedup();
    Ok(())
}

/// A picture that came with the other record goes with it; one that was set since stays.
fn portrait_of_kept(now: Option<PortraitId>, merge: &Value, back: &Belongings) -> Option<PortraitId> {
    let named = |name: &str| merge[name].as_str().and_then(|id| PortraitId::parse(id).ok());
    let came_with_it = now.is_some_and(|id| back.portraits.contains(&id.to_string()));
    if came_with_it && now == named("portrait") { named("own_portrait") } else { now }
}

/// Whether an account was bound to another record, by a merge or a split, and nothing else was done to it.
fn is_of_a_merge(event: &Recorded) -> bool {
    event.kind == EventKind::UserChanged.as_str() && event.data["person"].is_string()
}

/// Accounts are bound again to the records that they were bound to, and sign in anew. One that the merge disabled is as it
/// was before; what an administrator did since stays done. One that was changed or reset since may be in the other one's
/// hands: it is disabled until an administrator knows whose it is.
fn accounts_go_back(tx: &mut Tx, permit: &Permit, gone: PersonId, merge: &Recorded) -> Result<Vec<String>, Error> {
    let of_gone = accounts::of_person(tx, gone)?.map(|user| user.id);
    let mut changed = Vec::new();
    for before in merge.data["accounts"].as_array().into_iter().flatten() {
        let named = |name: &str| before[name].as_str().unwrap_or_default();
        let (Ok(id), Ok(person)) = (UserId::parse(named("id")), PersonId::parse(named("person"))) else { continue };
        let Some(user) = accounts::find(tx, id)? else { continue };
        let was_disabled_by_it = person == gone && of_gone == Some(id);
        let former = AccountState::parse(named("state")).ok().filter(|_| was_disabled_by_it);
        let role = Role::Holder(person);
        let since = events::of_object(tx, &Object::User(id), Some(merge.index), EVENTS)?;
        let was_touched = user.role != role && !since.iter().all(is_of_a_merge);
        let state = if was_touched { AccountState::Disabled } else { former.unwrap_or(user.state) };
        if (&role, state) != (&user.role, user.state) {
            changed.push(User { role, version: user.version + 1, ..user }.in_state(state));
        }
    }
    let events = changed.iter().map(|user| {
        Event::new(EventKind::UserChanged, Object::User(user.id)).with(json!({
            "state": user.state.as_str(),
            "email_changed": false,
            "person": user.role.person().map(|id| id.to_string()),
        }))
    });
    if !changed.is_empty() {
        tx.record_all(permit, events.collect::<Vec<_>>(), |writer| accounts::update_holders(writer, &changed))?;
        changed.iter().try_for_each(|user| sessions::end_all(tx, user.id, None))?;
    }
    Ok(changed.iter().map(|user| user.id.to_string()).collect())
}
