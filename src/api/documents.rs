//! Papers with files over HTTP: the same for whatever they belong to.

use super::answer::{Answer, Outcome, as_optional_text, as_text};
use super::body::{EvidenceUpload, Nothing};
use super::context::{Change, block};
use super::cursor::Cursors;
use super::query::Query;
use super::upload::Upload;
use crate::app::Registry;
use crate::app::accesses::Seen;
use crate::app::documents::{DocumentForm, Listed, Opened};
use crate::app::evidence::{EvidenceFile, Room};
use crate::domain::accesses::Looked;
use crate::domain::accounts::Caller;
use crate::domain::documents::{Document, Kind};
use crate::domain::ids::PersonId;
use crate::domain::reports::Sha256;
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::store::Tx;
use actix_web::{FromRequest, HttpRequest, dev};
use serde::Serialize;
use std::future::{Ready, ready};
use std::sync::{Arc, Mutex, PoisonError};
use utoipa::ToSchema;

/// A paper of an application or an office, without its bytes.
#[derive(Serialize, ToSchema)]
#[schema(as = Document)]
pub(super) struct DocumentView {
    /// SHA-256 of its bytes in lower-case hex, as in the log: its address.
    sha256: String,
    /// What it is. Of an application: `declaration`, `degree`, `decision`, `contract`, `summary`, `course_certificate`,
    /// `police_confirmation`, `former_agency_confirmation` or `other`; of an office, one of the kinds that its notice states.
    #[schema(example = "degree")]
    kind: &'static str,
    /// Whom it is about; left out where that is nobody in particular.
    #[serde(serialize_with = "as_optional_text", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "uuid")]
    person_id: Option<PersonId>,
    /// What the file is, by its content.
    #[schema(example = "application/pdf")]
    media_type: &'static str,
    /// How long it is.
    #[schema(minimum = 1, example = 482_113)]
    bytes: i64,
    /// When it came in, RFC 3339 in UTC.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime)]
    added_at: Timestamp,
}

impl<K: Kind> From<&Document<K>> for DocumentView {
    fn from(Document { file, kind, person }: &Document<K>) -> Self {
        Self {
            sha256: file.sha256.to_string(),
            kind: kind.as_str(),
            person_id: *person,
            media_type: file.media_type.as_str(),
            bytes: file.bytes,
            added_at: file.added_at,
        }
    }
}

/// The papers of an application or an office.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is the documentation of `Answer::list`")]
pub(super) struct DocumentList {
    /// In the order in which they came in.
    items: Vec<DocumentView>,
    /// For `?cursor=`; null at the end.
    next_cursor: Option<String>,
}

/// The digest in the path. What is no digest is that of nothing.
pub(super) struct PathSha256(pub(super) Option<Sha256>);

impl FromRequest for PathSha256 {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(Ok(Self(Sha256::parse(request.match_info().query("sha256")))))
    }
}

/// A part of the papers of something.
pub(super) fn listed<K: Kind>(cursors: &Cursors, found: Listed<K>) -> Result<(Answer, Seen), Error> {
    let answer = cursors.answer(&found.part, DocumentView::from)?;
    Ok((answer, Seen::of_people(found.people, Looked::List)))
}

/// A paper with its bytes, and of whom it is: never shown in a page of ours.
pub(super) fn attached(Opened { people, file, bytes }: Opened) -> (Answer, Seen) {
    let name = file.sha256.to_string();
    let name = format!("document-{}.{}", name.get(..8).unwrap_or_default(), file.media_type.extension());
    let answer = Answer::attachment(file.media_type.as_str(), &name, bytes).sandboxed().tagged_by_bytes();
    (answer, Seen::of_people(people, Looked::Document))
}

fn form(request: &HttpRequest) -> Result<DocumentForm, Error> {
    let mut query = Query::parse(request.query_string())?;
    let form = DocumentForm { kind: query.take("kind"), person: query.take("person") };
    query.finish()?;
    Ok(form)
}

/// Takes a paper in, if there is `room` for it, and lets `add` write it down, among those at `papers`.
pub(super) async fn added<K: Kind>(
    upload: Upload,
    request: HttpRequest,
    papers: String,
    room: impl FnOnce(&Registry, &Caller) -> Result<Room, Error> + Send + 'static,
    mut add: impl FnMut(
        &mut Tx,
        &Change<EvidenceUpload>,
        &DocumentForm,
        (&EvidenceFile, &[u8]),
    ) -> Result<Document<K>, Error>
    + Send
    + 'static,
) -> Outcome {
    let change = upload.read_if(move |registry, caller| room(registry, caller)).await?;
    let mut change = change.with_parameters(&request);
    let form = form(&request).unwrap_or_else(|error| {
        change.gate = change.gate.clone().refusing(error.fields());
        DocumentForm::default()
    });
    change
        .keep(move |tx, change, file| {
            let added = add(tx, change, &form, (file, change.body.as_sent()))?;
            Ok(Answer::ok(&DocumentView::from(&added))?.created_at(format_args!("{papers}/{}", added.file.sha256)))
        })
        .await
}

/// Lets `remove` take a paper off what it belongs to, and removes the object that it gives.
pub(super) async fn removed(
    change: Change<Nothing>,
    mut remove: impl FnMut(&mut Tx, &Change<Nothing>) -> Result<String, Error> + Send + 'static,
) -> Outcome {
    let registry = Arc::clone(&change.registry);
    // The change may be run again when another node was first: the object of the last run is the one.
    let removed = Arc::new(Mutex::new(None));
    let told = Arc::clone(&removed);
    let answer = change
        .write(move |tx, change| {
            let object = remove(tx, change)?;
            *told.lock().unwrap_or_else(PoisonError::into_inner) = Some(object);
            Ok(Answer::nothing())
        })
        .await?;
    let object = removed.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(object) = object {
        block(move || {
            registry.remove_files(&[object]);
            Ok(())
        })
        .await?;
    }
    Ok(answer)
}
