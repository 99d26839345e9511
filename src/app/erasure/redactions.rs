//! `DATA_DIR/redactions.jsonl`: who was erased, by id alone. It is in no backup, so that whoever comes back with one can
//! be erased again.
//!
//! A line is written when the erasure is durable, and before it is answered; where that was cut off, a few seconds later
//! or at the next start. So no line is ever of somebody who was not erased.

use super::trace::Trace;
use super::{Gone, carrying_out};
use crate::app::Registry;
use crate::domain::events::ErasedFields;
use crate::domain::ids::{Id as _, PersonId};
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::policy;
use crate::store::{Tx, erasing, erasures, events, people};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

fn path(data_dir: &Path) -> PathBuf {
    data_dir.join("redactions.jsonl")
}

/// Everybody in the file. A line that was cut off names nobody; its erasure is in the database.
fn read(data_dir: &Path) -> io::Result<BTreeSet<PersonId>> {
    let text = match fs::read_to_string(path(data_dir)) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error),
    };
    let person = |line: &str| {
        let line: Value = serde_json::from_str(line).ok()?;
        PersonId::parse(line["person"].as_str()?).ok()
    };
    Ok(text.lines().filter_map(person).collect())
}

/// One at a time in this process, so that nobody gets two lines.
static APPENDING: Mutex<()> = Mutex::new(());

/// Adds a line for each who has none, durably. The first begins anew, whatever stands before it.
fn append(data_dir: &Path, people: &[(PersonId, Timestamp)]) -> io::Result<()> {
    let _one_at_a_time = APPENDING.lock().unwrap_or_else(PoisonError::into_inner);
    let known = read(data_dir)?;
    let missing: Vec<_> = people.iter().filter(|(person, _)| !known.contains(person)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let path = path(data_dir);
    let mut file = OpenOptions::new().append(true).create(true).mode(0o600).open(&path)?;
    let is_cut_off = fs::read(&path)?.last().is_some_and(|last| *last != b'\n');
    let mut lines = String::from(if is_cut_off { "\n" } else { "" });
    for (person, at) in missing {
        lines.push_str(&json!({ "erased_at": at.to_string(), "person": person.to_string() }).to_string());
        lines.push('\n');
    }
    file.write_all(lines.as_bytes())?;
    file.sync_all()?;
    File::open(data_dir)?.sync_all()
}

impl Registry {
    /// What an erasure is answered after: its line stands outside the database, and its files are gone. Blocks.
    ///
    /// # Errors
    /// The line cannot be written.
    pub fn seal_erasure(&self, gone: &Gone) -> Result<(), Error> {
        // A line for each record: an old database may hold them apart.
        let records = gone.absorbed.iter().chain([&gone.person]).map(|record| (*record, gone.at));
        append(&self.settings.data_dir, &records.collect::<Vec<_>>()).map_err(Error::internal)?;
        self.remove_files(&gone.files);
        Ok(())
    }

    /// Removes files that are nobody's. One that cannot be removed now is found again by the next day's run.
    pub fn remove_files(&self, names: &[String]) {
        for name in names {
            if let Err(error) = self.files.remove(name) {
                tracing::error!(%error, "a file that is nobody's any more was not removed; it is tried again");
            }
        }
    }

    /// Writes a line for everybody who was erased and has none: after a crash, or where another node erased them. Blocks.
    ///
    /// # Errors
    /// The database's; the file cannot be read or written.
    pub fn complete_redactions(&self) -> Result<(), Error> {
        let done = self.store.read(|db| erasures::all_done(db, None))?;
        let done: Vec<_> = done.into_iter().map(|it| (it.person, it.at)).collect();
        append(&self.settings.data_dir, &done).map_err(Error::internal)
    }

    /// Erases once more everybody in `redactions.jsonl` who came back with an old database; gives their number. Each start
    /// of a server does it, and so does whoever restores a backup. Blocks.
    ///
    /// # Errors
    /// The database's; the file cannot be read or written.
    pub fn erase_again(self: &Arc<Self>) -> Result<usize, Error> {
        self.complete_redactions()?;
        let mut erased = 0;
        let named = Arc::new(read(&self.settings.data_dir).map_err(Error::internal)?);
        for person in named.iter().copied() {
            if !self.store.read_consistently(|db| erasing::is_back(db, person))? {
                continue;
            }
            let (registry, named) = (Arc::clone(self), Arc::clone(&named));
            let files = self.store.write_blocking(move |tx| again(tx, &registry, person, &named))?;
            erased += usize::from(files.is_some());
            self.remove_files(&files.unwrap_or_default());
        }
        Ok(erased)
    }
}

/// Gives the files that are nobody's any more; nothing where another human being would be erased too.
fn again(
    tx: &mut Tx,
    registry: &Registry,
    id: PersonId,
    named: &BTreeSet<PersonId>,
) -> Result<Option<Vec<String>>, Error> {
    let permit = policy::the_program_itself();
    if let Some(person) = people::find(tx, &registry.secrets.sealing, id)? {
        let trace = Trace::of(tx, registry, &person)?;
        // Whoever was erased alone was split from this one after the backup, and is somebody else.
        if let Some(other) = trace.absorbed.iter().find(|record| !named.contains(record)) {
            tracing::error!(
                person = %id, %other,
                "an erased record is back and has taken in one that was not erased: split them, and erase the one"
            );
            return Ok(None);
        }
        return carrying_out::erase(tx, registry, &permit, &trace, None).map(|gone| Some(gone.files));
    }
    // The record is empty: fields came back that the entry of the erasure names.
    let Some(done) = erasures::done(tx, id)? else { return Ok(Some(Vec::new())) };
    let said = events::at(tx, done.log_index)?.map(|salted| salted.event.erased()).unwrap_or_default();
    let mut back = ErasedFields::default();
    for (subject, entries) in said.iter() {
        back.add(subject, entries.iter().copied());
    }
    tx.repeat(&permit, done.log_index, |writer| erasing::destroy_fields(writer, &back))?;
    Ok(Some(Vec::new()))
}
