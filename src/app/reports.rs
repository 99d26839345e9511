//! Reports of misuse: anybody hands one in and follows it by its receipt. Nothing is matched and nobody is told before
//! a registrar opens a case.

mod evidence;
pub mod limits;

pub use evidence::{add_evidence, evidence, room};

use super::Registry;
use super::accesses;
use super::gate::Gate;
use super::misses::{Guesser, Origin, Secret, found_nothing};
use super::page::{Asked, Part};
use super::provinces;
use crate::domain::accesses::Looked;
use crate::domain::accounts::Caller;
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::ids::{Id as _, ReportId};
use crate::domain::reports::{
    Evidence, Receipt, Report, ReportDetails, ReportFields, ReportForm, ReportState, Reporter,
};
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::policy::{self, Entry, Operation, Ownership, Permit};
use crate::store::{Read, Reader, Tx, reports};
use limits::Visitor;
use serde_json::{Value, json};

/// A report as somebody hands it in.
#[derive(Clone, Default)]
pub struct NewReportForm {
    /// What it says.
    pub report: ReportForm,
    /// The province of the act, as it was on that day.
    pub province: provinces::Said,
}

/// What whoever reported is given.
pub struct Received {
    /// To follow the report by; shown this once.
    pub receipt: Receipt,
    /// Where it stands in the log.
    pub log_index: i64,
}

/// A report as those see it who may open a case with it.
pub struct Seen {
    /// The report.
    pub report: Report,
    /// What it says of people and places; `None` once it was erased.
    pub details: Option<ReportDetails>,
    /// Its files.
    pub evidence: Vec<Evidence>,
    /// Of whom that tells.
    pub seen: accesses::Seen,
}

/// Takes a report from anybody, or from somebody signed in, in their own name.
///
/// The answer is the same whatever code, number or name it holds: none of them is looked up.
///
/// # Errors
/// 403 for roles that change nothing; 422; `TooManyReports`.
pub fn receive(
    tx: &mut Tx,
    registry: &Registry,
    caller: Option<&Caller>,
    visitor: &mut Visitor,
    gate: &Gate,
    form: impl FnOnce() -> Result<NewReportForm, Error>,
) -> Result<Received, Error> {
    let permit = policy::to_report(caller)?;
    gate.pass_new(tx)?;
    let NewReportForm { report: form, province } = form()?;
    // A code, or the name of today, may be another unit's than on the day of the act.
    let day = Timestamp::parse(&form.occurred_at).map_or_else(|_| tx.now().day(), Timestamp::day);
    let province = province.on(tx, day)?;
    let fields = form.parse(province, tx.now())?;
    let reporter = reporter(&permit, caller);
    if reporter.is_none() {
        limits::admit(tx, registry, visitor)?;
    }
    let permit = permit.in_province(Some(&fields.province));
    enter(tx, registry, &permit, reporter, fields)
}

/// In whose name a report is made.
fn reporter(permit: &Permit, caller: Option<&Caller>) -> Option<Reporter> {
    let actor = permit.actor();
    let province = caller.and_then(|caller| caller.role.province()).cloned();
    actor.user().map(|user| Reporter { user, body: actor.body().map(str::to_owned), province })
}

fn enter(
    tx: &mut Tx,
    registry: &Registry,
    permit: &Permit,
    reporter: Option<Reporter>,
    fields: ReportFields,
) -> Result<Received, Error> {
    let ReportFields { kind, province, occurred_at, details } = fields;
    let (id, receipt) = (tx.new_id::<ReportId>(), Receipt::from_bytes(tx.entropy().bytes()));
    let hash = receipt_hash(registry, &receipt);
    let received_at = tx.now();
    let event = Event::new(EventKind::ReportReceived, Object::Report(id))
        .with(json!({
            "kind": kind.map(|kind| kind.as_str()),
            "province": province.as_str(),
            "reporter_province": reporter.as_ref().and_then(|it| it.province.as_ref()).map(|it| it.as_str()),
        }))
        .about(id, told(&details, &occurred_at.to_string()));
    let log_index = tx.record(permit, event, |writer| {
        let log_index = writer.log_index();
        let report = Report {
            id,
            state: ReportState::Received,
            kind,
            province,
            occurred_at,
            reporter,
            evidence_files: 0,
            evidence_bytes: 0,
            log_index,
            version: 1,
            received_at,
        };
        reports::insert(writer, &report, &hash, &details)?;
        Ok(log_index)
    })?;
    Ok(Received { receipt, log_index })
}

/// What the log holds apart of a report.
fn told(it: &ReportDetails, occurred_at: &str) -> Value {
    json!({
        "code": it.code,
        "number": it.number,
        "claimed_name": it.claimed_name,
        "claimed_agency": it.claimed_agency,
        "place": it.place,
        "occurred_at": occurred_at,
        "narrative": it.narrative,
        "amount_demanded": it.amount_demanded,
        "police_reference": it.police_reference,
    })
}

fn receipt_hash(registry: &Registry, receipt: &Receipt) -> Vec<u8> {
    registry.secrets.sealing.hash(&[b"receipt\n", receipt.bytes()].concat())
}

/// The report of a receipt. What cannot be a receipt is looked for like one that was never given.
fn by_receipt(db: &mut impl Read, registry: &Registry, raw: &str) -> Result<Report, Error> {
    let receipt = Receipt::parse(raw).unwrap_or_else(|| Receipt::from_bytes([0; 16]));
    reports::by_receipt(db, &receipt_hash(registry, &receipt))?.ok_or(Error::NotFound)
}

/// The report with this receipt, for whoever has it.
///
/// # Errors
/// 404.
pub fn follow(db: &mut Reader, registry: &Registry, receipt: &str) -> Result<Report, Error> {
    by_receipt(db, registry, receipt)
}

/// [`follow`] for somebody at the registry's door: whoever tries one receipt after the other has to wait.
///
/// # Errors
/// 404; `TooManyGuesses`.
pub fn follow_from(registry: &Registry, receipt: &str, from: Origin) -> Result<Report, Error> {
    let find = || registry.store.read(|db| follow(db, registry, receipt));
    registry.try_secret(Secret::Receipt, Guesser::Stranger(from), find, found_nothing)
}

/// What somebody sees of a report.
pub enum Look {
    /// Whoever has the receipt: how it stands.
    Followed(Report),
    /// Whoever may read reports: all of it.
    Whole(Box<Seen>),
}

/// The report with this receipt, for whoever has it; or with this id, for whoever may read it.
///
/// An id is an address only to those who may read reports: to everybody else it is a receipt that was never given.
///
/// # Errors
/// 404.
pub fn look(db: &mut Reader, registry: &Registry, caller: Option<&Caller>, address: &str) -> Result<Look, Error> {
    let reader = caller.and_then(|caller| Some((caller, policy::enter(caller, Operation::ReadReports).ok()?)));
    match (reader, ReportId::parse(address)) {
        (Some((caller, entry)), Ok(id)) => whole(db, caller, &entry, id).map(|seen| Look::Whole(Box::new(seen))),
        (_, _) => by_receipt(db, registry, address).map(Look::Followed),
    }
}

/// [`look`], as in [`follow_from`]; whoever is signed in is known by more than an address.
///
/// # Errors
/// 404; `TooManyGuesses`.
pub fn look_from(registry: &Registry, caller: Option<&Caller>, address: &str, from: Origin) -> Result<Look, Error> {
    let find = || registry.store.read_consistently(|db| look(db, registry, caller, address));
    match caller {
        Some(_) => find(),
        None => registry.try_secret(Secret::Receipt, Guesser::Stranger(from), find, found_nothing),
    }
}

fn ownership(it: &Report) -> Ownership {
    Ownership::of_report(&it.province, it.reporter.as_ref().map(|reporter| reporter.user))
}

fn open(db: &mut Reader, entry: &Entry, id: ReportId) -> Result<Report, Error> {
    let report = reports::find(db, id)?.ok_or(Error::NotFound)?;
    entry.on(&ownership(&report))?;
    Ok(report)
}

fn whole(db: &mut Reader, caller: &Caller, entry: &Entry, id: ReportId) -> Result<Seen, Error> {
    let report = open(db, entry, id)?;
    let (details, evidence) = (reports::details(db, id)?, reports::evidence_of(db, id)?);
    let seen = accesses::Seen::of_report(db, caller, &report, Looked::Report)?;
    Ok(Seen { report, details, evidence, seen })
}

/// Which reports are asked for.
#[derive(Clone, Debug, Default)]
pub struct Filters {
    /// The code of the province of the act, as it is today: acts in what became part of it are found too.
    pub province: Option<String>,
    /// Only in this state.
    pub state: Option<ReportState>,
}

/// Reports within the caller's reach, in the order they came in.
///
/// # Errors
/// 403, 422.
pub fn list(
    db: &mut Reader,
    registry: &Registry,
    caller: &Caller,
    asked: Asked<Filters, ReportId>,
) -> Result<Part<Report, ReportId>, Error> {
    let range = policy::enter(caller, Operation::ReadReports)?.range();
    let (Filters { province, state }, page) = asked?;
    let province = provinces::wanted(db, province.as_deref(), registry.clock.now().day())?;
    let items = reports::list(db, &range, &reports::Wanted { province, state }, page.after, page.limit)?;
    Ok(Part::cut(items, page.limit, |it| it.id))
}
