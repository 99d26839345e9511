//! The table of cases as lawyers here read it: in Vietnamese, each condition in the words of the rules, with the reason that
//! the program gives. Nothing of it is written down a second time but what the facts are called.

use super::golden::{Case, cases};
use press_registry::domain::applications::{Basis, CardKind};
use press_registry::domain::eligibility::{Post, conditions, evaluate};
use std::fmt::Write as _;

const HEAD: &str = "\
# Các trường hợp xét cấp thẻ nhà báo

Mỗi dòng là một trường hợp mà phép thử chạy qua chương trình: hồ sơ nộp để làm gì, ngày xét, những gì đã biết về người được đề
nghị, một điều kiện của luật, và kết luận mà chương trình phải đưa ra. Trang này làm từ `tests/suite/eligibility/cases.csv` và
`src/domain/eligibility`; đừng sửa ở đây: `PRESS_REGISTRY_WRITE_DOCS=1 cargo test --test suite documents` làm lại nó. Các điều
kiện với thời gian áp dụng: [eligibility.md](eligibility.md).

L2016 là Luật Báo chí 103/2016/QH13, L2025 là Luật Báo chí 126/2025/QH15, NĐ237 là Nghị định 237/2026/NĐ-CP. *Chưa rõ* không ngăn
ai được cấp thẻ.

| số | hồ sơ | ngày xét | đã biết | điều kiện | kết luận | vì sao | điều luật |
| --- | --- | --- | --- | --- | --- | --- | --- |
";

/// Words of the table, and what they are called.
type Words = &'static [(&'static str, &'static str)];

/// The facts, what each is called, and its words.
const FACTS: &[(&str, &str, Words)] = &[
    ("nationality", "quốc tịch", &[("vietnamese", "Việt Nam"), ("other", "nước khác")]),
    ("residence", "thường trú", &[("vietnam", "tại Việt Nam"), ("abroad", "ở nước ngoài")]),
    (
        "degree",
        "bằng cấp",
        &[
            ("university", "đại học trở lên"),
            ("college", "cao đẳng"),
            ("college_minority_language", "cao đẳng, là người dân tộc thiểu số làm báo bằng tiếng dân tộc thiểu số"),
            ("lower", "dưới cao đẳng"),
        ],
    ),
    ("post", "vị trí", &[]),
    ("course", "khóa bồi dưỡng", &[("completed", "đã hoàn thành"), ("not_completed", "chưa hoàn thành")]),
    ("ethics_violation", "vi phạm đạo đức nghề nghiệp", &[("none", "không có")]),
    ("discipline", "kỷ luật từ khiển trách trở lên", &[("none", "không có")]),
    ("open_case", "vụ án chưa có kết luận", &[("none", "không liên quan"), ("open", "là đối tượng liên quan")]),
    ("conviction", "kết tội", &[("none", "không có, hoặc đã xóa án tích"), ("not_expunged", "chưa được xóa án tích")]),
    ("revoked_card", "bị thu hồi thẻ do vi phạm, theo lời khai", &[("none", "không có")]),
    ("revoked_on", "bị thu hồi thẻ do vi phạm, theo sổ", &[]),
    ("revoked_otherwise_on", "bị thu hồi thẻ, theo sổ không ghi có phải do vi phạm", &[]),
    (
        "agency",
        "cơ quan",
        &[
            ("bao", "báo"),
            ("bao_dien_tu", "báo điện tử"),
            ("tap_chi", "tạp chí"),
            ("tap_chi_dien_tu", "tạp chí điện tử"),
            ("tap_chi_khoa_hoc", "tạp chí khoa học"),
            ("truyen_hinh", "đài truyền hình"),
            ("phat_thanh_truyen_hinh", "đài phát thanh và truyền hình"),
            ("bao_va_ptth", "báo và phát thanh, truyền hình"),
            ("chu_luc_da_phuong_tien", "cơ quan báo chí chủ lực đa phương tiện"),
        ],
    ),
    (
        "press_types",
        "loại hình được cấp phép",
        &[("print", "báo in"), ("electronic", "báo điện tử"), ("radio", "báo nói"), ("television", "báo hình")],
    ),
    ("at_work_since", "làm việc tại cơ quan từ", &[]),
    ("on_staff", "là nhân sự của cơ quan", YES_OR_NO),
    (
        "proposal",
        "đề nghị của cơ quan",
        &[
            ("draft", "mới soạn, chưa nộp"),
            ("submitted", "đã nộp"),
            ("endorsed", "đã nộp, đã được tỉnh xác nhận"),
            ("withdrawn", "đã rút"),
        ],
    ),
    (
        "earlier_card",
        "thẻ trước đây",
        &[("in_force", "còn hiệu lực"), ("kept", "không nộp lại, rời cơ quan cũ"), ("revoked", "bị thu hồi")],
    ),
    ("granted_before", "đã từng được cấp thẻ", YES_OR_NO),
];
const YES_OR_NO: Words = &[("yes", "có"), ("no", "không")];

/// A day as it is written here; nothing where it is none.
fn day(word: &str) -> Option<String> {
    let parts: Vec<&str> = word.split('-').collect();
    let [year, month, day] = parts[..] else { return None };
    (year.len() == 4).then(|| format!("{day}/{month}/{year}"))
}

fn fact(raw: &str) -> String {
    let (name, words) = raw.split_once(": ").expect("`name: word`");
    let known = FACTS.iter().find(|known| known.0 == name);
    let (_, called, means) = known.unwrap_or_else(|| panic!("`{name}` has no name in Vietnamese"));
    let of_word = |word: &str| {
        let told = means.iter().find(|(known, _)| *known == word).map(|(_, told)| (*told).to_owned());
        let post = || Post::parse(word).ok().map(|post| post.name().0.to_owned());
        told.or_else(|| day(word).map(|day| format!("ngày {day}"))).or_else(post)
    };
    let told = words.split([',', ' ']).map(|word| of_word(word).unwrap_or_else(|| panic!("`{word}` is not told")));
    let told: Vec<String> = told.collect();
    let between = if words.contains(',') { ", " } else { " " };
    format!("{called}: {}", told.join(between))
}

impl Case {
    fn line(&self) -> String {
        let application = match self.basis() {
            Basis::First => "cấp lần đầu",
            Basis::Renewal => "đổi khi hết hạn",
            Basis::Exchange => "đổi khi chuyển cơ quan",
            Basis::Reissue => "cấp lại",
        };
        let facts: Vec<String> = self.facts.split("; ").filter(|raw| !raw.is_empty()).map(fact).collect();
        let known = if facts.is_empty() { "không có gì".to_owned() } else { facts.join("; ") };
        let findings = evaluate(&self.facts(), self.day(), CardKind::PressCard, self.basis());
        let found = findings.iter().find(|finding| finding.condition.id == self.condition);
        let why = found.map_or("", |finding| &*finding.because.vi);
        // What is not asked may stand in the law of another day alone.
        let named: Vec<_> = conditions().filter(|condition| condition.id == self.condition).collect();
        let of_the_day = named.iter().find(|condition| condition.is_in_force(self.day()));
        let asks = of_the_day.or(named.first()).expect("a condition of the laws").vi;
        let answer = match self.answer.as_str() {
            "met" => "đáp ứng",
            "not met" => "không đáp ứng",
            "unknown" => "chưa rõ",
            "not asked" => "không xét",
            other => panic!("`{other}` is no answer"),
        };
        let date = day(&self.day().to_string()).expect("a date");
        let number = self.case;
        format!("| {number} | {application} | {date} | {known} | {asks} | {answer} | {why} | {} |", self.article)
    }
}

/// The page.
pub(crate) fn page() -> String {
    let mut page = HEAD.to_owned();
    for case in cases() {
        writeln!(page, "{}", case.line()).expect("in memory");
    }
    page
}
