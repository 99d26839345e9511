//! `/misuse-reports`: see `app::reports` for who may do what.

pub(super) mod json;

use super::address::{Origin, Sender};
use super::answer::{Answer, Outcome};
use super::body::Json;
use super::context::{self, Context, OpenChange, PathId, Visit, block};
use super::cursor::{Filters, List, PageParams};
use super::gate::IdempotencyKey;
use super::problem::{FollowProblems, ReadProblems, ReportProblems};
use super::query::{self, NoQuery, Query};
use super::upload::OpenUpload;
use crate::app::Registry;
use crate::app::gate::Etag;
use crate::app::misses::{Guesser, Secret, found_nothing};
use crate::app::reports::{self, Look};
use crate::domain::accounts::Caller;
use crate::domain::ids::ReportId;
use crate::domain::reports::ReportState;
use crate::error::Error;
use actix_web::{HttpRequest, get, post, web};
use json::{
    EvidenceReceivedView, EvidenceView, FollowedView, NewReport, ReceivedView, ReportList, ReportSummary, ReportView,
};
use serde_json::{Map, Value};
use std::sync::Arc;
use utoipa::IntoParams;

/// Which reports.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it is the documentation; `Filters::take` reads them")]
pub(super) struct ReportFilters {
    /// Only acts in the province with this code today, and in those that became part of it.
    #[param(example = "31")]
    province: Option<String>,
    /// Only reports in this state.
    #[param(example = "received")]
    state: Option<String>,
}

impl Filters for reports::Filters {
    fn take(query: &mut Query) -> Result<Self, Error> {
        Ok(Self { province: query.take("province"), state: query.read("state", ReportState::parse)? })
    }
}

/// Report misuse
///
/// Anybody may, without a name: five reports an hour from one neighbourhood of addresses. Whoever is signed in reports
/// in their own name, an official for their body. The answer is the same whatever the report holds; nothing is looked
/// up, and nobody is told, before a registrar opens a case.
#[utoipa::path(operation_id = "create_misuse_report", tag = "misuse", security((), ("bearer" = [])),
    params(IdempotencyKey), request_body = NewReport,
    responses((status = 201, description = "It is taken in and stands in the log.", body = ReceivedView), ReportProblems))]
#[post("/misuse-reports")]
pub(super) async fn create_misuse_report(change: OpenChange<Json<NewReport>>, sender: Sender) -> Outcome {
    let Sender(mut visitor) = sender;
    let registry = Arc::clone(&change.registry);
    let answer = change
        .write(move |tx, change| {
            let form = || Ok(change.form()?.into());
            let (registry, caller) = (&change.registry, change.caller.as_deref());
            let received = reports::receive(tx, registry, caller, &mut visitor, &change.gate, form)?;
            // No `Location`: headers of kept answers are not sealed, and the receipt is nowhere else.
            Ok(Answer::ok(&ReceivedView::from(&received))?.created())
        })
        .await?;
    proven(registry, answer).await
}

/// The same answer with the proof of its entry. It can be given only now: what the transaction wrote had to be durable
/// before it was signed.
pub(super) async fn proven(registry: Arc<Registry>, mut answer: Answer) -> Outcome {
    let mut view: Map<String, Value> = serde_json::from_slice(&answer.stored.body).map_err(Error::internal)?;
    let index = view.get("log_index").and_then(Value::as_i64).unwrap_or_default();
    let proof = block(move || {
        registry.publish_log()?;
        registry.store.read_consistently(|db| registry.event_proof(db, index))
    });
    let proof = proof.await.unwrap_or_else(|error| {
        // What was reported stands all the same; its proof can be had later.
        tracing::error!(%error, "a report is answered without its proof");
        None
    });
    view.insert("proof".into(), serde_json::to_value(proof).map_err(Error::internal)?);
    answer.stored.body = serde_json::to_vec(&view).map_err(Error::internal)?;
    Ok(answer)
}

/// Reports of misuse
///
/// For registrars, who open cases with them, and for officials, who follow their own.
#[utoipa::path(operation_id = "list_misuse_reports", tag = "misuse", params(ReportFilters, PageParams),
    responses((status = 200, description = "A part of the list, without what the reports say of people.",
        body = ReportList, headers(("ETag" = String, description = "Of this part."))), ReadProblems))]
#[get("/misuse-reports")]
pub(super) async fn list_misuse_reports(ctx: Context, list: List<reports::Filters, ReportId>) -> Outcome {
    ctx.read(move |db, ctx| {
        let part = reports::list(db, &ctx.registry, &ctx.caller, list.asked)?;
        list.cursors.answer(&part, ReportSummary::from)
    })
    .await
}

/// How a report stands
///
/// Whoever has the receipt is told the state, and never anybody's name. Whoever may read reports asks with the report's
/// id and sees all of it.
#[utoipa::path(operation_id = "get_misuse_report", tag = "misuse", security((), ("bearer" = [])),
    params(("receipt" = String, Path, description = "The receipt; case and hyphens do not matter. Or the report's id.")),
    responses((status = 200, description = "By receipt, how it stands; by id, the report.", body = json::SeenView,
        headers(("ETag" = String, description = "Of what is shown now."))), FollowProblems))]
#[get("/misuse-reports/{receipt}")]
pub(super) async fn get_misuse_report(visit: Visit, origin: Origin, receipt: web::Path<String>, _: NoQuery) -> Outcome {
    let Visit { registry, caller } = visit;
    let (inside, asking) = (Arc::clone(&registry), caller.clone());
    let look = move || reports::look_from(&inside, asking.as_deref(), &receipt, origin.0);
    match block(look).await? {
        Look::Followed(report) => Ok(Answer::ok(&FollowedView::from(&report))?.tagged_by_bytes()),
        Look::Whole(report) => {
            let answer = Answer::ok(&ReportView::from(&*report))?.tagged(&Etag::of_version(report.report.version));
            context::note(&registry, caller.ok_or(Error::Unauthenticated)?, report.seen).await?;
            Ok(answer)
        }
    }
}

/// Add evidence to a report
///
/// Without a name three files, 10 MB in all; in one's own name twenty, of 50 MB each. What a file is is told by its
/// content, which has to agree with `Content-Type`. Its SHA-256 stands in the log at once; the file itself is kept
/// sealed.
#[utoipa::path(operation_id = "add_report_evidence", tag = "misuse", security((), ("bearer" = [])),
    params(("receipt" = String, Path, description = "The receipt."), IdempotencyKey),
    request_body(content(("image/jpeg"), ("image/png"), ("image/webp"), ("application/pdf"), ("audio/mpeg"), ("audio/wav"),
        ("audio/mp4"), ("video/mp4"), ("video/quicktime")), description = "The file."),
    responses((status = 201, description = "It is kept, and its digest stands in the log.", body = EvidenceReceivedView),
    ReportProblems))]
#[post("/misuse-reports/{receipt}/evidence")]
pub(super) async fn add_report_evidence(upload: OpenUpload, origin: Origin, receipt: web::Path<String>) -> Outcome {
    let receipt = receipt.into_inner();
    let asked = receipt.clone();
    let room = move |registry: &Registry, caller: &Option<Arc<Caller>>| {
        let room = || reports::room(registry, caller.as_deref(), &asked);
        registry.try_secret(Secret::Receipt, Guesser::new(caller.as_deref(), origin.0), room, found_nothing)
    };
    let change = upload.read_if(room).await?;
    let registry = Arc::clone(&change.registry);
    let answer = change
        .keep(move |tx, change, file| {
            let (registry, caller) = (&change.registry, change.caller.as_deref());
            let (evidence, log_index) = reports::add_evidence(tx, registry, caller, &receipt, &change.gate, file)?;
            let evidence = EvidenceView::from(&evidence);
            Ok(Answer::ok(&EvidenceReceivedView { evidence, log_index, proof: None })?.created())
        })
        .await?;
    proven(registry, answer).await
}

/// A file of a report
///
/// For whoever may read the report; always as an attachment.
#[utoipa::path(operation_id = "get_report_evidence", tag = "misuse",
    params(("id" = String, Path, description = "The report's id.", format = "uuid"),
        ("n" = i64, Path, description = "The file's number, from 1.", example = 1)),
    responses((status = 200, description = "The file as it came in.", body = Vec<u8>,
        content_type = "application/octet-stream",
        headers(("Content-Disposition" = String, description = "Always `attachment`."))), ReadProblems))]
#[get("/misuse-reports/{id}/evidence/{n}")]
pub(super) async fn get_report_evidence(ctx: Context, id: PathId<ReportId>, request: HttpRequest) -> Outcome {
    // What is no number is the number of nothing.
    let number = request.match_info().query("n").parse().unwrap_or_default();
    let parameters = query::none(&request);
    ctx.read_about(move |db, ctx| {
        let ((file, bytes), seen) = reports::evidence(db, &ctx.registry, &ctx.caller, id.0, number)?;
        parameters?;
        let name = format!("evidence-{}.{}", file.number, file.media_type.extension());
        let answer = Answer::attachment(file.media_type.as_str(), &name, bytes).tagged_by_bytes();
        Ok((answer, seen))
    })
    .await
}
