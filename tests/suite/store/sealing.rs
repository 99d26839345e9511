//! National ids and portraits lie sealed: whoever copies the disk or the database learns neither.

use crate::support::{Engine, TestDatabase, on_both_databases, registry::TestRegistry};
use press_registry::domain::printed::PhotoDigest;
use std::{fs, path::Path};

on_both_databases! {
    fn a_national_id_lies_nowhere_in_the_open(node: TestRegistry) {
        let agency = node.central_agency();
        let person = node.reporter(&agency);
        let digits = person.fields.national_id.reveal();
        let kept = everything(&node);
        assert!(holds(&kept, person.fields.full_name.as_bytes()), "the search would find it");
        assert!(!holds(&kept, digits.as_bytes()));
        // PostgreSQL shows bytes as hex digits.
        assert!(!holds(&kept, data_encoding::HEXLOWER.encode(digits.as_bytes()).as_bytes()));
    }

    fn a_portrait_lies_nowhere_in_the_open(node: TestRegistry) {
        let agency = node.central_agency();
        let person = node.reporter(&agency);
        let picture = node.portrait_of(person.id);
        node.issue(&agency, "press_card", &[person.id]).expect("a card");
        let kept = everything(&node);
        for jpeg in [&picture.registered, &picture.public] {
            assert_eq!(jpeg[..2], [0xFF, 0xD8], "a JPEG");
            assert!(!holds(&kept, &jpeg[..16]), "its header");
            assert!(!holds(&kept, &jpeg[jpeg.len() / 2..][..16]), "its middle");
        }
        let shown = node.public_picture(PhotoDigest::from_bytes(picture.digest)).expect("a valid card carries it");
        assert!(shown == picture.public, "it opens to the same bytes");
    }
}

/// Every byte of the database and of the data directory.
fn everything(node: &TestRegistry) -> Vec<u8> {
    let mut bytes = match node.database().engine {
        // The folder holds the write-ahead log, too.
        Engine::Sqlite => files(Path::new(node.database().path()).parent().expect("a folder")),
        Engine::Postgres => rows(node.database()),
    };
    bytes.extend(files(node.data_dir()));
    bytes
}

fn files(folder: &Path) -> Vec<u8> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { fs::read(path).expect("a file") }).collect()
}

fn rows(db: &TestDatabase) -> Vec<u8> {
    let tables = db.tables();
    tables
        .iter()
        .flat_map(|table| db.texts(&format!("SELECT t::text AS value FROM {table} AS t")))
        .flat_map(String::into_bytes)
        .collect()
}

fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}
