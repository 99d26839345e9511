//! The key that seals is changed: everything is sealed anew, some at a time, and nothing is lost on the way.

use crate::imports::{Office, csv, good};
use crate::support::app::TestApp;
use crate::support::fixtures::DAY;
use crate::support::program::program;
use crate::support::registry::{TestRegistry, copy_keys, folder};
use crate::support::{Engine, on_both_databases, sha256_hex};
use press_registry::app::keys::{Resealed, reseal, rotate_sealing};
use press_registry::app::objects;
use press_registry::domain::printed::PhotoDigest;
use press_registry::store::people;
use std::fs;
use std::process::Stdio;
use std::time::Duration;

fn told() -> impl FnMut(usize) {
    |_| ()
}

on_both_databases! {
    fn everything_is_sealed_anew_and_opens_without_the_old_key(node: TestRegistry) {
        let agency = node.central_agency();
        let people: Vec<_> = (0..3).map(|_| node.reporter(&agency)).collect();
        let picture = node.portrait_of(people[0].id);
        node.issue(&agency, "press_card", &[people[0].id]).expect("a card");
        let hashes = || node.database().texts("SELECT id AS value FROM people ORDER BY national_id_hash");
        let before = hashes();
        assert_eq!(reseal(&node, &mut told()).expect("nothing to do"), Resealed::default());
        let id = rotate_sealing(&node).expect("a key");
        assert!(rotate_sealing(&node).is_err(), "one at a time");
        // A node that has not the file does not start; with it, it opens what both keys sealed.
        let without = folder();
        copy_keys(node.data_dir(), without.path());
        fs::remove_file(without.path().join(format!("keys/sealing-{id}.key"))).expect("removed");
        let Err(refused) = node.node_in(without) else { panic!("it started") };
        assert!(refused.to_string().contains(&format!("sealing-{id}.key is missing")), "{refused}");
        let other = node.another_node();
        let between = node.reporter(&agency);

        let done = reseal(&node, &mut told()).expect("resealed");
        assert!(done.values >= 4 && done.files == 2, "{done:?}");
        let opened = |node: &TestRegistry, id| {
            let found = node.store.read(|db| people::find(db, &node.secrets.sealing, id)).expect("it opens");
            found.expect("on record").fields.national_id.reveal().to_owned()
        };
        for person in people.iter().chain([&between]) {
            assert_eq!(opened(&node, person.id), person.fields.national_id.reveal());
            assert_eq!(opened(&other, person.id), person.fields.national_id.reveal(), "on the other node too");
        }
        let all = hashes();
        assert_eq!(all.iter().filter(|id| before.contains(id)).cloned().collect::<Vec<_>>(), before, "hashes stay");
        // What another node sealed with the old key meanwhile is found by the second run.
        let late = other.reporter(&agency);
        assert_eq!(opened(&node, late.id), late.fields.national_id.reveal());
        assert_eq!(reseal(&node, &mut told()).expect("resealed").values, 1);
        other.refresh().expect("a look");
        let later = other.reporter(&agency);
        assert_eq!(reseal(&node, &mut told()).expect("resealed").values, 0, "from now on with the new one");

        // The old key may go.
        fs::remove_file(node.data_dir().join("keys/sealing.key")).expect("removed");
        let stopped = node.stop();
        let node = stopped.start();
        for person in people.iter().chain([&between, &late, &later]) {
            assert_eq!(opened(&node, person.id), person.fields.national_id.reveal());
        }
        let shown = node.public_picture(PhotoDigest::from_bytes(picture.digest)).expect("a valid card carries it");
        assert!(shown == picture.public, "it opens to the same bytes");
        let states = "SELECT state AS value FROM keys WHERE purpose = 'sealing' ORDER BY not_before";
        assert_eq!(node.database().texts(states), ["retired", "active"]);
    }

    fn a_node_that_would_go_on_with_a_key_that_is_over_is_not_ready(node: TestRegistry) {
        let other = node.another_node();
        let id = rotate_sealing(&node).expect("a key");
        // Until then the old one seals, by which nothing is lost.
        assert!(other.refresh().is_err());
        other.is_ready().expect("it seals with the old one, as every node");
        reseal(&node, &mut told()).expect("resealed");
        assert!(other.refresh().is_err());
        assert!(other.is_ready().is_err());
        node.is_ready().expect("it has the file");
        let file = format!("keys/sealing-{id}.key");
        fs::copy(node.data_dir().join(&file), other.data_dir().join(&file)).expect("a copy");
        other.refresh().expect("it is here");
        other.is_ready().expect("it seals with the new one");
    }

    fn a_file_that_is_removed_while_it_is_sealed_anew_stays_removed(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let draft = app.draft(&agency, &[&app.person(&agency).text("/id")]);
        let papers = format!("{}/documents", draft.path("applications"));
        let add = |paper: &[u8]| {
            let sent = clerk.send("POST", &format!("{papers}?kind=other"), &[("content-type", "application/pdf")], Some(paper));
            sent.expect(201);
            app.database.texts("SELECT object AS value FROM application_documents ORDER BY number DESC").remove(0)
        };
        let paper = b"%PDF-1.7\n1\n%%EOF\n";
        let object = add(paper);
        let file = |object: &str| app.data_dir.path().join("files").join(object);
        // It was read, and sealed anew: nobody has removed it.
        let sealed = fs::read(file(&object)).expect("a file");
        assert_eq!(app.registry.put_back(&object, sealed.clone()).expect("written"), objects::Resealed::Anew);
        // Now the paper is removed, its row and its file, between the reading and the writing.
        let path = format!("{papers}/{}", sha256_hex(paper));
        let seen = clerk.get(&draft.path("applications")).expect(200);
        clerk.send("DELETE", &path, &[("if-match", &seen.etag())], None).expect(204);
        assert!(!file(&object).exists());
        assert_eq!(app.registry.put_back(&object, sealed).expect("written"), objects::Resealed::Already);
        assert!(!file(&object).exists(), "it does not come back");

        // What no row names is left alone, and told: it waits for its row, or is removed as ever.
        let object = add(b"%PDF-1.7\n2\n%%EOF\n");
        let kept = add(b"%PDF-1.7\n3\n%%EOF\n");
        app.database.run(&format!("DELETE FROM application_documents WHERE object = '{object}'")).expect("an edit");
        let before = fs::read(file(&object)).expect("a file");
        rotate_sealing(&app.registry).expect("a key");
        let done = reseal(&app.registry, &mut told()).expect("resealed");
        assert_eq!((done.files, done.nobodys), (1, 1));
        assert_eq!(fs::read(file(&object)).expect("a file"), before);
        app.pass(2 * DAY);
        app.registry.forget().expect("a run");
        assert!(!file(&object).exists() && file(&kept).exists());
        let done = reseal(&app.registry, &mut told()).expect("resealed");
        assert_eq!((done.files, done.nobodys), (0, 0));
    }

    fn whoever_is_killed_in_the_middle_runs_it_again(db) {
        const ROWS: usize = 3_000;
        let office = Office::new(db);
        let (place, engine) = (&office.place, office.place.database.engine);
        let file = office.file("people.csv", csv((1..=ROWS).map(good)));
        place.run(&office.words(&file, &[])).done();
        let sealed = || {
            let hex = if engine == Engine::Sqlite { "HEX(national_id_sealed)" } else { "ENCODE(national_id_sealed, 'hex')" };
            place.database.texts(&format!("SELECT {hex} AS value FROM people ORDER BY id"))
        };
        let before = sealed();
        let told = place.run(&["keys", "rotate", "--use", "sealing"]).done();
        assert!(told.contains("run `keys reseal`"), "{told}");
        let anew = || sealed().iter().zip(&before).filter(|(now, before)| now != before).count();
        let arguments = place.arguments(&["keys", "reseal"]);
        let mut child = program(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        while child.try_wait().expect("a process").is_none() && anew() == 0 {
            std::thread::sleep(Duration::from_millis(1));
        }
        // SIGKILL; it may have ended by itself.
        let _ended = child.kill();
        child.wait().expect("it ends");
        let active = "SELECT COUNT(*) AS value FROM keys WHERE purpose = 'sealing' AND state = 'active'";
        println!("killed with {} of {ROWS} sealed anew and {} keys", anew(), place.database.number(active));
        let told = place.run(&["keys", "reseal"]).done();
        assert_eq!(anew(), ROWS, "{told}");
        // Whether the old file may go is known by a run that found nothing.
        if !told.starts_with("0 values and 0 files") {
            assert!(!told.contains("may be removed"), "{told}");
        }
        let told = place.run(&["keys", "reseal"]).done();
        assert!(told.starts_with("0 values and 0 files") && told.contains("may be removed"), "{told}");
        assert_eq!(place.database.number(active), 1);
        // Nothing of it opens with the old key any more, nor has to.
        fs::remove_file(place.data_dir().join("keys/sealing.key")).expect("removed");
        let told = place.run(&office.words(&file, &[])).done();
        assert_eq!(told, format!("{ROWS} rows: {ROWS} accepted, of these {ROWS} unchanged; 0 rejected; 0 entered.\n"));
    }
}
