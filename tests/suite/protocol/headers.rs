//! What every answer carries, and what answers outside `/api/v1`.

use crate::support::answer::Answer;
use crate::support::app::TestApp;
use crate::support::on_both_databases;
use crate::support::wire::exchange;
use serde_json::json;
use std::collections::BTreeSet;

/// What every answer carries, whatever it is.
const ALWAYS: &[(&str, &str)] = &[
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

#[track_caller]
fn assert_safe(what: &str, answer: &Answer) {
    for (name, value) in ALWAYS {
        assert_eq!(answer.header(name), Some(*value), "{what}");
    }
    let policy = answer.header("content-security-policy").unwrap_or_default();
    assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{what}: {policy}");
    assert!(!policy.contains("http") && !policy.contains('*') && !policy.contains("unsafe-eval"), "{what}: {policy}");
    assert!(answer.header("cache-control").is_some(), "{what}");
    assert_eq!(answer.header("strict-transport-security"), None, "{what} went over plain HTTP");
    assert_eq!(answer.header("server"), None, "{what}");
    assert_eq!(answer.header("set-cookie"), None, "{what}");
}

on_both_databases! {
    fn every_answer_is_safe_to_show_and_the_personal_ones_are_nobodys_to_keep(db) {
        let app = TestApp::start(db);
        let card = app.issued_card(&app.central_agency());
        let registrar = app.registrar();
        let code = json!({ "code": card.text("/code") });
        let personal = [
            ("a record", registrar.get(&card.path("credentials")).expect(200)),
            ("a picture", registrar.get(&format!("{}/qr?format=png", card.path("credentials"))).expect(200)),
            ("a list", registrar.get("/api/v1/credentials").expect(200)),
            ("an account", registrar.get("/api/v1/me").expect(200)),
            ("a verdict", app.anonymous().post("/api/v1/verifications", &code).expect(200)),
            ("something made", app.admin().post("/api/v1/users", &json!({ "email": "a@test.example", "role": "auditor" })).expect(201)),
            ("nothing", app.auditor().delete("/api/v1/sessions/current").expect(204)),
            ("401", app.anonymous().get("/api/v1/me").expect(401)),
            ("403", app.auditor().get("/api/v1/users").expect(403)),
            ("404", app.anonymous().get("/nowhere").expect(404)),
            ("405", app.anonymous().delete("/livez").expect(405)),
            ("413", exchange(&app.base, &["POST /api/v1/verifications HTTP/1.1", "Content-Length: 9999999"], b"").expect(413)),
            ("422", registrar.get("/api/v1/agencies?limit=0").expect(422)),
        ];
        for (what, answer) in &personal {
            assert_safe(what, answer);
            assert_eq!(answer.header("cache-control"), Some("no-store"), "{what}");
        }
        for path in ["/", "/report", "/v", "/V", "/v/style.css", "/v/worker.js", "/docs/", "/openapi.json", "/livez", "/readyz", "/metrics"] {
            assert_safe(path, &app.anonymous().get(path).expect(200));
        }
        let has_id = |answer: &Answer| answer.header("x-request-id").is_some();
        for (what, answer) in &personal {
            assert!(has_id(answer), "{what}");
        }
        app.registry.publish_lists().expect("signed");
        // What has no line in the log has no id that would name it.
        for path in ["/v", "/V", "/v/style.css", "/v/worker.js", "/status/0", "/.well-known/press-registry/issuer"] {
            assert!(!has_id(&app.anonymous().get(path).expect(200)), "{path}");
        }
        assert!(has_id(&app.anonymous().get("/status/99").expect(404)), "but a failure has");
        for path in ["/", "/report"] {
            let page = app.anonymous().get(path).expect(200);
            let policy = page.header("content-security-policy").expect("a policy");
            assert!(!policy.contains("script-src") && !policy.contains("connect-src"), "{path}: {policy}");
            assert!(!page.body_text().contains("<script"), "{path}");
        }
        // Whoever is told that nothing changed goes on with the headers it has.
        for path in ["/openapi.json", "/v", "/status/0"] {
            let unchanged = app.anonymous().get_with(path, &[("if-none-match", "*")]).expect(304);
            assert!(unchanged.header("etag").is_some() && unchanged.header("cache-control").is_some(), "{path}");
            assert_eq!(unchanged.header("x-content-type-options"), None, "{path}");
        }
    }

    fn a_request_keeps_its_own_id_if_it_is_a_uuid_and_gets_one_if_not(db) {
        let app = TestApp::start(db);
        let own = "01890a5d-ac96-774b-bcce-b302099a8057";
        let id = |sent: &str| {
            let answer = app.anonymous().get_with("/livez", &[("x-request-id", sent)]).expect(200);
            answer.header("x-request-id").expect("an id").to_owned()
        };
        assert_eq!(id(own), own);
        let made: BTreeSet<String> = ["Nguyễn".escape_unicode().to_string().as_str(), "1", "", "x".repeat(3_000).as_str()]
            .into_iter()
            .map(id)
            .collect();
        assert_eq!(made.len(), 4);
        assert!(made.iter().all(|id| uuid::Uuid::try_parse(id).is_ok()), "{made:?}");
    }

    fn head_is_get_without_the_body(db) {
        let app = TestApp::start(db);
        let registrar = app.registrar();
        let agency = app.central_agency();
        let authorization = format!("Authorization: Bearer {}", registrar.token.clone().expect("signed in"));
        for path in [&*format!("/api/v1/agencies/{}", agency.id), "/api/v1/agencies", "/livez", "/openapi.json", "/", "/v"] {
            let whole = registrar.get(path).expect(200);
            let head = exchange(&app.base, &[&format!("HEAD {path} HTTP/1.1"), &authorization], b"");
            assert_eq!(head.status, 200, "{path}");
            for name in ["content-type", "etag", "content-length", "cache-control"] {
                assert_eq!(head.header(name), whole.header(name), "{name} of {path}");
            }
        }
        let missing = exchange(&app.base, &["HEAD /nowhere HTTP/1.1"], b"");
        assert_eq!((missing.status, missing.header("content-type")), (404, Some("application/problem+json")));
        assert_eq!(exchange(&app.base, &["HEAD /api/v1/verifications HTTP/1.1"], b"").status, 401);
    }

    fn a_node_says_that_it_lives_that_it_is_ready_and_what_it_did(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        app.registrar().get(&format!("/api/v1/agencies/{}", agency.id)).expect(200);
        app.registrar().get("/api/v1/agencies/nothing").expect(404);
        app.anonymous().get("/nowhere").expect(404);
        assert_eq!(app.anonymous().get("/livez").expect(200).json(), json!({ "status": "ok" }));
        assert_eq!(app.anonymous().get("/readyz").expect(200).json(), json!({ "status": "ok" }));
        let metrics = app.anonymous().get("/metrics").expect(200);
        assert_eq!(metrics.header("content-type"), Some("application/openmetrics-text; version=1.0.0; charset=utf-8"));
        let text = metrics.body_text();
        for line in [
            r#"press_registry_http_requests_total{method="GET",route="/api/v1/agencies/{id}",class="2xx"} 1"#,
            r#"press_registry_http_requests_total{method="GET",route="/api/v1/agencies/{id}",class="4xx"} 1"#,
            r#"press_registry_http_requests_total{method="GET",route="none",class="4xx"} 1"#,
            r#"press_registry_http_requests_total{method="POST",route="/api/v1/agencies",class="2xx"} 1"#,
        ] {
            assert!(text.lines().any(|it| it == line), "no {line} in {text}");
        }
        assert!(text.ends_with("# EOF\n"));
    }

    fn the_description_is_served_as_it_is_kept_and_browsed_with_nothing_from_elsewhere(db) {
        let app = TestApp::start(db);
        let served = app.anonymous().get("/openapi.json").expect(200);
        assert_eq!(served.body_text(), press_registry::api::document(press_registry::api::openapi()));
        assert_eq!(app.anonymous().get("/docs").expect(308).header("location"), Some("/docs/"));
        let page = app.anonymous().get("/docs/").expect(200).body_text();
        for attribute in ["src=\"", "href=\""] {
            for (_, rest) in page.match_indices(attribute).map(|(at, it)| page.split_at(at + it.len())) {
                let address = rest.split('"').next().unwrap_or_default();
                assert!(!address.contains("//"), "{address} is elsewhere");
                app.anonymous().get(&format!("/docs/{}", address.trim_start_matches("./"))).expect(200);
            }
        }
    }
}
