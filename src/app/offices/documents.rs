//! Files of the papers that come with a notice: added and removed by whoever mends the notice, read by whoever may read the
//! office.

use super::{Staffed, open_to_mend, read};
use crate::app::Registry;
use crate::app::documents::{self, DocumentForm, Holder, Listed, Opened};
use crate::app::evidence::{EvidenceFile, Room};
use crate::app::gate::Gate;
use crate::app::page::Asked;
use crate::domain::accounts::Caller;
use crate::domain::events::{EventKind, Object};
use crate::domain::ids::{OfficeId, PersonId};
use crate::domain::offices::{Document, Office, OfficeFile};
use crate::domain::problem::FieldProblem;
use crate::domain::reports::Sha256;
use crate::error::Error;
use crate::store::{Read, Reader, Tx, offices};

impl Holder for Office {
    type Kind = Document;
    const NOUN: &'static str = "office";

    fn object(&self) -> Object {
        Object::Office(self.id)
    }

    fn people(&self) -> Vec<PersonId> {
        self.posts.iter().map(|posted| posted.person).collect()
    }

    fn must_be_open(&self) -> Result<(), Error> {
        match self.state.takes_files() {
            true => Ok(()),
            false => {
                let detail = format!("The office is {}: its papers stay as they are.", self.state.as_str());
                Err(Error::WrongState { detail })
            }
        }
    }

    fn must_take(&self, kind: Document) -> Result<(), FieldProblem> {
        match self.fields.documents.contains(&kind) {
            true => Ok(()),
            false => Err(FieldProblem::new("not_stated", "the notice states no paper of this kind: amend it first")),
        }
    }

    fn documents(&self, db: &mut impl Read) -> Result<Vec<OfficeFile>, Error> {
        offices::documents_of(db, self.id)
    }
}

/// The files that go with what was amended: those about people whom the notice names no more. Of each kind of the others it
/// goes on stating that there is a paper.
pub(super) fn going(db: &mut impl Read, it: &Office) -> Result<Vec<OfficeFile>, Error> {
    let people = Holder::people(it);
    let goes = |file: &OfficeFile| {
        file.person.is_some_and(|person| !people.contains(&person)) && !it.was_confirmed_with(file.file.added_at)
    };
    let (going, staying): (Vec<_>, Vec<_>) = it.documents(db)?.into_iter().partition(goes);
    match staying.iter().all(|file| it.fields.documents.contains(&file.kind)) {
        true => Ok(going),
        false => Err(Error::invalid("/documents", "has_a_file", "of a kind that is left out there is a file")),
    }
}

/// Whether an office takes a file of the caller: asked before it is read. Blocks.
///
/// # Errors
/// 403, 404.
pub fn room(registry: &Registry, caller: &Caller, id: OfficeId) -> Result<Room, Error> {
    registry.store.read(|db| {
        let (office, _) = open_to_mend(db, caller, id)?;
        Ok(documents::room(db, &office))
    })
}

/// Adds the file of a paper that the notice states. Whoever confirms has to read the office again.
///
/// # Errors
/// 403, 404; 409 while it takes none, when it has as many or as much as is taken, or this very file; 413, 415, 422.
pub fn add_document(
    tx: &mut Tx,
    caller: &Caller,
    id: OfficeId,
    gate: &Gate,
    form: &DocumentForm,
    file: (&EvidenceFile, &[u8]),
) -> Result<OfficeFile, Error> {
    let (old, permit) = open_to_mend(tx, caller, id)?;
    gate.pass_new(tx)?;
    let document = documents::taken(tx, &old, form, file)?;
    let event = documents::told_of(EventKind::OfficeDocumentAdded, &old, &document);
    let new = Office { version: old.version + 1, ..old };
    tx.record(&permit, event, |writer| {
        offices::add_document(writer, id, &document)?;
        offices::update(writer, &new)
    })?;
    Ok(document)
}

/// Removes a file that the province has not confirmed; gives the object that its bytes were in.
///
/// # Errors
/// 403, 404; 412, 428; 409.
pub fn remove_document(
    tx: &mut Tx,
    caller: &Caller,
    id: OfficeId,
    sha256: Option<Sha256>,
    gate: &Gate,
) -> Result<String, Error> {
    let (old, permit) = open_to_mend(tx, caller, id)?;
    let now = tx.now();
    let tag = Staffed::of(tx, now, [&old])?.etag(&old);
    gate.pass(tx, &tag)?;
    let found = documents::find(tx, &old, sha256)?;
    old.must_be_open()?;
    if old.was_confirmed_with(found.file.added_at) {
        let detail = "The office was confirmed with this paper, which stays.".into();
        return Err(Error::WrongState { detail });
    }
    let event = documents::told_of(EventKind::OfficeDocumentRemoved, &old, &found);
    let place = documents::place(id, found);
    let new = Office { version: old.version + 1, ..old };
    tx.record(&permit, event, |writer| {
        offices::remove_documents(writer, std::slice::from_ref(&place))?;
        offices::update(writer, &new)
    })?;
    Ok(place.object)
}

/// The files of an office, in the order in which they came in.
///
/// # Errors
/// 403, 404; 422.
pub fn documents(
    db: &mut Reader,
    caller: &Caller,
    id: OfficeId,
    asked: Asked<(), i64>,
) -> Result<Listed<Document>, Error> {
    let office = read(db, caller, id)?;
    documents::listed(db, &office, asked)
}

/// A file with its bytes, and whose it is. Blocks.
///
/// # Errors
/// 403, 404.
pub fn document(
    db: &mut Reader,
    registry: &Registry,
    caller: &Caller,
    id: OfficeId,
    sha256: Option<Sha256>,
) -> Result<Opened, Error> {
    let office = read(db, caller, id)?;
    documents::opened(db, registry, &office, sha256)
}
