//! Records that may be of one human being. The registry only says that two are alike: whether they are one, a registrar
//! decides, with reasons. Nothing merges by itself.

use super::ids::{CredentialId, DuplicateId, Id as _, PersonId};
use super::problem::{FieldError, FieldProblem, Problems};
use super::reason::Reason;
use super::time::Timestamp;

/// In what two records are alike; the stronger first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ground {
    /// Both have the same national id.
    NationalId,
    /// Both have the same name, in whichever spelling, and the same date of birth.
    NameAndBirthDate,
}

impl Ground {
    /// Both.
    pub const ALL: [Self; 2] = [Self::NationalId, Self::NameAndBirthDate];

    /// As stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NationalId => "national_id",
            Self::NameAndBirthDate => "name_and_birth_date",
        }
    }
}

/// What became of two records that are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DuplicateState {
    /// Nobody has decided.
    Open,
    /// They are two people. Final.
    Dismissed,
    /// They were one, and one record took the other in. Final, unless that was wrong.
    Merged,
}

/// What a registrar decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DuplicateEvent {
    /// They are two people.
    Dismiss,
    /// They are one.
    Merge,
    /// They are two after all: the record that was taken in is restored.
    Split,
}

/// Every permitted change of state. What is not listed is refused.
pub const TRANSITIONS: &[(DuplicateState, DuplicateEvent, DuplicateState)] = &[
    (DuplicateState::Open, DuplicateEvent::Dismiss, DuplicateState::Dismissed),
    (DuplicateState::Open, DuplicateEvent::Merge, DuplicateState::Merged),
    (DuplicateState::Merged, DuplicateEvent::Split, DuplicateState::Dismissed),
];

impl DuplicateState {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Open, Self::Dismissed, Self::Merged];

    /// The state after `event`, or `None` if it may not happen now.
    pub fn after(self, event: DuplicateEvent) -> Option<Self> {
        TRANSITIONS.iter().find(|(from, on, _)| (*from, *on) == (self, event)).map(|(_, _, to)| *to)
    }

    /// As stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Dismissed => "dismissed",
            Self::Merged => "merged",
        }
    }

    /// # Errors
    /// `unknown_state`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        let found = Self::ALL.into_iter().find(|state| state.as_str() == raw);
        found.ok_or_else(|| FieldProblem::new("unknown_state", "one of open, dismissed, merged"))
    }
}

impl DuplicateEvent {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Dismiss, Self::Merge, Self::Split];

    /// As requested.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dismiss => "dismiss",
            Self::Merge => "merge",
            Self::Split => "split",
        }
    }

    /// # Errors
    /// `unknown_event`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        let found = Self::ALL.into_iter().find(|event| event.as_str() == raw);
        found.ok_or_else(|| FieldProblem::new("unknown_event", "one of dismiss, merge, split"))
    }
}

/// Two records that are alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duplicate {
    /// The id.
    pub id: DuplicateId,
    /// The record that was entered first.
    pub one: PersonId,
    /// The other.
    pub other: PersonId,
    /// In what they are alike.
    pub ground: Ground,
    /// What became of them.
    pub state: DuplicateState,
    /// Counts its changes, from 1.
    pub version: i64,
    /// When it was noticed.
    pub found_at: Timestamp,
}

impl Duplicate {
    /// The other of both; none where it is neither.
    pub fn beside(&self, person: PersonId) -> Option<PersonId> {
        match person {
            it if it == self.one => Some(self.other),
            it if it == self.other => Some(self.one),
            _ => None,
        }
    }
}

/// A decision as a form has it: words not yet trusted.
#[derive(Clone, Debug, Default)]
pub struct DecisionForm {
    /// `dismiss`, `merge` or `split`.
    pub event: String,
    /// Why.
    pub reason: Option<String>,
    /// Which record stays, of a merge.
    pub keep: Option<String>,
    /// The press card that is handed in, where both hold one.
    pub return_credential: Option<String>,
}

/// What is decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// They are two people.
    Dismiss(Reason),
    /// They are one.
    Merge {
        /// Why.
        reason: Reason,
        /// The record that stays.
        keep: PersonId,
        /// The record that is taken in.
        gone: PersonId,
        /// The press card that is handed in, where both hold one.
        returned: Option<CredentialId>,
    },
    /// They are two after all.
    Split(Reason),
}

impl DecisionForm {
    /// # Errors
    /// Every problem of every field.
    pub fn parse(&self, of: &Duplicate) -> Result<Decision, Vec<FieldError>> {
        let mut problems = Problems::new();
        let event = problems.take("/event", DuplicateEvent::parse(&self.event));
        let reason = problems.take("/reason", Reason::required(self.reason.as_deref()));
        let only_merges = |code| FieldProblem::new(code, "only of a merge");
        let (mut keep, mut returned) = (None, None);
        match event {
            Some(DuplicateEvent::Merge) => {
                keep = problems.take("/keep", self.kept(of));
                returned = problems.take_optional(
                    "/return_credential",
                    self.return_credential.as_deref(),
                    CredentialId::parse,
                );
            }
            Some(other @ (DuplicateEvent::Dismiss | DuplicateEvent::Split)) => {
                let code = if other == DuplicateEvent::Split { "not_for_split" } else { "not_for_dismiss" };
                if self.keep.is_some() {
                    problems.add(only_merges(code).at("/keep"));
                }
                if self.return_credential.is_some() {
                    problems.add(only_merges(code).at("/return_credential"));
                }
            }
            None => {}
        }
        problems.finish(|| match event? {
            DuplicateEvent::Dismiss => Some(Decision::Dismiss(reason?)),
            DuplicateEvent::Split => Some(Decision::Split(reason?)),
            DuplicateEvent::Merge => {
                let (keep, gone) = keep?;
                Some(Decision::Merge { reason: reason?, keep, gone, returned })
            }
        })
    }

    fn kept(&self, of: &Duplicate) -> Result<(PersonId, PersonId), FieldProblem> {
        let keep =
            self.keep.as_deref().ok_or_else(|| FieldProblem::new("missing", "the id of the record that stays"))?;
        let keep = PersonId::parse(keep)?;
        let gone = of.beside(keep).ok_or_else(|| FieldProblem::new("neither", "one of the two records"))?;
        Ok((keep, gone))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn nothing_happens_to_a_duplicate_that_is_not_listed() {
        for state in DuplicateState::ALL {
            for event in DuplicateEvent::ALL {
                let lawful = match (state, event) {
                    (DuplicateState::Open, DuplicateEvent::Dismiss) => Some(DuplicateState::Dismissed),
                    (DuplicateState::Open, DuplicateEvent::Merge) => Some(DuplicateState::Merged),
                    (DuplicateState::Merged, DuplicateEvent::Split) => Some(DuplicateState::Dismissed),
                    _ => None,
                };
                assert_eq!(state.after(event), lawful, "{state:?} {event:?}");
            }
            assert_eq!(DuplicateState::parse(state.as_str()), Ok(state));
        }
        assert!(Ground::NationalId < Ground::NameAndBirthDate, "the stronger first");
    }

    #[test]
    fn a_merge_says_which_record_stays() {
        let person = |n| PersonId::from_uuid(Uuid::from_u128(n));
        let duplicate = Duplicate {
            id: DuplicateId::from_uuid(Uuid::nil()),
            one: person(1),
            other: person(2),
            ground: Ground::NationalId,
            state: DuplicateState::Open,
            version: 1,
            found_at: Timestamp::from_seconds(0),
        };
        let parsed = |event: &str, keep: Option<PersonId>| {
            let form = DecisionForm {
                event: event.into(),
                reason: Some("Cùng một người".into()),
                keep: keep.map(|id| id.to_string()),
                return_credential: None,
            };
            form.parse(&duplicate).map_err(|errors| errors[0].code)
        };
        let reason = Reason::parse("Cùng một người").expect("reasons");
        for (keep, gone) in [(person(1), person(2)), (person(2), person(1))] {
            let merge = Decision::Merge { reason: reason.clone(), keep, gone, returned: None };
            assert_eq!(parsed("merge", Some(keep)), Ok(merge));
        }
        assert_eq!(parsed("merge", None), Err("missing"));
        assert_eq!(parsed("merge", Some(person(3))), Err("neither"));
        assert_eq!(parsed("dismiss", None), Ok(Decision::Dismiss(reason.clone())));
        assert_eq!(parsed("dismiss", Some(person(1))), Err("not_for_dismiss"));
        assert_eq!(parsed("split", None), Ok(Decision::Split(reason)));
        assert_eq!(parsed("split", Some(person(1))), Err("not_for_split"));
        assert_eq!(parsed("divide", None), Err("unknown_event"));
    }
}
