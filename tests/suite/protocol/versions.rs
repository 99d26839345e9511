//! ETags, `If-None-Match` and `If-Match`.

use crate::support::app::TestApp;
use crate::support::on_both_databases;
use serde_json::json;

on_both_databases! {
    fn what_the_caller_holds_is_not_sent_again(db) {
        let app = TestApp::start(db);
        let (registrar, agency) = (app.registrar(), app.central_agency());
        let agency = format!("/api/v1/agencies/{}", agency.id);
        for path in [
            &*agency,
            "/api/v1/agencies",
            "/api/v1/me",
            "/api/v1/provinces",
            "/.well-known/press-registry/issuer",
            "/.well-known/press-registry/issuer.sig",
            "/openapi.json",
        ] {
            let whole = registrar.get(path).expect(200);
            let etag = whole.etag();
            assert!(etag.starts_with('"') && etag.ends_with('"') && etag.len() > 2, "{path}: {etag} is not strong");
            for held in [etag.clone(), format!("\"other\", {etag}"), format!("W/{etag}"), "*".into()] {
                let short = registrar.get_with(path, &[("if-none-match", &held)]).expect(304);
                assert!(short.body.is_empty(), "{path}");
                assert_eq!(short.etag(), etag, "{path}");
                assert_eq!(short.header("cache-control"), whole.header("cache-control"), "{path}");
            }
            let again = registrar.get_with(path, &[("if-none-match", "\"other\"")]).expect(200);
            assert_eq!(again.body, whole.body, "{path}");
        }
    }

    fn an_etag_is_another_one_after_every_change(db) {
        let app = TestApp::start(db);
        let (registrar, agency) = (app.registrar(), app.central_agency());
        let path = format!("/api/v1/agencies/{}", agency.id);
        let mut etags = vec![agency.etag];
        for website in ["https://a.example", "https://b.example", "https://a.example"] {
            let changed = registrar.patch(&path, etags.last().expect("one"), &json!({ "website": website })).expect(200);
            assert_eq!(registrar.get(&path).etag(), changed.etag());
            assert!(!etags.contains(&changed.etag()), "back to the same words is not back to the same version");
            etags.push(changed.etag());
        }
    }

    fn only_the_newest_version_by_its_strong_name_opens_a_change(db) {
        let app = TestApp::start(db);
        let (registrar, agency) = (app.registrar(), app.central_agency());
        let path = format!("/api/v1/agencies/{}", agency.id);
        let change = |if_match: Option<&str>| {
            let mut headers = vec![("content-type", "application/json")];
            headers.extend(if_match.map(|tags| ("if-match", tags)));
            let body = json!({ "website": format!("https://{}.example", app.serial()) }).to_string();
            registrar.send("PATCH", &path, &headers, Some(body.as_bytes()))
        };
        let etag = agency.etag;
        change(None).expect_problem(428, "precondition-required");
        for stale in ["*", "", "\"\"", "\"999\"", etag.trim_matches('"'), &format!("W/{etag}"), "\"998\", \"999\""] {
            change(Some(stale)).expect_problem(412, "precondition-failed");
        }
        let changed = change(Some(&format!("\"998\", {etag},\"999\""))).expect(200);
        change(Some(&etag)).expect_problem(412, "precondition-failed");
        change(Some(&changed.etag())).expect(200);
        // What stands in the form is looked at last.
        let headers = [("content-type", "application/json"), ("if-match", &*etag)];
        registrar.send("PATCH", &path, &headers, Some(b"{")).expect_problem(412, "precondition-failed");
    }

    fn an_event_needs_the_version_too(db) {
        let app = TestApp::start(db);
        let card = app.issued_card(&app.central_agency());
        let registrar = app.registrar();
        let suspend = json!({ "event": "suspend", "reason": "reported stolen", "ground": "inquiry" });
        let events = format!("{}/events", card.path("credentials"));
        registrar.post(&events, &suspend).expect_problem(428, "precondition-required");
        registrar.event(&card.path("credentials"), "\"0\"", suspend.clone()).expect_problem(412, "precondition-failed");
        let suspended = registrar.event(&card.path("credentials"), &card.etag(), suspend.clone()).expect(201);
        assert_eq!(registrar.get(&card.path("credentials")).etag(), suspended.etag());
        assert_eq!(registrar.get(&card.path("credentials")).body, suspended.body);
        registrar.event(&card.path("credentials"), &card.etag(), suspend).expect_problem(412, "precondition-failed");
    }
}
