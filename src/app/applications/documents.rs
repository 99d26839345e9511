//! Papers of an application: added and removed by its agency before it is handed in, read by whoever may read it.

use super::{Named, ownership, read};
use crate::app::Registry;
use crate::app::evidence::{EvidenceFile, Room, told};
use crate::app::gate::Gate;
use crate::domain::accounts::Caller;
use crate::domain::applications::{
    Application, DOCUMENT_BYTES, DOCUMENTS_BYTES, Document, DocumentKind, DocumentPlace, MOST_DOCUMENTS, is_taken,
    is_whole,
};
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::ids::{ApplicationId, Id as _, PersonId};
use crate::domain::problem::{FieldProblem, Problems};
use crate::domain::reports::{Evidence, Sha256};
use crate::error::Error;
use crate::policy::{self, Operation, Permit};
use crate::store::{Read, Reader, Tx, applications};
use serde_json::Value;

/// What is said of a paper that is sent.
#[derive(Clone, Debug, Default)]
pub struct DocumentForm {
    /// As [`DocumentKind::as_str`].
    pub kind: Option<String>,
    /// The id of somebody in the application.
    pub person: Option<String>,
}

impl DocumentForm {
    fn parse(&self, it: &Application) -> Result<(DocumentKind, Option<PersonId>), Error> {
        let mut problems = Problems::new();
        let missing = || FieldProblem::new("missing", "say what the paper is");
        let kind = self.kind.as_deref().ok_or_else(missing).and_then(DocumentKind::parse);
        let kind = problems.take("query:kind", kind);
        let is_of_it = |raw: &str| {
            let person = PersonId::parse(raw).ok().filter(|id| it.people.iter().any(|one| one.person == *id));
            person.ok_or_else(|| FieldProblem::new("unknown_person", "nobody in the application has this id"))
        };
        let person = problems.take_optional("query:person", self.person.as_deref(), is_of_it);
        Ok(problems.finish(|| kind.map(|kind| (kind, person)))?)
    }
}

/// Whether an application takes a paper of the caller: asked before it is read. Blocks.
///
/// # Errors
/// 403, 404.
pub fn room(registry: &Registry, caller: &Caller, id: ApplicationId) -> Result<Room, Error> {
    registry.store.read(|db| {
        let (application, _) = open(db, caller, id)?;
        Ok(Room { bytes: with_room_for(db, &application, 1).map(|_| DOCUMENT_BYTES) })
    })
}

fn open(db: &mut impl Read, caller: &Caller, id: ApplicationId) -> Result<(Application, Permit), Error> {
    let entry = policy::enter(caller, Operation::DraftApplication)?;
    let found = applications::find(db, id)?.ok_or(Error::NotFound)?;
    let permit = entry.on(&ownership(db, &found)?.1)?;
    Ok((found, permit))
}

fn must_be_open(it: &Application) -> Result<(), Error> {
    match it.state.takes_documents() {
        true => Ok(()),
        false => {
            let detail = format!("The application is {}: its papers stay as they were handed in.", it.state.as_str());
            Err(Error::WrongState { detail })
        }
    }
}

/// The papers of an application that takes another one of so many bytes. To be asked in the transaction that adds it: of
/// two that come in at once, one may be too many.
fn with_room_for(db: &mut impl Read, it: &Application, bytes: i64) -> Result<Vec<Document>, Error> {
    must_be_open(it)?;
    let there = applications::documents_of(db, it.id)?;
    if there.len() >= MOST_DOCUMENTS {
        let detail = format!("An application has at most {MOST_DOCUMENTS} papers.");
        return Err(Error::WrongState { detail });
    }
    let known: i64 = there.iter().map(|known| known.file.bytes).sum();
    if bytes > DOCUMENTS_BYTES - known {
        let (most, left) = (DOCUMENTS_BYTES / 1024 / 1024, DOCUMENTS_BYTES - known);
        let detail = format!("The papers of an application have at most {most} MB together: {left} bytes are left.");
        return Err(Error::WrongState { detail });
    }
    Ok(there)
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
    (file, bytes): (&EvidenceFile, &[u8]),
) -> Result<Document, Error> {
    let (old, permit) = open(tx, caller, id)?;
    gate.pass_new(tx)?;
    let (kind, person) = form.parse(&old)?;
    if !is_taken(file.media_type) {
        return Err(Error::UnsupportedMediaType);
    }
    // A request with a key may be read to a larger limit, to see whether it was answered before.
    if bytes.len() > DOCUMENT_BYTES {
        return Err(Error::TooLarge { limit_bytes: DOCUMENT_BYTES });
    }
    is_whole(file.media_type, bytes)?;
    let there = with_room_for(tx, &old, file.bytes)?;
    if there.iter().any(|known| known.file.sha256 == file.sha256) {
        return Err(Error::WrongState { detail: "The application has this very file already.".into() });
    }
    // Numbers of papers that were removed are given again to nobody else's: the last of those there counts.
    let number = there.last().map_or(0, |last| last.file.number) + 1;
    let document = Document { file: file.numbered(number, tx), kind, person };
    let event = Event::new(EventKind::ApplicationDocumentAdded, Object::Application(id)).with(named(&document));
    let new = Application { version: old.version + 1, ..old };
    tx.record(&permit, event, |writer| {
        applications::add_document(writer, id, &document)?;
        applications::update(writer, &new, &[])
    })?;
    Ok(document)
}

/// What the log is told of a paper.
fn named(it: &Document) -> Value {
    let mut facts = told(&it.file);
    if let Value::Object(facts) = &mut facts {
        facts.insert("kind".into(), it.kind.as_str().into());
        facts.insert("person".into(), it.person.map(|id| id.to_string()).into());
    }
    facts
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
    let papers = applications::documents_of(tx, id)?;
    let found = papers.into_iter().find(|it| Some(it.file.sha256) == sha256);
    let tag = Named::of(tx, &old)?.etag(&old, &[]);
    gate.pass(tx, &tag)?;
    let found = found.ok_or(Error::NotFound)?;
    must_be_open(&old)?;
    let event = Event::new(EventKind::ApplicationDocumentRemoved, Object::Application(id)).with(named(&found));
    let new = Application { version: old.version + 1, ..old };
    let place = DocumentPlace { application: id, number: found.file.number, object: found.file.object };
    tx.record(&permit, event, |writer| {
        applications::remove_documents(writer, std::slice::from_ref(&place))?;
        applications::update(writer, &new, &[])
    })?;
    Ok(place.object)
}

/// The people of whom a paper is: whoever it is about, or all in the application.
pub fn people_of(application: &Application, documents: &[Document]) -> Vec<PersonId> {
    let all = || application.people.iter().map(|it| it.person);
    let mut people: Vec<PersonId> = match documents.iter().any(|it| it.person.is_none()) {
        true => all().collect(),
        false => documents.iter().filter_map(|it| it.person).collect(),
    };
    people.sort_unstable();
    people.dedup();
    people
}

/// The papers of an application.
///
/// # Errors
/// 403, 404.
pub fn documents(db: &mut Reader, caller: &Caller, id: ApplicationId) -> Result<(Application, Vec<Document>), Error> {
    let (application, _, _) = read(db, caller, id)?;
    let documents = applications::documents_of(db, id)?;
    Ok((application, documents))
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
) -> Result<(Vec<PersonId>, Evidence, Vec<u8>), Error> {
    let (application, documents) = documents(db, caller, id)?;
    let found = documents.into_iter().find(|it| Some(it.file.sha256) == sha256).ok_or(Error::NotFound)?;
    let people = people_of(&application, std::slice::from_ref(&found));
    let (file, bytes) = registry.evidence_bytes(found.file)?;
    Ok((people, file, bytes))
}
