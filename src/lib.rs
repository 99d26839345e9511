//! A registry of press agencies, reporters and their credentials, which anyone can verify by QR.
//!
//! Layers, each naming only those to its right: `api → app → {policy, domain, store}`; `cli` and `demo` stand
//! beside `api`. The map is `api-docs/architecture.md`.

pub mod data;
pub mod demo;
pub mod domain;
pub mod pictures;
