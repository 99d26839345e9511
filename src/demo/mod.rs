//! What a demonstration needs and a registry does not: invented people and drawn portraits.

mod canvas;
pub mod names;
pub mod portraits;
