//! The registry's keys: made once, kept by their owner, rotated, retired, stolen.

mod files;
mod life;
mod theft;
