//! Fills an empty registry: through the same functions that its users call, in the order of time, so that every record
//! has its history.

use super::cast::{ACCOUNTS, CENTRAL, HOLDER, House, LOCAL, PASSWORD};
use super::document::{Demo, DemoAccount, DemoCard};
use super::{names, portraits};
use crate::app::accounts::UserForm;
use crate::app::applications::{ApplicationForm, EventForm};
use crate::app::gate::Gate;
use crate::app::letters::LetterForm;
use crate::app::people::NewPersonForm;
use crate::app::{self, Registry, credentials};
use crate::data;
use crate::domain::accounts::{Caller, Email, Role, User};
use crate::domain::agencies::{Agency, AgencyFields, AgencyState, Level};
use crate::domain::credentials::Credential;
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::ids::{AgencyId, CredentialId, PersonId, SessionId};
use crate::domain::people::{EngagementForm, PersonForm};
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::pictures::portrait::Portrait;
use crate::policy;
use crate::store::{Tx, agencies};
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;

/// People invented.
const PEOPLE: usize = 2_000;
/// The seed of names and faces: the same people in every demo.
const SEED: u64 = 2_022;
/// Every eighth works as a collaborator.
const COLLABORATOR_EVERY: usize = 8;
/// Days before now when the cards were granted that have run out: five years and a month.
const LONG_AGO_DAYS: i64 = 5 * 365 + 32;
/// Days before now when most cards were granted.
const LAST_YEAR_DAYS: i64 = 300;
/// Days before now when collaborators were last granted a card for a year: it has run out.
const COLLABORATORS_DAYS: i64 = 400;

/// Fills `registry`, whose clock is manual and ends at `now`. `progress` is told what is being done.
///
/// # Errors
/// Whatever a user would be told.
pub fn load(registry: &Arc<Registry>, now: Timestamp, progress: &dyn Fn(&str)) -> Result<Demo, Error> {
    let at = |days: i64| now.plus_seconds(-days * 24 * 3_600);
    registry.clock.set(at(LONG_AGO_DAYS + 60));
    progress("entering 193 press agencies");
    let houses = enter_agencies(registry)?;
    progress("entering 2,000 invented people and drawing their portraits");
    let people = enter_people(registry, &houses)?;
    let staff = Staff::hire(registry, &houses)?;

    progress("granting cards");
    registry.clock.set(at(LONG_AGO_DAYS));
    let mut granted = Vec::new();
    for (house, people) in houses.iter().zip(&people) {
        granted.extend(staff.grant(registry, house, "press_card", slice(&people.staff, 0, 1))?);
    }
    registry.clock.set(at(COLLABORATORS_DAYS));
    for (house, people) in houses.iter().zip(&people).step_by(9) {
        granted.extend(staff.grant(registry, house, "collaborator_card", &people.collaborators)?);
    }
    registry.clock.set(at(LAST_YEAR_DAYS));
    for (house, people) in houses.iter().zip(&people) {
        granted.extend(staff.grant(registry, house, "press_card", slice(&people.staff, 1, people.staff.len() - 2))?);
        if house.index % 9 != 0 {
            granted.extend(staff.grant(registry, house, "collaborator_card", &people.collaborators)?);
        }
    }
    progress("suspending, revoking and losing some");
    registry.clock.set(at(20));
    let marked = staff.mark(registry, &granted)?;
    progress("leaving work in every queue");
    registry.clock.set(at(2));
    staff.leave_work(registry, &houses, &people)?;
    registry.clock.set(at(1));
    let letters = staff.write_letters(registry, &houses, &people, now)?;
    progress("making the accounts");
    registry.clock.set(now);
    let holder = granted.iter().find(|card| card.is_valid(now) && !marked.contains_key(&card.id));
    let accounts = make_accounts(registry, &houses, holder)?;
    describe(registry, now, accounts, &granted, &letters)
}

fn slice<T>(items: &[T], from: usize, to: usize) -> &[T] {
    items.get(from.min(items.len())..to.min(items.len())).unwrap_or_default()
}

/// An agency of the demo.
struct DemoHouse {
    index: usize,
    id: AgencyId,
    agency: AgencyFields,
}

/// Who works for it.
#[derive(Default)]
struct DemoPeople {
    staff: Vec<PersonId>,
    collaborators: Vec<PersonId>,
}

fn enter_agencies(registry: &Arc<Registry>) -> Result<Vec<DemoHouse>, Error> {
    registry.store.write_blocking(|tx| {
        data::agencies()
            .iter()
            .enumerate()
            .map(|(index, fields)| {
                let agency = Agency {
                    id: tx.new_id(),
                    fields: AgencyFields { level: of_today(&fields.level), ..fields.clone() },
                    state: AgencyState::Active,
                    version: 1,
                    created_at: tx.now(),
                };
                let event = Event::new(EventKind::AgencyCreated, Object::Agency(agency.id))
                    .with(json!({ "name": agency.fields.name }));
                tx.record(&policy::the_program_itself(), event, |writer| agencies::insert(writer, &agency))?;
                Ok(DemoHouse { index, id: agency.id, agency: agency.fields })
            })
            .collect()
    })
}

/// The public sources name provinces of before July 2025; a record made today is of today's unit.
fn of_today(level: &Level) -> Level {
    match level {
        Level::Central => Level::Central,
        Level::Local(province) => {
            let unit = data::provinces().iter().find(|unit| unit.id == *province);
            Level::Local(unit.and_then(|unit| unit.successor.clone()).unwrap_or_else(|| province.clone()))
        }
    }
}

fn enter_people(registry: &Arc<Registry>, houses: &[DemoHouse]) -> Result<Vec<DemoPeople>, Error> {
    let invented: Vec<names::Person> = names::people(SEED).take(PEOPLE).collect();
    let shares: Vec<&[names::Person]> = split(&invented, houses.len());
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut entered: Vec<Option<Result<DemoPeople, Error>>> = houses.iter().map(|_| None).collect();
    let (houses_per, slots_per) = (houses.len().div_ceil(threads), houses.len().div_ceil(threads));
    // Drawing and shrinking a portrait takes 10 ms of a processor: all of them share the work.
    std::thread::scope(|scope| {
        let parts = houses.chunks(houses_per).zip(shares.chunks(houses_per)).zip(entered.chunks_mut(slots_per));
        for ((houses, shares), slots) in parts {
            scope.spawn(move || {
                for ((house, share), slot) in houses.iter().zip(shares).zip(slots) {
                    *slot = Some(enter_share(registry, house, share));
                }
            });
        }
    });
    entered.into_iter().map(|it| it.unwrap_or_else(|| Err(Error::internal("nobody was entered")))).collect()
}

/// As even shares as can be.
fn split<T>(items: &[T], shares: usize) -> Vec<&[T]> {
    (0..shares).map(|i| slice(items, i * items.len() / shares, (i + 1) * items.len() / shares)).collect()
}

fn enter_share(registry: &Arc<Registry>, house: &DemoHouse, share: &[names::Person]) -> Result<DemoPeople, Error> {
    let mut entries = Vec::with_capacity(share.len());
    for (nth, person) in share.iter().enumerate() {
        let seed = SEED + u64::try_from(house.index * 1_000 + nth).unwrap_or_default();
        let picture = Portrait::read(&portraits::draw(seed)).map_err(|p| Error::internal(p.to_string()))?;
        let (portrait, digest) = registry.keep_picture(&picture)?;
        let is_collaborator = nth % COLLABORATOR_EVERY == COLLABORATOR_EVERY - 1;
        entries.push((form(person, is_collaborator), is_collaborator, portrait, digest));
    }
    let (registry, agency) = (Arc::clone(registry), house.id);
    let store = registry.store.clone();
    store.write_blocking(move |tx| {
        let permit = policy::the_program_itself();
        let mut people = DemoPeople::default();
        for (form, is_collaborator, portrait, digest) in &entries {
            let person = app::people::enter(tx, &registry, &permit, agency, AgencyState::Active, form)?;
            let person = app::portraits::take(tx, &registry, &permit, person, *portrait, *digest)?;
            let list = if *is_collaborator { &mut people.collaborators } else { &mut people.staff };
            list.push(person.id);
        }
        Ok(people)
    })
}

fn form(person: &names::Person, is_collaborator: bool) -> NewPersonForm {
    NewPersonForm {
        person: PersonForm {
            full_name: person.full_name.clone(),
            pen_name: person.pen_name.clone(),
            birth_date: person.birth_date.to_string(),
            national_id: person.national_id.clone(),
            email: Some(person.email.clone()),
        },
        engagement: EngagementForm {
            kind: if is_collaborator { "collaborator" } else { "staff" }.to_owned(),
            post: if is_collaborator { "Cộng tác viên" } else { person.post }.to_owned(),
            from: "2018-01-02".to_owned(),
        },
    }
}

/// The people who do the work of the demo's past: a head and a clerk of every agency, registrars of the provinces and
/// of the ministry. Their accounts have no password.
struct Staff {
    registrar: Caller,
    provincial: HashMap<String, Caller>,
    heads: HashMap<AgencyId, Caller>,
    clerks: HashMap<AgencyId, Caller>,
}

impl Staff {
    fn hire(registry: &Arc<Registry>, houses: &[DemoHouse]) -> Result<Self, Error> {
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

    /// Has cards drafted, handed in, endorsed where that is due, and approved.
    fn grant(
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

    fn steps(&self, house: &DemoHouse, kind: &str, people: &[PersonId]) -> Result<Steps, Error> {
        let missing = || Error::internal("an agency without staff");
        let province = house.agency.level.province();
        Ok(Steps {
            clerk: self.clerks.get(&house.id).ok_or_else(missing)?.clone(),
            head: self.heads.get(&house.id).ok_or_else(missing)?.clone(),
            provincial: province.and_then(|province| self.provincial.get(province.as_str())).cloned(),
            registrar: self.registrar.clone(),
            form: ApplicationForm {
                kind: kind.to_owned(),
                basis: "first".to_owned(),
                people: people.iter().map(ToString::to_string).collect(),
            },
        })
    }

    /// Some cards are suspended, revoked, lost, handed in, replaced.
    fn mark(
        &self,
        registry: &Arc<Registry>,
        granted: &[Credential],
    ) -> Result<HashMap<CredentialId, &'static str>, Error> {
        let now = registry.clock.now();
        let fates = [
            ("suspend", "inquiry", "Đang xác minh hồ sơ cấp thẻ."),
            ("revoke", "prosecution", "Đã khởi tố vụ án liên quan đến người được cấp thẻ."),
            ("report_lost", "lost", "Người được cấp thẻ báo mất."),
            ("return", "left_agency", "Người được cấp thẻ thôi việc và nộp lại thẻ."),
            ("replace", "damaged", "Thẻ hỏng, đã nộp lại."),
        ];
        let chosen = granted.iter().filter(|card| card.is_valid(now)).skip(5).step_by(40);
        let mut marked = HashMap::new();
        for (card, (event, ground, reason)) in chosen.zip(fates.into_iter().cycle()) {
            let by_agency = matches!(event, "report_lost" | "return");
            let caller = match by_agency {
                true => self.clerks.get(&card.agency).unwrap_or(&self.registrar).clone(),
                false => self.registrar.clone(),
            };
            let (inner, id, gate) = (Arc::clone(registry), card.id, gate(&credentials::etag(card, now)));
            registry.store.write_blocking(move |tx| {
                let form = credentials::EventForm {
                    event: event.to_owned(),
                    reason: Some(reason.to_owned()),
                    ground: Some(ground.to_owned()),
                };
                credentials::happen(tx, &inner, &caller, id, &gate, Ok(form))
            })?;
            marked.insert(id, event);
        }
        Ok(marked)
    }

    /// Applications that wait at every desk: drafts, handed in, endorsed, given back, refused.
    fn leave_work(&self, registry: &Arc<Registry>, houses: &[DemoHouse], people: &[DemoPeople]) -> Result<(), Error> {
        for (house, people) in houses.iter().zip(people) {
            let waiting = people.staff.get(people.staff.len().saturating_sub(2)..).unwrap_or_default();
            let steps = self.steps(house, "press_card", waiting)?;
            let (inner, nth, is_local) = (Arc::clone(registry), house.index, house.agency.level != Level::Central);
            registry.store.write_blocking(move |tx| {
                let it = steps.draft(tx, &inner)?;
                match nth % 5 {
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
    fn write_letters(
        &self,
        registry: &Arc<Registry>,
        houses: &[DemoHouse],
        people: &[DemoPeople],
        now: Timestamp,
    ) -> Result<Vec<Credential>, Error> {
        let day = |days: i64| now.plus_seconds(days * 24 * 3_600).to_string();
        let hour = |hours: i64| now.plus_seconds(hours * 3_600).to_string();
        let spans = [(day(-1), day(14)), (day(-1), hour(-1)), (day(3), day(10))];
        let mut letters = Vec::new();
        for ((house, people), (valid_from, valid_until)) in houses.iter().zip(people).zip(spans.iter().cycle()).take(30)
        {
            let (Some(person), Some(head)) = (people.staff.last(), self.heads.get(&house.id)) else { continue };
            let form = LetterForm {
                person_id: person.to_string(),
                place: "Xã Vĩnh Bảo, thành phố Hải Phòng".to_owned(),
                unit_visited: "Ủy ban nhân dân xã".to_owned(),
                work: "Tìm hiểu việc xây dựng đường giao thông nông thôn".to_owned(),
                valid_from: valid_from.clone(),
                valid_until: valid_until.clone(),
            };
            let (inner, head) = (Arc::clone(registry), head.clone());
            letters.push(registry.store.write_blocking(move |tx| {
                app::letters::issue(tx, &inner, &head, &Gate::default(), || Ok(form.clone()))
            })?);
        }
        Ok(letters)
    }
}

/// An account of the past, and the caller it makes.
fn hire(tx: &mut Tx, email: &str, role: Role) -> Result<Caller, Error> {
    let email = Email::parse(email).map_err(|problem| Error::internal(problem.to_string()))?;
    let User { id, role, .. } = app::accounts::enter(tx, &policy::the_program_itself(), email, role)?;
    Ok(Caller { user: id, role, session: tx.new_id::<SessionId>(), must_change_password: false })
}

fn gate(etag: &app::gate::Etag) -> Gate {
    Gate::new(Some(etag.quoted()))
}

/// One application on its way.
struct Steps {
    clerk: Caller,
    head: Caller,
    provincial: Option<Caller>,
    registrar: Caller,
    form: ApplicationForm,
}

type ApplicationId = crate::domain::ids::ApplicationId;

impl Steps {
    fn draft(&self, tx: &mut Tx, registry: &Registry) -> Result<ApplicationId, Error> {
        let form = || Ok(self.form.clone());
        Ok(app::applications::draft(tx, registry, &self.clerk, &Gate::default(), form)?.id)
    }

    fn submit(&self, tx: &mut Tx, registry: &Registry, id: ApplicationId) -> Result<(), Error> {
        happen(tx, registry, &self.head, id, "submit").map(drop)
    }

    /// Only local agencies have a province that endorses.
    fn endorse(&self, tx: &mut Tx, registry: &Registry, id: ApplicationId) -> Result<(), Error> {
        match &self.provincial {
            Some(provincial) => happen(tx, registry, provincial, id, "endorse").map(drop),
            None => Ok(()),
        }
    }

    fn registrar_does(
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
    let found = crate::store::applications::find(tx, id)?.ok_or(Error::NotFound)?;
    let gate = gate(&app::gate::Etag::of_version(found.version));
    let reason = match event {
        "return" => Some("Thiếu danh mục tác phẩm; đề nghị bổ sung."),
        "refuse" => Some("Chưa đủ hai năm công tác liên tục tại cơ quan đề nghị."),
        _ => None,
    };
    let form = EventForm { event: event.to_owned(), reason: reason.map(str::to_owned), people: None };
    Ok(app::applications::happen(tx, registry, caller, id, &gate, Ok(form))?.credentials)
}

fn make_accounts(
    registry: &Arc<Registry>,
    houses: &[DemoHouse],
    holder: Option<&Credential>,
) -> Result<Vec<DemoAccount>, Error> {
    let house_id = |house: House| {
        let wanted = match house {
            House::Central => CENTRAL,
            House::Local => LOCAL,
        };
        let is_it = |it: &&DemoHouse| it.agency.short_name.as_ref().is_some_and(|short| short.as_str() == wanted);
        houses.iter().find(is_it).map(|it| it.id.to_string())
    };
    let mut forms: Vec<UserForm> = ACCOUNTS
        .iter()
        .map(|account| UserForm {
            email: account.email.to_owned(),
            role: account.role.to_owned(),
            agency_id: account.house.and_then(house_id),
            province: account.province.map(str::to_owned),
            body: account.body.map(str::to_owned),
            person_id: None,
        })
        .collect();
    forms.extend(holder.map(|card| UserForm {
        email: HOLDER.to_owned(),
        role: "holder".to_owned(),
        person_id: Some(card.person.to_string()),
        ..UserForm::default()
    }));
    forms
        .into_iter()
        .map(|form| {
            let (role, email) = (form.role.clone(), form.email.clone());
            registry.add_user(form, PASSWORD)?;
            Ok(DemoAccount { role, email, password: PASSWORD.to_owned() })
        })
        .collect()
}

fn describe(
    registry: &Registry,
    now: Timestamp,
    accounts: Vec<DemoAccount>,
    granted: &[Credential],
    letters: &[Credential],
) -> Result<Demo, Error> {
    let shown = |card: &Credential| {
        let found = registry.store.read(|db| crate::store::credentials::find(db, card.id))?;
        let card = found.ok_or(Error::NotFound)?;
        let state = match card.shown(now).as_str() {
            "active" => "valid",
            other => other,
        };
        Ok(DemoCard {
            state: state.to_owned(),
            number: card.number.as_str().to_owned(),
            code: credentials::qr_text(registry, &card),
            typed_code: credentials::typed_code(registry, &card),
        })
    };
    let all = granted.iter().map(shown).collect::<Result<Vec<DemoCard>, Error>>()?;
    let mut cards = Vec::new();
    for state in ["valid", "expired", "suspended", "revoked", "lost", "returned", "replaced"] {
        cards.extend(all.iter().filter(|card| card.state == state).take(5).cloned());
    }
    let letters = letters.iter().map(shown).collect::<Result<Vec<DemoCard>, Error>>()?;
    let forged = cards.first().map(|card| forge(&card.code)).unwrap_or_default();
    Ok(Demo { base_url: registry.settings.public_url.clone(), accounts, cards, letters, forged })
}

/// What somebody without the key can make of a good code.
fn forge(code: &str) -> Vec<String> {
    let Some((address, bytes)) = code.split_once('#') else { return Vec::new() };
    let swapped = |at: usize| {
        let mut letters: Vec<char> = bytes.chars().collect();
        if let Some(letter) = letters.get_mut(at) {
            *letter = if *letter == 'A' { 'B' } else { 'A' };
        }
        format!("{address}#{}", letters.into_iter().collect::<String>())
    };
    let cut: String = bytes.chars().take(bytes.len() / 2).collect();
    vec![swapped(bytes.len() / 2), swapped(bytes.len() / 3), swapped(bytes.len() - 40), format!("{address}#{cut}")]
}
