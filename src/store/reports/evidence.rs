//! Rows of evidence of reports. The bytes are sealed objects.

use crate::domain::ids::ReportId;
use crate::domain::reports::{Evidence, MediaType, Sha256};
use crate::error::Error;
use crate::store::columns;
use crate::store::connection::Read;
use crate::store::schema::report_evidence;
use crate::store::tx::Writer;
use diesel::prelude::*;

#[derive(Queryable, Insertable)]
#[diesel(table_name = report_evidence)]
struct Row {
    report_id: String,
    number: i64,
    media_type: String,
    bytes: i64,
    sha256: Vec<u8>,
    added_at: i64,
    object: String,
}

impl Row {
    fn into_domain(self) -> Result<Evidence, Error> {
        let sha256 = columns::bytes(self.sha256)?;
        Ok(Evidence {
            number: self.number,
            media_type: columns::word(&self.media_type, &MediaType::ALL, MediaType::as_str)?,
            bytes: self.bytes,
            sha256: Sha256::from_bytes(sha256),
            added_at: columns::instant(self.added_at),
            object: self.object,
        })
    }
}

/// The files of a report, in the order they came in.
///
/// # Errors
/// The database's.
pub fn evidence_of(db: &mut impl Read, report: ReportId) -> Result<Vec<Evidence>, Error> {
    let rows: Vec<Row> = report_evidence::table
        .filter(report_evidence::report_id.eq(report.to_string()))
        .order(report_evidence::number)
        .load(db.db())?;
    rows.into_iter().map(Row::into_domain).collect()
}

/// One file of a report.
///
/// # Errors
/// The database's.
pub fn evidence(db: &mut impl Read, report: ReportId, number: i64) -> Result<Option<Evidence>, Error> {
    let row: Option<Row> = report_evidence::table.find((report.to_string(), number)).first(db.db()).optional()?;
    row.map(Row::into_domain).transpose()
}

/// Enters a file of a report.
///
/// # Errors
/// The database's.
pub fn add_evidence(writer: &mut Writer, report: ReportId, it: &Evidence) -> Result<(), Error> {
    let row = Row {
        report_id: report.to_string(),
        number: it.number,
        media_type: it.media_type.as_str().to_owned(),
        bytes: it.bytes,
        sha256: it.sha256.as_bytes().to_vec(),
        added_at: it.added_at.micros(),
        object: it.object.clone(),
    };
    diesel::insert_into(report_evidence::table).values(row).execute(writer.db())?;
    Ok(())
}
