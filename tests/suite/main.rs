//! Every test that sees the registry from outside, as one binary: it links once, and starts PostgreSQL once.

mod dependencies;
mod structure;
mod support;
