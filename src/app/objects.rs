//! Sealed objects, and the rows that name them. An object is written before its row is there, and removed after its row is
//! gone: whoever writes one that was there already looks whether it still is anybody's.

use super::{Registry, imports as files_of_people};
use crate::domain::ids::{Id as _, PortraitId};
use crate::error::Error;
use crate::store::{Reader, applications, forgetting, imports, offices, portraits};

/// What was done with an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resealed {
    /// It is sealed with the newest key, or is gone.
    Already,
    /// It was sealed anew.
    Anew,
    /// It is under another key, and no row names it: it waits for its row, or to be removed.
    Nobodys,
}

impl Registry {
    /// Whether a row names an object. What is not known here is somebody's.
    ///
    /// # Errors
    /// The database's.
    pub(super) fn is_named(&self, object: &str) -> Result<bool, Error> {
        let mut parts = object.split('/');
        let (folder, name) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        match folder {
            "portraits" => match PortraitId::parse(name) {
                Ok(id) => self.store.read(|db| portraits::exists(db, id)),
                Err(_) => Ok(true),
            },
            "evidence" => self.store.read(|db: &mut Reader| {
                Ok(forgetting::names_object(db, object)?
                    || applications::document_names_object(db, object)?
                    || offices::document_names_object(db, object)?)
            }),
            files_of_people::FOLDER => self.store.read(|db| imports::names_object(db, object)),
            _ => Ok(true),
        }
    }

    /// Seals an object with the key that seals now. Blocks.
    ///
    /// # Errors
    /// It cannot be read or written, or opens with none of the keys; the database's.
    pub fn reseal_object(&self, name: &str) -> Result<Resealed, Error> {
        let Some(anew) = self.files.sealed_anew(&self.secrets.sealing, name)? else { return Ok(Resealed::Already) };
        // Whoever removes it may be between the row and the object.
        if !self.is_named(name)? {
            return Ok(Resealed::Nobodys);
        }
        self.put_back(name, anew)
    }

    /// Writes an object that was sealed anew in the place of the old one; where it was removed meanwhile, it stays removed.
    /// Blocks.
    ///
    /// # Errors
    /// It cannot be written; the database's.
    pub fn put_back(&self, name: &str, sealed: Vec<u8>) -> Result<Resealed, Error> {
        self.files.put_sealed(name, sealed)?;
        // Rows go before objects: where the row is there now, whoever removes the object has not come to it yet.
        if self.is_named(name)? {
            return Ok(Resealed::Anew);
        }
        self.files.remove(name)?;
        Ok(Resealed::Already)
    }
}
