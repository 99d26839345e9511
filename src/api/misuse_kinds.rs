//! `/misuse-kinds`: the closed list of what may be reported.

use super::answer::{Answer, Outcome};
use super::problem::OpenReadProblems;
use super::query::NoQuery;
use super::verifications::WordsView;
use crate::app::misuse;
use crate::data::MisuseKindRow;
use crate::domain::issuer::Words;
use actix_web::get;
use serde::Serialize;
use utoipa::ToSchema;

/// A kind of misuse of press credentials, or of acts against journalists.
#[derive(Serialize, ToSchema)]
#[schema(as = MisuseKind)]
struct KindView<'a> {
    /// Stable and machine-readable.
    #[schema(example = "LENT_CARD")]
    code: &'a str,
    /// What it is.
    #[schema(value_type = WordsView)]
    name: Words,
    /// Articles of law, and where they could not be confirmed, cases.
    #[schema(example = "NĐ119 Đ6.2a; BLHS Đ339")]
    legal_basis: &'a str,
}

/// All of them.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is the documentation of `Answer::list`")]
struct KindList<'a> {
    /// Misuse of credentials first, then acts against journalists.
    items: Vec<KindView<'a>>,
    /// Always null: the list comes whole.
    next_cursor: Option<String>,
}

impl<'a> From<&'a MisuseKindRow> for KindView<'a> {
    fn from(row: &'a MisuseKindRow) -> Self {
        let name = Words::new(&*row.name_vi, &*row.name_en);
        Self { code: &row.code, name, legal_basis: &row.legal_basis }
    }
}

/// Every kind of misuse that may be reported
///
/// Misuse of press credentials and acts against journalists (NĐ 119/2020 Đ7), on equal terms. No kind is about what
/// anybody published or thinks.
#[utoipa::path(operation_id = "list_misuse_kinds", tag = "misuse", security(()), responses(
    (status = 200, description = "The kinds.", body = KindList, headers(("ETag" = String, description = "Of the list."))),
    OpenReadProblems))]
#[get("/misuse-kinds")]
pub(super) async fn list_misuse_kinds(_: NoQuery) -> Outcome {
    Answer::list(misuse::kinds().iter().map(KindView::from).collect(), None)
}
