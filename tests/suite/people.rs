//! People: kept by the agency they work for, for as long as they work there, and by nobody else.

mod chains;
mod corrections;
pub(crate) mod duplicates;
mod employers;
mod engagements;
mod histories;
mod posts;
mod records;
mod search;
pub(crate) mod splits;

pub(crate) use duplicates::shared;

use crate::support::answer::Answer;
use crate::support::app::TestAgency;

fn people_of(agency: &TestAgency) -> String {
    format!("/api/v1/agencies/{}/people", agency.id)
}

fn engagement_of(person: &Answer) -> String {
    format!("{}/engagements/{}", person.path("people"), person.text("/engagements/0/id"))
}

/// What nobody sees and what changes how a line is read.
const HIDDEN: [&str; 6] = ["\u{0}", "\u{1B}", "\u{202E}", "\u{2066}", "\u{200B}", "\u{FEFF}"];
