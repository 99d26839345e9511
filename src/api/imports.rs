//! `/agencies/{id}/people/import` and `/imports`: files of people, and what became of them.

pub(super) mod listing;

use super::V1;
use super::answer::{Answer, Outcome, as_text};
use super::body::TableUpload;
use super::context::{Change, Context, Look, PathId, block, first_or_replayed};
use super::gate::{self, IdempotencyKey};
use super::negotiate::{Format, negotiate};
use super::problem::{CreateProblems, ReadProblems};
use super::query::{Query, yes_or_no};
use super::upload::Upload;
use crate::app::gate::Gate;
use crate::app::imports::{self, Refusal, Source, Told};
use crate::domain::accounts::Caller;
use crate::domain::ids::{AgencyId, ImportId};
use crate::domain::imports::{FileFormat, Import, ImportState, Mode, Order, PEOPLE, RowError, vietnamese};
use crate::error::Error;
use actix_web::{HttpRequest, get, post};
use serde::Serialize;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// What is told of an import, alone and in a list.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportProgress)]
struct ProgressView<'a> {
    /// The id, a UUIDv7.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "uuid")]
    id: ImportId,
    /// Where to ask how far it is.
    href: String,
    /// `queued`, `running`, `done` or `failed`.
    #[schema(example = "done")]
    state: &'static str,
    /// Why it failed: the last part of a problem's `type`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "forbidden")]
    failure: Option<&'a str>,
    /// Whether it is only judged, and nothing entered.
    dry_run: bool,
    /// `all`: nothing is entered unless everything is; or `rows`.
    #[schema(example = "all")]
    mode: &'static str,
    /// Rows of the file, without its header and without empty ones.
    #[schema(minimum = 0)]
    rows: i64,
    /// How many of them were judged so far.
    #[schema(minimum = 0)]
    rows_done: i64,
    /// Good rows among them, also those that were on record already as they are.
    #[schema(minimum = 0)]
    accepted: i64,
    /// Rows with errors.
    #[schema(minimum = 0)]
    rejected: i64,
    /// People who were entered: none by a dry run, nor with `mode=all` where a row was rejected.
    #[schema(minimum = 0)]
    registered: i64,
    /// Where the rejected rows are, with their errors beside them; for seven days.
    #[serde(skip_serializing_if = "Option::is_none")]
    rejected_href: Option<String>,
}

impl<'a> From<&'a Import> for ProgressView<'a> {
    fn from(import: &'a Import) -> Self {
        let href = format!("{V1}/imports/{}", import.id);
        let has_rejects = import.state == ImportState::Done && import.object.is_some();
        Self {
            id: import.id,
            state: import.state.as_str(),
            failure: import.failure.as_deref(),
            dry_run: import.order.dry_run,
            mode: import.order.mode.as_str(),
            rows: import.rows,
            rows_done: import.rows_done,
            accepted: import.counts.accepted,
            rejected: import.counts.rejected,
            registered: import.counts.registered,
            rejected_href: has_rejects.then(|| format!("{href}/rejected")),
            href,
        }
    }
}

/// A file of people that came in.
#[derive(Serialize, ToSchema)]
#[schema(as = Import)]
struct ImportView<'a> {
    /// How far it is.
    #[serde(flatten)]
    progress: ProgressView<'a>,
    /// Whether all rows are judged, every one is good, and they are being entered together: with `mode=all` nobody is on record
    /// before everybody is.
    entering: bool,
    /// Of the good rows, those that were on record already as they are.
    #[schema(minimum = 0)]
    unchanged: i64,
    /// The first 5,000 errors, row by row, once it is done.
    errors: Vec<RowErrorView<'a>>,
    /// How many more there are.
    #[schema(minimum = 0)]
    more_errors: i64,
}

/// What is wrong with a cell.
#[derive(Serialize, ToSchema)]
#[schema(as = RowError)]
struct RowErrorView<'a> {
    /// The row as a spreadsheet counts: the header is 1.
    #[schema(minimum = 2, example = 7)]
    row: u32,
    /// The column by its English name; empty where it is the row as a whole.
    #[schema(example = "birth_date")]
    column: &'a str,
    /// What is wrong with it. Stable.
    #[schema(example = "not_a_date")]
    code: &'a str,
    /// What is wrong with it, in English.
    #[schema(example = "a date that exists, as YYYY-MM-DD")]
    detail: &'a str,
    /// The same in Vietnamese.
    #[schema(example = "phải là ngày có thật, viết NĂM-THÁNG-NGÀY, NGÀY/THÁNG/NĂM hoặc ngày của Excel")]
    detail_vi: String,
}

impl<'a> From<&'a RowError> for RowErrorView<'a> {
    fn from(RowError { row, error }: &'a RowError) -> Self {
        let detail_vi = vietnamese(&error.code, &error.detail).into_owned();
        Self { row: *row, column: &error.column, code: &error.code, detail: &error.detail, detail_vi }
    }
}

impl<'a> ImportView<'a> {
    fn new(import: &'a Import, errors: &'a [RowError], more_errors: i64) -> Self {
        Self {
            progress: ProgressView::from(import),
            entering: import.is_entering(),
            unchanged: import.counts.unchanged,
            errors: errors.iter().map(RowErrorView::from).collect(),
            more_errors,
        }
    }
}

/// What is to be done with a file.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it is the documentation of `order`")]
struct OrderParams {
    /// `true`: rows are judged as they would be, and nothing is entered. `false` where it is left out.
    #[param(example = true)]
    dry_run: Option<bool>,
    /// `all`, which is meant where it is left out: nothing is entered unless everything is. `rows`: each good row is.
    #[param(example = "all")]
    mode: Option<String>,
}

fn order(request: &HttpRequest) -> Result<Order, Error> {
    let mut query = Query::parse(request.query_string())?;
    let dry_run = query.read("dry_run", yes_or_no)?;
    let mode = query.read("mode", Mode::parse)?;
    query.finish()?;
    Ok(Order { dry_run: dry_run.unwrap_or(false), mode: mode.unwrap_or(Mode::All) })
}

/// Enter many people
///
/// From CSV in UTF-8 or UTF-16, with commas, semicolons or tabs, or from the first sheet of an XLSX that is shown; at most
/// 20 MB and 50,000 rows. Columns, in any order, by these names or by their Vietnamese ones: `full_name`, `pen_name`,
/// `birth_date`, `national_id`, `kind`, `post`, `from`, `email`; `pen_name` and `email` may be left out. Dates are
/// `YYYY-MM-DD`, `DD/MM/YYYY` or Excel's own. Each row is judged as `POST /agencies/{id}/people` would; who is on the
/// list already as the row says is no error, so that a file may be sent again. Up to 1,000 rows are answered at once.
#[utoipa::path(operation_id = "import_people", tag = "people",
    params(("id" = String, Path, description = "The agency's id.", format = "uuid"), OrderParams, IdempotencyKey),
    request_body(content(("text/csv"), ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("text/tab-separated-values"), ("text/plain"), ("application/csv"), ("application/vnd.ms-excel")),
        description = "The file, at most 20 MB."),
    responses((status = 200, description = "What became of each row.", body = ImportView),
    (status = 202, description = "It is being worked on.", body = ImportView,
        headers(("Location" = String, description = "Where to ask how far it is."))), CreateProblems))]
#[post("/agencies/{id}/people/import")]
pub(super) async fn import_people(
    upload: Upload<Arc<Caller>, TableUpload>,
    request: HttpRequest,
    id: PathId<AgencyId>,
) -> Outcome {
    let agency = id.0;
    let mut change = upload.read_if(move |registry, caller| imports::room(registry, caller, agency)).await?;
    if gate::names_a_key(&request) {
        // The same key for another order is another request.
        let payload = [request.query_string().as_bytes(), b"\n", change.body.as_sent()].concat();
        change.gate = gate_of(&request, &change, &payload);
    } else {
        change.gate = gate_of(&request, &change, &[]);
    }
    let order = match order(&request) {
        Ok(order) => Some(order),
        Err(error) => {
            change.gate = change.gate.refusing(error.fields());
            None
        }
    };
    first_or_replayed(block(move || take_in(change, agency, order)).await)
}

fn gate_of(request: &HttpRequest, change: &Change<TableUpload>, payload: &[u8]) -> Gate {
    gate::besides_parameters(request, &change.registry.secrets.sealing, Some(&change.caller), payload)
}

fn take_in(mut change: Change<TableUpload>, agency: AgencyId, order: Option<Order>) -> Outcome {
    let registry = Arc::clone(&change.registry);
    let source = change.body.bytes().map(|bytes| Source::open(bytes.to_vec(), PEOPLE).map(Arc::new)).ok();
    let (bytes, object) = (change.body.shared(), imports::new_object(&registry));
    let (named, opened) = (object.clone(), source.clone());
    let gate = change.gate.clone();
    let write = || {
        registry.store.write_blocking(move |tx| {
            if let Some(admitted) = &change.admitted {
                change.caller = change.registry.still_admitted(tx, admitted)?;
            }
            let form = || form(order, opened.as_ref());
            let import = imports::create(tx, &change.caller, agency, &change.gate, &named, form)?;
            if import.state == ImportState::Queued {
                change.gate.keep(tx, &accepted(&import)?.stored)?;
            }
            Ok((import, Arc::clone(&change.caller)))
        })
    };
    // What is refused as a whole is told in its turn, and kept nowhere meanwhile.
    let (import, caller) = match &source {
        Some(Ok(_)) => registry.keep_object(&object, &bytes, write)?,
        Some(Err(_)) | None => write()?,
    };
    drop(bytes);
    match source {
        Some(Ok(source)) if import.state == ImportState::Running => {
            let id = import.id;
            imports::work_on(&registry, source, import)?;
            registry.store.write_blocking(move |tx| {
                // Two with one key may have been at it.
                gate.pass_new(tx)?;
                let answer = shown(&imports::read(tx, &caller, id)?)?;
                gate.keep(tx, &answer.stored).map(|()| answer)
            })
        }
        _ => accepted(&import),
    }
}

fn form(order: Option<Order>, opened: Option<&Result<Arc<Source>, Refusal>>) -> Result<(Order, Arc<Source>), Error> {
    let order = order.ok_or_else(|| Error::internal("an order that is refused has passed"))?;
    match opened.ok_or(Error::UnsupportedMediaType)? {
        Ok(source) => Ok((order, Arc::clone(source))),
        Err(errors) => Err(errors.clone().into()),
    }
}

fn accepted(import: &Import) -> Outcome {
    let view = ImportView::new(import, &[], 0);
    let location = view.progress.href.clone();
    Ok(Answer::ok(&view)?.created_at(location).accepted())
}

fn shown(told: &Told) -> Outcome {
    Answer::ok(&ImportView::new(&told.import, &told.errors, told.more_errors))
}

/// How far an import is
///
/// What became of each row, once it is done. It is forgotten after seven days.
#[utoipa::path(operation_id = "get_import", tag = "people",
    params(("id" = String, Path, description = "The import's id.", format = "uuid")), responses(
    (status = 200, description = "As it is now.", body = ImportView,
        headers(("ETag" = String, description = "Of these bytes."))), ReadProblems))]
#[get("/imports/{id}")]
pub(super) async fn get_import(look: Look, id: PathId<ImportId>) -> Outcome {
    look.read(move |db, ctx| Ok(shown(&imports::read(db, &ctx.caller, id.0)?)?.tagged_by_bytes())).await
}

const CSV: Format<FileFormat> = Format { media_type: "text/csv", name: "csv", makes: FileFormat::Csv };
const XLSX: Format<FileFormat> = Format {
    media_type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    name: "xlsx",
    makes: FileFormat::Xlsx,
};

/// The rejected rows of an import
///
/// As they stand in the file, with four columns more: `row`, `codes`, `errors_vi` and `errors_en`. These are not looked at
/// when the file is mended and sent again. What spreadsheets take for formulas has an apostrophe before it, which is taken
/// off again then. Where nothing else is asked for, the format is that in which the file came. In a workbook every
/// cell is text: a spreadsheet that opens the CSV drops the zeros before national ids.
#[utoipa::path(operation_id = "get_rejected_rows", tag = "people",
    params(("id" = String, Path, description = "The import's id.", format = "uuid"),
        ("format" = Option<String>, Query, description = "`csv` or `xlsx`, instead of `Accept`.", example = "xlsx")),
    responses((status = 200, description = "The rows, as an attachment.", content((String = "text/csv"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")),
        headers(("Content-Disposition" = String, description = "Always `attachment`."))),
    (status = 406, description = "None of these formats."), ReadProblems))]
#[get("/imports/{id}/rejected")]
pub(super) async fn get_rejected_rows(ctx: Context, id: PathId<ImportId>, request: HttpRequest) -> Outcome {
    let [of_csv, of_xlsx] = [[CSV, XLSX], [XLSX, CSV]].map(|offers| format(&request, &offers));
    ctx.read(move |db, ctx| {
        let rejected = imports::rejected(db, &ctx.registry, &ctx.caller, id.0)?;
        let format = match rejected.came_as {
            FileFormat::Csv => of_csv?,
            FileFormat::Xlsx => of_xlsx?,
        };
        let rows = rejected.in_format(format)?;
        let (media_type, name) = match format {
            FileFormat::Csv => ("text/csv; charset=utf-8", "rejected.csv"),
            FileFormat::Xlsx => (XLSX.media_type, "rejected.xlsx"),
        };
        Ok(Answer::attachment(media_type, name, rows).tagged_by_bytes())
    })
    .await
}

/// The format that is asked for; the first of these where none is.
fn format(request: &HttpRequest, offers: &[Format<FileFormat>]) -> Result<FileFormat, Error> {
    let mut query = Query::parse(request.query_string())?;
    let format = query.take("format");
    query.finish()?;
    negotiate(request, format.as_deref(), offers).map(|format| format.makes)
}
