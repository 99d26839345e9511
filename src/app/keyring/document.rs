//! The issuer document as JSON, and its signatures.

use super::source::Source;
use crate::app::{Settings, StartError};
use crate::domain::card_code::host;
use crate::domain::issuer::{
    Contact, DocumentSignature, IssuerDocument, IssuerKey, LogIdentity, PastLog, StatusListLink,
};
use crate::domain::log::Checkpoint;
use crate::domain::signed_list::ListName;
use crate::domain::wording;
use crate::keys::{LogKey, SigningKey};
use crate::store::log::LogRow;
use data_encoding::{BASE64, BASE64URL_NOPAD};

/// The document of these keys.
pub(super) fn of(source: &Source, keys: Vec<IssuerKey>, settings: &Settings, log: &LogKey) -> IssuerDocument {
    let identity = |origin: &str| LogIdentity { origin: origin.to_owned(), vkey: log.verifier(origin).to_string() };
    let (log_now, past) = match source.logs.split_last() {
        Some((current, past)) => (identity(&current.origin), past),
        // Until it is first served: then the name is fixed.
        None => (identity(host(&settings.public_url).unwrap_or_default()), &[][..]),
    };
    IssuerDocument {
        name: wording::registry(),
        issued_at: source.dated(),
        hosts: source.hosts.clone(),
        contact: Contact { phone: settings.phone.clone(), url: settings.public_url.clone() },
        keys,
        status_lists: source.lists.iter().map(|n| list_at(*n, &settings.public_url)).collect(),
        log: log_now,
        past_logs: past.iter().filter_map(|row| past_log(row, log)).collect(),
    }
}

/// What stands beside the document: each key's signature over its exact bytes, as JSON.
pub(super) fn signatures(document: &[u8], keys: &[SigningKey]) -> Result<Vec<u8>, StartError> {
    let other = |error: String| StartError::Other(error);
    let signatures = keys.iter().map(|key| {
        let sig = key.sign(document).map_err(|error| other(error.to_string()))?;
        Ok(DocumentSignature { kid: key.kid().to_string(), sig: BASE64URL_NOPAD.encode(&sig) })
    });
    let signatures = signatures.collect::<Result<Vec<_>, StartError>>()?;
    serde_json::to_vec(&signatures).map_err(|error| other(error.to_string()))
}

/// A log that has ended, with its newest checkpoint; `None` where none was ever signed.
fn past_log(row: &LogRow, key: &LogKey) -> Option<PastLog> {
    let verifier = key.verifier(&row.origin);
    let note = row.checkpoint.clone()?;
    let checkpoint = Checkpoint::open(&note, &verifier).ok()?;
    Some(PastLog {
        identity: LogIdentity { origin: row.origin.clone(), vkey: verifier.to_string() },
        size: checkpoint.size,
        root: BASE64.encode(&checkpoint.root),
        checkpoint: note,
    })
}

fn list_at(n: u32, public_url: &str) -> StatusListLink {
    StatusListLink { n, url: ListName::Status(n).address(public_url) }
}
