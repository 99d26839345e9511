//! Lists in parts: `?limit=` and `?cursor=`.
//!
//! A cursor is base64url(HMAC-SHA-256 tag ‖ position). The tag binds it to the address and the filters it was made
//! for, so that it cannot be made up, altered, or taken elsewhere.

use super::State;
use super::answer::{Answer, Outcome};
use super::query::Query;
use crate::app::page::{Asked, Page, Part};
use crate::domain::erasure::Place as Waits;
use crate::domain::ids::{Id, PersonId};
use crate::domain::press_cards::PressCardId;
use crate::domain::problem::FieldProblem;
use crate::domain::search::Place;
use crate::domain::time::Timestamp;
use crate::error::Error;
use actix_web::{FromRequest, HttpRequest, dev, web};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac;
use data_encoding::BASE64URL_NOPAD;
use serde::Serialize;
use std::future::{Ready, ready};
use utoipa::IntoParams;

/// Items of a part where the caller does not say.
const USUAL_LIMIT: usize = 50;
/// Items of a part at most.
const MAX_LIMIT: usize = 100;
/// Bytes of an HMAC-SHA-256 tag.
const TAG_BYTES: usize = 32;

/// A place in a list: that of its last item.
pub(super) trait Position: Sized {
    /// As text.
    fn write(&self) -> String;

    /// From its own text.
    fn read(text: &str) -> Option<Self>;
}

impl<I: Id> Position for I {
    fn write(&self) -> String {
        self.to_string()
    }

    fn read(text: &str) -> Option<Self> {
        I::parse(text).ok()
    }
}

/// A place in the log.
impl Position for i64 {
    fn write(&self) -> String {
        self.to_string()
    }

    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

/// A place among press cards of either kind.
impl Position for PressCardId {
    fn write(&self) -> String {
        format!("{} {self}", self.kind())
    }

    fn read(text: &str) -> Option<Self> {
        let (kind, id) = text.split_once(' ')?;
        Self::parse(kind, id).ok()
    }
}

/// A place among names.
impl Position for Place {
    fn write(&self) -> String {
        self.to_string()
    }

    fn read(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

/// A place among erasures that wait.
impl Position for Waits {
    fn write(&self) -> String {
        format!("{} {}", self.asked_at.micros(), self.person)
    }

    fn read(text: &str) -> Option<Self> {
        let (asked_at, person) = text.split_once(' ')?;
        let asked_at = Timestamp::from_micros(asked_at.parse().ok()?);
        Some(Self { asked_at, person: PersonId::parse(person).ok()? })
    }
}

/// A place among agencies that a query ranks: it is bound to the query like every other.
impl Position for String {
    fn write(&self) -> String {
        self.clone()
    }

    fn read(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
}

/// What filters a list besides `limit` and `cursor`.
pub(super) trait Filters: Sized {
    /// Takes its parameters out of the query.
    ///
    /// # Errors
    /// 422.
    fn take(query: &mut Query) -> Result<Self, Error>;
}

/// No filters.
impl Filters for () {
    fn take(_: &mut Query) -> Result<Self, Error> {
        Ok(())
    }
}

/// Which part of which list is asked for.
pub(super) struct List<F, I> {
    /// Filters and part.
    pub(super) asked: Asked<F, I>,
    /// For the way to the next part.
    pub(super) cursors: Cursors,
}

impl Cursors {
    /// Answers with a part, each item shown by `view`.
    ///
    /// # Errors
    /// The view cannot be written as JSON.
    pub(super) fn answer<'t, T, I: Position, V: Serialize>(
        &self,
        part: &'t Part<T, I>,
        view: impl Fn(&'t T) -> V,
    ) -> Outcome {
        let next_cursor = part.next_after.as_ref().map(|after| self.write(after));
        Answer::list(part.items.iter().map(view).collect(), next_cursor)
    }
}

/// Writes and reads the cursors of one list.
pub(super) struct Cursors {
    key: hmac::Key,
    /// Address and filters.
    bound_to: String,
}

impl Cursors {
    fn tag(&self, position: &[u8]) -> hmac::Tag {
        // The list's own digest has a fixed length: no position can pass for the end of an address.
        let list = digest(&SHA256, self.bound_to.as_bytes());
        hmac::sign(&self.key, &[list.as_ref(), position].concat())
    }

    fn write(&self, position: &impl Position) -> String {
        let position = position.write();
        let tag = self.tag(position.as_bytes());
        BASE64URL_NOPAD.encode(&[tag.as_ref(), position.as_bytes()].concat())
    }

    fn asked<F: Filters, I: Position>(&self, mut query: Query) -> Asked<F, I> {
        let limit = query.read("limit", limit)?.unwrap_or(USUAL_LIMIT);
        let after = query.read("cursor", |cursor| self.read(cursor))?;
        let filters = F::take(&mut query)?;
        query.finish()?;
        Ok((filters, Page { after, limit }))
    }

    fn read<I: Position>(&self, cursor: &str) -> Result<I, FieldProblem> {
        let problem = || FieldProblem::new("bad_cursor", "the `next_cursor` of this very list with these very filters");
        let bytes = BASE64URL_NOPAD.decode(cursor.as_bytes()).map_err(|_| problem())?;
        let (tag, position) = bytes.split_at_checked(TAG_BYTES).ok_or_else(problem)?;
        aws_lc_rs::constant_time::verify_slices_are_equal(tag, self.tag(position).as_ref()).map_err(|_| problem())?;
        std::str::from_utf8(position).ok().and_then(I::read).ok_or_else(problem)
    }
}

fn limit(raw: &str) -> Result<usize, FieldProblem> {
    let is_plain = raw.bytes().all(|byte| byte.is_ascii_digit());
    raw.parse()
        .ok()
        .filter(|limit| is_plain && (1..=MAX_LIMIT).contains(limit))
        .ok_or_else(|| FieldProblem::new("out_of_range", format!("a whole number from 1 to {MAX_LIMIT}")))
}

impl<F: Filters, I: Position> FromRequest for List<F, I> {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(list(request))
    }
}

fn list<F: Filters, I: Position>(request: &HttpRequest) -> Result<List<F, I>, Error> {
    let state = request.app_data::<web::Data<State>>().ok_or_else(|| Error::internal("no state"))?;
    let query = Query::parse(request.query_string());
    let filters = query.as_ref().map(|query| query.canonical(&["limit", "cursor"])).unwrap_or_default();
    let bound_to = format!("{}?{filters}", request.path());
    let cursors = Cursors { key: state.registry.secrets.cursor.clone(), bound_to };
    let asked = query.and_then(|query| cursors.asked(query));
    Ok(List { asked, cursors })
}

/// Parameters of every list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it is the documentation; `list` reads them")]
pub(super) struct PageParams {
    /// Items in the answer at most, 1 to 100; 50 where it is left out.
    #[param(minimum = 1, maximum = 100, default = 50, example = 20)]
    limit: Option<u8>,
    /// The `next_cursor` of the part before, as it was; from the beginning where it is left out.
    cursor: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursors(secret: u8, bound_to: &str) -> Cursors {
        Cursors { key: hmac::Key::new(hmac::HMAC_SHA256, &[secret; 32]), bound_to: bound_to.into() }
    }

    #[test]
    fn a_cursor_is_good_for_its_own_list_only() {
        let written = cursors(1, "/agencies?").write(&42_i64);
        assert_eq!(cursors(1, "/agencies?").read(&written), Ok(42_i64));
        for other in [cursors(2, "/agencies?"), cursors(1, "/agencies?query=a"), cursors(1, "/agencies")] {
            assert_eq!(other.read::<i64>(&written).map_err(|problem| problem.code), Err("bad_cursor"));
        }
    }

    #[test]
    fn an_altered_cursor_is_refused_wherever_it_was_altered() {
        let cursors = cursors(1, "/agencies?");
        let bytes = BASE64URL_NOPAD.decode(cursors.write(&42_i64).as_bytes()).expect("base64url");
        for at in 0..bytes.len() {
            let mut altered = bytes.clone();
            altered[at] ^= 1;
            assert!(cursors.read::<i64>(&BASE64URL_NOPAD.encode(&altered)).is_err(), "byte {at}");
        }
        for text in ["", "x", "%%%", &BASE64URL_NOPAD.encode(&bytes[..bytes.len() - 1])] {
            assert!(cursors.read::<i64>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_limit_is_one_to_a_hundred() {
        for (raw, good) in [
            ("1", true),
            ("100", true),
            ("0", false),
            ("101", false),
            ("-1", false),
            ("+5", false),
            ("ten", false),
            ("", false),
        ] {
            assert_eq!(limit(raw).is_ok(), good, "{raw}");
        }
    }
}
