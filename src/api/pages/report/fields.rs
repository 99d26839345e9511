//! The fields of the form: their words, and how what people write becomes a report.

use crate::api::pages::language::Language;
use crate::api::query::Query;
use crate::app::misuse;
use crate::app::provinces::Said;
use crate::app::reports::NewReportForm;
use crate::domain::problem::FieldError;
use crate::domain::provinces::Province;
use crate::domain::reports::ReportForm;

/// A field as shown.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) hint: &'static str,
    pub(super) value: String,
    pub(super) is_wrong: bool,
    pub(super) required: bool,
    /// Of `<input>`.
    pub(super) kind: &'static str,
    pub(super) max: usize,
    /// A text of several lines.
    pub(super) lines: bool,
    /// A list to choose from: values and names.
    pub(super) options: Vec<(String, String)>,
}

/// What was sent, as people wrote it.
#[derive(Clone, Default)]
pub(super) struct Sent {
    /// Makes the page one report, however often it is sent.
    pub(super) key: String,
    kind: String,
    code: String,
    number: String,
    claimed_name: String,
    claimed_agency: String,
    province: String,
    place: String,
    occurred_at: String,
    narrative: String,
    amount_demanded: String,
    police_reference: String,
}

impl Sent {
    pub(super) fn read(mut query: Query) -> Self {
        let mut take = |name: &str| query.take(name).unwrap_or_default();
        Self {
            key: take("key"),
            kind: take("kind"),
            code: take("code"),
            number: take("number"),
            claimed_name: take("claimed_name"),
            claimed_agency: take("claimed_agency"),
            province: take("province"),
            place: take("place"),
            occurred_at: take("occurred_at"),
            narrative: take("narrative"),
            amount_demanded: take("amount_demanded"),
            police_reference: take("police_reference"),
        }
    }

    /// The same as the API takes it. What is left empty is left out.
    pub(super) fn form(&self) -> NewReportForm {
        let given = |text: &str| Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned);
        let report = ReportForm {
            kind: given(&self.kind),
            code: given(&self.code),
            number: given(&self.number),
            claimed_name: given(&self.claimed_name),
            claimed_agency: given(&self.claimed_agency),
            place: self.place.clone(),
            occurred_at: in_viet_nam(&self.occurred_at),
            narrative: self.narrative.clone(),
            amount_demanded: given(&self.amount_demanded).map(|written| dong(&written)),
            police_reference: given(&self.police_reference),
        };
        // The page sends the ids of units, of which those founded in 2025 tell themselves apart from codes.
        let province = self.province.clone();
        let province = if province.contains('-') { Said::Unit(province) } else { Said::Code(province) };
        NewReportForm { report, province }
    }
}

/// Browsers send `2026-11-20T09:30`, with seconds or without.
fn in_viet_nam(local: &str) -> String {
    match local.len() {
        16 => format!("{local}:00+07:00"),
        _ => format!("{local}+07:00"),
    }
}

/// People write 20.000.000 or 20 000 000. What is no number is out of every range.
fn dong(written: &str) -> i64 {
    let digits: String = written.chars().filter(|c| !c.is_whitespace() && !matches!(c, '.' | ',')).collect();
    digits.parse().unwrap_or(-1)
}

/// Every field in the order of the page.
pub(super) fn all(language: Language, sent: &Sent, wrong: &[FieldError], units: &[Province]) -> Vec<Field> {
    let text = |name: &'static str, value: &str, max, label, hint| Field {
        name,
        label,
        hint,
        value: value.to_owned(),
        is_wrong: wrong.iter().any(|error| error.pointer.strip_prefix('/') == Some(name)),
        required: false,
        kind: "text",
        max,
        lines: false,
        options: Vec::new(),
    };
    let say = |vi, en| language.of(vi, en);
    let optional = say("Có thể bỏ trống.", "May be left empty.");
    vec![
        Field {
            options: kinds(language),
            ..text(
                "kind",
                &sent.kind,
                40,
                say("Việc gì", "What it was"),
                say("Không rõ thì bỏ trống.", "Leave it empty if you are not sure."),
            )
        },
        Field {
            lines: true,
            required: true,
            ..text(
                "narrative",
                &sent.narrative,
                4_000,
                say("Việc đã xảy ra", "What was done"),
                say("Ai đã làm gì, 1–4.000 ký tự.", "Who did what; 1–4,000 characters."),
            )
        },
        Field {
            options: provinces(language, units),
            required: true,
            ..text(
                "province",
                &sent.province,
                7,
                say("Tỉnh, thành phố", "Province or city"),
                say(
                    "Theo tên vào ngày xảy ra; tên cũ ở cuối danh sách.",
                    "By its name on that day; former names stand at the end.",
                ),
            )
        },
        Field {
            required: true,
            ..text("place", &sent.place, 200, say("Địa điểm", "Place"), say("1–200 ký tự.", "1–200 characters."))
        },
        Field {
            required: true,
            kind: "datetime-local",
            ..text(
                "occurred_at",
                &sent.occurred_at,
                19,
                say("Thời gian", "When"),
                say("Giờ Việt Nam; trong quá khứ, không quá 20 năm.", "Việt Nam time; in the past, at most 20 years."),
            )
        },
        text(
            "code",
            &sent.code,
            4_296,
            say("Mã trên thẻ", "Code on the card"),
            say(
                "Nội dung QR hoặc mã in bên cạnh. Có thể bỏ trống.",
                "What the QR says, or the code beside it. May be left empty.",
            ),
        ),
        text("number", &sent.number, 40, say("Số thẻ", "Number on the card"), optional),
        text(
            "claimed_name",
            &sent.claimed_name,
            120,
            say("Họ tên người đó xưng hoặc trên thẻ", "Name that was given or shown"),
            optional,
        ),
        text(
            "claimed_agency",
            &sent.claimed_agency,
            200,
            say("Cơ quan báo chí được nêu", "Agency that was named"),
            optional,
        ),
        text(
            "amount_demanded",
            &sent.amount_demanded,
            24,
            say("Số tiền bị đòi (đồng)", "Amount demanded (đồng)"),
            say("Số nguyên. Có thể bỏ trống.", "A whole number. May be left empty."),
        ),
        text(
            "police_reference",
            &sent.police_reference,
            100,
            say("Số hồ sơ công an", "File number of the police"),
            optional,
        ),
    ]
}

fn kinds(language: Language) -> Vec<(String, String)> {
    let unsure = (String::new(), language.of("Không rõ", "Not sure").to_owned());
    let kinds =
        misuse::kinds().iter().map(|row| (row.code.clone(), language.of(&row.name_vi, &row.name_en).to_owned()));
    std::iter::once(unsure).chain(kinds).collect()
}

fn provinces(language: Language, units: &[Province]) -> Vec<(String, String)> {
    let choose = (String::new(), language.of("Chọn", "Choose").to_owned());
    let (former, todays): (Vec<&Province>, Vec<&Province>) = units.iter().partition(|unit| unit.valid_to.is_some());
    let until = language.of("đến", "until");
    let name = |unit: &Province| match unit.valid_to {
        Some(last) => format!("{} ({until} {})", unit.name, last.date().format("%d/%m/%Y")),
        None => unit.name.clone(),
    };
    let named = |unit: &Province| (unit.id.to_string(), name(unit));
    std::iter::once(choose).chain(todays.into_iter().chain(former).map(named)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_and_times_are_read_as_people_and_browsers_write_them() {
        assert_eq!(dong("20.000.000"), 20_000_000);
        assert_eq!(dong("20 000 000"), 20_000_000);
        assert_eq!(dong("hai mươi triệu"), -1);
        assert_eq!(in_viet_nam("2026-11-20T09:30"), "2026-11-20T09:30:00+07:00");
        assert_eq!(in_viet_nam("2026-11-20T09:30:15"), "2026-11-20T09:30:15+07:00");
    }
}
