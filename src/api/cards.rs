//! `/credentials/{id}/card` and `/print-jobs`: see `app::cards` for who may have what printed.

use super::answer::{Answer, Outcome};
use super::body::Json;
use super::context::{Change, Context, PathId, block, note};
use super::negotiate::{Format, negotiate};
use super::problem::{PrintProblems, ReadProblems};
use super::query::Query;
use crate::app::accesses::Seen;
use crate::app::gate::Etag;
use crate::domain::accesses::Looked;
use crate::domain::ids::CredentialId;
use crate::domain::problem::FieldProblem;
use crate::error::Error;
use crate::papers::card::Side;
use actix_web::{HttpRequest, get, post};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// How a card is shown.
#[derive(Clone, Copy)]
enum Shown {
    Svg,
    Png,
    Pdf,
}

const PDF: &str = "application/pdf";
const FORMATS: &[Format<Shown>] = &[
    Format { media_type: "image/svg+xml", name: "svg", makes: Shown::Svg },
    Format { media_type: "image/png", name: "png", makes: Shown::Png },
    Format { media_type: PDF, name: "pdf", makes: Shown::Pdf },
];

/// In which format, and which side of it; `None` where that was not said.
fn asked(request: &HttpRequest) -> Result<(Format<Shown>, Option<Side>), Error> {
    let mut query = Query::parse(request.query_string())?;
    let format = query.take("format");
    let side = query.read("side", |raw| {
        let named = Side::ALL.into_iter().find(|side| side.as_str() == raw);
        named.ok_or_else(|| FieldProblem::new("unknown_side", "`front` or `back`"))
    })?;
    query.finish()?;
    let format = negotiate(request, format.as_deref(), FORMATS)?;
    match (format.makes, side) {
        (Shown::Pdf, Some(_)) => Err(Error::invalid("query:side", "not_for_pdf", "a PDF has a page for each side")),
        (Shown::Pdf, None) | (Shown::Svg | Shown::Png, _) => Ok((format, side)),
    }
}

/// A card or letter to print
///
/// A card has two sides of 85.6 × 53.98 mm, a letter one page of A4. SVG and PNG (300 dots an inch) show one side, the
/// PDF has a page for each. What is not in force says so across it.
#[utoipa::path(operation_id = "get_credential_card", tag = "credentials",
    params(("id" = String, Path, description = "The credential's id.", format = "uuid"),
        ("format" = Option<String>, Query, description = "`svg`, `png` or `pdf`, instead of `Accept`.", example = "pdf"),
        ("side" = Option<String>, Query, description = "`front`, which is what is shown else, or `back`; not for a PDF.",
            example = "back")),
    responses((status = 200, description = "The artwork.", content(
        (String = "image/svg+xml"), (Vec<u8> = "image/png"), (Vec<u8> = "application/pdf"))),
    (status = 406, description = "None of these formats."), ReadProblems))]
#[get("/credentials/{id}/card")]
pub(super) async fn get_credential_card(ctx: Context, id: PathId<CredentialId>, request: HttpRequest) -> Outcome {
    // Which format is asked after it is known that the caller may see any.
    let asked = asked(&request);
    let Context { registry, caller } = ctx;
    let (drawing, asking) = (Arc::clone(&registry), Arc::clone(&caller));
    let (answer, person) = block(move || {
        let artwork = drawing.artwork(&asking, id.0)?;
        let (format, side) = asked?;
        let side = side.unwrap_or(Side::Front);
        let show = |body| Answer::bytes(format.media_type, body);
        let answer = match format.makes {
            Shown::Svg => show(artwork.draw(side)?.svg().into_bytes()).with_pictures().tagged_by_bytes(),
            Shown::Png => show(artwork.draw(side)?.png()?).tagged_by_bytes(),
            // The same pages are not always the same bytes.
            Shown::Pdf => show(artwork.pdf()?).tagged(&Etag::of_bytes(artwork.source()?.as_bytes())),
        };
        Ok((answer, artwork.person))
    })
    .await?;
    note(&registry, caller, Seen::of(person, Looked::Credential)).await?;
    Ok(answer)
}

/// Cards to be printed together.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPrintJob {
    /// Ids of 1–100 press cards and collaborators' cards that are in force, in the order in which they are to stand.
    #[schema(max_items = 100)]
    credentials: Vec<String>,
}

/// Print many cards
///
/// Sheets of A4 with ten cards each, fronts and then their backs, mirrored for printing on both sides, with marks where
/// they are cut. Nothing of it is kept.
#[utoipa::path(operation_id = "create_print_job", tag = "credentials", request_body = NewPrintJob, responses(
    (status = 200, description = "The sheets.", content((Vec<u8> = "application/pdf"))), PrintProblems))]
#[post("/print-jobs")]
pub(super) async fn create_print_job(change: Change<Json<NewPrintJob>>) -> Outcome {
    let (registry, caller) = (Arc::clone(&change.registry), Arc::clone(&change.caller));
    let job = block(move || {
        let wanted = || Ok(change.form()?.credentials);
        change.registry.print(&change.caller, &change.gate, wanted)
    })
    .await?;
    note(&registry, caller, Seen::of_people(job.people, Looked::Credential)).await?;
    Ok(Answer::bytes(PDF, job.pdf))
}
