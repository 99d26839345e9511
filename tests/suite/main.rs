//! Every test that sees the registry from outside, in one binary.

mod card_vectors;
