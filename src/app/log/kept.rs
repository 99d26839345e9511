//! The newest checkpoint that this node knows to be signed, kept in a file and so outside the database: a database
//! that was put back to an earlier day, or altered, cannot agree with it.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

/// Which log a note is of: `NAME` is the first, `NAME/2` the second.
fn number(note: &str) -> i32 {
    let origin = note.lines().next().unwrap_or_default();
    origin.rsplit_once('/').and_then(|(_, n)| n.parse().ok()).unwrap_or(1)
}

fn note_in(file: &Path) -> io::Result<Option<String>> {
    match fs::read_to_string(file) {
        Ok(note) => Ok(Some(note)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

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
        note_in(&self.0)
    }

    /// That of log `n`, which may have ended; `None` where none was kept of it or of a later one.
    pub(super) fn of_log(&self, n: i32) -> io::Result<Option<String>> {
        note_in(&self.aside(n))?.map_or_else(|| self.read(), |note| Ok(Some(note)))
    }

    /// Whether another log goes on with log `n`: two persons said so.
    pub(super) fn has_ended(&self, n: i32) -> bool {
        self.aside(n).exists()
    }

    /// The newest log of which one was kept; 0 where there is none.
    pub(super) fn newest_log(&self) -> io::Result<i32> {
        let mut newest = self.read()?.map_or(0, |note| number(&note));
        while self.has_ended(newest + 1) {
            newest += 1;
        }
        Ok(newest)
    }

    /// Moves that of a log that ends aside, where it stays as evidence and keeps the log from going on.
    pub(super) fn set_aside(&self) -> io::Result<()> {
        match self.read()? {
            Some(note) => fs::rename(&self.0, self.aside(number(&note))).and_then(|()| self.sync_folder()),
            None => Ok(()),
        }
    }

    fn aside(&self, n: i32) -> PathBuf {
        self.0.with_extension(n.to_string())
    }

    /// Puts a newer one in its place, durably, before anybody is shown it.
    pub(super) fn replace(&self, note: &str) -> io::Result<()> {
        fs::create_dir_all(self.folder())?;
        let new = self.0.with_extension("new");
        let mut file = File::create(&new)?;
        file.write_all(note.as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, &self.0)?;
        self.sync_folder()
    }

    fn folder(&self) -> &Path {
        self.0.parent().unwrap_or(Path::new("."))
    }

    fn sync_folder(&self) -> io::Result<()> {
        File::open(self.folder())?.sync_all()
    }
}
