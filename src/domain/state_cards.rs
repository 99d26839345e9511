//! Press cards of before the registry: the State's own, some 20,000, printed without a QR of ours. They are known by
//! number, name, agency and dates alone; no credential is issued for them, and none of them is in a status list.

mod events;

pub use events::{StateCardEvent, StateCardState, TRANSITIONS};

use super::credentials::Ground;
use super::eligibility::{Ends, term_of};
use super::ids::{AgencyId, StateCardId};
use super::printed::CardNumber;
use super::problem::{FieldError, FieldProblem, Problems};
use super::search::name_key;
use super::text;
use super::time::{Day, Timestamp};

/// What is printed on a card of before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateCardFields {
    /// Its number.
    pub number: CardNumber,
    /// The holder's name.
    pub name: String,
    /// The first day.
    pub issued: Day,
    /// The last day, as the law has it.
    pub until: Day,
}

/// A card of before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateCard {
    /// The id.
    pub id: StateCardId,
    /// What is printed on it.
    pub fields: StateCardFields,
    /// Whose people it was issued to.
    pub agency: AgencyId,
    /// Where it stands.
    pub state: StateCardState,
    /// The ground of the last event.
    pub ground: Option<Ground>,
    /// Counts its changes, from 1.
    pub version: i64,
    /// When it was entered.
    pub created_at: Timestamp,
}

impl StateCard {
    /// Whether it may be shown as a press card on `day`.
    pub fn is_valid(&self, day: Day) -> bool {
        self.state == StateCardState::Active && self.fields.issued <= day && day <= self.fields.until
    }

    /// What is shown of it on `day`: where it stands, or that its last day is past.
    pub fn shown(&self, day: Day) -> &'static str {
        match self.state {
            StateCardState::Active if day > self.fields.until => "expired",
            state => state.as_str(),
        }
    }

    /// The state after `event` on `ground`, or `None` if it may not happen now. Only what was revoked for a prosecution
    /// comes back, with its end (L2025 Đ28.5b).
    pub fn after(&self, event: StateCardEvent, ground: Option<Ground>) -> Option<StateCardState> {
        let to = self.state.after(event)?;
        let comes_back = ground == Some(Ground::ProsecutionEnded) && self.ground == Some(Ground::Prosecution);
        (event != StateCardEvent::Reinstate || comes_back).then_some(to)
    }
}

/// Whether two texts are the whole of one name: in any Unicode form and case, with the tone on either vowel.
pub fn is_one_name(one: &str, other: &str) -> bool {
    name_key(one) == name_key(other)
}

/// A card of before as a row of a file has it: words not yet trusted.
#[derive(Clone, Debug, Default)]
pub struct StateCardForm {
    /// The number, in which spaces and small letters do not matter.
    pub number: String,
    /// The name.
    pub name: String,
    /// `YYYY-MM-DD`.
    pub issued: String,
    /// `YYYY-MM-DD`; what the law says where it is left out.
    pub valid_until: Option<String>,
}

impl StateCardForm {
    /// The card that this form tells of.
    ///
    /// # Errors
    /// Every problem of every field: also `no_term`, `beyond_term` and `before_issue`.
    pub fn parse(&self, today: Day) -> Result<StateCardFields, Vec<FieldError>> {
        let mut problems = Problems::new();
        let number = problems.take("/number", number(&self.number));
        let name = problems.take("/name", text::line(&self.name, 120));
        let issued = problems.take("/issued", issued(&self.issued, today));
        let said = problems.take_optional("/valid_until", self.valid_until.as_deref(), Day::parse);
        let until = issued.and_then(|issued| problems.take("/valid_until", last_day(issued, said)));
        problems.finish(|| Some(StateCardFields { number: number?, name: name?, issued: issued?, until: until? }))
    }
}

fn number(raw: &str) -> Result<CardNumber, FieldProblem> {
    let upper: String = raw.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    CardNumber::parse(&upper)
}

fn issued(raw: &str, today: Day) -> Result<Day, FieldProblem> {
    let day = Day::parse(raw)?;
    if day > today {
        return Err(FieldProblem::new("in_the_future", "not after today"));
    }
    match term_of(day) {
        Some(_) => Ok(day),
        None => Err(FieldProblem::new("no_term", "no term of press cards is known for this day")),
    }
}

/// The last day of a card: where a term ended for all on one day, that day, whatever is printed; the term of 2021 was
/// made longer after its cards were printed.
fn last_day(issued: Day, said: Option<Day>) -> Result<Day, FieldProblem> {
    let term = term_of(issued).ok_or_else(|| FieldProblem::new("no_term", "no term of press cards is known"))?;
    let last = term.last_day(issued);
    match (said, term.ends) {
        (Some(said), _) if said < issued => Err(FieldProblem::new("before_issue", "not before the day of issue")),
        (Some(said), _) if said > last => {
            Err(FieldProblem::new("beyond_term", format!("a card of this day is valid at the latest until {last}")))
        }
        (Some(said), Ends::AfterYears(_)) => Ok(said),
        (Some(_), Ends::With(_)) | (None, _) => Ok(last),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_normalization::UnicodeNormalization as _;

    fn day(raw: &str) -> Day {
        Day::parse(raw).expect("a date")
    }

    fn parsed(number: &str, issued: &str, until: Option<&str>) -> Result<(String, String), &'static str> {
        let form = StateCardForm {
            number: number.into(),
            name: "Trần Thị Bưởi".into(),
            issued: issued.into(),
            valid_until: until.map(str::to_owned),
        };
        let card = form.parse(day("2026-11-22")).map_err(|errors| errors[0].code)?;
        Ok((card.number.as_str().to_owned(), card.until.to_string()))
    }

    #[test]
    fn a_card_ends_with_its_term() {
        let until = |issued, until| parsed("ibt 00123", issued, until).map(|(_, until)| until);
        assert_eq!(parsed(" ibt 00123 ", "2026-01-02", None), Ok(("IBT00123".into(), "2031-01-01".into())));
        // Printed 31/12/2025, and extended since.
        for printed in [None, Some("2025-12-31"), Some("2026-03-31")] {
            assert_eq!(until("2021-05-01", printed), Ok("2026-03-31".into()), "{printed:?}");
        }
        assert_eq!(until("2026-01-02", Some("2030-12-31")), Ok("2030-12-31".into()));
        assert_eq!(until("2026-01-02", Some("2031-01-02")), Err("beyond_term"));
        assert_eq!(until("2021-05-01", Some("2026-04-01")), Err("beyond_term"));
        assert_eq!(until("2026-01-02", Some("2026-01-01")), Err("before_issue"));
        assert_eq!(until("2015-12-31", None), Err("no_term"));
        assert_eq!(until("2026-11-23", None), Err("in_the_future"));
        for (number, code) in [("", "empty"), ("Đ123", "bad_character"), ("A1234567890123456", "too_long")] {
            assert_eq!(parsed(number, "2026-01-02", None), Err(code), "{number}");
        }
    }

    #[test]
    fn a_card_is_valid_from_its_first_day_to_its_last_and_while_nobody_took_it() {
        let fields = StateCardForm {
            number: "1".into(),
            name: "Lê An".into(),
            issued: "2026-01-02".into(),
            valid_until: Some("2026-06-30".into()),
        };
        let fields = fields.parse(day("2026-11-22")).expect("a card");
        let id = crate::domain::ids::Id::from_uuid(uuid::Uuid::nil());
        let agency = crate::domain::ids::Id::from_uuid(uuid::Uuid::nil());
        for state in StateCardState::ALL {
            let card = StateCard {
                id,
                agency,
                fields: fields.clone(),
                state,
                ground: None,
                version: 1,
                created_at: Timestamp::from_seconds(0),
            };
            let is_active = state == StateCardState::Active;
            for (on, is_in_time) in
                [("2026-01-01", false), ("2026-01-02", true), ("2026-06-30", true), ("2026-07-01", false)]
            {
                assert_eq!(card.is_valid(day(on)), is_in_time && is_active, "{state:?} on {on}");
            }
        }
    }

    #[test]
    fn only_what_was_revoked_for_a_prosecution_comes_back_with_its_end() {
        let fields =
            StateCardForm { number: "1".into(), name: "Lê An".into(), issued: "2026-01-02".into(), valid_until: None };
        let card = StateCard {
            id: crate::domain::ids::Id::from_uuid(uuid::Uuid::nil()),
            agency: crate::domain::ids::Id::from_uuid(uuid::Uuid::nil()),
            fields: fields.parse(day("2026-11-22")).expect("a card"),
            state: StateCardState::Revoked,
            ground: None,
            version: 2,
            created_at: Timestamp::from_seconds(0),
        };
        for ground in Ground::ALL.map(Some).into_iter().chain([None]) {
            let revoked = StateCard { ground, ..card.clone() };
            let lawful = (ground == Some(Ground::Prosecution)).then_some(StateCardState::Active);
            let ended = Some(Ground::ProsecutionEnded);
            assert_eq!(revoked.after(StateCardEvent::Reinstate, ended), lawful, "{ground:?}");
            for other in Ground::ALL.map(Some).into_iter().chain([None]).filter(|other| *other != ended) {
                assert_eq!(revoked.after(StateCardEvent::Reinstate, other), None, "{ground:?} {other:?}");
            }
        }
        let active = StateCard { state: StateCardState::Active, ..card };
        assert_eq!(active.after(StateCardEvent::Return, None), Some(StateCardState::Returned));
        assert_eq!((active.shown(day("2031-01-01")), active.shown(day("2031-01-02"))), ("active", "expired"));
    }

    #[test]
    fn a_name_is_compared_whole_and_in_any_spelling() {
        let nfd: String = "TRẦN Thị Hoà".nfd().collect();
        assert!(is_one_name("Trần Thị Hòa", &nfd));
        for other in ["Tran Thi Hoa", "Trần Hòa", "Trần Thị", "Trần Thị Hòa An", "Thị Trần Hòa", ""] {
            assert!(!is_one_name("Trần Thị Hòa", other), "{other}");
        }
    }
}
