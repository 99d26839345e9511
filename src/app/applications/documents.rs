//! Papers of an application: added and removed by its agency before it is handed in, read by whoever may read it.

use super::{Named, ownership, read};
use crate::app::Registry;
use crate::app::evidence::{EvidenceFile, Room, told};
use crate::app::gate::Gate;
use crate::app::page::{Asked, Part};
use crate::domain::accounts::Caller;
use crate::domain::applications::{
    Application, DOCUMENT_BYTES, DOCUMENTS_OF_ONE, Document, DocumentKind, DocumentPlace, SHARED_DOCUMENTS,
    documents_bytes, is_taken, is_whole,
};
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::ids::{ApplicationId, Id as _, PersonId};
use crate::domain::problem::{FieldProblem, Problems};
use crate::domain::reports::{Evidence, Sha256};
use crate::error::Error;
use crate::policy::{self, Operation, Permit};
use crate::store::{Read, Reader, Tx, applications};
use serde_json::{Value, json};

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

/// Makes sure that there is room for another paper about this person, or about nobody in particular.
fn must_be_few(there: &[Document], person: Option<PersonId>) -> Result<(), Error> {
    let (most, detail) = match person {
        Some(_) => (DOCUMENTS_OF_ONE, format!("At most {DOCUMENTS_OF_ONE} papers are about one person.")),
        None => {
            let most = SHARED_DOCUMENTS;
            (most, format!("At most {most} papers are about nobody in particular: say whom a paper is about."))
        }
    };
    let alike = there.iter().filter(|known| known.person == person).count();
    if alike < most { Ok(()) } else { Err(Error::WrongState { detail }) }
}

/// The papers of an application that takes another one of so many bytes. To be asked in the transaction that adds it: of
/// two that come in at once, one may be too many.
fn with_room_for(db: &mut impl Read, it: &Application, bytes: i64) -> Result<Vec<Document>, Error> {
    must_be_open(it)?;
    let there = applications::documents_of(db, it.id)?;
    let known: i64 = there.iter().map(|known| known.file.bytes).sum();
    let most = documents_bytes(it.people.len());
    if bytes > most - known {
        let (most, left) = (most / 1024 / 1024, most - known);
        let detail = format!("The papers of this application have at most {most} MB together: {left} bytes are left.");
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
    must_be_few(&there, person)?;
    if there.iter().any(|known| known.file.sha256 == file.sha256) {
        return Err(Error::WrongState { detail: "The application has this very file already.".into() });
    }
    // Numbers of papers that were removed are given again to nobody else's: the last of those there counts.
    let number = there.last().map_or(0, |last| last.file.number) + 1;
    let document = Document { file: file.numbered(number, tx), kind, person };
    let event = told_of(EventKind::ApplicationDocumentAdded, id, &document);
    let new = Application { version: old.version + 1, ..old };
    tx.record(&permit, event, |writer| {
        applications::add_document(writer, id, &document)?;
        applications::update(writer, &new, &[])
    })?;
    Ok(document)
}

/// An event about a paper: whom it is about finds it in their own history.
fn told_of(kind: EventKind, application: ApplicationId, it: &Document) -> Event {
    let event = Event::new(kind, Object::Application(application)).with(named(it));
    match it.person {
        Some(person) => event.about(person, json!({ "paper": it.kind.as_str() })),
        None => event,
    }
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
    let event = told_of(EventKind::ApplicationDocumentRemoved, id, &found);
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

/// The papers of an application, in the order in which they came in.
///
/// # Errors
/// 403, 404; 422.
pub fn documents(
    db: &mut Reader,
    caller: &Caller,
    id: ApplicationId,
    asked: Asked<(), i64>,
) -> Result<(Application, Part<Document, i64>), Error> {
    let (application, _, _) = read(db, caller, id)?;
    let ((), page) = asked?;
    let mut documents = applications::documents_of(db, id)?;
    documents.retain(|it| page.after.is_none_or(|after| it.file.number > after));
    Ok((application, Part::cut(documents, page.limit, |it| it.file.number)))
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
    let (application, _, _) = read(db, caller, id)?;
    let found = applications::documents_of(db, id)?
        .into_iter()
        .find(|it| Some(it.file.sha256) == sha256)
        .ok_or(Error::NotFound)?;
    let people = people_of(&application, std::slice::from_ref(&found));
    let (file, bytes) = registry.evidence_bytes(found.file)?;
    Ok((people, file, bytes))
}
