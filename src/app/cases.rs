//! Cases of misuse: opened by a registrar, told to whom they are about, answered, decided, appealed against.

mod alerts;
mod deciding;
mod events;
mod evidence;
mod hearing;
mod lapses;
mod linking;
mod matching;
mod measures;
mod opening;
mod referral;
mod reported;
mod timeline;

pub use alerts::{Alert, alerts};
pub(in crate::app) use events::is_impartial;
pub use events::{EventForm, Happened, happen};
pub use evidence::{add_evidence, evidence, list_evidence, room};
pub(in crate::app) use hearing::{appeal_until, reply_by, served_at, working_days};
pub use lapses::lapse;
pub use linking::{LinkForm, link};
pub(in crate::app) use matching::number_in;
pub use matching::{Match, MatchKind, Reason, matches};
pub use opening::{OpeningForm, open};
pub use referral::{MadeFile, document, list_documents, make_file};
pub use timeline::timeline;

use super::page::{Asked, Part};
use super::{Registry, provinces};
use crate::domain::accounts::Caller;
use crate::domain::cases::{Case, CaseState, Statement};
use crate::domain::credentials::Credential;
use crate::domain::events::{EventKind, Object, Recorded};
use crate::domain::ids::CaseId;
use crate::domain::notices::{Notice, OfCase};
use crate::error::Error;
use crate::policy::{self, Operation, Ownership};
use crate::store::{Read, Reader, cases, credentials, events as recorded, notices};

/// A case with what stands beside it.
#[derive(Clone, Debug)]
pub struct CaseFile {
    /// The case.
    pub case: Case,
    /// What was said by those who were heard.
    pub statements: Vec<Statement>,
    /// Cases that a registrar holds to be of the same person.
    pub linked: Vec<CaseId>,
    /// The credential that it names: whoever may see the case may see that one here.
    pub credential: Option<Credential>,
}

/// What is shown of a case, and what it is read for.
#[derive(Clone, Debug)]
pub struct Reading<T> {
    /// The case.
    pub case: Case,
    /// What is shown of it.
    pub shown: T,
    /// What for, where that was said.
    pub purpose: Option<String>,
}

/// How much of a case somebody is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// How it stands.
    State,
    /// All of it.
    Whole,
}

/// How much of a case that the caller may see the caller is shown.
pub const fn sight(caller: &Caller) -> Sight {
    if policy::sees_only_the_state(caller) { Sight::State } else { Sight::Whole }
}

/// Why an auditor reads what is personal, as asked: a bad one is told only to those who may see the case.
pub type Purpose = Result<Option<String>, Error>;

/// Makes sure that whoever has to say why they read a case did.
pub(in crate::app) fn state_purpose(caller: &Caller, purpose: Option<&String>) -> Result<(), Error> {
    match purpose {
        None if policy::must_state_purpose(caller) => {
            Err(Error::invalid("query:purpose", "missing", "an auditor says what a case is read for"))
        }
        Some(_) | None => Ok(()),
    }
}

fn visible(db: &mut impl Read, caller: &Caller, operation: Operation, id: CaseId) -> Result<Case, Error> {
    let entry = policy::enter(caller, operation)?;
    let found = cases::find(db, id)?.ok_or(Error::NotFound)?;
    entry.on(&Ownership::of_case(&found))?;
    Ok(found)
}

/// The case as it is shown to those who may see it.
///
/// # Errors
/// The database's.
pub fn file(db: &mut impl Read, case: Case) -> Result<CaseFile, Error> {
    let credential = case.credential.map(|id| credentials::find(db, id)).transpose()?.flatten();
    let (statements, linked) = (cases::statements(db, case.id)?, cases::linked(db, case.id)?);
    Ok(CaseFile { case, statements, linked, credential })
}

/// A case, and what it is read for.
///
/// # Errors
/// 403, 404; 422 where a purpose is needed.
pub fn read(
    db: &mut Reader,
    caller: &Caller,
    id: CaseId,
    purpose: Purpose,
) -> Result<(CaseFile, Option<String>), Error> {
    let case = visible(db, caller, Operation::FollowCases, id)?;
    let purpose = purpose?;
    state_purpose(caller, purpose.as_ref())?;
    let mut file = file(db, case)?;
    file.linked.retain(|_| policy::sees_links(caller));
    Ok((file, purpose))
}

/// Which cases are asked for.
#[derive(Clone, Debug, Default)]
pub struct Filters {
    /// Only in this state.
    pub state: Option<CaseState>,
    /// The code of the province of the act, as it is today: acts in what became part of it are found too.
    pub province: Option<String>,
    /// What they are read for.
    pub purpose: Option<String>,
}

/// Cases within the caller's reach, and what they are read for.
///
/// # Errors
/// 403; 422.
pub fn list(
    db: &mut Reader,
    registry: &Registry,
    caller: &Caller,
    asked: Asked<Filters, CaseId>,
) -> Result<(Part<Case, CaseId>, Option<String>), Error> {
    let entry = policy::enter(caller, Operation::FollowCases)?;
    let (Filters { state, province, purpose }, page) = asked?;
    state_purpose(caller, purpose.as_ref())?;
    let province = provinces::wanted(db, province.as_deref(), registry.clock.now().day())?;
    let items = cases::list(db, &entry.range(), &cases::Wanted { state, province }, page.after, page.limit)?;
    let mut part = Part::cut(items, page.limit, |it| it.id);
    // An official's own body does not learn of a case against it by having reported something in it.
    part.items.retain(|it| entry.on(&Ownership::of_case(it)).is_ok());
    Ok((part, purpose))
}

/// What happened to a case.
///
/// # Errors
/// 403, 404; 422.
pub fn history(
    db: &mut Reader,
    caller: &Caller,
    id: CaseId,
    asked: Asked<Option<String>, i64>,
) -> Result<Reading<Part<Recorded, i64>>, Error> {
    let case = visible(db, caller, Operation::ReadCases, id)?;
    let (purpose, page) = asked?;
    state_purpose(caller, purpose.as_ref())?;
    let items = recorded::of_object(db, &Object::Case(id), page.after, page.limit)?;
    let mut part = Part::cut(items, page.limit, |event| event.index);
    part.items.retain(|it| policy::sees_links(caller) || it.kind != EventKind::CaseLinked.as_str());
    Ok(Reading { case, shown: part, purpose })
}

/// Who was told what of a case, as far as the caller may know of it.
///
/// # Errors
/// 403, 404; 422.
pub fn told(
    db: &mut Reader,
    caller: &Caller,
    id: CaseId,
    purpose: Purpose,
) -> Result<Reading<Vec<Notice<OfCase>>>, Error> {
    let case = visible(db, caller, Operation::ReadCases, id)?;
    let purpose = purpose?;
    state_purpose(caller, purpose.as_ref())?;
    let entry = policy::enter(caller, Operation::ReadNotices)?;
    let mut notices = notices::of_case(db, id)?;
    notices.retain(|it| entry.on(&Ownership::of_notice(&case, it.of.account)).is_ok());
    Ok(Reading { case, shown: notices, purpose })
}
