//! The log to take away: every line proves itself, under one checkpoint.

use crate::support::answer::Answer;
use crate::support::app::{Client, HAI_PHONG, TestApp};
use crate::support::on_both_databases;
use crate::support::program::run;
use data_encoding::BASE64;
use press_registry::domain::events::EventProof;
use press_registry::domain::log::{Proof, VerifierKey};
use serde_json::{Value, json};
use signed_note::{Note, StandardVerifier, VerifierList};
use tlog_tiles::{Checkpoint, Hash, check_record, record_hash};

const EXPORT: &str = "/api/v1/log/export";

fn lines(answer: &Answer) -> Vec<Value> {
    answer.body_text().lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

/// Places of the entries.
fn places(lines: &[Value]) -> Vec<i64> {
    lines.iter().skip(1).map(|line| line["index"].as_i64().expect("a place")).collect()
}

fn export(auditor: &Client, query: &str) -> Vec<Value> {
    lines(&auditor.get(&format!("{EXPORT}?{query}")).expect(200))
}

/// Whether programs that are not ours find the entry under the checkpoint of the first line.
fn is_proven(key: &str, head: &Value, line: &Value) {
    let note = head["checkpoint"].as_str().expect("a note");
    let verifier = StandardVerifier::new(key).expect("a key of Ed25519");
    let opened = Note::from_bytes(note.as_bytes()).expect("a signed note");
    opened.verify(&VerifierList::new(vec![Box::new(verifier)])).expect("signed by the log");
    let checkpoint = Checkpoint::from_bytes(opened.text()).expect("a checkpoint");
    let (text, under) = line["inclusion"].as_str().and_then(|text| text.split_once("\n\n")).expect("a proof");
    assert_eq!(under, note, "all are under one checkpoint");
    let path = text
        .lines()
        .skip(2)
        .map(|hash| Hash(BASE64.decode(hash.as_bytes()).expect("base64").try_into().expect("a hash")));
    let leaf = record_hash(line["leaf"].as_str().expect("a leaf").as_bytes());
    let index = line["index"].as_u64().expect("a place");
    check_record(&path.collect(), checkpoint.size(), *checkpoint.hash(), index, leaf).expect("proven");
    // And the leaf commits to the event.
    let proof: EventProof = serde_json::from_value(line.clone()).expect("a proof");
    assert_eq!(proof.check(&VerifierKey::parse(key).expect("a key")).expect("proven").0, index);
    assert!(proof.personal.is_empty(), "no personal fields");
}

on_both_databases! {
    fn every_line_proves_itself_under_the_checkpoint_of_the_first(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let card = app.issued_in(&agency, Some(HAI_PHONG), &app.person(&agency).text("/id"));
        // More than one part.
        app.registry.store.write_blocking(|tx| (0..600).try_for_each(|n| super::note(tx, n).map(drop))).expect("events");
        let answer = app.auditor().get(EXPORT).expect(200);
        assert_eq!(answer.header("content-type"), Some("application/jsonl; charset=utf-8"));
        let disposition = answer.header("content-disposition").expect("one");
        assert!(disposition.starts_with("attachment; filename=\"log-") && disposition.ends_with(".jsonl\""), "{disposition}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let lines = lines(&answer);
        let size = lines[0]["size"].as_i64().expect("a size");
        assert_eq!(places(&lines), (0..size).collect::<Vec<_>>(), "all of it, in order");
        let issuer = app.anonymous().get("/.well-known/press-registry/issuer").expect(200).json();
        let key = issuer["log"]["vkey"].as_str().expect("a key");
        lines.iter().skip(1).for_each(|line| is_proven(key, &lines[0], line));
        let text = answer.body_text();
        for secret in [card.text("/name"), card.text("/number"), "Trần Thị".into(), "test.example".into()] {
            assert!(!text.contains(&secret), "{secret}");
        }
    }

    fn a_line_is_a_file_that_the_program_checks(db) {
        let app = TestApp::start(db);
        app.issued_card(&app.central_agency());
        let answer = app.auditor().get(&format!("{EXPORT}?type=credential.issued")).expect(200);
        let line = answer.body_text().lines().nth(1).expect("an entry").to_owned();
        let path = app.data_dir.path().join("line.json");
        std::fs::write(&path, &line).expect("a writable folder");
        let file = path.to_str().expect("UTF-8");
        let ran = run(&["log", "verify", "--proof", file]);
        assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
        assert!(ran.out.starts_with("credential.issued is entry "), "{}", ran.out);
        std::fs::write(&path, line.replace("\"registrar\"", "\"auditor\"")).expect("a writable folder");
        assert_eq!(run(&["log", "verify", "--proof", file]).code, Some(1));
    }

    fn an_export_holds_what_the_list_holds(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        app.issued_in(&agency, Some(HAI_PHONG), &app.person(&agency).text("/id"));
        app.pass(3_600);
        app.central_agency();
        let auditor = app.auditor();
        for query in ["province=31", "role=registrar", "type=agency.created", "type=agency.created&province=31",
            "from=2026-11-22T04:00:00Z", "to=2026-11-22T04:00:00Z", "body=H%E1%BA%A3i%20Ph%C3%B2ng", "type=never"] {
            let list = auditor.get(&format!("/api/v1/log/entries?{query}&limit=100")).expect(200).json();
            let listed: Vec<_> = list["items"].as_array().expect("a list").iter().map(|it| it["index"].as_i64().expect("one")).collect();
            assert_eq!(places(&export(&auditor, query)), listed, "{query}");
        }
        assert_eq!(export(&auditor, "type=never").len(), 1, "the checkpoint alone");
        for (query, pointer, code) in [
            ("province=99", "query:province", "unknown_province"),
            ("case=x", "query:case", "not_an_id"),
            ("purpose=Thanh%20tra%20qu%C3%BD", "query:purpose", "unknown_parameter"),
            ("limit=1", "query:limit", "unknown_parameter"),
        ] {
            auditor.get(&format!("{EXPORT}?{query}")).expect_invalid(&[(pointer, code)]);
        }
        auditor.get(&format!("{EXPORT}?format=xlsx")).expect_problem(406, "not-acceptable");
        app.registrar().get(&format!("{EXPORT}?format=xlsx")).expect_problem(403, "forbidden");
        let looks = "SELECT what AS value FROM accesses WHERE actor_role = 'auditor' AND person_id IS NULL";
        let looks = app.database.texts(looks);
        assert!(looks.len() == 9 && looks.iter().all(|what| what == "export"), "{looks:?}");
    }

    fn what_was_written_down_since_is_not_in_it(db) {
        let app = TestApp::start(db);
        let registry = &app.registry;
        registry.store.write_blocking(|tx| (0..300).try_for_each(|n| super::note(tx, n).map(drop))).expect("events");
        let caller = press_registry::domain::accounts::Caller {
            user: app.auditor().user.expect("an account"),
            role: press_registry::domain::accounts::Role::Auditor,
            body: None,
            session: press_registry::domain::ids::Id::from_uuid(uuid::Uuid::nil()),
            must_change_password: false,
        };
        let (mut export, ()) = registry.begin_export(&caller, Ok((Default::default(), ()))).expect("begun");
        let mut parts = vec![registry.next_part(&mut export).expect("a part")];
        // Others write, and sign, between two parts.
        registry.store.write_blocking(|tx| (0..700).try_for_each(|n| super::note(tx, n).map(drop))).expect("events");
        let newer = registry.publish_log().expect("a checkpoint");
        while let Some(part) = Some(registry.next_part(&mut export).expect("a part")).filter(|part| !part.is_empty()) {
            parts.push(part);
        }
        let all: Vec<_> = parts.into_iter().flatten().collect();
        let size = export.published.checkpoint.size;
        assert!(size + 700 <= newer.checkpoint.size);
        assert_eq!(u64::try_from(all.len()), Ok(size));
        let key = VerifierKey::parse(&all[0].proof.vkey).expect("a key");
        for exported in &all {
            let (_, checkpoint) = exported.proof.check(&key).expect("proven");
            assert_eq!(checkpoint.size, size);
            assert!(Proof::parse(&exported.proof.inclusion).is_some_and(|it| it.note == export.published.note));
        }
    }

    fn a_table_holds_no_formula(db) {
        let app = TestApp::start(db);
        let body = press_registry::domain::accounts::BodyName::parse("=HYPERLINK(\"http://x\",\"Thanh tra\")").expect("a name");
        let province = press_registry::domain::provinces::ProvinceId::parse(HAI_PHONG).expect("a unit");
        let official = app.client(press_registry::domain::accounts::Role::Official { body, province });
        let form = json!({ "province": "31", "place": "@x", "occurred_at": "2026-11-21T01:00:00Z", "narrative": "-1" });
        official.post("/api/v1/misuse-reports", &form).expect(201);
        let answer = app.auditor().get(&format!("{EXPORT}?format=csv&province=31")).expect(200);
        assert_eq!(answer.header("content-type"), Some("text/csv; charset=utf-8"));
        let mut table = csv::Reader::from_reader(answer.body.as_slice());
        let head: Vec<String> = table.headers().expect("columns").iter().map(str::to_owned).collect();
        let rows: Vec<csv::StringRecord> = table.records().map(|row| row.expect("a record")).collect();
        let cell = |row: &csv::StringRecord, name: &str| {
            row.get(head.iter().position(|it| it == name).expect("a column")).expect("a cell").to_owned()
        };
        assert_eq!((cell(&rows[0], "type"), rows.len()), ("checkpoint".into(), 2));
        assert_eq!(cell(&rows[1], "type"), "report.received");
        assert_eq!(cell(&rows[1], "body"), "'=HYPERLINK(\"http://x\",\"Thanh tra\")");
        for row in &rows {
            assert!(row.iter().all(|cell| !cell.starts_with(['=', '+', '-', '@', '\t', '\r'])), "{row:?}");
        }
        // What proves the entry is there as it was written down.
        let event: Value = serde_json::from_str(&cell(&rows[1], "event")).expect("JSON");
        assert_eq!(event["actor"]["body"], "=HYPERLINK(\"http://x\",\"Thanh tra\")");
        let vkey = app.anonymous().get("/.well-known/press-registry/issuer").expect(200).text("/log/vkey");
        // What is base64url may begin with `-`, too.
        let written = |name: &str| press_registry::domain::text::formula(&cell(&rows[1], name)).to_owned();
        let proof = EventProof {
            event,
            salt: written("salt"),
            personal: Vec::new(),
            leaf: written("leaf"),
            inclusion: written("inclusion"),
            vkey: vkey.clone(),
        };
        assert_eq!(proof.check(&VerifierKey::parse(&vkey).expect("a key")).expect("proven").0.to_string(), cell(&rows[1], "index"));
    }
}
