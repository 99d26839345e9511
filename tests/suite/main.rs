//! Every test that sees the registry from outside, as one binary: it links once, and starts PostgreSQL once.

mod accounts;
mod agencies;
mod applications;
mod authorisation;
mod card_vectors;
mod cases;
mod command_line;
mod credentials;
mod demo;
mod dependencies;
mod documents;
mod keys;
mod letters;
mod log;
mod observability;
mod oneself;
mod people;
mod portraits;
mod protocol;
mod reports;
mod sessions;
mod statistics;
mod store;
mod structure;
mod support;
mod verifications;
