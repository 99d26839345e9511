//! Offices as JSON: shown, and sent to us.

use crate::api::answer::{as_optional_text, as_text};
use crate::app::offices::{EventForm, NewOfficeForm, Staffed};
use crate::app::provinces;
use crate::domain::ids::{AgencyId, OfficeId, PersonId};
use crate::domain::offices::{Change, Office, OfficeForm, Posted};
use crate::domain::time::{Day, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An office of an agency in a province, or a reporter whom it has there.
#[derive(Serialize, ToSchema)]
#[schema(as = Office)]
pub(super) struct OfficeView<'a> {
    /// Its id, a UUIDv7.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "uuid")]
    id: OfficeId,
    /// Whose it is.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "uuid")]
    agency_id: AgencyId,
    /// `resident_agency`, `representative_office`, `resident_reporter` or `assigned_reporter`.
    #[schema(example = "representative_office")]
    kind: &'static str,
    /// The code that its province had on the day of the notice.
    #[schema(example = "31")]
    province: &'a str,
    /// The unit itself, as `GET /provinces` names it: some codes were another unit's before July 2025.
    #[schema(example = "31-2025")]
    province_id: &'a str,
    /// Where the premises are; null of a reporter.
    address: Option<&'a str>,
    /// Its first day.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "date", example = "2026-12-10")]
    from: Day,
    /// Its last day, where it is to end or has ended.
    #[serde(serialize_with = "as_optional_text")]
    #[schema(value_type = Option<String>, format = "date")]
    to: Option<Day>,
    /// Whether the agency is of the Party Centre or the Government, as it states.
    of_centre: bool,
    /// Kinds of papers that came with the notice, as the agency states; files of them: `/offices/{id}/documents`.
    #[schema(example = json!(["notice", "licence_copy"]))]
    documents: Vec<&'static str>,
    /// Who is or was there: heads first, each in the order of names.
    people: Vec<PostView<'a>>,
    /// `draft`, `notified`, `confirmed`, `objected`, `suspended`, `stopped`, `closed` or `withdrawn`.
    #[schema(example = "notified")]
    state: &'static str,
    /// Why it stands as it does, as whoever decided so said.
    reason: Option<&'a str>,
    /// What it rested on that is gone: `agency_suspended`, `licence_revoked`, `agency_closed` or `left_agency`.
    ground: Option<&'static str>,
    /// The day on which the province was told of what begins there: another first day, or another reporter who is alone
    /// there, is told of afresh; null of a draft.
    #[serde(serialize_with = "as_optional_text")]
    #[schema(value_type = Option<String>, format = "date")]
    notified_on: Option<Day>,
    /// The day on which it was confirmed last.
    #[serde(serialize_with = "as_optional_text")]
    #[schema(value_type = Option<String>, format = "date")]
    confirmed_on: Option<Day>,
    /// The last change of what was confirmed that the agency told of; null where there was none.
    change: Option<ChangeView>,
    /// When it was begun, RFC 3339 in UTC.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

/// A change of an office, as its agency told of it.
#[derive(Serialize, ToSchema)]
#[schema(as = OfficeChange)]
struct ChangeView {
    /// The day on which the province was told of what it says now: who is there, where, and from when.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "date", example = "2026-11-22")]
    notified_on: Day,
    /// The first day on which it holds.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "date", example = "2026-12-02")]
    on: Day,
}

impl From<Change> for ChangeView {
    fn from(Change { told_on, on }: Change) -> Self {
        Self { notified_on: told_on, on }
    }
}

/// Somebody's post in a province.
#[derive(Serialize, ToSchema)]
#[schema(as = OfficePost)]
struct PostView<'a> {
    /// Who.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "uuid")]
    person_id: PersonId,
    /// Their name, as it is printed on the press card, else as it is on record; null of somebody who was erased.
    #[schema(example = "Nguyễn Thị Ví Dụ")]
    name: Option<&'a str>,
    /// The number of the press card in force that the agency proposed for them; null where there is none.
    #[schema(example = "000123")]
    press_card: Option<&'a str>,
    /// `head` or `reporter`.
    #[schema(example = "head")]
    post: &'static str,
    /// The first day, where they came or come with a change; else it is that of the office.
    #[serde(serialize_with = "as_optional_text")]
    #[schema(value_type = Option<String>, format = "date")]
    from: Option<Day>,
    /// The last day, where it has ended or is to end.
    #[serde(serialize_with = "as_optional_text")]
    #[schema(value_type = Option<String>, format = "date")]
    to: Option<Day>,
}

impl<'a> OfficeView<'a> {
    /// An office with its people.
    pub(super) fn of(it: &'a Office, staffed: &'a Staffed) -> Self {
        let post = |posted: &Posted| PostView {
            person_id: posted.person,
            name: staffed.name(posted.person, it.agency),
            press_card: staffed.press_card(posted.person, it.agency),
            post: posted.post.as_str(),
            from: posted.from,
            to: posted.to,
        };
        Self {
            id: it.id,
            agency_id: it.agency,
            kind: it.fields.kind.as_str(),
            province: provinces::code(&it.province),
            province_id: it.province.as_str(),
            address: it.fields.address.as_deref(),
            from: it.fields.from,
            to: it.to,
            of_centre: it.fields.of_centre,
            documents: it.fields.documents.iter().map(|document| document.as_str()).collect(),
            people: staffed.in_order(it).into_iter().map(post).collect(),
            state: it.state.as_str(),
            reason: it.reason.as_deref(),
            ground: it.ground.map(|ground| ground.as_str()),
            notified_on: it.notified_on,
            confirmed_on: it.confirmed_on,
            change: it.change.map(ChangeView::from),
            created_at: it.created_at,
        }
    }
}

/// A part of the list of offices.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is the documentation of `Answer::list`")]
pub(super) struct OfficeList<'a> {
    /// In the order they were begun.
    items: Vec<OfficeView<'a>>,
    /// For `?cursor=`; null at the end.
    next_cursor: Option<String>,
}

/// A notice of an office or a reporter.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewOffice {
    /// `resident_agency`, `representative_office`, `resident_reporter` or `assigned_reporter`.
    #[schema(example = "representative_office")]
    kind: String,
    /// The code that the province has on the day of the notice, two digits.
    #[schema(example = "31")]
    province: String,
    /// Its first day, YYYY-MM-DD.
    #[schema(format = "date", example = "2026-12-10")]
    from: String,
    /// Where the premises are, 1–200 characters: needed of an office, not taken of a reporter.
    address: Option<String>,
    /// The id of who leads it: needed of an office, not taken of a reporter.
    head: Option<String>,
    /// The ids of its reporters, at most 100; of a reporter without an office, exactly that one.
    #[serde(default)]
    #[schema(max_items = 100)]
    reporters: Vec<String>,
    /// Whether the agency is of the Party Centre or the Government; only of central agencies.
    #[serde(default)]
    of_centre: bool,
    /// Kinds of papers that come with it: `notice`, `governing_body_consent`, `licence_copy`, `premises_proof`,
    /// `staff_list`, `curriculum_vitae`, `press_card_copy`, `office_rules`, `assignment`.
    #[serde(default)]
    documents: Vec<String>,
    /// Whether the agency states that who leads it, or is alone there, was not disciplined in the past year: asked by the
    /// law until 30 June 2026.
    #[serde(default)]
    no_discipline_past_year: bool,
    /// The day on which a notice came on paper, YYYY-MM-DD: only from a registrar; else it is today.
    #[schema(format = "date")]
    notified_on: Option<String>,
}

impl From<NewOffice> for NewOfficeForm {
    fn from(sent: NewOffice) -> Self {
        let NewOffice { kind, province, from, address, head, reporters, of_centre, documents, .. } = sent;
        Self {
            office: OfficeForm { kind, from, address, head, reporters, of_centre, documents },
            province,
            no_discipline: sent.no_discipline_past_year,
            notified_on: sent.notified_on,
        }
    }
}

/// What is to happen to an office.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OfficeEventSent {
    /// `notify`, `amend`, `withdraw`, `close`, `confirm`, `object` or `stop`.
    #[schema(example = "confirm")]
    event: String,
    /// Why, 1–500 characters: needed to object and to stop.
    reason: Option<String>,
    /// With `close` the last day, YYYY-MM-DD, until which the office stands as it stood, with `amend` of what was confirmed the day from which the change holds. Where
    /// it is left out, the day of the notice; where a change is mended that the province has not confirmed, the day to come
    /// that was told before. Another day, other people or another address are told of afresh, in time.
    #[schema(format = "date")]
    on: Option<String>,
    /// With `notify`, `amend` and `close`: the day on which it came on paper, only from a registrar; else it is today.
    #[schema(format = "date")]
    notified_on: Option<String>,
    /// With `notify` and `amend`, as in a new notice.
    no_discipline_past_year: Option<bool>,
    /// With `amend`, until it was first confirmed: the first day. What is left out stays; likewise the others.
    #[schema(format = "date")]
    from: Option<String>,
    /// With `amend`: where the premises are.
    address: Option<String>,
    /// With `amend`: the id of who leads it.
    head: Option<String>,
    /// With `amend`: the ids of all its reporters.
    reporters: Option<Vec<String>>,
    /// With `amend`: whether the agency is of the Party Centre or the Government.
    of_centre: Option<bool>,
    /// With `amend`: all kinds of papers that came; none of which there is a file is left out.
    documents: Option<Vec<String>>,
}

impl From<OfficeEventSent> for EventForm {
    fn from(sent: OfficeEventSent) -> Self {
        Self {
            event: sent.event,
            reason: sent.reason,
            on: sent.on,
            notified_on: sent.notified_on,
            no_discipline: sent.no_discipline_past_year,
            from: sent.from,
            address: sent.address,
            head: sent.head,
            reporters: sent.reporters,
            of_centre: sent.of_centre,
            documents: sent.documents,
        }
    }
}
