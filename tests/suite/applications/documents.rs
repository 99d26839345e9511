//! Papers of an application: who adds, reads and removes them, and what is taken.

mod ends;

use crate::people::duplicates::{happen, merge, pair};
use crate::support::answer::Answer;
use crate::support::app::{Client, HA_NOI, HAI_PHONG, TestApp};
use crate::support::fixtures::{PDF, pdf, picture};
use crate::support::{on_both_databases, sha256_hex};
use press_registry::domain::documents::documents_bytes;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};

/// A file of so many bytes; none of another call is the same.
fn of_size(bytes: usize) -> Vec<u8> {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let mut file = pdf("");
    let end = file.split_off(9);
    file.extend_from_slice(MADE.fetch_add(1, Ordering::Relaxed).to_string().as_bytes());
    file.resize(bytes - end.len(), b'x');
    [file, end].concat()
}

fn papers(application: &Answer) -> String {
    format!("{}/documents", application.path("applications"))
}

fn add(client: &Client, application: &Answer, asked: &str, bytes: &[u8]) -> Answer {
    client.send("POST", &format!("{}?{asked}", papers(application)), &[PDF], Some(bytes))
}

fn again(client: &Client, application: &Answer) -> Answer {
    client.get(&application.path("applications")).expect(200)
}

fn rows(app: &TestApp) -> i64 {
    app.database.number("SELECT COUNT(*) AS value FROM application_documents")
}

on_both_databases! {
    fn a_paper_is_read_back_by_whoever_may_read_the_application_and_never_shown_in_a_page(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let (clerk, person) = (app.clerk(&agency), app.person(&agency).text("/id"));
        let draft = app.draft(&agency, &[&person]);
        let bytes = pdf("bằng cử nhân");
        let added = add(&clerk, &draft, &format!("kind=degree&person={person}"), &bytes).expect(201);
        let sha256 = sha256_hex(&bytes);
        let expected = json!({
            "sha256": sha256, "kind": "degree", "person_id": person, "media_type": "application/pdf", "bytes": bytes.len(),
            "added_at": "2026-11-22T03:00:00Z",
        });
        assert_eq!(added.json(), expected);
        let path = format!("{}/{sha256}", papers(&draft));
        assert_eq!(added.header("location"), Some(&*path));
        assert_ne!(again(&clerk, &draft).etag(), draft.etag(), "whoever hands it in has to read it again");
        // A draft is the agency's own, and so are its papers.
        app.registrar().get(&path).expect_problem(404, "not-found");
        let submitted = app.head(&agency).happen("applications", &again(&clerk, &draft), json!({ "event": "submit" }));
        submitted.expect(201);
        for client in [app.registrar(), app.provincial(HAI_PHONG), app.clerk(&agency)] {
            assert_eq!(client.get(&papers(&draft)).expect(200).json()["items"], json!([expected]));
            let file = client.get(&path).expect_attachment(&format!("document-{}.pdf", &sha256[..8]), &bytes);
            let policy = "sandbox; default-src 'none'; frame-ancestors 'none'";
            assert_eq!(file.header("content-security-policy"), Some(policy));
        }
        for client in [app.provincial(HA_NOI), app.clerk(&app.central_agency())] {
            client.get(&path).expect_problem(404, "not-found");
            client.get(&papers(&draft)).expect_problem(404, "not-found");
        }
        app.registrar().get(&format!("{path}?no=1")).expect_invalid(&[("query:no", "unknown_parameter")]);
        for other in ["0", &*"0".repeat(64), &*sha256.to_uppercase()] {
            app.registrar().get(&format!("{}/{other}", papers(&draft))).expect_problem(404, "not-found");
        }
        // The bytes on disk are sealed.
        assert!(!app.sealed_objects()[0].windows(8).any(|part| part == b"%PDF-1.7"));
        // The person may know who looked.
        let looks = app.holder(&person).get(&format!("/api/v1/people/{person}/accesses?limit=100")).expect(200).json();
        let what: Vec<&Value> = looks["items"].as_array().expect("looks").iter().map(|it| &it["what"]).collect();
        assert_eq!(what.iter().filter(|it| ***it == json!("document")).count(), 3);
    }

    fn a_file_is_told_by_its_content_and_has_to_be_whole(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let draft = app.draft(&agency, &[&app.person(&agency).text("/id")]);
        let path = format!("{}?kind=degree", papers(&draft));
        let send = |media_type: &str, bytes: &[u8]| {
            clerk.send("POST", &path, &[("content-type", media_type)], Some(bytes))
        };
        let png = picture(1);
        let jpeg = b"\xff\xd8\xff\xe0\x00\x06JFIF\xff\xda\x00\x02x\xff\xd9";
        let archive = [b"PK\x05\x06".as_slice(), &[0; 16], b"\x02\x00\xff\xd9"].concat();
        send("image/png", &pdf("x")).expect_invalid(&[("", "other_type")]);
        send("application/pdf", b"<html><script>alert(1)</script>").expect_invalid(&[("", "unknown_type")]);
        send("application/pdf", b"").expect_invalid(&[("", "unknown_type")]);
        for media_type in ["text/html", "image/svg+xml", "application/zip", ""] {
            send(media_type, &pdf("x")).expect_problem(415, "unsupported-media-type");
        }
        // What cases take is not all taken here.
        send("image/webp", b"RIFF\0\0\0\0WEBPVP8 ").expect_problem(415, "unsupported-media-type");
        // Cut off, or with something of another kind behind it.
        send("application/pdf", b"%PDF-1.7\nx").expect_invalid(&[("", "not_whole")]);
        send("image/png", &png[..png.len() - 4]).expect_invalid(&[("", "not_whole")]);
        send("image/png", &[&png, b"<script>".as_slice()].concat()).expect_invalid(&[("", "not_whole")]);
        send("image/jpeg", &[jpeg, b"PK\x05\x06".as_slice()].concat()).expect_invalid(&[("", "not_whole")]);
        // An archive whose comment ends like a picture.
        send("image/jpeg", &[jpeg.as_slice(), &archive].concat()).expect_invalid(&[("", "not_whole")]);
        send("image/jpeg", &[jpeg.as_slice(), b"<script>\xff\xd9"].concat()).expect_invalid(&[("", "not_whole")]);
        assert_eq!((app.objects(), rows(&app)), (0, 0), "what is refused is not kept");
        send("image/png", &png).expect(201);
        send("image/jpeg", jpeg).expect(201);
        send("application/pdf", &pdf("x")).expect(201);
        assert_eq!((app.objects(), rows(&app)), (3, 3));
        send("application/pdf", &pdf("x")).expect_problem(409, "wrong-state");
        assert_eq!(app.objects(), 3);
    }

    fn a_paper_has_a_kind_and_is_about_somebody_in_the_application(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let draft = app.draft(&agency, &[&app.person(&agency).text("/id")]);
        let other = app.person(&agency).text("/id");
        for (asked, wrong) in [
            ("", ("query:kind", "missing")),
            ("kind=novel", ("query:kind", "unknown_kind")),
            ("kind=degree&person=x", ("query:person", "unknown_person")),
            (&*format!("kind=degree&person={other}"), ("query:person", "unknown_person")),
            ("kind=degree&no=1", ("query:no", "unknown_parameter")),
            ("kind=degree&kind=other", ("query:kind", "duplicate_field")),
        ] {
            add(&clerk, &draft, asked, &pdf("x")).expect_invalid(&[wrong]);
        }
        assert_eq!(rows(&app), 0);
    }

    fn papers_are_few_and_small(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let draft = app.draft(&agency, &[&app.person(&agency).text("/id")]);
        let most = 10 * 1024 * 1024;
        add(&clerk, &draft, "kind=other", &of_size(most + 1)).expect_problem(413, "too-large");
        // Whoever sends a key is read further, to see whether it was answered before: not to be taken in.
        let keyed = [PDF, ("idempotency-key", "one")];
        let path = format!("{}?kind=other", papers(&draft));
        clerk.send("POST", &path, &keyed, Some(&of_size(most + 1))).expect_problem(413, "too-large");
        add(&clerk, &draft, "kind=other", &of_size(most)).expect(201);
        for n in 1..20 {
            add(&clerk, &draft, "kind=other", &pdf(&n.to_string())).expect(201);
        }
        add(&clerk, &draft, "kind=other", &pdf("one more")).expect_problem(409, "wrong-state");
        assert_eq!(rows(&app), 20);
        // Of each person there is room for some more.
        let about = format!("kind=other&person={}", draft.text("/people/0/person_id"));
        for n in 20..30 {
            add(&clerk, &draft, &about, &pdf(&n.to_string())).expect(201);
        }
        let refused = add(&clerk, &draft, &about, &pdf("one more")).expect_problem(409, "wrong-state");
        assert!(refused.text("/detail").contains("10 papers are about one person"), "{}", refused.body_text());
        // Which are listed in parts.
        let list = papers(&draft);
        let all: Vec<String> = clerk.get(&list).expect(200).json()["items"].as_array().expect("items").iter().map(|it| it["sha256"].to_string()).collect();
        assert_eq!((all.len(), clerk.get(&list).expect(200).json()["next_cursor"].clone()), (30, Value::Null));
        let first = clerk.get(&format!("{list}?limit=29")).expect(200).json();
        let cursor = first["next_cursor"].as_str().expect("more");
        let last = clerk.get(&format!("{list}?limit=29&cursor={cursor}")).expect(200).json();
        assert_eq!((first["items"].as_array().map(Vec::len), last["items"].as_array().map(Vec::len)), (Some(29), Some(1)));
        assert_eq!(last["items"][0]["sha256"].to_string(), all[29]);
    }

    fn an_application_of_many_has_room_for_the_papers_of_each(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let people: Vec<String> = (0..3).map(|_| app.person(&agency).text("/id")).collect();
        let draft = app.draft(&agency, &people.iter().map(String::as_str).collect::<Vec<_>>());
        for person in &people {
            for n in 0..10 {
                add(&clerk, &draft, &format!("kind=other&person={person}"), &pdf(&format!("{person} {n}"))).expect(201);
            }
        }
        for n in 0..20 {
            add(&clerk, &draft, "kind=summary", &pdf(&n.to_string())).expect(201);
        }
        assert_eq!(rows(&app), 50);
        assert_eq!(clerk.list(&format!("{}?limit=20", papers(&draft)), "/sha256").len(), 50, "in parts");
        assert_eq!([1, 2, 500].map(documents_bytes), [52_428_800, 57_671_680, 2_668_625_920]);
    }

    fn journalists_find_the_papers_about_them_and_take_them_away(db) {
        let app = TestApp::start(db);
        let (agency, other) = (app.central_agency(), app.central_agency());
        let (here, there, found) = pair(&app, &agency, &other);
        let (person, colleague) = (here.text("/id"), app.person(&agency).text("/id"));
        let clerk = app.clerk(&agency);
        let draft = app.draft(&agency, &[&person, &colleague]);
        add(&clerk, &draft, &format!("kind=degree&person={person}"), &pdf("their degree")).expect(201);
        add(&clerk, &draft, &format!("kind=degree&person={colleague}"), &pdf("another's")).expect(201);
        add(&clerk, &draft, "kind=summary", &pdf("of all")).expect(201);
        let elsewhere = app.draft(&other, &[&there.text("/id")]);
        add(&app.clerk(&other), &elsewhere, &format!("kind=contract&person={}", there.text("/id")), &pdf("their contract")).expect(201);
        let me = app.holder(&person);
        let own = || me.get(&format!("/api/v1/people/{person}/export")).expect(200).json()["documents"].clone();
        let expected = json!({
            "application_id": draft.text("/id"), "sha256": sha256_hex(&pdf("their degree")), "kind": "degree", "person_id": person,
            "media_type": "application/pdf", "bytes": pdf("their degree").len(), "added_at": "2026-11-22T03:00:00Z",
        });
        assert_eq!(own(), json!([expected]));
        let path = |mark: &str| format!("/api/v1/people/{person}/documents/{}", sha256_hex(&pdf(mark)));
        let file = me.get(&path("their degree")).expect(200);
        assert_eq!(file.body, pdf("their degree"));
        assert!(file.header("content-disposition").is_some_and(|value| value.starts_with("attachment")));
        for mark in ["another's", "of all", "their contract", "nothing"] {
            me.get(&path(mark)).expect_problem(404, "not-found");
        }
        app.holder(&colleague).get(&path("their degree")).expect_problem(404, "not-found");
        me.get(&format!("{}?no=1", path("their degree"))).expect_invalid(&[("query:no", "unknown_parameter")]);
        // It is in their history, and its removal too.
        let types = || me.list(&format!("/api/v1/people/{person}/events?limit=100"), "/type");
        assert_eq!(types().last().map(String::as_str), Some("application.document_added"));
        // Also what is about a record that theirs took in.
        happen(&app.registrar(), &found, merge(&here)).expect(201);
        assert_eq!(own().as_array().map(Vec::len), Some(2));
        assert_eq!(me.get(&path("their contract")).expect(200).body, pdf("their contract"));
        let removed = format!("{}/{}", papers(&draft), sha256_hex(&pdf("their degree")));
        clerk.send("DELETE", &removed, &[("if-match", &again(&clerk, &draft).etag())], None).expect(204);
        assert_eq!(types().last().map(String::as_str), Some("application.document_removed"));
        me.get(&path("their degree")).expect_problem(404, "not-found");
    }

    fn a_repeated_request_adds_one_paper(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let draft = app.draft(&agency, &[&app.person(&agency).text("/id")]);
        let send = |kind: &str, bytes: &[u8]| {
            let headers = [PDF, ("idempotency-key", "one")];
            clerk.send("POST", &format!("{}?kind={kind}", papers(&draft)), &headers, Some(bytes))
        };
        let first = send("degree", &pdf("x")).expect(201);
        assert_eq!(send("degree", &pdf("x")).expect(201).body, first.body);
        send("degree", &pdf("y")).expect_problem(422, "idempotency-key-reused");
        send("decision", &pdf("x")).expect_problem(422, "idempotency-key-reused");
        assert_eq!((app.objects(), rows(&app)), (1, 1));
    }

    fn papers_are_added_and_removed_until_it_is_handed_in_and_after_it_is_given_back(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let (clerk, registrar) = (app.clerk(&agency), app.registrar());
        let draft = app.draft(&agency, &[&app.person(&agency).text("/id")]);
        let path = format!("{}/{}", papers(&draft), sha256_hex(&pdf("x")));
        let remove = |client: &Client, etag: &str| client.send("DELETE", &path, &[("if-match", etag)], None);
        add(&clerk, &draft, "kind=other", &pdf("x")).expect(201);
        clerk.delete(&path).expect_problem(428, "precondition-required");
        remove(&clerk, &draft.etag()).expect_problem(412, "precondition-failed");
        remove(&registrar, "\"2\"").expect_problem(403, "forbidden");
        remove(&app.clerk(&app.central_agency()), "\"2\"").expect_problem(404, "not-found");
        remove(&clerk, &again(&clerk, &draft).etag()).expect(204);
        assert_eq!((app.objects(), rows(&app)), (0, 0), "its bytes go with it");
        remove(&clerk, &again(&clerk, &draft).etag()).expect_problem(404, "not-found");

        add(&clerk, &draft, "kind=other", &pdf("x")).expect(201);
        let sent = app.head(&agency).happen("applications", &again(&clerk, &draft), json!({ "event": "submit" })).expect(201);
        add(&clerk, &sent, "kind=other", &pdf("y")).expect_problem(409, "wrong-state");
        remove(&clerk, &sent.etag()).expect_problem(409, "wrong-state");
        add(&registrar, &sent, "kind=other", &pdf("y")).expect_problem(403, "forbidden");
        let back = registrar.happen("applications", &sent, json!({ "event": "return", "reason": "Thiếu bằng" })).expect(201);
        add(&clerk, &back, "kind=degree", &pdf("y")).expect(201);
        remove(&clerk, &again(&clerk, &back).etag()).expect(204);
        let history = registrar.history("applications", &back);
        let told: Vec<_> = history.iter().filter_map(|it| it["type"].as_str()).collect();
        let added = "application.document_added";
        let removed = "application.document_removed";
        assert_eq!(
            told,
            [
                "application.drafted",
                added,
                removed,
                added,
                "application.submitted",
                "application.returned",
                added,
                removed,
            ]
        );
    }

    fn papers_together_are_small(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let draft = app.draft(&agency, &[&app.person(&agency).text("/id")]);
        const MB: usize = 1024 * 1024;
        for size in [10, 10, 10, 10, 8] {
            add(&clerk, &draft, "kind=other", &of_size(size * MB)).expect(201);
        }
        let refused = add(&clerk, &draft, "kind=other", &of_size(2 * MB + 1)).expect_problem(409, "wrong-state");
        assert!(refused.text("/detail").contains("2097152 bytes are left"), "{}", refused.body_text());
        // Two that come at once, of which there is room for one.
        let answers: Vec<u16> = std::thread::scope(|scope| {
            let sent = [MB + 1, MB + 2].map(|size| {
                let (clerk, draft) = (&clerk, &draft);
                scope.spawn(move || add(clerk, draft, "kind=other", &of_size(size)).status)
            });
            sent.into_iter().map(|sent| sent.join().expect("no panic")).collect()
        });
        assert!(answers.contains(&201) && answers.contains(&409), "{answers:?}");
        assert_eq!((app.objects(), rows(&app)), (6, 6), "the file that was too much is gone");
        let together = app.database.number("SELECT CAST(SUM(bytes) AS BIGINT) AS value FROM application_documents");
        assert!(usize::try_from(together).expect("bytes") <= 50 * MB);
        // Room for the last bytes.
        let left = 50 * MB - usize::try_from(together).expect("bytes");
        add(&clerk, &draft, "kind=other", &of_size(left)).expect(201);
        add(&clerk, &draft, "kind=other", &pdf("one more")).expect_problem(409, "wrong-state");
    }

    fn of_two_papers_at_once_the_one_too_many_is_refused(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let draft = app.draft(&agency, &[&app.person(&agency).text("/id")]);
        for n in 1..20 {
            add(&clerk, &draft, "kind=other", &pdf(&n.to_string())).expect(201);
        }
        let answers: Vec<u16> = std::thread::scope(|scope| {
            let sent = ["a", "b", "c"].map(|mark| {
                let (clerk, draft) = (&clerk, &draft);
                scope.spawn(move || add(clerk, draft, "kind=other", &pdf(mark)).status)
            });
            sent.into_iter().map(|sent| sent.join().expect("no panic")).collect()
        });
        assert_eq!(answers.iter().filter(|status| **status == 201).count(), 1, "{answers:?}");
        assert_eq!((app.objects(), rows(&app)), (20, 20));
    }
}
