//! Backups of the embedded database and the files, and the way back.
//!
//! A backup holds the database as it was at one moment, and every file that it names: files are copied after it, are
//! written before the rows that name them, and never change. Keys are not in it: whoever has both can open everything.
//! What is restored proves itself: the whole log is recomputed, and held against the newest checkpoint that this
//! machine has kept outside the database.

mod archive;
mod newlog;

use newlog::Successor;
pub use newlog::{NewLog, Witness};

use super::log::audit::{self, Audit, Finding};
use super::{Registry, Settings, StartError};
use crate::clock::Clock;
use crate::domain::time::Timestamp;
use crate::entropy::Entropy;
use crate::error::Error;
use crate::store::{DatabaseUrl, Store};
use archive::{Contents, Staging};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What was restored.
pub struct Restored {
    /// What the recomputation of its log came to.
    pub audit: Audit,
    /// Where the database is that was there before.
    pub replaced: Option<PathBuf>,
    /// The log that goes on, where another had to begin.
    pub origin: Option<String>,
    /// Whether no checkpoint was kept on this machine, so that only the backup's own word stands for how new it is.
    pub took_its_word: bool,
}

fn failed(doing: &str, path: &Path, error: impl std::fmt::Display) -> StartError {
    StartError::Other(format!("{} cannot be {doing}: {error}", path.display()))
}

impl Registry {
    /// Writes a backup to a new file, while the registry serves. Blocks.
    ///
    /// # Errors
    /// The file is there already or cannot be written; a database that is a server's.
    pub fn back_up(&self, file: &Path) -> Result<(), StartError> {
        if file.exists() {
            return Err(StartError::Other(format!("{} is there already", file.display())));
        }
        let part = archive::beside(file, "part");
        let copy = archive::beside(file, "database");
        // What an interrupted backup has left.
        for old in [&part, &copy].into_iter().filter(|old| old.exists()) {
            fs::remove_file(old).map_err(|error| failed("removed", old, error))?;
        }
        let copied = archive::make_private(&copy)
            .map_err(|error| failed("written", &copy, error))
            .and_then(|()| self.store.copy_to(&copy).map_err(StartError::from));
        let written = copied.and_then(|()| {
            let contents = Contents { database: &copy, files: &self.settings.data_dir.join(super::FILES) };
            contents.pack(&part).map_err(|error| failed("written", &part, error))
        });
        let removed = fs::remove_file(&copy).map_err(|error| failed("removed", &copy, error));
        written.and(removed)?;
        fs::rename(&part, file).map_err(|error| failed("written", file, error))?;
        archive::sync_folder_of(file).map_err(|error| failed("written", file, error))
    }
}

/// Puts a backup in the place of what the data directory holds, which is moved aside, once it has proven itself.
/// Nothing is changed before that. Blocks.
///
/// # Errors
/// A sentence that says what to do: it is no backup, the registry is in use, entries are missing or altered.
pub fn restore(
    settings: &Settings,
    file: &Path,
    new_log: Option<NewLog>,
    now: Timestamp,
) -> Result<Restored, StartError> {
    let database = settings.database.file().ok_or_else(|| {
        StartError::Other(
            "PostgreSQL is restored with its own tools; then run this command without a file, if another log has to \
             begin"
                .into(),
        )
    })?;
    let claim = database.exists().then(|| Store::claim(database)).transpose()?;
    let staging = Staging::unpack(file, &settings.data_dir, database)?;
    let staged = Settings { database: DatabaseUrl::Sqlite(path_text(&staging.database)?), ..settings.clone() };
    let proven = prove(&Registry::open_aside(staged, Clock::System, Entropy::System)?, new_log)?;
    drop(Store::claim(&staging.database)?);
    let replaced = staging.put_in_place(database, &settings.data_dir.join(super::FILES), now)?;
    // The old file has another name now, under which nobody looks for it.
    drop(claim);
    let registry = Registry::open_aside(settings.clone(), Clock::System, Entropy::System)?;
    Ok(Restored { replaced, ..go_on(registry, proven)? })
}

/// Begins another log on a database that was put back by other means. Blocks.
///
/// # Errors
/// As [`restore`].
pub fn go_on_with_another_log(settings: Settings, new_log: NewLog) -> Result<Restored, StartError> {
    // A server that goes on signing meanwhile would sign the log that is about to end.
    if let Some(file) = settings.database.file().filter(|file| file.exists()) {
        drop(Store::claim(file)?);
    }
    let registry = Registry::open_aside(settings, Clock::System, Entropy::System)?;
    let proven = prove(&registry, Some(new_log))?;
    go_on(registry, proven)
}

/// A log that was recomputed, and on whose word another follows where entries are missing.
struct Proven {
    audit: Audit,
    successor: Option<Successor>,
    took_its_word: bool,
}

/// Recomputes the log, and hears the two persons where entries are missing. Changes nothing.
fn prove(registry: &Registry, new_log: Option<NewLog>) -> Result<Proven, StartError> {
    let audit = audit::audit(&registry.store, &registry.log, &mut |_, _| ())?;
    let took_its_word = registry.log.newest_log()? == 0;
    let forgets = |finding: &Finding| {
        matches!(finding, Finding::Missing { .. } | Finding::OtherRoot { .. } | Finding::AnotherGoesOn)
    };
    let altered: Vec<String> =
        audit.findings.iter().filter(|finding| !forgets(finding)).map(ToString::to_string).collect();
    if !altered.is_empty() {
        return Err(StartError::Other(format!("the log is not as it was written:\n{}", altered.join("\n"))));
    }
    let missing: Vec<String> = audit.findings.iter().map(ToString::to_string).collect();
    let successor = match (missing.is_empty(), new_log) {
        (true, None) => None,
        (true, Some(_)) => {
            return Err(StartError::Other("nothing is missing: no other log is needed".into()));
        }
        (false, None) => {
            return Err(StartError::Other(format!(
                "{}\nNothing was changed. If it is to be restored all the same, two persons say so: \
                 `restore --new-log REASON --by EMAIL --by EMAIL`",
                missing.join("\n")
            )));
        }
        (false, Some(new_log)) => Some(Successor::of(registry, &new_log, &audit)?),
    };
    Ok(Proven { audit, successor, took_its_word })
}

/// Begins the other log, if one is needed, and erases once more whoever was erased after the backup was made. `serve`
/// does the latter, too, should this be interrupted.
fn go_on(registry: Registry, proven: Proven) -> Result<Restored, StartError> {
    let Proven { audit, successor, took_its_word } = proven;
    let origin = successor.map(|successor| successor.begin(&registry)).transpose()?;
    Arc::new(registry).erase_again()?;
    Ok(Restored { audit, replaced: None, origin, took_its_word })
}

fn path_text(path: &Path) -> Result<String, StartError> {
    path.to_str().map(str::to_owned).ok_or_else(|| Error::internal("a path that is not text").into())
}
