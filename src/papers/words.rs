//! Words that papers share.

use super::notice::Act;
use super::sheet::Sheet;
use crate::data::MisuseKindRow;
use crate::domain::issuer::Words;
use crate::domain::notices::Means;
use crate::domain::wording::moment;

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
