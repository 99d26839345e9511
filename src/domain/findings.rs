//! What an auditor should look at: time that ran out, and what was decided without having been answered.
//!
//! A finding is no reproach: there may be good reasons, which its entries of the log may tell.

use super::cases::{Case, CaseState, NoticeGiven};
use super::issuer::Words;
use super::problem::FieldProblem;
use super::time::{Day, Timestamp};
use super::working_days::WorkingDays;

/// Working days to send a notice that is owed: as long as a conclusion may wait to be sent (NĐ237 Đ18.2).
pub const NOTICE_WORKING_DAYS: u32 = 5;
/// Days that a case may be open: ours, as the law sets none. Reply and appeal together take some 110.
pub const OPEN_DAYS: i64 = 180;

/// What is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FindingKind {
    /// The time to reply is over, there is no reply, and nobody has decided.
    DeadlineMissed,
    /// Somebody is owed a notice that nobody has sent.
    NoticeNotSent,
    /// It was decided although the subject had not replied.
    DecisionWithoutReply,
    /// A suspension of before the decision ended by itself.
    SuspensionLapsed,
    /// A stay of the notice ended by itself.
    StayLapsed,
    /// The case has been open for very long.
    OpenTooLong,
}

impl FindingKind {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 6] = [
        Self::DeadlineMissed,
        Self::NoticeNotSent,
        Self::DecisionWithoutReply,
        Self::SuspensionLapsed,
        Self::StayLapsed,
        Self::OpenTooLong,
    ];

    /// As shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DeadlineMissed => "deadline_missed",
            Self::NoticeNotSent => "notice_not_sent",
            Self::DecisionWithoutReply => "decision_without_reply",
            Self::SuspensionLapsed => "suspension_lapsed",
            Self::StayLapsed => "stay_lapsed",
            Self::OpenTooLong => "open_too_long",
        }
    }

    /// # Errors
    /// `unknown_finding`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == raw).ok_or_else(|| {
            let known: Vec<_> = Self::ALL.iter().map(|kind| kind.as_str()).collect();
            FieldProblem::new("unknown_finding", format!("one of {}", known.join(", ")))
        })
    }

    /// The same in words.
    pub fn words(self) -> Words {
        let (vi, en) = match self {
            Self::DeadlineMissed => (
                "Hết thời hạn trả lời, chưa có trả lời và chưa có quyết định",
                "The time to reply is over, without a reply and without a decision",
            ),
            Self::NoticeNotSent => ("Thông báo phải gửi nhưng chưa gửi", "A notice that is owed and was not sent"),
            Self::DecisionWithoutReply => ("Quyết định khi chưa có trả lời", "A decision although there was no reply"),
            Self::SuspensionLapsed => (
                "Tạm dừng hiệu lực thẻ tự hết thời hạn, chưa có quyết định",
                "A suspension that ended by itself, before any decision",
            ),
            Self::StayLapsed => ("Hoãn thông báo tự hết thời hạn", "A notice put off until that ended by itself"),
            Self::OpenTooLong => ("Vụ việc để quá lâu chưa khép lại", "A case that has been open for too long"),
        };
        Words::new(vi, en)
    }

    /// Since when a case as it stands is one of these; `None` where it is not, or where the log alone can tell.
    pub fn since(self, case: &Case, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::DeadlineMissed => match (case.state, case.notice) {
                (CaseState::Notified, Some(NoticeGiven::Served { reply_by })) if reply_by <= now && !case.replied => {
                    Some(reply_by)
                }
                (_, _) => None,
            },
            // Where nobody could be told, nobody could reply.
            Self::DecisionWithoutReply => {
                let decided = case.decision.as_ref().filter(|_| !case.replied && case.was_told());
                decided.map(|decision| decision.decided_at)
            }
            Self::OpenTooLong => {
                (case.state.is_open() && case.opened_at <= opened_before(now)).then_some(case.opened_at)
            }
            Self::NoticeNotSent | Self::SuspensionLapsed | Self::StayLapsed => None,
        }
    }
}

/// What was opened then or earlier has been open for too long at `now`.
pub const fn opened_before(now: Timestamp) -> Timestamp {
    now.plus_seconds(-OPEN_DAYS * 86_400)
}

fn is_over(owed: Day, days: &WorkingDays<'_>, now: Timestamp) -> bool {
    days.after(owed, NOTICE_WORKING_DAYS).end() <= now
}

/// What was owed before this instant should have been sent by `now`.
pub fn owed_before(days: &WorkingDays<'_>, now: Timestamp) -> Timestamp {
    let mut day = now;
    while !is_over(day.day(), days, now) {
        day = day.plus_seconds(-86_400);
    }
    day.day().end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_is_owed_for_five_working_days() {
        let days = WorkingDays::new(&[]);
        let at = |raw| Timestamp::parse(raw).expect("a time");
        // Owed since Monday, 2 March 2026: until the end of Monday, 9 March, in Việt Nam.
        let monday = at("2026-03-02T03:00:00Z").day();
        assert!(!is_over(monday, &days, at("2026-03-09T16:59:59Z")));
        assert!(is_over(monday, &days, at("2026-03-09T17:00:00Z")));
        assert_eq!(owed_before(&days, at("2026-03-09T17:00:00Z")), monday.end());
        assert_eq!(owed_before(&days, at("2026-03-09T16:59:59Z")), monday.start());
    }

    #[test]
    fn each_kind_has_its_word_and_its_words() {
        for kind in FindingKind::ALL {
            assert_eq!(FindingKind::parse(kind.as_str()), Ok(kind));
            assert_ne!(kind.words().vi, kind.words().en);
        }
        assert_eq!(FindingKind::parse("other").map_err(|it| it.code), Err("unknown_finding"));
    }
}
