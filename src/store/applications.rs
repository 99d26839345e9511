//! Rows of applications and of the people they name.

mod documents;
mod renewals;

pub(super) use documents::hand_documents_over;
pub use documents::{
    add_document, document_names_object, documents_about, documents_of, documents_of_person, documents_over,
    documents_with, remove_documents,
};
pub use renewals::renewable_until;

use super::columns::{self, one_more};
use super::connection::{Db, Read, on_each};
use super::schema::{agencies, application_people, applications};
use super::tx::Writer;
use crate::domain::applications::{Application, ApplicationState, Basis, CardKind, Outcome, Proposal};
use crate::domain::ids::{AgencyId, ApplicationId, PersonId};
use crate::error::Error;
use crate::policy::Range;
use diesel::prelude::*;
use std::collections::HashMap;

#[derive(Queryable, Insertable, AsChangeset, Selectable)]
#[diesel(table_name = applications, treat_none_as_null = true)]
struct Row {
    id: String,
    agency_id: String,
    kind: String,
    basis: String,
    state: String,
    drafted_by: String,
    submitted_by: Option<String>,
    endorsed_by: Option<String>,
    version: i64,
    created_at: i64,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = application_people, treat_none_as_default_value = false)]
struct PersonRow {
    application_id: String,
    person_id: String,
    position: i32,
    outcome: String,
    reason: Option<String>,
    credential_id: Option<String>,
    police_reference: Option<String>,
}

impl From<&Application> for Row {
    fn from(it: &Application) -> Self {
        Self {
            id: it.id.to_string(),
            agency_id: it.agency.to_string(),
            kind: it.kind.as_str().to_owned(),
            basis: it.basis.as_str().to_owned(),
            state: it.state.as_str().to_owned(),
            drafted_by: it.drafted_by.to_string(),
            submitted_by: it.submitted_by.map(|id| id.to_string()),
            endorsed_by: it.endorsed_by.map(|id| id.to_string()),
            version: it.version,
            created_at: it.created_at.micros(),
        }
    }
}

impl Row {
    fn into_domain(self, people: Vec<Proposal>) -> Result<Application, Error> {
        Ok(Application {
            id: columns::id(&self.id)?,
            agency: columns::id(&self.agency_id)?,
            kind: columns::stored(CardKind::parse(&self.kind))?,
            basis: columns::stored(Basis::parse(&self.basis))?,
            state: columns::word(&self.state, &ApplicationState::ALL, ApplicationState::as_str)?,
            people,
            drafted_by: columns::id(&self.drafted_by)?,
            submitted_by: columns::optional_id(self.submitted_by.as_deref())?,
            endorsed_by: columns::optional_id(self.endorsed_by.as_deref())?,
            version: self.version,
            created_at: columns::instant(self.created_at),
        })
    }
}

impl PersonRow {
    fn into_domain(self) -> Result<Proposal, Error> {
        Ok(Proposal {
            person: columns::id(&self.person_id)?,
            outcome: columns::word(&self.outcome, &Outcome::ALL, Outcome::as_str)?,
            reason: self.reason,
            credential: columns::optional_id(self.credential_id.as_deref())?,
            police_reference: self.police_reference,
        })
    }
}

fn with_people(db: &mut impl Read, rows: Vec<Row>) -> Result<Vec<Application>, Error> {
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let all: Vec<PersonRow> = application_people::table
        .filter(application_people::application_id.eq_any(&ids))
        .order((application_people::application_id, application_people::position))
        .load(db.db())?;
    let mut of_application = HashMap::<String, Vec<Proposal>>::new();
    for row in all {
        of_application.entry(row.application_id.clone()).or_default().push(row.into_domain()?);
    }
    rows.into_iter()
        .map(|row| {
            let people = of_application.remove(&row.id).unwrap_or_default();
            row.into_domain(people)
        })
        .collect()
}

/// The application with this id.
///
/// # Errors
/// The database's.
pub fn find(db: &mut impl Read, id: ApplicationId) -> Result<Option<Application>, Error> {
    let row: Option<Row> = applications::table.find(id.to_string()).first(db.db()).optional()?;
    Ok(with_people(db, row.into_iter().collect())?.pop())
}

/// Applications within `range`, of one state where asked, in the order they were begun; one more than `limit` where
/// there are more.
///
/// # Errors
/// The database's.
pub fn list(
    db: &mut impl Read,
    range: &Range,
    state: Option<ApplicationState>,
    after: Option<ApplicationId>,
    limit: usize,
) -> Result<Vec<Application>, Error> {
    let mut rows = applications::table
        .inner_join(agencies::table)
        .select(Row::as_select())
        .into_boxed::<<Db as diesel::Connection>::Backend>();
    rows = match range {
        Range::Everything => rows,
        Range::Agency(agency) => rows.filter(applications::agency_id.eq(agency.to_string())),
        Range::Province(province) => rows.filter(agencies::province_id.eq_any(columns::units(province))),
        Range::Person(_) | Range::Reporter(_) | Range::Nothing => return Ok(Vec::new()),
    };
    if !range.includes_drafts() {
        rows = rows.filter(applications::submitted_by.is_not_null());
    }
    if let Some(state) = state {
        rows = rows.filter(applications::state.eq(state.as_str()));
    }
    if let Some(after) = after {
        rows = rows.filter(applications::id.gt(after.to_string()));
    }
    let rows: Vec<Row> = rows.order(applications::id).limit(one_more(limit)).load(db.db())?;
    with_people(db, rows)
}

/// Proposals of open applications that nobody has decided.
#[diesel::dsl::auto_type]
fn undecided() -> _ {
    let closed: [&'static str; 3] =
        [ApplicationState::Approved.as_str(), ApplicationState::Refused.as_str(), ApplicationState::Withdrawn.as_str()];
    let open: [&'static str; 2] = [Outcome::Pending.as_str(), Outcome::Endorsed.as_str()];
    application_people::table
        .inner_join(applications::table)
        .filter(applications::state.ne_all(closed))
        .filter(application_people::outcome.eq_any(open))
}

/// Those of `people` who are undecided in an agency's applications for such a card, but for `own`.
///
/// # Errors
/// The database's.
pub fn already_proposed(
    db: &mut impl Read,
    agency: AgencyId,
    kind: CardKind,
    people: &[PersonId],
    own: Option<ApplicationId>,
) -> Result<Vec<PersonId>, Error> {
    let own: Vec<String> = own.iter().map(ToString::to_string).collect();
    let people: Vec<String> = people.iter().map(ToString::to_string).collect();
    let ids: Vec<String> = undecided()
        .filter(applications::agency_id.eq(agency.to_string()))
        .filter(applications::kind.eq(kind.as_str()))
        .filter(applications::id.ne_all(own))
        .filter(application_people::person_id.eq_any(people))
        .select(application_people::person_id)
        .load(db.db())?;
    ids.iter().map(|id| columns::id(id)).collect()
}

/// Enters an application with its people.
///
/// # Errors
/// The database's.
pub fn insert(writer: &mut Writer, it: &Application) -> Result<(), Error> {
    diesel::insert_into(applications::table).values(Row::from(it)).execute(writer.db())?;
    let rows = it.people.iter().enumerate().map(|(position, proposal)| {
        Ok(PersonRow {
            application_id: it.id.to_string(),
            person_id: proposal.person.to_string(),
            position: i32::try_from(position).map_err(Error::internal)?,
            outcome: proposal.outcome.as_str().to_owned(),
            reason: proposal.reason.clone(),
            credential_id: proposal.credential.map(|id| id.to_string()),
            police_reference: proposal.police_reference.clone(),
        })
    });
    let rows = rows.collect::<Result<Vec<_>, Error>>()?;
    on_each!(writer.db(), db => diesel::insert_into(application_people::table).values(&rows).execute(db))?;
    Ok(())
}

/// Writes a changed application over the version it came from, and the people it touched.
///
/// # Errors
/// `PreconditionFailed` when somebody else was first; the database's.
pub fn update(writer: &mut Writer, it: &Application, touched: &[PersonId]) -> Result<(), Error> {
    let target = applications::table.find(it.id.to_string()).filter(applications::version.eq(it.version - 1));
    if diesel::update(target).set(Row::from(it)).execute(writer.db())? == 0 {
        return Err(Error::PreconditionFailed);
    }
    for proposal in it.people.iter().filter(|proposal| touched.contains(&proposal.person)) {
        let row = application_people::table.find((it.id.to_string(), proposal.person.to_string()));
        diesel::update(row)
            .set((
                application_people::outcome.eq(proposal.outcome.as_str()),
                application_people::reason.eq(proposal.reason.as_deref()),
                application_people::credential_id.eq(proposal.credential.map(|id| id.to_string())),
                application_people::police_reference.eq(proposal.police_reference.as_deref()),
            ))
            .execute(writer.db())?;
    }
    Ok(())
}
