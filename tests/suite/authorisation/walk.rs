//! The walk: each operation is called by each role on each thing, so that nothing but the right to do so is in
//! question. A change names no version and carries no form, and its address takes no parameters: whoever is let in is
//! told that (428, 422, 400), and nothing is ever changed.

use super::table::{Row, Word, rows};
use super::world::{Member, Things, World, no_form};
use crate::support::TestDatabase;
use crate::support::answer::{Answer, Contract};
use std::fmt;

/// An id that was never given.
const MISSING: &str = "01890a5d-ac96-774b-bcce-b302099a8057";
/// The SHA-256 of the file that every case of the world has.
const FILE_OF_EACH_CASE: &str = "0716f9264c9fe19f5d7455276107f3ddcc1d3497f63d60689a73558ae8a1bf5e";
/// A digest that no portrait has.
const NO_PORTRAIT: &str = "0000000000000000";
/// Callers may name their request: so even the ids of answers are alike.
const REQUEST_ID: &str = "01890a5d-ac96-774b-bcce-b302099a8058";

/// What an answer says of permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Allowed,
    Unauthenticated,
    Forbidden,
    NotFound,
}

impl Outcome {
    pub(super) fn of(status: u16) -> Self {
        match status {
            401 => Self::Unauthenticated,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            500.. => panic!("{status} says nothing of permission"),
            _ => Self::Allowed,
        }
    }
}

/// Whose the thing is that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    Own,
    Another,
    Nobodys,
}

pub(super) struct Call<'w> {
    row: &'w Row,
    method: &'w str,
    template: &'w str,
    word: Word,
    member: &'w Member,
    whose: Whose,
    things: &'w Things,
}

impl fmt::Display for Call<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} by {} on {:?}", self.row.operation, self.row.event, self.member.title, self.whose)
    }
}

impl Call<'_> {
    pub(super) fn expected(&self) -> Outcome {
        let takes_id = self.template.contains('{');
        match (self.word, self.whose) {
            (Word::Unauthenticated, _) => Outcome::Unauthenticated,
            (Word::Forbidden, _) => Outcome::Forbidden,
            (Word::Hidden, _) => Outcome::NotFound,
            (Word::All | Word::Own, _) if !takes_id => Outcome::Allowed,
            (Word::All, Whose::Own | Whose::Another) | (Word::Own, Whose::Own) => Outcome::Allowed,
            (Word::All, Whose::Nobodys) | (Word::Own, Whose::Another | Whose::Nobodys) => Outcome::NotFound,
        }
    }

    pub(super) fn send(&self) -> Answer {
        let path = self.path();
        let id = ("x-request-id", REQUEST_ID);
        if self.method == "GET" {
            return self.member.client.send("GET", &path, &[id], None);
        }
        let headers = [id, ("content-type", "application/json")];
        self.member.client.send(self.method, &format!("{path}?no=1"), &headers, Some(&no_form(self.row.event)))
    }

    fn path(&self) -> String {
        let Things { agency, person, engagement, application, credential, case, notice, user, digest, .. } =
            self.things;
        let Things { duplicate, office, office_file, succession, paper, own_paper, leader, state_card, .. } =
            self.things;
        let Things { entry, tile, report, receipt, document, list, kid, import, .. } = self.things;
        let level = if self.template.starts_with("/log/tile/entries/") { "" } else { "0/" };
        let things = [
            ("/offices/{", office),
            ("/agencies/", agency),
            ("/agency-successions/", succession),
            ("/people/", person),
            ("/duplicates/", duplicate),
            ("/applications/", application),
            ("/credentials/", credential),
            ("/state-cards/", state_card),
            ("/cases/", case),
            ("/notices/", notice),
            ("/imports/", import),
            ("/users/", user),
            ("/misuse-reports/", report),
        ];
        let path = self.template.replace("{eid}", engagement).replace("{digest}", digest);
        let path = path.replace("{index}", entry).replace("{place}", &format!("{level}{tile}"));
        let file = match self.template {
            it if it.contains("/applications/") => paper.as_str(),
            it if it.contains("/offices/") => office_file.as_str(),
            it if it.contains("/people/") => own_paper.as_str(),
            it if it.contains("/documents/") => document.as_str(),
            _ => FILE_OF_EACH_CASE,
        };
        let path = path.replace("{sha256}", file);
        let path = path.replace("{lid}", leader);
        let path = path.replace("{receipt}", receipt).replace("{kid}", kid);
        let path = path.replace("{n}", if self.template.starts_with("/status/") { list } else { "1" });
        match things.into_iter().find(|(noun, _)| self.template.contains(noun)) {
            Some((_, id)) => path.replace("{id}", id),
            None => path,
        }
    }
}

/// What a caller can tell of an answer, but the time it was sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Told {
    status: u16,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

impl From<Answer> for Told {
    fn from(answer: Answer) -> Self {
        let headers = answer.headers.iter().filter(|(name, _)| *name != "date");
        let mut headers: Vec<_> = headers.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect();
        headers.sort();
        Self { status: answer.status, headers, body: answer.body }
    }
}

pub(super) struct Walk {
    world: World,
    rows: Vec<Row>,
    /// Ids that were never given, and texts that are no ids.
    nobodys: [Things; 3],
}

impl Walk {
    pub(super) fn new(db: TestDatabase) -> Self {
        let world = World::new(db);
        let own = &world.members[0].own;
        let missing = Things { digest: NO_PORTRAIT.into(), ..own.map(|_| MISSING.into()) };
        let nobodys = [missing, own.map(|id| id.replace('-', "") + "0"), own.map(|_| "none".into())];
        Self { world, rows: rows(), nobodys }
    }

    /// Every row and role: the calls on what is own, another's and nobody's; one call where the address names nothing.
    pub(super) fn every_target(&self, mut visit: impl FnMut(&[Call<'_>])) {
        let operations = Contract::of_the_api().operations();
        for row in &self.rows {
            let (method, template, _) =
                operations.iter().find(|(_, _, name)| name == row.operation).expect("an operation of the API");
            for (word, member) in row.words.iter().zip(&self.world.members) {
                let call = |whose, things| Call { row, method, template, word: *word, member, whose, things };
                let mut calls = vec![call(Whose::Own, &member.own)];
                if template.contains('{') {
                    calls.extend(member.others.iter().map(|things| call(Whose::Another, things)));
                    calls.extend(self.nobodys.iter().map(|things| call(Whose::Nobodys, things)));
                }
                visit(&calls);
            }
        }
    }
}
