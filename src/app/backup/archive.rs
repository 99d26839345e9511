//! The form of a backup: a tar archive of `registry.db` and `files/…`, which any tool can open.

use super::failed;
use crate::app::{FILES, StartError};
use crate::domain::time::Timestamp;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Component, Path, PathBuf};

const DATABASE: &str = "registry.db";
/// Whoever holds a backup holds what the registry knows of people.
const OWNER_ONLY: u32 = 0o600;

/// What goes into a backup.
pub(super) struct Contents<'a> {
    pub(super) database: &'a Path,
    pub(super) files: &'a Path,
}

impl Contents<'_> {
    /// Writes them to a new file, durably.
    pub(super) fn pack(&self, file: &Path) -> io::Result<()> {
        let out = OpenOptions::new().write(true).create_new(true).mode(OWNER_ONLY).open(file)?;
        let mut archive = tar::Builder::new(io::BufWriter::new(out));
        add(&mut archive, self.database, Path::new(DATABASE))?;
        let mut folders = vec![self.files.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder)? {
                let (path, kind) = entry.and_then(|entry| Ok((entry.path(), entry.file_type()?)))?;
                let name = path.strip_prefix(self.files).map_err(io::Error::other)?;
                match kind.is_dir() {
                    true => folders.push(path),
                    // What is still being written has a name like this, and no row names it yet.
                    false if name.to_string_lossy().contains('#') => {}
                    false => add(&mut archive, &path, &Path::new(FILES).join(name))?,
                }
            }
        }
        let mut out = archive.into_inner()?;
        out.flush()?;
        out.into_inner().map_err(io::Error::other)?.sync_all()
    }
}

/// Adds a file, as long as it is now. One that is taken away meanwhile is named by no row any more.
fn add(archive: &mut tar::Builder<impl io::Write>, path: &Path, name: &Path) -> io::Result<()> {
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        opened => opened?,
    };
    let mut header = tar::Header::new_gnu();
    header.set_size(file.metadata()?.len());
    header.set_mode(OWNER_ONLY);
    let exactly = header.size()?;
    archive.append_data(&mut header, name, file.take(exactly))
}

/// A name beside a file, for what is not finished.
pub(super) fn beside(file: &Path, what: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(what);
    PathBuf::from(name)
}

/// Makes an empty file that only its owner reads; SQLite takes one that is empty for new.
pub(super) fn make_private(file: &Path) -> io::Result<()> {
    OpenOptions::new().write(true).create_new(true).mode(OWNER_ONLY).open(file).map(drop)
}

pub(super) fn sync_folder_of(file: &Path) -> io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

/// A backup that was unpacked and has not taken its place. What is not put in place is removed.
pub(super) struct Staging {
    /// Beside the one that it is to replace: it takes its place in one step.
    pub(super) database: PathBuf,
    /// Of the data directory, with the files.
    folder: PathBuf,
}

impl Staging {
    /// Unpacks a backup: the database beside its place, the files into the data directory.
    pub(super) fn unpack(file: &Path, data_dir: &Path, place: &Path) -> Result<Self, StartError> {
        let staging = Self { database: beside(place, "restoring"), folder: data_dir.join("restoring") };
        staging.remove();
        fs::DirBuilder::new()
            .mode(0o700)
            .create(&staging.folder)
            .map_err(|error| failed("made", &staging.folder, error))?;
        let packed = File::open(file).map_err(|error| failed("read", file, error))?;
        staging.take_in(packed).map_err(|error| failed("read", file, error))?;
        match staging.database.is_file() {
            true => Ok(staging),
            false => Err(failed("restored", file, "it is no backup: it holds no registry.db")),
        }
    }

    fn take_in(&self, packed: File) -> io::Result<()> {
        for entry in tar::Archive::new(io::BufReader::new(packed)).entries()? {
            let mut entry = entry?;
            let name = entry.path()?.into_owned();
            // Nothing else is in a backup of ours; an archive from elsewhere must not write anywhere else.
            let is_plain = name.components().all(|part| matches!(part, Component::Normal(_)));
            let to = match (name.strip_prefix(FILES), entry.header().entry_type().is_file() && is_plain) {
                (Ok(within), true) => self.folder.join(within),
                (Err(_), true) if name == Path::new(DATABASE) => self.database.clone(),
                _ => return Err(io::Error::other(format!("it is no backup: it holds {}", name.display()))),
            };
            if let Some(folder) = to.parent() {
                fs::create_dir_all(folder)?;
            }
            let mut out = OpenOptions::new().write(true).create_new(true).mode(OWNER_ONLY).open(&to)?;
            io::copy(&mut entry, &mut out)?;
            out.sync_all()?;
        }
        Ok(())
    }

    /// Adds the files to those that are there, and then puts the database in place in one step: whatever interrupts
    /// this, one of the two databases is there whole, with all files that it names. The old one stays beside it; gives
    /// where.
    pub(super) fn put_in_place(
        self,
        place: &Path,
        files: &Path,
        now: Timestamp,
    ) -> Result<Option<PathBuf>, StartError> {
        self.add_files(files).map_err(|error| failed("written", files, error))?;
        let moved = |error| failed("put in place", place, error);
        let replaced = beside(place, &format!("replaced-{}", now.to_string().replace(':', "")));
        let had_one = place.exists();
        if had_one {
            fs::hard_link(place, &replaced).map_err(moved)?;
        }
        fs::rename(&self.database, place).and_then(|()| sync_folder_of(place)).map_err(moved)?;
        Ok(had_one.then_some(replaced))
    }

    /// A file never changes: one that is there already is the same.
    fn add_files(&self, files: &Path) -> io::Result<()> {
        let mut folders = vec![self.folder.clone()];
        while let Some(folder) = folders.pop() {
            let within = folder.strip_prefix(&self.folder).map_err(io::Error::other)?;
            let to = files.join(within);
            fs::create_dir_all(&to)?;
            for entry in fs::read_dir(&folder)? {
                let entry = entry?;
                let place = to.join(entry.file_name());
                match entry.file_type()?.is_dir() {
                    true => folders.push(entry.path()),
                    false if place.exists() => {}
                    false => fs::rename(entry.path(), place)?,
                }
            }
            File::open(&to)?.sync_all()?;
        }
        Ok(())
    }

    fn remove(&self) {
        // What is left of it is in nobody's way, and the next one tries again.
        let _left = fs::remove_dir_all(&self.folder);
        for end in ["", "-wal", "-shm"] {
            let mut name = self.database.clone().into_os_string();
            name.push(end);
            let _left = fs::remove_file(name);
        }
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        self.remove();
    }
}
