//! Cards and letters as they are printed: what is on record about a credential, with its portrait, in one artwork.

use super::gate::Gate;
use super::{Registry, credentials, portraits};
use crate::domain::accounts::Caller;
use crate::domain::agencies::Agency;
use crate::domain::credentials::{Credential, CredentialState, ShownState};
use crate::domain::ids::{CredentialId, Id as _, PersonId};
use crate::domain::people::Person;
use crate::domain::printed::{CredentialKind, LetterScope};
use crate::domain::problem::{FieldError, FieldProblem};
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::papers::card::{self, Marks, Printed, Side};
use crate::papers::drawing::{self, Drawing};
use crate::papers::{letter, print_sheet};
use crate::policy::{self, Entry, Operation};
use crate::store::{Read, Reader, agencies, people};
use std::sync::Arc;

/// Cards of one print job at most: ten sheets.
pub const MAX_CARDS: usize = 100;

/// A credential and whoever and whatever is printed on it with it.
struct Found {
    credential: Credential,
    person: Person,
    agency: Agency,
}

/// A credential as it is printed.
pub struct Artwork {
    /// Whose it is.
    pub person: PersonId,
    printed: Printed,
}

impl Artwork {
    /// Its sides: of a letter, the one page.
    pub fn sides(&self) -> &'static [Side] {
        match self.printed.kind {
            CredentialKind::PressCard | CredentialKind::CollaboratorCard => &Side::ALL,
            CredentialKind::IntroductionLetter => &[Side::Front],
        }
    }

    /// One of its sides.
    ///
    /// # Errors
    /// 422 where it has no such side.
    pub fn draw(&self, side: Side) -> Result<Drawing, Error> {
        if !self.sides().contains(&side) {
            return Err(Error::invalid("query:side", "no_such_side", "a letter has one page, its front"));
        }
        match self.printed.kind {
            CredentialKind::PressCard | CredentialKind::CollaboratorCard => card::draw(&self.printed, side),
            CredentialKind::IntroductionLetter => letter::draw(&self.printed),
        }
    }

    /// What it is drawn from: the same artwork has the same source.
    ///
    /// # Errors
    /// It cannot be drawn.
    pub fn source(&self) -> Result<String, Error> {
        let bodies = self.sides().iter().map(|side| match self.printed.kind {
            CredentialKind::PressCard | CredentialKind::CollaboratorCard => card::body(&self.printed, *side),
            CredentialKind::IntroductionLetter => letter::body(&self.printed),
        });
        let bodies = bodies.collect::<Result<Vec<_>, _>>()?;
        // Pictures are not in it; the digest of the portrait is in the code.
        Ok(bodies.concat() + &self.printed.code)
    }

    /// All of its sides, a page each.
    ///
    /// # Errors
    /// It cannot be drawn.
    pub fn pdf(&self) -> Result<Vec<u8>, Error> {
        let drawings = self.sides().iter().map(|side| self.draw(*side)).collect::<Result<Vec<_>, _>>()?;
        drawing::pdf(&self.printed.number, &drawings)
    }
}

/// What a print job gives.
pub struct PrintJob {
    /// The sheets.
    pub pdf: Vec<u8>,
    /// Whose cards are on them.
    pub people: Vec<PersonId>,
}

impl Registry {
    /// A credential as it is printed. Blocks.
    ///
    /// # Errors
    /// 403, 404.
    pub fn artwork(&self, caller: &Caller, id: CredentialId) -> Result<Artwork, Error> {
        let found = self.store.read_consistently(|db| {
            let credential = credentials::read(db, caller, id)?;
            self.with_names(db, credential)
        })?;
        let person = found.person.id;
        Ok(Artwork { person, printed: self.printed(found)? })
    }

    /// Sheets with these cards, to be printed on both sides and cut. Nothing of it is kept. Blocks.
    ///
    /// # Errors
    /// 403; 422 for what is no card of the caller's that is in force; `Overloaded` when too many are at it.
    pub fn print(
        &self,
        caller: &Caller,
        gate: &Gate,
        wanted: impl FnOnce() -> Result<Vec<String>, Error>,
    ) -> Result<PrintJob, Error> {
        let entry = policy::enter(caller, Operation::PrintCards)?;
        gate.is_usable()?;
        let wanted = wanted()?;
        refuse_wrong_count(&wanted)?;
        let now = self.clock.now();
        let found = self.store.read_consistently(|db| {
            let mut found = Vec::with_capacity(wanted.len());
            let mut errors: Vec<FieldError> = Vec::new();
            for (at, raw) in wanted.iter().enumerate() {
                let twice = wanted.iter().take(at).any(|other| other == raw);
                match self.to_print(db, &entry, raw, twice, now)? {
                    Ok(it) => found.push(it),
                    Err(problem) => errors.push(problem.at(format!("/credentials/{at}"))),
                }
            }
            if errors.is_empty() { Ok(found) } else { Err(errors.into()) }
        })?;
        let _slot = self.picture_slots.try_acquire().map_err(|_| Error::Overloaded)?;
        let people = found.iter().map(|it| it.person.id).collect();
        let cards = found.into_iter().map(|it| self.printed(it)).collect::<Result<Vec<_>, _>>()?;
        Ok(PrintJob { pdf: print_sheet::pdf(&cards)?, people })
    }

    /// A card of a print job, or why it is not to be printed.
    fn to_print(
        &self,
        db: &mut Reader,
        entry: &Entry<'_>,
        raw: &str,
        twice: bool,
        now: Timestamp,
    ) -> Result<Result<Found, FieldProblem>, Error> {
        let id = match CredentialId::parse(raw) {
            Ok(_) if twice => return Ok(Err(FieldProblem::new("twice", "named before in this list"))),
            Ok(id) => id,
            Err(problem) => return Ok(Err(problem)),
        };
        // Another's and a missing one answer alike.
        let unknown = || Ok(Err(FieldProblem::new("unknown_credential", "no credential of yours has this id")));
        let Some(credential) = credentials::reachable(db, entry, id)? else { return unknown() };
        if credential.kind() == CredentialKind::IntroductionLetter {
            return Ok(Err(FieldProblem::new("not_a_card", "a letter is printed by itself, on its own page")));
        }
        match is_to_be_used(credential.shown(now)) {
            true => self.with_names(db, credential).map(Ok),
            false => {
                let state = credential.shown(now).as_str();
                Ok(Err(FieldProblem::new("not_in_force", format!("it is {state}: there is nothing to print"))))
            }
        }
    }

    fn with_names(&self, db: &mut impl Read, credential: Credential) -> Result<Found, Error> {
        let missing = || Error::internal("a credential without its person or agency");
        let person = people::find(db, &self.secrets.sealing, credential.person)?.ok_or_else(missing)?;
        let agency = agencies::find(db, credential.agency)?.ok_or_else(missing)?;
        Ok(Found { credential, person, agency })
    }

    fn printed(&self, Found { credential: it, person, agency }: Found) -> Result<Printed, Error> {
        let now = self.clock.now();
        let portrait = match it.portrait {
            Some((id, _)) => self.files.get(&self.secrets.sealing, &portraits::registered_file(id))?.map(Arc::new),
            None => None,
        };
        let marks = Marks { sample: self.settings.demo, not_in_force: !is_to_be_used(it.shown(now)) };
        let errand = |scope: &LetterScope| {
            [scope.place(), scope.unit_visited(), scope.work()].map(std::borrow::ToOwned::to_owned)
        };
        Ok(Printed {
            kind: it.kind(),
            number: it.number.as_str().to_owned(),
            name: it.name.as_str().to_owned(),
            pen_name: person.fields.pen_name.clone(),
            post: person.at_work_for(agency.id, it.issued_at.day()).map(|engagement| engagement.post.clone()),
            agency: it.agency_name.as_str().to_owned(),
            agency_in_full: agency.fields.name,
            issued: it.issued_at.day(),
            validity: it.validity,
            errand: it.scope().map(errand),
            code: credentials::qr_text(self, &it),
            typed_code: credentials::typed_code(self, &it),
            portrait,
            address: address(&self.settings.public_url),
            phone: self.settings.phone.clone(),
            marks,
        })
    }
}

/// Where codes are typed, as people type it.
fn address(public_url: &str) -> String {
    let host = public_url.split_once("://").map_or(public_url, |(_, host)| host);
    format!("{host}/v")
}

/// Whether it is, or will be, a good one.
const fn is_to_be_used(shown: ShownState) -> bool {
    match shown {
        ShownState::Stored(CredentialState::Active) | ShownState::NotYetValid => true,
        ShownState::Expired
        | ShownState::Stored(
            CredentialState::Suspended
            | CredentialState::Revoked
            | CredentialState::Lost
            | CredentialState::Returned
            | CredentialState::Replaced,
        ) => false,
    }
}

fn refuse_wrong_count(wanted: &[String]) -> Result<(), Error> {
    match wanted.len() {
        0 => Err(Error::invalid("/credentials", "empty", "at least one card")),
        1..=MAX_CARDS => Ok(()),
        _ => Err(Error::invalid("/credentials", "too_many", format!("at most {MAX_CARDS} cards"))),
    }
}
