//! Rows of papers of applications. The bytes are sealed objects.

use crate::domain::applications::{ApplicationState, Document, DocumentKind, DocumentPlace};
use crate::domain::ids::{ApplicationId, PersonId};
use crate::domain::reports::{Evidence, MediaType, Sha256};
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::store::columns;
use crate::store::connection::Read;
use crate::store::schema::{application_documents, application_people, applications, events, people};
use crate::store::tx::Writer;
use diesel::prelude::*;
use std::collections::HashSet;

#[derive(Queryable, Insertable)]
#[diesel(table_name = application_documents)]
struct Row {
    application_id: String,
    number: i64,
    kind: String,
    person_id: Option<String>,
    media_type: String,
    bytes: i64,
    sha256: Vec<u8>,
    added_at: i64,
    object: String,
}

impl Row {
    fn into_domain(self) -> Result<Document, Error> {
        let file = Evidence {
            number: self.number,
            media_type: columns::word(&self.media_type, &MediaType::ALL, MediaType::as_str)?,
            bytes: self.bytes,
            sha256: Sha256::from_bytes(columns::bytes(self.sha256)?),
            added_at: columns::instant(self.added_at),
            object: self.object,
        };
        let kind = columns::stored(DocumentKind::parse(&self.kind))?;
        Ok(Document { file, kind, person: columns::optional_id(self.person_id.as_deref())? })
    }
}

/// The papers of an application in the order in which they came in.
///
/// # Errors
/// The database's.
pub fn documents_of(db: &mut impl Read, application: ApplicationId) -> Result<Vec<Document>, Error> {
    let rows: Vec<Row> = application_documents::table
        .filter(application_documents::application_id.eq(application.to_string()))
        .order(application_documents::number)
        .load(db.db())?;
    rows.into_iter().map(Row::into_domain).collect()
}

/// The papers about the person of these records, oldest first, each with its application.
///
/// # Errors
/// The database's.
pub fn documents_of_person(
    db: &mut impl Read,
    records: &[PersonId],
    limit: i64,
) -> Result<Vec<(ApplicationId, Document)>, Error> {
    let records: Vec<String> = records.iter().map(ToString::to_string).collect();
    let rows: Vec<Row> = application_documents::table
        .filter(application_documents::person_id.eq_any(records))
        .order((application_documents::application_id, application_documents::number))
        .limit(limit)
        .load(db.db())?;
    rows.into_iter().map(|row| Ok((columns::id(&row.application_id)?, row.into_domain()?))).collect()
}

/// Enters a paper.
///
/// # Errors
/// The database's.
pub fn add_document(writer: &mut Writer, application: ApplicationId, it: &Document) -> Result<(), Error> {
    let row = Row {
        application_id: application.to_string(),
        number: it.file.number,
        kind: it.kind.as_str().to_owned(),
        person_id: it.person.map(|id| id.to_string()),
        media_type: it.file.media_type.as_str().to_owned(),
        bytes: it.file.bytes,
        sha256: it.file.sha256.as_bytes().to_vec(),
        added_at: it.file.added_at.micros(),
        object: it.file.object.clone(),
    };
    diesel::insert_into(application_documents::table).values(row).execute(writer.db())?;
    Ok(())
}

/// Removes papers.
///
/// # Errors
/// The database's.
pub fn remove_documents(writer: &mut Writer, places: &[DocumentPlace]) -> Result<(), Error> {
    for DocumentPlace { application, number, .. } in places {
        let row = application_documents::table.find((application.to_string(), number));
        diesel::delete(row).execute(writer.db())?;
    }
    Ok(())
}

type Places = Vec<(String, i64, String)>;

fn places(rows: Places) -> Result<Vec<DocumentPlace>, Error> {
    rows.into_iter()
        .map(|(application, number, object)| {
            Ok(DocumentPlace { application: columns::id(&application)?, number, object })
        })
        .collect()
}

/// What becomes of papers when somebody is erased.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Papers {
    /// Those about the person, and those about nobody in particular of applications in which nobody else is on record: they
    /// may name the person.
    pub gone: Vec<DocumentPlace>,
    /// Those about nobody in particular that somebody else in the application needs.
    pub shared: Vec<DocumentPlace>,
}

/// What becomes of the papers of applications when the person of these records is erased.
///
/// # Errors
/// The database's.
pub fn documents_about(db: &mut impl Read, records: &[PersonId]) -> Result<Papers, Error> {
    use application_documents::{application_id, number, object, person_id, table};
    let records: Vec<String> = records.iter().map(ToString::to_string).collect();
    let theirs: Vec<String> = application_people::table
        .filter(application_people::person_id.eq_any(&records))
        .select(application_people::application_id)
        .load(db.db())?;
    let others: HashSet<String> = HashSet::from_iter(
        application_people::table
            .filter(application_people::application_id.eq_any(&theirs))
            .filter(application_people::person_id.ne_all(&records))
            .filter(application_people::person_id.eq_any(not_erased()))
            .select(application_people::application_id)
            .load::<String>(db.db())?,
    );
    let own: Places = table
        .filter(person_id.eq_any(records))
        .order((application_id, number))
        .select((application_id, number, object))
        .load(db.db())?;
    let of_nobody: Places = table
        .filter(person_id.is_null())
        .filter(application_id.eq_any(theirs))
        .order((application_id, number))
        .select((application_id, number, object))
        .load(db.db())?;
    let (shared, alone): (Places, Places) = of_nobody.into_iter().partition(|(id, ..)| others.contains(id));
    Ok(Papers { gone: places([own, alone].concat())?, shared: places(shared)? })
}

/// Everybody who is not erased.
#[diesel::dsl::auto_type]
fn not_erased() -> _ {
    people::table.filter(people::erased_at.is_null()).select(people::id)
}

/// The papers of applications that ended before `before`, or were left lying as drafts or given back, in which nothing has
/// happened since; at most those of some, up to `limit` papers.
///
/// # Errors
/// The database's.
pub fn documents_over(db: &mut impl Read, before: Timestamp, limit: i64) -> Result<Vec<DocumentPlace>, Error> {
    use ApplicationState::{Approved, Draft, Refused, Returned, Withdrawn};
    use diesel::dsl::{exists, not};
    let ended = [Approved, Refused, Withdrawn, Draft, Returned];
    let since = events::table
        .filter(events::object_kind.eq("application").and(events::object_id.eq(applications::id)))
        .filter(events::at.ge(before.micros()));
    let rows: Places = application_documents::table
        .inner_join(applications::table)
        .filter(applications::state.eq_any(ended.map(ApplicationState::as_str)))
        .filter(not(exists(since)))
        .order((application_documents::application_id, application_documents::number))
        .limit(limit)
        .select((application_documents::application_id, application_documents::number, application_documents::object))
        .load(db.db())?;
    places(rows)
}

/// The papers that go with people who are taken out of an application: their own, and where nobody is left in it, all.
///
/// # Errors
/// The database's.
pub fn documents_with(
    db: &mut impl Read,
    application: ApplicationId,
    people: &[PersonId],
) -> Result<Vec<DocumentPlace>, Error> {
    let gone: HashSet<String> = people.iter().map(ToString::to_string).collect();
    let there: Vec<String> = application_people::table
        .filter(application_people::application_id.eq(application.to_string()))
        .filter(application_people::person_id.eq_any(not_erased()))
        .select(application_people::person_id)
        .load(db.db())?;
    let is_emptied = there.iter().all(|person| gone.contains(person));
    let papers = documents_of(db, application)?.into_iter();
    let lost = papers.filter(|it| is_emptied || it.person.is_some_and(|person| people.contains(&person)));
    let place = |it: Document| DocumentPlace { application, number: it.file.number, object: it.file.object };
    Ok(lost.map(place).collect())
}

/// Whether a paper is kept in this object.
///
/// # Errors
/// The database's.
pub fn document_names_object(db: &mut impl Read, object: &str) -> Result<bool, Error> {
    let named = application_documents::table.filter(application_documents::object.eq(object));
    Ok(diesel::select(diesel::dsl::exists(named)).get_result(db.db())?)
}
