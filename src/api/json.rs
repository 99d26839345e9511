//! JSON as sent to us: every mistake is told with its place.

use crate::domain::problem::{FieldError, FieldProblem};
use crate::error::Error;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::error::Category;
use serde_json::{Value, json};
use serde_path_to_error::{Path, Segment};

/// Most mistakes of one body that are told.
const MOST_TOLD: usize = 20;
/// A larger body tells its first mistake alone: reading it again for each would cost more than it tells.
const READ_AGAIN_BYTES: usize = 16 * 1024;

const DUPLICATE: &str = "duplicate_field";
const UNKNOWN: &str = "unknown_field";

/// What a JSON object says.
///
/// # Errors
/// 400 with line and column where it is not a JSON object; 422 with a pointer to each field that is missing, unknown
/// or of another type.
pub(super) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    // Serde would read a list as the fields of an object in their order.
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
        return Err(Error::MalformedBody("The body is to be a JSON object.".into()));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| match error.inner().classify() {
        Category::Data => Error::Invalid(every_mistake::<T>(misfit(&error), bytes)),
        Category::Syntax | Category::Eof | Category::Io => malformed(error.inner()),
    })?;
    json.end().map_err(|error| malformed(&error))?;
    Ok(value)
}

/// For a field of a change: what was sent, and `None` only where it was left out. A null is a value.
pub(super) fn sent<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

fn malformed(error: &serde_json::Error) -> Error {
    Error::MalformedBody(format!("The body is not JSON: {error}."))
}

/// Serde stops at the first mistake: that one is put right, and the body is read again for the next.
fn every_mistake<T: DeserializeOwned>(first: FieldError, bytes: &[u8]) -> Vec<FieldError> {
    if bytes.len() > READ_AGAIN_BYTES {
        return vec![first];
    }
    let Ok(mut body) = serde_json::from_slice(bytes) else { return vec![first] };
    let mut told = Vec::new();
    let mut next = Some(first);
    // What stands in for a field may lack fields of its own, of which nothing is told.
    for _ in 0..2 * MOST_TOLD {
        let Some(mistake) = next.filter(|_| told.len() < MOST_TOLD) else { break };
        next = put_right::<T>(&mut body, &mistake);
        if !told.iter().any(|known: &FieldError| is_within(&mistake.pointer, &known.pointer)) {
            told.push(mistake);
        }
    }
    told
}

/// Puts one mistake right and gives the next; none where nothing fits either.
fn put_right<T: DeserializeOwned>(body: &mut Value, mistake: &FieldError) -> Option<FieldError> {
    let (parent, key) = mistake.pointer.rsplit_once('/')?;
    let key = key.replace("~1", "/").replace("~0", "~");
    let next = |body: &Value| serde_path_to_error::deserialize::<_, T>(body).err().map(|error| misfit(&error));
    match mistake.code {
        DUPLICATE => return next(body),
        UNKNOWN => {
            body.pointer_mut(parent)?.as_object_mut()?.remove(&key);
            return next(body);
        }
        _ => {}
    }
    for fitting in [json!(""), json!({}), json!([]), json!(0), json!(false)] {
        match body.pointer_mut(parent)? {
            Value::Object(fields) => drop(fields.insert(key.clone(), fitting)),
            Value::Array(items) => *items.get_mut(key.parse::<usize>().ok()?)? = fitting,
            _ => return None,
        }
        match next(body) {
            Some(still) if still.pointer == mistake.pointer => {}
            next => return next,
        }
    }
    None
}

fn is_within(pointer: &str, outer: &str) -> bool {
    pointer.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A field that does not fit, from serde's own sentence: it has no codes of its own. The sentence itself is not
/// passed on, because it repeats what was sent.
fn misfit(error: &serde_path_to_error::Error<serde_json::Error>) -> FieldError {
    let (at, sentence) = (pointer(error.path()), error.inner().to_string());
    let below = || format!("{at}/{}", escaped(sentence.split('`').nth(1).unwrap_or_default()));
    if sentence.starts_with("missing field") {
        return FieldProblem::new("missing", "this field is needed").at(below());
    }
    if sentence.starts_with("duplicate field") {
        return FieldProblem::new(DUPLICATE, "this field was sent twice").at(below());
    }
    // What was sent stands before, and may say "expected" too.
    let expected = sentence.rsplit_once("expected ").map_or("a value of another type", |(_, rest)| rest);
    let expected = expected.split(" at line ").next().unwrap_or(expected);
    let code = if sentence.starts_with("unknown field") { UNKNOWN } else { "wrong_type" };
    FieldProblem::new(code, format!("expected {expected}")).at(at)
}

/// RFC 6901.
fn pointer(path: &Path) -> String {
    path.iter().fold(String::new(), |pointer, segment| match segment {
        Segment::Seq { index } => format!("{pointer}/{index}"),
        Segment::Map { key } => format!("{pointer}/{}", escaped(key)),
        Segment::Enum { .. } | Segment::Unknown => pointer,
    })
}

fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only what was sent counts")]
    struct Form {
        name: String,
        #[serde(default)]
        parts: Vec<Part>,
        of: Option<BTreeMap<String, Part>>,
        whole: Option<Part>,
        kind: String,
        is_new: bool,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only what was sent counts")]
    struct Part {
        name: u8,
        other: u8,
    }

    fn mistakes(body: &str) -> Vec<(String, &'static str)> {
        match read::<Form>(body.as_bytes()) {
            Ok(form) => panic!("read as {form:?}"),
            Err(Error::Invalid(errors)) => errors.into_iter().map(|error| (error.pointer, error.code)).collect(),
            Err(error) => vec![(String::new(), error.kind().slug)],
        }
    }

    #[test]
    fn each_mistake_is_told_with_its_place() {
        let rest = r#""kind":"k","is_new":true"#;
        for (body, pointer, code) in [
            (format!("{{{rest}}}"), "/name", "missing"),
            (format!(r#"{{"name":1,{rest}}}"#), "/name", "wrong_type"),
            (format!(r#"{{"name":null,{rest}}}"#), "/name", "wrong_type"),
            (format!(r#"{{"name":"a","na/me~":1,{rest}}}"#), "/na~1me~0", "unknown_field"),
            (format!(r#"{{"name":"a","name":"b",{rest}}}"#), "/name", "duplicate_field"),
            (
                format!(r#"{{"name":"a","parts":[{{"name":1,"other":1}},{{"name":1}}],{rest}}}"#),
                "/parts/1/other",
                "missing",
            ),
            (format!(r#"{{"name":"a","parts":[{{"name":256,"other":1}}],{rest}}}"#), "/parts/0/name", "wrong_type"),
            (format!(r#"{{"name":"a","of":{{"a/b":{{"name":-1,"other":1}}}},{rest}}}"#), "/of/a~1b/name", "wrong_type"),
            (format!(r#"{{"name":"a","whole":7,{rest}}}"#), "/whole", "wrong_type"),
        ] {
            assert_eq!(mistakes(&body), [(pointer.to_owned(), code)], "{body}");
        }
    }

    #[test]
    fn all_mistakes_are_told_at_once() {
        let missing = ["/name", "/kind", "/is_new"].map(|pointer| (pointer.to_owned(), "missing"));
        assert_eq!(mistakes("{}"), missing);
        let body = r#"{"kind":1,"kinds":1,"parts":[7,{"name":1,"nome":1}],"of":{"a":{}},"is_new":"","is_new":""}"#;
        let told = [
            ("/kind", "wrong_type"),
            ("/is_new", "wrong_type"),
            ("/kinds", "unknown_field"),
            ("/of/a/name", "missing"),
            ("/of/a/other", "missing"),
            ("/parts/0", "wrong_type"),
            ("/parts/1/nome", "unknown_field"),
            ("/parts/1/other", "missing"),
            ("/name", "missing"),
        ];
        assert_eq!(mistakes(body), told.map(|(pointer, code)| (pointer.to_owned(), code)));
    }

    #[test]
    fn of_many_mistakes_the_first_are_told() {
        let told = |parts: usize| mistakes(&format!(r#"{{"parts":[{}]}}"#, vec!["{}"; parts].join(",")));
        let of_many = told(1_000);
        assert_eq!(of_many.len(), MOST_TOLD);
        assert_eq!(of_many[1], ("/parts/0/other".to_owned(), "missing"));
        assert_eq!(told(READ_AGAIN_BYTES), [("/parts/0/name".to_owned(), "missing")]);
    }

    #[test]
    fn what_is_no_json_object_is_malformed() {
        for body in ["", " ", "[\"a\",[]]", "\"a\"", "{", "{\"name\":\"a\"", "{'name':1}", "\u{feff}{}", "null"] {
            assert_eq!(mistakes(body)[0].1, "malformed-body", "{body}");
        }
        let whole = r#"{"name":"a","kind":"k","is_new":true}"#;
        assert!(read::<Form>(whole.as_bytes()).is_ok());
        assert_eq!(mistakes(&format!("{whole}x"))[0].1, "malformed-body");
    }

    #[test]
    fn the_detail_does_not_repeat_what_was_sent() {
        for (body, expected) in [
            (r#"{"name":{"secret":1}}"#, "expected a string"),
            (r#"{"name":"a","is_new":"expected a secret"}"#, "expected a boolean"),
        ] {
            let Err(error) = read::<Form>(body.as_bytes()) else { panic!("it is no form") };
            assert_eq!(error.fields()[0].detail, expected);
        }
    }
}
