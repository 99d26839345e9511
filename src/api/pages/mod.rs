//! Pages for people: the home page, the page that a card's QR opens, and what the kinds of problems mean.
//!
//! Vietnamese first, English beside it. They work without JavaScript, at 320 pixels and in the dark.

mod home;
mod language;
mod layout;
mod problem_kind;
mod report;
mod verdict;
mod verifier;
mod verify;

pub(super) use home::home;
pub(super) use problem_kind::problem_kind;
pub(super) use report::{follow as follow_report, page as report, send as send_report};
pub(super) use verifier::{Verifier, page as verifier, worker};
pub(super) use verify::check;

use super::answer::{Answer, Outcome};
use layout::Html;

/// The style of every page.
pub(super) async fn style() -> Outcome {
    Ok(Answer::bytes(
        "text/css; charset=utf-8",
        concat!(include_str!("style.css"), include_str!("other_pages.css")).into(),
    )
    .tagged_by_bytes()
    .public())
}
