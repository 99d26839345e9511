//! Issuing a credential: its number, its slot, its signed code.

use super::Registry;
use crate::domain::agencies::{Agency, AgencyState};
use crate::domain::card_code::{Claims, Entitlement, Envelope, to_be_signed};
use crate::domain::credentials::{Credential, CredentialState};
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::ids::{ApplicationId, CredentialId};
use crate::domain::people::Person;
use crate::domain::printed::{CardNumber, CredentialKind, PrintedName, ShortName, StatusIndex, Validity};
use crate::domain::problem::FieldProblem;
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::policy::Permit;
use crate::store::credentials::Series;
use crate::store::{Tx, Writer, credentials, keys, portraits, state_cards};
use chrono::Datelike as _;
use serde_json::json;

/// A list takes no more once three quarters of its slots are taken.
const FULL: u32 = StatusIndex::SLOTS / 4 * 3;
/// Letters have lists of their own from here on.
const FIRST_LETTER_LIST: u32 = 1_024;

/// What is to be issued.
pub(super) struct Order<'a> {
    pub(super) person: &'a Person,
    pub(super) name: PrintedName,
    pub(super) agency: &'a Agency,
    pub(super) entitlement: Entitlement,
    pub(super) validity: Validity,
    pub(super) application: Option<ApplicationId>,
}

/// The name as it is printed on a person's card, or why it does not fit.
pub(super) fn printed_name(person: &Person) -> Result<PrintedName, FieldProblem> {
    PrintedName::parse(&person.fields.full_name)
        .map_err(|_| FieldProblem::new("name_too_long", "the name does not fit a card: at most 80 bytes of UTF-8"))
}

/// The agency as it is printed, while it is at work.
pub(super) fn ready_to_issue(agency: &Agency) -> Result<&ShortName, Error> {
    if agency.state != AgencyState::Active {
        return Err(Error::WrongState { detail: "The agency is not at work.".into() });
    }
    if !agency.fields.kind.is_press() {
        let detail = "This is an aggregator site (GP-TTĐT) and not press: nobody has a press card, a letter or a \
                      collaborator's card of it."
            .into();
        return Err(Error::WrongState { detail });
    }
    agency.fields.short_name.as_ref().ok_or_else(|| Error::WrongState {
        detail: "The agency has no short name, which its cards must carry: ask the registrar to enter one.".into(),
    })
}

/// Issues a credential.
///
/// # Errors
/// `WrongState` while the agency cannot have cards; `Overloaded` until this node has taken over the key that signs now.
pub(super) fn issue(tx: &mut Tx, registry: &Registry, permit: &Permit, order: Order<'_>) -> Result<Credential, Error> {
    let Order { person, name, agency, entitlement, validity, application } = order;
    let agency_name = ready_to_issue(agency)?.clone();
    let portrait = match person.portrait {
        Some(id) => {
            let kept = portraits::find(tx, id)?.ok_or_else(|| Error::internal("a person's portrait is not kept"))?;
            Some((kept.id, kept.digest))
        }
        None => None,
    };
    let (id, now): (CredentialId, Timestamp) = (tx.new_id(), tx.now());
    let kind = entitlement.kind();
    let event = Event::new(EventKind::CredentialIssued, Object::Credential(id))
        .with(json!({ "kind": kind.as_str(), "agency": agency.id.to_string() }))
        .about(person.id, json!({ "name": name.as_str(), "agency": agency_name.as_str() }));
    tx.record(permit, event, |writer| {
        let number = next_number(writer, kind)?;
        let status_index = next_slot(writer, registry, kind, now)?;
        let claims = Claims {
            entitlement: entitlement.clone(),
            status_index,
            number: number.clone(),
            name: name.clone(),
            agency: agency_name.clone(),
            photo_digest: portrait.map(|(_, digest)| digest),
            validity,
        };
        let ring = registry.ring();
        let key = ring.card()?;
        // Another node may have retired it a moment ago: a card it signs now would be in no honest set.
        if !keys::is_active(writer, &key.kid().to_string())? {
            return Err(Error::Overloaded);
        }
        let payload = claims.payload();
        let signature = key.sign(&to_be_signed(key.kid(), &payload)).map_err(Error::internal)?;
        let code = Envelope { kid: key.kid(), payload: &payload, signature: &signature }.to_bytes();
        let credential = Credential {
            id,
            entitlement,
            number,
            kid: key.kid(),
            status_index,
            person: person.id,
            agency: agency.id,
            application,
            name,
            agency_name,
            portrait,
            validity,
            state: CredentialState::Active,
            left_suspended: false,
            gone: None,
            ground: None,
            replaced_by: None,
            code,
            log_index: writer.log_index(),
            version: 1,
            issued_at: now,
        };
        credentials::insert(writer, &credential)?;
        Ok(credential)
    })
}

/// The next running number of a kind; what cards of before have is passed over.
fn next_number(writer: &mut Writer, kind: CredentialKind) -> Result<CardNumber, Error> {
    let next = credentials::next_number(writer, kind.as_str())?;
    let free = state_cards::free_number(writer, kind, next)?;
    if free != next {
        credentials::go_on_from(writer, kind.as_str(), free)?;
    }
    CardNumber::running(kind, free).map_err(|problem| Error::internal(problem.to_string()))
}

/// The next free slot. A new list opens when one is three quarters full; letters get a new one each quarter, so that
/// lists whose letters are all over can be forgotten.
fn next_slot(
    writer: &mut Writer,
    registry: &Registry,
    kind: CredentialKind,
    now: Timestamp,
) -> Result<StatusIndex, Error> {
    let series = match kind {
        CredentialKind::PressCard | CredentialKind::CollaboratorCard => Series::Cards,
        CredentialKind::IntroductionLetter => Series::Letters,
    };
    let (first, grows_old) = match series {
        Series::Cards => (0, false),
        Series::Letters => (FIRST_LETTER_LIST, true),
    };
    let is_over =
        |list: &credentials::ListUse| list.used >= FULL || (grows_old && quarter(list.opened_at) != quarter(now));
    let (list, used) = match credentials::newest_list(writer, series)? {
        Some(newest) if !is_over(&newest) => (newest.list, newest.used),
        newest => {
            let list = newest.map_or(first, |newest| newest.list + 1);
            if series == Series::Cards && list >= FIRST_LETTER_LIST {
                return Err(Error::internal("every status list of cards is full"));
            }
            credentials::open_list(writer, list, series, now)?;
            (list, 0)
        }
    };
    credentials::set_used(writer, list, used + 1)?;
    StatusIndex::new(list, registry.secrets.slots.nth(list, used))
        .ok_or_else(|| Error::internal("every status list is full"))
}

fn quarter(at: Timestamp) -> (i32, u32) {
    let date = at.day().date();
    (date.year(), date.month0() / 3)
}
