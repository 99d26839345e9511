//! Somebody who uses the API: what they send goes through the network, and what they are answered is held against the API's
//! description.

use crate::support::answer::{Answer, Contract};
use press_registry::domain::ids::UserId;
use serde_json::{Value, json};

/// A connection for each request: one that was kept may be closed by the server just when it is used again.
fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).max_idle_connections(0);
    config.build().new_agent()
}

/// Somebody who uses the API.
#[derive(Clone)]
pub(crate) struct Client {
    pub(super) base: String,
    pub(crate) token: Option<String>,
    pub(super) agent: ureq::Agent,
    pub(crate) user: Option<UserId>,
}

impl Client {
    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], None)
    }

    pub(crate) fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send("GET", path, headers, None)
    }

    pub(crate) fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, &[], None)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_with(path, &[], body)
    }

    pub(crate) fn post_with(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        let headers = [&[("content-type", "application/json")], headers].concat();
        self.send("POST", path, &headers, Some(body.to_string().as_bytes()))
    }

    /// Lets an event happen to the thing at `path`, read in the version of `etag`.
    pub(crate) fn event(&self, path: &str, etag: &str, body: Value) -> Answer {
        self.post_with(&format!("{path}/events"), &[("if-match", etag)], &body)
    }

    pub(crate) fn patch(&self, path: &str, etag: &str, body: &Value) -> Answer {
        let headers = [("content-type", "application/json"), ("if-match", etag)];
        self.send("PATCH", path, &headers, Some(body.to_string().as_bytes()))
    }

    pub(crate) fn put(&self, path: &str, etag: &str, media_type: &str, body: &[u8]) -> Answer {
        self.send("PUT", path, &[("content-type", media_type), ("if-match", etag)], Some(body))
    }

    /// Sends a request as it is. Every answer is held against the API's description.
    pub(crate) fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&[u8]>) -> Answer {
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let sent = match body {
            Some(body) => self.agent.run(request.body(body).expect("a request")),
            None => self.agent.run(request.body(()).expect("a request")),
        };
        let answer = Answer::read(sent.expect("an answer"));
        Contract::of_the_api().check(method, path, &answer);
        answer
    }

    /// Nobody in particular, at this address.
    pub(crate) fn at(base: &str) -> Self {
        Self { base: base.to_owned(), token: None, agent: agent(), user: None }
    }

    /// Signs in with an e-mail address and a password or one-time code.
    pub(crate) fn sign_in(&self, email: &str, password: &str) -> Answer {
        self.post("/api/v1/sessions", &json!({ "email": email, "password": password }))
    }

    /// The same, with this access token.
    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// The same, as whoever was answered these tokens.
    pub(crate) fn with_tokens(&self, tokens: &Answer) -> Self {
        self.with_token(&tokens.text("/access_token"))
    }
}
