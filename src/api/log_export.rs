//! `/log/export`: the log to take away, sent as it is read.

use super::context::{Context, block, note};
use super::csv::cell;
use super::cursor::Filters as _;
use super::log_entries::EntryParams;
use super::negotiate::{Format, negotiate};
use super::problem::ReadProblems;
use super::query::Query;
use crate::app::Registry;
use crate::app::accesses::Seen;
use crate::app::log::export::{Export, Exported};
use crate::app::log::trail::Narrowed;
use crate::domain::accesses::Looked;
use crate::error::Error;
use actix_web::body::{BodySize, MessageBody};
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, get};
use serde_json::{Value, json};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Waiting, Poll, ready};

/// How an export is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Lines,
    Table,
}

const AS_LINES: Format<Form> = Format { media_type: "application/jsonl", name: "jsonl", makes: Form::Lines };
const AS_TABLE: Format<Form> = Format { media_type: "text/csv", name: "csv", makes: Form::Table };

/// The columns of a table. `event`, `salt`, `leaf` and `inclusion` are what proves the entry.
const COLUMNS: [&str; 12] = [
    "index",
    "time",
    "type",
    "role",
    "body",
    "object_kind",
    "object_id",
    "province",
    "event",
    "salt",
    "leaf",
    "inclusion",
];

/// Take the log away
///
/// For auditors. The first line or record holds the signed checkpoint; each other one an entry with its proof under that
/// checkpoint, so that a line of JSON is a file for `press-registry log verify --proof`. Personal fields are not in it,
/// only what the log commits to of them. What spreadsheets take for formulas has an apostrophe before it; `event` is as it
/// was written down. Looks of this kind are written down too.
#[utoipa::path(operation_id = "export_log", tag = "log", params(EntryParams,
    ("format" = Option<String>, Query, description = "`jsonl` or `csv`, instead of `Accept`.", example = "jsonl")),
    responses((status = 200, description = "The entries, oldest first, as an attachment.", content(
        (String = "application/jsonl"), (String = "text/csv")),
        headers(("Content-Disposition" = String, description = "Always `attachment`."))),
    (status = 406, description = "None of these formats."), ReadProblems))]
#[get("/log/export")]
pub(super) async fn export_log(ctx: Context, request: HttpRequest) -> Result<HttpResponse, Error> {
    let Context { registry, caller } = ctx;
    let asked = asked(&request);
    let (inside, asking) = (Arc::clone(&registry), Arc::clone(&caller));
    let (export, format) = block(move || inside.begin_export(&asking, asked)).await?;
    note(&registry, caller, Seen::of_the_log(Looked::Export)).await?;
    let first = match format.makes {
        Form::Lines => line(&head(&export))?,
        Form::Table => records([COLUMNS.map(str::to_owned), head_record(&export)])?,
    };
    let size = export.published.checkpoint.size;
    let name = format!("attachment; filename=\"log-{size}.{}\"", format.name);
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, format!("{}; charset=utf-8", format.media_type)))
        .insert_header((CONTENT_DISPOSITION, name))
        .body(Sent { registry, form: format.makes, state: State::Ready(first, export) }))
}

fn asked(request: &HttpRequest) -> Result<(Narrowed, Format<Form>), Error> {
    let mut query = Query::parse(request.query_string())?;
    let narrowed = Narrowed::take(&mut query)?;
    let format = query.take("format");
    query.finish()?;
    negotiate(request, format.as_deref(), &[AS_LINES, AS_TABLE]).map(|format| (narrowed, format))
}

/// What all entries are under.
fn head(export: &Export) -> Value {
    let published = &export.published;
    json!({ "checkpoint": published.note, "origin": published.checkpoint.origin, "size": published.checkpoint.size })
}

fn head_record(export: &Export) -> [String; COLUMNS.len()] {
    COLUMNS.map(|column| match column {
        "type" => "checkpoint".to_owned(),
        "inclusion" => export.published.note.clone(),
        _ => String::new(),
    })
}

fn line(value: &Value) -> Result<Vec<u8>, Error> {
    let mut line = serde_json::to_vec(value).map_err(Error::internal)?;
    line.push(b'\n');
    Ok(line)
}

fn records(records: impl IntoIterator<Item = [String; COLUMNS.len()]>) -> Result<Vec<u8>, Error> {
    let mut table = csv::Writer::from_writer(Vec::new());
    for record in records {
        table.write_record(record.iter().map(|text| cell(text).into_owned())).map_err(Error::internal)?;
    }
    table.into_inner().map_err(Error::internal)
}

/// An entry as a line: its place, and its proof as `log verify --proof` reads it.
fn as_line(exported: &Exported) -> Result<Vec<u8>, Error> {
    let mut proof = serde_json::to_value(&exported.proof).map_err(Error::internal)?;
    if let Some(members) = proof.as_object_mut() {
        members.insert("index".into(), exported.event.index.into());
    }
    line(&proof)
}

fn as_record(Exported { event, proof }: Exported) -> [String; COLUMNS.len()] {
    [
        event.index.to_string(),
        event.at.to_string(),
        event.kind,
        event.actor_role,
        event.actor_body.unwrap_or_default(),
        event.object_kind,
        event.object_id,
        event.province.unwrap_or_default(),
        proof.event.to_string(),
        proof.salt,
        proof.leaf,
        proof.inclusion,
    ]
}

impl Form {
    fn write(self, part: Vec<Exported>) -> Result<Vec<u8>, Error> {
        match self {
            Self::Lines => Ok(part.iter().map(as_line).collect::<Result<Vec<_>, _>>()?.concat()),
            Self::Table => records(part.into_iter().map(as_record)),
        }
    }
}

/// The body of an export. The next part is read when the one before has gone: whoever reads slowly holds nothing.
struct Sent {
    registry: Arc<Registry>,
    form: Form,
    state: State,
}

type Reading = Pin<Box<dyn Future<Output = Result<(Vec<u8>, Export), Error>>>>;

enum State {
    Ready(Vec<u8>, Export),
    Reading(Reading),
    Ended,
}

impl Sent {
    fn read(&self, mut export: Export) -> Reading {
        let (registry, form) = (Arc::clone(&self.registry), self.form);
        Box::pin(block(move || {
            let part = registry.next_part(&mut export)?;
            Ok((form.write(part)?, export))
        }))
    }
}

impl MessageBody for Sent {
    type Error = Error;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(mut self: Pin<&mut Self>, waiting: &mut Waiting<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        let read = match &mut self.state {
            State::Reading(reading) => ready!(reading.as_mut().poll(waiting)),
            State::Ready(..) | State::Ended => match std::mem::replace(&mut self.state, State::Ended) {
                State::Ready(bytes, export) => Ok((bytes, export)),
                State::Reading(_) | State::Ended => return Poll::Ready(None),
            },
        };
        match read {
            Ok((bytes, _)) if bytes.is_empty() => {
                self.state = State::Ended;
                Poll::Ready(None)
            }
            Ok((bytes, export)) => {
                self.state = State::Reading(self.read(export));
                Poll::Ready(Some(Ok(bytes.into())))
            }
            // The connection breaks off: whoever takes the log away must not hold half of it for the whole.
            Err(error) => {
                self.state = State::Ended;
                tracing::error!(%error, "an export of the log broke off");
                Poll::Ready(Some(Err(error)))
            }
        }
    }
}
