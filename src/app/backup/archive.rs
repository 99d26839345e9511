//! The form of a backup: a tar archive of `registry.db` and `files/…`, which any tool can open.

use super::failed;
use crate::app::{FILES, StartError};
use crate::domain::time::Timestamp;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
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
        archive.append_path_with_name(self.database, DATABASE)?;
        let mut folders = vec![self.files.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder)? {
                let (path, kind) = entry.and_then(|entry| Ok((entry.path(), entry.file_type()?)))?;
                let name = path.strip_prefix(self.files).map_err(io::Error::other)?;
                match kind.is_dir() {
                    true => folders.push(path),
                    // One that is taken away meanwhile is named by no row any more.
                    false if !path.exists() => {}
                    false => archive.append_path_with_name(&path, Path::new(FILES).join(name))?,
                }
            }
        }
        let mut out = archive.into_inner()?;
        out.flush()?;
        out.into_inner().map_err(io::Error::other)?.sync_all()
    }
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
    folder: PathBuf,
    pub(super) database: PathBuf,
    files: PathBuf,
}

impl Staging {
    /// Unpacks a backup into a folder of the data directory.
    pub(super) fn unpack(file: &Path, data_dir: &Path) -> Result<Self, StartError> {
        let folder = data_dir.join("restoring");
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(|error| failed("removed", &folder, error))?;
        }
        fs::DirBuilder::new().mode(0o700).create(&folder).map_err(|error| failed("made", &folder, error))?;
        let staging = Self { database: folder.join(DATABASE), files: folder.join(FILES), folder };
        let packed = File::open(file).map_err(|error| failed("read", file, error))?;
        staging.take_in(packed).map_err(|error| failed("read", file, error))?;
        match staging.database.is_file() {
            true => Ok(staging),
            false => Err(failed("restored", file, "it is no backup: it holds no registry.db")),
        }
    }

    fn take_in(&self, packed: File) -> io::Result<()> {
        fs::create_dir(&self.files)?;
        for entry in tar::Archive::new(io::BufReader::new(packed)).entries()? {
            let mut entry = entry?;
            let name = entry.path()?.into_owned();
            // Nothing else is in a backup of ours; an archive from elsewhere must not write anywhere else.
            let is_ours = name == Path::new(DATABASE) || name.starts_with(FILES);
            let is_plain = name.components().all(|part| matches!(part, Component::Normal(_)));
            if !is_ours || !is_plain || !entry.header().entry_type().is_file() {
                return Err(io::Error::other(format!("it is no backup: it holds {}", name.display())));
            }
            let to = self.folder.join(&name);
            if let Some(folder) = to.parent() {
                fs::create_dir_all(folder)?;
            }
            let mut out = OpenOptions::new().write(true).create_new(true).mode(OWNER_ONLY).open(&to)?;
            io::copy(&mut entry, &mut out)?;
            out.sync_all()?;
        }
        Ok(())
    }

    /// Puts the database and the files in place. What was there is moved aside; gives where to.
    pub(super) fn put_in_place(self, database: &Path, now: Timestamp) -> Result<Option<PathBuf>, StartError> {
        let data_dir = self.folder.parent().unwrap_or(Path::new("."));
        let files = data_dir.join(FILES);
        let aside = data_dir.join(format!("replaced-{}", now.to_string().replace(':', "")));
        let moved = database.exists();
        if moved {
            fs::DirBuilder::new().mode(0o700).create(&aside).map_err(|error| failed("made", &aside, error))?;
        }
        let place = |from: &Path, to: &Path| {
            if moved && to.exists() {
                let name = to.file_name().unwrap_or_default();
                fs::rename(to, aside.join(name)).map_err(|error| failed("moved", to, error))?;
            }
            // An empty folder stands there where nothing was kept yet.
            if to.is_dir() {
                fs::remove_dir(to).map_err(|error| failed("moved", to, error))?;
            }
            fs::rename(from, to).map_err(|error| failed("moved", from, error))?;
            sync_folder_of(to).map_err(|error| failed("moved", from, error))
        };
        // The files first: a database without its files is worse than files that no database names yet.
        place(&self.files, &files)?;
        place(&self.database, database)?;
        Ok(moved.then_some(aside))
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // What is left of it is removed by the next one otherwise.
        let _left = fs::remove_dir_all(&self.folder);
    }
}
