//! Whatever is sent, the answer is a problem document that says what to mend.

use crate::support::answer::Answer;
use crate::support::app::{Client, TestApp};
use crate::support::on_both_databases;
use crate::support::wire::exchange;
use serde_json::json;

const AGENCIES: &str = "/api/v1/agencies";
const JSON: (&str, &str) = ("content-type", "application/json");
/// What is read of JSON at most.
const LIMIT_BYTES: usize = 256 * 1024;

fn send(client: &Client, body: &[u8]) -> Answer {
    client.send("POST", AGENCIES, &[JSON], Some(body))
}

/// Request lines and the headers of a registrar who enters an agency, with these.
fn head<'a>(authorization: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["POST /api/v1/agencies HTTP/1.1", authorization, "Content-Type: application/json"], more].concat()
}

fn authorization(client: &Client) -> String {
    format!("Authorization: Bearer {}", client.token.clone().expect("signed in"))
}

on_both_databases! {
    fn what_is_no_json_object_cannot_be_read(db) {
        let app = TestApp::start(db);
        let registrar = app.registrar();
        for body in ["", " ", "{", "[]", "null", "7", "\"name\"", "{\"name\":}", "\u{feff}{}", "name=x"] {
            send(&registrar, body.as_bytes()).expect_problem(400, "malformed-body");
        }
        send(&registrar, b"{\"name\":\"\xff\xfe\"}").expect_problem(400, "malformed-body");
        send(&registrar, "[".repeat(100_000).as_bytes()).expect_problem(400, "malformed-body");
        let deep = format!("{{\"name\":{}", "[".repeat(100_000));
        let answer = send(&registrar, deep.as_bytes());
        assert!(matches!(answer.status, 400 | 422), "{}", answer.status);
        registrar.send("POST", AGENCIES, &[JSON], None).expect_problem(400, "malformed-body");
    }

    fn a_field_that_does_not_fit_is_told_by_its_place(db) {
        let app = TestApp::start(db);
        let registrar = app.registrar();
        send(&registrar, b"{}").expect_invalid(&[("/name", "missing"), ("/kind", "missing"), ("/level", "missing")]);
        send(&registrar, br#"{"name":7,"level":"central","licence":"1"}"#).expect_invalid(&[
            ("/name", "wrong_type"), ("/licence", "unknown_field"), ("/kind", "missing"),
        ]);
        let cases: &[(&str, (&str, &str))] = &[
            (r#"{"name":"a","level":"central"}"#, ("/kind", "missing")),
            (r#"{"name":7,"kind":"bao","level":"central"}"#, ("/name", "wrong_type")),
            (r#"{"name":null,"kind":"bao","level":"central"}"#, ("/name", "wrong_type")),
            (r#"{"name":["a"],"kind":"bao","level":"central"}"#, ("/name", "wrong_type")),
            (r#"{"name":"a","kind":"bao","level":"central","licence":"1"}"#, ("/licence", "unknown_field")),
            (r#"{"name":"a","name":"b","kind":"bao","level":"central"}"#, ("/name", "duplicate_field")),
        ];
        for (body, error) in cases {
            let answer = send(&registrar, body.as_bytes());
            answer.expect_invalid(&[*error]);
        }
    }

    fn a_problem_does_not_repeat_what_was_sent(db) {
        let app = TestApp::start(db);
        let registrar = app.registrar();
        for body in [
            r#"{"name":{"Nguyễn Bí Mật":1}}"#,
            r#"{"name":"a","kind":"Nguyễn Bí Mật","level":"Nguyễn Bí Mật"}"#,
            r#"{"name":"a","kind":"bao","level":"local","province":"Nguyễn Bí Mật"}"#,
        ] {
            let answer = send(&registrar, body.as_bytes()).expect_problem(422, "invalid");
            assert!(!answer.body_text().contains("Bí Mật"), "{}", answer.body_text());
        }
    }

    fn an_address_that_is_none_and_a_method_that_is_none_are_told_apart(db) {
        let app = TestApp::start(db);
        let registrar = app.registrar();
        for path in ["/nowhere", "/api", "/api/v2/agencies", "/livez/", "/docs/nowhere.js", "/problems/nowhere"] {
            app.anonymous().get(path).expect_problem(404, "not-found");
        }
        for path in ["/api/v1/nowhere", "/api/v1/agencies/", "/api/v1//agencies", "/api/v1/agencies/1/nowhere"] {
            app.anonymous().get(path).expect_problem(401, "unauthenticated");
            registrar.get(path).expect_problem(404, "not-found");
        }
        for (method, path, allow) in [
            ("DELETE", "/api/v1/agencies", "GET, POST, HEAD"),
            ("PUT", "/api/v1/agencies/1", "GET, PATCH, HEAD"),
            ("GET", "/api/v1/verifications", "POST"),
            ("GET", "/api/v1/sessions", "POST"),
            ("POST", "/api/v1/sessions/current", "DELETE"),
            ("OPTIONS", "/api/v1/agencies", "GET, POST, HEAD"),
            ("TRACE", "/api/v1/agencies", "GET, POST, HEAD"),
            ("NGUYEN", "/api/v1/agencies", "GET, POST, HEAD"),
            ("POST", "/livez", "GET, HEAD"),
            ("DELETE", "/v", "GET, POST, HEAD"),
            ("POST", "/", "GET, HEAD"),
        ] {
            let line = format!("{method} {path} HTTP/1.1");
            let answer = exchange(&app.base, &[&line, &authorization(&registrar)], b"");
            let answer = answer.expect_problem(405, "method-not-allowed");
            assert_eq!(answer.header("allow"), Some(allow), "{method} {path}");
        }
    }

    fn what_is_announced_or_turns_out_to_be_too_large_is_not_read(db) {
        let app = TestApp::start(db);
        let authorization = authorization(&app.registrar());
        let length = format!("Content-Length: {}", LIMIT_BYTES + 1);
        let told = exchange(&app.base, &head(&authorization, &[&length]), b"").expect_problem(413, "too-large");
        assert!(told.text("/detail").contains(&LIMIT_BYTES.to_string()));
        // The limit itself is read, and found to be no JSON.
        let length = format!("Content-Length: {LIMIT_BYTES}");
        let spaces = vec![b' '; LIMIT_BYTES];
        exchange(&app.base, &head(&authorization, &[&length]), &spaces).expect_problem(400, "malformed-body");

        let chunk = [format!("{:x}\r\n", LIMIT_BYTES).as_bytes(), &spaces, b"\r\n"].concat();
        let chunked = ["Transfer-Encoding: chunked"];
        let whole = [chunk.as_slice(), b"0\r\n\r\n"].concat();
        exchange(&app.base, &head(&authorization, &chunked), &whole).expect_problem(400, "malformed-body");
        let more = [chunk.as_slice(), b"1\r\n \r\n"].concat();
        exchange(&app.base, &head(&authorization, &chunked), &more).expect_problem(413, "too-large");
    }

    fn a_body_of_another_kind_is_not_read(db) {
        let app = TestApp::start(db);
        let registrar = app.registrar();
        let body = json!({ "name": "Báo Thử", "short_name": "Thử", "kind": "bao", "level": "central" }).to_string();
        for media_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/xml"] {
            let headers = [("content-type", media_type)];
            registrar.send("POST", AGENCIES, &headers, Some(body.as_bytes())).expect_problem(415, "unsupported-media-type");
        }
        registrar.send("POST", AGENCIES, &[], Some(body.as_bytes())).expect_problem(415, "unsupported-media-type");
        let packed = [JSON, ("content-encoding", "gzip")];
        registrar.send("POST", AGENCIES, &packed, Some(body.as_bytes())).expect_problem(415, "unsupported-media-type");
        let spelled = [("content-type", "Application/JSON; charset=utf-8")];
        registrar.send("POST", AGENCIES, &spelled, Some(body.as_bytes())).expect(201);
    }

    fn who_may_not_do_a_thing_is_told_so_before_the_form_is_looked_at(db) {
        let app = TestApp::start(db);
        send(&app.anonymous(), b"{").expect_problem(401, "unauthenticated");
        send(&app.auditor(), b"{").expect_problem(403, "forbidden");
        app.auditor().send("POST", AGENCIES, &[("content-type", "text/plain")], Some(b"x")).expect_problem(403, "forbidden");
    }

    fn a_parameter_that_is_not_known_is_not_ignored(db) {
        let app = TestApp::start(db);
        let registrar = app.registrar();
        registrar.get("/api/v1/agencies?querry=a").expect_invalid(&[("query:querry", "unknown_parameter")]);
        registrar.get("/api/v1/agencies?query=a&query=b").expect_invalid(&[("query:query", "duplicate_field")]);
        registrar.get("/api/v1/me?verbose=1").expect_invalid(&[("query:verbose", "unknown_parameter")]);
        app.anonymous().get("/livez?a=b").expect_invalid(&[("query:a", "unknown_parameter")]);
    }

    fn every_kind_of_problem_is_explained_at_its_own_address(db) {
        let app = TestApp::start(db);
        for kind in press_registry::error::Error::KINDS {
            let page = app.anonymous().get(&format!("/problems/{}", kind.slug)).expect(200);
            assert!(page.body_text().contains(kind.slug), "{}", kind.slug);
        }
        let kind = app.anonymous().get("/nowhere").text("/type");
        app.anonymous().get(kind.strip_prefix(&app.base).expect("an address here")).expect(200);
    }
}
