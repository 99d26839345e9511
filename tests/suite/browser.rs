//! The verifier page in a real browser: what it shows, what it asks of whom, and that it needs nobody.

mod axe;
mod chromium;
pub(crate) mod driver;
mod held;
mod looks;
pub(crate) mod modules;
pub(crate) mod signed;
pub(crate) mod site;
mod stage;
mod verdicts;
mod visitors;
mod visits;
mod week;
