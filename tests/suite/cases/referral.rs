//! The case file that goes with a referral: what it tells, that the log commits to it, and that its proofs hold without
//! the registry.

use super::papers::{tells, text_of};
use super::{CASES, Scene, asked, revoke};
use crate::support::answer::Answer;
use crate::support::app::{Client, HA_NOI, TestApp};
use crate::support::{on_both_databases, sha256_hex};
use pdf_extract::{Document, Object};
use press_registry::domain::events::EventProof;
use press_registry::domain::log::VerifierKey;
use serde_json::{Value, json};
use std::fs;

/// The newest case file of a case, as this client gets it.
fn case_file(client: &Client, case: &Answer) -> Answer {
    let path = format!("{}/documents", case.path("cases"));
    let sha256 = client.list(&path, "/sha256").pop().expect("a file");
    let file = client.get(&format!("{path}/{sha256}")).expect(200);
    assert_eq!(sha256_hex(&file.body), sha256);
    file
}

/// The files attached to a PDF: name and bytes.
fn attached(pdf: &Answer) -> Vec<(String, Vec<u8>)> {
    let document = Document::load_mem(&pdf.body).expect("a PDF that others can read");
    let specs = document.objects.values().filter_map(|object| object.as_dict().ok()).filter(|it| it.has(b"EF"));
    let mut files: Vec<_> = specs
        .map(|spec| {
            let name = String::from_utf8_lossy(spec.get(b"F").and_then(Object::as_str).expect("a name")).into_owned();
            let stream = spec.get(b"EF").and_then(Object::as_dict).and_then(|it| it.get(b"F")).expect("a stream");
            let stream = document.get_object(stream.as_reference().expect("a reference")).expect("an object");
            (name, stream.as_stream().expect("a stream").decompressed_content().expect("its bytes"))
        })
        .collect();
    files.sort();
    files
}

on_both_databases! {
    fn the_file_tells_the_whole_case_and_its_proofs_hold_without_the_registry(db) {
        let app = TestApp::start(db);
        let scene = Scene::new(&app);
        let form = json!({
            "province": "31", "place": "Chợ Sắt", "occurred_at": "2026-11-21T01:00:00Z", "narrative": "Đòi tiền để không viết bài.",
            "amount_demanded": 20_000_000, "claimed_name": "Lê Văn Giả",
        });
        let receipt = app.anonymous().post("/api/v1/misuse-reports", &form).expect(201).text("/receipt");
        let sent = format!("/api/v1/misuse-reports/{receipt}/evidence");
        app.anonymous().send("POST", &sent, &[("content-type", "application/pdf")], Some(b"%PDF-1.7\n1")).expect(201);
        let mut opening = scene.form();
        opening["reports"] = json!([app.database.texts("SELECT id AS value FROM reports").remove(0)]);
        let mut seen = scene.opener.post(CASES, &opening).expect(201);
        for event in [asked("notify"), json!({ "event": "answer", "reason": "Tôi bị mất thẻ." }), revoke(), asked("confirm"), asked("appeal")] {
            seen = scene.happen(&seen, event);
        }
        let refer = json!({ "event": "refer", "to": "police", "reason": "Có dấu hiệu cưỡng đoạt tài sản" });
        let referred = scene.happen(&seen, refer).expect(201);
        let file = case_file(&scene.opener, &referred);
        assert_eq!(file.header("cache-control"), Some("no-store"));
        let name = format!("attachment; filename=\"case-file-{}-1.pdf\"", referred.text("/id"));
        assert_eq!(file.header("content-disposition"), Some(&*name));
        let text = text_of(&file);
        tells(&text, &[
            "Hồ sơ vụ việc", "Cơ quan công an", "Đang khiếu nại", "Có dấu hiệu cưỡng đoạt tài sản", &referred.text("/id"), "Hải Phòng",
            &scene.card.text("/name"), &scene.card.text("/number"), "Một người khác xuất trình thẻ này.",
            "Đòi tiền để không viết bài.", "20000000 đồng", "Lê Văn Giả", "Tôi bị mất thẻ.", "Thu hồi thẻ",
            "Cho mượn thẻ, có người làm chứng", "Mở hồ sơ", "Người thứ hai xác nhận", "application/pdf, 10 byte",
            &sha256_hex(b"%PDF-1.7\n1")[..40], "proof-N.json", "root",
        ]);
        // No more of people than the case has: not their papers, not who reported, not who wrote.
        for unsaid in ["999090", "@test.example", "1990", &receipt] {
            assert!(!text.contains(unsaid), "{unsaid} is told");
        }
        // The event commits to the very bytes.
        let events = scene.opener.history("cases", &referred);
        let told = &events.last().expect("an event")["document"];
        assert_eq!(told["sha256"], sha256_hex(&file.body));
        assert_eq!(told["bytes"], file.body.len());
        // Each step has its proof, which holds with the log's key alone.
        let files = attached(&file);
        assert_eq!(files.len(), events.len() - 1, "all but the referral itself");
        for (name, bytes) in &files {
            let proof: EventProof = serde_json::from_slice(bytes).expect("a proof");
            let key = VerifierKey::parse(&proof.vkey).expect("a key");
            let (index, _) = proof.check(&key).expect("it holds");
            assert_eq!(*name, format!("proof-{index}.json"));
            let mut altered: Value = serde_json::from_slice(bytes).expect("JSON");
            altered["event"]["time"] = "2026-11-22T02:59:59Z".into();
            let altered: EventProof = serde_json::from_value(altered).expect("a proof");
            altered.check(&key).expect_err("an altered event");
        }
        // At rest it is sealed.
        let kept = app.sealed_objects();
        assert!(!kept.is_empty() && kept.iter().all(|bytes| !bytes.starts_with(b"%PDF")));
    }

    fn the_proofs_are_checked_by_the_command_line(db) {
        let app = TestApp::start(db);
        let scene = Scene::new(&app);
        let referred = scene.along(&[asked("notify"), asked("refer")]);
        let (name, bytes) = attached(&case_file(&scene.opener, &referred)).remove(0);
        let path = app.data_dir.path().join(name);
        fs::write(&path, bytes).expect("a file");
        let checked = std::process::Command::new(env!("CARGO_BIN_EXE_press-registry"))
            .args(["log", "verify", "--proof"])
            .arg(&path)
            .output()
            .expect("the program runs");
        let said = String::from_utf8_lossy(&checked.stdout).into_owned();
        assert!(checked.status.success() && said.starts_with("case.opened is entry "), "{said}");
    }

    fn those_who_handle_the_case_and_auditors_get_the_file_and_nobody_else(db) {
        let app = TestApp::start(db);
        let scene = Scene::new(&app);
        let referred = scene.along(&[asked("notify"), asked("refer")]);
        let path = format!("{}/documents", referred.path("cases"));
        let file = format!("{path}/{}", scene.opener.list(&path, "/sha256").remove(0));
        assert_eq!(app.registrar().get(&file).expect(200).body, scene.decider.get(&file).expect(200).body);
        app.auditor().get(&file).expect_invalid(&[("query:purpose", "missing")]);
        app.auditor().get(&format!("{file}?purpose=Thanh%20tra%20qu%C3%BD%204")).expect(200);
        for client in [&scene.holder, &scene.head, &app.official(), &app.admin()] {
            client.get(&file).expect_problem(403, "forbidden");
            client.get(&path).expect_problem(403, "forbidden");
        }
        app.provincial(HA_NOI).get(&file).expect_problem(404, "not-found");
        app.registrar().get(&format!("{path}/{}", "0".repeat(64))).expect_problem(404, "not-found");
        // What goes out later has a file of its own; the first stays as it was.
        let again = scene.happen(&referred, json!({ "event": "refer", "to": "inspectorate", "reason": "Xử phạt" })).expect(201);
        assert_eq!(scene.opener.list(&path, "/to"), ["police", "inspectorate"]);
        tells(&text_of(&case_file(&scene.opener, &again)), &["Cơ quan thanh tra", "Chuyển cơ quan khác"]);
    }

    fn a_referral_that_is_refused_leaves_no_file(db) {
        let app = TestApp::start(db);
        let scene = Scene::new(&app);
        let told = scene.along(&[asked("notify")]);
        let refer = asked("refer");
        let path = told.path("cases");
        scene.opener.event(&path, "\"99\"", refer.clone()).expect_problem(412, "precondition-failed");
        scene.opener.post(&format!("{path}/events"), &refer).expect_problem(428, "precondition-required");
        scene.happen(&told, json!({ "event": "refer", "to": "police" })).expect_invalid(&[("/reason", "missing")]);
        scene.happen(&told, json!({ "event": "refer", "reason": "x" })).expect_invalid(&[("/to", "missing")]);
        let dismissed = scene.happen(&told, asked("dismiss")).expect(201);
        scene.happen(&dismissed, refer).expect_problem(409, "wrong-state");
        assert_eq!((app.objects(), scene.opener.list(&format!("{path}/documents"), "/to").len()), (0, 0));
    }
}
