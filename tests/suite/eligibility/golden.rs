//! `cases.csv`, row by row. It is written for lawyers: who, on which application, on which day; what is known of them;
//! what is to be said of one condition, and by which article.

use super::CASES;
use press_registry::domain::applications::{Basis, CardKind};
use press_registry::domain::eligibility::{
    Assessment, DeclaredForm, Facts, OnRecordForm, Outcome, Rule, conditions, evaluate,
};
use press_registry::domain::time::Day;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// A row.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    pub(super) case: usize,
    person: String,
    application: String,
    day: String,
    pub(super) facts: String,
    pub(super) condition: String,
    pub(super) answer: String,
    pub(super) article: String,
}

/// Facts by these names stand on record; the others are stated by the agency.
const ON_RECORD: [&str; 9] = [
    "agency",
    "press_types",
    "at_work_since",
    "on_staff",
    "proposal",
    "revoked_on",
    "revoked_otherwise_on",
    "earlier_card",
    "granted_before",
];

pub(super) fn cases() -> Vec<Case> {
    let mut reader = csv::Reader::from_reader(CASES.as_bytes());
    reader.deserialize().map(|row| row.expect("a row of the table")).collect()
}

/// `yes` and `no` are what a lawyer writes.
fn value(word: &str) -> Value {
    match word {
        "yes" => true.into(),
        "no" => false.into(),
        word => word.into(),
    }
}

fn day(raw: &str) -> Day {
    Day::parse(raw).expect("a date")
}

impl Case {
    pub(super) fn day(&self) -> Day {
        day(&self.day)
    }

    pub(super) fn basis(&self) -> Basis {
        match self.application.as_str() {
            "first card" => Basis::First,
            other => Basis::parse(other).expect("a kind of application"),
        }
    }

    pub(super) fn facts(&self) -> Facts {
        let words = self.facts.split("; ").filter(|word| !word.is_empty());
        let pairs = words.map(|word| word.split_once(": ").expect("`name: word`"));
        let (on_record, stated): (Vec<_>, Vec<_>) = pairs.partition(|(name, _)| ON_RECORD.contains(name));
        let object = |pairs: Vec<(&str, &str)>| -> Value {
            pairs.into_iter().map(|(name, word)| (name.to_owned(), value(word))).collect::<Map<_, _>>().into()
        };
        let stated: DeclaredForm = serde_json::from_value(object(stated)).expect("facts that can be stated");
        let on_record: OnRecordForm = serde_json::from_value(object(on_record)).expect("facts on record");
        Facts {
            declared: stated.parse("", self.day()).expect("words of the form"),
            on_record: on_record.parse().expect("words of the record"),
        }
    }

    /// What the program says: the answer in the table's words, and the article.
    fn said(&self) -> (&'static str, String) {
        let findings = evaluate(&self.facts(), self.day(), CardKind::PressCard, self.basis());
        let mut of_condition = findings.iter().filter(|finding| finding.condition.id == self.condition);
        let found = of_condition.next();
        assert!(of_condition.next().is_none(), "case {}: one law asks one condition", self.case);
        match found {
            None => ("not asked", String::new()),
            Some(finding) => {
                assert_eq!(finding.source, finding.condition.source);
                assert!(!finding.because.vi.is_empty() && !finding.because.en.is_empty());
                let answer = match finding.outcome {
                    Outcome::Met => "met",
                    Outcome::NotMet => "not met",
                    Outcome::Unknown => "unknown",
                };
                (answer, finding.source.short())
            }
        }
    }
}

#[test]
fn every_case_is_answered_as_the_table_says() {
    let cases = cases();
    assert!(cases.len() >= 60, "{} cases", cases.len());
    let told = cases.iter().filter_map(|case| {
        let (answer, article) = case.said();
        let agrees = answer == case.answer && article == case.article;
        (!agrees).then(|| format!("case {} ({}): {answer} by {article}", case.case, case.person))
    });
    let told: Vec<String> = told.collect();
    assert!(told.is_empty(), "\n{}\n", told.join("\n"));
    let numbers: Vec<usize> = cases.iter().map(|case| case.case).collect();
    assert_eq!(numbers, (1..=cases.len()).collect::<Vec<_>>(), "numbered without gaps");
}

/// Which answers the rules of a condition can give at all.
fn possible(rule: &Rule) -> &'static [&'static str] {
    match rule {
        Rule::NotKept(_) | Rule::Unconfirmed => &["unknown"],
        Rule::VietnameseCitizen
        | Rule::LivesInVietnam
        | Rule::Degree { .. }
        | Rule::Post(_)
        | Rule::YearsAtWork { .. }
        | Rule::Proposed
        | Rule::CourseCompleted
        | Rule::Barred { .. }
        | Rule::NoOpenCase
        | Rule::NoConviction
        | Rule::NotAtScientificJournal
        | Rule::TakenOnWithin { .. } => &["met", "not met", "unknown"],
    }
}

#[test]
fn every_condition_has_a_case_for_each_answer_and_each_date() {
    let cases = cases();
    let mut answers = BTreeMap::<&str, BTreeSet<&str>>::new();
    for case in &cases {
        answers.entry(&case.condition).or_default().insert(&case.answer);
    }
    for condition in conditions() {
        let of_it = || cases.iter().filter(|case| case.condition == condition.id);
        for answer in possible(&condition.rule) {
            assert!(answers.get(condition.id).is_some_and(|it| it.contains(answer)), "{} {answer}", condition.id);
        }
        let articles: BTreeSet<&str> = of_it().map(|case| case.article.as_str()).collect();
        assert!(
            articles.contains(condition.source.short().as_str()),
            "{} by {}",
            condition.id,
            condition.source.short()
        );
        // What no law asked before is asked from a day on: a case on it, and one on the day before.
        let is_new = !conditions().any(|other| other.id == condition.id && other.from < condition.from);
        if is_new && condition.from > day("2017-01-01") {
            for wanted in [condition.from, condition.from.minus_days(1)] {
                assert!(of_it().any(|case| day(&case.day) == wanted), "{} on {wanted}", condition.id);
            }
        }
    }
    let turns = ["2026-06-30", "2026-07-01"];
    assert!(turns.iter().all(|turn| cases.iter().filter(|case| case.day == **turn).count() >= 10));
}

#[test]
fn nothing_is_made_up_about_somebody_of_whom_nothing_is_known() {
    for turn in ["2017-01-01", "2025-12-31", "2026-01-01", "2026-07-01", "2027-01-01"] {
        for basis in Basis::ALL {
            let findings = evaluate(&Facts::default(), day(turn), CardKind::PressCard, basis);
            assert!(findings.len() > 10, "{turn}");
            let known: Vec<_> = findings.iter().filter(|it| it.outcome != Outcome::Unknown).collect();
            assert!(known.is_empty(), "{turn}: {known:?}");
            assert!(evaluate(&Facts::default(), day(turn), CardKind::CollaboratorCard, basis).is_empty());
        }
    }
}

#[test]
fn what_is_kept_is_read_as_it_was_written() {
    for case in cases() {
        let kept = Assessment::new(day(&case.day), case.facts());
        let approved = Assessment { decided_against: vec!["degree".into(), case.condition.clone()], ..kept.clone() };
        for it in [kept, approved] {
            let json = it.to_json().expect("JSON");
            assert_eq!(Assessment::from_json(&json), Ok(it), "case {}", case.case);
        }
    }
    for foreign in ["", "{}", "[]", r#"{"day":"2026-11-22","declared":{"religion":"x"},"on_record":{}}"#] {
        assert!(Assessment::from_json(foreign.as_bytes()).is_err(), "{foreign}");
    }
}
