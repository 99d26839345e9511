//! What a demonstration needs and a registry does not: invented people and drawn portraits.

mod canvas;
mod cases;
mod cast;
mod document;
mod facts;
mod load;
pub mod names;
mod past;
pub mod portraits;

pub use cast::{ACCOUNTS, Account, PASSWORD};
pub use document::{Demo, DemoCard, DemoCase};
pub use load::load;
