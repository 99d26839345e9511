//! What everybody may fetch, read with programs that are not ours: `tlog_tiles` and `signed_note`.

use crate::support::app::{Client, TestApp};
use crate::support::{on_both_databases, within};
use press_registry::domain::events::{BadProof, EventProof};
use press_registry::domain::log::VerifierKey;
use serde_json::json;
use signed_note::{Note, StandardVerifier, VerifierList};
use std::time::Duration;
use tlog_tiles::{
    Checkpoint, Error, Hash, HashReader, Tile, TileHashReader, TileReader, check_record, prove_record, record_hash,
    stored_hash_index, tree_hash,
};

/// Fetches tiles as the crate asks for them: its own addresses have the height in front.
struct Http<'a>(&'a Client);

impl TileReader for Http<'_> {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, Error> {
        Ok(tiles.iter().map(|tile| self.0.get(&address(tile)).expect(200).body).collect())
    }

    fn save_tiles(&self, _: &[Tile], _: &[Vec<u8>]) {}
}

fn address(tile: &Tile) -> String {
    tile.path().replacen("tile/8/", "/log/tile/", 1)
}

/// The checkpoint, once everything is under it, as the crates read it.
fn checkpoint(app: &TestApp) -> Checkpoint {
    let published = app.registry.publish_log().expect("a checkpoint");
    let answer = app.anonymous().get("/log/checkpoint").expect(200);
    assert_eq!(answer.body_text(), published.note);
    let issuer = app.anonymous().get("/.well-known/press-registry/issuer").expect(200).json();
    let verifier = StandardVerifier::new(issuer["log"]["vkey"].as_str().expect("a key")).expect("a key of Ed25519");
    let note = Note::from_bytes(&answer.body).expect("a signed note");
    let (ours, others) = note.verify(&VerifierList::new(vec![Box::new(verifier)])).expect("signed by the log");
    assert_eq!((ours.len(), others.len()), (1, 0));
    let checkpoint = Checkpoint::from_bytes(note.text()).expect("a checkpoint");
    assert_eq!(checkpoint.origin(), issuer["log"]["origin"].as_str().expect("an origin"));
    checkpoint
}

/// The leaves, out of their bundles.
fn leaves(client: &Client, size: u64) -> Vec<Vec<u8>> {
    let mut leaves = Vec::new();
    for n in 0..size.div_ceil(256) {
        let width = u32::try_from((size - 256 * n).min(256)).expect("at most 256");
        let place = Tile::new(8, 0, n, width, true).path().replacen("tile/8/data/", "/log/tile/entries/", 1);
        let mut bundle = client.get(&place).expect(200).body;
        while !bundle.is_empty() {
            let length = usize::from(u16::from_be_bytes([bundle[0], bundle[1]]));
            leaves.push(bundle[2..2 + length].to_vec());
            bundle.drain(..2 + length);
        }
    }
    leaves
}

on_both_databases! {
    fn the_log_is_what_other_programs_make_of_it(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        app.issued_card(&agency);
        app.registry.store.write_blocking(|tx| (0..700).try_for_each(|n| super::note(tx, n).map(drop))).expect("events");
        let (checkpoint, client) = (checkpoint(&app), app.anonymous());
        let size = checkpoint.size();
        let reader = Http(&client);
        let tiles = TileHashReader::new(size, *checkpoint.hash(), &reader);
        assert_eq!(tree_hash(size, &tiles).expect("authentic tiles"), *checkpoint.hash());
        let leaves = leaves(&client, size);
        assert_eq!(u64::try_from(leaves.len()).expect("few"), size);
        for (index, leaf) in (0..).zip(&leaves) {
            let text = std::str::from_utf8(leaf).expect("JSON");
            let value: serde_json::Value = serde_json::from_str(text).expect("JSON");
            assert_eq!(value.as_object().expect("an object").keys().collect::<Vec<_>>(), ["commitment", "time", "type", "v"]);
            if index % 97 == 0 {
                let hash = tiles.read_hashes(&[stored_hash_index(0, index)]).expect("a hash")[0];
                assert_eq!(hash, record_hash(leaf), "entry {index}");
                let proof = prove_record(size, index, &tiles).expect("a proof");
                let ours = app.registry.store.read(|db| app.registry.log_proof(db, index.try_into().expect("few")));
                let ours = ours.expect("a database").expect("a proof");
                assert_eq!(ours.path, proof.iter().map(|hash| hash.0).collect::<Vec<_>>(), "entry {index}");
                check_record(&ours.path.into_iter().map(Hash).collect(), size, *checkpoint.hash(), index, hash).expect("proven");
            }
        }
    }

    fn the_public_learns_that_something_happened_and_not_what(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let card = app.issued_card(&agency).json();
        let size = checkpoint(&app).size();
        let client = app.anonymous();
        let everything = leaves(&client, size).concat();
        let everything = String::from_utf8(everything).expect("text");
        for secret in ["agency", "credential", "Trần", card["number"].as_str().expect("a number"), card["id"].as_str().expect("an id")] {
            assert!(!everything.contains(secret), "{secret}");
        }
        assert!(everything.contains(r#""type":"event""#) && everything.contains(r#""type":"key""#));
        assert!(everything.contains(r#""type":"status_list""#), "the bit of the card");
        assert!(everything.contains(r#""time":"2026-11-22T03:00:00Z""#));
        assert!(!everything.contains("2026-11-22T03:0") || !everything.contains("03:01"), "whole hours only");
    }

    fn a_tile_is_kept_for_ever_and_is_had_only_as_far_as_it_is_signed(db) {
        let app = TestApp::start(db);
        app.registry.store.write_blocking(|tx| (0..300).try_for_each(|n| super::note(tx, n).map(drop))).expect("events");
        let size = checkpoint(&app).size();
        let client = app.anonymous();
        let whole = client.get("/log/tile/0/000").expect(200);
        assert_eq!(whole.header("cache-control"), Some("public, max-age=31536000, immutable"));
        assert_eq!(whole.body.len(), 256 * 32);
        assert_eq!(client.get("/log/tile/0/000.p/3").expect(200).body, whole.body[..96]);
        let width = size - 256;
        client.get(&format!("/log/tile/0/001.p/{width}")).expect(200);
        client.get(&format!("/log/tile/entries/001.p/{width}")).expect(200);
        for beyond in [
            format!("/log/tile/0/001.p/{}", width + 1),
            format!("/log/tile/entries/001.p/{}", width + 1),
            "/log/tile/0/001".into(),
            "/log/tile/entries/001".into(),
            "/log/tile/1/000".into(),
            "/log/tile/0/0".into(),
            "/log/tile/0/000.p/0".into(),
            "/log/tile/0/000.p/256".into(),
            "/log/tile/64/000".into(),
            "/log/tile/entries/".into(),
            "/log/tile/entries/x000/000".into(),
        ] {
            client.get(&beyond).expect_problem(404, "not-found");
        }
    }

    fn the_server_signs_what_is_written_down_without_being_asked(db) {
        let app = TestApp::start(db);
        app.central_agency();
        let end = app.registry.store.read(|db| press_registry::store::events::count(db)).expect("a count");
        let is_signed = || app.registry.log.published().is_some_and(|it| i64::try_from(it.checkpoint.size) == Ok(end));
        // Some 200 ms; how long it takes on a busy machine is not what is tested.
        within(Duration::from_secs(30), || is_signed().then_some(()));
    }

    fn a_proof_holds_without_the_registry_and_breaks_with_any_change(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        app.issued_card(&agency);
        checkpoint(&app);
        let count = app.registry.store.read(|db| press_registry::store::events::count(db)).expect("a count");
        let mut about_a_person = (0..count).filter_map(|index| {
            let proof = app.registry.store.read(|db| app.registry.event_proof(db, index)).expect("a database")?;
            (!proof.personal.is_empty()).then_some(proof)
        });
        let good = about_a_person.next_back().expect("an event about a person");
        let key = VerifierKey::parse(&good.vkey).expect("a key");
        good.check(&key).expect("proven");
        let read: EventProof = serde_json::from_value(serde_json::to_value(&good).expect("JSON")).expect("the same");
        assert_eq!(read, good);

        let broken = |change: &dyn Fn(&mut EventProof)| {
            let mut proof = good.clone();
            change(&mut proof);
            proof.check(&key).expect_err("a changed proof")
        };
        assert_eq!(broken(&|it| it.event["actor"]["role"] = json!("admin")), BadProof::OtherEvent);
        assert_eq!(broken(&|it| it.salt = "A".repeat(43)), BadProof::OtherEvent);
        assert_eq!(broken(&|it| it.personal[0].fields = json!({})), BadProof::OtherFields);
        assert_eq!(broken(&|it| it.leaf = it.leaf.replace("\"v\":1", "\"v\":2")), BadProof::Malformed);
        assert!(matches!(broken(&|it| it.inclusion = it.inclusion.replacen("index ", "index 1", 1)), BadProof::Unproven(_)));
        let other = VerifierKey::new(key.name().to_owned(), [7; 32]);
        assert!(matches!(good.check(&other), Err(BadProof::Unproven(_))), "another key");
    }
}
