//! A request is let in when its headers come; its body may take its time. What it changes is decided when it is changed.

use crate::support::answer::Answer;
use crate::support::app::{Client, TestAgency, TestApp};
use crate::support::fixtures::picture;
use crate::support::on_both_databases;
use crate::support::wire::Wire;
use serde_json::json;

/// A request that was let in; half of its body is still to come.
struct Halfway {
    wire: Wire,
    rest: Vec<u8>,
}

impl Halfway {
    fn begin(app: &TestApp, client: &Client, request: &str, headers: &[(&str, &str)], body: &[u8]) -> Self {
        // Seen a moment ago: so that it is let in before the server asks for the body.
        client.get("/api/v1/me").expect(200);
        let token = client.token.as_deref().expect("a token");
        let mut head = format!(
            "{request} HTTP/1.1\r\nHost: registry.test\r\nAuthorization: Bearer {token}\r\nExpect: 100-continue\r\n\
             Content-Length: {}\r\n",
            body.len()
        );
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let mut wire = Wire::to(&app.base);
        wire.send(format!("{head}\r\n").as_bytes());
        assert_eq!(wire.head().0, 100);
        let (half, rest) = body.split_at(body.len() / 2);
        wire.send(half);
        Self { wire, rest: rest.to_vec() }
    }

    fn finish(mut self) -> Answer {
        self.wire.send(&self.rest);
        self.wire.answer("POST")
    }
}

fn people(app: &TestApp, agency: &TestAgency) -> Vec<String> {
    app.head(agency).list(&format!("/api/v1/agencies/{}/people", agency.id), "/id")
}

/// What takes a caller's rights away.
type End<'a> = Box<dyn Fn(&Client) + 'a>;

/// Every one of them.
fn ends(app: &TestApp) -> Vec<(&'static str, End<'_>)> {
    let account = |client: &Client| format!("/api/v1/users/{}", client.user.expect("somebody"));
    vec![
        (
            "disabled",
            Box::new(move |client| {
                let admin = app.admin();
                let etag = admin.get(&account(client)).expect(200).etag();
                admin.patch(&account(client), &etag, &json!({ "state": "disabled" })).expect(200);
            }),
        ),
        (
            "reset",
            Box::new(move |client| {
                app.admin().send("POST", &format!("{}/reset", account(client)), &[], None).expect(201);
            }),
        ),
        (
            "signed out",
            Box::new(|client| {
                client.delete("/api/v1/sessions/current").expect(204);
            }),
        ),
    ]
}

on_both_databases! {
    fn whoever_lost_their_rights_halfway_changes_nothing(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let path = format!("POST /api/v1/agencies/{}/people", agency.id);
        let json = [("Content-Type", "application/json")];
        for (how, end) in ends(&app) {
            let clerk = app.clerk(&agency);
            let form = app.person_form().to_string();
            let halfway = Halfway::begin(&app, &clerk, &path, &json, form.as_bytes());
            end(&clerk);
            halfway.finish().expect_problem(401, "unauthenticated");
            assert_eq!(people(&app, &agency), Vec::<String>::new(), "{how}");
        }
        let clerk = app.clerk(&agency);
        let halfway = Halfway::begin(&app, &clerk, &path, &json, app.person_form().to_string().as_bytes());
        halfway.finish().expect(201);
        assert_eq!(people(&app, &agency).len(), 1, "who is still there is served");
    }

    fn whoever_lost_their_rights_halfway_sets_no_portrait(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = app.person(&agency);
        let path = format!("PUT {}/portrait", person.path("people"));
        let etag = person.etag();
        let headers = [("Content-Type", "image/png"), ("If-Match", etag.as_str())];
        for (how, end) in ends(&app) {
            let clerk = app.clerk(&agency);
            let halfway = Halfway::begin(&app, &clerk, &path, &headers, &picture(1));
            end(&clerk);
            halfway.finish().expect_problem(401, "unauthenticated");
            assert_eq!(app.head(&agency).get(&person.path("people")).expect(200).etag(), etag, "{how}");
        }
        let halfway = Halfway::begin(&app, &app.clerk(&agency), &path, &headers, &picture(1));
        halfway.finish().expect(200);
    }
}
