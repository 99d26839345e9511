//! Misuse in the demo's past: what `stories.csv` tells happens through the app's own functions, in the order of time.

mod acts;
mod courses;
mod exhibits;
mod stories;

pub(super) use exhibits::exhibit;

use super::document::DemoCase;
use super::past::Staff;
use super::world::write;
use crate::app::Registry;
use crate::data;
use crate::domain::accounts::{BodyName, Caller, Role};
use crate::domain::ids::{AgencyId, CaseId, PersonId, ReportId};
use crate::domain::statistics::Year;
use crate::domain::time::{Day, Timestamp};
use crate::error::Error;
use crate::store::cases;
use chrono::Datelike as _;
use courses::Step;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use stories::{Era, Story, stories};

/// Which of the invented agency's staff has the demo's holder account: somebody who is asked to reply.
pub(super) const HOLDER: usize = 3;
/// Where the official is who reports some of it.
const OFFICIALS_PROVINCE: &str = "31";
/// One story's steps are not at the same minute as another's.
const MINUTES_APART: i64 = 11;
/// Nothing happens at night: stories begin at half past eight.
const MORNING_SECONDS: i64 = 8 * 3_600 + 1_800;

/// What is still to happen, and what has become of each story.
pub(super) struct Docket {
    registry: Arc<Registry>,
    agency: AgencyId,
    people: Vec<PersonId>,
    desk: Desk,
    agenda: VecDeque<Entry>,
    begun: HashMap<&'static str, Begun>,
}

/// Who handles cases.
struct Desk {
    /// By the code of the province.
    handlers: HashMap<&'static str, Caller>,
    official: Caller,
    decider: Caller,
    second: Caller,
    appeals: Caller,
}

struct Entry {
    at: Timestamp,
    step: Step,
    story: &'static Story,
    /// The place of the story in the file.
    nth: usize,
}

/// A story that has begun.
#[derive(Clone, Copy, Default)]
struct Begun {
    report: Option<ReportId>,
    case: Option<CaseId>,
}

impl Docket {
    /// Everything is still to happen. The clock stands before the first story.
    pub(super) fn new(
        registry: &Arc<Registry>,
        staff: &Staff,
        agency: AgencyId,
        people: Vec<PersonId>,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let year = last_published_year(now)?;
        let mut agenda = Vec::new();
        for (nth, story) in stories().iter().enumerate() {
            let minutes = MINUTES_APART * i64::try_from(nth).map_err(Error::internal)?;
            for (days, step) in story.steps() {
                let at = match story.era {
                    Era::Published => {
                        let days = (story.day + days) * 86_400;
                        year.start_of_month(0).plus_seconds(days + MORNING_SECONDS + minutes * 60)
                    }
                    Era::Recent => now.plus_seconds((days - story.day) * 86_400 - minutes * 60),
                };
                agenda.push(Entry { at, step, story, nth });
            }
        }
        agenda.sort_by_key(|entry| entry.at);
        let desk = Desk::staffed(registry, staff, now.day())?;
        let registry = Arc::clone(registry);
        Ok(Self { registry, agency, people, desk, agenda: agenda.into(), begun: HashMap::new() })
    }

    /// Lets everything happen that happened before `end`.
    pub(super) fn go_on_until(&mut self, end: Timestamp) -> Result<(), Error> {
        while self.agenda.front().is_some_and(|entry| entry.at < end)
            && let Some(entry) = self.agenda.pop_front()
        {
            self.registry.clock.set(entry.at);
            self.take(&entry)
                .map_err(|error| Error::internal(format!("{:?} of story {}: {error:?}", entry.step, entry.story.id)))?;
        }
        Ok(())
    }

    /// From now on this official reports what officials do.
    pub(super) fn now_reports(&mut self, official: Caller) {
        self.desk.official = official;
    }

    /// Every case and where it stands.
    pub(super) fn cases(&self) -> Result<Vec<DemoCase>, Error> {
        let ids = stories().iter().filter_map(|story| self.begun.get(story.id.as_str())?.case);
        ids.map(|id| {
            let case = self.registry.store.read(|db| cases::find(db, id))?.ok_or(Error::NotFound)?;
            Ok(DemoCase { id: id.to_string(), state: case.state.as_str().to_owned() })
        })
        .collect()
    }
}

impl Desk {
    /// Registrars of the provinces handle what happened there; where none is at work, one of the ministry.
    fn staffed(registry: &Arc<Registry>, staff: &Staff, today: Day) -> Result<Self, Error> {
        let units = data::provinces().iter().filter(|unit| unit.in_force(today));
        let handlers = units.map(|unit| (unit.code.as_str(), staff.registrar_of(&unit.id))).collect();
        let province = super::houses::unit(OFFICIALS_PROVINCE, today)?;
        registry.store.write_blocking(move |tx| {
            let body = BodyName::parse("Ủy ban nhân dân phường Hồng Bàng")
                .map_err(|problem| Error::internal(problem.to_string()))?;
            let official = Role::Official { body, province: province.clone() };
            let mut hire = |name: &str, role| super::past::hire(tx, &format!("{name}@past.example"), role);
            Ok(Self {
                handlers: HashMap::clone(&handlers),
                official: hire("official", official)?,
                decider: hire("decider", Role::NationalRegistrar)?,
                second: hire("second", Role::NationalRegistrar)?,
                appeals: hire("appeals", Role::NationalRegistrar)?,
            })
        })
    }

    /// Who takes this step: nobody opens, decides and hears the same case.
    fn caller(&self, story: &Story, step: Step) -> Result<Caller, Error> {
        let caller = match step {
            Step::Decide(_, _) => &self.decider,
            Step::Confirm => &self.second,
            Step::Uphold | Step::Overturn => &self.appeals,
            Step::Report
            | Step::Open
            | Step::Tell
            | Step::Post
            | Step::TellNobody
            | Step::Suspend(_)
            | Step::Stay
            | Step::Lapse
            | Step::Answer
            | Step::Deliver
            | Step::Appeal
            | Step::Refer(_)
            | Step::Close
            | Step::Dismiss => self
                .handlers
                .get(story.province.as_str())
                .ok_or_else(|| Error::internal("a province that there is not"))?,
        };
        Ok(caller.clone())
    }
}

/// The last year whose statistics are published by now.
fn last_published_year(now: Timestamp) -> Result<Year, Error> {
    let this_year = now.day().date().year();
    let years = [this_year - 1, this_year - 2].into_iter().filter_map(|year| Year::parse(&year.to_string()).ok());
    let mut published = years.filter(|year| year.published_from() <= now);
    published.next().ok_or_else(|| Error::internal("no year is published"))
}
