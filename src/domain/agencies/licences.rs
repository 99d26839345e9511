//! Licences (giấy phép): what an agency is allowed to do, by whom, and for how long.
//!
//! A licence is written down as it stands on paper and never changed; one that replaces others names them. A slip is mended
//! by the same licence, entered as it should have been, in the place of the first. Whether one is in force on a day is read
//! off its dates, off those that replaced it and off the day on which it was revoked.

mod form;

pub use form::{LicenceForm, NewLicence};

use super::{AgencyKind, AgencyState};
use crate::domain::ids::{AgencyId, LicenceId};
use crate::domain::time::{Day, Timestamp};

/// How the number of an aggregator site's licence ends, also as typed without the stroke. Such a site is not press.
const OF_AGGREGATORS: [&str; 2] = ["GP-TTĐT", "GP-TTDT"];

/// What stands on a licence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LicenceFields {
    /// As printed, like `635/GP-BTTTT`: 1–40 characters.
    pub number: String,
    /// When it was signed.
    pub issued_on: Day,
    /// By whom: 1–200 characters.
    pub issuer: String,
    /// Its last day, where it has one.
    pub valid_until: Option<Day>,
    /// Tôn chỉ, mục đích: the sentence by which the licence says what the agency is for (L2025 Đ15.4), at most 1,000
    /// characters. It is the licence's own; nothing here says what anybody published.
    pub purpose: Option<String>,
    /// Where it is distributed (phạm vi phát hành), at most 200 characters.
    pub circulation_area: Option<String>,
    /// The licences that it replaces: of this agency, or of those that it took the place of.
    pub replaces: Vec<LicenceId>,
}

impl LicenceFields {
    /// Whether a licence with this number is one for an agency of this kind: an aggregator site's makes nobody press, and
    /// press has another.
    pub fn suits(&self, kind: AgencyKind) -> bool {
        suits(&self.number, kind)
    }
}

fn suits(number: &str, kind: AgencyKind) -> bool {
    let upper = number.to_uppercase();
    OF_AGGREGATORS.iter().any(|it| upper.contains(it)) != kind.is_press()
}

/// A licence of an agency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Licence {
    /// Its id.
    pub id: LicenceId,
    /// Whose it is.
    pub agency: AgencyId,
    /// What stands on it.
    pub fields: LicenceFields,
    /// The one that replaced it, and from which day.
    pub replaced_by: Option<(LicenceId, Day)>,
    /// The day on which it was taken away, being in force.
    pub revoked_on: Option<Day>,
    /// When it was entered.
    pub created_at: Timestamp,
}

/// Where a licence stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LicenceState {
    /// Its first day is to come.
    NotYetValid,
    /// It allows what it says.
    InForce,
    /// Its last day is past.
    Expired,
    /// Another took its place.
    Replaced,
    /// It was taken away.
    Revoked,
    /// It would be in force, were its agency not closed.
    Ended,
}

impl LicenceState {
    /// As shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotYetValid => "not_yet_valid",
            Self::InForce => "in_force",
            Self::Expired => "expired",
            Self::Replaced => "replaced",
            Self::Revoked => "revoked",
            Self::Ended => "ended",
        }
    }
}

impl Licence {
    /// Where it stands on `day`, as far as it says itself.
    pub fn on(&self, day: Day) -> LicenceState {
        if self.revoked_on.is_some_and(|from| from <= day) {
            LicenceState::Revoked
        } else if self.replaced_by.is_some_and(|(_, from)| from <= day) {
            LicenceState::Replaced
        } else if day < self.fields.issued_on {
            LicenceState::NotYetValid
        } else if self.fields.valid_until.is_some_and(|last| last < day) {
            LicenceState::Expired
        } else {
            LicenceState::InForce
        }
    }

    /// Where it stands on `day` as the licence of an agency in this state: nothing is allowed to one that is closed.
    pub fn of_agency_on(&self, agency: AgencyState, day: Day) -> LicenceState {
        match (agency, self.on(day)) {
            (AgencyState::Closed, LicenceState::InForce | LicenceState::NotYetValid) => LicenceState::Ended,
            (_, state) => state,
        }
    }
}

/// Whether an agency with these licences may work on `day`, as far as they are on record: where none is, nothing is known
/// against it.
pub fn is_covered(licences: &[Licence], day: Day) -> bool {
    let may_be = |it: &Licence| matches!(it.on(day), LicenceState::InForce | LicenceState::NotYetValid);
    licences.is_empty() || licences.iter().any(may_be)
}

/// Whether an agency that had a licence has none any more. One that was over when it was entered is history: it says
/// nothing of today.
pub fn has_lapsed(licences: &[Licence], day: Day) -> bool {
    let ran_out = |it: &Licence| {
        it.on(day) == LicenceState::Expired && it.fields.valid_until.is_some_and(|last| it.created_at.day() <= last)
    };
    !is_covered(licences, day) && licences.iter().any(ran_out)
}

/// The licences of an agency once `new` is entered.
pub fn with_another(mut known: Vec<Licence>, new: &Licence) -> Vec<Licence> {
    for it in known.iter_mut().filter(|it| new.fields.replaces.contains(&it.id)) {
        it.replaced_by = Some((new.id, new.fields.issued_on));
    }
    known.push(new.clone());
    known
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::Id as _;
    use uuid::Uuid;

    pub(super) fn day(raw: &str) -> Day {
        Day::parse(raw).expect("a date")
    }

    pub(super) fn licence(n: u128, from: &str, until: Option<&str>) -> Licence {
        Licence {
            id: LicenceId::from_uuid(Uuid::from_u128(n)),
            agency: AgencyId::from_uuid(Uuid::nil()),
            fields: LicenceFields {
                number: format!("{n}/GP-BTTTT"),
                issued_on: day(from),
                issuer: "Bộ Thông tin và Truyền thông".into(),
                valid_until: until.map(day),
                purpose: None,
                circulation_area: None,
                replaces: vec![],
            },
            replaced_by: None,
            revoked_on: None,
            created_at: Timestamp::from_seconds(0),
        }
    }

    #[test]
    fn a_licence_is_in_force_from_its_first_day_to_its_last_unless_it_is_replaced() {
        let mut it = licence(1, "2016-08-01", Some("2026-07-31"));
        let states = ["2016-07-31", "2016-08-01", "2026-07-31", "2026-08-01"].map(|on| it.on(day(on)).as_str());
        assert_eq!(states, ["not_yet_valid", "in_force", "in_force", "expired"]);
        it.replaced_by = Some((LicenceId::from_uuid(Uuid::nil()), day("2020-01-01")));
        assert_eq!(["2019-12-31", "2020-01-01"].map(|on| it.on(day(on)).as_str()), ["in_force", "replaced"]);
        it.fields.valid_until = None;
        assert_eq!(licence(2, "2016-08-01", None).on(day("2099-01-01")), LicenceState::InForce);
    }

    #[test]
    fn an_agency_is_covered_by_any_of_its_licences_and_where_none_is_known() {
        let (old, new) = (licence(1, "2016-08-01", Some("2026-07-31")), licence(2, "2026-07-01", Some("2036-06-30")));
        assert!(is_covered(&[], day("2026-11-22")));
        assert!(!is_covered(std::slice::from_ref(&old), day("2026-08-01")));
        assert!(is_covered(&[old, new], day("2026-08-01")));
    }

    #[test]
    fn only_what_ran_out_since_it_was_entered_is_a_lapse() {
        let mut it = licence(1, "2016-08-01", Some("2026-07-31"));
        it.created_at = day("2026-07-31").start();
        assert!(!has_lapsed(&[], day("2026-08-01")));
        assert!(!has_lapsed(std::slice::from_ref(&it), day("2026-07-31")));
        assert!(has_lapsed(std::slice::from_ref(&it), day("2026-08-01")));
        it.created_at = day("2026-08-01").start();
        assert!(!has_lapsed(std::slice::from_ref(&it), day("2026-08-02")), "it was over when it was entered");
    }

    #[test]
    fn what_another_replaces_does_not_cover_any_more() {
        let (old, mut new) = (licence(1, "2016-08-01", None), licence(2, "2018-08-01", Some("2020-07-31")));
        assert!(is_covered(&with_another(vec![old.clone()], &new), day("2026-08-01")));
        new.fields.replaces = vec![old.id];
        assert!(!is_covered(&with_another(vec![old], &new), day("2026-08-01")));
    }

    #[test]
    fn what_was_taken_away_covers_nobody_from_that_day_and_nothing_is_allowed_to_the_closed() {
        let mut it = licence(1, "2016-08-01", None);
        assert_eq!(it.of_agency_on(AgencyState::Closed, day("2026-11-22")), LicenceState::Ended);
        it.revoked_on = Some(day("2026-11-22"));
        assert_eq!(["2026-11-21", "2026-11-22"].map(|on| it.on(day(on)).as_str()), ["in_force", "revoked"]);
        assert_eq!(it.of_agency_on(AgencyState::Closed, day("2026-11-22")), LicenceState::Revoked);
        assert!(!is_covered(std::slice::from_ref(&it), day("2026-11-22")));
        assert!(!has_lapsed(&[it], day("2026-11-22")), "that was decided");
    }
}
