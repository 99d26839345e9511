//! What a demonstration needs and a registry does not: invented people and drawn portraits.

mod applications;
mod canvas;
mod cases;
mod cast;
mod document;
mod doubles;
mod erasures;
mod facts;
mod former_cards;
mod houses;
mod licensing;
mod load;
mod mergers;
pub mod names;
mod notices;
mod offices;
mod past;
mod people;
pub mod portraits;
mod returns;
mod world;

pub use cast::{ACCOUNTS, Account, PASSWORD};
pub use document::{Demo, DemoCard, DemoCase, DemoLookup};
pub use load::load;
