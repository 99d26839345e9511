//! What was really issued under a key, so that what a thief signs with it is told from that.

use crate::domain::card_code::{Envelope, HonestDigest, Kid, honest_digest};
use crate::domain::issuer::KeyState;
use crate::error::Error;
use crate::keys::PairUse;
use crate::store::keys::KeyRow;
use crate::store::{Read, Reader, credentials};
use std::collections::{HashMap, HashSet};

/// For each compromised key of cards, what was really issued under it.
pub(super) fn of_all(db: &mut Reader, rows: &[KeyRow]) -> Result<HashMap<Kid, HashSet<HonestDigest>>, Error> {
    let compromised =
        rows.iter().filter(|row| row.purpose == PairUse::Card.as_str() && row.state == KeyState::Compromised);
    compromised
        .map(|row| {
            let kid = Kid::parse(&row.id).map_err(|problem| Error::internal(problem.to_string()))?;
            Ok((kid, of(db, kid)?))
        })
        .collect()
}

/// What was really issued under a key.
pub(super) fn of<Set: FromIterator<HonestDigest>>(db: &mut impl Read, kid: Kid) -> Result<Set, Error> {
    let codes = credentials::codes_under(db, &kid.to_string())?;
    let digests = codes.iter().map(|code| {
        let envelope = Envelope::parse(code);
        envelope.map(|it| honest_digest(it.payload)).ok_or_else(|| Error::internal("a stored code is none"))
    });
    digests.collect()
}
