//! What is known of the people of an application, gathered when it is drafted, handed in and approved.

use crate::app::Registry;
use crate::domain::agencies::Agency;
use crate::domain::applications::{Application, ApplicationState, Basis, CardKind};
use crate::domain::credentials::{CredentialState, Ground};
use crate::domain::eligibility::{
    Assessment, Declared, DeclaredForm, EarlierCard, Facts, Finding, OnRecord, Outcome, PressTypes, on_staff_since,
};
use crate::domain::ids::{Id as _, PersonId};
use crate::domain::people::Person;
use crate::domain::problem::{FieldProblem, Problems};
use crate::domain::reason::Reason;
use crate::domain::time::{Day, Timestamp};
use crate::error::Error;
use crate::store::eligibility::{self as rows, GrantedCard};
use crate::store::{Read, people, successions};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};
use std::ops::Deref;

/// What an agency states, by person: words not yet trusted.
pub type FactsForm = BTreeMap<String, DeclaredForm>;

/// What is known of each person.
pub type Known = HashMap<PersonId, Assessment>;

/// Revocations for a violation of law (L2016 Đ27.3e, L2025 Đ28.3e). Whether the others are some is not confirmed.
const VIOLATIONS: [Ground; 3] = [Ground::Misuse, Ground::Discipline, Ground::FalseDossier];

/// What an agency states of some of these people.
pub(super) fn parse(
    form: &FactsForm,
    kind: CardKind,
    people: &[PersonId],
    today: Day,
    problems: &mut Problems,
) -> HashMap<PersonId, Declared> {
    if kind == CardKind::CollaboratorCard && !form.is_empty() {
        problems.add(FieldProblem::new("not_for_this_kind", "the law asks nothing of collaborators").at("/facts"));
    }
    let mut stated = HashMap::new();
    for (key, form) in form {
        let base = format!("/facts/{}", key.replace('~', "~0").replace('/', "~1"));
        match PersonId::parse(key).ok().filter(|person| people.contains(person)) {
            None => problems.add(FieldProblem::new("unknown_person", "nobody of `people` has this id").at(base)),
            Some(person) if stated.contains_key(&person) => {
                problems.add(FieldProblem::new("twice", "this person is named twice").at(base));
            }
            Some(person) => match form.parse(&base, today) {
                Ok(declared) => drop(stated.insert(person, declared)),
                Err(errors) => errors.into_iter().for_each(|error| problems.add(error)),
            },
        }
    }
    stated
}

/// Whose cards are looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sight {
    /// Those of the agency that applies: what another one granted somebody or took from them is not to be found out by
    /// drafting.
    OwnCards,
    /// All of them: a registrar decides.
    EveryCard,
}

/// When an application is looked at, where it stands then, and by which cards.
pub(super) struct Looking {
    pub(super) now: Timestamp,
    pub(super) state: ApplicationState,
    pub(super) sight: Sight,
}

/// Finds some people of an application, and gathers what is known of them today.
pub(super) fn find_and_gather<R: Read>(
    db: &mut R,
    registry: &Registry,
    agency: &Agency,
    application: &Application,
    looking: &Looking,
    ids: &[PersonId],
    stated: &HashMap<PersonId, Declared>,
) -> Result<Known, Error> {
    let find = |db: &mut R| people::find_all(db, &registry.secrets.sealing, ids);
    gather(db, agency, application, looking, find, stated)
}

/// Gathers what is known today of some people of an application. Of a card that the law does not know, nothing is kept, and
/// nobody is looked for.
pub(super) fn gather<R: Read, P: Deref<Target = [Person]>>(
    db: &mut R,
    agency: &Agency,
    application: &Application,
    &Looking { now, state, sight }: &Looking,
    people: impl FnOnce(&mut R) -> Result<P, Error>,
    stated: &HashMap<PersonId, Declared>,
) -> Result<Known, Error> {
    if application.kind == CardKind::CollaboratorCard {
        return Ok(Known::new());
    }
    let day = now.day();
    let people = people(db)?;
    let ids: Vec<PersonId> = people.iter().map(|person| person.id).collect();
    let mut cards = rows::cards_of_humans(db, &ids)?;
    cards.extend(rows::cards_of_before(db, &ids)?);
    let mut employers = successions::predecessors(db, agency.id)?;
    // One that goes on beside this agency is another one.
    let ended = successions::ended_among(db, &employers)?;
    employers.push(agency.id);
    let is_own = |card: &&GrantedCard| card.agency == agency.id || ended.contains(&card.agency);
    let is_seen = |card: &&GrantedCard| sight == Sight::EveryCard || is_own(card);
    let mut of_person = HashMap::<PersonId, Vec<&GrantedCard>>::with_capacity(people.len());
    for card in cards.iter().filter(is_seen) {
        of_person.entry(card.person).or_default().push(card);
    }
    let mut known = Known::with_capacity(people.len());
    for person in people.iter() {
        let theirs = || of_person.get(&person.id).into_iter().flatten().copied();
        let at_work_since = on_staff_since(&person.engagements, &employers, day);
        let revoked = |for_violation: bool| {
            let revoked = theirs().filter(|card| card.state == CredentialState::Revoked);
            revoked.filter(|card| is_of_violation(card) == for_violation).map(|card| since(card, now)).max()
        };
        let on_record = OnRecord {
            agency: Some(agency.fields.kind),
            press_types: agency.fields.press_types.as_deref().and_then(PressTypes::of),
            at_work_since,
            on_staff: Some(at_work_since.is_some()),
            proposal: Some(state),
            revoked_on: revoked(true),
            revoked_otherwise_on: revoked(false),
            earlier_card: earlier_card(theirs().filter(|card| !is_own(card)), now),
            // Whoever renews a card or replaces one says that there was one, which may not have been entered: that it is
            // not found tells nothing.
            granted_before: match sight == Sight::EveryCard || application.basis.is_of_own_card() {
                true if theirs().next().is_some() => Some(true),
                true => (!application.basis.is_of_own_card()).then_some(false),
                false => None,
            },
        };
        let declared = stated.get(&person.id).copied().unwrap_or_default();
        known.insert(person.id, Assessment::new(day, Facts { declared, on_record }));
    }
    Ok(known)
}

fn since(card: &GrantedCard, now: Timestamp) -> Day {
    card.since.unwrap_or(now).day()
}

fn is_of_violation(card: &GrantedCard) -> bool {
    card.ground.is_some_and(|ground| VIOLATIONS.contains(&ground))
}

/// The card in force at another agency; else what became of the last one there.
fn earlier_card<'a>(cards: impl Iterator<Item = &'a GrantedCard>, now: Timestamp) -> Option<EarlierCard> {
    let today = now.day();
    let known = cards.filter_map(|card| match card.state {
        CredentialState::Active if now < card.expires => match card.work_ends.filter(|last| *last < today) {
            Some(last) => Some((false, last, EarlierCard::Kept(last))),
            None => Some((true, today, EarlierCard::InForce)),
        },
        CredentialState::Returned => Some((false, since(card, now), EarlierCard::HandedIn(since(card, now)))),
        CredentialState::Revoked => Some((false, since(card, now), EarlierCard::Revoked(since(card, now)))),
        CredentialState::Active | CredentialState::Suspended | CredentialState::Lost | CredentialState::Replaced => {
            None
        }
    });
    known.max_by_key(|(is_in_force, day, _)| (*is_in_force, *day)).map(|(_, _, card)| card)
}

/// What the agency stated before.
pub(super) fn stated(known: &Known) -> HashMap<PersonId, Declared> {
    known.iter().map(|(person, it)| (*person, it.facts.declared)).collect()
}

fn of_outcome(findings: &[Finding], outcome: Outcome) -> Vec<&'static str> {
    findings.iter().filter(|finding| finding.outcome == outcome).map(|finding| finding.condition.id).collect()
}

/// What an event holds apart about one person: which conditions are not met, and which not known.
pub(super) fn noted(assessment: &Assessment, kind: CardKind, basis: Basis) -> Map<String, Value> {
    let findings = assessment.findings(kind, basis);
    let lists = [("unmet", Outcome::NotMet), ("unknown", Outcome::Unknown)];
    let lists = lists.map(|(name, outcome)| (name, of_outcome(&findings, outcome)));
    lists.into_iter().filter(|(_, ids)| !ids.is_empty()).map(|(name, ids)| (name.to_owned(), json!(ids))).collect()
}

/// What an event holds apart of what the agency stated about one person.
pub(super) fn declared(stated: &HashMap<PersonId, Declared>, person: &PersonId) -> Result<Value, Error> {
    serde_json::to_value(stated.get(person).map(DeclaredForm::from)).map_err(Error::internal)
}

/// Nobody is approved against a condition of the law without reasons, and nobody against one that whoever approves was
/// not shown, whatever the reasons. What each is approved against is noted.
///
/// # Errors
/// 422 `reasons_required` or `not_shown`, once for each person, with the conditions.
pub(super) fn waive(
    known: &mut Known,
    shown: &Known,
    application: &Application,
    people: &[PersonId],
    reason: Option<&Reason>,
) -> Result<(), Error> {
    let (kind, basis) = (application.kind, application.basis);
    let mut errors = Vec::new();
    for person in people {
        let Some(assessment) = known.get_mut(person) else { continue };
        let findings = assessment.findings(kind, basis);
        assessment.decided_against = of_outcome(&findings, Outcome::NotMet).into_iter().map(str::to_owned).collect();
        let shown = shown.get(person).map(|it| of_outcome(&it.findings(kind, basis), Outcome::NotMet));
        let was_shown = |id: &str| shown.iter().flatten().any(|shown| *shown == id);
        let unmet = findings.iter().filter(|finding| finding.outcome == Outcome::NotMet);
        let unmet: Vec<String> = unmet
            .filter(|finding| reason.is_none() || !was_shown(finding.condition.id))
            .map(|finding| format!("{} ({})", finding.condition.id, finding.source.short()))
            .collect();
        if !unmet.is_empty() {
            let said = format!("person {person} does not meet {}", unmet.join(", "));
            let problem = match reason {
                None => FieldProblem::new("reasons_required", format!("{said}: say why it is approved")),
                Some(_) => FieldProblem::new("not_shown", format!("{said}, as you were not shown: read it again")),
            };
            errors.push(problem.at("/reason"));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(errors.into()) }
}
