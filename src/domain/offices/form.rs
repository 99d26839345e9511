//! A notice as an agency writes it.

use super::{Document, OfficeKind, Post};
use crate::domain::ids::{Id as _, PersonId};
use crate::domain::problem::{FieldError, FieldProblem, Problems};
use crate::domain::text;
use crate::domain::time::Day;

/// The most reporters of one office.
const MAX_REPORTERS: usize = 100;

/// A notice as an agency writes it: words not yet trusted.
#[derive(Clone, Debug, Default)]
pub struct OfficeForm {
    /// As [`OfficeKind::as_str`].
    pub kind: String,
    /// The first day, `YYYY-MM-DD`.
    pub from: String,
    /// Where the premises are, 1–200 characters; of offices only.
    pub address: Option<String>,
    /// The id of who leads it; of offices only.
    pub head: Option<String>,
    /// The ids of its reporters; of one who is there without an office, theirs alone.
    pub reporters: Vec<String>,
    /// Whether the agency is of the Party Centre or the Government.
    pub of_centre: bool,
    /// Kinds of papers that come with it.
    pub documents: Vec<String>,
}

/// What a notice says, but for its people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficeFields {
    /// What is there.
    pub kind: OfficeKind,
    /// The first day.
    pub from: Day,
    /// Where the premises are. There is none of a reporter: it would be their home.
    pub address: Option<String>,
    /// Whether the agency is of the Party Centre or the Government, as it states.
    pub of_centre: bool,
    /// Kinds of papers that came with it, as the agency states.
    pub documents: Vec<Document>,
}

/// Who is to be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staff {
    /// Who leads an office.
    pub head: Option<PersonId>,
    /// Its reporters, or the one who is there without it.
    pub reporters: Vec<PersonId>,
}

impl Staff {
    /// Everybody, with their posts.
    pub fn people(&self) -> impl Iterator<Item = (PersonId, Post)> {
        let head = self.head.iter().map(|person| (*person, Post::Head));
        head.chain(self.reporters.iter().map(|person| (*person, Post::Reporter)))
    }
}

impl OfficeForm {
    /// The notice this form tells of.
    ///
    /// # Errors
    /// Every problem of every field.
    pub fn parse(&self) -> Result<(OfficeFields, Staff), Vec<FieldError>> {
        let mut problems = Problems::new();
        let kind = problems.take("/kind", OfficeKind::parse(&self.kind));
        let from = problems.take("/from", Day::parse(&self.from));
        let address = problems.take_optional("/address", self.address.as_deref(), |raw| text::line(raw, 200));
        let head = problems.take_optional("/head", self.head.as_deref(), person);
        let reporters = self.parse_reporters(&mut problems);
        let documents = self.parse_documents(&mut problems);
        if let Some(kind) = kind {
            self.check_shape(kind, &mut problems);
        }
        problems.finish(|| {
            let fields = OfficeFields { kind: kind?, from: from?, address, of_centre: self.of_centre, documents };
            Some((fields, Staff { head, reporters }))
        })
    }

    /// An office has premises and a head; a reporter is one person.
    fn check_shape(&self, kind: OfficeKind, problems: &mut Problems) {
        let missing = |what: &str| FieldProblem::new("missing", what);
        let surplus = || FieldProblem::new("not_for_this_kind", "of an office only");
        let wrong = match kind.has_premises() {
            true => [
                (self.address.is_none(), missing("where the premises are").at("/address")),
                (self.head.is_none(), missing("who leads it").at("/head")),
                (self.reporters.len() > MAX_REPORTERS, too_many(MAX_REPORTERS)),
            ],
            false => [
                (self.address.is_some(), surplus().at("/address")),
                (self.head.is_some(), surplus().at("/head")),
                (self.reporters.len() != 1, FieldProblem::new("not_one", "exactly one reporter").at("/reporters")),
            ],
        };
        wrong.into_iter().filter(|(is_wrong, _)| *is_wrong).for_each(|(_, error)| problems.add(error));
    }

    fn parse_reporters(&self, problems: &mut Problems) -> Vec<PersonId> {
        let head = self.head.as_deref().and_then(|raw| PersonId::parse(raw).ok());
        let mut known: Vec<PersonId> = Vec::new();
        for (at, raw) in self.reporters.iter().take(MAX_REPORTERS).enumerate() {
            let new = person(raw).and_then(|person| match known.contains(&person) || head == Some(person) {
                false => Ok(person),
                true => Err(FieldProblem::new("twice", "this person is named twice")),
            });
            known.extend(problems.take(&format!("/reporters/{at}"), new));
        }
        known
    }

    fn parse_documents(&self, problems: &mut Problems) -> Vec<Document> {
        let mut known: Vec<Document> = Vec::new();
        for (at, raw) in self.documents.iter().take(Document::ALL.len() + 1).enumerate() {
            let new = Document::parse(raw).and_then(|document| match known.contains(&document) {
                false => Ok(document),
                true => Err(FieldProblem::new("twice", "this kind is named twice")),
            });
            known.extend(problems.take(&format!("/documents/{at}"), new));
        }
        known
    }
}

fn too_many(most: usize) -> FieldError {
    FieldProblem::new("too_many", format!("at most {most}")).at("/reporters")
}

fn person(raw: &str) -> Result<PersonId, FieldProblem> {
    PersonId::parse(raw)
}
