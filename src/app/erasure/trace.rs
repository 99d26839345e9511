//! What on record is about a person, wherever it stands.

use crate::app::{Registry, cases};
use crate::domain::cases::CaseState;
use crate::domain::credentials::{Credential, ShownState};
use crate::domain::ids::{
    ApplicationId, CaseId, OfficeId, PersonId, PortraitId, ReportId, StateCardId, SubjectId, UserId,
};
use crate::domain::people::Person;
use crate::domain::state_cards::StateCard;
use crate::domain::text;
use crate::domain::time::Timestamp;
use crate::domain::typed_code;
use crate::error::Error;
use crate::policy::Range;
use crate::store::{Read, accounts, credentials, erasing, matching, offices, people, portraits, reports, state_cards};
use std::collections::{BTreeSet, HashSet};

/// Credentials of one person at most: a letter a day for a working life.
const CREDENTIALS: usize = 20_000;

/// What is about a person.
pub(super) struct Trace {
    /// Who.
    pub(super) person: PersonId,
    /// Records that theirs took in.
    pub(super) absorbed: Vec<PersonId>,
    /// Their credentials.
    pub(super) credentials: Vec<Credential>,
    /// Their cards of before the registry: those that nobody else on record may hold.
    pub(super) state_cards: Vec<StateCard>,
    /// Cards of before that are theirs or somebody else's: nobody can tell any more once they are erased.
    pub(super) untraceable: Vec<StateCardId>,
    /// Their pictures.
    pub(super) portraits: Vec<PortraitId>,
    /// The account they sign in with, and those of records that theirs took in.
    pub(super) accounts: Vec<UserId>,
    /// Applications that they are in without a card from them, by the record that is in it.
    pub(super) applications: Vec<(ApplicationId, PersonId)>,
    /// Where they have or had a post.
    pub(super) offices: Vec<OfficeId>,
    /// Cases that concern them.
    pub(super) cases: BTreeSet<CaseId>,
    /// Whether one of those has not ended.
    pub(super) has_open_case: bool,
    /// Reports that concern them.
    pub(super) reports: BTreeSet<ReportId>,
}

/// By what a claim is known to mean the person.
struct Marks {
    /// Keys of the numbers of their credentials.
    numbers: BTreeSet<String>,
    /// Their names, folded, where nobody else on record bears them.
    names: BTreeSet<String>,
}

impl Marks {
    fn of(
        db: &mut impl Read,
        person: &Person,
        absorbed: &[PersonId],
        numbers: BTreeSet<String>,
        credentials: &[Credential],
    ) -> Result<Self, Error> {
        let mut names: BTreeSet<String> = BTreeSet::new();
        for record in matching::names_of(db, &[&[person.id][..], absorbed].concat())? {
            names.insert(text::fold(&record.full_name));
            names.extend(record.pen_name.as_deref().map(text::fold));
        }
        names.extend(credentials.iter().map(|it| text::fold(it.name.as_str())));
        // A name that others bear too may mean them: their history stays whole.
        for other in matching::people(db)?.iter().filter(|other| other.id != person.id.to_string()) {
            names.remove(&text::fold(&other.full_name));
            names.remove(&text::fold(other.pen_name.as_deref().unwrap_or_default()));
        }
        Ok(Self { numbers, names })
    }

    fn is_meant(&self, name: Option<&str>, number: Option<&str>) -> bool {
        name.is_some_and(|name| self.names.contains(&text::fold(name)))
            || number.is_some_and(|number| self.numbers.contains(&typed_code::fold(number)))
    }
}

impl Trace {
    /// The person's record, and before it those that it took in.
    pub(super) fn records(&self) -> impl Iterator<Item = PersonId> {
        self.absorbed.iter().copied().chain([self.person])
    }

    /// Looks for all of it.
    pub(super) fn of(db: &mut impl Read, registry: &Registry, person: &Person) -> Result<Self, Error> {
        let credentials = credentials_of(db, person.id)?;
        let absorbed = people::absorbed(db, person.id)?;
        let records = [&absorbed[..], &[person.id]].concat();
        let may_be_theirs = state_cards::may_be_of(db, &[person.id])?;
        let of_nobody_else = state_cards::sole_bearers(db, &may_be_theirs)?;
        let (state_cards, others): (Vec<_>, Vec<_>) =
            may_be_theirs.into_iter().partition(|card| of_nobody_else.contains_key(&card.id));
        let untraceable = others.iter().map(|card| card.id).collect();
        let numbers = credentials.iter().map(|it| it.number.key());
        let numbers = numbers.chain(state_cards.iter().map(|it| it.fields.number.key())).collect();
        let marks = Marks::of(db, person, &absorbed, numbers, &credentials)?;
        let mut reports: BTreeSet<ReportId> = BTreeSet::new();
        for claim in reports::claims(db)? {
            let scanned = claim.code.as_deref().and_then(|code| cases::number_in(registry, code));
            let is_meant = marks.is_meant(claim.name.as_deref(), claim.number.as_deref());
            if is_meant || marks.is_meant(None, scanned.as_deref()) {
                reports.insert(claim.report);
            }
        }
        let ids: BTreeSet<String> = credentials.iter().map(|it| it.id.to_string()).collect();
        let links = erasing::reports_in_cases(db)?;
        let reported: BTreeSet<CaseId> =
            links.iter().filter(|(_, report)| reports.contains(report)).map(|(case, _)| *case).collect();
        let mut trace = Self {
            person: person.id,
            credentials,
            state_cards,
            untraceable,
            portraits: portraits::of_person(db, person.id)?,
            accounts: accounts_of(db, person.id, &absorbed)?,
            absorbed,
            applications: erasing::applications_of(db, &records)?,
            offices: offices::of_people(db, &records)?,
            cases: BTreeSet::new(),
            has_open_case: false,
            reports,
        };
        for it in erasing::names_in_cases(db)? {
            let concerns = it.person == Some(person.id)
                || it.credentials.iter().any(|id| ids.contains(id))
                || marks.is_meant(it.name.as_deref(), it.number.as_deref())
                || reported.contains(&it.id);
            if concerns {
                trace.cases.insert(it.id);
                trace.has_open_case |= !matches!(it.state, CaseState::Closed | CaseState::Dismissed);
            }
        }
        trace.reports.extend(links.iter().filter(|(case, _)| trace.cases.contains(case)).map(|(_, report)| *report));
        Ok(trace)
    }

    /// Everybody and everything whose fields the log holds apart and that is about this person.
    pub(super) fn subjects(&self) -> Vec<SubjectId> {
        let records = self.records().map(SubjectId::from);
        records.chain(self.things()).collect()
    }

    /// The things among those: what is said of them is this person's, whoever else was one with them for a time.
    pub(super) fn things(&self) -> Vec<SubjectId> {
        let mut subjects = Vec::new();
        subjects.extend(self.accounts.iter().map(|id| SubjectId::from(*id)));
        subjects.extend(self.state_cards.iter().map(|it| SubjectId::from(it.id)));
        subjects.extend(self.cases.iter().map(|id| SubjectId::from(*id)));
        subjects.extend(self.reports.iter().map(|id| SubjectId::from(*id)));
        subjects
    }

    /// Everything that is about this person alone, or holds words about them: an answer that names it may hold them too.
    pub(super) fn ids(&self) -> HashSet<String> {
        let mut ids = HashSet::from([self.person.to_string()]);
        ids.extend(self.absorbed.iter().map(ToString::to_string));
        ids.extend(self.accounts.iter().map(ToString::to_string));
        ids.extend(self.credentials.iter().map(|it| it.id.to_string()));
        ids.extend(self.state_cards.iter().map(|it| it.id.to_string()));
        ids.extend(self.applications.iter().map(|(id, _)| id.to_string()));
        ids.extend(self.offices.iter().map(ToString::to_string));
        ids.extend(self.cases.iter().map(ToString::to_string));
        ids.extend(self.reports.iter().map(ToString::to_string));
        ids
    }
}

fn accounts_of(db: &mut impl Read, person: PersonId, absorbed: &[PersonId]) -> Result<Vec<UserId>, Error> {
    let mut found = Vec::new();
    for record in [&[person][..], absorbed].concat() {
        found.extend(accounts::of_person(db, record)?.map(|account| account.id));
    }
    Ok(found)
}

/// A person's credentials.
pub(super) fn credentials_of(db: &mut impl Read, person: PersonId) -> Result<Vec<Credential>, Error> {
    credentials::list(db, &Range::Person(person), credentials::Filter::default(), None, CREDENTIALS)
}

/// Credentials that say "valid", or will.
pub(super) fn in_force(credentials: &[Credential], now: Timestamp) -> impl Iterator<Item = &Credential> {
    credentials.iter().filter(move |it| match it.shown(now) {
        ShownState::Stored(state) => !state.is_withdrawn(),
        ShownState::NotYetValid => true,
        ShownState::Expired => false,
    })
}

/// Whether a suspension waits for a decision that could bring a credential back.
pub(super) fn has_undecided(credentials: &[Credential], now: Timestamp) -> bool {
    credentials.iter().any(|it| it.is_suspended() && now < it.validity.expires())
}
