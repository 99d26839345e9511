//! Files of the papers that come with a notice: who adds, reads and removes them, what is taken, and when they go.

use super::following::carried;
use super::{assigned, because, notified, now, of, with};
use crate::erasure::{self, erased};
use crate::retention::last_run;
use crate::support::answer::Answer;
use crate::support::app::{Client, HA_NOI, HAI_PHONG, TestAgency, TestApp};
use crate::support::fixtures::{DAY, PDF, pdf, picture};
use crate::support::{on_both_databases, sha256_hex};
use press_registry::app::keys::{reseal, rotate_sealing};
use serde_json::{Value, json};

fn files(office: &Answer) -> String {
    format!("{}/documents", office.path("offices"))
}

fn add(client: &Client, office: &Answer, asked: &str, bytes: &[u8]) -> Answer {
    client.send("POST", &format!("{}?{asked}", files(office)), &[PDF], Some(bytes))
}

fn remove(client: &Client, office: &Answer, bytes: &[u8]) -> Answer {
    let etag = now(client, office).etag();
    client.send("DELETE", &format!("{}/{}", files(office), sha256_hex(bytes)), &[("if-match", &etag)], None)
}

fn rows(app: &TestApp) -> i64 {
    app.database.number("SELECT COUNT(*) AS value FROM office_documents")
}

/// A reporter who follows Hải Phòng, with a paper that is stated.
fn with_paper(app: &TestApp, agency: &TestAgency) -> Value {
    with(assigned(&app.person(agency).text("/id")), "documents", json!(["assignment"]))
}

on_both_databases! {
    fn a_file_is_read_back_by_whoever_may_read_the_office_and_never_shown_in_a_page(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let head = app.head(&agency);
        let told = notified(&app, &agency);
        let bytes = pdf("giấy phép");
        let added = add(&head, &told, "kind=licence_copy", &bytes).expect(201);
        let sha256 = sha256_hex(&bytes);
        let expected = json!({
            "sha256": sha256, "kind": "licence_copy", "media_type": "application/pdf", "bytes": bytes.len(),
            "added_at": "2026-11-22T03:00:00Z",
        });
        assert_eq!(added.json(), expected);
        let path = format!("{}/{sha256}", files(&told));
        assert_eq!(added.header("location"), Some(&*path));
        for client in [app.registrar(), app.provincial(HAI_PHONG), app.clerk(&agency), app.head(&agency)] {
            assert_eq!(client.get(&files(&told)).expect(200).json()["items"], json!([expected]));
            let file = client.get(&path).expect_attachment(&format!("document-{}.pdf", &sha256[..8]), &bytes);
            let policy = "sandbox; default-src 'none'; frame-ancestors 'none'";
            assert_eq!(file.header("content-security-policy"), Some(policy));
        }
        let person = told.text("/people/1/person_id");
        for client in [app.provincial(HA_NOI), app.clerk(&app.central_agency())] {
            client.get(&path).expect_problem(404, "not-found");
            client.get(&files(&told)).expect_problem(404, "not-found");
        }
        let me = app.holder(&person);
        for client in [&app.admin(), &app.official(), &app.auditor(), &me] {
            client.get(&path).expect_problem(403, "forbidden");
        }
        app.registrar().get(&format!("{path}?no=1")).expect_invalid(&[("query:no", "unknown_parameter")]);
        app.registrar().get(&format!("{}/{}", files(&told), "0".repeat(64))).expect_problem(404, "not-found");
        // The bytes on disk are sealed.
        assert!(!app.sealed_objects()[0].windows(8).any(|part| part == b"%PDF-1.7"));
        // Everybody there may know who looked at what is about nobody in particular.
        let looks = me.list(&format!("/api/v1/people/{person}/accesses?limit=100"), "/what");
        assert_eq!(looks.iter().filter(|what| *what == "document").count(), 4, "{looks:?}");
    }

    fn a_file_is_of_a_kind_that_is_stated_and_of_a_type_that_is_taken(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let head = app.head(&agency);
        let told = notified(&app, &agency);
        let stranger = app.person(&agency).text("/id");
        for (asked, wrong) in [
            ("", ("query:kind", "missing")),
            ("kind=degree", ("query:kind", "unknown_document")),
            ("kind=premises_proof", ("query:kind", "not_stated")),
            (&*format!("kind=notice&person={stranger}"), ("query:person", "unknown_person")),
            ("kind=notice&no=1", ("query:no", "unknown_parameter")),
        ] {
            add(&head, &told, asked, &pdf("x")).expect_invalid(&[wrong]);
        }
        let send = |media_type: &str, bytes: &[u8]| {
            head.send("POST", &format!("{}?kind=notice", files(&told)), &[("content-type", media_type)], Some(bytes))
        };
        send("image/png", &pdf("x")).expect_invalid(&[("", "other_type")]);
        send("application/pdf", b"%PDF-1.7\nx").expect_invalid(&[("", "not_whole")]);
        send("image/webp", b"RIFF\0\0\0\0WEBPVP8 ").expect_problem(415, "unsupported-media-type");
        send("application/pdf", &vec![b' '; 10 * 1024 * 1024 + 1]).expect_problem(413, "too-large");
        assert_eq!((app.objects(), rows(&app)), (0, 0), "what is refused is not kept");
        send("image/png", &picture(1)).expect(201);
        send("application/pdf", &pdf("x")).expect(201);
        send("application/pdf", &pdf("x")).expect_problem(409, "wrong-state");
        for n in 2..20 {
            add(&head, &told, "kind=licence_copy", &pdf(&n.to_string())).expect(201);
        }
        add(&head, &told, "kind=notice", &pdf("one more")).expect_problem(409, "wrong-state");
        let about = format!("kind=notice&person={}", told.text("/people/1/person_id"));
        add(&head, &told, &about, &pdf("one more")).expect(201);
        assert_eq!((app.objects(), rows(&app)), (21, 21));
        // The notice goes on stating what there is a file of.
        let seen = now(&head, &told);
        let without = json!({ "event": "amend", "documents": ["notice"] });
        head.happen("offices", &seen, without).expect_invalid(&[("/documents", "has_a_file")]);
        let more = json!({ "event": "amend", "documents": ["notice", "licence_copy", "staff_list"] });
        head.happen("offices", &seen, more).expect(201);
    }

    fn files_come_and_go_until_the_province_has_confirmed(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let (clerk, head, registrar) = (app.clerk(&agency), app.head(&agency), app.registrar());
        let draft = clerk.post(&of(&agency), &with_paper(&app, &agency)).expect(201);
        let [first, second, third] = ["1", "2", "3"].map(pdf);
        let asked = "kind=assignment";
        // A draft is the agency's own, and so are its files.
        add(&clerk, &draft, asked, &first).expect(201);
        registrar.get(&files(&draft)).expect_problem(404, "not-found");
        add(&registrar, &draft, asked, &second).expect_problem(404, "not-found");
        add(&app.clerk(&app.central_agency()), &draft, asked, &second).expect_problem(403, "forbidden");
        clerk.delete(&format!("{}/{}", files(&draft), sha256_hex(&first))).expect_problem(428, "precondition-required");
        remove(&clerk, &draft, &first).expect(204);
        assert_eq!((app.objects(), rows(&app)), (0, 0), "its bytes go with it");
        remove(&clerk, &draft, &first).expect_problem(404, "not-found");
        add(&clerk, &draft, asked, &first).expect(201);
        head.happen("offices", &now(&head, &draft), json!({ "event": "notify" })).expect(201);
        add(&clerk, &draft, asked, &second).expect_problem(403, "forbidden");
        remove(&clerk, &draft, &first).expect_problem(403, "forbidden");

        // Whoever confirms has seen all of it, and added none of it.
        let confirm = || json!({ "event": "confirm" });
        let seen = now(&registrar, &draft);
        add(&head, &draft, asked, &second).expect(201);
        registrar.happen("offices", &seen, confirm()).expect_problem(412, "precondition-failed");
        let scribe = app.provincial(HAI_PHONG);
        add(&scribe, &draft, asked, &third).expect(201);
        scribe.happen("offices", &now(&scribe, &draft), confirm()).expect_problem(403, "second-person-required");
        let objected = registrar.happen("offices", &now(&registrar, &draft), because("object")).expect(201);
        remove(&head, &draft, &third).expect(204);
        assert_eq!(now(&registrar, &draft).json()["reason"], objected.json()["reason"], "that mends nothing by itself");
        let seen = now(&head, &draft);
        head.happen("offices", &seen, json!({ "event": "amend" })).expect(201);
        registrar.happen("offices", &now(&registrar, &draft), confirm()).expect(201);
        add(&head, &draft, asked, &third).expect_problem(409, "wrong-state");
        remove(&head, &draft, &second).expect_problem(409, "wrong-state");

        // With a change others come; what was confirmed stays.
        app.pass(DAY);
        let head = app.again(&head);
        head.happen("offices", &now(&head, &draft), json!({ "event": "amend" })).expect(201);
        add(&head, &draft, asked, &third).expect(201);
        remove(&head, &draft, &second).expect_problem(409, "wrong-state");
        remove(&head, &draft, &third).expect(204);
        assert_eq!((app.objects(), rows(&app)), (2, 2));
        let history = app.registrar().history("offices", &draft);
        let told: Vec<_> = history.iter().filter_map(|it| it["type"].as_str()).collect();
        let (added, removed) = ("office.document_added", "office.document_removed");
        assert_eq!(told, [
            "office.drafted", added, removed, added, "office.notified", added, added, "office.objected", removed,
            "office.amended", "office.confirmed", "office.amended", added, removed,
        ]);
        assert_eq!(history[1]["sha256"], json!(sha256_hex(&first)));
        assert_eq!(history[1]["kind"], "assignment");
    }

    fn whoever_mended_a_notice_does_not_confirm_it_after_somebody_else_mended_it_too(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let [amends, adds, removes] = [(); 3].map(|()| app.registrar());
        let told = app.head(&agency).post(&of(&agency), &assigned(&app.person(&agency).text("/id"))).expect(201);
        amends.happen("offices", &told, json!({ "event": "amend", "documents": ["notice"] })).expect(201);
        add(&adds, &told, "kind=notice", &pdf("x")).expect(201);
        remove(&removes, &told, &pdf("x")).expect(204);
        app.head(&agency).happen("offices", &now(&adds, &told), json!({ "event": "amend" })).expect(201);
        let confirm = |by: &Client| by.happen("offices", &now(by, &told), json!({ "event": "confirm" }));
        for by in [&amends, &adds, &removes] {
            confirm(by).expect_problem(403, "second-person-required");
        }
        confirm(&app.registrar()).expect(201);
    }

    fn files_go_with_the_person_they_are_about_and_shared_ones_with_the_last(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let head = app.head(&agency);
        let told = notified(&app, &agency);
        let reporter = told.text("/people/1/person_id");
        let leader = told.text("/people/0/person_id");
        add(&head, &told, &format!("kind=notice&person={reporter}"), &pdf("theirs")).expect(201);
        add(&head, &told, &format!("kind=notice&person={leader}"), &pdf("another's")).expect(201);
        add(&head, &told, "kind=licence_copy", &pdf("of the office")).expect(201);
        let left = || app.database.texts("SELECT COALESCE(person_id, '') AS value FROM office_documents ORDER BY number");
        let gone = erased(&app, &reporter);
        assert_eq!(gone.json()["shared_office_papers"], json!([told.text("/id")]), "whoever erases is told");
        assert_eq!((left(), app.objects()), (vec![leader, String::new()], 2), "the other needs what is of the office");
        // Of a reporter who is there alone nothing is left.
        let alone = head.post(&of(&agency), &with_paper(&app, &agency)).expect(201);
        add(&head, &alone, "kind=assignment", &pdf("of one")).expect(201);
        assert_eq!(app.objects(), 3);
        let gone = erased(&app, &alone.text("/people/0/person_id"));
        assert_eq!((gone.json()["shared_office_papers"].clone(), app.objects()), (json!([]), 2));
        let first = |of: &Answer| json!([format!("{}/1", of.text("/id"))]);
        let said = erasure::told(&app);
        assert_eq!(said.iter().map(|it| &it["documents"]).collect::<Vec<_>>(), [&first(&told), &first(&alone)]);
    }

    fn files_go_with_the_person_who_is_amended_out_of_a_notice_before_they_are_there(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let head = app.head(&agency);
        let told = notified(&app, &agency);
        let reporter = told.text("/people/1/person_id");
        add(&head, &told, &format!("kind=notice&person={reporter}"), &pdf("theirs")).expect(201);
        add(&head, &told, "kind=licence_copy", &pdf("of the office")).expect(201);
        let another = app.person(&agency).text("/id");
        let amend = |form: Value| head.happen("offices", &now(&head, &told), form);
        let replaced = json!({ "event": "amend", "reporters": [another], "documents": ["licence_copy"] });
        let amended = amend(replaced).expect(201);
        assert!(!amended.body_text().contains(&reporter), "they were never there");
        assert_eq!(app.database.texts("SELECT kind AS value FROM office_documents"), ["licence_copy"]);
        let history = app.registrar().history("offices", &told);
        let last: Vec<_> = history.iter().rev().take(2).filter_map(|it| it["type"].as_str()).collect();
        assert_eq!(last, ["office.document_removed", "office.amended"]);
        let own = app.holder(&reporter).list(&format!("/api/v1/people/{reporter}/events?limit=100"), "/type");
        assert_eq!(own.last().map(String::as_str), Some("office.document_removed"));
        app.pass(2 * DAY);
        app.registry.forget().expect("a run");
        assert_eq!(app.objects(), 1, "nor are the bytes left");
        app.registrar().happen("offices", &now(&app.registrar(), &told), json!({ "event": "confirm" })).expect(201);
    }

    fn files_that_an_office_was_confirmed_with_stay_when_their_person_is_amended_out(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let head = app.head(&agency);
        let told = notified(&app, &agency);
        let reporter = told.text("/people/1/person_id");
        add(&head, &told, &format!("kind=notice&person={reporter}"), &pdf("theirs")).expect(201);
        let registrar = app.registrar();
        registrar.happen("offices", &now(&registrar, &told), json!({ "event": "confirm" })).expect(201);
        app.pass(1);
        let another = app.person(&agency).text("/id");
        let replaced = json!({ "event": "amend", "reporters": [another], "on": "2026-12-31" });
        head.happen("offices", &now(&head, &told), replaced).expect(201);
        assert_eq!(app.database.texts("SELECT person_id AS value FROM office_documents"), [reporter]);
        let history = registrar.history("offices", &told);
        assert_eq!(history.last().expect("an event")["type"], "office.amended");
        app.pass(2 * DAY);
        app.registry.forget().expect("a run");
        let path = format!("{}/{}", files(&told), sha256_hex(&pdf("theirs")));
        assert_eq!(app.again(&registrar).get(&path).expect(200).body, pdf("theirs"));
    }

    fn what_is_about_oneself_is_read_by_oneself_and_taken_away(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let head = app.head(&agency);
        let told = notified(&app, &agency);
        let person = told.text("/people/1/person_id");
        add(&head, &told, &format!("kind=notice&person={person}"), &pdf("theirs")).expect(201);
        add(&head, &told, "kind=notice", &pdf("of all")).expect(201);
        let me = app.holder(&person);
        let own = me.get(&format!("/api/v1/people/{person}/export")).expect(200).json()["documents"].clone();
        let shown = ["office_id", "application_id", "sha256", "kind", "person_id"].map(|name| own[0][name].clone());
        let sha256 = sha256_hex(&pdf("theirs"));
        assert_eq!(json!(shown), json!([told.text("/id"), null, sha256, "notice", person]));
        assert_eq!(own.as_array().map(Vec::len), Some(1));
        let path = |mark: &str| format!("/api/v1/people/{person}/documents/{}", sha256_hex(&pdf(mark)));
        assert_eq!(me.get(&path("theirs")).expect(200).body, pdf("theirs"));
        me.get(&path("of all")).expect_problem(404, "not-found");
        let types = me.list(&format!("/api/v1/people/{person}/events?limit=100"), "/type");
        assert_eq!(types.last().map(String::as_str), Some("office.document_added"));
    }

    fn files_are_forgotten_a_year_after_the_end(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let (head, clerk) = (app.head(&agency), app.clerk(&agency));
        let begun = |by: &Client, mark: &str| {
            let office = by.post(&of(&agency), &with_paper(&app, &agency)).expect(201);
            add(by, &office, "kind=assignment", &pdf(mark)).expect(201);
            now(by, &office)
        };
        let stays = begun(&head, "it is there");
        let closes = begun(&head, "it ends");
        let left = begun(&clerk, "of a draft");
        head.happen("offices", &closes, json!({ "event": "close", "reason": "Hết nhiệm vụ" })).expect(201);
        app.pass(364 * DAY);
        app.registry.forget().expect("a run");
        assert_eq!((app.objects(), rows(&app)), (3, 3));
        app.pass(2 * DAY);
        app.registry.forget().expect("a run");
        assert_eq!((app.objects(), rows(&app)), (1, 1), "what is there keeps its papers");
        let told = last_run(&app);
        assert_eq!(told["documents"], json!([&closes, &left].map(|it| format!("{}/1", it.text("/id")))));
        assert_eq!(told["forgotten"]["documents"], 2);
        let path = format!("{}/{}", files(&stays), sha256_hex(&pdf("it is there")));
        app.registrar().get(&path).expect(200);
        assert_eq!(app.registrar().get(&files(&closes)).expect(200).json()["items"], json!([]));
    }

    fn files_are_sealed_anew_and_only_those_that_no_row_names_are_removed(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let head = app.head(&agency);
        let told = head.post(&of(&agency), &with_paper(&app, &agency)).expect(201);
        add(&head, &told, "kind=assignment", &pdf("kept")).expect(201);
        add(&head, &told, "kind=assignment", &pdf("nobody's")).expect(201);
        app.database.run("DELETE FROM office_documents WHERE number = 2").expect("an edit");
        rotate_sealing(&app.registry).expect("a key");
        let done = reseal(&app.registry, &mut |_| ()).expect("resealed");
        assert_eq!((done.files, done.nobodys), (1, 1));
        app.pass(2 * DAY);
        app.registry.forget().expect("a run");
        assert_eq!(app.objects(), 1);
        let path = format!("{}/{}", files(&told), sha256_hex(&pdf("kept")));
        assert_eq!(app.registrar().get(&path).expect(200).body, pdf("kept"));
    }

    fn files_go_over_with_the_office(db) {
        let app = TestApp::start(db);
        let (old, new) = (app.central_agency(), app.central_agency());
        let head = app.head(&old);
        let told = head.post(&of(&old), &with_paper(&app, &old)).expect(201);
        add(&head, &told, "kind=assignment", &pdf("x")).expect(201);
        carried(&app, &told, &old, &new);
        let path = format!("{}/{}", files(&told), sha256_hex(&pdf("x")));
        assert_eq!(app.clerk(&new).get(&path).expect(200).body, pdf("x"));
        head.get(&path).expect_problem(404, "not-found");
        add(&app.head(&new), &told, "kind=assignment", &pdf("y")).expect(201);
    }

    fn a_repeated_request_adds_one_file(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let head = app.head(&agency);
        let told = head.post(&of(&agency), &with_paper(&app, &agency)).expect(201);
        let send = |bytes: &[u8]| {
            let headers = [PDF, ("idempotency-key", "one")];
            head.send("POST", &format!("{}?kind=assignment", files(&told)), &headers, Some(bytes))
        };
        let first = send(&pdf("x")).expect(201);
        assert_eq!(send(&pdf("x")).expect(201).body, first.body);
        send(&pdf("y")).expect_problem(422, "idempotency-key-reused");
        assert_eq!((app.objects(), rows(&app)), (1, 1));
    }
}
