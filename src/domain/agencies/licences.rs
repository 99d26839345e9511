//! Licences (giấy phép): what an agency is allowed to do, by whom, and for how long.
//!
//! A licence is written down as it stands on paper and never changed; one that replaces others names them. Whether one is in
//! force on a day is read off its dates and off those that replaced it, never stored.

use super::AgencyKind;
use crate::domain::ids::{AgencyId, Id as _, LicenceId};
use crate::domain::problem::{FieldError, FieldProblem, Problems};
use crate::domain::text;
use crate::domain::time::{Day, Timestamp};

/// How the number of an aggregator site's licence ends, also as typed without the stroke. Such a site is not press.
const OF_AGGREGATORS: [&str; 2] = ["GP-TTĐT", "GP-TTDT"];
/// Licences that one replaces at most.
const MOST_REPLACED: usize = 20;

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
    /// The licences of this agency that it replaces.
    pub replaces: Vec<LicenceId>,
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
}

impl LicenceState {
    /// As shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotYetValid => "not_yet_valid",
            Self::InForce => "in_force",
            Self::Expired => "expired",
            Self::Replaced => "replaced",
        }
    }
}

impl Licence {
    /// Where it stands on `day`.
    pub fn on(&self, day: Day) -> LicenceState {
        if self.replaced_by.is_some_and(|(_, from)| from <= day) {
            LicenceState::Replaced
        } else if day < self.fields.issued_on {
            LicenceState::NotYetValid
        } else if self.fields.valid_until.is_some_and(|last| last < day) {
            LicenceState::Expired
        } else {
            LicenceState::InForce
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

/// A licence as a form has it: words not yet trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LicenceForm {
    /// See [`LicenceFields`]; likewise the others.
    pub number: String,
    /// Day of signature.
    pub issued_on: String,
    /// Issuer.
    pub issuer: String,
    /// Last day.
    pub valid_until: Option<String>,
    /// Purpose.
    pub purpose: Option<String>,
    /// Circulation area.
    pub circulation_area: Option<String>,
    /// Ids of licences.
    pub replaces: Vec<String>,
}

impl LicenceForm {
    /// The licence this form tells of, for an agency of this kind that has these already.
    ///
    /// # Errors
    /// Every problem of every field.
    pub fn parse(&self, kind: AgencyKind, known: &[Licence], today: Day) -> Result<LicenceFields, Vec<FieldError>> {
        let mut problems = Problems::new();
        let number = problems.take("/number", text::line(&self.number, 40).and_then(|it| suits(it, kind)));
        let issued_on =
            problems.take("/issued_on", Day::parse(&self.issued_on).and_then(|day| not_to_come(day, today)));
        let issuer = problems.take("/issuer", text::line(&self.issuer, 200));
        let valid_until = problems.take_optional("/valid_until", self.valid_until.as_deref(), Day::parse);
        if let (Some(first), Some(last)) = (issued_on, valid_until)
            && last < first
        {
            problems.add(FieldProblem::new("ends_before_it_begins", "not before its first day").at("/valid_until"));
        }
        let purpose = problems.take_optional("/purpose", self.purpose.as_deref(), |raw| text::lines(raw, 1_000));
        let circulation_area =
            problems.take_optional("/circulation_area", self.circulation_area.as_deref(), |raw| text::line(raw, 200));
        if let (Some(number), Some(issued_on)) = (&number, issued_on)
            && known.iter().any(|it| it.fields.number == *number && it.fields.issued_on == issued_on)
        {
            problems.add(FieldProblem::new("already_registered", "the agency has this licence").at("/number"));
        }
        if self.replaces.len() > MOST_REPLACED {
            problems.add(FieldProblem::new("too_many", format!("at most {MOST_REPLACED}")).at("/replaces"));
        }
        let mut replaces = Vec::new();
        for (at, raw) in self.replaces.iter().enumerate().take(MOST_REPLACED) {
            let of_it = LicenceId::parse(raw).and_then(|id| replaceable(id, known, &replaces));
            replaces.extend(problems.take(&format!("/replaces/{at}"), of_it));
        }
        problems.finish(|| {
            Some(LicenceFields {
                number: number?,
                issued_on: issued_on?,
                issuer: issuer?,
                valid_until,
                purpose,
                circulation_area,
                replaces,
            })
        })
    }
}

/// An aggregator site's licence makes nobody press, and press has another.
fn suits(number: String, kind: AgencyKind) -> Result<String, FieldProblem> {
    let upper = number.to_uppercase();
    match (OF_AGGREGATORS.iter().any(|it| upper.contains(it)), kind.is_press()) {
        (true, true) => {
            Err(FieldProblem::new("not_a_press_licence", "GP-TTĐT is for aggregator sites, which are not press"))
        }
        (false, false) => {
            Err(FieldProblem::new("not_an_aggregators_licence", "the number of such a licence has GP-TTĐT"))
        }
        (true, false) | (false, true) => Ok(number),
    }
}

fn not_to_come(day: Day, today: Day) -> Result<Day, FieldProblem> {
    if day <= today { Ok(day) } else { Err(FieldProblem::new("in_the_future", "not after today")) }
}

fn replaceable(id: LicenceId, known: &[Licence], named: &[LicenceId]) -> Result<LicenceId, FieldProblem> {
    match known.iter().find(|it| it.id == id) {
        None => Err(FieldProblem::new("unknown_licence", "the agency has no licence of this id")),
        Some(it) if it.replaced_by.is_some() => Err(FieldProblem::new("replaced_already", "another replaced it")),
        Some(_) if named.contains(&id) => Err(FieldProblem::new("twice", "this licence is named twice")),
        Some(_) => Ok(id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn day(raw: &str) -> Day {
        Day::parse(raw).expect("a date")
    }

    fn licence(n: u128, from: &str, until: Option<&str>) -> Licence {
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
            created_at: Timestamp::from_seconds(0),
        }
    }

    fn form(number: &str) -> LicenceForm {
        LicenceForm {
            number: number.into(),
            issued_on: "2026-01-02".into(),
            issuer: "Bộ Văn hóa, Thể thao và Du lịch".into(),
            ..LicenceForm::default()
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
    fn a_form_is_held_against_the_kind_and_the_licences_there_are() {
        let known = [licence(1, "2016-08-01", None)];
        let code = |form: &LicenceForm, kind| {
            let told = form.parse(kind, &known, day("2026-11-22"));
            told.map(drop).map_err(|errors| (errors[0].pointer.clone(), errors[0].code))
        };
        let wrong = |pointer: &str, code| Err((pointer.to_owned(), code));
        assert_eq!(code(&form("7/GP-BVHTTDL"), AgencyKind::Bao), Ok(()));
        for of_a_site in ["7/gp-ttđt", "7/GP-TTDT"] {
            assert_eq!(code(&form(of_a_site), AgencyKind::Bao), wrong("/number", "not_a_press_licence"));
            assert_eq!(code(&form(of_a_site), AgencyKind::TrangTtdt), Ok(()));
        }
        assert_eq!(code(&form("7/GP-BTTTT"), AgencyKind::TrangTtdt), wrong("/number", "not_an_aggregators_licence"));
        assert_eq!(code(&form("7/GP-TTĐT"), AgencyKind::TrangTtdt), Ok(()));
        let again = LicenceForm { issued_on: "2016-08-01".into(), ..form("1/GP-BTTTT") };
        assert_eq!(code(&again, AgencyKind::Bao), wrong("/number", "already_registered"));
        let to_come = LicenceForm { issued_on: "2026-11-23".into(), ..form("8/GP") };
        assert_eq!(code(&to_come, AgencyKind::Bao), wrong("/issued_on", "in_the_future"));
        let over = LicenceForm { valid_until: Some("2026-01-01".into()), ..form("8/GP") };
        assert_eq!(code(&over, AgencyKind::Bao), wrong("/valid_until", "ends_before_it_begins"));
        let replacing =
            |ids: &[LicenceId]| LicenceForm { replaces: ids.iter().map(ToString::to_string).collect(), ..form("8/GP") };
        assert_eq!(code(&replacing(&[known[0].id]), AgencyKind::Bao), Ok(()));
        assert_eq!(code(&replacing(&[known[0].id; 2]), AgencyKind::Bao), wrong("/replaces/1", "twice"));
        let stranger = LicenceId::from_uuid(Uuid::from_u128(9));
        assert_eq!(code(&replacing(&[stranger]), AgencyKind::Bao), wrong("/replaces/0", "unknown_licence"));
        let wordy = LicenceForm { purpose: Some("x".repeat(1_001)), ..form("8/GP") };
        assert_eq!(code(&wordy, AgencyKind::Bao), wrong("/purpose", "too_long"));
    }
}
