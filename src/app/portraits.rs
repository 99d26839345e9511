//! Portraits: one picture comes in, two small ones are kept, sealed.

use super::gate::Gate;
use super::{Registry, people, sessions};
use crate::domain::accounts::Caller;
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::ids::{PersonId, PortraitId};
use crate::domain::people::Person;
use crate::domain::printed::PhotoDigest;
use crate::error::Error;
use crate::pictures::portrait::Portrait as Picture;
use crate::policy::{self, Operation, Permit};
use crate::store::{self, Tx, portraits};
use serde_json::json;
use std::sync::Arc;

pub(super) fn registered_file(id: PortraitId) -> String {
    format!("portraits/{id}/registered.jpg")
}

fn public_file(id: PortraitId) -> String {
    format!("portraits/{id}/public.jpg")
}

/// The files of a portrait.
pub(super) fn files_of(id: PortraitId) -> [String; 2] {
    [registered_file(id), public_file(id)]
}

impl Registry {
    /// Sets a person's portrait from an uploaded JPEG or PNG. Blocks for the picture's work.
    ///
    /// The caller's right and version are looked at first, so that nobody has pictures decoded for nothing, and once
    /// more in the transaction itself.
    ///
    /// # Errors
    /// 403, 404, 412, 428; 422 for the picture; `Overloaded` when too many are at it.
    pub fn set_portrait<'u>(
        self: &Arc<Self>,
        caller: &Caller,
        id: PersonId,
        gate: &Gate,
        upload: impl FnOnce() -> Result<&'u [u8], Error>,
    ) -> Result<Person, Error> {
        self.store.read_consistently(|db| {
            let entry = policy::enter(caller, Operation::KeepPeople)?;
            let person = store::people::find(db, &self.secrets.sealing, id)?.ok_or(Error::NotFound)?;
            entry.on(&people::ownership(db, caller, &person, self.clock.now().day())?)?;
            gate.knows(&people::etag_for(db, caller, &person)?)
        })?;
        let picture = {
            let _slot = self.picture_slots.try_acquire().map_err(|_| Error::Overloaded)?;
            Picture::read(upload()?).map_err(|problem| Error::field("", problem))?
        };
        let (portrait, digest) = self.keep_picture(&picture)?;
        let (registry, caller, gate) = (Arc::clone(self), caller.clone(), gate.clone());
        self.store.write_blocking(move |tx| {
            let caller = sessions::still_there(tx, &caller)?;
            let (person, permit) = people::open(tx, &registry, &caller, id, &gate)?;
            take(tx, &registry, &permit, person, portrait, digest)
        })
    }

    /// Writes both sizes of a picture, sealed, under a new name; one that is kept already, sent once more, stays where
    /// it is. Blocks.
    ///
    /// # Errors
    /// They cannot be written; the database's.
    pub fn keep_picture(&self, picture: &Picture) -> Result<(PortraitId, PhotoDigest), Error> {
        let digest = PhotoDigest::from_bytes(picture.digest);
        if let Some(kept) = self.store.read(|db| portraits::by_digest(db, digest))? {
            return Ok((kept.id, digest));
        }
        let id = self.entropy.id(self.clock.now());
        self.files.put(&self.secrets.sealing, &registered_file(id), &picture.registered)?;
        self.files.put(&self.secrets.sealing, &public_file(id), &picture.public)?;
        Ok((id, digest))
    }

    /// The public picture of a digest, while a credential that carries it is valid. Blocks.
    ///
    /// # Errors
    /// 404.
    pub fn public_picture(&self, digest: PhotoDigest) -> Result<Vec<u8>, Error> {
        let now = self.clock.now();
        let id = self.store.read_for_check(|db| portraits::publicly_shown(db, digest, now))?.ok_or(Error::NotFound)?;
        self.files.get(&self.secrets.sealing, &public_file(id))?.ok_or(Error::NotFound)
    }
}

/// Gives a person the portrait with this digest, under `id` where it is new.
///
/// # Errors
/// 422 where it is another person's.
pub fn take(
    tx: &mut Tx,
    registry: &Registry,
    permit: &Permit,
    old: Person,
    id: PortraitId,
    digest: PhotoDigest,
) -> Result<Person, Error> {
    let known = portraits::by_digest(tx, digest)?;
    let portrait = match &known {
        // A card names a picture by its digest: one digest cannot stand for two faces.
        // Somebody who works for two agencies has a record with each, and may have one picture in both.
        Some(other) if other.person != old.id && !store::people::are_one(tx, other.person, old.id)? => {
            return Err(Error::invalid("", "of_another_person", "this picture is another person's portrait"));
        }
        Some(same) => same.id,
        None => id,
    };
    if old.portrait == Some(portrait) {
        return Ok(old);
    }
    let person = Person { portrait: Some(portrait), version: old.version + 1, ..old };
    let event = Event::new(EventKind::PortraitSet, Object::Person(person.id))
        .with(json!({ "portrait": portrait.to_string() }))
        .about(person.id, json!({ "photo_digest": digest.to_string() }));
    let now = tx.now();
    tx.record(permit, event, |writer| {
        if known.is_none() {
            portraits::insert(writer, &portraits::Portrait { id, person: person.id, digest }, now)?;
        }
        store::people::update(writer, &registry.secrets.sealing, &person)
    })?;
    Ok(person)
}
