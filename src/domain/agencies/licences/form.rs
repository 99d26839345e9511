//! A licence as somebody enters it.

use super::{Licence, LicenceFields, suits};
use crate::domain::agencies::AgencyKind;
use crate::domain::ids::{Id as _, LicenceId};
use crate::domain::problem::{FieldError, FieldProblem, Problems};
use crate::domain::text;
use crate::domain::time::Day;

/// Licences that one replaces at most.
const MOST_REPLACED: usize = 20;

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
    /// The id of the licence that took its place, where it is entered after that one.
    pub replaced_by: Option<String>,
}

/// A licence that may be entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLicence {
    /// What stands on it.
    pub fields: LicenceFields,
    /// The one that took its place already, and from which day.
    pub replaced_by: Option<(LicenceId, Day)>,
}

impl LicenceForm {
    /// The licence this form tells of, for an agency of this kind that has these already, and took the place of agencies
    /// with those `before`.
    ///
    /// # Errors
    /// Every problem of every field.
    pub fn parse(
        &self,
        kind: AgencyKind,
        known: &[Licence],
        before: &[Licence],
        today: Day,
    ) -> Result<NewLicence, Vec<FieldError>> {
        let mut problems = Problems::new();
        let number = problems.take("/number", text::line(&self.number, 40).and_then(|it| suitable(it, kind)));
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
        if self.replaces.len() > MOST_REPLACED {
            problems.add(FieldProblem::new("too_many", format!("at most {MOST_REPLACED}")).at("/replaces"));
        }
        let mut replaces = Vec::new();
        for (at, raw) in self.replaces.iter().enumerate().take(MOST_REPLACED) {
            let of_it = LicenceId::parse(raw).and_then(|id| replaceable(id, known.iter().chain(before), &replaces));
            replaces.extend(problems.take(&format!("/replaces/{at}"), of_it));
        }
        if let (Some(number), Some(issued_on)) = (&number, issued_on)
            && known.iter().any(|it| it.is_paper(number, issued_on) && !is_mended(it, known, &replaces))
        {
            let detail = "the agency has this licence: where it was entered wrongly, name it in `replaces`";
            problems.add(FieldProblem::new("already_registered", detail).at("/number"));
        }
        let replaced_by = problems.take_optional("/replaced_by", self.replaced_by.as_deref(), |raw| {
            LicenceId::parse(raw).and_then(|id| later(id, known, issued_on))
        });
        problems.finish(|| {
            let (number, issued_on, issuer) = (number?, issued_on?, issuer?);
            let fields = LicenceFields { number, issued_on, issuer, valid_until, purpose, circulation_area, replaces };
            Some(NewLicence { fields, replaced_by })
        })
    }
}

fn suitable(number: String, kind: AgencyKind) -> Result<String, FieldProblem> {
    match (suits(&number, kind), kind.is_press()) {
        (true, _) => Ok(number),
        (false, true) => {
            Err(FieldProblem::new("not_a_press_licence", "GP-TTĐT is for aggregator sites, which are not press"))
        }
        (false, false) => {
            Err(FieldProblem::new("not_an_aggregators_licence", "the number of such a licence has GP-TTĐT"))
        }
    }
}

fn not_to_come(day: Day, today: Day) -> Result<Day, FieldProblem> {
    if day <= today { Ok(day) } else { Err(FieldProblem::new("in_the_future", "not after today")) }
}

fn replaceable<'a>(
    id: LicenceId,
    mut known: impl Iterator<Item = &'a Licence>,
    named: &[LicenceId],
) -> Result<LicenceId, FieldProblem> {
    match known.find(|it| it.id == id) {
        None => Err(FieldProblem::new("unknown_licence", "neither the agency nor one before it has such a licence")),
        Some(it) if it.replaced_by.is_some() => Err(FieldProblem::new("replaced_already", "another replaced it")),
        Some(_) if named.contains(&id) => Err(FieldProblem::new("twice", "this licence is named twice")),
        Some(_) => Ok(id),
    }
}

/// The licence that took the place of one of this day, and since when.
fn later(id: LicenceId, known: &[Licence], issued_on: Option<Day>) -> Result<(LicenceId, Day), FieldProblem> {
    let Some(it) = known.iter().find(|it| it.id == id) else {
        return Err(FieldProblem::new("unknown_licence", "the agency has no licence of this id"));
    };
    let from = it.fields.issued_on;
    match issued_on {
        Some(day) if from <= day => {
            Err(FieldProblem::new("not_later", format!("signed on {from}: it is not the later one")))
        }
        Some(_) | None => Ok((id, from)),
    }
}

/// Whether a licence is wrong on record: the same paper takes its place now, or has taken it.
fn is_mended(it: &Licence, known: &[Licence], replaces: &[LicenceId]) -> bool {
    let took_its_place = |(by, _)| known.iter().find(|other| other.id == by);
    let by_itself = |other: &Licence| other.is_paper(&it.fields.number, it.fields.issued_on);
    replaces.contains(&it.id) || it.replaced_by.and_then(took_its_place).is_some_and(by_itself)
}

impl Licence {
    fn is_paper(&self, number: &str, issued_on: Day) -> bool {
        self.fields.number == number && self.fields.issued_on == issued_on
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{day, licence};
    use super::*;
    use uuid::Uuid;

    fn form(number: &str) -> LicenceForm {
        LicenceForm {
            number: number.into(),
            issued_on: "2026-01-02".into(),
            issuer: "Bộ Văn hóa, Thể thao và Du lịch".into(),
            ..LicenceForm::default()
        }
    }

    #[test]
    fn a_form_is_held_against_the_kind_and_the_licences_there_are() {
        let known = [licence(1, "2016-08-01", None)];
        let code = |form: &LicenceForm, kind| {
            let told = form.parse(kind, &known, &[], day("2026-11-22"));
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
        let mended = LicenceForm { replaces: vec![known[0].id.to_string()], ..again };
        assert_eq!(code(&mended, AgencyKind::Bao), Ok(()));
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

    #[test]
    fn what_is_older_names_what_took_its_place() {
        let (now, stranger) = (licence(1, "2021-08-01", None), LicenceId::from_uuid(Uuid::from_u128(9)));
        let entered = |issued_on: &str, by: LicenceId| {
            let form =
                LicenceForm { issued_on: issued_on.into(), replaced_by: Some(by.to_string()), ..form("7/GP-BTTTT") };
            let told = form.parse(AgencyKind::Bao, std::slice::from_ref(&now), &[], day("2026-11-22"));
            told.map(|new| new.replaced_by).map_err(|errors| (errors[0].pointer.clone(), errors[0].code))
        };
        assert_eq!(entered("2015-01-02", now.id), Ok(Some((now.id, day("2021-08-01")))));
        assert_eq!(entered("2021-08-01", now.id), Err(("/replaced_by".to_owned(), "not_later")));
        assert_eq!(entered("2015-01-02", stranger), Err(("/replaced_by".to_owned(), "unknown_licence")));
    }

    #[test]
    fn a_slip_is_mended_again_and_again() {
        let (mut first, second) = (licence(1, "2016-08-01", None), licence(2, "2016-08-01", None));
        let second =
            Licence { fields: LicenceFields { number: "1/GP-BTTTT".into(), ..second.fields.clone() }, ..second };
        first.replaced_by = Some((second.id, day("2016-08-01")));
        let known = [first, second];
        let replacing = |nth: usize| LicenceForm {
            issued_on: "2016-08-01".into(),
            replaces: vec![known[nth].id.to_string()],
            ..form("1/GP-BTTTT")
        };
        let code =
            |form: LicenceForm| form.parse(AgencyKind::Bao, &known, &[], day("2026-11-22")).map_err(|it| it[0].code);
        assert!(code(replacing(1)).is_ok());
        assert_eq!(code(replacing(0)), Err("replaced_already"));
    }
}
