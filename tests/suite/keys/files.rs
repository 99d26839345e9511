//! Key files: made once for each purpose, readable by their owner alone, and the ones the database knows.

use crate::erasure::bytes::{bytes_as_they_are, holds};
use crate::support::{
    on_both_databases,
    registry::{TestRegistry, copy_keys, folder},
};
use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};
use press_registry::{
    entropy::Entropy,
    keys::{KeyDirectory, KeyFileError, PairUse, Secret},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    fs::{self, Permissions},
    os::unix::{fs::PermissionsExt as _, process::ExitStatusExt as _},
    path::Path,
    process::Command,
};
use tempfile::TempDir;

on_both_databases! {
    fn keys_are_made_once_for_their_owner_alone(node: TestRegistry) {
        assert_eq!(mode(&node.data_dir().join("keys")), 0o700);
        let made = keys(node.data_dir());
        let kinds: BTreeSet<String> = made.keys().map(|name| kind(name)).collect();
        let pairs = ["card-*.p8", "session-*.p8", "status-*.p8"];
        let secrets = ["cursor.key", "log.key", "lookup.key", "sealing.key", "slots.key", "typed.key"];
        assert_eq!(kinds, pairs.into_iter().chain(secrets).map(str::to_owned).collect());
        assert_eq!(made.len(), 3 + 6);
        for name in made.keys() {
            assert_eq!(mode(&node.data_dir().join("keys").join(name)), 0o600, "{name}");
        }
        let other = node.another_node();
        assert_eq!(keys(other.data_dir()), made, "a second start makes none and changes none");
    }

    fn the_keys_that_seal_are_outside_the_database(node: TestRegistry) {
        let person = node.reporter(&node.central_agency());
        let held = bytes_as_they_are(node.database());
        assert!(holds(&held, person.id.to_string()), "what is in the database is seen");
        for name in ["sealing.key", "lookup.key"] {
            let hex = keys(node.data_dir())[name].trim().to_owned();
            let raw = HEXLOWER.decode(hex.as_bytes()).expect("hex");
            let encoded = [BASE64_NOPAD.encode(&raw), BASE64URL_NOPAD.encode(&raw), HEXUPPER.encode(&raw), hex];
            assert!(!holds(&held, &raw), "{name} is in the database");
            assert!(!encoded.iter().any(|text| holds(&held, text)), "{name} is in the database as text");
        }
    }

    fn no_keys_are_made_for_a_database_that_has_some(node: TestRegistry) {
        let empty = folder();
        let path = empty.path().to_owned();
        assert!(refusal(&node, empty).contains("is missing, but the database knows this key"));
        assert!(!path.join("keys").exists());
    }

    fn a_missing_key_file_refuses_the_start(node: TestRegistry) {
        for name in keys(node.data_dir()).keys() {
            let copy = copy_of_keys(&node);
            let path = copy.path().join("keys").join(name);
            fs::remove_file(&path).expect("removed");
            let remedy = match name.split_once('-') {
                Some((pair, _)) => format!("where it is lost, make a new key with `keys rotate --use {pair}`"),
                None => "nothing can take its place".to_owned(),
            };
            assert_eq!(
                refusal(&node, copy),
                format!(
                    "the key file {} is missing, but the database knows this key: copy the `keys` folder of a node that \
                     has it, or point --data-dir at the right folder; {remedy}",
                    path.display()
                )
            );
        }
    }

    fn a_key_file_that_others_may_read_refuses_the_start(node: TestRegistry) {
        let modes = [0o640, 0o604, 0o620, 0o602, 0o610, 0o601].into_iter().cycle();
        for (name, mode) in keys(node.data_dir()).keys().zip(modes) {
            let copy = copy_of_keys(&node);
            let path = copy.path().join("keys").join(name);
            fs::set_permissions(&path, Permissions::from_mode(mode)).expect("changed");
            let shown = path.display();
            assert_eq!(
                refusal(&node, copy),
                format!(
                    "the key file {shown} can be read by others: run `chmod 600 {shown}` and, if it was ever exposed, \
                     rotate it"
                )
            );
        }
    }

    fn the_key_of_another_registry_refuses_the_start(node: TestRegistry) {
        let theirs = keys(strangers_keys().path());
        for name in keys(node.data_dir()).keys() {
            let their_name = theirs.keys().find(|other| kind(other) == kind(name)).expect("of the same kind");
            let copy = copy_of_keys(&node);
            let path = copy.path().join("keys").join(name);
            fs::write(&path, &theirs[their_name]).expect("overwritten");
            assert_eq!(
                refusal(&node, copy),
                format!(
                    "the key file {} is not the key that this database knows: point --data-dir at the right folder",
                    path.display()
                )
            );
        }
    }

    fn a_key_file_that_is_no_key_refuses_the_start(node: TestRegistry) {
        for name in keys(node.data_dir()).keys() {
            for content in ["", "00", "not a key", &"z".repeat(64)] {
                let copy = copy_of_keys(&node);
                fs::write(copy.path().join("keys").join(name), content).expect("overwritten");
                assert!(refusal(&node, copy).contains("is not the key that this database knows"), "{name}: {content}");
            }
        }
    }
}

/// Orders to the other process: the folder to make a secret in.
const FOLDER: &str = "PRESS_REGISTRY_TEST_KEYS_FOLDER";

/// The other process. Without orders this test has nothing to do.
#[test]
fn makes_a_secret_only_when_ordered_to() {
    let Some(folder) = env::var_os(FOLDER) else { return };
    KeyDirectory::of(Path::new(&folder)).create_secret(Secret::Typed, &Entropy::System).expect("a secret");
}

#[test]
fn whoever_is_killed_while_writing_a_secret_does_not_block_the_next_start() {
    let folder = folder();
    // The system kills whoever writes more to a file than it may: here, anything at all.
    let killed = Command::new("sh")
        .args(["-c", r#"ulimit -f 0; exec "$0" --exact keys::files::makes_a_secret_only_when_ordered_to"#])
        .arg(env::current_exe().expect("this binary"))
        .env(FOLDER, folder.path())
        .output()
        .expect("a process");
    assert_eq!(killed.status.signal(), Some(libc::SIGXFSZ), "{killed:?}");
    let files = KeyDirectory::of(folder.path());
    assert!(matches!(files.secret(Secret::Typed), Err(KeyFileError::Missing(_))));
    assert_eq!(keys(folder.path()).len(), 1, "half a file, under another name");
    files.put_in_order().expect("in order");
    assert!(keys(folder.path()).is_empty());
    let made = files.create_secret(Secret::Typed, &Entropy::System).expect("a first start");
    assert_eq!(files.secret(Secret::Typed).expect("it is kept"), made);
    let again = files.create_secret(Secret::Typed, &Entropy::System).expect("taken over");
    assert_eq!(again, made, "nothing is overwritten");
}

/// The name and content of every key file.
fn keys(data_dir: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(data_dir.join("keys")).expect("a folder").map(|entry| entry.expect("an entry"));
    entries
        .map(|entry| {
            let name = entry.file_name().into_string().expect("a name in UTF-8");
            (name, fs::read_to_string(entry.path()).expect("text"))
        })
        .collect()
}

/// A file's name without the key's own.
fn kind(name: &str) -> String {
    match name.split_once('-') {
        Some((pair, _kid)) => format!("{pair}-*.p8"),
        None => name.to_owned(),
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("it is there").permissions().mode() & 0o7777
}

fn copy_of_keys(node: &TestRegistry) -> TempDir {
    let copy = folder();
    copy_keys(node.data_dir(), copy.path());
    copy
}

/// Keys as another registry has them.
fn strangers_keys() -> TempDir {
    let stranger = folder();
    let files = KeyDirectory::of(stranger.path());
    for secret in Secret::ALL {
        files.create_secret(secret, &Entropy::System).expect("a secret");
    }
    for pair in PairUse::ALL {
        files.create_pair(pair).expect("a pair");
    }
    stranger
}

/// Why a node with these files does not start.
fn refusal(node: &TestRegistry, data_dir: TempDir) -> String {
    node.node_in(data_dir).err().expect("refused").to_string()
}
