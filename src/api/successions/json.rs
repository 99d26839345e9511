//! Mergers and splits as JSON: shown, and sent to us.

use crate::api::answer::as_text;
use crate::app::successions::{Planned, Told};
use crate::domain::ids::{AgencyId, SuccessionId};
use crate::domain::successions::{Counts, MergerForm, Obstacle, Order, PartForm, Share, SplitForm};
use crate::domain::time::{Day, Timestamp};
use crate::error::Error;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What goes over from one agency to another.
#[derive(Serialize, ToSchema)]
#[schema(as = AgencyShare)]
struct ShareView<'a> {
    /// Whose it is, or was.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "uuid")]
    from: AgencyId,
    /// That agency's name.
    #[schema(example = "Báo Bắc Kạn")]
    from_name: &'a str,
    /// Whose it is to be, or is.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "uuid")]
    to: AgencyId,
    /// That agency's name.
    #[schema(example = "Báo và Phát thanh, Truyền hình Thái Nguyên")]
    to_name: &'a str,
    /// People who work there, worked there on its day or since, or are about to.
    #[schema(example = 38)]
    people: u64,
    /// Press cards that are in force, or may be again: they stay good as printed, and are to be exchanged.
    #[schema(example = 31)]
    press_cards: u64,
    /// Letters of introduction: they stay good until their end.
    letters: u64,
    /// Collaborators' cards: they stay good as printed.
    collaborator_cards: u64,
    /// Applications that are not decided; told, like accounts, cases and offices, to those who decide on mergers only.
    #[serde(skip_serializing_if = "Option::is_none")]
    applications: Option<u64>,
    /// Accounts of heads and clerks.
    #[serde(skip_serializing_if = "Option::is_none")]
    accounts: Option<u64>,
    /// Cases in which it is heard, with the duties in them.
    #[serde(skip_serializing_if = "Option::is_none")]
    cases: Option<u64>,
    /// Offices and reporters in provinces that are not over, drafts among them.
    #[serde(skip_serializing_if = "Option::is_none")]
    offices: Option<u64>,
}

impl<'a> ShareView<'a> {
    fn of(share: Share, with_all: bool, name: impl Fn(AgencyId) -> &'a str) -> Self {
        let Share { from, to, counts } = share;
        let Counts { people, press_cards, letters, collaborator_cards, applications, accounts, cases, offices } =
            counts;
        let (from_name, to_name) = (name(from), name(to));
        Self {
            from,
            from_name,
            to,
            to_name,
            people,
            press_cards,
            letters,
            collaborator_cards,
            applications: with_all.then_some(applications),
            accounts: with_all.then_some(accounts),
            cases: with_all.then_some(cases),
            offices: with_all.then_some(offices),
        }
    }
}

/// Why a merger or split cannot be done now.
#[derive(Serialize, ToSchema)]
#[schema(as = SuccessionObstacle)]
struct ObstacleView<'a> {
    /// `not_at_work`, `not_press`, `no_short_name`, `import_at_work`, `application_divided`, or `recorded_since`: something
    /// on record says that the agency was there after that day. Stable.
    #[schema(example = "not_at_work")]
    code: &'static str,
    /// Of which agency.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "uuid")]
    agency_id: AgencyId,
    /// One sentence.
    detail: &'a str,
}

impl<'a> From<&'a Obstacle> for ObstacleView<'a> {
    fn from(Obstacle { code, agency, detail }: &'a Obstacle) -> Self {
        Self { code, agency_id: *agency, detail }
    }
}

/// What a merger or split would do now.
#[derive(Serialize, ToSchema)]
#[schema(as = AgencySuccessionPlan)]
pub(super) struct PlanView<'a> {
    /// `merger` or `split`.
    #[schema(example = "merger")]
    kind: &'static str,
    /// Whether whoever hands over is closed.
    ends_predecessors: bool,
    /// The first day of what comes of it.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "date", example = "2025-07-01")]
    effective_on: Day,
    /// What would go where.
    shares: Vec<ShareView<'a>>,
    /// Human beings who would be on two records of these agencies: to be looked at afterwards.
    doubles: u64,
    /// What stands in the way. It is done only where this is empty.
    obstacles: Vec<ObstacleView<'a>>,
}

impl<'a> From<&'a Planned> for PlanView<'a> {
    fn from(it: &'a Planned) -> Self {
        let name = |id: AgencyId| it.agencies.get(&id).map_or("", |agency| agency.fields.name.as_str());
        let share = |from, to, counts| ShareView::of(Share { from, to, counts }, true, name);
        Self {
            kind: it.order.kind.as_str(),
            ends_predecessors: it.order.ends_predecessors(),
            effective_on: it.effective_on,
            shares: it.plan.moves.iter().map(|one| share(one.from, one.to, one.holdings.counts())).collect(),
            doubles: it.plan.doubles,
            obstacles: it.plan.obstacles.iter().map(ObstacleView::from).collect(),
        }
    }
}

/// A merger or split of agencies.
#[derive(Serialize, ToSchema)]
#[schema(as = AgencySuccession)]
pub(super) struct SuccessionView<'a> {
    /// Its id, a UUIDv7.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "uuid")]
    id: SuccessionId,
    /// `merger` or `split`.
    #[schema(example = "merger")]
    kind: &'static str,
    /// Why.
    reason: &'a str,
    /// Whether whoever handed over was closed with it.
    ended_predecessors: bool,
    /// When it was decided here, RFC 3339 in UTC.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime)]
    decided_at: Timestamp,
    /// The first day of what came of it: people worked for whoever handed over until the day before.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "date", example = "2025-07-01")]
    effective_on: Day,
    /// What went where.
    shares: Vec<ShareView<'a>>,
}

impl<'a> From<&'a Told> for SuccessionView<'a> {
    fn from(Told { succession, names, with_all }: &'a Told) -> Self {
        let name = |id: AgencyId| names.get(&id).map_or("", String::as_str);
        Self {
            id: succession.id,
            kind: succession.kind.as_str(),
            reason: &succession.reason,
            ended_predecessors: succession.ended_predecessors,
            decided_at: succession.decided_at,
            effective_on: succession.effective_on,
            shares: succession.shares.iter().map(|share| ShareView::of(*share, *with_all, name)).collect(),
        }
    }
}

/// A part of the list of mergers and splits.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is the documentation of `Answer::list`")]
pub(super) struct SuccessionList<'a> {
    /// In the order in which they were decided.
    items: Vec<SuccessionView<'a>>,
    /// For `?cursor=`; null at the end.
    next_cursor: Option<String>,
}

/// Agencies to be merged.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewMerger {
    /// The ids of the agencies that end, 1–50.
    #[schema(min_items = 1, max_items = 50)]
    predecessors: Vec<String>,
    /// The id of the agency that takes their place.
    #[schema(format = "uuid")]
    successor: String,
    /// Why, 1–500 characters: the decision, its number and date.
    #[schema(example = "Quyết định 123/QĐ-TU ngày 01/07/2025", min_length = 1, max_length = 500)]
    reason: String,
    /// The first day of what comes of it, not after today; today where it is left out.
    #[schema(example = "2025-07-01", format = "date")]
    effective_on: Option<String>,
}

impl NewMerger {
    pub(super) fn order(self) -> Result<Order, Error> {
        let Self { predecessors, successor, reason, effective_on } = self;
        Ok(MergerForm { predecessors, successor, reason, effective_on }.parse()?)
    }
}

/// An agency to be split.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSplit {
    /// The id of the agency.
    #[schema(format = "uuid")]
    predecessor: String,
    /// What it becomes, 1–20 parts.
    #[schema(min_items = 1, max_items = 20)]
    parts: Vec<NewPart>,
    /// The id of the agency that has the rest: one of `parts`, or `predecessor`, which goes on then.
    #[schema(format = "uuid")]
    remainder: String,
    /// Why, 1–500 characters: the decision, its number and date.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
    /// The first day of what comes of it, not after today; today where it is left out.
    #[schema(format = "date")]
    effective_on: Option<String>,
}

/// A part of an agency that is split.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPart {
    /// The id of the agency that it becomes.
    #[schema(format = "uuid")]
    agency: String,
    /// The ids of the people who go there; in all parts together at most 5,000.
    people: Vec<String>,
}

impl NewSplit {
    pub(super) fn order(self) -> Result<Order, Error> {
        let Self { predecessor, parts, remainder, reason, effective_on } = self;
        let parts = parts.into_iter().map(|NewPart { agency, people }| PartForm { agency, people }).collect();
        Ok(SplitForm { predecessor, parts, remainder, reason, effective_on }.parse()?)
    }
}
