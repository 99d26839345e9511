//! A notice of an application, a credential or an office as a paper.

use super::notice::{Letterhead, delivery, letterhead};
use super::sheet::Sheet;
use crate::domain::issuer::Words;
use crate::domain::notices::{Notice, OfRecord};
use crate::domain::wording::notices as wording;
use crate::error::Error;

/// A notice with all that it tells.
pub struct RecordNotice {
    /// Who sends it.
    pub from: Letterhead,
    /// The notice.
    pub notice: Notice<OfRecord>,
    /// Whom it is to, by name.
    pub to: String,
    /// What is told, field by field.
    pub facts: Vec<(Words, String)>,
    /// Why, in the words of whoever did it.
    pub reason: Option<String>,
}

impl RecordNotice {
    /// The PDF.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn pdf(&self) -> Result<Vec<u8>, Error> {
        let Notice { id, of, .. } = &self.notice;
        let object = of.occasion.object();
        let title = wording::title(of.occasion);
        let what = wording::object(of.occasion);
        let foot = [format!("Thông báo / Notice {id}"), format!("{} / {} {object}", what.vi, what.en)];
        let mut sheet = Sheet::new(format!("{} / {}", title.vi, title.en), foot)?;
        letterhead(&mut sheet, &self.from);
        sheet.title(&title);
        sheet.field(&Words::new("Người nhận", "To"), &self.to);
        sheet.field(&Words::new("Số thông báo", "Notice number"), &id.to_string());
        delivery(&mut sheet, &self.notice);
        sheet.rule(0.6, 0.6);
        sheet.both(&wording::happened(of.occasion, of.to));
        for (label, value) in &self.facts {
            sheet.field(label, value);
        }
        if let Some(reason) = &self.reason {
            sheet.heading(&Words::new("Lý do", "Reasons"));
            sheet.quoted(reason);
        }
        sheet.heading(&Words::new("Quyền và việc cần làm", "Rights, and what to do"));
        for words in wording::rights(of.occasion, of.to) {
            sheet.both(&words);
        }
        let Letterhead { address, phone, .. } = &self.from;
        sheet.both(&Words::new(
            format!(
                "Hỏi và xem hồ sơ: {address}, điện thoại {phone}. Mỗi lần gửi và nhận thông báo được ghi vào nhật ký."
            ),
            format!(
                "Ask, and see the record: {address}, telephone {phone}. Each sending and receipt is written to the log."
            ),
        ));
        sheet.finish()
    }
}
