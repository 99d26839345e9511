//! Rows of the files that came with notices of offices.

use crate::domain::documents::{Document, DocumentPlace, Kind, Papers};
use crate::domain::ids::{OfficeId, PersonId};
use crate::domain::offices::{self as domain, OfficeState};
use crate::domain::reports::{Evidence, MediaType, Sha256};
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::store::columns;
use crate::store::connection::Read;
use crate::store::documents::{documents, not_erased};
use crate::store::schema::{events, office_documents, office_posts, offices};
use crate::store::tx::Writer;
use diesel::prelude::*;
use std::collections::HashSet;

documents!(office_documents of offices with office_posts by office_id: OfficeId, domain::Document);

/// The files of offices that ended before `before`, or were left lying as drafts, to which nothing has happened since; at most
/// those of some, up to `limit` files.
///
/// # Errors
/// The database's.
pub fn documents_over(
    db: &mut impl Read,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<DocumentPlace<OfficeId>>, Error> {
    let is_over = |state: &&OfficeState| state.is_final() || **state == OfficeState::Draft;
    let over: Vec<&str> = OfficeState::ALL.iter().filter(is_over).map(|state| state.as_str()).collect();
    documents_left(db, ("office", &over), before, limit)
}
