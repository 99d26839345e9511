//! The files of a case: who adds them, who sees which, and what becomes of one that is refused.

use super::{Scene, asked};
use crate::support::answer::Answer;
use crate::support::app::{Client, HA_NOI, TestApp};
use crate::support::{on_both_databases, sha256_hex};
use serde_json::json;

const PDF: &[(&str, &str)] = &[("content-type", "application/pdf")];

fn pdf(mark: &str) -> Vec<u8> {
    format!("%PDF-1.7\n{mark}\n").into_bytes()
}

fn add(client: &Client, case: &Answer, bytes: &[u8]) -> Answer {
    client.send("POST", &files_of(case), PDF, Some(bytes))
}

fn files_of(case: &Answer) -> String {
    format!("{}/evidence", case.path("cases"))
}

on_both_databases! {
    fn both_sides_add_files_and_the_log_has_their_digests(db) {
        let app = TestApp::start(db);
        let scene = Scene::new(&app);
        let opened = scene.opened();
        // Who was not told does not even know that there is a case.
        add(&scene.holder, &opened, &pdf("early")).expect_problem(404, "not-found");
        let told = scene.happen(&opened, asked("notify"));
        for (client, mark, by) in
            [(&scene.opener, "ours", "registrar"), (&scene.holder, "theirs", "holder"), (&scene.head, "its", "agency_head")]
        {
            let bytes = pdf(mark);
            let added = add(client, &told, &bytes).expect(201);
            assert_eq!((added.text("/sha256"), added.text("/added_by")), (sha256_hex(&bytes), by.to_owned()));
            assert_eq!(added.header("location"), Some(&*format!("{}/{}", files_of(&told), sha256_hex(&bytes))));
            assert!(added.json()["proof"]["event"]["sha256"] == sha256_hex(&bytes), "its proof is given with it");
            let event = format!("SELECT data AS value FROM events WHERE idx = {}", added.json()["log_index"]);
            assert!(app.database.texts(&event)[0].contains(&sha256_hex(&bytes)));
        }
        for client in [&scene.opener, &scene.holder, &scene.head, &scene.appeals] {
            assert_eq!(client.list(&files_of(&told), "/added_by"), ["registrar", "holder", "agency_head"]);
        }
        let sha256 = sha256_hex(&pdf("ours"));
        let file = scene.holder.get(&format!("{}/{sha256}", files_of(&told)));
        file.expect_attachment(&format!("evidence-{}.pdf", &sha256[..8]), &pdf("ours"));
        assert_eq!(app.objects(), 3);
        // Who decides has to have seen the new files.
        scene.decider.happen("cases", &told, asked("decide")).expect_problem(412, "precondition-failed");
    }

    fn another_province_agency_or_role_adds_and_sees_nothing(db) {
        let app = TestApp::start(db);
        let scene = Scene::new(&app);
        let told = scene.along(&[asked("notify")]);
        add(&scene.opener, &told, &pdf("x")).expect(201);
        let file = format!("{}/{}", files_of(&told), sha256_hex(&pdf("x")));
        let stranger = app.head(&app.central_agency());
        for client in [app.provincial(HA_NOI), stranger] {
            add(&client, &told, &pdf("y")).expect_problem(404, "not-found");
            client.get(&file).expect_problem(404, "not-found");
            client.get(&files_of(&told)).expect_problem(404, "not-found");
        }
        for client in [app.official(), app.auditor(), app.admin(), app.clerk(&scene.agency)] {
            add(&client, &told, &pdf("y")).expect_problem(403, "forbidden");
        }
        app.auditor().get(&file).expect_invalid(&[("query:purpose", "missing")]);
        app.auditor().get(&format!("{file}?purpose=Thanh%20tra%20qu%C3%BD%204")).expect(200);
        for other in ["0", "", &*"0".repeat(64), &*sha256_hex(&pdf("x")).to_uppercase()] {
            scene.opener.get(&format!("{}/{other}", files_of(&told))).expect_problem(404, "not-found");
        }
        assert_eq!(app.objects(), 1, "what is refused is not kept");
    }

    fn what_was_reported_is_shown_to_those_who_handle_the_case_alone(db) {
        let app = TestApp::start(db);
        let scene = Scene::new(&app);
        let form = json!({ "province": "31", "place": "Chợ Sắt", "occurred_at": "2026-11-21T01:00:00Z", "narrative": "Mượn thẻ." });
        let receipt = app.anonymous().post("/api/v1/misuse-reports", &form).expect(201).text("/receipt");
        let sent = format!("/api/v1/misuse-reports/{receipt}/evidence");
        app.anonymous().send("POST", &sent, PDF, Some(&pdf("who reported"))).expect(201);
        let report = app.database.texts("SELECT id AS value FROM reports").remove(0);
        let mut opening = scene.form();
        opening["reports"] = json!([report]);
        let case = scene.opener.post(super::CASES, &opening).expect(201);
        let told = scene.happen(&case, asked("notify"));
        let file = format!("{}/{}", files_of(&told), sha256_hex(&pdf("who reported")));
        assert_eq!(scene.opener.list(&files_of(&told), "/report_id"), [report]);
        assert_eq!(scene.opener.get(&file).expect(200).body, pdf("who reported"));
        for client in [&scene.holder, &scene.head] {
            assert_eq!(client.list(&files_of(&told), "/sha256"), [] as [&str; 0]);
            client.get(&file).expect_problem(404, "not-found");
        }
        // What the subject is to know, a registrar adds to the case itself.
        add(&scene.opener, &told, &pdf("who reported")).expect(201);
        scene.holder.get(&file).expect(200);
    }

    fn a_file_is_taken_once_and_while_something_is_to_be_decided(db) {
        let app = TestApp::start(db);
        let scene = Scene::new(&app);
        let told = scene.along(&[asked("notify")]);
        let key = [PDF, &[("idempotency-key", "k1")]].concat();
        let send = |bytes: &[u8]| scene.opener.send("POST", &files_of(&told), &key, Some(bytes));
        let first = send(&pdf("1")).expect(201);
        assert_eq!(send(&pdf("1")).expect(201).body, first.body);
        send(&pdf("2")).expect_problem(422, "idempotency-key-reused");
        add(&scene.holder, &told, &pdf("1")).expect_problem(409, "wrong-state");
        assert_eq!(app.objects(), 1, "a repetition leaves no second object, and takes the first not away");
        scene.opener.send("POST", &files_of(&told), &[("content-type", "text/html")], Some(b"<p>")).expect_problem(415, "unsupported-media-type");
        scene.opener.send("POST", &files_of(&told), PDF, Some(b"<svg/>")).expect_invalid(&[("", "unknown_type")]);
        for n in 1..30 {
            add(&scene.opener, &told, &pdf(&format!("more {n}"))).expect(201);
        }
        add(&scene.opener, &told, &pdf("too many")).expect_problem(409, "wrong-state");
        add(&scene.holder, &told, &pdf("the other side")).expect(201);
        let case = scene.opener.get(&told.path("cases")).expect(200);
        scene.happen(&case, asked("dismiss")).expect(201);
        add(&scene.holder, &told, &pdf("late")).expect_problem(409, "wrong-state");
        let again = send(&pdf("1")).expect(201);
        assert_eq!(again.text("/log_index"), first.text("/log_index"), "what was answered is answered again");
        assert_eq!(app.objects(), 31);
    }

    fn files_wait_while_memory_is_full(db) {
        let app = TestApp::start(db);
        let scene = Scene::new(&app);
        let told = scene.along(&[asked("notify")]);
        let full = app.registry.incoming.admit(200 * 1024 * 1024 - 4096, true).expect("room");
        let busy = add(&scene.opener, &told, &vec![b'x'; 8192]).expect_problem(503, "overloaded");
        assert_eq!(busy.header("retry-after"), Some("1"));
        // Of anybody's files there is room of its own.
        drop(app.registry.incoming.admit(1024, false).expect("room"));
        drop(full);
        add(&scene.opener, &told, &pdf("now")).expect(201);
    }

    fn nobody_adds_to_a_case_against_themselves_as_a_registrar(db) {
        let app = TestApp::start(db);
        let scene = Scene::new(&app);
        let told = scene.along(&[asked("notify")]);
        let person = scene.head.get(&format!("/api/v1/people/{}", scene.card.text("/person_id"))).expect(200);
        let user = scene.appeals.user.expect("an account");
        app.database.run(&format!("UPDATE users SET email = '{}' WHERE id = '{user}'", person.text("/email"))).expect("a statement");
        add(&scene.appeals, &told, &pdf("x")).expect_problem(403, "second-person-required");
        assert_eq!(app.objects(), 0);
    }
}
