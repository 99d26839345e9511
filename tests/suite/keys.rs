//! The registry's keys: made once, kept by their owner, rotated, retired, stolen.

mod drill;
mod files;
mod life;
mod locks;
mod resealing;
mod theft;
