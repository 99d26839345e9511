//! Papers of an application: added and removed by its agency before it is handed in, read by whoever may read it.

use super::{Named, ownership, read};
use crate::app::Registry;
use crate::app::documents::{self, DocumentForm, Holder, Listed, Opened};
use crate::app::evidence::{EvidenceFile, Room};
use crate::app::gate::Gate;
use crate::app::page::Asked;
use crate::domain::accounts::Caller;
use crate::domain::applications::{Application, Document, DocumentKind};
use crate::domain::events::{EventKind, Object};
use crate::domain::ids::{ApplicationId, PersonId};
use crate::domain::problem::FieldProblem;
use crate::domain::reports::Sha256;
use crate::error::Error;
use crate::policy::{self, Operation, Permit};
use crate::store::{Read, Reader, Tx, applications};

impl Holder for Application {
    type Kind = DocumentKind;
    const NOUN: &'static str = "application";

    fn object(&self) -> Object {
        Object::Application(self.id)
    }

    fn people(&self) -> Vec<PersonId> {
        self.people.iter().map(|it| it.person).collect()
    }

    fn must_be_open(&self) -> Result<(), Error> {
        match self.state.takes_documents() {
            true => Ok(()),
            false => {
                let state = self.state.as_str();
                let detail = format!("The application is {state}: its papers stay as they were handed in.");
                Err(Error::WrongState { detail })
            }
        }
    }

    fn must_take(&self, _: DocumentKind) -> Result<(), FieldProblem> {
        Ok(())
    }

    fn documents(&self, db: &mut impl Read) -> Result<Vec<Document>, Error> {
        applications::documents_of(db, self.id)
    }
}

/// Whether an application takes a paper of the caller: asked before it is read. Blocks.
///
/// # Errors
/// 403, 404.
pub fn room(registry: &Registry, caller: &Caller, id: ApplicationId) -> Result<Room, Error> {
    registry.store.read(|db| {
        let (application, _) = open(db, caller, id)?;
        Ok(documents::room(db, &application))
    })
}

fn open(db: &mut impl Read, caller: &Caller, id: ApplicationId) -> Result<(Application, Permit), Error> {
    let entry = policy::enter(caller, Operation::DraftApplication)?;
    let found = applications::find(db, id)?.ok_or(Error::NotFound)?;
    let permit = entry.on(&ownership(db, &found)?.1)?;
    Ok((found, permit))
}

/// Adds a paper that was kept to an application. Whoever hands it in has to read it again.
///
/// # Errors
/// 403, 404; 409 once it is handed in, when it has as many or as much as is taken, or this very file; 413, 415, 422.
pub fn add_document(
    tx: &mut Tx,
    caller: &Caller,
    id: ApplicationId,
    gate: &Gate,
    form: &DocumentForm,
    file: (&EvidenceFile, &[u8]),
) -> Result<Document, Error> {
    let (old, permit) = open(tx, caller, id)?;
    gate.pass_new(tx)?;
    let document = documents::taken(tx, &old, form, file)?;
    let event = documents::told_of(EventKind::ApplicationDocumentAdded, &old, &document);
    let new = Application { version: old.version + 1, ..old };
    tx.record(&permit, event, |writer| {
        applications::add_document(writer, id, &document)?;
        applications::update(writer, &new, &[])
    })?;
    Ok(document)
}

/// Removes a paper from an application that is not handed in; gives the object that its bytes were in.
///
/// # Errors
/// 403, 404; 412, 428; 409 once it is handed in.
pub fn remove_document(
    tx: &mut Tx,
    caller: &Caller,
    id: ApplicationId,
    sha256: Option<Sha256>,
    gate: &Gate,
) -> Result<String, Error> {
    let (old, permit) = open(tx, caller, id)?;
    let tag = Named::of(tx, &old)?.etag(&old, &[]);
    gate.pass(tx, &tag)?;
    let found = documents::find(tx, &old, sha256)?;
    old.must_be_open()?;
    let event = documents::told_of(EventKind::ApplicationDocumentRemoved, &old, &found);
    let place = documents::place(id, found);
    let new = Application { version: old.version + 1, ..old };
    tx.record(&permit, event, |writer| {
        applications::remove_documents(writer, std::slice::from_ref(&place))?;
        applications::update(writer, &new, &[])
    })?;
    Ok(place.object)
}

/// The papers of an application, in the order in which they came in.
///
/// # Errors
/// 403, 404; 422.
pub fn documents(
    db: &mut Reader,
    caller: &Caller,
    id: ApplicationId,
    asked: Asked<(), i64>,
) -> Result<Listed<DocumentKind>, Error> {
    let (application, _, _) = read(db, caller, id)?;
    documents::listed(db, &application, asked)
}

/// A paper with its bytes, and whose it is. Blocks.
///
/// # Errors
/// 403, 404.
pub fn document(
    db: &mut Reader,
    registry: &Registry,
    caller: &Caller,
    id: ApplicationId,
    sha256: Option<Sha256>,
) -> Result<Opened, Error> {
    let (application, _, _) = read(db, caller, id)?;
    documents::opened(db, registry, &application, sha256)
}
