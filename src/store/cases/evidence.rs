//! Rows of evidence of cases. The bytes are sealed objects.

use crate::domain::cases::{CaseEvidence, Source};
use crate::domain::ids::CaseId;
use crate::domain::reports::{Evidence, MediaType, Sha256};
use crate::error::Error;
use crate::store::columns;
use crate::store::connection::Read;
use crate::store::reports;
use crate::store::schema::{case_evidence, case_reports};
use crate::store::tx::Writer;
use diesel::prelude::*;

#[derive(Queryable, Insertable)]
#[diesel(table_name = case_evidence)]
struct Row {
    case_id: String,
    number: i64,
    media_type: String,
    bytes: i64,
    sha256: Vec<u8>,
    added_at: i64,
    object: String,
    role: String,
}

impl Row {
    fn into_domain(self) -> Result<CaseEvidence, Error> {
        let file = Evidence {
            number: self.number,
            media_type: columns::word(&self.media_type, &MediaType::ALL, MediaType::as_str)?,
            bytes: self.bytes,
            sha256: Sha256::from_bytes(columns::bytes(self.sha256)?),
            added_at: columns::instant(self.added_at),
            object: self.object,
        };
        Ok(CaseEvidence { file, source: Source::Role(self.role) })
    }
}

/// The files added to a case itself, in the order they came in.
///
/// # Errors
/// The database's.
pub fn evidence_of(db: &mut impl Read, case: CaseId) -> Result<Vec<CaseEvidence>, Error> {
    let rows: Vec<Row> = case_evidence::table
        .filter(case_evidence::case_id.eq(case.to_string()))
        .order(case_evidence::number)
        .load(db.db())?;
    rows.into_iter().map(Row::into_domain).collect()
}

/// The files of the reports that led to a case, report by report.
///
/// # Errors
/// The database's.
pub fn reported_evidence_of(db: &mut impl Read, case: CaseId) -> Result<Vec<CaseEvidence>, Error> {
    let ids: Vec<String> = case_reports::table
        .filter(case_reports::case_id.eq(case.to_string()))
        .order(case_reports::position)
        .select(case_reports::report_id)
        .load(db.db())?;
    let mut all = Vec::new();
    for id in ids {
        let id = columns::id(&id)?;
        let files = reports::evidence_of(db, id)?;
        all.extend(files.into_iter().map(|file| CaseEvidence { file, source: Source::Report(id) }));
    }
    Ok(all)
}

/// Enters a file that somebody of this role adds to a case.
///
/// # Errors
/// The database's.
pub fn add_evidence(writer: &mut Writer, case: CaseId, it: &Evidence, role: &str) -> Result<(), Error> {
    let row = Row {
        case_id: case.to_string(),
        number: it.number,
        media_type: it.media_type.as_str().to_owned(),
        bytes: it.bytes,
        sha256: it.sha256.as_bytes().to_vec(),
        added_at: it.added_at.micros(),
        object: it.object.clone(),
        role: role.to_owned(),
    };
    diesel::insert_into(case_evidence::table).values(row).execute(writer.db())?;
    Ok(())
}
