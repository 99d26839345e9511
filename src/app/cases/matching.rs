//! What on record resembles what somebody claimed to be: suggestions to the registrar of an opened case, each with its
//! reasons. Nothing follows from them by itself, and nobody is looked for before a case is opened.

use crate::app::{Registry, verifications};
use crate::domain::accounts::Caller;
use crate::domain::cases::{Case, Claimed};
use crate::domain::ids::{CaseId, Id as _, PersonId};
use crate::domain::resemblance::{Likeness, of_names, of_numbers, of_phones};
use crate::domain::typed_code::TypedCode;
use crate::domain::verdict::Finding;
use crate::error::Error;
use crate::policy::{self, Operation, Ownership};
use crate::store::{Reader, cases, matching, reports};
use std::cmp::Reverse;
use std::collections::HashSet;

/// Suggestions shown.
const MOST: usize = 50;

/// What is suggested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each name says it")]
pub enum MatchKind {
    Credential,
    Person,
    Case,
}

impl MatchKind {
    /// As shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Credential => "credential",
            Self::Person => "person",
            Self::Case => "case",
        }
    }
}

/// What is alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    Number,
    Phone,
    Name,
    Agency,
}

impl Feature {
    /// As shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Phone => "phone",
            Self::Name => "name",
            Self::Agency => "agency",
        }
    }

    /// How much it counts for the order.
    const fn weight(self) -> u32 {
        match self {
            Self::Number => 90,
            Self::Phone => 70,
            Self::Name => 60,
            Self::Agency => 10,
        }
    }
}

/// Why something is suggested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// What is alike.
    pub what: Feature,
    /// How much.
    pub likeness: Likeness,
    /// What was claimed.
    pub claimed: String,
    /// What is on record.
    pub found: String,
}

/// A suggestion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// What it is.
    pub kind: MatchKind,
    /// Its id.
    pub id: String,
    /// Whose it is, where that is on record.
    pub person: Option<PersonId>,
    /// 1–100: the order of suggestions, and nothing else.
    pub rank: u32,
    /// Why, the strongest first.
    pub reasons: Vec<Reason>,
}

/// How much each likeness counts for the order.
const fn weight(what: Feature, likeness: Likeness) -> u32 {
    let base = what.weight();
    match likeness {
        Likeness::Same => base,
        Likeness::MixedUp => base - base / 10,
        Likeness::Similar => base / 2,
    }
}

/// The reasons of one candidate, as they are found.
#[derive(Default)]
struct Reasons(Vec<Reason>);

impl Reasons {
    fn look(
        &mut self,
        what: Feature,
        claims: &[String],
        found: Option<&str>,
        like: fn(&str, &str) -> Option<Likeness>,
    ) {
        let Some(found) = found else { return };
        let alike = claims.iter().filter_map(|claimed| like(claimed, found).map(|likeness| (claimed, likeness)));
        let best = alike.max_by_key(|(_, likeness)| weight(what, *likeness));
        self.0.extend(best.map(|(claimed, likeness)| Reason {
            what,
            likeness,
            claimed: claimed.clone(),
            found: found.to_owned(),
        }));
    }

    /// A suggestion, unless there is no reason, or only that of an agency, which many people work for.
    fn suggest(mut self, kind: MatchKind, id: String, person: Option<&str>) -> Option<Match> {
        self.0.sort_by_key(|reason| Reverse(weight(reason.what, reason.likeness)));
        if self.0.iter().all(|reason| reason.what == Feature::Agency) {
            return None;
        }
        let rank = self.0.iter().map(|reason| weight(reason.what, reason.likeness)).sum::<u32>().min(100);
        let person = person.and_then(|id| PersonId::parse(id).ok());
        Some(Match { kind, id, person, rank, reasons: self.0 })
    }
}

/// All that was claimed, in the case and in its reports.
#[derive(Default)]
struct Claims {
    names: Vec<String>,
    agencies: Vec<String>,
    phones: Vec<String>,
    numbers: Vec<String>,
}

impl Claims {
    fn add(&mut self, claimed: Claimed) {
        self.names.extend(claimed.name);
        self.agencies.extend(claimed.agency);
        self.phones.extend(claimed.phone);
        self.numbers.extend(claimed.number);
    }

    fn of(db: &mut Reader, registry: &Registry, case: &Case) -> Result<Self, Error> {
        let mut claims = Self::default();
        claims.add(case.claimed.clone());
        for id in &case.reports {
            let Some(details) = reports::details(db, *id)? else { continue };
            claims.numbers.extend(details.code.as_deref().and_then(|code| number_in(registry, code)));
            claims.numbers.extend(details.number);
            claims.names.extend(details.claimed_name);
            claims.agencies.extend(details.claimed_agency);
        }
        for list in [&mut claims.names, &mut claims.agencies, &mut claims.phones, &mut claims.numbers] {
            list.sort();
            list.dedup();
        }
        Ok(claims)
    }
}

/// The number in a code that was scanned or typed, whatever became of its card.
pub(in crate::app) fn number_in(registry: &Registry, code: &str) -> Option<String> {
    if let Some(typed) = TypedCode::parse(code) {
        return Some(typed.number_key);
    }
    match verifications::verify(registry, code, None).ok()?.judgement.finding {
        Finding::Card(card, _) => Some(card.claims.number.as_str().to_owned()),
        Finding::Unproven(_) => None,
    }
}

/// What resembles the claims of a case, the likeliest first.
///
/// # Errors
/// 403, 404.
pub fn matches(db: &mut Reader, registry: &Registry, caller: &Caller, id: CaseId) -> Result<(Case, Vec<Match>), Error> {
    let entry = policy::enter(caller, Operation::MatchCases)?;
    let case = cases::find(db, id)?.ok_or(Error::NotFound)?;
    entry.on(&Ownership::of_case(&case))?;
    let claims = Claims::of(db, registry, &case)?;
    let mut found = Vec::new();
    for it in matching::credentials(db)? {
        let mut reasons = Reasons::default();
        reasons.look(Feature::Number, &claims.numbers, Some(&it.number), of_numbers);
        reasons.look(Feature::Name, &claims.names, Some(&it.name), of_names);
        reasons.look(Feature::Agency, &claims.agencies, Some(&it.agency_name), of_names);
        found.extend(reasons.suggest(MatchKind::Credential, it.id, Some(&it.person)));
    }
    for it in matching::people(db)? {
        let mut reasons = Reasons::default();
        reasons.look(Feature::Name, &claims.names, Some(&it.full_name), of_names);
        reasons.look(Feature::Name, &claims.names, it.pen_name.as_deref(), of_names);
        found.extend(reasons.suggest(MatchKind::Person, it.id.clone(), Some(&it.id)));
    }
    for it in matching::claims(db, &entry.range())? {
        let mut reasons = Reasons::default();
        reasons.look(Feature::Number, &claims.numbers, it.number.as_deref(), of_numbers);
        reasons.look(Feature::Phone, &claims.phones, it.phone.as_deref(), of_phones);
        reasons.look(Feature::Name, &claims.names, it.name.as_deref(), of_names);
        reasons.look(Feature::Agency, &claims.agencies, it.agency.as_deref(), of_names);
        found.extend(reasons.suggest(MatchKind::Case, it.case, None).filter(|it| it.id != id.to_string()));
    }
    found.sort_by(|a, b| (Reverse(a.rank), a.kind, &a.id).cmp(&(Reverse(b.rank), b.kind, &b.id)));
    // A case may be found by several of its reports.
    let mut seen = HashSet::new();
    found.retain(|it| seen.insert((it.kind, it.id.clone())));
    found.truncate(MOST);
    Ok((case, found))
}
