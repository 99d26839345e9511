//! Reports as JSON. No field is about what anybody published or thinks.

use crate::api::answer::as_text;
use crate::api::verifications::WordsView;
use crate::app::provinces::{self, Said};
use crate::app::reports::{NewReportForm, Received, Seen};
use crate::domain::ids::ReportId;
use crate::domain::issuer::Words;
use crate::domain::reports::{Evidence, Report, ReportForm};
use crate::domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// What was done, where and when.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewReport {
    /// A code of `GET /api/v1/misuse-kinds`. It may be left out: nobody need judge the law.
    #[schema(example = "EXTORTION")]
    kind: Option<String>,
    /// The text of a QR that was shown, or the code printed beside it; at most 4,296 characters.
    code: Option<String>,
    /// The number on what was shown, whatever it was; at most 40 characters.
    #[schema(example = "NB-000123")]
    number: Option<String>,
    /// The name that was given; at most 120 characters.
    claimed_name: Option<String>,
    /// The agency that was named; at most 200 characters.
    claimed_agency: Option<String>,
    /// The code that the province of the act had on that day.
    #[schema(example = "31")]
    province: String,
    /// Where it was; 1–200 characters.
    #[schema(example = "Trụ sở công ty, phường Hồng Bàng")]
    place: String,
    /// When it was, RFC 3339 with any offset; in the past.
    #[schema(format = DateTime, example = "2026-11-20T09:30:00+07:00")]
    occurred_at: String,
    /// What was done; 1–4,000 characters.
    #[schema(example = "Tự xưng phóng viên, đòi tiền để không làm phiền.")]
    narrative: String,
    /// What was demanded, in whole đồng.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, example = 20_000_000)]
    amount_demanded: Option<i64>,
    /// The file number of the police, where they were told; at most 100 characters.
    police_reference: Option<String>,
}

impl From<NewReport> for NewReportForm {
    fn from(sent: NewReport) -> Self {
        let report = ReportForm {
            kind: sent.kind,
            code: sent.code,
            number: sent.number,
            claimed_name: sent.claimed_name,
            claimed_agency: sent.claimed_agency,
            place: sent.place,
            occurred_at: sent.occurred_at,
            narrative: sent.narrative,
            amount_demanded: sent.amount_demanded,
            police_reference: sent.police_reference,
        };
        Self { report, province: Said::Code(sent.province) }
    }
}

/// What whoever reported keeps.
#[derive(Serialize, ToSchema)]
#[schema(as = ReportReceived)]
pub(super) struct ReceivedView {
    /// To follow the report by, and to add evidence. Shown this once; whoever has it may do so.
    #[schema(example = "7K3M-Q0ZX-9A4B-7K3M-Q0ZX-9A4B-7G")]
    receipt: String,
    /// Where the report stands in the log, from 0.
    #[schema(example = 4711, minimum = 0)]
    log_index: i64,
    /// That it stands there: event, salts, leaf, the way to the root and the signed checkpoint. Keep it in a file:
    /// `press-registry log verify --proof FILE` checks it with no network.
    #[schema(value_type = Option<Object>)]
    proof: Option<Value>,
}

impl From<&Received> for ReceivedView {
    fn from(it: &Received) -> Self {
        Self { receipt: it.receipt.reveal(), log_index: it.log_index, proof: None }
    }
}

/// How a report stands, for whoever has its receipt.
#[derive(Serialize, ToSchema)]
#[schema(as = FollowedReport)]
pub(super) struct FollowedView {
    /// `received`, `in_case` or `closed`.
    #[schema(example = "received")]
    state: &'static str,
    /// The same in words.
    #[schema(value_type = WordsView)]
    text: Words,
    /// How many files of evidence it has.
    #[schema(example = 1, minimum = 0)]
    evidence: i64,
}

impl From<&Report> for FollowedView {
    fn from(it: &Report) -> Self {
        Self { state: it.state.as_str(), text: it.state.said(), evidence: it.evidence_files }
    }
}

/// A report, without what it says of people.
#[derive(Serialize, ToSchema)]
#[schema(as = ReportSummary)]
pub(super) struct ReportSummary<'a> {
    /// Its id, a UUIDv7.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "uuid")]
    id: ReportId,
    /// `received`, `in_case` or `closed`.
    #[schema(example = "received")]
    state: &'static str,
    /// What was done, where the reporter judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "EXTORTION")]
    kind: Option<&'static str>,
    /// The code that the province of the act had on that day.
    #[schema(example = "31")]
    province: &'a str,
    /// The unit itself, as `GET /provinces` names it: some codes were another unit's before July 2025.
    #[schema(example = "31-2025")]
    province_id: &'a str,
    /// When the act was, RFC 3339 in UTC.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime)]
    occurred_at: Timestamp,
    /// When the report came in, RFC 3339 in UTC.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime)]
    received_at: Timestamp,
    /// The public body that an official reported for.
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'a str>,
    /// Where that body is.
    #[serde(skip_serializing_if = "Option::is_none")]
    body_province: Option<&'a str>,
    /// How many files of evidence it has.
    #[schema(minimum = 0)]
    evidence_files: i64,
    /// Where it stands in the log.
    #[schema(minimum = 0)]
    log_index: i64,
}

impl<'a> From<&'a Report> for ReportSummary<'a> {
    fn from(it: &'a Report) -> Self {
        let reporter = it.reporter.as_ref();
        let body_province = reporter.and_then(|reporter| reporter.province.as_ref());
        Self {
            id: it.id,
            state: it.state.as_str(),
            kind: it.kind.map(|kind| kind.as_str()),
            province: provinces::code(&it.province),
            province_id: it.province.as_str(),
            occurred_at: it.occurred_at,
            received_at: it.received_at,
            body: reporter.and_then(|reporter| reporter.body.as_deref()),
            body_province: body_province.map(provinces::code),
            evidence_files: it.evidence_files,
            log_index: it.log_index,
        }
    }
}

/// A part of the list of reports.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is the documentation of `Answer::list`")]
pub(super) struct ReportList<'a> {
    /// In the order they came in.
    items: Vec<ReportSummary<'a>>,
    /// For `?cursor=`; null at the end.
    next_cursor: Option<String>,
}

/// What a report says of people and places.
#[derive(Serialize, ToSchema)]
#[schema(as = ReportDetails)]
struct DetailsView<'a> {
    /// The text of a QR, or a typed code.
    code: Option<&'a str>,
    /// The number on what was shown.
    number: Option<&'a str>,
    /// The name that was given.
    claimed_name: Option<&'a str>,
    /// The agency that was named.
    claimed_agency: Option<&'a str>,
    /// Where it was.
    place: &'a str,
    /// What was done.
    narrative: &'a str,
    /// What was demanded, in whole đồng.
    amount_demanded: Option<i64>,
    /// The file number of the police.
    police_reference: Option<&'a str>,
}

/// A report, for whoever may open a case with it.
#[derive(Serialize, ToSchema)]
#[schema(as = Report)]
pub(super) struct ReportView<'a> {
    /// All that is not about people.
    #[serde(flatten)]
    summary: ReportSummary<'a>,
    /// What it says of people and places; null once that was erased.
    details: Option<DetailsView<'a>>,
    /// Its files.
    evidence: Vec<EvidenceView>,
}

impl<'a> From<&'a Seen> for ReportView<'a> {
    fn from(seen: &'a Seen) -> Self {
        let details = seen.details.as_ref().map(|it| DetailsView {
            code: it.code.as_deref(),
            number: it.number.as_deref(),
            claimed_name: it.claimed_name.as_deref(),
            claimed_agency: it.claimed_agency.as_deref(),
            place: &it.place,
            narrative: &it.narrative,
            amount_demanded: it.amount_demanded,
            police_reference: it.police_reference.as_deref(),
        });
        let evidence = seen.evidence.iter().map(EvidenceView::from).collect();
        Self { summary: ReportSummary::from(&seen.report), details, evidence }
    }
}

/// What is seen of a report: by its receipt or by its id.
#[derive(ToSchema)]
#[schema(as = ReportSeen)]
#[expect(dead_code, reason = "it is the documentation of two views")]
#[serde(untagged)]
pub(super) enum SeenView<'a> {
    /// By its receipt.
    Followed(FollowedView),
    /// By its id.
    Whole(Box<ReportView<'a>>),
}

/// A file of a report, without its bytes.
#[derive(Serialize, ToSchema)]
#[schema(as = Evidence)]
pub(super) struct EvidenceView {
    /// Counts the files of the report, from 1.
    #[schema(minimum = 1)]
    number: i64,
    /// What it is, by its content.
    #[schema(example = "image/jpeg")]
    media_type: &'static str,
    /// How long it is.
    #[schema(minimum = 1, example = 482_113)]
    bytes: i64,
    /// SHA-256 of its bytes in lower-case hex, as in the log.
    sha256: String,
    /// When it came in, RFC 3339 in UTC.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime)]
    added_at: Timestamp,
}

impl From<&Evidence> for EvidenceView {
    fn from(it: &Evidence) -> Self {
        Self {
            number: it.number,
            media_type: it.media_type.as_str(),
            bytes: it.bytes,
            sha256: it.sha256.to_string(),
            added_at: it.added_at,
        }
    }
}

/// A file that was taken in.
#[derive(Serialize, ToSchema)]
#[schema(as = EvidenceReceived)]
pub(super) struct EvidenceReceivedView {
    /// The file.
    #[serde(flatten)]
    pub(super) evidence: EvidenceView,
    /// Where it stands in the log, from 0.
    #[schema(minimum = 0)]
    pub(super) log_index: i64,
    /// That it stands there.
    #[schema(value_type = Option<Object>)]
    pub(super) proof: Option<Value>,
}
