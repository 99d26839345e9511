//! Every test that sees the registry from outside, as one binary: it links once, and starts PostgreSQL once.

mod structure;
mod support;
