//! JSON as sent to us: every mistake is told with its place.

use crate::error::Error;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::error::Category;
use serde_path_to_error::{Path, Segment};

/// What a JSON object says.
///
/// # Errors
/// 400 with line and column where it is not a JSON object; 422 with a pointer to the field that is missing, unknown
/// or of another type.
pub(super) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    // Serde would read a list as the fields of an object in their order.
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
        return Err(Error::MalformedBody("The body is to be a JSON object.".into()));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| told(error.path(), error.inner()))?;
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

fn told(path: &Path, error: &serde_json::Error) -> Error {
    match error.classify() {
        Category::Data => misfit(path, &error.to_string()),
        Category::Syntax | Category::Eof | Category::Io => malformed(error),
    }
}

/// A field that does not fit, from serde's own sentence: it has no codes of its own. The sentence itself is not
/// passed on, because it repeats what was sent.
fn misfit(path: &Path, sentence: &str) -> Error {
    let at = pointer(path);
    let below = || format!("{at}/{}", escaped(sentence.split('`').nth(1).unwrap_or_default()));
    if sentence.starts_with("missing field") {
        return Error::invalid(below(), "missing", "this field is needed");
    }
    if sentence.starts_with("duplicate field") {
        return Error::invalid(below(), "duplicate_field", "this field was sent twice");
    }
    let expected = sentence.split_once("expected ").map_or("a value of another type", |(_, rest)| rest);
    let expected = expected.split(" at line ").next().unwrap_or(expected);
    if sentence.starts_with("unknown field") {
        return Error::invalid(at, "unknown_field", format!("expected {expected}"));
    }
    Error::invalid(at, "wrong_type", format!("expected {expected}"))
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

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Form {
        #[expect(dead_code, reason = "only its presence counts")]
        name: String,
        #[serde(default)]
        #[expect(dead_code, reason = "only its form counts")]
        parts: Vec<Part>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Part {
        #[expect(dead_code, reason = "only its form counts")]
        name: u8,
    }

    fn told(body: &str) -> (String, &'static str) {
        match read::<Form>(body.as_bytes()) {
            Ok(form) => panic!("read as {form:?}"),
            Err(Error::Invalid(errors)) => (errors[0].pointer.clone(), errors[0].code),
            Err(error) => (String::new(), error.kind().slug),
        }
    }

    #[test]
    fn each_mistake_is_told_with_its_place() {
        for (body, pointer, code) in [
            ("{}", "/name", "missing"),
            (r#"{"name":1}"#, "/name", "wrong_type"),
            (r#"{"name":null}"#, "/name", "wrong_type"),
            (r#"{"name":"a","na/me~":1}"#, "/na~1me~0", "unknown_field"),
            (r#"{"name":"a","name":"b"}"#, "/name", "duplicate_field"),
            (r#"{"name":"a","parts":[{"name":1},{}]}"#, "/parts/1/name", "missing"),
            (r#"{"name":"a","parts":[{"name":256}]}"#, "/parts/0/name", "wrong_type"),
            (r#"{"name":"a","parts":[{"nome":1}]}"#, "/parts/0/nome", "unknown_field"),
        ] {
            assert_eq!(told(body), (pointer.to_owned(), code), "{body}");
        }
    }

    #[test]
    fn what_is_no_json_object_is_malformed() {
        for body in ["", " ", "[\"a\",[]]", "\"a\"", "{", "{\"name\":\"a\"}x", "{'name':1}", "\u{feff}{}", "null"] {
            assert_eq!(told(body).1, "malformed-body", "{body}");
        }
    }

    #[test]
    fn the_detail_does_not_repeat_what_was_sent() {
        let Err(error) = read::<Form>(br#"{"name":{"secret":1}}"#) else { panic!("it is no form") };
        assert_eq!(error.fields()[0].detail, "expected a string");
    }
}
