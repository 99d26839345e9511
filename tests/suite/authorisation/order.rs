//! One question after the other: 401, 403 or 404, replay, 428, 412, 422. Whoever fails an earlier one is not told
//! anything about a later one.

use crate::support::answer::Answer;
use crate::support::app::{Client, TestAgency, TestApp};
use crate::support::on_both_databases;
use serde_json::{Value, json};

const JSON: (&str, &str) = ("content-type", "application/json");
/// A body that no operation reads.
const BROKEN: &[u8] = b"{";

/// A change of each noun: the method, the address, and a body that would do.
type Change = (&'static str, String, Value);

/// Sends a change in each way that the last check would refuse: a body that is broken, empty or of another kind, a
/// parameter that there is not, a key that is none.
fn in_every_wrong_way(client: &Client, (method, path, body): &Change, if_match: Option<&str>) -> Vec<Answer> {
    let if_match: Vec<_> = if_match.map(|etag| ("if-match", etag)).into_iter().collect();
    let good = body.to_string();
    let send =
        |path: &str, header, body: &[u8]| client.send(method, path, &[&if_match[..], &[header]].concat(), Some(body));
    let keyed = [&if_match[..], &[JSON, ("idempotency-key", "not a key")]].concat();
    vec![
        send(path, JSON, BROKEN),
        send(path, JSON, b""),
        send(path, ("content-type", "text/plain"), good.as_bytes()),
        send(&format!("{path}?no=1"), JSON, good.as_bytes()),
        client.send(method, path, &keyed, Some(good.as_bytes())),
    ]
}

/// The changes that a clerk may make in their agency, and a person's ETag.
fn changes(app: &TestApp, agency: &TestAgency) -> (Vec<Change>, String) {
    let person = app.person(agency);
    let (id, engagement) = (person.text("/id"), person.text("/engagements/0/id"));
    let people = person.path("people");
    let application = app.draft(agency, &[&id]).path("applications");
    let card = app.issued_card(agency).path("credentials");
    let changes = vec![
        ("PATCH", people.clone(), json!({ "pen_name": "Bưởi" })),
        ("PUT", format!("{people}/portrait"), json!({})),
        ("POST", format!("{people}/engagements/{engagement}/events"), json!({ "event": "end", "reason": "Hết hạn" })),
        ("POST", format!("{application}/events"), json!({ "event": "withdraw" })),
        ("POST", format!("{card}/events"), json!({ "event": "report_lost", "reason": "Rơi", "ground": "lost" })),
    ];
    (changes, person.etag())
}

const LISTS: [&str; 4] = ["/api/v1/users", "/api/v1/agencies", "/api/v1/applications", "/api/v1/credentials"];
const WRONG_QUERIES: [&str; 6] = ["limit=0", "limit=101", "cursor=none", "no=1", "limit=1&limit=2", "%ff=1"];

on_both_databases! {
    fn whoever_is_not_signed_in_is_told_that_and_nothing_else(db) {
        let app = TestApp::start(db);
        let (changes, _) = changes(&app, &app.central_agency());
        let anybody = app.anonymous();
        for change in &changes {
            for answer in in_every_wrong_way(&anybody, change, Some("\"999\"")) {
                answer.expect_problem(401, "unauthenticated");
            }
        }
        for list in LISTS {
            anybody.get(&format!("{list}?limit=0")).expect_problem(401, "unauthenticated");
        }
        // Not even which addresses there are.
        anybody.get("/api/v1/none").expect_problem(401, "unauthenticated");
        anybody.delete("/api/v1/agencies").expect_problem(401, "unauthenticated");
        let large = vec![b' '; 256 * 1024 + 1];
        anybody.send("POST", "/api/v1/agencies", &[JSON], Some(&large)).expect_problem(401, "unauthenticated");
    }

    fn whoever_may_not_do_a_thing_is_told_that_before_what_is_wrong_with_the_request(db) {
        let app = TestApp::start(db);
        let (changes, _) = changes(&app, &app.central_agency());
        let (auditor, stranger) = (app.auditor(), app.clerk(&app.central_agency()));
        for change in &changes {
            for if_match in [None, Some("\"999\"")] {
                for answer in in_every_wrong_way(&auditor, change, if_match) {
                    answer.expect_problem(403, "forbidden");
                }
                for answer in in_every_wrong_way(&stranger, change, if_match) {
                    answer.expect_problem(404, "not-found");
                }
            }
        }
        let creations = ["/api/v1/agencies", "/api/v1/applications", "/api/v1/letters", "/api/v1/users"];
        for creation in creations {
            for answer in in_every_wrong_way(&auditor, &("POST", creation.to_owned(), json!({})), None) {
                answer.expect_problem(403, "forbidden");
            }
        }
    }

    fn whoever_may_not_see_a_list_is_told_that_before_what_is_wrong_with_the_question(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let card = app.issued_card(&agency);
        let people = format!("/api/v1/agencies/{}/people", agency.id);
        let histories = [format!("{}/events", card.path("credentials")), people];
        let (official, stranger, clerk) = (app.official(), app.head(&app.central_agency()), app.clerk(&agency));
        for query in WRONG_QUERIES {
            for list in LISTS.into_iter().filter(|list| *list != "/api/v1/agencies") {
                official.get(&format!("{list}?{query}")).expect_problem(403, "forbidden");
            }
            for list in &histories {
                official.get(&format!("{list}?{query}")).expect_problem(403, "forbidden");
                stranger.get(&format!("{list}?{query}")).expect_problem(404, "not-found");
                clerk.get(&format!("{list}?{query}")).expect_problem(422, "invalid");
            }
            clerk.get(&format!("/api/v1/agencies?{query}")).expect_problem(422, "invalid");
        }
        stranger.get(&format!("{}?no=1", card.path("credentials"))).expect_problem(404, "not-found");
        stranger.get(&format!("{}/qr?format=gif", card.path("credentials"))).expect_problem(404, "not-found");
        clerk.get(&format!("{}?no=1", card.path("credentials"))).expect_invalid(&[("query:no", "unknown_parameter")]);
        clerk.get(&format!("{}/qr?format=gif", card.path("credentials"))).expect_problem(406, "not-acceptable");
    }

    fn what_is_no_id_is_the_id_of_nothing_to_those_who_may_ask(db) {
        let app = TestApp::start(db);
        let (clerk, auditor) = (app.clerk(&app.central_agency()), app.auditor());
        for path in ["/api/v1/people/none", "/api/v1/credentials/none/qr", "/api/v1/applications/none/events"] {
            clerk.get(path).expect_problem(404, "not-found");
            auditor.get(path).expect_problem(403, "forbidden");
        }
    }

    fn whoever_has_lost_sight_of_a_thing_gets_no_old_answer_about_it(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let (clerk, person) = (app.clerk(&agency), app.person(&agency));
        let (path, etag) = (person.path("people"), person.etag());
        let headers = [JSON, ("if-match", &*etag), ("idempotency-key", "one")];
        let change = || clerk.send("PATCH", &path, &headers, Some(br#"{"pen_name":"B"}"#));
        let changed = change().expect(200);
        assert_eq!(change().expect(200).body, changed.body);
        let engagement = format!("{path}/engagements/{}", person.text("/engagements/0/id"));
        let end = json!({ "event": "end", "reason": "Hết hạn", "to": "2026-11-01" });
        clerk.event(&engagement, &changed.etag(), end).expect(201);
        change().expect_problem(404, "not-found");
    }

    fn a_repetition_is_known_before_its_version_is_asked_for(db) {
        let app = TestApp::start(db);
        let (registrar, agency) = (app.registrar(), app.central_agency());
        let path = format!("/api/v1/agencies/{}", agency.id);
        let send = |if_match: Option<&str>, body: &[u8]| {
            let if_match: Vec<_> = if_match.map(|etag| ("if-match", etag)).into_iter().collect();
            let headers = [&if_match[..], &[JSON, ("idempotency-key", "one")]].concat();
            registrar.send("PATCH", &path, &headers, Some(body))
        };
        let body = br#"{"website":"https://vidu.example"}"#;
        send(None, body).expect_problem(428, "precondition-required");
        let first = send(Some(&agency.etag), body).expect(200);
        for if_match in [None, Some(&*agency.etag), Some("\"999\"")] {
            assert_eq!(send(if_match, body).expect(200).body, first.body);
            send(if_match, BROKEN).expect_problem(422, "idempotency-key-reused");
        }
    }

    fn the_version_is_asked_for_before_the_form_is_looked_at(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let (changes, etag) = changes(&app, &agency);
        let clerk = app.clerk(&agency);
        for change in &changes {
            for answer in in_every_wrong_way(&clerk, change, None) {
                answer.expect_problem(428, "precondition-required");
            }
            for answer in in_every_wrong_way(&clerk, change, Some("\"999\"")) {
                answer.expect_problem(412, "precondition-failed");
            }
        }
        let told: Vec<u16> = in_every_wrong_way(&clerk, &changes[0], Some(&etag)).iter().map(|it| it.status).collect();
        assert_eq!(told, [400, 400, 415, 422, 422]);
        assert_eq!(clerk.get(&changes[0].1).etag(), etag, "nothing was changed");
    }

    fn nobody_disables_themselves_whichever_version_they_read(db) {
        let app = TestApp::start(db);
        let admin = app.admin();
        let path = format!("/api/v1/users/{}", admin.user.expect("an account"));
        let disable = json!({ "state": "disabled" }).to_string();
        for if_match in [None, Some("\"999\""), Some("\"1\"")] {
            let if_match: Vec<_> = if_match.map(|etag| ("if-match", etag)).into_iter().collect();
            let headers = [&if_match[..], &[JSON]].concat();
            admin.send("PATCH", &path, &headers, Some(disable.as_bytes())).expect_problem(403, "forbidden");
        }
    }

    /// A body is read before anything is known of who may send it; so its size is the one thing that is told first.
    fn only_what_is_too_large_is_refused_before_permission(db) {
        let app = TestApp::start(db);
        let large = vec![b' '; 256 * 1024 + 1];
        let auditor = app.auditor();
        auditor.send("POST", "/api/v1/agencies", &[JSON], Some(&large)).expect_problem(413, "too-large");
        auditor.send("POST", "/api/v1/agencies", &[], Some(&large[1..])).expect_problem(403, "forbidden");
    }
}
