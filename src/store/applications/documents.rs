//! Rows of papers of applications.

use crate::domain::applications::{ApplicationState, DocumentKind};
use crate::domain::documents::{Document, DocumentPlace, Kind, Papers};
use crate::domain::ids::{ApplicationId, PersonId};
use crate::domain::reports::{Evidence, MediaType, Sha256};
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::store::columns;
use crate::store::connection::Read;
use crate::store::documents::{documents, not_erased};
use crate::store::schema::{application_documents, application_people, applications, events};
use crate::store::tx::Writer;
use diesel::prelude::*;
use std::collections::HashSet;

documents!(application_documents of applications with application_people by application_id: ApplicationId, DocumentKind);

/// The papers of applications that ended before `before`, or were left lying as drafts or given back, in which nothing has
/// happened since; at most those of some, up to `limit` papers.
///
/// # Errors
/// The database's.
pub fn documents_over(
    db: &mut impl Read,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<DocumentPlace<ApplicationId>>, Error> {
    use ApplicationState::{Approved, Draft, Refused, Returned, Withdrawn};
    let ended = [Approved, Refused, Withdrawn, Draft, Returned].map(ApplicationState::as_str);
    documents_left(db, ("application", &ended), before, limit)
}

/// The papers that go with people who are taken out of an application: their own, and where nobody is left in it, all.
///
/// # Errors
/// The database's.
pub fn documents_with(
    db: &mut impl Read,
    application: ApplicationId,
    people: &[PersonId],
) -> Result<Vec<DocumentPlace<ApplicationId>>, Error> {
    let gone: HashSet<String> = people.iter().map(ToString::to_string).collect();
    let there: Vec<String> = application_people::table
        .filter(application_people::application_id.eq(application.to_string()))
        .filter(application_people::person_id.eq_any(not_erased()))
        .select(application_people::person_id)
        .load(db.db())?;
    let is_emptied = there.iter().all(|person| gone.contains(person));
    let papers = documents_of(db, application)?.into_iter();
    let lost = papers.filter(|it| is_emptied || it.person.is_some_and(|person| people.contains(&person)));
    let place = |it: Document<_>| DocumentPlace { of: application, number: it.file.number, object: it.file.object };
    Ok(lost.map(place).collect())
}
