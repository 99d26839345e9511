//! The verifier page in a real browser: what it shows, what it asks of whom, and that it needs nobody.

pub(crate) mod driver;
pub(crate) mod signed;
pub(crate) mod site;
