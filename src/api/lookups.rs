//! `/lookups`: a signed-in official asks whether a card with a number and a name is valid.

use super::answer::{Answer, Outcome};
use super::body::Json;
use super::context::Change;
use super::gate;
use super::problem::LookupProblems;
use super::verifications::WordsView;
use crate::app::lookups;
use crate::domain::issuer::Words;
use crate::domain::lookups::{LookupForm, Worth};
use actix_web::{HttpRequest, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A card that somebody has in front of them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewLookup {
    /// The number printed on the card, 1–40 characters; spaces, hyphens and case do not matter.
    #[schema(example = "IBT00123")]
    number: String,
    /// The whole name printed on it, in any Unicode form and case.
    #[schema(example = "Trần Thị Bưởi")]
    name: String,
    /// What it is looked up for, 10–200 characters. The holder reads it.
    #[schema(min_length = 10, max_length = 200, example = "Kiểm tra tại cổng UBND phường")]
    purpose: String,
}

impl From<NewLookup> for LookupForm {
    fn from(sent: NewLookup) -> Self {
        let NewLookup { number, name, purpose } = sent;
        Self { number, name, purpose }
    }
}

/// What such a card is worth, and nothing else of it.
#[derive(Serialize, ToSchema)]
#[schema(as = Lookup)]
struct LookupView {
    /// `valid`; `not_valid`: there is such a card, and it has expired or was withdrawn; `no_match`: no card has both.
    #[schema(example = "valid")]
    verdict: &'static str,
    /// The same and what to do next, in words.
    #[schema(value_type = WordsView)]
    text: Words,
}

impl From<Worth> for LookupView {
    fn from(worth: Worth) -> Self {
        Self { verdict: worth.as_str(), text: worth.words() }
    }
}

/// Look up a card by number and name
///
/// For cards of before the registry, which have no QR of ours, and for ours. Only the exact number with the whole name
/// matches. Each lookup counts, right or wrong: 30 at once, then one a minute. It is written down with its purpose, and
/// the holder sees that, where the registry knows them. Each is answered anew, as a card may be withdrawn at any time: an
/// `Idempotency-Key` counts for nothing.
#[utoipa::path(operation_id = "look_up_card", tag = "verifying", request_body = NewLookup,
    responses((status = 200, description = "What it is worth.", body = LookupView), LookupProblems))]
#[post("/lookups")]
pub(super) async fn look_up_card(mut change: Change<Json<NewLookup>>, request: HttpRequest) -> Outcome {
    change.gate = gate::each_time(&request);
    change
        .write(|tx, change| {
            let form = || Ok(change.form()?.into());
            let worth = lookups::look_up(tx, &change.registry, &change.caller, &change.gate, form)?;
            Answer::ok(&LookupView::from(worth))
        })
        .await
}
