//! A registry of press agencies, reporters and their credentials, which anyone can verify by QR.
//!
//! Layers, each naming only those to its right: `api → app → {policy, domain, store}`; `cli` and `demo` stand
//! beside `api`. The map is `api-docs/architecture.md`.

pub mod api;
pub mod app;
pub mod cli;
pub mod clock;
pub mod data;
pub mod demo;
pub mod domain;
pub mod entropy;
pub mod error;
pub mod files;
pub mod keys;
pub mod mail;
pub mod papers;
pub mod pictures;
pub mod policy;
pub mod store;
pub mod tables;
