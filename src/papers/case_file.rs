//! The file of a case for another authority: what is known, who was heard, what was decided, and proofs that all of it
//! stands in the log, which can be checked without the registry.

use super::notice::{Act, Decided, Letterhead, decision, last_day, letterhead};
use super::pdf::Attachment;
use super::sheet::Sheet;
use super::words::{act, authority, capacity_said, claimed, either, happened, state};
use crate::domain::cases::{Authority, CaseEvidence, CaseState, Claimed, Source, Statement};
use crate::domain::events::EventProof;
use crate::domain::ids::CaseId;
use crate::domain::issuer::Words;
use crate::domain::log::{Checkpoint, Proof, VerifierKey, leaf_hash};
use crate::domain::time::Timestamp;
use crate::domain::wording::moment;
use crate::error::Error;
use data_encoding::{BASE64, HEXLOWER};

/// What one report says.
pub struct Reported {
    /// When it came in.
    pub received_at: Timestamp,
    /// Where it says the act was.
    pub place: String,
    /// When.
    pub occurred_at: Timestamp,
    /// What was done, in the words of whoever reported.
    pub narrative: Option<String>,
    /// What was demanded, in đồng.
    pub amount_demanded: Option<i64>,
    /// The file number of the police, where they were told.
    pub police_reference: Option<String>,
    /// What somebody claimed to be.
    pub claimed: Claimed,
}

/// Something that happened to the case.
pub struct Happened {
    /// When.
    pub at: Timestamp,
    /// Its real type.
    pub kind: String,
    /// In which capacity.
    pub by: Words,
    /// In the words of whoever did it.
    pub reason: Option<String>,
    /// Its place in the log.
    pub index: i64,
    /// That it stands there.
    pub proof: EventProof,
}

/// The file of a case.
pub struct CaseFilePaper {
    /// Who sends it.
    pub from: Letterhead,
    /// To whom.
    pub to: Authority,
    /// Of which case.
    pub case: CaseId,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When this file was made.
    pub made_at: Timestamp,
    /// Where the case stands.
    pub state: CaseState,
    /// The province whose registrar handles it.
    pub venue: String,
    /// Why it is brought there.
    pub reason: String,
    /// Whom it is about.
    pub subject: String,
    /// What somebody claimed to be.
    pub claimed: Claimed,
    /// What is looked into.
    pub act: Act,
    /// What was reported; never by whom.
    pub reports: Vec<Reported>,
    /// What was said by those who were heard.
    pub statements: Vec<Statement>,
    /// The decision, and in which capacity.
    pub decided: Option<(Decided, Words)>,
    /// Whether the appeal succeeded, when that was decided, and why.
    pub heard: Option<(bool, Timestamp, String)>,
    /// Its files.
    pub evidence: Vec<CaseEvidence>,
    /// What happened, in its order.
    pub timeline: Vec<Happened>,
}

impl CaseFilePaper {
    /// The PDF, with the proofs attached.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn pdf(&self) -> Result<Vec<u8>, Error> {
        let title = Words::new("Hồ sơ vụ việc", "Case file");
        let made = moment(self.made_at);
        let foot = [format!("Hồ sơ / Case {}", self.case), format!("Lập lúc / Made at {made}")];
        let mut sheet = Sheet::new(format!("{} / {} {}", title.vi, title.en, self.case), foot)?;
        letterhead(&mut sheet, &self.from);
        sheet.title(&title);
        self.head(&mut sheet);
        self.facts(&mut sheet);
        self.hearing(&mut sheet);
        self.files(&mut sheet);
        self.history(&mut sheet);
        self.appendix(&mut sheet)?;
        sheet.finish()
    }

    fn head(&self, sheet: &mut Sheet) {
        sheet.field(&Words::new("Chuyển đến", "Brought before"), &authority(self.to));
        sheet.field(&Words::new("Số hồ sơ", "Case number"), &self.case.to_string());
        sheet.field(&Words::new("Nơi thụ lý", "Handled in"), &self.venue);
        sheet.field(&Words::new("Mở ngày", "Opened"), &moment(self.opened_at));
        sheet.field(&Words::new("Tình trạng", "State"), &state(self.state));
        sheet.heading(&Words::new("Lý do chuyển", "Why it is brought there"));
        sheet.quoted(&self.reason);
    }

    fn facts(&self, sheet: &mut Sheet) {
        sheet.heading(&Words::new("Nội dung vụ việc", "What is known"));
        sheet.field(&Words::new("Người bị xem xét", "Whom it is about"), &self.subject);
        claimed(sheet, &self.claimed);
        act(sheet, &self.act);
        for (at, it) in self.reports.iter().enumerate() {
            sheet.heading(&Words::new(format!("Báo cáo {}", at + 1), format!("Report {}", at + 1)));
            sheet.field(&Words::new("Tiếp nhận", "Received"), &moment(it.received_at));
            sheet.field(&Words::new("Nơi và thời gian", "Where and when"), &either(&it.place, &moment(it.occurred_at)));
            claimed(sheet, &it.claimed);
            if let Some(amount) = it.amount_demanded {
                sheet.field(&Words::new("Số tiền bị đòi", "Amount demanded"), &format!("{amount} đồng"));
            }
            if let Some(reference) = &it.police_reference {
                sheet.field(&Words::new("Số hồ sơ công an", "Police reference"), reference);
            }
            sheet.quoted(it.narrative.as_deref().unwrap_or("(đã xóa / erased)"));
        }
    }

    fn hearing(&self, sheet: &mut Sheet) {
        for it in &self.statements {
            let heading = match it.is_appeal {
                true => Words::new("Khiếu nại", "Appeal"),
                false => Words::new("Trả lời", "Reply"),
            };
            sheet.heading(&heading);
            sheet.field(&Words::new("Do", "By"), &capacity_said(&it.role));
            sheet.field(&Words::new("Ngày", "When"), &moment(it.at));
            sheet.quoted(&it.text);
        }
        if let Some((decided, by)) = &self.decided {
            sheet.heading(&Words::new("Quyết định", "Decision"));
            decision(sheet, decided, by);
            if let Some(until) = decided.appeal_until {
                sheet.field(&Words::new("Khiếu nại đến hết", "Appeal to the end of"), &last_day(until));
            }
        }
        if let Some((overturned, at, reasons)) = &self.heard {
            let outcome = match overturned {
                true => either("Khiếu nại được chấp nhận; quyết định bị hủy bỏ", "The appeal succeeded"),
                false => either("Khiếu nại không được chấp nhận", "The appeal failed"),
            };
            sheet.heading(&Words::new("Giải quyết khiếu nại", "Decision on the appeal"));
            sheet.field(&Words::new("Kết quả", "Outcome"), &outcome);
            sheet.field(&Words::new("Ngày", "When"), &moment(*at));
            sheet.quoted(reasons);
        }
    }

    fn files(&self, sheet: &mut Sheet) {
        if self.evidence.is_empty() {
            return;
        }
        sheet.heading(&Words::new("Chứng cứ (giao riêng)", "Evidence (handed over apart)"));
        for (at, CaseEvidence { file, source }) in self.evidence.iter().enumerate() {
            let source = match source {
                Source::Role(role) => capacity_said(role),
                Source::Report(_) => either("Kèm theo báo cáo", "With a report"),
            };
            let told = format!("{}, {} byte, {}", file.media_type.as_str(), file.bytes, moment(file.added_at));
            sheet.field(
                &Words::new(format!("Tệp {}", at + 1), format!("File {}", at + 1)),
                &format!("{told}\n{source}"),
            );
            sheet.digits(&format!("SHA-256 {}", file.sha256));
        }
    }

    fn history(&self, sheet: &mut Sheet) {
        sheet.heading(&Words::new("Diễn biến", "What happened"));
        for it in &self.timeline {
            let what = happened(&it.kind);
            let told = format!("{} / {}\n{} / {}\nNhật ký / Log: {}", what.vi, what.en, it.by.vi, it.by.en, it.index);
            sheet.field(&Words::new(moment(it.at), ""), &told);
            if let Some(reason) = &it.reason {
                sheet.quoted(reason);
            }
        }
    }

    fn appendix(&self, sheet: &mut Sheet) -> Result<(), Error> {
        sheet.new_page();
        sheet.title(&Words::new("Phụ lục: bằng chứng trong nhật ký", "Appendix: proofs in the log"));
        sheet.both(&Words::new(
            "Mỗi việc ghi trong hồ sơ này là một mục của nhật ký công khai không thể sửa. Tệp proof-N.json đính kèm trong PDF là \
             bằng chứng của mục N. Kiểm tra không cần mạng: press-registry log verify --proof proof-N.json --key KHÓA. So khóa \
             dưới đây với khóa lấy từ nguồn khác.",
            "Each thing told in this file is an entry of a public log that cannot be rewritten. The file proof-N.json attached to \
             this PDF is the proof of entry N. To check it without a network: press-registry log verify --proof proof-N.json \
             --key KEY. Compare the key below with one that you have from elsewhere.",
        ));
        sheet.both(&Words::new(
            "Mã băm SHA-256 của chính tệp PDF này được ghi trong mục nhật ký của việc chuyển hồ sơ.",
            "The SHA-256 of this very PDF stands in the log's entry of this referral.",
        ));
        let Some(first) = self.timeline.first() else { return Ok(()) };
        let proof = |proof: &EventProof| {
            Proof::parse(&proof.inclusion).ok_or_else(|| Error::internal("a proof that cannot be read"))
        };
        sheet.heading(&Words::new("Khóa và điểm kiểm tra đã ký", "Key, and signed checkpoint"));
        sheet.digits(&first.proof.vkey);
        let note = proof(&first.proof)?.note;
        sheet.digits(&note);
        if let Some(checkpoint) =
            VerifierKey::parse(&first.proof.vkey).and_then(|key| Checkpoint::open(&note, &key).ok())
        {
            sheet.digits(&format!("root {} of {} entries", HEXLOWER.encode(&checkpoint.root), checkpoint.size));
        }
        for it in &self.timeline {
            let Proof { index, path, .. } = proof(&it.proof)?;
            sheet.heading(&Words::new(format!("Mục {index}"), it.kind.clone()));
            sheet.digits(&it.proof.leaf);
            sheet.digits(&format!("leaf {}", HEXLOWER.encode(&leaf_hash(it.proof.leaf.as_bytes()))));
            for hash in path {
                sheet.digits(&BASE64.encode(&hash));
            }
            let bytes = serde_json::to_vec_pretty(&it.proof).map_err(Error::internal)?;
            sheet.attach(Attachment { name: format!("proof-{index}.json"), media_type: "application/json", bytes });
        }
        Ok(())
    }
}
