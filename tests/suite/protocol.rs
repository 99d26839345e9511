//! What every operation has in common: problems, versions, repetition, lists in parts, headers.

mod headers;
mod lists;
mod problems;
mod repetition;
mod versions;
