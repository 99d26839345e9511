//! What an event of a case needs besides the right state.

use super::finding::{Finding, Outcome};
use super::{Case, CaseEvent, CaseState, NoticeGiven};
use crate::domain::time::Timestamp;
use crate::domain::working_days::WorkingDays;

/// Working days to reply to a notice: as long as an agency has to answer (NĐ237 Đ18.3, Đ18.6).
pub const REPLY_WORKING_DAYS: u32 = 15;
/// Days to appeal against a decision (Luật Khiếu nại 02/2011/QH13 Đ9).
pub const APPEAL_DAYS: u64 = 90;
/// Days a credential is suspended at most before a decision: ours, as the law sets none.
pub const INTERIM_DAYS: u64 = 30;
/// Days a notice is put off at most: ours, as the law sets none.
pub const STAY_DAYS: u64 = 30;

/// Working days within which it is written down that a notice was handed over: ours. Whoever hands one over away from
/// their desk is back at it within a week; what is said of longer ago could end a time before anybody was told.
pub const WRITTEN_DOWN_WORKING_DAYS: u32 = 5;

/// From when a time runs that begins with a notice served at `served`, as is written down at `now`: from then, but not
/// from before it could still have been written down in time.
pub fn runs_from(days: &WorkingDays<'_>, served: Timestamp, now: Timestamp) -> Timestamp {
    served.max(days.before(now.day(), WRITTEN_DOWN_WORKING_DAYS).start())
}

/// When the time to reply is over, for a notice served at `served`.
pub fn reply_by(days: &WorkingDays<'_>, served: Timestamp) -> Timestamp {
    days.after(served.day(), REPLY_WORKING_DAYS).end()
}

/// When the time to appeal is over, for a decision served at `served`.
pub fn appeal_until(served: Timestamp) -> Timestamp {
    served.day().plus_days(APPEAL_DAYS).end()
}

impl Case {
    /// The state after `event` at `now`.
    ///
    /// # Errors
    /// One sentence that says what stands in the way.
    pub fn after(&self, event: CaseEvent, now: Timestamp) -> Result<CaseState, String> {
        let refused = || format!("The case is {}; `{}` is not possible.", self.state.as_str(), event.as_str());
        let to = self.state.after(event).ok_or_else(refused)?;
        match event {
            CaseEvent::Stay if self.stay.is_some() => Err("The notice of a case is put off once only.".into()),
            CaseEvent::Notify if !matches!(self.notice, None | Some(NoticeGiven::Sent)) => {
                Err("The subject has been told, or cannot be.".into())
            }
            CaseEvent::Answer if self.notice == Some(NoticeGiven::Impossible) => {
                Err("Nobody could be told of this case, so nobody answers.".into())
            }
            CaseEvent::Decide => self.may_be_decided(now).map(|()| to),
            CaseEvent::Confirm if !self.pending_second() => Err("No decision waits for a second person.".into()),
            CaseEvent::Close if self.pending_second() => Err("The decision waits for a second person.".into()),
            CaseEvent::Appeal => self.may_be_appealed(now).map(|()| to),
            CaseEvent::Open
            | CaseEvent::Dismiss
            | CaseEvent::Attach
            | CaseEvent::Notify
            | CaseEvent::Stay
            | CaseEvent::Answer
            | CaseEvent::Confirm
            | CaseEvent::Uphold
            | CaseEvent::Overturn
            | CaseEvent::Refer
            | CaseEvent::Close => Ok(to),
        }
    }

    /// Nobody is judged before they could reply.
    fn may_be_decided(&self, now: Timestamp) -> Result<(), String> {
        if self.decision.is_some() {
            let waits = "It is decided; a decision is replaced only while it waits for a second person.";
            return self.pending_second().then_some(()).ok_or_else(|| waits.into());
        }
        match self.notice {
            _ if self.replied => Ok(()),
            Some(NoticeGiven::Impossible) => Ok(()),
            Some(NoticeGiven::Served { reply_by }) if now >= reply_by => Ok(()),
            Some(NoticeGiven::Served { reply_by }) => {
                Err(format!("The subject has not replied, and has until {reply_by} to do so."))
            }
            Some(NoticeGiven::Sent) => Err("The notice was sent, but nobody knows yet that it arrived.".into()),
            None => Err("Nobody has been told of the case.".into()),
        }
    }

    /// What was found for good: by a decision in force that nobody can appeal against any more, or that was upheld.
    pub fn final_finding(&self, now: Timestamp) -> Option<Finding> {
        let decision = self.decision.as_ref().filter(|it| !it.pending_second())?;
        let stands = match &self.appeal {
            Some(appeal) => appeal.heard_at.is_some() && !appeal.overturned,
            None => !decision.names_subject || decision.appeal_until.is_some_and(|until| until <= now),
        };
        (stands && decision.finding.outcome == Outcome::Substantiated).then_some(decision.finding)
    }

    fn may_be_appealed(&self, now: Timestamp) -> Result<(), String> {
        let decision = self.decision.as_ref().ok_or("There is no decision.")?;
        if decision.pending_second() {
            return Err("The decision waits for a second person and has no effect yet.".into());
        }
        if decision.finding.outcome == Outcome::Unfounded || !decision.names_subject {
            return Err("The decision is against nobody.".into());
        }
        if self.appeal.is_some() {
            return Err("An appeal was decided already.".into());
        }
        match decision.appeal_until {
            Some(until) if now >= until => Err(format!("The time to appeal ended at {until}.")),
            Some(_) | None => Ok(()),
        }
    }
}
