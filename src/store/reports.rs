//! Rows of reports and of what they say of people. A receipt is stored as its keyed hash only.

mod evidence;

pub use evidence::{add_evidence, evidence, evidence_of};

use super::columns::{self, one_more};
use super::connection::{Db, Read};
use super::schema::{report_details, reports};
use super::tx::Writer;
use crate::domain::ids::ReportId;
use crate::domain::misuse::MisuseKind;
use crate::domain::provinces::{ProvinceId, Territory};
use crate::domain::reports::{Report, ReportDetails, ReportState, Reporter};
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::policy::Range;
use diesel::prelude::*;

#[derive(Queryable, Insertable, Selectable)]
#[diesel(table_name = reports, treat_none_as_default_value = false)]
struct Row {
    id: String,
    state: String,
    kind: Option<String>,
    province_id: String,
    occurred_at: i64,
    reporter_id: Option<String>,
    reporter_body: Option<String>,
    reporter_province_id: Option<String>,
    evidence_files: i64,
    evidence_bytes: i64,
    log_index: i64,
    version: i64,
    received_at: i64,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = report_details, treat_none_as_default_value = false)]
struct DetailsRow {
    report_id: String,
    code: Option<String>,
    number: Option<String>,
    claimed_name: Option<String>,
    claimed_agency: Option<String>,
    place: String,
    narrative: String,
    amount_demanded: Option<i64>,
    police_reference: Option<String>,
}

impl From<&Report> for Row {
    fn from(it: &Report) -> Self {
        let reporter = it.reporter.as_ref();
        let province = reporter.and_then(|reporter| reporter.province.as_ref());
        Self {
            id: it.id.to_string(),
            state: it.state.as_str().to_owned(),
            kind: it.kind.map(|kind| kind.as_str().to_owned()),
            province_id: it.province.as_str().to_owned(),
            occurred_at: it.occurred_at.micros(),
            reporter_id: reporter.map(|reporter| reporter.user.to_string()),
            reporter_body: reporter.and_then(|reporter| reporter.body.clone()),
            reporter_province_id: province.map(|province| province.as_str().to_owned()),
            evidence_files: it.evidence_files,
            evidence_bytes: it.evidence_bytes,
            log_index: it.log_index,
            version: it.version,
            received_at: it.received_at.micros(),
        }
    }
}

impl Row {
    fn into_domain(self) -> Result<Report, Error> {
        let province = |raw: &str| columns::stored(ProvinceId::parse(raw));
        let user = columns::optional_id(self.reporter_id.as_deref())?;
        let reporter_province = self.reporter_province_id.as_deref().map(province).transpose()?;
        Ok(Report {
            id: columns::id(&self.id)?,
            state: columns::word(&self.state, &ReportState::ALL, ReportState::as_str)?,
            kind: self.kind.as_deref().map(|kind| columns::stored(MisuseKind::parse(kind))).transpose()?,
            province: province(&self.province_id)?,
            occurred_at: columns::instant(self.occurred_at),
            reporter: user.map(|user| Reporter { user, body: self.reporter_body, province: reporter_province }),
            evidence_files: self.evidence_files,
            evidence_bytes: self.evidence_bytes,
            log_index: self.log_index,
            version: self.version,
            received_at: columns::instant(self.received_at),
        })
    }
}

/// The report with this id.
///
/// # Errors
/// The database's.
pub fn find(db: &mut impl Read, id: ReportId) -> Result<Option<Report>, Error> {
    let row = reports::table.find(id.to_string()).select(Row::as_select()).first(db.db()).optional()?;
    row.map(Row::into_domain).transpose()
}

/// The report whose receipt has this keyed hash. One query, whether there is one or not.
///
/// # Errors
/// The database's.
pub fn by_receipt(db: &mut impl Read, receipt_hash: &[u8]) -> Result<Option<Report>, Error> {
    let found = reports::table.filter(reports::receipt_hash.eq(receipt_hash)).select(Row::as_select());
    let row = found.first(db.db()).optional()?;
    row.map(Row::into_domain).transpose()
}

/// What a report says of people and places; `None` once it was erased.
///
/// # Errors
/// The database's.
pub fn details(db: &mut impl Read, id: ReportId) -> Result<Option<ReportDetails>, Error> {
    let row: Option<DetailsRow> = report_details::table.find(id.to_string()).first(db.db()).optional()?;
    Ok(row.map(|row| ReportDetails {
        code: row.code,
        number: row.number,
        claimed_name: row.claimed_name,
        claimed_agency: row.claimed_agency,
        place: row.place,
        narrative: row.narrative,
        amount_demanded: row.amount_demanded,
        police_reference: row.police_reference,
    }))
}

/// What a report says of who somebody was.
pub struct Claim {
    /// Which report.
    pub report: ReportId,
    /// The code that was shown.
    pub code: Option<String>,
    /// The number that was shown.
    pub number: Option<String>,
    /// The name that was given.
    pub name: Option<String>,
}

/// The claims in every report.
///
/// # Errors
/// The database's.
pub fn claims(db: &mut impl Read) -> Result<Vec<Claim>, Error> {
    type ClaimRow = (String, Option<String>, Option<String>, Option<String>);
    let rows: Vec<ClaimRow> = report_details::table
        .select((report_details::report_id, report_details::code, report_details::number, report_details::claimed_name))
        .load(db.db())?;
    let claim =
        |(report, code, number, name): ClaimRow| Ok(Claim { report: columns::id(&report)?, code, number, name });
    rows.into_iter().map(claim).collect()
}

/// Which reports are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Only acts in this territory.
    pub province: Option<Territory>,
    /// Only in this state.
    pub state: Option<ReportState>,
}

/// Reports within `range`, in the order they came in; one more than `limit` where there are more.
///
/// # Errors
/// The database's.
pub fn list(
    db: &mut impl Read,
    range: &Range,
    wanted: &Wanted,
    after: Option<ReportId>,
    limit: usize,
) -> Result<Vec<Report>, Error> {
    let mut rows = reports::table.select(Row::as_select()).into_boxed::<<Db as diesel::Connection>::Backend>();
    rows = match range {
        Range::Everything => rows,
        Range::Province(province) => rows.filter(reports::province_id.eq_any(columns::units(province))),
        Range::Reporter(user) => rows.filter(reports::reporter_id.eq(user.to_string())),
        Range::Agency(_) | Range::Person(_) | Range::Nothing => return Ok(Vec::new()),
    };
    if let Some(province) = &wanted.province {
        rows = rows.filter(reports::province_id.eq_any(columns::units(province)));
    }
    if let Some(state) = wanted.state {
        rows = rows.filter(reports::state.eq(state.as_str()));
    }
    if let Some(after) = after {
        rows = rows.filter(reports::id.gt(after.to_string()));
    }
    let rows: Vec<Row> = rows.order(reports::id).limit(one_more(limit)).load(db.db())?;
    rows.into_iter().map(Row::into_domain).collect()
}

/// When the `n`th newest report without a name came in, counted from 1; `None` where there are fewer.
///
/// # Errors
/// The database's.
pub fn nth_newest_without_a_name(db: &mut impl Read, n: i64) -> Result<Option<Timestamp>, Error> {
    let arrival: Option<i64> = reports::table
        .filter(reports::reporter_id.is_null())
        .order(reports::received_at.desc())
        .select(reports::received_at)
        .offset(n - 1)
        .first(db.db())
        .optional()?;
    Ok(arrival.map(columns::instant))
}

/// Enters a report under the keyed hash of its receipt.
///
/// # Errors
/// The database's.
pub fn insert(writer: &mut Writer, it: &Report, receipt_hash: &[u8], details: &ReportDetails) -> Result<(), Error> {
    diesel::insert_into(reports::table)
        .values((Row::from(it), reports::receipt_hash.eq(receipt_hash)))
        .execute(writer.db())?;
    let details = details.clone();
    let row = DetailsRow {
        report_id: it.id.to_string(),
        code: details.code,
        number: details.number,
        claimed_name: details.claimed_name,
        claimed_agency: details.claimed_agency,
        place: details.place,
        narrative: details.narrative,
        amount_demanded: details.amount_demanded,
        police_reference: details.police_reference,
    };
    diesel::insert_into(report_details::table).values(row).execute(writer.db())?;
    Ok(())
}

/// Writes a changed report over the version it came from: its state, and how much evidence it has.
///
/// # Errors
/// `PreconditionFailed` when somebody else was first; the database's.
pub fn update(writer: &mut Writer, it: &Report) -> Result<(), Error> {
    let target = reports::table.find(it.id.to_string()).filter(reports::version.eq(it.version - 1));
    let written = diesel::update(target)
        .set((
            reports::state.eq(it.state.as_str()),
            reports::evidence_files.eq(it.evidence_files),
            reports::evidence_bytes.eq(it.evidence_bytes),
            reports::version.eq(it.version),
        ))
        .execute(writer.db())?;
    if written == 0 { Err(Error::PreconditionFailed) } else { Ok(()) }
}
