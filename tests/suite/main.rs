//! Every test that sees the registry from outside, as one binary: it links once, and starts PostgreSQL once.

mod card_vectors;
mod cards;
mod dependencies;
mod openapi;
mod structure;
mod support;
