//! Rows of case files that went to another authority. The bytes are sealed objects.

use crate::domain::cases::{Authority, CaseDocument};
use crate::domain::ids::CaseId;
use crate::domain::reports::Sha256;
use crate::error::Error;
use crate::store::columns;
use crate::store::connection::Read;
use crate::store::schema::case_documents;
use crate::store::tx::Writer;
use diesel::prelude::*;

#[derive(Queryable, Insertable)]
#[diesel(table_name = case_documents)]
struct Row {
    case_id: String,
    number: i64,
    authority: String,
    bytes: i64,
    sha256: Vec<u8>,
    made_at: i64,
    object: String,
}

/// The files of a case that went out, in their order.
///
/// # Errors
/// The database's.
pub fn documents_of(db: &mut impl Read, case: CaseId) -> Result<Vec<CaseDocument>, Error> {
    let rows: Vec<Row> = case_documents::table
        .filter(case_documents::case_id.eq(case.to_string()))
        .order(case_documents::number)
        .load(db.db())?;
    rows.into_iter()
        .map(|row| {
            Ok(CaseDocument {
                number: row.number,
                authority: columns::word(&row.authority, &Authority::ALL, Authority::as_str)?,
                bytes: row.bytes,
                sha256: Sha256::from_bytes(columns::bytes(row.sha256)?),
                made_at: columns::instant(row.made_at),
                object: row.object,
            })
        })
        .collect()
}

/// Enters a file that goes out.
///
/// # Errors
/// The database's.
pub fn add_document(writer: &mut Writer, case: CaseId, it: &CaseDocument) -> Result<(), Error> {
    let row = Row {
        case_id: case.to_string(),
        number: it.number,
        authority: it.authority.as_str().to_owned(),
        bytes: it.bytes,
        sha256: it.sha256.as_bytes().to_vec(),
        made_at: it.made_at.micros(),
        object: it.object.clone(),
    };
    diesel::insert_into(case_documents::table).values(row).execute(writer.db())?;
    Ok(())
}
