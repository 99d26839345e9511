//! A case begins: before this nobody is told, and nothing is matched.

use super::reported;
use crate::app::gate::Gate;
use crate::app::{Registry, provinces};
use crate::domain::accounts::Caller;
use crate::domain::cases::{Case, CaseState, OpeningFields, OpeningTexts, Subject};
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::ids::{AgencyId, CredentialId, PersonId};
use crate::domain::problem::FieldProblem;
use crate::domain::provinces::{Province, ProvinceId};
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::policy::{self, Operation, Ownership};
use crate::store::{self, Tx, agencies, cases, credentials, people};
use serde_json::json;

/// What a registrar writes to open a case.
#[derive(Clone, Debug, Default)]
pub struct OpeningForm {
    /// The code that the province had on the day of the act; a provincial registrar's own where it is left out.
    pub province: Option<String>,
    /// The rest.
    pub texts: OpeningTexts,
}

/// Opens a case.
///
/// # Errors
/// 403; 404 in another's province; 422.
pub fn open(
    tx: &mut Tx,
    registry: &Registry,
    caller: &Caller,
    gate: &Gate,
    form: impl FnOnce() -> Result<OpeningForm, Error>,
) -> Result<Case, Error> {
    let entry = policy::enter(caller, Operation::OpenCase)?;
    gate.pass_new(tx)?;
    let form = form()?;
    let mut fields = form.texts.parse(tx.now())?;
    let unit = match (&form.province, fields.reports.first()) {
        (None, Some(first)) => reported::province(tx, *first)?,
        (_, _) => unit_of_act(tx, caller, form.province.as_deref(), fields.occurred_at)?,
    };
    let venue = unit.successor.clone().unwrap_or_else(|| unit.id.clone());
    let permit = entry.on(&Ownership::in_province(Some(&venue)))?;
    let subject = fields.subject.clone().ok_or_else(|| Error::internal("a case without subject was read"))?;
    let agency = answering_agency(tx, registry, &subject, fields.credential)?;
    let reports = std::mem::take(&mut fields.reports);
    let mut case = begun(tx, caller, fields, subject, agency, unit.id, venue);
    reported::take_up(tx, caller, &permit, &mut case, &reports)?;
    let event = Event::new(EventKind::CaseOpened, Object::Case(case.id))
        .with(json!({
            "to": case.state.as_str(),
            "kind": case.kind.map(|kind| kind.as_str()),
            "subject": case.subject.kind().as_str(),
            "province": provinces::code(&case.province),
            "province_id": case.province.as_str(),
            "reports": case.reports.iter().map(ToString::to_string).collect::<Vec<_>>(),
        }))
        .about(case.id, known(&case));
    tx.record(&permit, event, |writer| cases::insert(writer, &case))?;
    Ok(case)
}

/// Whom a case is about and what is known: personal, whatever it is.
pub(super) fn known(case: &Case) -> serde_json::Value {
    json!({
        "person_id": case.subject.person().map(|id| id.to_string()),
        "agency_id": case.agency.map(|id| id.to_string()),
        "body": case.subject.body(),
        "credential_id": case.credential.map(|id| id.to_string()),
        "place": case.place,
        "occurred_at": case.occurred_at.map(|at| at.to_string()),
        "summary": case.summary,
        "claimed_name": case.claimed.name,
        "claimed_agency": case.claimed.agency,
        "claimed_phone": case.claimed.phone,
        "claimed_number": case.claimed.number,
    })
}

fn begun(
    tx: &Tx,
    caller: &Caller,
    fields: OpeningFields,
    subject: Subject,
    agency: Option<AgencyId>,
    province: ProvinceId,
    venue: ProvinceId,
) -> Case {
    Case {
        id: tx.new_id(),
        state: CaseState::Opened,
        kind: fields.kind,
        subject,
        agency,
        credential: fields.credential,
        province,
        venue,
        place: fields.place,
        occurred_at: fields.occurred_at,
        summary: fields.summary,
        claimed: fields.claimed,
        reports: Vec::new(),
        reporters: Vec::new(),
        opened_by: caller.user,
        notice: None,
        stay: None,
        interim: None,
        replied: false,
        decision: None,
        appeal: None,
        version: 1,
        opened_at: tx.now(),
    }
}

/// The unit in which the act happened, as it was on that day.
fn unit_of_act(
    tx: &mut Tx,
    caller: &Caller,
    code: Option<&str>,
    occurred_at: Option<Timestamp>,
) -> Result<Province, Error> {
    let day = occurred_at.unwrap_or_else(|| tx.now()).day();
    let unit = match (code, caller.role.province()) {
        (Some(code), _) => store::provinces::by_code(tx, code, day)?,
        // Where the act is older than the unit, somebody has to say in which of its predecessors it was.
        (None, Some(own)) => store::provinces::find(tx, own)?.filter(|unit| unit.in_force(day)),
        (None, None) => None,
    };
    unit.ok_or_else(|| {
        if code.is_none() {
            return Error::invalid("/province", "missing", "in which province it happened, as it was on that day");
        }
        let known = "the code of a province on the day of the act, like 01; see GET /api/v1/provinces";
        Error::invalid("/province", "unknown_province", known)
    })
}

/// The agency that is the subject, or that answers for the person who is: the one of the credential, else the one the
/// person works for. Checks that what the case names exists, and that the credential is that person's.
pub(super) fn answering_agency(
    tx: &mut Tx,
    registry: &Registry,
    subject: &Subject,
    credential: Option<CredentialId>,
) -> Result<Option<AgencyId>, Error> {
    let named = match credential {
        Some(id) => Some(credentials::find(tx, id)?.ok_or_else(unknown_credential)?),
        None => None,
    };
    match subject {
        Subject::Holder(person) => {
            let found = people::find(tx, &registry.secrets.sealing, *person)?.ok_or_else(|| {
                Error::field("/person_id", FieldProblem::new("unknown_person", "nobody on record has this id"))
            })?;
            match named {
                Some(named) if is_of(tx, named.person, *person)? => Ok(Some(named.agency)),
                Some(_) => Err(unknown_credential()),
                None => {
                    let today = tx.now().day();
                    Ok(found.engagements.iter().find(|it| it.is_open(today)).map(|it| it.agency))
                }
            }
        }
        Subject::Agency(agency) => match agencies::find(tx, *agency)? {
            Some(_) => Ok(Some(*agency)),
            None => Err(Error::invalid("/agency_id", "unknown_agency", "no agency on record has this id")),
        },
        Subject::Body(_) | Subject::Claimed | Subject::Unknown => Ok(None),
    }
}

/// Whether a credential's person is this one: a human being may have a record at each of two agencies.
pub(super) fn is_of(tx: &mut Tx, holder: PersonId, person: PersonId) -> Result<bool, Error> {
    Ok(holder == person || people::are_one(tx, holder, person)?)
}

fn unknown_credential() -> Error {
    Error::invalid("/credential_id", "unknown_credential", "no credential of whom the case is about has this id")
}
