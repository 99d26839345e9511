//! The one binary: `press-registry`.

fn main() {}
