//! The demo's past: who proposed, endorsed and decided, and what became of some cards.

use super::facts;
use super::houses::DemoHouse;
use super::world::gate_of;
use crate::app::applications::{ApplicationForm, EventForm, FactsForm, Named};
use crate::app::gate::Gate;
use crate::app::letters::LetterForm;
use crate::app::passwords::hash_of_nobody;
use crate::app::{self, Registry, credentials};
use crate::domain::accounts::{Caller, Email, Role, User};
use crate::domain::agencies::Level;
use crate::domain::credentials::Credential;
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::ids::{AgencyId, ApplicationId, PersonId, SessionId, UserId};
use crate::domain::provinces::ProvinceId;
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::policy;
use crate::store::{Tx, accounts, applications, credentials as credential_rows};
use std::collections::HashMap;
use std::sync::Arc;

/// Days before an application when somebody in it was reprimanded: less than the twelve months that bar from a card.
const REPRIMAND_DAYS: u64 = 100;

/// What becomes of a card: the event, on which ground, and why.
type Fate = (&'static str, &'static str, &'static str);

/// The people who do the work of the demo's past: a head and a clerk of every agency, registrars of the provinces and
/// of the ministry. They opened their accounts, with passwords that nobody knows any more.
pub(super) struct Staff {
    registrar: Caller,
    provincial: HashMap<String, Caller>,
    heads: HashMap<AgencyId, Caller>,
    clerks: HashMap<AgencyId, Caller>,
}

impl Staff {
    pub(super) fn hire(registry: &Arc<Registry>, houses: &[DemoHouse]) -> Result<Self, Error> {
        let houses: Vec<_> =
            houses.iter().map(|house| (house.index, house.id, house.agency.level.province().cloned())).collect();
        registry.store.write_blocking(move |tx| {
            let mut staff = Self {
                registrar: hire(tx, "ministry@past.example", Role::NationalRegistrar)?,
                provincial: HashMap::new(),
                heads: HashMap::new(),
                clerks: HashMap::new(),
            };
            for (index, agency, province) in &houses {
                let head = hire(tx, &format!("head{index}@past.example"), Role::AgencyHead(*agency))?;
                let clerk = hire(tx, &format!("clerk{index}@past.example"), Role::AgencyClerk(*agency))?;
                staff.heads.insert(*agency, head);
                staff.clerks.insert(*agency, clerk);
                if let Some(province) = province
                    && !staff.provincial.contains_key(province.as_str())
                {
                    let role = Role::ProvincialRegistrar(province.clone());
                    let registrar = hire(tx, &format!("province-{province}@past.example"), role)?;
                    staff.provincial.insert(province.as_str().to_owned(), registrar);
                }
            }
            Ok(staff)
        })
    }

    /// The registrar of a province, or of the ministry where it has none.
    pub(super) fn registrar_of(&self, province: &ProvinceId) -> Caller {
        self.provincial.get(province.as_str()).unwrap_or(&self.registrar).clone()
    }

    /// A registrar of the ministry.
    pub(super) fn ministry(&self) -> Caller {
        self.registrar.clone()
    }

    /// The head of an agency.
    pub(super) fn head(&self, agency: AgencyId) -> Result<Caller, Error> {
        self.heads.get(&agency).cloned().ok_or_else(|| Error::internal("an agency without a head"))
    }

    /// The clerk of an agency.
    pub(super) fn clerk(&self, agency: AgencyId) -> Result<Caller, Error> {
        self.clerks.get(&agency).cloned().ok_or_else(|| Error::internal("an agency without a clerk"))
    }

    /// Has cards drafted, handed in, endorsed where that is due, and approved.
    pub(super) fn grant(
        &self,
        registry: &Arc<Registry>,
        house: &DemoHouse,
        kind: &str,
        people: &[PersonId],
    ) -> Result<Vec<Credential>, Error> {
        if people.is_empty() {
            return Ok(Vec::new());
        }
        let steps = self.steps(house, kind, people)?;
        let inner = Arc::clone(registry);
        registry.store.write_blocking(move |tx| {
            let it = steps.draft(tx, &inner)?;
            steps.submit(tx, &inner, it)?;
            steps.endorse(tx, &inner, it)?;
            steps.registrar_does(tx, &inner, it, "approve")
        })
    }

    /// An application of these people, and who has to do with it.
    pub(super) fn steps(&self, house: &DemoHouse, kind: &str, people: &[PersonId]) -> Result<Steps, Error> {
        let province = house.agency.level.province();
        Ok(Steps {
            clerk: self.clerk(house.id)?,
            head: self.head(house.id)?,
            provincial: province.and_then(|province| self.provincial.get(province.as_str())).cloned(),
            registrar: self.registrar.clone(),
            form: ApplicationForm {
                kind: kind.to_owned(),
                basis: "first".to_owned(),
                people: people.iter().map(ToString::to_string).collect(),
                facts: if kind == "press_card" { facts::plain(people) } else { FactsForm::new() },
                ..ApplicationForm::default()
            },
        })
    }

    /// Some cards are lost, handed in, replaced; some of `invented`, an agency that there is not, suspended or revoked.
    pub(super) fn mark(
        &self,
        registry: &Arc<Registry>,
        granted: &[Credential],
        invented: AgencyId,
    ) -> Result<(), Error> {
        const GRAVE: [Fate; 2] = [
            ("suspend", "inquiry", "Đang xác minh hồ sơ cấp thẻ."),
            ("revoke", "prosecution", "Đã khởi tố vụ án liên quan đến người được cấp thẻ."),
        ];
        const HARMLESS: [Fate; 3] = [
            ("report_lost", "lost", "Người được cấp thẻ báo mất."),
            ("return", "left_agency", "Người được cấp thẻ thôi việc và nộp lại thẻ."),
            ("replace", "damaged", "Thẻ hỏng, đã nộp lại."),
        ];
        let now = registry.clock.now();
        let (theirs, others): (Vec<_>, Vec<_>) =
            granted.iter().filter(|card| card.is_valid(now)).partition(|card| card.agency == invented);
        let grave = theirs.into_iter().zip(GRAVE.into_iter().cycle());
        let harmless = others.into_iter().skip(5).step_by(60).zip(HARMLESS.into_iter().cycle());
        for (card, (event, ground, reason)) in grave.chain(harmless) {
            // As it stands: something may have happened to it since it was granted.
            let found = registry.store.read(|db| credential_rows::find(db, card.id))?;
            let Some(card) = found.filter(|card| card.is_valid(now)) else { continue };
            let by_agency = matches!(event, "report_lost" | "return");
            let caller = match by_agency {
                true => self.clerks.get(&card.agency).unwrap_or(&self.registrar).clone(),
                false => self.registrar.clone(),
            };
            let (inner, id, gate) = (Arc::clone(registry), card.id, gate_of(&credentials::etag(&card, now)));
            registry.store.write_blocking(move |tx| {
                let form = credentials::EventForm {
                    event: event.to_owned(),
                    reason: Some(reason.to_owned()),
                    ground: Some(ground.to_owned()),
                };
                credentials::happen(tx, &inner, &caller, id, &gate, Ok(form))
            })?;
        }
        Ok(())
    }

    /// Applications that wait at every desk: drafts, handed in, endorsed; those of invented agencies also given back, or
    /// refused for what speaks against their people.
    pub(super) fn leave_work(&self, registry: &Arc<Registry>, houses: &[DemoHouse]) -> Result<(), Error> {
        for house in houses {
            let staff = &house.people.staff;
            let waiting = staff.get(staff.len().saturating_sub(2)..).unwrap_or_default();
            let mut steps = self.steps(house, "press_card", waiting)?;
            if house.is_invented() && house.index % 3 == 1 {
                steps.form.facts = facts::mixed(waiting, registry.clock.now().day().minus_days(REPRIMAND_DAYS));
            }
            let is_local = house.agency.level != Level::Central;
            let (inner, nth) = (Arc::clone(registry), house.index % if house.is_invented() { 5 } else { 3 });
            registry.store.write_blocking(move |tx| {
                let it = steps.draft(tx, &inner)?;
                match nth {
                    0 => Ok(()),
                    1 => steps.submit(tx, &inner, it),
                    2 => {
                        steps.submit(tx, &inner, it)?;
                        steps.endorse(tx, &inner, it)
                    }
                    3 => {
                        steps.submit(tx, &inner, it)?;
                        steps.registrar_does(tx, &inner, it, "return").map(drop)
                    }
                    _ => {
                        steps.submit(tx, &inner, it)?;
                        if is_local {
                            steps.endorse(tx, &inner, it)?;
                        }
                        steps.registrar_does(tx, &inner, it, "refuse").map(drop)
                    }
                }
            })?;
        }
        Ok(())
    }

    /// Letters for people without a card: one that is good, one that is over, one to come.
    pub(super) fn write_letters(
        &self,
        registry: &Arc<Registry>,
        houses: &[DemoHouse],
        now: Timestamp,
    ) -> Result<Vec<Credential>, Error> {
        let day = |days: i64| now.plus_seconds(days * 24 * 3_600).to_string();
        let hour = |hours: i64| now.plus_seconds(hours * 3_600).to_string();
        let spans = [(day(-1), day(14)), (day(-1), hour(-1)), (day(3), day(10))];
        let mut letters = Vec::new();
        for (house, (valid_from, valid_until)) in houses.iter().zip(spans.iter().cycle()).take(30) {
            let Some(person) = house.people.staff.last() else { continue };
            let head = self.head(house.id)?;
            let form = LetterForm {
                person_id: person.to_string(),
                place: "Xã Vĩnh Bảo, thành phố Hải Phòng".to_owned(),
                unit_visited: "Ủy ban nhân dân xã".to_owned(),
                work: "Tìm hiểu việc xây dựng đường giao thông nông thôn".to_owned(),
                valid_from: valid_from.clone(),
                valid_until: valid_until.clone(),
            };
            let inner = Arc::clone(registry);
            letters.push(registry.store.write_blocking(move |tx| {
                app::letters::issue(tx, &inner, &head, &Gate::default(), || Ok(form.clone()))
            })?);
        }
        Ok(letters)
    }
}

/// An account of the past, and the caller it makes.
pub(super) fn hire(tx: &mut Tx, email: &str, role: Role) -> Result<Caller, Error> {
    let email = Email::parse(email).map_err(|problem| Error::internal(problem.to_string()))?;
    let permit = policy::the_program_itself();
    let User { id, role, .. } = app::accounts::enter(tx, &permit, email, role)?;
    let chosen = Event::new(EventKind::PasswordChanged, Object::User(id));
    tx.record(&permit, chosen, |writer| accounts::set_password_hash(writer, id, &hash_of_nobody()))?;
    caller(tx, id, role)
}

/// Whoever acts by this account.
pub(super) fn caller(tx: &mut Tx, user: UserId, role: Role) -> Result<Caller, Error> {
    let body = app::accounts::acts_for(tx, &role)?;
    Ok(Caller { user, role, body, session: tx.new_id::<SessionId>(), must_change_password: false })
}

/// One application on its way.
#[derive(Clone)]
pub(super) struct Steps {
    pub(super) clerk: Caller,
    head: Caller,
    provincial: Option<Caller>,
    registrar: Caller,
    pub(super) form: ApplicationForm,
}

impl Steps {
    pub(super) fn draft(&self, tx: &mut Tx, registry: &Registry) -> Result<ApplicationId, Error> {
        let form = || Ok(self.form.clone());
        Ok(app::applications::draft(tx, registry, &self.clerk, &Gate::default(), form)?.application.id)
    }

    pub(super) fn submit(&self, tx: &mut Tx, registry: &Registry, id: ApplicationId) -> Result<(), Error> {
        happen(tx, registry, &self.head, id, "submit").map(drop)
    }

    /// Only local agencies have a province that endorses.
    fn endorse(&self, tx: &mut Tx, registry: &Registry, id: ApplicationId) -> Result<(), Error> {
        match &self.provincial {
            Some(provincial) => happen(tx, registry, provincial, id, "endorse").map(drop),
            None => Ok(()),
        }
    }

    pub(super) fn registrar_does(
        &self,
        tx: &mut Tx,
        registry: &Registry,
        id: ApplicationId,
        event: &str,
    ) -> Result<Vec<Credential>, Error> {
        happen(tx, registry, &self.registrar, id, event)
    }
}

fn happen(
    tx: &mut Tx,
    registry: &Registry,
    caller: &Caller,
    id: ApplicationId,
    event: &str,
) -> Result<Vec<Credential>, Error> {
    let found = applications::find(tx, id)?.ok_or(Error::NotFound)?;
    let gate = gate_of(&Named::of(tx, &found)?.etag(&found, &[]));
    let reason = match event {
        "return" => Some("Thiếu danh mục tác phẩm; đề nghị bổ sung."),
        "refuse" => Some("Chưa đủ hai năm công tác liên tục tại cơ quan đề nghị."),
        _ => None,
    };
    let form = EventForm { event: event.to_owned(), reason: reason.map(str::to_owned), ..EventForm::default() };
    Ok(app::applications::happen(tx, registry, caller, id, &gate, Ok(form))?.credentials)
}
