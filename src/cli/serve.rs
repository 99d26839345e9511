//! `serve` and `migrate`.

use super::Failure;
use super::settings::{Options, start_log};
use crate::api::server;
use crate::store::Store;
use std::net::TcpListener;
use std::sync::Arc;

/// What the first administrator signs in with.
const FIRST_ADMINISTRATOR: &str = "admin@registry.local";

pub(super) fn run(options: &Options) -> Result<(), Failure> {
    start_log(options.log_format);
    let listener =
        TcpListener::bind(&options.listen).map_err(|error| format!("cannot listen on {}: {error}", options.listen))?;
    let registry = Arc::new(options.listening_on(listener.local_addr()?).open()?);
    // Before anything is added: a database that was put back to an earlier day must not be served.
    registry.publish_log()?;
    // Nor must anybody come back who was erased since.
    let erased = registry.erase_again()?;
    if erased > 0 {
        println!("{erased} people who had been erased were in this database: they are erased again.");
    }
    registry.publish_lists()?;
    if let Some(first) = registry.first_administrator(FIRST_ADMINISTRATOR)? {
        println!("The registry is empty. Its first administrator, shown this once:");
        println!("  e-mail             {}", first.user.email);
        println!("  one-time password  {}", first.one_time_code);
        println!("Sign in within 72 hours and choose a password (POST /api/v1/me/password).");
    }
    println!("Serving {} on {}", registry.settings.public_url, listener.local_addr()?);
    server::run(registry, listener)?;
    Ok(())
}

pub(super) fn migrate(options: &Options) -> Result<(), Failure> {
    let settings = options.settings()?;
    std::fs::create_dir_all(&settings.data_dir)?;
    let applied = Store::migrate(&settings.database)?;
    println!("{applied} migrations applied; the database is up to this version.");
    Ok(())
}
