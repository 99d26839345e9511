//! `/verifications`: anybody checks a code. Nothing about the card or the checker is kept.

use super::address::Origin;
use super::answer::{Answer, Outcome, as_text};
use super::body::{Body, Json};
use super::context::{Visit, block};
use super::problem::GuessProblems;
use super::query::NoQuery;
use crate::app::verifications::{Verification, may_block, verify_from};
use crate::domain::credentials::ShownState;
use crate::domain::issuer::Words;
use crate::domain::printed::{LetterScope, PhotoDigest};
use crate::domain::time::Timestamp;
use crate::domain::verdict::Card;
use crate::domain::wording;
use actix_web::post;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A code to check.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewVerification {
    /// The text of a QR, or the code printed beside it; 1–4,296 characters.
    #[schema(min_length = 1, max_length = 4296, example = "000123-7K3M-Q0ZX-9A4B")]
    code: String,
}

/// What a check says: of the card, never of who is a journalist.
#[derive(Serialize, ToSchema)]
#[schema(as = Verification)]
struct VerificationView<'a> {
    /// `valid`, `not_valid`, `cannot_confirm` or `not_ours`.
    #[schema(example = "valid")]
    verdict: &'static str,
    /// Why; absent for a valid card.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "expired")]
    reason: Option<&'static str>,
    /// `foreign_address`: the code would have opened somebody else's page.
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<&'static str>,
    /// What the card says, where its signature or typed code is the registry's.
    #[serde(skip_serializing_if = "Option::is_none")]
    card: Option<CardView<'a>>,
    /// The state behind `withdrawn`; told to officials and registrars only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "suspended")]
    state: Option<&'static str>,
    /// The verdict and what to do next, in words.
    #[schema(value_type = WordsView)]
    text: Words,
    /// When it was checked, RFC 3339 in UTC.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime)]
    checked_at: Timestamp,
    /// How old the knowledge of the card's state is, in seconds; null where there is none, as its list was never opened.
    #[schema(example = 0, required)]
    list_age_seconds: Option<i64>,
}

/// A text in both languages.
#[derive(ToSchema)]
#[schema(as = Words)]
#[expect(dead_code, reason = "it is the documentation of `Words`")]
pub(super) struct WordsView {
    /// Vietnamese.
    vi: String,
    /// English.
    en: String,
}

/// What a card says.
#[derive(Serialize, ToSchema)]
#[schema(as = VerifiedCard)]
struct CardView<'a> {
    /// `press_card`, `introduction_letter` or `collaborator_card`.
    #[schema(example = "press_card")]
    kind: &'static str,
    /// As printed.
    #[schema(example = "000123")]
    number: &'a str,
    /// The holder's name.
    #[schema(example = "Trần Thị Bưởi")]
    name: &'a str,
    /// The agency's short name.
    #[schema(example = "Báo Ví Dụ")]
    agency: &'a str,
    /// The first instant of validity, RFC 3339 in UTC.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime)]
    valid_from: Timestamp,
    /// The first instant after validity, RFC 3339 in UTC.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime)]
    valid_until: Timestamp,
    /// The portrait at `/portraits/{photo_digest}`, 16 hex digits.
    #[serde(serialize_with = "super::answer::as_optional_text")]
    #[schema(value_type = Option<String>)]
    photo_digest: Option<PhotoDigest>,
    /// Where a letter's bearer is going.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<&'a str>,
    /// The unit that is asked to receive a letter's bearer.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit_visited: Option<&'a str>,
    /// The work to be done there.
    #[serde(skip_serializing_if = "Option::is_none")]
    work: Option<&'a str>,
}

impl<'a> From<&'a Card> for CardView<'a> {
    fn from(card: &'a Card) -> Self {
        let claims = &card.claims;
        let scope = claims.entitlement.scope();
        Self {
            kind: claims.entitlement.kind().as_str(),
            number: claims.number.as_str(),
            name: claims.name.as_str(),
            agency: claims.agency.as_str(),
            valid_from: claims.validity.not_before(),
            valid_until: claims.validity.expires(),
            photo_digest: claims.photo_digest,
            place: scope.map(LetterScope::place),
            unit_visited: scope.map(LetterScope::unit_visited),
            work: scope.map(LetterScope::work),
        }
    }
}

/// Check a card or letter
///
/// The same verdict as the page's and the command line's. Whoever signs in as an official or registrar is told the
/// state behind `withdrawn`. Of typed codes that are wrong, some hundred an hour are looked at for one account or, of
/// those who are not signed in, for one address; a QR is always checked.
#[utoipa::path(operation_id = "create_verification", tag = "verifying", security((), ("bearer" = [])),
    request_body = NewVerification, responses(
    (status = 200, description = "The verdict.", body = VerificationView), GuessProblems))]
#[post("/verifications")]
pub(super) async fn create_verification(
    visit: Visit,
    origin: Origin,
    body: Body<Json<NewVerification>>,
    _: NoQuery,
) -> Outcome {
    let NewVerification { code } = body.read()?;
    let (Visit { registry, caller }, Origin(from)) = (visit, origin);
    // Most checks need one signature and one bit in memory: no thread is changed for them.
    let phone = registry.settings.phone.clone();
    let checked = match may_block(&code, caller.as_deref()) {
        true => block(move || verify_from(&registry, &code, caller.as_deref(), from)).await?,
        false => verify_from(&registry, &code, None, from)?,
    };
    Answer::ok(&shown(&checked, &phone))
}

fn shown<'a>(checked: &'a Verification, phone: &str) -> VerificationView<'a> {
    let judgement = &checked.judgement;
    let (headline, next) = (wording::headline(judgement), wording::next_step(judgement, phone));
    VerificationView {
        verdict: judgement.verdict().as_str(),
        reason: judgement.reason(),
        warning: judgement.warning(),
        card: judgement.card().map(CardView::from),
        state: checked.state.map(ShownState::as_str),
        text: Words { vi: format!("{}. {}", headline.vi, next.vi), en: format!("{}. {}", headline.en, next.en) },
        checked_at: checked.checked_at,
        list_age_seconds: judgement.list_age_seconds,
    }
}
