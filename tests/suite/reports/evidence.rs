//! Evidence: told by content, hashed into the log, kept sealed, served as an attachment.

use super::{KEY, REPORTS, least_form, newest_id, of_receipt, reported};
use crate::support::answer::Answer;
use crate::support::app::{Client, HA_NOI, HAI_PHONG, TestApp};
use crate::support::wire::Wire;
use crate::support::{on_both_databases, sha256_hex};
use serde_json::{Value, json};

const MB: usize = 1024 * 1024;

fn pdf(size: usize, mark: &str) -> Vec<u8> {
    let mut bytes = format!("%PDF-1.7\n{mark}\n").into_bytes();
    bytes.resize(size.max(bytes.len()), b' ');
    bytes
}

fn add(client: &Client, report: &Answer, media_type: &str, bytes: &[u8]) -> Answer {
    client.send("POST", &format!("{}/evidence", of_receipt(report)), &[("content-type", media_type)], Some(bytes))
}

on_both_databases! {
    fn a_file_is_hashed_into_the_log_and_kept_sealed(db) {
        let app = TestApp::start(db);
        let report = reported(&app.anonymous(), &least_form("31"));
        let bytes = pdf(2_000, "a contract that was forced");
        let added = add(&app.anonymous(), &report, "application/pdf", &bytes).expect(201);
        let sha256 = sha256_hex(&bytes);
        assert_eq!(added.text("/sha256"), sha256);
        assert_eq!((added.json()["number"].clone(), added.json()["bytes"].clone()), (json!(1), json!(2_000)));
        let index = added.json()["log_index"].clone();
        let events = app.database.texts(&format!("SELECT data AS value FROM events WHERE idx = {index}"));
        let data: Value = serde_json::from_str(&events[0]).expect("JSON");
        let told = json!({ "number": 1, "media_type": "application/pdf", "bytes": 2_000, "sha256": sha256 });
        assert_eq!(data, told);
        let kept = app.sealed_objects();
        assert_eq!(kept.len(), 1);
        assert!(!kept[0].windows(8).any(|part| part == b"contract"), "the file is sealed");
        assert_eq!(app.anonymous().get(&of_receipt(&report)).json()["evidence"], 1);
    }

    fn registrars_get_it_as_an_attachment(db) {
        let app = TestApp::start(db);
        let official = app.official();
        let report = reported(&official, &least_form("31"));
        let bytes = pdf(500, "x");
        add(&official, &report, "application/pdf", &bytes).expect(201);
        let path = format!("{REPORTS}/{}/evidence/1", newest_id(&app));
        for client in [app.registrar(), app.provincial(HAI_PHONG), official] {
            let file = client.get(&path).expect_attachment("evidence-1.pdf", &bytes);
            assert_eq!(file.header("content-security-policy"), Some("default-src 'none'; frame-ancestors 'none'"));
        }
        for client in [app.provincial(HA_NOI), app.official()] {
            client.get(&path).expect_problem(404, "not-found");
        }
        for n in ["0", "2", "-1", "x", "99999999999999999999"] {
            let other = format!("{REPORTS}/{}/evidence/{n}", newest_id(&app));
            app.registrar().get(&other).expect_problem(404, "not-found");
        }
        app.admin().get(&path).expect_problem(403, "forbidden");
        app.anonymous().get(&path).expect_problem(401, "unauthenticated");
        // The receipt opens nothing here.
        app.registrar().get(&format!("{}/evidence/1", of_receipt(&report))).expect_problem(404, "not-found");
        let seen = app.registrar().get(&format!("{REPORTS}/{}", newest_id(&app))).expect(200);
        assert_eq!(seen.text("/evidence/0/media_type"), "application/pdf");
        assert_eq!(seen.etag(), "\"2\"");
    }

    fn a_file_is_what_its_content_says(db) {
        let app = TestApp::start(db);
        let report = reported(&app.official(), &least_form("31"));
        let samples: [(&str, &[u8]); 9] = [
            ("image/jpeg", b"\xff\xd8\xff\xe0\x00\x10JFIF"),
            ("image/png", b"\x89PNG\r\n\x1a\n\x00\x00"),
            ("image/webp", b"RIFF\x00\x00\x00\x00WEBPVP8 "),
            ("application/pdf", b"%PDF-1.4\n"),
            ("audio/mpeg", b"ID3\x04\x00\x00"),
            ("audio/x-wav", b"RIFF\x00\x00\x00\x00WAVEfmt "),
            ("audio/mp4", b"\x00\x00\x00\x18ftypM4A \x00\x00"),
            ("video/mp4", b"\x00\x00\x00\x18ftypmp42\x00\x00"),
            ("video/quicktime", b"\x00\x00\x00\x14ftypqt  \x00\x00"),
        ];
        for (media_type, bytes) in samples {
            add(&app.anonymous(), &report, media_type, bytes).expect(201);
        }
        let refused = |media_type, bytes| add(&app.anonymous(), &report, media_type, bytes);
        refused("image/png", b"%PDF-1.4\n other").expect_invalid(&[("", "other_type")]);
        refused("image/png", b"<svg/>").expect_invalid(&[("", "unknown_type")]);
        refused("image/png", b"").expect_invalid(&[("", "unknown_type")]);
        refused("text/html", b"%PDF-1.4\n other").expect_problem(415, "unsupported-media-type");
        refused("image/svg+xml", b"<svg/>").expect_problem(415, "unsupported-media-type");
        assert_eq!(app.objects(), 9, "what is refused is not kept");
    }

    fn without_a_name_three_files_are_taken(db) {
        let app = TestApp::start(db);
        let report = reported(&app.anonymous(), &least_form("31"));
        for mark in ["1", "2", "3"] {
            add(&app.anonymous(), &report, "application/pdf", &pdf(100, mark)).expect(201);
        }
        let fourth = add(&app.anonymous(), &report, "application/pdf", &pdf(100, "4"));
        fourth.expect_problem(409, "wrong-state");
        assert_eq!(app.objects(), 3);
        let named = reported(&app.official(), &least_form("31"));
        for mark in 0..20 {
            add(&app.anonymous(), &named, "application/pdf", &pdf(100, &mark.to_string())).expect(201);
        }
        add(&app.anonymous(), &named, "application/pdf", &pdf(100, "20")).expect_problem(409, "wrong-state");
    }

    fn without_a_name_ten_megabytes_are_taken_in_all(db) {
        let app = TestApp::start(db);
        let report = reported(&app.anonymous(), &least_form("31"));
        let send = |client: &Client, size, mark| add(client, &report, "application/pdf", &pdf(size, mark));
        send(&app.anonymous(), 10 * MB + 1, "0").expect_problem(413, "too-large");
        send(&app.anonymous(), 6 * MB, "1").expect(201);
        let too_much = send(&app.anonymous(), 4 * MB + 1, "2").expect_problem(413, "too-large");
        assert!(too_much.text("/detail").contains(&(4 * MB).to_string()), "what is left is told");
        // Nor does somebody signed in add more to it.
        send(&app.official(), 11 * MB, "3").expect_problem(413, "too-large");
        send(&app.anonymous(), 4 * MB, "4").expect(201);
        let named = reported(&app.official(), &least_form("31"));
        add(&app.official(), &named, "application/pdf", &pdf(11 * MB, "5")).expect(201);
    }

    fn the_same_file_is_taken_once(db) {
        let app = TestApp::start(db);
        let report = reported(&app.anonymous(), &least_form("31"));
        let path = format!("{}/evidence", of_receipt(&report));
        let send = |key: &str, bytes: &[u8]| {
            let headers = [("content-type", "application/pdf"), ("idempotency-key", key)];
            app.anonymous().send("POST", &path, &headers, Some(bytes))
        };
        let first = send(KEY, &pdf(100, "1")).expect(201);
        assert_eq!(send(KEY, &pdf(100, "1")).expect(201).body, first.body);
        send(KEY, &pdf(100, "2")).expect_problem(422, "idempotency-key-reused");
        add(&app.anonymous(), &report, "application/pdf", &pdf(100, "1")).expect_problem(409, "wrong-state");
        assert_eq!(app.anonymous().get(&of_receipt(&report)).json()["evidence"], 1);
    }

    fn a_closed_report_takes_no_more(db) {
        let app = TestApp::start(db);
        let report = reported(&app.anonymous(), &least_form("31"));
        app.database.run("UPDATE reports SET state = 'in_case'").expect("a statement");
        add(&app.anonymous(), &report, "application/pdf", &pdf(100, "1")).expect(201);
        app.database.run("UPDATE reports SET state = 'closed'").expect("a statement");
        add(&app.anonymous(), &report, "application/pdf", &pdf(100, "2")).expect_problem(409, "wrong-state");
        let unknown = format!("{REPORTS}/0000-0000-0000-0000-0000-0000-00/evidence");
        let headers = [("content-type", "application/pdf")];
        app.anonymous().send("POST", &unknown, &headers, Some(&pdf(100, "1"))).expect_problem(404, "not-found");
        app.auditor().send("POST", &unknown, &headers, Some(&pdf(100, "1"))).expect_problem(403, "forbidden");
    }

    fn what_is_not_taken_is_not_even_read(db) {
        let app = TestApp::start(db);
        let report = reported(&app.anonymous(), &least_form("31"));
        for mark in ["1", "2", "3"] {
            add(&app.anonymous(), &report, "application/pdf", &pdf(100, mark)).expect(201);
        }
        let announced = |path: &str, bytes: usize| {
            let mut wire = Wire::to(&app.base);
            let head = format!("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/pdf\r\nContent-Length: {bytes}\r\n\r\n");
            wire.send(head.as_bytes());
            // Nothing of it is ever sent, and the answer comes all the same.
            wire.answer("POST")
        };
        let unknown = format!("{REPORTS}/0000-0000-0000-0000-0000-0000-00/evidence");
        announced(&unknown, 9 * MB).expect_problem(404, "not-found");
        announced(&format!("{}/evidence", of_receipt(&report)), 9 * MB).expect_problem(409, "wrong-state");
        let room = reported(&app.anonymous(), &least_form("31"));
        announced(&format!("{}/evidence", of_receipt(&room)), 11 * MB).expect_problem(413, "too-large");
        let _full = app.registry.incoming.admit(60 * MB - 4096, false).expect("room");
        announced(&format!("{}/evidence", of_receipt(&room)), 9 * MB).expect_problem(503, "overloaded");
    }
}
