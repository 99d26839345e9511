//! What the journalist sees: who looked at their record, all that happened to them, and all of it to take away.

use super::Registry;
use super::page::{Asked, Part};
use crate::domain::accesses::{self, Access, Looked};
use crate::domain::accounts::Caller;
use crate::domain::credentials::Credential;
use crate::domain::events::{Event, EventKind, EventProof, Object, Recorded, ShownFields};
use crate::domain::ids::{AccessId, PersonId};
use crate::domain::people::Person;
use crate::error::Error;
use crate::policy::{self, Operation, Ownership};
use crate::store::{Reader, Tx, accesses as rows, credentials, events, people};
use data_encoding::BASE64URL_NOPAD;
use serde_json::json;

/// Events of one person in an export at most: a life's work is far below it.
const EXPORTED: usize = 10_000;

/// What an answer shows of whom: written down before it is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Whose records.
    pub people: Vec<PersonId>,
    /// What of them.
    pub what: Looked,
}

/// Writes down that the caller looks at these people's records; what people see of themselves is not written down.
///
/// # Errors
/// The database's.
pub fn note(tx: &mut Tx, caller: &Caller, seen: &Seen) -> Result<(), Error> {
    let looks: Vec<Access> = seen
        .people
        .iter()
        .filter(|person| !policy::is_oneself(caller, **person))
        .map(|person| Access {
            id: tx.new_id(),
            at: tx.now(),
            person: *person,
            actor_id: caller.user.to_string(),
            actor_role: caller.role.name().as_str().to_owned(),
            actor_body: caller.body.clone(),
            what: seen.what,
        })
        .collect();
    if looks.is_empty() { Ok(()) } else { rows::insert(tx, &looks) }
}

/// Commits in the log to the looks of every hour that is over.
///
/// # Errors
/// The database's.
pub fn commit(tx: &mut Tx) -> Result<(), Error> {
    let this_hour = tx.now().hour();
    while let Some(oldest) = rows::oldest_uncommitted(tx, this_hour)? {
        let hour = oldest.hour();
        let looks = rows::between(tx, hour, hour.plus_seconds(3_600))?;
        let digest = accesses::digest(&looks).map_err(Error::internal)?;
        let event = Event::new(EventKind::AccessesCommitted, Object::Hour(hour))
            .with(json!({ "count": looks.len(), "digest": BASE64URL_NOPAD.encode(&digest) }));
        tx.record(&policy::the_program_itself(), event, |writer| rows::commit_hour(writer, hour))?;
    }
    Ok(())
}

/// Whoever looked at a person's record, oldest first.
///
/// # Errors
/// 403, 404.
pub fn of_person(
    db: &mut Reader,
    caller: &Caller,
    person: PersonId,
    asked: Asked<(), AccessId>,
) -> Result<Part<Access, AccessId>, Error> {
    policy::enter(caller, Operation::ReadOneself)?.on(&Ownership::of_oneself(person))?;
    let ((), page) = asked?;
    let items = rows::of_person(db, person, page.after, page.limit)?;
    Ok(Part::cut(items, page.limit, |access| access.id))
}

/// Whatever was written down about a person, oldest first, with their own fields alone.
///
/// # Errors
/// 403, 404.
pub fn history(
    db: &mut Reader,
    caller: &Caller,
    person: PersonId,
    asked: Asked<(), i64>,
) -> Result<Part<Recorded, i64>, Error> {
    policy::enter(caller, Operation::ReadOneself)?.on(&Ownership::of_oneself(person))?;
    let ((), page) = asked?;
    let mut items = events::of_subject(db, person.into(), page.after, page.limit)?;
    for event in &mut items {
        event.personal.retain(|one| one.subject == person.into());
    }
    Ok(Part::cut(items, page.limit, |event| event.index))
}

/// All that is kept about a person.
pub struct Export {
    /// The record.
    pub person: Person,
    /// Their credentials.
    pub credentials: Vec<Credential>,
    /// What happened, each with its proof and their own fields.
    pub events: Vec<EventProof>,
    /// Who looked.
    pub accesses: Vec<Access>,
}

impl Seen {
    /// One person's.
    pub fn of(person: PersonId, what: Looked) -> Self {
        Self { people: vec![person], what }
    }
}

impl Registry {
    /// Commits in the log to the looks of every hour that is over. Blocks.
    ///
    /// # Errors
    /// The database's.
    pub fn commit_accesses(&self) -> Result<(), Error> {
        let this_hour = self.clock.now().hour();
        match self.store.read(|db| rows::oldest_uncommitted(db, this_hour))? {
            Some(_) => self.store.write_blocking(commit),
            None => Ok(()),
        }
    }

    /// All that is kept about a person, to take away.
    ///
    /// # Errors
    /// 403, 404.
    pub fn export(&self, db: &mut Reader, caller: &Caller, person: PersonId) -> Result<Export, Error> {
        policy::enter(caller, Operation::ReadOneself)?.on(&Ownership::of_oneself(person))?;
        let found = people::find(db, &self.secrets.sealing, person)?.ok_or(Error::NotFound)?;
        let range = policy::Range::Person(person);
        let credentials = credentials::list(db, &range, credentials::Filter::default(), None, EXPORTED)?;
        let subject = person.into();
        let mut proofs = Vec::new();
        for event in events::of_subject(db, subject, None, EXPORTED)? {
            if let Some(proof) = self.event_proof(db, event.index)? {
                let own = |shown: &ShownFields| shown.subject == person.to_string();
                proofs.push(EventProof { personal: proof.personal.into_iter().filter(own).collect(), ..proof });
            }
        }
        let accesses = rows::of_person(db, person, None, EXPORTED)?;
        Ok(Export { person: found, credentials, events: proofs, accesses })
    }
}
