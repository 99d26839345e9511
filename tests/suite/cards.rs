//! Cards and letters to print: `GET /credentials/{id}/card` and `POST /print-jobs`.

mod formats;
mod print_jobs;

use crate::support::answer::Answer;
use crate::support::app::{Client, TestAgency, TestApp};
use crate::support::fixtures::picture;

/// Where a credential's card is.
fn card_of(credential: &Answer) -> String {
    format!("{}/card", credential.path("credentials"))
}

/// The card in this format.
fn shown(client: &Client, credential: &Answer, accept: &str) -> Answer {
    client.get_with(&card_of(credential), &[("accept", accept)]).expect(200)
}

/// A text without its spaces: a reader that guesses words from the distance of letters may see too many.
fn close(text: &str) -> String {
    text.split_whitespace().collect()
}

/// The text of each page of a PDF, [`close`].
fn pages(pdf: &Answer) -> Vec<String> {
    assert_eq!(pdf.header("content-type"), Some("application/pdf"));
    texts(&pdf.body)
}

/// The same of its bytes.
fn texts(pdf: &[u8]) -> Vec<String> {
    let pages = pdf_extract::extract_text_from_mem_by_pages(pdf).expect("a PDF that others can read");
    pages.iter().map(|page| close(page)).collect()
}

/// That each of these stands on a page.
#[track_caller]
fn tells(page: &str, facts: &[&str]) {
    for fact in facts {
        assert!(page.contains(&close(fact)), "{fact:?} is not in {page:?}");
    }
}

/// Sizes of the pages of a PDF in points.
fn sizes(pdf: &Answer) -> Vec<(f32, f32)> {
    let text = pdf.body_text();
    let boxes = text.split("/MediaBox [").skip(1).map(|rest| rest.split(']').next().expect("four numbers"));
    let sides = boxes.map(|four| four.split_whitespace().map(|it| it.parse().expect("a number")).collect::<Vec<f32>>());
    sides.map(|it| (it[2], it[3])).collect()
}

/// A press card of somebody with a portrait.
fn portrayed_card(app: &TestApp, agency: &TestAgency) -> Answer {
    let person = app.person(agency);
    let path = format!("{}/portrait", person.path("people"));
    app.clerk(agency).put(&path, &person.etag(), "image/png", &picture(3)).expect(200);
    app.issued_to(agency, &person.text("/id"))
}
