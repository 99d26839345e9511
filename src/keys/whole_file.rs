//! Files that are there as a whole or not at all: whoever is killed half-way leaves nothing under a file's name, which
//! would block the next start, and what is left under another name is removed by it.
//!
//! A file is written beside its place under a name of its process, which holds a lock on it until it is in its place:
//! so nobody takes what another is at for a leftover.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// Writes a file that is not there yet. A link, unlike a new name for a file, overwrites nothing.
pub(super) fn write_new(folder: &Path, name: &str, text: &str) -> io::Result<()> {
    write(folder, name, text, |unfinished, path| {
        let linked = fs::hard_link(unfinished, path);
        fs::remove_file(unfinished)?;
        linked
    })
}

/// The same in the place of the file that is there.
pub(super) fn replace(folder: &Path, name: &str, text: &str) -> io::Result<()> {
    write(folder, name, text, |unfinished, path| fs::rename(unfinished, path))
}

/// Removes what was left beside files of such names and is nobody's any more.
pub(super) fn remove_leftovers(folder: &Path, is_ours: impl Fn(&str) -> bool) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if name.to_str().and_then(finished_name).is_some_and(&is_ours) {
            remove_if_left(&entry.path())?;
        }
    }
    Ok(())
}

/// What a file of this name was to be called, if it is an unfinished one.
fn finished_name(unfinished: &str) -> Option<&str> {
    let (name, process) = unfinished.strip_prefix('.')?.rsplit_once('.')?;
    process.parse::<u32>().ok().map(|_| name)
}

/// Beside its place; of this process alone.
fn unfinished_path(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!(".{name}.{}", std::process::id()))
}

/// It has its mode from the beginning, so that at no time others can read it.
fn write(folder: &Path, name: &str, text: &str, finish: impl FnOnce(&Path, &Path) -> io::Result<()>) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let unfinished = unfinished_path(folder, name);
    let mut file = begin(&unfinished)?;
    writeln!(file, "{text}")?;
    // Durable before the database names it.
    file.sync_all()?;
    finish(&unfinished, &folder.join(name))?;
    File::open(folder)?.sync_all()
}

/// A new file that this process holds the lock of.
fn begin(path: &Path) -> io::Result<File> {
    loop {
        // What another process of this number left behind is nobody's.
        remove_if_left(path)?;
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.lock()?;
        // Somebody may have taken it for a leftover before it was locked.
        if file.metadata()?.nlink() > 0 {
            return Ok(file);
        }
    }
}

/// Removes a file unless somebody is at it.
fn remove_if_left(path: &Path) -> io::Result<()> {
    let file = match OpenOptions::new().write(true).open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        opened => opened?,
    };
    match file.try_lock() {
        Ok(()) => match fs::remove_file(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            removed => removed,
        },
        Err(TryLockError::WouldBlock) => Ok(()),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
