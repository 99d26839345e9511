//! The demo's stories of misuse: `stories.csv`, told like the reports in the press. Everybody in them is invented, and
//! so is every agency, company and number; only provinces are real.

use super::courses::{Step, course};
use crate::data;
use serde::Deserialize;
use std::sync::LazyLock;

/// When a story begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Era {
    /// On that day of the last year whose statistics are published.
    Published,
    /// So many days ago.
    Recent,
}

/// A line of `stories.csv`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Story {
    pub(super) id: String,
    pub(super) era: Era,
    pub(super) day: i64,
    /// The code of the province.
    pub(super) province: String,
    pub(super) kind: Option<String>,
    /// Whom its case is about; none where there is no case.
    pub(super) subject: Option<String>,
    /// Which of the invented agency's staff, or the name of a body.
    pub(super) who: Option<String>,
    pub(super) claimed_name: Option<String>,
    pub(super) claimed_agency: Option<String>,
    pub(super) phone: Option<String>,
    /// What was shown: a number, or `card:` and which of the invented agency's staff has the card.
    pub(super) number: Option<String>,
    /// In đồng.
    pub(super) amount: Option<i64>,
    /// The file number of the police.
    pub(super) police: Option<String>,
    /// `anyone`, `official`, or `none` where a registrar found out.
    pub(super) reporter: String,
    /// `photo`, `letter` or `recording`.
    pub(super) evidence: Option<String>,
    /// An earlier story of the same person.
    pub(super) linked: Option<String>,
    /// What becomes of it.
    course: String,
    pub(super) place: String,
    pub(super) narrative: String,
}

impl Story {
    /// All that happens, with the days since the beginning.
    pub(super) fn steps(&self) -> Vec<(i64, Step)> {
        let reported = (self.reporter != "none").then_some((0, Step::Report));
        let opened = self.subject.is_some().then_some((2, Step::Open));
        let then = course(&self.course).expect("the tests read every story").iter().copied();
        reported.into_iter().chain(opened).chain(then).collect()
    }
}

/// All of them.
pub(super) fn stories() -> &'static [Story] {
    static ROWS: LazyLock<Vec<Story>> = LazyLock::new(|| data::rows(include_str!("stories.csv")));
    &ROWS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cases::SubjectKind;
    use crate::domain::misuse::MisuseKind;

    fn cases() -> impl Iterator<Item = &'static Story> {
        stories().iter().filter(|story| story.subject.is_some())
    }

    #[test]
    fn sixty_cases_are_told_of_every_kind_and_subject_in_many_provinces() {
        assert_eq!(cases().count(), 60);
        for kind in MisuseKind::ALL {
            assert!(cases().any(|story| story.kind.as_deref() == Some(kind.as_str())), "{kind:?}");
        }
        for subject in SubjectKind::ALL {
            assert!(cases().any(|story| story.subject.as_deref() == Some(subject.as_str())), "{subject:?}");
        }
        let mut provinces: Vec<_> = cases().map(|story| &story.province).collect();
        provinces.sort();
        provinces.dedup();
        assert!(provinces.len() >= 10, "{provinces:?}");
    }

    #[test]
    fn stories_are_over_by_now_and_follow_those_they_name() {
        for (nth, story) in stories().iter().enumerate() {
            let days: Vec<i64> = story.steps().iter().map(|(day, _)| *day).collect();
            assert!(days.is_sorted(), "{}", story.id);
            let last = days.last().copied().expect("something happens");
            match story.era {
                // Statistics of a year are published nine months after it.
                Era::Published => assert!((1..=365).contains(&story.day) && last <= 180, "{}", story.id),
                // The cards of their holders were granted 300 days ago.
                Era::Recent => assert!(last <= story.day && story.day < 300, "{}", story.id),
            }
            if let Some(linked) = &story.linked {
                let earlier = stories().get(..nth).expect("there are so many");
                assert!(earlier.iter().any(|other| other.id == *linked && other.subject.is_some()), "{}", story.id);
            }
        }
    }

    #[test]
    fn real_agencies_and_bodies_are_accused_of_nothing() {
        let real: Vec<&str> = data::agencies().iter().map(|agency| agency.name.as_str()).collect();
        for story in stories() {
            let claimed = story.claimed_agency.as_deref();
            assert!(claimed.is_none_or(|name| name.contains("Ví Dụ") && !real.contains(&name)), "{}", story.id);
            let body = story.who.as_deref().filter(|_| story.subject.as_deref() == Some("body"));
            assert!(body.is_none_or(|name| name.contains("Ví Dụ")), "{}", story.id);
        }
    }
}
