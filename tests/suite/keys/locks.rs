//! Key files locked with a passphrase: at rest they are nothing to whoever has them, and nothing else changes.

use crate::support::{
    on_both_databases,
    registry::{TestRegistry, copy_keys, folder},
};
use press_registry::{
    app::{Registry, Settings, StartError, keys, verifications},
    clock::Clock,
    domain::{credentials::Credential, verdict::Verdict},
    entropy::Entropy,
    keys::{KeyDirectory, KeyLock, PairUse},
};
use std::{
    collections::BTreeMap,
    env,
    fs::{self, File, Permissions},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};
use tempfile::TempDir;

const PASSPHRASE: &str = "mưa rơi trên mái ngói cũ";

/// A data directory with a copy of a node's keys and a file with a passphrase.
struct Place {
    data_dir: TempDir,
    settings: Settings,
    clock: Clock,
}

impl Place {
    fn of(node: &TestRegistry, passphrase: Option<&str>) -> Self {
        let data_dir = folder();
        copy_keys(node.data_dir(), data_dir.path());
        let settings = Settings { data_dir: data_dir.path().to_owned(), ..node.settings.clone() };
        let mut place = Self { data_dir, settings, clock: node.clock.clone() };
        place.unlock_with(passphrase);
        place
    }

    fn unlock_with(&mut self, passphrase: Option<&str>) {
        self.settings.key_passphrase_file = passphrase.map(|words| {
            let path = self.data_dir.path().join("passphrase");
            fs::write(&path, format!("{words}\n")).expect("written");
            fs::set_permissions(&path, Permissions::from_mode(0o600)).expect("set");
            path
        });
    }

    fn open(&self) -> Result<Registry, StartError> {
        Registry::open(self.settings.clone(), self.clock.clone(), Entropy::System)
    }

    fn refusal(&self) -> String {
        self.open().err().expect("refused").to_string()
    }

    fn passphrase_file(&self) -> PathBuf {
        self.settings.key_passphrase_file.clone().expect("set")
    }

    /// The name and the text of each key file.
    fn files(&self) -> BTreeMap<String, String> {
        texts(self.data_dir.path())
    }
}

fn texts(data_dir: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(data_dir.join("keys")).expect("a folder").map(|entry| entry.expect("an entry"));
    let text = |path: PathBuf| fs::read_to_string(path).expect("text");
    entries.map(|entry| (entry.file_name().into_string().expect("UTF-8"), text(entry.path()))).collect()
}

fn is_valid(registry: &Registry, card: &Credential) -> bool {
    let code = press_registry::app::credentials::typed_code(registry, card);
    let said = verifications::verify(registry, &code, None).expect("a verdict");
    said.judgement.verdict() == Verdict::Valid
}

on_both_databases! {
    fn keys_are_locked_at_the_next_start_and_stay_the_same_keys(node: TestRegistry) {
        let card = node.issued_card();
        let plain = texts(node.data_dir());
        let place = Place::of(&node, Some(PASSPHRASE));
        let opened = place.open().expect("opened");
        let locked = place.files();
        assert!(locked.keys().eq(plain.keys()));
        for (name, text) in &locked {
            assert!(text.starts_with("locked:"), "{name}");
            assert!(!text.contains(plain[name].trim()), "{name}");
            let mode = fs::metadata(place.data_dir.path().join("keys").join(name)).expect("a file").permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
        assert_eq!(opened.ring().card().expect("a key").kid(), card.kid);
        // A typed code is made with a secret.
        assert!(is_valid(&opened, &card));
        let new = keys::rotate(&opened, PairUse::Card).expect("rotated");
        assert!(place.files()[&format!("card-{new}.p8")].starts_with("locked:"));
        drop(opened);
        let again = place.open().expect("opened again");
        assert_eq!(again.ring().card().expect("a key").kid().to_string(), new);
        let unchanged = place.files();
        assert!(locked.iter().all(|(name, text)| unchanged[name] == *text), "what is locked is left alone");
    }

    fn without_the_passphrase_nothing_starts(node: TestRegistry) {
        let mut place = Place::of(&node, Some(PASSPHRASE));
        drop(place.open().expect("opened"));
        place.unlock_with(None);
        assert!(place.refusal().contains("is locked: name the file with its passphrase"));
        place.unlock_with(Some("mưa rơi trên mái ngói mới"));
        assert!(place.refusal().contains("does not open with the passphrase"));
        place.unlock_with(Some(PASSPHRASE));
        drop(place.open().expect("opened"));
    }

    fn a_locked_file_that_was_altered_or_moved_does_not_open(node: TestRegistry) {
        let place = Place::of(&node, Some(PASSPHRASE));
        drop(place.open().expect("opened"));
        let good = place.files();
        let path = |name: &str| place.data_dir.path().join("keys").join(name);
        let typed = &good["typed.key"];
        let last = if typed.trim_end().ends_with('0') { "1" } else { "0" };
        let altered = format!("{}{last}", &typed.trim_end()[..typed.trim_end().len() - 1]);
        for text in [&altered, &good["slots.key"], "locked:", "locked:zz", "locked:00"] {
            fs::write(path("typed.key"), text).expect("written");
            assert!(place.refusal().contains("typed.key does not open"), "{text}");
        }
        fs::write(path("typed.key"), typed).expect("written");
        drop(place.open().expect("opened"));
    }

    fn a_passphrase_is_kept_from_others_and_long(node: TestRegistry) {
        let mut place = Place::of(&node, Some(PASSPHRASE));
        for mode in [0o640, 0o604] {
            fs::set_permissions(place.passphrase_file(), Permissions::from_mode(mode)).expect("set");
            assert!(place.refusal().contains("can be read by others: run `chmod 600"), "{mode:o}");
        }
        for short in ["", "fourteen bytes"] {
            place.unlock_with(Some(short));
            assert!(place.refusal().contains("too short: at least 15 bytes"), "{short}");
        }
        fs::remove_file(place.passphrase_file()).expect("removed");
        assert!(place.refusal().contains("cannot be used"));
        assert!(place.files().values().all(|text| !text.starts_with("locked:")), "nothing was touched");
        place.unlock_with(Some("fifteen bytes .."));
        drop(place.open().expect("opened"));
    }

    fn what_a_killed_process_left_in_plain_text_is_gone_at_the_next_start(node: TestRegistry) {
        for passphrase in [None, Some(PASSPHRASE)] {
            let place = Place::of(&node, passphrase);
            let path = |name: &str| place.data_dir.path().join("keys").join(name);
            let before = place.files();
            for (name, text) in &before {
                // As it is killed before it gave the file its name, and after: then both are one file.
                fs::write(path(&format!(".{name}.4194304")), text).expect("written");
                fs::hard_link(path(name), path(&format!(".{name}.1"))).expect("linked");
            }
            // Somebody is at this one, and these are not ours.
            let at_work = File::create(path(".card-00000000.p8.7")).expect("made");
            at_work.lock().expect("locked");
            let others = [".card-00000000.p8.7", ".typed.key.bak", "typed.key.1"];
            others.iter().skip(1).for_each(|name| fs::write(path(name), "not ours").expect("written"));
            drop(place.open().expect("opened"));
            let mut left = place.files();
            others.iter().for_each(|name| assert!(left.remove(*name).is_some(), "{name} is left alone"));
            assert!(left.keys().eq(before.keys()), "{:?}", left.keys());
            if passphrase.is_some() {
                assert!(left.values().all(|text| text.starts_with("locked:")));
            }
            drop(at_work);
            drop(place.open().expect("opened again"));
            assert!(!place.files().contains_key(".card-00000000.p8.7"), "its process is gone");
        }
    }
}

/// Orders to the other process: the folder to make keys in until it is killed.
const FOLDER: &str = "PRESS_REGISTRY_TEST_LOCKED_KEYS_FOLDER";

/// A folder's keys, locked with the passphrase that lies beside them.
fn locked_keys(data_dir: &Path) -> KeyDirectory {
    KeyDirectory::of(data_dir).locked_with(KeyLock::read(&data_dir.join("passphrase")).expect("a passphrase"))
}

/// The other process. Without orders this test has nothing to do.
#[test]
fn makes_locked_keys_without_end_only_when_ordered_to() {
    let Some(folder) = env::var_os(FOLDER) else { return };
    let files = locked_keys(Path::new(&folder));
    loop {
        files.create_pair(PairUse::Card).expect("a pair");
    }
}

#[test]
fn whoever_is_killed_while_writing_with_a_passphrase_leaves_nothing_in_plain_text() {
    let folder = folder();
    let passphrase = folder.path().join("passphrase");
    fs::write(&passphrase, PASSPHRASE).expect("written");
    fs::set_permissions(&passphrase, Permissions::from_mode(0o600)).expect("set");
    fs::create_dir(folder.path().join("keys")).expect("made");
    let count = || fs::read_dir(folder.path().join("keys")).expect("a folder").count();
    for round in 1..=5 {
        let mut writing = Command::new(env::current_exe().expect("this binary"))
            .args(["--exact", "keys::locks::makes_locked_keys_without_end_only_when_ordered_to"])
            .env(FOLDER, folder.path())
            .stdout(Stdio::null())
            .spawn()
            .expect("a process");
        let before = count();
        while count() < before + round {
            assert!(writing.try_wait().expect("a state").is_none(), "it goes on");
        }
        writing.kill().expect("killed");
        writing.wait().expect("ended");
        for (name, text) in texts(folder.path()) {
            let is_begun = name.starts_with('.') && "locked:".starts_with(&text);
            assert!(text.starts_with("locked:") || is_begun, "{name}: {text}");
        }
    }
    locked_keys(folder.path()).put_in_order().expect("in order");
    let left = texts(folder.path());
    assert!(left.len() >= 5 && left.keys().all(|name| name.starts_with("card-") && name.ends_with(".p8")), "{left:?}");
}
