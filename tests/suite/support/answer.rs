//! Answers, and the description of the API that each of them is held against.

use press_registry::api;
use press_registry::error::Error;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

/// What the registry answered.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: ureq::http::HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(super) fn read(response: ureq::http::Response<ureq::Body>) -> Self {
        let (parts, mut body) = response.into_parts();
        let body = body.with_config().limit(64 << 20).read_to_vec().expect("a whole body");
        Self { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    /// This answer, if it has this status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        self
    }

    /// This answer, if it is a problem of this kind.
    #[track_caller]
    pub(crate) fn expect_problem(self, status: u16, slug: &str) -> Self {
        let answer = self.expect(status);
        assert!(answer.text("/type").ends_with(&format!("/problems/{slug}")), "{}", answer.text("/type"));
        answer
    }

    /// This answer, if it is 422 and tells of exactly these fields: pointer and code.
    #[track_caller]
    pub(crate) fn expect_invalid(self, fields: &[(&str, &str)]) -> Self {
        let answer = self.expect_problem(422, "invalid");
        let errors = answer.json()["errors"].as_array().cloned().unwrap_or_default();
        let told: Vec<(String, String)> = errors
            .iter()
            .map(|e| (e["pointer"].as_str().unwrap_or("?").to_owned(), e["code"].as_str().unwrap_or("?").to_owned()))
            .collect();
        let told: Vec<(&str, &str)> = told.iter().map(|(pointer, code)| (pointer.as_str(), code.as_str())).collect();
        assert_eq!(told, fields);
        answer
    }

    /// This answer, if it is this PDF under this name: handed out, and never shown in a page.
    #[track_caller]
    pub(crate) fn expect_attachment(self, name: &str, pdf: &[u8]) -> Self {
        let answer = self.expect(200);
        assert_eq!(answer.body, pdf);
        let disposition = format!("attachment; filename=\"{name}\"");
        for (header, value) in [
            ("content-type", "application/pdf"),
            ("content-disposition", disposition.as_str()),
            ("x-content-type-options", "nosniff"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(answer.header(header), Some(value));
        }
        answer
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {:?}", self.body_text()))
    }

    pub(crate) fn body_text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The text at a pointer.
    #[track_caller]
    pub(crate) fn text(&self, pointer: &str) -> String {
        let json = self.json();
        let found = json.pointer(pointer).unwrap_or_else(|| panic!("nothing at {pointer} of {json}"));
        found.as_str().map_or_else(|| found.to_string(), str::to_owned)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("visible ASCII"))
    }

    #[track_caller]
    pub(crate) fn etag(&self) -> String {
        self.header("etag").expect("an ETag").to_owned()
    }

    /// The address of this thing, among things of this name.
    #[track_caller]
    pub(crate) fn path(&self, things: &str) -> String {
        format!("/api/v1/{things}/{}", self.text("/id"))
    }
}

/// The API as described.
pub(crate) struct Contract {
    document: Value,
    validators: Mutex<HashMap<String, jsonschema::Validator>>,
}

impl Contract {
    pub(crate) fn of_the_api() -> &'static Self {
        static CONTRACT: LazyLock<Contract> = LazyLock::new(|| Contract {
            document: serde_json::to_value(api::openapi()).expect("JSON"),
            validators: Mutex::default(),
        });
        &CONTRACT
    }

    /// Every operation: method, path template, and its name.
    pub(crate) fn operations(&self) -> Vec<(String, String, String)> {
        let paths = self.document["paths"].as_object().expect("paths");
        let of_path = |(path, item): (&String, &Value)| {
            let methods = item.as_object().expect("a path item").iter();
            let named = methods.filter_map(|(method, operation)| {
                Some((method.to_uppercase(), path.clone(), operation.get("operationId")?.as_str()?.to_owned()))
            });
            named.collect::<Vec<_>>()
        };
        paths.iter().flat_map(of_path).collect()
    }

    /// A problem is of a known kind; an answer of a known operation has a status and a form that are described.
    #[track_caller]
    pub(crate) fn check(&self, method: &str, path: &str, answer: &Answer) {
        let is_page = answer.header("content-type").is_some_and(|it| it.starts_with("text/html"));
        if answer.status >= 400 && !is_page {
            self.check_problem(method, path, answer);
        }
        let Some((template, operation)) = self.operation(method, path) else { return };
        if answer.status == 304 || method == "HEAD" {
            return;
        }
        let described = &operation["responses"][answer.status.to_string()];
        assert!(described.is_object(), "{method} {template} answers {}, which is not described", answer.status);
        let media_type = answer.header("content-type").unwrap_or_default().split(';').next().unwrap_or_default();
        if answer.status < 400 && media_type == "application/json" {
            let pointer = format!(
                "/paths/{}/{}/responses/{}/content/application~1json/schema",
                template.replace('~', "~0").replace('/', "~1"),
                method.to_lowercase(),
                answer.status
            );
            self.check_form(&pointer, &answer.json());
        }
    }

    #[track_caller]
    fn check_problem(&self, method: &str, path: &str, answer: &Answer) {
        assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{method} {path}");
        let problem = answer.json();
        let known = Error::KINDS.iter().any(|kind| {
            problem["type"].as_str().is_some_and(|it| it.ends_with(&format!("/problems/{}", kind.slug)))
                && problem["status"] == kind.status
                && problem["title"] == kind.title
        });
        assert!(known, "{method} {path}: not a known problem: {problem}");
        let instance = format!("urn:request:{}", answer.header("x-request-id").unwrap_or_default());
        assert_eq!(problem["instance"], instance.as_str(), "{method} {path}");
        self.check_form("/components/schemas/Problem", &problem);
    }

    #[track_caller]
    fn check_form(&self, pointer: &str, value: &Value) {
        let Some(schema) = self.document.pointer(pointer) else { panic!("nothing is described at {pointer}") };
        let mut validators = self.validators.lock().expect("no panic while it was held");
        let validator = validators.entry(pointer.to_owned()).or_insert_with(|| {
            let mut whole = schema.clone();
            // References point into the whole document.
            if let Some(whole) = whole.as_object_mut() {
                whole.insert("components".into(), self.document["components"].clone());
            }
            jsonschema::validator_for(&whole).expect("a schema")
        });
        let errors: Vec<String> = validator.iter_errors(value).map(|error| error.to_string()).collect();
        drop(validators);
        assert!(errors.is_empty(), "{pointer}: {errors:?} in {value}");
    }

    fn operation(&self, method: &str, path: &str) -> Option<(&str, &Value)> {
        let path = path.split('?').next().unwrap_or_default();
        let paths = self.document["paths"].as_object()?;
        let fits = |template: &str| {
            let (mut template, mut path) = (template.split('/'), path.split('/'));
            loop {
                match (template.next(), path.next()) {
                    (None, None) => return true,
                    (Some(part), Some(_)) if part.starts_with('{') => {}
                    (Some(part), Some(other)) if part == other => {}
                    (_, _) => return false,
                }
            }
        };
        // A literal address goes before one with a parameter.
        let mut fitting: Vec<_> = paths.iter().filter(|(template, _)| fits(template)).collect();
        fitting.sort_by_key(|(template, _)| template.matches('{').count());
        fitting.into_iter().find_map(|(template, item)| Some((template.as_str(), item.get(method.to_lowercase())?)))
    }
}
