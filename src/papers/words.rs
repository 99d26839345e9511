//! Words that papers share.

use super::notice::Act;
use super::sheet::Sheet;
use crate::data::MisuseKindRow;
use crate::domain::cases::{Authority, CaseState, Claimed};
use crate::domain::issuer::Words;
use crate::domain::notices::Means;
use crate::domain::wording::{capacity, moment};

/// A value in both languages, on two lines.
pub(super) fn either(vi: &str, en: &str) -> String {
    format!("{vi}\n{en}")
}

/// A kind of misuse. Which law it rests on stands in the reasons, in the words of whoever decides.
pub(super) fn kind_of_misuse(kind: &MisuseKindRow) -> String {
    either(&kind.name_vi, &kind.name_en)
}

pub(super) fn means(means: Means) -> String {
    match means {
        Means::InPerson => either("Giao trực tiếp", "Handed over"),
        Means::Post => either("Qua bưu điện", "By post"),
        Means::Email => either("Thư điện tử", "By e-mail"),
        Means::Account => either("Trong tài khoản trên hệ thống", "In the account at the registry"),
    }
}

/// What is looked into, field by field.
pub(super) fn act(sheet: &mut Sheet, it: &Act) {
    if let Some(kind) = it.kind {
        sheet.field(&Words::new("Hành vi", "Kind"), &kind_of_misuse(kind));
    }
    if let Some((credential, number)) = &it.credential {
        let named = format!("{} {number}\n{} {number}", credential.vi, credential.en);
        sheet.field(&Words::new("Thẻ, giấy tờ", "Credential"), &named);
    }
    sheet.field(&Words::new("Nơi xảy ra", "Where"), &it.place);
    if let Some(at) = it.occurred_at {
        sheet.field(&Words::new("Thời gian", "When"), &moment(at));
    }
    if let Some(summary) = &it.summary {
        sheet.quoted(summary);
    }
}

/// Before whom a case is brought.
pub(super) fn authority(authority: Authority) -> String {
    match authority {
        Authority::Police => either("Cơ quan công an", "The police"),
        Authority::Inspectorate => either("Cơ quan thanh tra", "The inspectorate"),
    }
}

/// Where a case stands.
pub(super) fn state(state: CaseState) -> String {
    match state {
        CaseState::Opened => either("Đã mở", "Opened"),
        CaseState::Notified => either("Đã thông báo", "The subject was told"),
        CaseState::Answered => either("Đã có trả lời", "Answered"),
        CaseState::Decided => either("Đã quyết định", "Decided"),
        CaseState::Appealed => either("Đang khiếu nại", "Appealed"),
        CaseState::Upheld => either("Quyết định được giữ nguyên", "The decision stands"),
        CaseState::Overturned => either("Quyết định bị hủy bỏ", "The decision is set aside"),
        CaseState::Closed => either("Đã kết thúc", "Closed"),
        CaseState::Dismissed => either("Không tiếp tục xem xét", "Not pursued"),
    }
}

/// In which capacity something was said, by the name of the role.
pub(super) fn capacity_said(role: &str) -> String {
    let words = capacity(role);
    either(&words.vi, &words.en)
}

/// What somebody claimed to be: no finding about anybody of that name.
pub(super) fn claimed(sheet: &mut Sheet, it: &Claimed) {
    for (vi, en, value) in [
        ("Tên tự xưng", "Name claimed", &it.name),
        ("Cơ quan tự xưng", "Agency claimed", &it.agency),
        ("Điện thoại đã dùng", "Telephone used", &it.phone),
        ("Số thẻ đã đưa ra", "Number shown", &it.number),
    ] {
        if let Some(value) = value {
            sheet.field(&Words::new(vi, en), value);
        }
    }
}

/// What happened to a case, by the type of the event; a type without words is told by its name.
pub(super) fn happened(kind: &str) -> Words {
    let (vi, en) = match kind {
        "case.opened" => ("Mở hồ sơ", "opened"),
        "case.dismissed" => ("Không tiếp tục xem xét", "not pursued"),
        "case.attached" => ("Bổ sung báo cáo, thông tin", "reports or facts added"),
        "case.notified" => ("Thông báo cho người bị xem xét", "the subject told"),
        "case.stayed" => ("Hoãn thông báo", "the notice put off"),
        "case.stay_ended" => ("Hết hạn hoãn thông báo", "the stay of the notice over"),
        "case.answered" => ("Trả lời", "answered"),
        "case.decided" => ("Quyết định", "decided"),
        "case.confirmed" => ("Người thứ hai xác nhận", "confirmed by a second person"),
        "case.appealed" => ("Khiếu nại", "appealed"),
        "case.upheld" => ("Giữ nguyên quyết định", "upheld"),
        "case.overturned" => ("Hủy bỏ quyết định", "overturned"),
        "case.referred" => ("Chuyển cơ quan khác", "brought before another authority"),
        "case.closed" => ("Kết thúc", "closed"),
        "case.evidence_added" => ("Bổ sung chứng cứ", "evidence added"),
        "case.interim_ended" => ("Hết tạm dừng hiệu lực", "the suspension over"),
        "notice.sent" => ("Gửi thông báo", "notice sent"),
        "notice.served" => ("Thông báo đã đến", "notice received"),
        "notice.emailed" => ("Đã gửi thư điện tử", "e-mail sent"),
        "notice.email_failed" => ("Không gửi được thư điện tử", "e-mail not sent"),
        other => (other, other),
    };
    Words::new(vi, en)
}
