//! Agencies as JSON: shown, and sent to us.

use crate::api::answer::as_text;
use crate::api::json::sent;
use crate::app::agencies::{AgencyPatch, DecisionForm, NewAgencyForm};
use crate::app::provinces;
use crate::domain::agencies::{Agency, AgencyForm};
use crate::domain::ids::AgencyId;
use crate::domain::provinces::ProvinceId;
use crate::domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A press agency.
#[derive(Serialize, ToSchema)]
#[schema(as = Agency)]
pub(super) struct AgencyView<'a> {
    /// Its id, a UUIDv7.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "uuid", example = "01890a5d-ac96-774b-bcce-b302099a8057")]
    id: AgencyId,
    /// Its name.
    #[schema(example = "Báo Ví Dụ")]
    name: &'a str,
    /// The unique short name that its cards carry; needed before its first credential.
    #[schema(example = "Ví Dụ")]
    short_name: Option<&'a str>,
    /// What body it is: `bao`, `bao_dien_tu`, `tap_chi`, `tap_chi_dien_tu`, `phat_thanh_truyen_hinh`, `phat_thanh`,
    /// `truyen_hinh`, `thong_tan`, `bao_va_ptth`, `tap_chi_khoa_hoc`, `chu_luc_da_phuong_tien`, or `trang_ttdt`: an aggregator
    /// site, which is not press and has no cards or letters.
    #[schema(example = "bao")]
    kind: &'static str,
    /// The types of press that it is licensed for (L2025 Đ2): `print`, `electronic`, `radio`, `television`. Those that its
    /// kind says where none are entered.
    #[schema(example = json!(["print", "electronic"]))]
    press_types: Vec<&'static str>,
    /// `central`, or `local` to a province.
    #[schema(example = "local")]
    level: &'static str,
    /// The body that founded and manages it (cơ quan chủ quản).
    governing_body: Option<&'a str>,
    /// The code of a local agency's province, two digits.
    #[schema(example = "01")]
    province: Option<&'a str>,
    /// The unit itself, as `GET /provinces` names it: some codes were another unit's before July 2025.
    #[schema(example = "01")]
    province_id: Option<&'a str>,
    /// Its web address.
    #[schema(example = "https://vidu.example")]
    website: Option<&'a str>,
    /// Where these facts come from.
    source: Option<&'a str>,
    /// `active`, `suspended`, `licence_revoked` or `closed`.
    #[schema(example = "active")]
    state: &'static str,
    /// When it was entered, RFC 3339 in UTC.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "date-time", example = "2026-03-02T01:15:00Z")]
    created_at: Timestamp,
}

impl<'a> From<&'a Agency> for AgencyView<'a> {
    fn from(agency: &'a Agency) -> Self {
        let fields = &agency.fields;
        Self {
            id: agency.id,
            name: &fields.name,
            short_name: fields.short_name.as_ref().map(|short| short.as_str()),
            kind: fields.kind.as_str(),
            press_types: fields.press_types().iter().map(|it| it.as_str()).collect(),
            level: fields.level.as_str(),
            governing_body: fields.governing_body.as_deref(),
            province: fields.level.province().map(provinces::code),
            province_id: fields.level.province().map(ProvinceId::as_str),
            website: fields.website.as_deref(),
            source: fields.source.as_deref(),
            state: agency.state.as_str(),
            created_at: agency.created_at,
        }
    }
}

/// A part of the list of agencies.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is the documentation of `Answer::list`")]
pub(super) struct AgencyList<'a> {
    /// In the order they were entered.
    items: Vec<AgencyView<'a>>,
    /// For `?cursor=`; null at the end.
    next_cursor: Option<String>,
}

/// A press agency to be entered.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewAgency {
    /// Its name, 1–200 characters.
    #[schema(example = "Báo Ví Dụ", min_length = 1, max_length = 200)]
    name: String,
    /// A short name that no other agency has, at most 40 bytes of UTF-8.
    #[schema(example = "Ví Dụ")]
    short_name: Option<String>,
    /// What body it is.
    #[schema(example = "bao")]
    kind: String,
    /// The types of press that it is licensed for.
    #[schema(example = json!(["print", "electronic"]), max_items = 4)]
    press_types: Option<Vec<String>>,
    /// `central` or `local`.
    #[schema(example = "local")]
    level: String,
    /// The body that founded and manages it, at most 200 characters.
    governing_body: Option<String>,
    /// For a local agency, the code of its province today, two digits.
    #[schema(example = "01")]
    province: Option<String>,
    /// Its web address, `https://…` or `http://…`, at most 200 characters.
    website: Option<String>,
    /// Where these facts come from, at most 500 characters.
    source: Option<String>,
}

impl From<NewAgency> for NewAgencyForm {
    fn from(sent: NewAgency) -> Self {
        let NewAgency { name, short_name, kind, press_types, level, governing_body, province, website, source } = sent;
        let agency = AgencyForm { name, short_name, kind, press_types, level, governing_body, website, source };
        Self { agency, province }
    }
}

/// A change of an agency's record: what is left out stays, null clears what may be left out.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct AgencyChange {
    /// Its name, 1–200 characters.
    #[serde(deserialize_with = "sent")]
    #[schema(value_type = Option<String>, nullable = false)]
    name: Option<String>,
    /// A short name that no other agency has, at most 40 bytes of UTF-8.
    #[serde(deserialize_with = "sent")]
    #[schema(value_type = Option<String>)]
    short_name: Option<Option<String>>,
    /// What body it is.
    #[serde(deserialize_with = "sent")]
    #[schema(value_type = Option<String>, nullable = false)]
    kind: Option<String>,
    /// The types of press that it is licensed for; null: those that its kind says.
    #[serde(deserialize_with = "sent")]
    #[schema(value_type = Option<Vec<String>>)]
    press_types: Option<Option<Vec<String>>>,
    /// `central` or `local`.
    #[serde(deserialize_with = "sent")]
    #[schema(value_type = Option<String>, nullable = false)]
    level: Option<String>,
    /// The body that founded and manages it, at most 200 characters.
    #[serde(deserialize_with = "sent")]
    #[schema(value_type = Option<String>)]
    governing_body: Option<Option<String>>,
    /// For a local agency, the code of its province today, two digits; the code of the unit that it is entered in stands for
    /// that one.
    #[serde(deserialize_with = "sent")]
    #[schema(value_type = Option<String>, example = "01")]
    province: Option<Option<String>>,
    /// Its web address, at most 200 characters.
    #[serde(deserialize_with = "sent")]
    #[schema(value_type = Option<String>)]
    website: Option<Option<String>>,
    /// Where these facts come from, at most 500 characters.
    #[serde(deserialize_with = "sent")]
    #[schema(value_type = Option<String>)]
    source: Option<Option<String>>,
}

impl From<AgencyChange> for AgencyPatch {
    fn from(sent: AgencyChange) -> Self {
        let AgencyChange { name, short_name, kind, press_types, level, governing_body, province, website, source } =
            sent;
        Self { name, short_name, kind, press_types, level, governing_body, province, website, source }
    }
}

/// A decision on an agency.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AgencyDecision {
    /// `suspend`, `reinstate`, `revoke_licence` or `close`.
    #[schema(example = "suspend")]
    event: String,
    /// Why, 1–500 characters: no decision without reasons.
    #[schema(example = "Decision 12/QĐ of 2 March 2026", min_length = 1, max_length = 500)]
    reason: String,
}

impl From<AgencyDecision> for DecisionForm {
    fn from(sent: AgencyDecision) -> Self {
        Self { event: sent.event, reason: sent.reason }
    }
}
