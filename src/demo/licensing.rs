//! Licences and leaders of invented agencies; one is suspended, one has lost its head.

use super::cast::ADMIN;
use super::houses::{MAU, TAM_DUNG, THI_DU};
use super::world::{Happening, World, gate, on};
use crate::app::agencies::DecisionForm;
use crate::app::gate::Gate;
use crate::app::{accounts, agencies, leaders, licences};
use crate::domain::agencies::{LeaderEndForm, LeaderForm, LicenceForm};
use crate::domain::ids::AgencyId;
use crate::domain::time::Day;
use crate::error::Error;
use crate::store;

/// Days after now when the licence of [`MAU`] ends.
const LICENCE_ENDS_IN_DAYS: u64 = 45;
/// For so long it was given.
const LICENCE_YEARS: u32 = 10;

pub(super) fn diary() -> Vec<Happening> {
    vec![on(140, license), on(138, appoint), on(1, suspend), on(1, lose_a_head)]
}

/// One that ends soon and took the place of another, one without an end, and that of a site that is no press.
fn license(world: &mut World) -> Result<(), Error> {
    let last = world.now.day().plus_days(LICENCE_ENDS_IN_DAYS);
    let first = last.minus_years(LICENCE_YEARS).plus_days(1);
    let (mau, tam_dung) = (world.house(MAU)?.id, world.house(TAM_DUNG)?.id);
    let replaced = enter(world, mau, form("101/GP-VD", first.minus_years(LICENCE_YEARS)))?;
    let form_of_now = LicenceForm {
        valid_until: Some(last.to_string()),
        purpose: Some("Thông tin về ví dụ và mẫu, dùng để giới thiệu hệ thống.".to_owned()),
        circulation_area: Some("Toàn quốc".to_owned()),
        replaces: vec![replaced],
        ..form("202/GP-VD", first)
    };
    enter(world, mau, form_of_now)?;
    enter(world, tam_dung, form("303/GP-VD", first))?;
    enter(world, world.aggregator, form("404/GP-TTĐT", first)).map(drop)
}

fn form(number: &str, issued_on: Day) -> LicenceForm {
    LicenceForm {
        number: number.to_owned(),
        issued_on: issued_on.to_string(),
        issuer: "Cơ quan cấp phép (ví dụ)".to_owned(),
        ..LicenceForm::default()
    }
}

fn enter(world: &World, agency: AgencyId, form: LicenceForm) -> Result<String, Error> {
    let registrar = world.staff.ministry();
    world.write(move |tx, _| {
        Ok(licences::enter(tx, &registrar, agency, &Gate::default(), || Ok(form.clone()))?.id.to_string())
    })
}

/// A head who went, the one who came, and a deputy.
fn appoint(world: &mut World) -> Result<(), Error> {
    let (agency, registrar) = (world.house(MAU)?.id, world.staff.ministry());
    let changed_on = world.days_ago(200).day();
    let leader = |nth: usize, post: &str, title: &str, from: Day| {
        let form = LeaderForm {
            person_id: world.member(MAU, nth)?.to_string(),
            post: post.to_owned(),
            title: Some(title.to_owned()),
            from: from.to_string(),
            to: None,
        };
        let registrar = registrar.clone();
        world.write(move |tx, registry| {
            Ok(leaders::appoint(tx, registry, &registrar, agency, &Gate::default(), || Ok(form.clone()))?.id)
        })
    };
    let former = leader(1, "head", "Tổng Biên tập", changed_on.minus_years(3))?;
    let ending = LeaderEndForm {
        event: "end".to_owned(),
        reason: "Nghỉ theo chế độ.".to_owned(),
        to: Some(changed_on.minus_days(1).to_string()),
    };
    let ministry = registrar.clone();
    world.write(move |tx, _| {
        let found = store::agencies::find(tx, agency)?.ok_or(Error::NotFound)?;
        leaders::happen(tx, &ministry, agency, former, &gate(found.version), || Ok(ending.clone())).map(drop)
    })?;
    leader(2, "head", "Tổng Biên tập", changed_on)?;
    leader(3, "deputy", "Phó Tổng Biên tập", changed_on).map(drop)
}

/// Its office, letters and collaborators' cards go with it, and its press cards are listed.
fn suspend(world: &mut World) -> Result<(), Error> {
    let (agency, registrar) = (world.house(TAM_DUNG)?.id, world.staff.ministry());
    let form = DecisionForm {
        event: "suspend".to_owned(),
        reason: "Tạm dừng hoạt động theo đề nghị của cơ quan chủ quản để sắp xếp lại.".to_owned(),
    };
    world.write(move |tx, registry| {
        let found = store::agencies::find(tx, agency)?.ok_or(Error::NotFound)?;
        agencies::decide(tx, registry, &registrar, agency, &gate(found.version), || Ok(form.clone())).map(drop)
    })
}

/// From then on nobody there reads notices in an account: what the agency is owed goes on paper.
fn lose_a_head(world: &mut World) -> Result<(), Error> {
    let (admin, head) = (world.caller(ADMIN)?, world.staff.head(world.house(THI_DU)?.id)?.user);
    let patch = accounts::UserPatch { state: Some("disabled".to_owned()), ..accounts::UserPatch::default() };
    world.write(move |tx, _| {
        let found = store::accounts::find(tx, head)?.ok_or(Error::NotFound)?;
        accounts::change(tx, &admin, head, &gate(found.version), || Ok(patch.clone())).map(drop)
    })
}
