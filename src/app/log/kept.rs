//! The newest checkpoint that this node knows to be signed, kept in a file and so outside the database: a database
//! that was put back to an earlier day, or altered, cannot agree with it.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

/// The file.
pub(super) struct Kept(PathBuf);

impl Kept {
    /// The one of a data directory.
    pub(super) fn of(data_dir: &Path) -> Self {
        Self(data_dir.join("log").join("checkpoint"))
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// The note that was kept; `None` where nothing was signed yet.
    pub(super) fn read(&self) -> io::Result<Option<String>> {
        match fs::read_to_string(&self.0) {
            Ok(note) => Ok(Some(note)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Moves that of an ended log aside, where it stays as evidence.
    pub(super) fn set_aside(&self, log: i32) -> io::Result<()> {
        fs::rename(&self.0, self.0.with_extension(log.to_string()))
    }

    /// Puts a newer one in its place, durably, before anybody is shown it.
    pub(super) fn replace(&self, note: &str) -> io::Result<()> {
        let folder = self.0.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let new = self.0.with_extension("new");
        let mut file = File::create(&new)?;
        file.write_all(note.as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, &self.0)?;
        File::open(folder)?.sync_all()
    }
}
