//! Each step of a case with before and after: in the case itself, its reports, and the credentials that it names.

use super::{Reading, state_purpose, visible};
use crate::app::log::trail::concerned;
use crate::app::page::{Asked, Part};
use crate::domain::accounts::Caller;
use crate::domain::ids::CaseId;
use crate::domain::timeline::{Step, Trail};
use crate::error::Error;
use crate::policy::Operation;
use crate::store::Reader;
use crate::store::events::{self, Filter};

/// Events read at a time.
const AT_ONCE: usize = 500;

/// Its steps in the order in which they were written down.
///
/// # Errors
/// 403, 404; 422.
pub fn timeline(
    db: &mut Reader,
    caller: &Caller,
    id: CaseId,
    asked: Asked<Option<String>, i64>,
) -> Result<Reading<Part<Step, i64>>, Error> {
    let case = visible(db, caller, Operation::TraceCases, id)?;
    let (purpose, page) = asked?;
    state_purpose(caller, purpose.as_ref())?;
    let filter = Filter { objects: Some(concerned(&case)), ..Filter::default() };
    let (mut trail, mut steps, mut after) = (Trail::default(), Vec::new(), None);
    // What a step changed is told by all that went before it, on whatever page that was.
    loop {
        let part = Part::cut(events::list(db, &filter, after, AT_ONCE)?, AT_ONCE, |event| event.index);
        let told = part.items.into_iter().map(|event| trail.step(event));
        steps.extend(told.filter(|step| page.after.is_none_or(|after| step.event.index > after)));
        after = part.next_after;
        if after.is_none() || steps.len() > page.limit {
            break;
        }
    }
    Ok(Reading { case, shown: Part::cut(steps, page.limit, |step| step.event.index), purpose })
}
