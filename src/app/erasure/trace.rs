//! What on record is about a person, wherever it stands.

use crate::app::{Registry, cases};
use crate::domain::cases::CaseState;
use crate::domain::credentials::{Credential, ShownState};
use crate::domain::ids::{ApplicationId, CaseId, OfficeId, PersonId, PortraitId, ReportId, SubjectId, UserId};
use crate::domain::people::Person;
use crate::domain::text;
use crate::domain::time::Timestamp;
use crate::domain::typed_code;
use crate::error::Error;
use crate::policy::Range;
use crate::store::{Read, accounts, credentials, erasing, matching, offices, portraits, reports};
use std::collections::{BTreeSet, HashSet};

/// Credentials of one person at most: a letter a day for a working life.
const CREDENTIALS: usize = 20_000;

/// What is about a person.
pub(super) struct Trace {
    /// Who.
    pub(super) person: PersonId,
    /// Their credentials.
    pub(super) credentials: Vec<Credential>,
    /// Their pictures.
    pub(super) portraits: Vec<PortraitId>,
    /// The account they sign in with.
    pub(super) account: Option<UserId>,
    /// Applications that they are in without a card from them.
    pub(super) applications: Vec<ApplicationId>,
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
    fn of(db: &mut impl Read, person: &Person, credentials: &[Credential]) -> Result<Self, Error> {
        let fields = &person.fields;
        let mut names: BTreeSet<String> = [Some(&fields.full_name), fields.pen_name.as_ref()]
            .into_iter()
            .flatten()
            .map(|it| text::fold(it))
            .collect();
        names.extend(credentials.iter().map(|it| text::fold(it.name.as_str())));
        // A name that others bear too may mean them: their history stays whole.
        for other in matching::people(db)?.iter().filter(|other| other.id != person.id.to_string()) {
            names.remove(&text::fold(&other.full_name));
            names.remove(&text::fold(other.pen_name.as_deref().unwrap_or_default()));
        }
        Ok(Self { numbers: credentials.iter().map(|it| it.number.key()).collect(), names })
    }

    fn is_meant(&self, name: Option<&str>, number: Option<&str>) -> bool {
        name.is_some_and(|name| self.names.contains(&text::fold(name)))
            || number.is_some_and(|number| self.numbers.contains(&typed_code::fold(number)))
    }
}

impl Trace {
    /// Looks for all of it.
    pub(super) fn of(db: &mut impl Read, registry: &Registry, person: &Person) -> Result<Self, Error> {
        let credentials = credentials_of(db, person.id)?;
        let marks = Marks::of(db, person, &credentials)?;
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
            portraits: portraits::of_person(db, person.id)?,
            account: accounts::of_person(db, person.id)?.map(|account| account.id),
            applications: erasing::applications_of(db, person.id)?,
            offices: offices::of_person(db, person.id)?,
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
        let mut subjects = vec![self.person.into()];
        subjects.extend(self.account.map(SubjectId::from));
        subjects.extend(self.cases.iter().map(|id| SubjectId::from(*id)));
        subjects.extend(self.reports.iter().map(|id| SubjectId::from(*id)));
        subjects
    }

    /// Everything that is about this person alone, or holds words about them: an answer that names it may hold them too.
    pub(super) fn ids(&self) -> HashSet<String> {
        let mut ids = HashSet::from([self.person.to_string()]);
        ids.extend(self.account.iter().map(ToString::to_string));
        ids.extend(self.credentials.iter().map(|it| it.id.to_string()));
        ids.extend(self.applications.iter().map(ToString::to_string));
        ids.extend(self.offices.iter().map(ToString::to_string));
        ids.extend(self.cases.iter().map(ToString::to_string));
        ids.extend(self.reports.iter().map(ToString::to_string));
        ids
    }
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
