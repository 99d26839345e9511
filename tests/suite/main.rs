//! Every test that sees the registry from outside, as one binary: it links once, and starts PostgreSQL once.

mod accounts;
mod authorisation;
mod card_vectors;
mod cards;
mod command_line;
mod demo;
mod dependencies;
mod keys;
mod observability;
mod openapi;
mod protocol;
mod sessions;
mod store;
mod structure;
mod support;
