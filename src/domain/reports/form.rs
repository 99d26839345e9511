//! A report as somebody writes it, and what is made of it.

use super::ReportDetails;
use crate::domain::misuse::MisuseKind;
use crate::domain::problem::{FieldError, FieldProblem, Problems};
use crate::domain::provinces::ProvinceId;
use crate::domain::text;
use crate::domain::time::Timestamp;

/// The longest text of a QR symbol: version 40 at level L, alphanumeric (ISO/IEC 18004).
pub const MAX_CODE_CHARS: usize = 4_296;
/// The longest narrative.
pub const MAX_NARRATIVE_CHARS: usize = 4_000;
/// Whole đồng that every reader of JSON can hold: under 2⁵³ (RFC 8259 §6).
pub const MAX_AMOUNT_DONG: i64 = (1 << 53) - 1;
/// Twenty years: the longest time in which any act can be prosecuted (BLHS Đ27).
const LONGEST_PAST_YEARS: u32 = 20;

/// A report as somebody writes it. No field is about what anybody published or thinks.
#[derive(Clone, Default)]
pub struct ReportForm {
    /// A code of [`MisuseKind`]: a citizen need not judge the law.
    pub kind: Option<String>,
    /// The text of a QR, or a typed code.
    pub code: Option<String>,
    /// The number on what was shown.
    pub number: Option<String>,
    /// The name that was given.
    pub claimed_name: Option<String>,
    /// The agency that was named.
    pub claimed_agency: Option<String>,
    /// Where it was.
    pub place: String,
    /// When it was: RFC 3339.
    pub occurred_at: String,
    /// What was done.
    pub narrative: String,
    /// What was demanded, in đồng.
    pub amount_demanded: Option<i64>,
    /// The file number of the police.
    pub police_reference: Option<String>,
}

/// What a report says.
#[derive(Clone)]
pub struct ReportFields {
    /// What was done, where the reporter judged.
    pub kind: Option<MisuseKind>,
    /// Where: the unit as it was on that day.
    pub province: ProvinceId,
    /// When.
    pub occurred_at: Timestamp,
    /// The rest, which may have to be erased.
    pub details: ReportDetails,
}

impl ReportForm {
    /// Reads the form at `now`.
    ///
    /// # Errors
    /// Every problem found, in the order of the fields.
    pub fn parse(
        &self,
        province: Result<ProvinceId, FieldProblem>,
        now: Timestamp,
    ) -> Result<ReportFields, Vec<FieldError>> {
        let line = |max| move |raw: &str| text::line(raw, max);
        let mut problems = Problems::new();
        let kind = problems.take_optional("/kind", self.kind.as_deref(), MisuseKind::parse);
        let code = problems.take_optional("/code", self.code.as_deref(), line(MAX_CODE_CHARS));
        // What was shown may be forged: its number need not look like one of ours.
        let number = problems.take_optional("/number", self.number.as_deref(), line(40));
        let claimed_name = problems.take_optional("/claimed_name", self.claimed_name.as_deref(), line(120));
        let claimed_agency = problems.take_optional("/claimed_agency", self.claimed_agency.as_deref(), line(200));
        let province = problems.take("/province", province);
        let place = problems.take("/place", text::line(&self.place, 200));
        let occurred_at = problems.take("/occurred_at", past(&self.occurred_at, now));
        let narrative = problems.take("/narrative", text::lines(&self.narrative, MAX_NARRATIVE_CHARS));
        let amount_demanded = self.amount_demanded.and_then(|dong| problems.take("/amount_demanded", whole_dong(dong)));
        let police_reference = problems.take_optional("/police_reference", self.police_reference.as_deref(), line(100));
        problems.finish(|| {
            let (place, narrative) = (place?, narrative?);
            let details = ReportDetails {
                code,
                number,
                claimed_name,
                claimed_agency,
                place,
                narrative,
                amount_demanded,
                police_reference,
            };
            Some(ReportFields { kind, province: province?, occurred_at: occurred_at?, details })
        })
    }
}

fn past(raw: &str, now: Timestamp) -> Result<Timestamp, FieldProblem> {
    let at = Timestamp::parse(raw)?;
    if at > now {
        return Err(FieldProblem::new("in_future", "a time that has passed"));
    }
    if at.day().plus_years(LONGEST_PAST_YEARS) < now.day() {
        return Err(FieldProblem::new("too_long_ago", format!("at most {LONGEST_PAST_YEARS} years ago")));
    }
    Ok(at)
}

fn whole_dong(dong: i64) -> Result<i64, FieldProblem> {
    match (0..=MAX_AMOUNT_DONG).contains(&dong) {
        true => Ok(dong),
        false => Err(FieldProblem::new("out_of_range", "whole đồng, from 0 to 9007199254740991")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> ReportForm {
        ReportForm {
            place: "Chợ Sắt".into(),
            occurred_at: "2026-11-20T09:00:00+07:00".into(),
            narrative: "Đòi tiền.".into(),
            ..ReportForm::default()
        }
    }

    fn told(change: impl FnOnce(&mut ReportForm)) -> Vec<(String, &'static str)> {
        let mut form = form();
        change(&mut form);
        let now = Timestamp::parse("2026-11-22T03:00:00Z").expect("a time");
        let problems = form.parse(ProvinceId::parse("31-2025"), now).err().unwrap_or_default();
        problems.into_iter().map(|problem| (problem.pointer, problem.code)).collect()
    }

    #[test]
    fn each_field_has_its_limits() {
        let long = |n| "ễ".repeat(n);
        let text = |at: &str, code| vec![(at.to_owned(), code)];
        assert_eq!(told(|_| {}), []);
        assert_eq!(told(|it| it.kind = Some("OPINION".into())), text("/kind", "unknown_kind"));
        assert_eq!(told(|it| it.code = Some(long(MAX_CODE_CHARS + 1))), text("/code", "too_long"));
        assert_eq!(told(|it| it.number = Some(String::new())), text("/number", "empty"));
        assert_eq!(told(|it| it.number = Some(long(41))), text("/number", "too_long"));
        assert_eq!(told(|it| it.claimed_name = Some("a\u{202e}b".into())), text("/claimed_name", "control_character"));
        assert_eq!(told(|it| it.claimed_name = Some(long(121))), text("/claimed_name", "too_long"));
        assert_eq!(told(|it| it.claimed_agency = Some(long(201))), text("/claimed_agency", "too_long"));
        assert_eq!(told(|it| it.place = String::new()), text("/place", "empty"));
        assert_eq!(told(|it| it.place = long(201)), text("/place", "too_long"));
        assert_eq!(told(|it| it.narrative = " ".into()), text("/narrative", "empty"));
        assert_eq!(told(|it| it.narrative = long(4_000)), []);
        assert_eq!(told(|it| it.narrative = long(4_001)), text("/narrative", "too_long"));
        assert_eq!(told(|it| it.police_reference = Some(long(101))), text("/police_reference", "too_long"));
        assert_eq!(told(|it| it.occurred_at = "hôm qua".into()), text("/occurred_at", "not_a_time"));
        assert_eq!(told(|it| it.occurred_at = "2026-11-22T03:00:00Z".into()), []);
        assert_eq!(told(|it| it.occurred_at = "2026-11-22T03:00:00.000001Z".into()), text("/occurred_at", "in_future"));
        assert_eq!(told(|it| it.occurred_at = "2006-11-22T03:00:00Z".into()), []);
        assert_eq!(told(|it| it.occurred_at = "2006-11-21T03:00:00Z".into()), text("/occurred_at", "too_long_ago"));
        for (dong, good) in [(0, true), (MAX_AMOUNT_DONG, true), (MAX_AMOUNT_DONG + 1, false), (-1, false)] {
            assert_eq!(told(|it| it.amount_demanded = Some(dong)).is_empty(), good, "{dong}");
        }
    }
}
