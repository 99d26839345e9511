//! Applications that wait for somebody, with what else an application may have: papers, a number of the police, people whom
//! a day chose, cards of another agency's name. The others are left by [`super::past`].

use super::cases::exhibit;
use super::houses::{CENTRAL, LOCAL, MAU, VI_DU};
use super::past::Steps;
use super::returns::{self, LOST};
use super::world::{Happening, World, on};
use crate::app::applications as app;
use crate::app::documents::DocumentForm;
use crate::app::evidence::EvidenceFile;
use crate::app::gate::Gate;
use crate::domain::ids::{ApplicationId, PersonId};
use crate::error::Error;
use crate::store::Tx;
use std::collections::BTreeMap;

/// Cards that end within so many days are proposed together.
const CAMPAIGN_DAYS: u64 = 120;
/// Who of [`LOCAL`] lost a card.
const LOST_AT_LOCAL: usize = 3;
/// Whose card of [`CENTRAL`] is damaged.
const DAMAGED_AT_CENTRAL: usize = 4;

pub(super) fn diary() -> Vec<Happening> {
    vec![
        on(55, exchange),
        on(16, |world| reissue(world, VI_DU, LOST)),
        on(13, |world| returns::lose(world, LOCAL, LOST_AT_LOCAL)),
        on(11, |world| reissue(world, LOCAL, LOST_AT_LOCAL)),
        on(9, damaged),
        on(7, renew),
        on(6, |world| campaign(world, MAU, true)),
        on(5, |world| campaign(world, VI_DU, false)),
    ]
}

/// Two who came with another agency are to have cards of this one's name.
fn exchange(world: &mut World) -> Result<(), Error> {
    let came = world.went_over.get(1..3).unwrap_or_default().to_vec();
    let steps = steps(world, MAU, "press_card", "exchange", &came)?;
    submitted(world, &steps).map(drop)
}

/// A lost card, with the number under which the police confirmed it, and papers.
fn reissue(world: &mut World, agency: &str, nth: usize) -> Result<(), Error> {
    let person = world.member(agency, nth)?;
    let mut steps = steps(world, agency, "press_card", "reissue", &[person])?;
    steps.form.police_references = BTreeMap::from([(person.to_string(), format!("VD-{:03}/CA", 100 + nth))]);
    let id = drafted(world, &steps)?;
    for kind in ["declaration", "police_confirmation"] {
        attach(world, &steps, id, kind, person)?;
    }
    world.write(move |tx, registry| steps.submit(tx, registry, id))
}

/// A damaged card, given back for a paper that is missing.
fn damaged(world: &mut World) -> Result<(), Error> {
    let person = world.member(CENTRAL, DAMAGED_AT_CENTRAL)?;
    let steps = steps(world, CENTRAL, "press_card", "reissue", &[person])?;
    let id = submitted(world, &steps)?;
    world.write(move |tx, registry| steps.registrar_does(tx, registry, id, "return").map(drop))
}

/// A draft with papers, which only the head's hand is missing to: of whoever holds a card that has run out.
fn renew(world: &mut World) -> Result<(), Error> {
    let person = world.member(CENTRAL, 0)?;
    let steps = steps(world, CENTRAL, "press_card", "renewal", &[person])?;
    let id = drafted(world, &steps)?;
    for kind in ["declaration", "degree", "summary"] {
        attach(world, &steps, id, kind, person)?;
    }
    Ok(())
}

/// Everybody whose collaborator's card ends soon: handed in, or left to the head.
fn campaign(world: &mut World, agency: &str, is_handed_in: bool) -> Result<(), Error> {
    let mut steps = steps(world, agency, "collaborator_card", "renewal", &[])?;
    steps.form.expiring_before = Some(world.now.day().plus_days(CAMPAIGN_DAYS).to_string());
    match is_handed_in {
        true => submitted(world, &steps).map(drop),
        false => drafted(world, &steps).map(drop),
    }
}

fn steps(world: &World, agency: &str, kind: &str, basis: &str, people: &[PersonId]) -> Result<Steps, Error> {
    let mut steps = world.staff.steps(world.house(agency)?, kind, people)?;
    basis.clone_into(&mut steps.form.basis);
    Ok(steps)
}

fn drafted(world: &World, steps: &Steps) -> Result<ApplicationId, Error> {
    let steps = steps.clone();
    world.write(move |tx, registry| steps.draft(tx, registry))
}

fn submitted(world: &World, steps: &Steps) -> Result<ApplicationId, Error> {
    let steps = steps.clone();
    world.write(move |tx, registry| {
        let id = steps.draft(tx, registry)?;
        steps.submit(tx, registry, id)?;
        Ok(id)
    })
}

/// A paper of this kind about somebody.
fn attach(world: &World, steps: &Steps, id: ApplicationId, kind: &str, person: PersonId) -> Result<(), Error> {
    let form = DocumentForm { kind: Some(kind.to_owned()), person: Some(person.to_string()) };
    let clerk = steps.clerk.clone();
    scanned(world, kind, move |tx, file| app::add_document(tx, &clerk, id, &Gate::default(), &form, file).map(drop))
}

/// Keeps the scan of a paper, and lets `add` write it down.
pub(super) fn scanned(
    world: &World,
    kind: &str,
    mut add: impl FnMut(&mut Tx, (&EvidenceFile, &[u8])) -> Result<(), Error> + Send + 'static,
) -> Result<(), Error> {
    let registry = &world.registry;
    let (media_type, bytes) = exhibit(kind, 0);
    let file = EvidenceFile::read(&registry.entropy, registry.clock.now(), media_type, &bytes)?;
    let (sent, content) = (file.clone(), bytes.clone());
    registry.keep_evidence(&file, &bytes, || world.write(move |tx, _| add(tx, (&sent, &content))))
}
