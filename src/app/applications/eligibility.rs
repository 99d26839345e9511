//! What is known of the people of an application, gathered when it is drafted, handed in and approved.

use crate::app::Registry;
use crate::domain::agencies::Agency;
use crate::domain::applications::{Application, ApplicationState, Basis, CardKind};
use crate::domain::credentials::{CredentialState, Ground};
use crate::domain::eligibility::{
    Assessment, Declared, DeclaredForm, EarlierCard, Facts, Finding, OnRecord, Outcome, PressTypes, on_staff_since,
};
use crate::domain::ids::{Id as _, PersonId};
use crate::domain::problem::{FieldProblem, Problems};
use crate::domain::time::{Day, Timestamp};
use crate::error::Error;
use crate::store::eligibility::{self as rows, GrantedCard};
use crate::store::{Tx, people, successions};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};

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

/// Gathers what is known today of some people of an application that stands in `state`. Of a card that the law does not
/// know, nothing is kept.
pub(super) fn gather(
    tx: &mut Tx,
    registry: &Registry,
    agency: &Agency,
    application: &Application,
    (state, sight): (ApplicationState, Sight),
    ids: &[PersonId],
    stated: &HashMap<PersonId, Declared>,
) -> Result<Known, Error> {
    if application.kind == CardKind::CollaboratorCard {
        return Ok(Known::new());
    }
    let (now, day) = (tx.now(), tx.now().day());
    let found = people::find_all(tx, &registry.secrets.sealing, ids)?;
    let mut cards = rows::cards_of_humans(tx, ids)?;
    cards.extend(rows::cards_of_before(tx, ids)?);
    let mut employers = successions::predecessors(tx, agency.id)?;
    employers.push(agency.id);
    let is_own = |card: &&GrantedCard| employers.contains(&card.agency);
    let mut known = Known::with_capacity(found.len());
    for person in &found {
        let is_seen = |card: &&GrantedCard| sight == Sight::EveryCard || is_own(card);
        let theirs = || cards.iter().filter(|card| card.person == person.id).filter(is_seen);
        let on_record = OnRecord {
            agency: Some(agency.fields.kind),
            press_types: agency.fields.press_types.as_deref().and_then(PressTypes::of),
            at_work_since: on_staff_since(&person.engagements, &employers, day),
            proposal: Some(state),
            revoked_on: theirs().filter(|card| is_violation(card)).map(|card| since(card, now)).max(),
            earlier_card: earlier_card(theirs().filter(|card| !is_own(card)), now),
            // Whoever renews a card or replaces one says that there was one, which may not have been entered: that it is
            // not found tells nothing.
            granted_before: match sight == Sight::EveryCard || is_of_own_card(application.basis) {
                true if theirs().next().is_some() => Some(true),
                true => (!is_of_own_card(application.basis)).then_some(false),
                false => None,
            },
        };
        let declared = stated.get(&person.id).copied().unwrap_or_default();
        known.insert(person.id, Assessment { day, facts: Facts { declared, on_record } });
    }
    Ok(known)
}

/// Whether the card in whose place another is asked for is one of the same agency, so that it may be looked for when the
/// agency drafts.
const fn is_of_own_card(basis: Basis) -> bool {
    match basis {
        Basis::Renewal | Basis::Reissue => true,
        Basis::First | Basis::Exchange => false,
    }
}

fn since(card: &GrantedCard, now: Timestamp) -> Day {
    card.since.unwrap_or(now).day()
}

fn is_violation(card: &GrantedCard) -> bool {
    card.state == CredentialState::Revoked && card.ground.is_some_and(|ground| VIOLATIONS.contains(&ground))
}

/// The card in force at another agency, or the last that was handed in there.
fn earlier_card<'a>(cards: impl Iterator<Item = &'a GrantedCard> + Clone, now: Timestamp) -> Option<EarlierCard> {
    let is_in_force = |card: &GrantedCard| card.state == CredentialState::Active && now < card.expires;
    if cards.clone().any(is_in_force) {
        return Some(EarlierCard::InForce);
    }
    let handed_in = cards.filter(|card| card.state == CredentialState::Returned);
    handed_in.map(|card| since(card, now)).max().map(EarlierCard::HandedIn)
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

/// Nobody is approved against a condition of the law without reasons.
///
/// # Errors
/// 422 `reasons_required`, once for each person, with the conditions.
pub(super) fn require_reasons(known: &Known, application: &Application, people: &[PersonId]) -> Result<(), Error> {
    let errors = people.iter().filter_map(|person| {
        let findings = known.get(person)?.findings(application.kind, application.basis);
        let unmet = findings.iter().filter(|finding| finding.outcome == Outcome::NotMet);
        let unmet: Vec<String> =
            unmet.map(|finding| format!("{} ({})", finding.condition.id, finding.source.short())).collect();
        let detail = format!("person {person} does not meet {}: say why it is approved", unmet.join(", "));
        (!unmet.is_empty()).then(|| FieldProblem::new("reasons_required", detail).at("/reason"))
    });
    let errors: Vec<_> = errors.collect();
    if errors.is_empty() { Ok(()) } else { Err(errors.into()) }
}
