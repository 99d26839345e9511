//! Every test that sees the registry from outside, as one binary: it links once, and starts PostgreSQL once.

mod agencies;
mod applications;
mod card_vectors;
mod credentials;
mod dependencies;
mod letters;
mod openapi;
mod people;
mod portraits;
mod structure;
mod support;
mod verifications;
