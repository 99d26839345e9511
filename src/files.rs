//! Pictures and documents: objects in a folder of the data directory, sealed at rest.
//!
//! An object is written before the row that names it is committed, under a name of its own that is never used
//! again. Evidence is removed again when that row is refused; what a crash leaves behind is never referred to.

use crate::error::Error;
use crate::keys::Sealing;
use object_store::local::LocalFileSystem;
use object_store::path::Path as ObjectPath;
use object_store::{ObjectStore, ObjectStoreExt as _, PutPayload};
use std::future::Future;
use std::path::Path;
use std::sync::Arc;

/// Where objects are kept.
#[derive(Clone)]
pub struct Files(Arc<dyn ObjectStore>);

impl Files {
    /// The folder of the objects, made where it is missing.
    ///
    /// # Errors
    /// The folder cannot be made or used.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        std::fs::create_dir_all(folder).map_err(Error::internal)?;
        let store = LocalFileSystem::new_with_prefix(folder)
            .map_err(Error::internal)?
            .with_fsync(true)
            .with_automatic_cleanup(true);
        Ok(Self(Arc::new(store)))
    }

    /// Seals and writes an object. Blocks.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn put(&self, sealing: &Sealing, name: &str, bytes: &[u8]) -> Result<(), Error> {
        self.put_sealed(name, sealing.seal(bytes, name.as_bytes())?)
    }

    /// Removes an object; it may be gone already. Blocks.
    ///
    /// # Errors
    /// It cannot be removed.
    pub fn remove(&self, name: &str) -> Result<(), Error> {
        match self.0.delete(&ObjectPath::from(name)).await_blocking()? {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(Error::internal(error)),
        }
    }

    /// The names of the folders in a folder, and of the objects in it. Blocks.
    ///
    /// # Errors
    /// They cannot be listed.
    pub fn list(&self, folder: &str) -> Result<(Vec<String>, Vec<String>), Error> {
        let folder = ObjectPath::from(folder);
        let found = self.0.list_with_delimiter(Some(&folder)).await_blocking()?.map_err(Error::internal)?;
        let folders = found.common_prefixes.iter().filter_map(|path| path.filename().map(str::to_owned)).collect();
        Ok((folders, found.objects.into_iter().map(|object| object.location.to_string()).collect()))
    }

    /// The names of all objects. Blocks.
    ///
    /// # Errors
    /// They cannot be listed.
    pub fn all(&self) -> Result<Vec<String>, Error> {
        let (mut names, mut folders) = (Vec::new(), vec![String::new()]);
        while let Some(folder) = folders.pop() {
            let (below, objects) = self.list(&folder)?;
            folders.extend(
                below.iter().map(|name| if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") }),
            );
            names.extend(objects);
        }
        Ok(names)
    }

    /// An object as it is sealed with the key that seals now; nothing where it is already, or is gone. Blocks.
    ///
    /// # Errors
    /// It cannot be read, or does not open.
    pub fn sealed_anew(&self, sealing: &Sealing, name: &str) -> Result<Option<Vec<u8>>, Error> {
        match self.read(&ObjectPath::from(name))? {
            Some(sealed) => sealing.reseal(&sealed, name.as_bytes()),
            None => Ok(None),
        }
    }

    /// Writes an object that is sealed. Blocks.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn put_sealed(&self, name: &str, sealed: Vec<u8>) -> Result<(), Error> {
        let written = self.0.put(&ObjectPath::from(name), PutPayload::from(sealed)).await_blocking()?;
        written.map(drop).map_err(Error::internal)
    }

    /// Reads and opens an object; `None` when there is none of this name. Blocks.
    ///
    /// # Errors
    /// It cannot be read or does not open.
    pub fn get(&self, sealing: &Sealing, name: &str) -> Result<Option<Vec<u8>>, Error> {
        let sealed = self.read(&ObjectPath::from(name))?;
        sealed.map(|sealed| sealing.open(&sealed, name.as_bytes())).transpose()
    }

    fn read(&self, path: &ObjectPath) -> Result<Option<Vec<u8>>, Error> {
        let read = async {
            match self.0.get(path).await {
                Ok(found) => found.bytes().await.map(|bytes| Some(bytes.to_vec())),
                Err(object_store::Error::NotFound { .. }) => Ok(None),
                Err(error) => Err(error),
            }
        };
        read.await_blocking()?.map_err(Error::internal)
    }
}

/// Waits for a future on a thread that may block.
trait AwaitBlocking: Future + Sized {
    fn await_blocking(self) -> Result<Self::Output, Error> {
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => Ok(runtime.block_on(self)),
            Err(_) => {
                let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(Error::internal)?;
                Ok(runtime.block_on(self))
            }
        }
    }
}

impl<F: Future> AwaitBlocking for F {}
