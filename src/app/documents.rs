//! Papers with files, whatever they belong to: what is taken, what the log is told of one, and what people see of those about
//! themselves.

use super::Registry;
use super::accesses::records_of;
use super::evidence::{EvidenceFile, Room, told};
use super::page::{Asked, Part};
use crate::domain::accounts::Caller;
use crate::domain::applications;
use crate::domain::documents::{
    DOCUMENT_BYTES, DOCUMENTS_OF_ONE, Document, DocumentPlace, Kind, SHARED_DOCUMENTS, documents_bytes, is_taken,
    is_whole,
};
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::ids::{ApplicationId, Id as _, OfficeId, PersonId};
use crate::domain::offices::OfficeFile;
use crate::domain::problem::{FieldProblem, Problems};
use crate::domain::reports::{Evidence, Sha256};
use crate::error::Error;
use crate::policy::{self, Operation, Ownership};
use crate::store::{Read, Reader, Tx, applications as proposals, offices};
use serde_json::{Value, json};

/// Papers of one person at most: a life's work is far below it.
const OF_ONE_PERSON: i64 = 10_000;

/// What is said of a paper that is sent.
#[derive(Clone, Debug, Default)]
pub struct DocumentForm {
    /// As [`Kind::as_str`].
    pub kind: Option<String>,
    /// The id of somebody in what it belongs to.
    pub person: Option<String>,
}

/// What papers belong to.
pub(super) trait Holder {
    /// The kinds of its papers.
    type Kind: Kind;
    /// What it is called.
    const NOUN: &'static str;

    /// As the log names it.
    fn object(&self) -> Object;

    /// Everybody in it.
    fn people(&self) -> Vec<PersonId>;

    /// Makes sure that papers come and go now.
    fn must_be_open(&self) -> Result<(), Error>;

    /// Makes sure that it takes papers of this kind.
    fn must_take(&self, kind: Self::Kind) -> Result<(), FieldProblem>;

    /// Its papers, in the order in which they came in.
    fn documents(&self, db: &mut impl Read) -> Result<Vec<Document<Self::Kind>>, Error>;
}

impl DocumentForm {
    fn parse<H: Holder>(&self, it: &H) -> Result<(H::Kind, Option<PersonId>), Error> {
        let mut problems = Problems::new();
        let missing = || FieldProblem::new("missing", "say what the paper is");
        let kind = self.kind.as_deref().ok_or_else(missing).and_then(H::Kind::parse);
        let kind = kind.and_then(|kind| it.must_take(kind).map(|()| kind));
        let kind = problems.take("query:kind", kind);
        let people = it.people();
        let is_of_it = |raw: &str| {
            let person = PersonId::parse(raw).ok().filter(|id| people.contains(id));
            person.ok_or_else(|| FieldProblem::new("unknown_person", format!("nobody in the {} has this id", H::NOUN)))
        };
        let person = problems.take_optional("query:person", self.person.as_deref(), is_of_it);
        Ok(problems.finish(|| kind.map(|kind| (kind, person)))?)
    }
}

/// Makes sure that there is room for another paper about this person, or about nobody in particular.
fn must_be_few<K>(there: &[Document<K>], person: Option<PersonId>) -> Result<(), Error> {
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

/// The papers of a thing that takes another one of so many bytes. To be asked in the transaction that adds it: of two that
/// come in at once, one may be too many.
fn with_room_for<H: Holder>(db: &mut impl Read, it: &H, bytes: i64) -> Result<Vec<Document<H::Kind>>, Error> {
    it.must_be_open()?;
    let there = it.documents(db)?;
    let known: i64 = there.iter().map(|known| known.file.bytes).sum();
    let most = documents_bytes(it.people().len());
    if bytes > most - known {
        let (noun, most, left) = (H::NOUN, most / 1024 / 1024, most - known);
        let detail = format!("The papers of this {noun} have at most {most} MB together: {left} bytes are left.");
        return Err(Error::WrongState { detail });
    }
    Ok(there)
}

/// How much room there is for another paper: asked before it is read.
pub(super) fn room<H: Holder>(db: &mut impl Read, it: &H) -> Room {
    Room { bytes: with_room_for(db, it, 1).map(|_| DOCUMENT_BYTES) }
}

/// The paper that a file which was kept is to be.
///
/// # Errors
/// 409 where it takes none now, has as many or as much as is taken, or this very file; 413, 415, 422.
pub(super) fn taken<H: Holder>(
    tx: &mut Tx,
    it: &H,
    form: &DocumentForm,
    (file, bytes): (&EvidenceFile, &[u8]),
) -> Result<Document<H::Kind>, Error> {
    let (kind, person) = form.parse(it)?;
    if !is_taken(file.media_type) {
        return Err(Error::UnsupportedMediaType);
    }
    // A request with a key may be read to a larger limit, to see whether it was answered before.
    if bytes.len() > DOCUMENT_BYTES {
        return Err(Error::TooLarge { limit_bytes: DOCUMENT_BYTES });
    }
    is_whole(file.media_type, bytes)?;
    let there = with_room_for(tx, it, file.bytes)?;
    must_be_few(&there, person)?;
    if there.iter().any(|known| known.file.sha256 == file.sha256) {
        return Err(Error::WrongState { detail: format!("The {} has this very file already.", H::NOUN) });
    }
    // Numbers of papers that were removed are given again to nobody else's: the last of those there counts.
    let number = there.last().map_or(0, |last| last.file.number) + 1;
    Ok(Document { file: file.numbered(number, tx), kind, person })
}

/// The paper with this digest.
///
/// # Errors
/// 404.
pub(super) fn find<H: Holder>(db: &mut impl Read, it: &H, sha256: Option<Sha256>) -> Result<Document<H::Kind>, Error> {
    it.documents(db)?.into_iter().find(|known| Some(known.file.sha256) == sha256).ok_or(Error::NotFound)
}

/// Where a paper of `of` is kept.
pub(super) fn place<I, K>(of: I, it: Document<K>) -> DocumentPlace<I> {
    DocumentPlace { of, number: it.file.number, object: it.file.object }
}

/// An event about a paper: whom it is about finds it in their own history.
pub(super) fn told_of<H: Holder>(kind: EventKind, it: &H, paper: &Document<H::Kind>) -> Event {
    let mut facts = told(&paper.file);
    if let Value::Object(facts) = &mut facts {
        facts.insert("kind".into(), paper.kind.as_str().into());
        facts.insert("person".into(), paper.person.map(|id| id.to_string()).into());
    }
    let event = Event::new(kind, it.object()).with(facts);
    match paper.person {
        Some(person) => event.about(person, json!({ "paper": paper.kind.as_str() })),
        None => event,
    }
}

/// The people of whom papers are: whoever they are about, or all in what they belong to.
fn people_of<H: Holder>(it: &H, papers: &[Document<H::Kind>]) -> Vec<PersonId> {
    let mut people: Vec<PersonId> = match papers.iter().any(|paper| paper.person.is_none()) {
        true => it.people(),
        false => papers.iter().filter_map(|paper| paper.person).collect(),
    };
    people.sort_unstable();
    people.dedup();
    people
}

/// A part of the papers of something.
pub struct Listed<K> {
    /// In the order in which they came in.
    pub part: Part<Document<K>, i64>,
    /// Of whom they are.
    pub people: Vec<PersonId>,
}

/// A part of the papers of something that the caller may see.
pub(super) fn listed<H: Holder>(db: &mut Reader, it: &H, asked: Asked<(), i64>) -> Result<Listed<H::Kind>, Error> {
    let ((), page) = asked?;
    let mut papers = it.documents(db)?;
    papers.retain(|paper| page.after.is_none_or(|after| paper.file.number > after));
    let part = Part::cut(papers, page.limit, |paper| paper.file.number);
    let people = people_of(it, &part.items);
    Ok(Listed { part, people })
}

/// A paper with its bytes, and whose it is.
pub struct Opened {
    /// Of whom it is.
    pub people: Vec<PersonId>,
    /// What it is.
    pub file: Evidence,
    /// What came in.
    pub bytes: Vec<u8>,
}

/// A paper of something that the caller may see. Blocks.
///
/// # Errors
/// 404; it cannot be read.
pub(super) fn opened<H: Holder>(
    db: &mut Reader,
    registry: &Registry,
    it: &H,
    sha256: Option<Sha256>,
) -> Result<Opened, Error> {
    let found = find(db, it, sha256)?;
    let people = people_of(it, std::slice::from_ref(&found));
    let (file, bytes) = registry.evidence_bytes(found.file)?;
    Ok(Opened { people, file, bytes })
}

/// A paper about oneself, and to what an agency added it.
pub enum OwnDocument {
    /// To an application.
    OfApplication(ApplicationId, applications::Document),
    /// To a notice of an office.
    OfOffice(OfficeId, OfficeFile),
}

impl OwnDocument {
    fn into_file(self) -> Evidence {
        match self {
            Self::OfApplication(_, it) => it.file,
            Self::OfOffice(_, it) => it.file,
        }
    }
}

/// The papers about the person of these records.
pub(super) fn of_person(db: &mut Reader, records: &[PersonId]) -> Result<Vec<OwnDocument>, Error> {
    let proposed = proposals::documents_of_person(db, records, OF_ONE_PERSON)?.into_iter();
    let posted = offices::documents_of_person(db, records, OF_ONE_PERSON)?.into_iter();
    let proposed = proposed.map(|(id, it)| OwnDocument::OfApplication(id, it));
    Ok(proposed.chain(posted.map(|(id, it)| OwnDocument::OfOffice(id, it))).collect())
}

impl Registry {
    /// A paper about a person with its bytes, for themselves. Blocks.
    ///
    /// # Errors
    /// 403, 404.
    pub fn own_document(
        &self,
        db: &mut Reader,
        caller: &Caller,
        person: PersonId,
        sha256: Option<Sha256>,
    ) -> Result<Opened, Error> {
        policy::enter(caller, Operation::ReadOneself)?.on(&Ownership::of_oneself(person))?;
        let records = records_of(db, person)?;
        let mut files = of_person(db, &records)?.into_iter().map(OwnDocument::into_file);
        let found = files.find(|file| Some(file.sha256) == sha256).ok_or(Error::NotFound)?;
        let (file, bytes) = self.evidence_bytes(found)?;
        Ok(Opened { people: vec![person], file, bytes })
    }
}
