//! How long things are kept, each with its reason. What is over is forgotten by itself, once a day.

use super::time::Timestamp;
use std::fmt;

/// How long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// Hours.
    Hours(u32),
    /// Days in Việt Nam.
    Days(u32),
    /// Years.
    Years(u32),
}

/// What is kept for a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// What a report says, and its evidence, where nobody opened a case with it, or the case came to nothing.
    UnfoundedReports,
    /// What was said in a case that came to nothing, its evidence, and its papers for an authority.
    UnfoundedCases,
    /// Whoever was refused a card, and why.
    RefusedApplications,
    /// What an agency stated of somebody whom it took back, or who was given back, and what was known of them.
    WithdrawnFacts,
    /// Papers of applications and offices that have ended.
    Documents,
    /// A portrait that no valid card carries any more.
    Portraits,
    /// Who looked at whose record.
    Accesses,
    /// Answers kept for repeated requests.
    Answers,
    /// Sign-ins that are over, and one-time codes that nobody used.
    Sessions,
    /// Wrong passwords, by keyed hashes of whose and from where.
    Guesses,
    /// Files of people that came in, and what was wrong with them.
    Imports,
}

/// How long something is kept, and why so long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// How long.
    pub length: Length,
    /// From when.
    pub from: &'static str,
    /// Why.
    pub reason: &'static str,
}

impl Kept {
    /// All of them, in the order of the table.
    pub const ALL: [Self; 11] = [
        Self::UnfoundedReports,
        Self::UnfoundedCases,
        Self::RefusedApplications,
        Self::WithdrawnFacts,
        Self::Documents,
        Self::Portraits,
        Self::Accesses,
        Self::Answers,
        Self::Sessions,
        Self::Guesses,
        Self::Imports,
    ];

    /// As counted in the log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UnfoundedReports => "unfounded_reports",
            Self::UnfoundedCases => "unfounded_cases",
            Self::RefusedApplications => "refused_applications",
            Self::WithdrawnFacts => "withdrawn_facts",
            Self::Documents => "documents",
            Self::Portraits => "portraits",
            Self::Accesses => "accesses",
            Self::Answers => "answers",
            Self::Sessions => "sessions",
            Self::Guesses => "guesses",
            Self::Imports => "imports",
        }
    }

    /// How long, and why. Law 91/2025 Đ3 has data kept no longer than its purpose needs, and sets no number of days: where
    /// no other source is named, the length is ours.
    pub const fn period(self) -> Period {
        let (length, from, reason) = match self {
            Self::UnfoundedReports => (
                Length::Days(90),
                "the report, or the end of its case",
                "An accusation that came to nothing is not held over anybody's head (law 91/2025 Đ3). 90 days are those \
                 within which a decision may be appealed against (law 02/2011 Đ9).",
            ),
            Self::UnfoundedCases => (
                Length::Days(90),
                "the last event of the case",
                "What was reported is said again in its case and in the papers made of it: with the reports it goes from \
                 there too, where the case was dismissed, found unfounded or overturned (law 91/2025 Đ3).",
            ),
            Self::RefusedApplications => (
                Length::Years(1),
                "the refusal",
                "What stands against a card stands for 12 months (law 126/2025 Đ28.3); after that, the refusal serves \
                 nobody (law 91/2025 Đ3).",
            ),
            Self::WithdrawnFacts => (
                Length::Days(30),
                "the last event of the application",
                "What an agency states of convictions, discipline and degrees serves the decision alone (law 91/2025 Đ3): \
                 where there is none, 30 days leave time to propose the same people again.",
            ),
            Self::Documents => (
                Length::Years(1),
                "the last event of the application or the office, unless the one waits for a decision or the other goes on",
                "What a decision rested on can be looked at as long as what stands against a card stands (law 126/2025 \
                 Đ28.3); the agency has the papers themselves, and their digests stay in the log (law 91/2025 Đ3).",
            ),
            Self::Portraits => (
                Length::Days(90),
                "the expiry of the last card that carries it",
                "A portrait is compared with its holder while a card is valid; 90 days leave time to renew the card \
                 without a new picture (law 91/2025 Đ3).",
            ),
            Self::Accesses => (
                Length::Years(5),
                "the look",
                "Whoever is on record may know who looked (law 91/2025 Đ4), for as long as a card lasts (law 126/2025 \
                 Đ28.4).",
            ),
            Self::Answers => (Length::Hours(72), "the answer", "A request is repeated within days or never."),
            Self::Sessions => (Length::Hours(0), "their end", "A sign-in that is over opens nothing."),
            Self::Guesses => (
                Length::Hours(0),
                "the moment they make nobody wait any more",
                "Each wrong password counts for 36 minutes against an account (18 against a device that it knows, 72 \
                 against all that knew its former password) and for two against a neighbourhood of addresses; all are \
                 kept as keyed hashes, and so is how often an official looked up cards. The next sign-in removes what is \
                 over, at the latest the day's run.",
            ),
            Self::Imports => (
                Length::Days(7),
                "the file's arrival",
                "Once a file is done with, only its rejected rows are kept, for whoever mends them: within the week, or \
                 from their own list (law 91/2025 Đ3).",
            ),
        };
        Period { length, from, reason }
    }

    /// When something that begins at `at` is over, where it is kept for hours.
    pub const fn over_after(self, at: Timestamp) -> Timestamp {
        match self.period().length {
            Length::Hours(hours) => at.plus_seconds(hours as i64 * 3_600),
            Length::Days(_) | Length::Years(_) => at,
        }
    }

    /// What began before this instant is kept no longer.
    pub fn over_before(self, now: Timestamp) -> Timestamp {
        self.period().length.over_before(now)
    }
}

/// In words.
impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hours(0) => f.write_str("not at all"),
            Self::Hours(hours) => write!(f, "{hours} hours"),
            Self::Days(days) => write!(f, "{days} days"),
            Self::Years(1) => f.write_str("1 year"),
            Self::Years(years) => write!(f, "{years} years"),
        }
    }
}

impl Length {
    /// What began before this instant is over at `now`. Days count from midnight to midnight, so that something kept for
    /// a day is there the whole day after.
    pub fn over_before(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Hours(hours) => now.plus_seconds(-i64::from(hours) * 3_600),
            Self::Days(days) => now.day().minus_days(u64::from(days)).end(),
            Self::Years(years) => now.day().minus_years(years).end(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_ends_with_a_day_in_viet_nam() {
        let at = |raw: &str| Timestamp::parse(raw).expect("a time");
        let over = |kept: Kept, began: &str, now: &str| at(began) < kept.over_before(at(now));
        // Both in the evening of 22 November in Việt Nam; 90 days later is 20 February.
        for began in ["2026-11-21T17:00:00Z", "2026-11-22T16:59:59Z"] {
            assert!(!over(Kept::Portraits, began, "2027-02-19T16:59:59Z"), "{began}");
            assert!(over(Kept::Portraits, began, "2027-02-19T17:00:00Z"), "{began}");
        }
        assert!(!over(Kept::Accesses, "2026-11-22T03:00:00Z", "2031-11-21T16:59:59Z"));
        assert!(over(Kept::Accesses, "2026-11-22T03:00:00Z", "2031-11-21T17:00:00Z"));
        assert!(!over(Kept::Answers, "2026-11-22T03:00:00Z", "2026-11-25T03:00:00Z"));
        assert!(over(Kept::Answers, "2026-11-22T03:00:00Z", "2026-11-25T03:00:01Z"));
    }
}
