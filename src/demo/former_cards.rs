//! Press cards of before the registry, taken in from a file, and lookups of an official.

use super::cast::OFFICIAL;
use super::document::DemoLookup;
use super::houses::{DIA_PHUONG, MAU, THI_DU, VI_DU};
use super::returns::ASKED;
use super::world::{Happening, World, on};
use crate::app::gate::Gate;
use crate::app::imports::{Source, take_in_state_cards};
use crate::app::lookups;
use crate::domain::imports::{Mode, Order, STATE_CARDS};
use crate::domain::lookups::LookupForm;
use crate::error::Error;

/// A card without a QR of ours: number, name, agency, and what it is worth.
struct Former {
    number: &'static str,
    name: &'static str,
    agency: &'static str,
    granted: Granted,
}

/// When it was granted.
#[derive(Clone, Copy)]
enum Granted {
    /// In the term that ended for all with 31/03/2026.
    InTheLastTerm,
    /// Since, and good for so many days more.
    Since(u64),
}

#[rustfmt::skip] // a table
const FORMER: &[Former] = &[
    Former { number: "VD00101", name: "Đỗ Thị Ngân Khuê", agency: MAU, granted: Granted::Since(1_000) },
    Former { number: "VD00102", name: "Lương Bách Quyết", agency: THI_DU, granted: Granted::Since(30) },
    Former { number: "VD00103", name: "Nguyễn Thị Thúy Hòa", agency: DIA_PHUONG, granted: Granted::Since(600) },
    Former { number: "VD00104", name: "Vàng Thị Mỷ", agency: THI_DU, granted: Granted::InTheLastTerm },
];
/// Somebody with another's number.
const NOBODY: (&str, &str) = ("VD00101", "Đỗ Thị Ngân Hà");

pub(super) fn diary() -> Vec<Happening> {
    vec![on(15, take_in)]
}

/// As `import cards FILE` does.
fn take_in(world: &mut World) -> Result<(), Error> {
    let issued = world.days_ago(200).day();
    let mut file = "number,name,agency,issued,valid_until\n".to_owned();
    for Former { number, name, agency, granted } in FORMER {
        let dates = match granted {
            Granted::InTheLastTerm => "2022-05-04,".to_owned(),
            Granted::Since(days) => format!("{issued},{}", world.now.day().plus_days(*days)),
        };
        file.push_str(&format!("{number},{name},{agency},{dates}\n"));
    }
    // Whoever is about to leave has one too, and hands neither in.
    let leaver = world.person(world.member(VI_DU, ASKED)?)?.fields.full_name;
    let until = world.now.day().plus_days(700);
    file.push_str(&format!("VD00105,{},{VI_DU},{issued},{until}\n", leaver.as_str()));
    let source = Source::open(file.into_bytes(), STATE_CARDS)?;
    let order = Order { dry_run: false, mode: Mode::All };
    let ended = take_in_state_cards(&world.registry, source, order, |_| {})?;
    match ended.errors.first() {
        None => Ok(()),
        Some(error) => Err(Error::internal(format!("{error:?}"))),
    }
}

/// What `demo.json` tells of them.
pub(super) fn told() -> Vec<DemoLookup> {
    let known = FORMER.iter().map(|it| {
        let worth = match it.granted {
            Granted::InTheLastTerm => "not_valid",
            Granted::Since(_) => "valid",
        };
        (it.number, it.name, worth)
    });
    let told = known.chain([(NOBODY.0, NOBODY.1, "no_match")]);
    told.map(|(number, name, verdict)| DemoLookup {
        number: number.to_owned(),
        name: name.to_owned(),
        verdict: verdict.to_owned(),
    })
    .collect()
}

/// An official asks what a card is worth: whose it is sees that.
pub(super) fn look_up(world: &World, number: &str, name: &str) -> Result<(), Error> {
    let official = world.caller(OFFICIAL)?;
    let form = LookupForm {
        number: number.to_owned(),
        name: name.to_owned(),
        purpose: "Tiếp phóng viên đến làm việc tại phường".to_owned(),
    };
    world.write(move |tx, registry| {
        lookups::look_up(tx, registry, &official, &Gate::default(), || Ok(form.clone())).map(drop)
    })
}
