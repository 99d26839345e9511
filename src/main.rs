//! The one binary: `press-registry`.

use std::process::ExitCode;

fn main() -> ExitCode {
    press_registry::cli::run()
}
