//! What the press cards that somebody held before say: those that were revoked, and the one that an exchange is for.

use super::facts::{Facts, Past};
use super::rules::{Bar, Judged, barred, is_over, met, not_met, not_stated, unknown};
use crate::domain::problem::FieldProblem;
use crate::domain::time::Day;
use crate::domain::wording::date;

/// The last press card that somebody held at another agency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EarlierCard {
    /// In force, and its holder at work there.
    InForce,
    /// In force, though the work that it was granted for ended on this day: it was to be handed in, and was not.
    Kept(Day),
    /// Handed in on this day.
    HandedIn(Day),
    /// Revoked on this day.
    Revoked(Day),
}

const IN_FORCE: &str = "in_force";
const KEPT: &str = "kept ";
const REVOKED: &str = "revoked ";

impl EarlierCard {
    /// As it is kept: of one that was handed in, the day alone.
    pub(super) fn word(self) -> String {
        match self {
            Self::InForce => IN_FORCE.to_owned(),
            Self::Kept(day) => format!("{KEPT}{day}"),
            Self::HandedIn(day) => day.to_string(),
            Self::Revoked(day) => format!("{REVOKED}{day}"),
        }
    }

    /// Reads the form of [`EarlierCard::word`].
    ///
    /// # Errors
    /// As of [`Day::parse`].
    pub(super) fn parse(raw: &str) -> Result<Self, FieldProblem> {
        if raw == IN_FORCE {
            return Ok(Self::InForce);
        }
        match (raw.strip_prefix(KEPT), raw.strip_prefix(REVOKED)) {
            (Some(day), _) => Ok(Self::Kept(Day::parse(day)?)),
            (None, Some(day)) => Ok(Self::Revoked(Day::parse(day)?)),
            (None, None) => Ok(Self::HandedIn(Day::parse(raw)?)),
        }
    }
}

/// Whether a revocation bars. One on record of which it is not written down that it was for a violation of law may have
/// been for one: that the agency states none does not say.
pub(super) fn revocation(facts: &Facts, how_long: Bar, day: Day) -> Judged {
    let Facts { declared, on_record } = facts;
    let said = latest(declared.revoked_card, on_record.revoked_on);
    let may_bar = on_record.revoked_otherwise_on.filter(|since| !is_over(*since, how_long, day));
    let bars = matches!(said, Some(Past::On(since)) if !is_over(since, how_long, day));
    match (said, may_bar) {
        (_, Some(since)) if !bars => unknown(
            format!("Ghi: thẻ bị thu hồi ngày {}; chưa ghi có do vi phạm pháp luật hay không", date(since)),
            format!("On record: a card revoked on {}; whether for a violation of law is not on record", date(since)),
        ),
        (Some(past), _) => barred(past, how_long, day),
        (None, _) => not_stated(),
    }
}

/// What is stated and what is on record: the later of the two days, and nothing only where it is stated.
fn latest(stated: Option<Past>, on_record: Option<Day>) -> Option<Past> {
    match (stated, on_record) {
        (Some(Past::On(stated)), Some(day)) => Some(Past::On(stated.max(day))),
        (Some(Past::Nothing) | None, Some(day)) => Some(Past::On(day)),
        (stated, None) => stated,
    }
}

/// Whether whoever handed the earlier card in was taken on in time. What the law says of whoever kept it is counted from
/// the day it is handed in, which has not come: kept for longer than that, it is not known what holds.
pub(super) fn taken_on(facts: &Facts, months: u32) -> Judged {
    let Some(card) = facts.on_record.earlier_card else {
        return unknown("Chưa ghi thẻ của cơ quan trước", "No earlier card is on record");
    };
    let (from, (vi, en)) = match card {
        EarlierCard::InForce => {
            return met("Thẻ cũ còn hiệu lực, đổi khi chuyển cơ quan", "The earlier card is in force");
        }
        EarlierCard::Revoked(day) => {
            return unknown(
                format!("Thẻ của cơ quan trước bị thu hồi ngày {}", date(day)),
                format!("The earlier card was revoked on {}", date(day)),
            );
        }
        EarlierCard::Kept(day) => (
            day,
            (
                format!("Nghỉ việc ngày {}, chưa nộp lại thẻ", date(day)),
                format!("Left on {}, the card not handed in", date(day)),
            ),
        ),
        EarlierCard::HandedIn(day) => {
            (day, (format!("Nộp lại thẻ ngày {}", date(day)), format!("Handed in on {}", date(day))))
        }
    };
    let Some(since) = facts.on_record.at_work_since else {
        return unknown("Chưa ghi ngày bắt đầu công tác", "Since when is not on record");
    };
    let (vi, en) = (format!("{vi}, nhận việc ngày {}", date(since)), format!("{en}, taken on on {}", date(since)));
    match (since <= from.plus_months(months), card) {
        (true, _) => met(vi, en),
        (false, EarlierCard::Kept(_)) => unknown(vi, en),
        (false, EarlierCard::InForce | EarlierCard::HandedIn(_) | EarlierCard::Revoked(_)) => not_met(vi, en),
    }
}
