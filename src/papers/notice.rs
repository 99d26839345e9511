//! A notice as a paper: who is told what, from when on times run, and what rights they have.

use super::sheet::Sheet;
use super::words::{act, either, kind_of_misuse, means};
use crate::data::MisuseKindRow;
use crate::domain::cases::{MeasureKind, Outcome, rules};
use crate::domain::issuer::Words;
use crate::domain::notices::{Duty, Notice, OfCase, Recipient};
use crate::domain::time::Timestamp;
use crate::domain::wording::{date, moment};
use crate::error::Error;

/// Who sends papers.
pub struct Letterhead {
    /// The registry.
    pub registry: Words,
    /// Where it is found.
    pub address: String,
    /// Where people ask.
    pub phone: String,
}

/// What is to be looked into.
#[derive(Default)]
pub struct Act {
    /// Of the closed list.
    pub kind: Option<&'static MisuseKindRow>,
    /// The card or letter that is named: what it is, and its number.
    pub credential: Option<(Words, String)>,
    /// Where.
    pub place: String,
    /// When.
    pub occurred_at: Option<Timestamp>,
    /// What is known, in the words of whoever opened the case.
    pub summary: Option<String>,
}

/// A decision as its notice tells it.
pub struct Decided {
    /// What was found.
    pub outcome: Outcome,
    /// Of what kind.
    pub kind: Option<&'static MisuseKindRow>,
    /// What follows for the credential.
    pub measure: MeasureKind,
    /// Why.
    pub reasons: String,
    /// When.
    pub at: Timestamp,
    /// The first instant after the time to appeal, once it runs.
    pub appeal_until: Option<Timestamp>,
}

/// What a notice tells, besides what it is.
pub struct Told {
    /// What is looked into; reporters are told nothing of it.
    pub act: Option<Act>,
    /// The first instant after the time to reply, once it runs.
    pub reply_by: Option<Timestamp>,
    /// The first instant after a suspension of before the decision.
    pub suspended_until: Option<Timestamp>,
    /// The decision.
    pub decided: Option<Decided>,
    /// Whether the appeal succeeded, and when that was decided.
    pub heard: Option<(bool, Timestamp)>,
    /// Why, in the words of whoever did it.
    pub reason: Option<String>,
    /// In which capacity it was done.
    pub by: Words,
}

/// A notice with all that it tells.
pub struct NoticePaper {
    /// Who sends it.
    pub from: Letterhead,
    /// The notice.
    pub notice: Notice<OfCase>,
    /// Whom it is to, by name.
    pub to: String,
    /// The province whose registrar handles the case.
    pub venue: String,
    /// What it tells.
    pub told: Told,
}

/// What a notice is called.
pub fn title(duty: Duty) -> Words {
    match duty {
        Duty::Opening => Words::new("Thông báo mở hồ sơ vụ việc", "Notice that a case was opened"),
        Duty::Suspension => Words::new("Thông báo tạm dừng hiệu lực", "Notice of suspension"),
        Duty::SuspensionEnded => {
            Words::new("Thông báo chấm dứt việc tạm dừng hiệu lực", "Notice that the suspension has ended")
        }
        Duty::Decision => Words::new("Thông báo quyết định", "Notice of the decision"),
        Duty::AppealDecision => Words::new("Thông báo giải quyết khiếu nại", "Notice of the decision on the appeal"),
        Duty::Dismissal => Words::new("Thông báo không tiếp tục xem xét", "Notice that the case is not pursued"),
        Duty::End => Words::new("Thông báo kết thúc hồ sơ vụ việc", "Notice that the case is closed"),
    }
}

impl NoticePaper {
    /// The PDF.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn pdf(&self) -> Result<Vec<u8>, Error> {
        let Notice { id, of: OfCase { case, duty, .. }, .. } = &self.notice;
        let title = title(*duty);
        let foot = [format!("Thông báo / Notice {id}"), format!("Hồ sơ / Case {case}")];
        let mut sheet = Sheet::new(format!("{} / {}", title.vi, title.en), foot)?;
        letterhead(&mut sheet, &self.from);
        sheet.title(&title);
        self.head(&mut sheet);
        self.body(&mut sheet);
        self.rights(&mut sheet);
        sheet.finish()
    }

    fn head(&self, sheet: &mut Sheet) {
        let Notice { id, of: OfCase { case, .. }, .. } = &self.notice;
        sheet.field(&Words::new("Người nhận", "To"), &self.to);
        sheet.field(&Words::new("Số thông báo", "Notice number"), &id.to_string());
        sheet.field(&Words::new("Số hồ sơ", "Case number"), &case.to_string());
        sheet.field(&Words::new("Nơi thụ lý", "Handled in"), &self.venue);
        delivery(sheet, &self.notice);
        sheet.rule(0.6, 0.6);
    }

    fn body(&self, sheet: &mut Sheet) {
        let told = &self.told;
        sheet.both(&what_happened(self.notice.of.duty, self.notice.of.recipient, told));
        if let Some(decided) = &told.decided {
            decision(sheet, decided, &told.by);
        }
        if self.notice.of.duty == Duty::AppealDecision {
            sheet.field(&Words::new("Người giải quyết", "Decided by"), &either(&told.by.vi, &told.by.en));
        }
        if let Some(until) = told.suspended_until {
            sheet.field(&Words::new("Tạm dừng đến hết ngày", "Suspended to the end of"), &last_day(until));
        }
        if let Some(reason) = &told.reason {
            sheet.heading(&Words::new("Lý do", "Reasons"));
            sheet.quoted(reason);
        }
        if let Some(it) = &told.act {
            sheet.heading(&Words::new("Nội dung xem xét", "What is looked into"));
            act(sheet, it);
        }
    }

    fn rights(&self, sheet: &mut Sheet) {
        let Letterhead { address, phone, .. } = &self.from;
        sheet.heading(&Words::new("Quyền và thời hạn", "Rights and times"));
        for words in rights(self.notice.of.duty, self.notice.of.recipient, &self.told) {
            sheet.both(&words);
        }
        sheet.both(&Words::new(
            format!(
                "Hỏi và xem hồ sơ: {address}, điện thoại {phone}. Mỗi lần gửi và nhận thông báo được ghi vào nhật ký."
            ),
            format!(
                "Ask, and see the case: {address}, telephone {phone}. Each sending and receipt is written to the log."
            ),
        ));
    }
}

/// How a notice was sent, and whether it arrived.
pub(super) fn delivery<M>(sheet: &mut Sheet, notice: &Notice<M>) {
    let sent = notice.sent_at.map_or_else(|| either("Chưa gửi", "Not sent yet"), moment);
    sheet.field(&Words::new("Ngày gửi", "Sent"), &sent);
    if let Some(way) = notice.means {
        sheet.field(&Words::new("Cách gửi", "Means"), &means(way));
    }
    let served = notice.served_at.map_or_else(|| either("Chưa ghi nhận", "Not on record yet"), moment);
    sheet.field(&Words::new("Ngày nhận", "Received"), &served);
}

pub(super) fn letterhead(sheet: &mut Sheet, from: &Letterhead) {
    sheet.letterhead(&from.registry, &format!("{} · {}", from.address, from.phone));
}

/// The day at whose end a time is over.
pub(super) fn last_day(until: Timestamp) -> String {
    format!("{} (UTC+07:00)", date(until.plus_seconds(-1).day()))
}

pub(super) fn decision(sheet: &mut Sheet, it: &Decided, by: &Words) {
    let outcome = match it.outcome {
        Outcome::Substantiated => either("Có căn cứ", "Substantiated"),
        Outcome::Unfounded => either("Không có căn cứ", "Unfounded"),
    };
    let measure = match it.measure {
        MeasureKind::None => either("Không có biện pháp đối với thẻ", "No measure on a credential"),
        MeasureKind::Suspend => either("Tạm dừng hiệu lực thẻ", "The credential is suspended"),
        MeasureKind::Revoke => either("Thu hồi thẻ", "The credential is revoked"),
    };
    sheet.field(&Words::new("Kết luận", "Finding"), &outcome);
    if let Some(kind) = it.kind {
        sheet.field(&Words::new("Hành vi", "Kind"), &kind_of_misuse(kind));
    }
    sheet.field(&Words::new("Biện pháp", "Measure"), &measure);
    sheet.field(&Words::new("Người quyết định", "Decided by"), &either(&by.vi, &by.en));
    sheet.field(&Words::new("Ngày quyết định", "Decided"), &moment(it.at));
    sheet.heading(&Words::new("Lý do của quyết định", "Reasons of the decision"));
    sheet.quoted(&it.reasons);
}

fn what_happened(duty: Duty, recipient: Recipient, told: &Told) -> Words {
    match (duty, recipient) {
        (Duty::Opening, _) => Words::new(
            "Hồ sơ vụ việc nêu trên đã được mở để xem xét nội dung dưới đây. Đây chưa phải là kết luận về bất kỳ ai.",
            "The case named above was opened to look into what is told below. Nothing has been found about anybody yet.",
        ),
        (Duty::Suspension, _) => Words::new(
            "Thẻ nêu dưới đây tạm dừng hiệu lực trong khi vụ việc được xem xét. Việc tạm dừng tự hết vào ngày ghi dưới đây \
             và không phải là kết luận.",
            "The credential named below is suspended while the case is looked into. The suspension ends by itself on the \
             day named below, and is no finding.",
        ),
        (Duty::SuspensionEnded, _) => Words::new(
            "Việc tạm dừng hiệu lực trước khi có quyết định đã chấm dứt.",
            "The suspension of before the decision has ended.",
        ),
        (Duty::Decision, _) => Words::new("Vụ việc đã được quyết định như sau.", "The case was decided as follows."),
        (Duty::AppealDecision, _) => match told.heard {
            Some((true, at)) => Words::new(
                format!("Khiếu nại được chấp nhận ngày {}. Quyết định bị hủy bỏ.", moment(at)),
                format!("The appeal succeeded on {}. The decision is set aside.", moment(at)),
            ),
            Some((false, at)) => Words::new(
                format!("Khiếu nại không được chấp nhận ngày {}. Quyết định được giữ nguyên.", moment(at)),
                format!("The appeal failed on {}. The decision stands.", moment(at)),
            ),
            None => Words::new("Khiếu nại đã được giải quyết.", "The appeal was decided."),
        },
        (Duty::Dismissal, Recipient::Reporter) => Words::new(
            "Vụ việc mà ông/bà đã báo cáo không được tiếp tục xem xét. Cảm ơn ông/bà đã báo cáo.",
            "The case that you reported is not pursued. Thank you for reporting.",
        ),
        (Duty::Dismissal, Recipient::Subject | Recipient::Agency) => Words::new(
            "Vụ việc không được tiếp tục xem xét. Không có kết luận nào về bất kỳ ai.",
            "The case is not pursued. Nothing was found about anybody.",
        ),
        (Duty::End, Recipient::Reporter) => Words::new(
            "Vụ việc mà ông/bà đã báo cáo đã kết thúc. Cảm ơn ông/bà đã báo cáo.",
            "The case that you reported is closed. Thank you for reporting.",
        ),
        (Duty::End, Recipient::Subject | Recipient::Agency) => {
            Words::new("Hồ sơ vụ việc đã kết thúc.", "The case is closed.")
        }
    }
}

fn rights(duty: Duty, recipient: Recipient, told: &Told) -> Vec<Words> {
    let mut rights = Vec::new();
    match (duty, recipient) {
        (Duty::Opening, Recipient::Subject | Recipient::Agency) => {
            rights.push(match told.reply_by {
                Some(until) => Words::new(
                    format!("Được trả lời và gửi tài liệu, chứng cứ đến hết ngày {}.", last_day(until)),
                    format!("You may reply, and send documents and evidence, to the end of {}.", last_day(until)),
                ),
                None => Words::new(
                    format!(
                        "Được trả lời và gửi tài liệu, chứng cứ trong {} ngày làm việc kể từ ngày người bị xem xét nhận được \
                         thông báo này.",
                        rules::REPLY_WORKING_DAYS
                    ),
                    format!(
                        "You may reply, and send documents and evidence, for {} working days after whom the case is about \
                         has received this notice.",
                        rules::REPLY_WORKING_DAYS
                    ),
                ),
            });
            if recipient == Recipient::Agency {
                rights.push(Words::new(
                    "Ý kiến của cơ quan không thay cho trả lời của người bị xem xét.",
                    "What the agency says is no reply of the person whom the case is about.",
                ));
            }
            rights.push(Words::new(
                format!(
                    "Không ai quyết định trước khi có trả lời hoặc hết thời hạn trả lời. Người quyết định không phải là người đã \
                     báo cáo hoặc mở hồ sơ. Quyết định có thể bị khiếu nại trong {} ngày; khiếu nại do người khác giải quyết.",
                    rules::APPEAL_DAYS
                ),
                format!(
                    "Nobody decides before there is a reply or its time is over. Whoever decides has neither reported nor \
                     opened the case. A decision may be appealed against for {} days; another person hears the appeal.",
                    rules::APPEAL_DAYS
                ),
            ));
        }
        (Duty::Decision, Recipient::Subject | Recipient::Agency) => {
            let is_against_them = told.decided.as_ref().is_some_and(|it| it.outcome == Outcome::Substantiated);
            let until = told.decided.as_ref().and_then(|it| it.appeal_until);
            if is_against_them {
                rights.push(match until {
                    Some(until) => Words::new(
                        format!(
                            "Người bị xem xét được khiếu nại đến hết ngày {}. Khiếu nại do người khác giải quyết.",
                            last_day(until)
                        ),
                        format!(
                            "Whom the case is about may appeal to the end of {}. Another person hears the appeal.",
                            last_day(until)
                        ),
                    ),
                    None => Words::new(
                        format!(
                            "Người bị xem xét được khiếu nại trong {} ngày kể từ ngày nhận quyết định. Khiếu nại do người khác \
                             giải quyết.",
                            rules::APPEAL_DAYS
                        ),
                        format!(
                            "Whom the case is about may appeal for {} days after receiving the decision. Another person hears \
                             the appeal.",
                            rules::APPEAL_DAYS
                        ),
                    ),
                });
            }
        }
        (Duty::Suspension, Recipient::Subject | Recipient::Agency) => rights.push(Words::new(
            "Được trả lời và đề nghị chấm dứt việc tạm dừng bất kỳ lúc nào trước khi có quyết định.",
            "You may reply, and ask that the suspension end, at any time before the decision.",
        )),
        (Duty::AppealDecision, Recipient::Subject | Recipient::Agency) => rights.push(Words::new(
            "Quyền khởi kiện tại tòa án theo pháp luật về tố tụng hành chính không bị ảnh hưởng.",
            "The right to go to court under the law of administrative procedure is not affected.",
        )),
        (Duty::SuspensionEnded | Duty::Dismissal | Duty::End, _) | (_, Recipient::Reporter) => {
            rights.push(Words::new("Không cần làm gì thêm.", "Nothing more needs to be done."))
        }
    }
    rights
}
