//! Backups: taken while the registry serves, put back only when they prove themselves, and the way on where they are
//! too old.

use crate::log::forgeries::{put_back, save, without_triggers};
use crate::log::{findings, grow};
use crate::support::registry::{Stopped, TestRegistry, copy_keys, folder};
use crate::support::{Engine, OnEngine as _, on_both_databases, within};
use data_encoding::BASE64;
use press_registry::app::accounts::UserForm;
use press_registry::app::backup::{self, NewLog, Restored, Witness};
use press_registry::app::log::audit::Finding;
use press_registry::app::{Settings, StartError, credentials, verifications};
use press_registry::clock::Clock;
use press_registry::domain::issuer::IssuerDocument;
use press_registry::domain::log::{Checkpoint, VerifierKey};
use press_registry::domain::reason::Reason;
use press_registry::domain::verdict::Verdict;
use press_registry::store::{DatabaseUrl, Store, events};
use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A file of the registry's.
const PICTURE: &str = "portraits/one/registered.jpg";
const PASSWORD: &str = "mười hai cây cầu bắc qua sông";

fn embedded() -> TestRegistry {
    TestRegistry::on(Engine::Sqlite).expect("it is built in")
}

fn account(node: &TestRegistry, email: &str, role: &str) {
    let form = UserForm { email: email.into(), role: role.into(), ..UserForm::default() };
    node.add_user(form, PASSWORD).expect("an account");
}

fn witness(email: &str) -> Witness {
    Witness { email: email.into(), password: PASSWORD.into() }
}

fn new_log(by: [&str; 2]) -> NewLog {
    NewLog { reason: Reason::parse("đĩa hỏng, chỉ còn bản sao lưu").expect("a reason"), by: by.map(witness) }
}

/// Two administrators, and a backup with a card in it; then things happen that it does not know of.
struct Story {
    node: TestRegistry,
    backup: PathBuf,
    /// What a camera reads from a card that the backup knows.
    old_card: String,
    /// And from one that it does not.
    new_card: String,
    /// Entries in the backup.
    size: u64,
    _folder: tempfile::TempDir,
}

fn story() -> Story {
    let node = embedded();
    account(&node, "one@test.example", "admin");
    account(&node, "other@test.example", "registrar");
    account(&node, "clerk@test.example", "auditor");
    let old_card = code(&node);
    node.files.put(&node.secrets.sealing, PICTURE, b"a picture").expect("kept");
    let size = node.publish_log().expect("a checkpoint").checkpoint.size;
    let outside = folder();
    let backup = outside.path().join("registry.tar");
    node.back_up(&backup).expect("a backup");
    let new_card = code(&node);
    grow(&node, 20);
    node.publish_log().expect("a checkpoint");
    Story { node, backup, old_card, new_card, size, _folder: outside }
}

fn code(node: &TestRegistry) -> String {
    credentials::qr_text(node, &node.issued_card())
}

/// Stops it. A pool opens connections beside whoever asks for one, and may do so for a moment longer.
fn stop(node: TestRegistry) -> Stopped {
    let stopped = node.stop();
    if let Some(file) = stopped.settings().database.file() {
        within(Duration::from_secs(5), || Store::claim(file).ok());
    }
    stopped
}

fn restore(stopped: &Stopped, file: &Path, new_log: Option<NewLog>) -> Result<Restored, StartError> {
    backup::restore(&stopped.settings(), file, new_log, Clock::System.now())
}

fn refused(restored: Result<Restored, StartError>) -> String {
    restored.err().expect("it is refused").to_string()
}

/// Everything in the data directory and the database, by name.
fn everything(stopped: &Stopped) -> Vec<(PathBuf, Vec<u8>)> {
    let settings = stopped.settings();
    let mut folders = vec![settings.data_dir.clone()];
    let mut all = vec![settings.database.file().map(Path::to_owned).expect("a file")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() { &mut folders } else { &mut all }.push(path);
        }
    }
    all.sort();
    all.into_iter().map(|path| (path.clone(), fs::read(path).expect("readable"))).collect()
}

#[test]
fn a_backup_put_back_on_another_machine_is_the_registry() {
    let story = story();
    assert_eq!(fs::metadata(&story.backup).expect("a file").permissions().mode() & 0o777, 0o600, "its owner's");
    let elsewhere = folder();
    copy_keys(story.node.data_dir(), elsewhere.path());
    let settings = Settings {
        database: DatabaseUrl::Sqlite(elsewhere.path().join("registry.db").display().to_string()),
        data_dir: elsewhere.path().to_owned(),
        ..story.node.settings.clone()
    };
    let restored = backup::restore(&settings, &story.backup, None, Clock::System.now()).expect("restored");
    assert!(restored.took_its_word, "nothing was kept there");
    assert_eq!((restored.audit.size, restored.audit.findings), (story.size, vec![]));
    assert_eq!(restored.replaced, None);
    let node = press_registry::app::Registry::open(
        settings,
        Clock::manual(story.node.clock.now()),
        story.node.entropy.clone(),
    )
    .expect("a registry");
    let judgement = verifications::verify(&node, &story.old_card, None).expect("a verdict").judgement;
    assert_eq!(judgement.verdict(), Verdict::Valid);
    let picture = node.files.get(&node.secrets.sealing, PICTURE).expect("readable");
    assert_eq!(picture.as_deref(), Some(&b"a picture"[..]), "with its files");
}

#[test]
fn what_is_not_as_it_was_is_not_put_back_and_nothing_is_changed() {
    let Story { node, backup, size, _folder, .. } = story();
    let signed = node.publish_log().expect("a checkpoint").checkpoint.size;
    let in_use = backup::restore(&node.settings, &backup, None, Clock::System.now());
    assert!(refused(in_use).contains("stop the server first"));
    let stopped = stop(node);
    let before = everything(&stopped);
    let why = refused(restore(&stopped, &backup, None));
    assert!(why.contains(&format!("{signed} entries were signed, {size} are there")), "{why}");
    assert!(why.contains("restore --new-log"), "{why}");
    assert!(everything(&stopped) == before, "nothing was changed");

    for (by, told) in [
        (["one@test.example", "one@test.example"], "two different persons"),
        (["one@test.example", "clerk@test.example"], "clerk@test.example"),
        (["one@test.example", "nobody@test.example"], "nobody@test.example"),
    ] {
        let why = refused(restore(&stopped, &backup, Some(new_log(by))));
        assert!(why.contains(told), "{why}");
        assert!(everything(&stopped) == before, "nothing was changed");
    }
    let mut wrong = new_log(["one@test.example", "other@test.example"]);
    wrong.by[1].password = "another password of theirs".into();
    assert!(refused(restore(&stopped, &backup, Some(wrong))).contains("other@test.example"));
    assert!(everything(&stopped) == before, "nothing was changed");
    assert_eq!(findings(&stopped.start()), []);
}

#[test]
fn two_persons_go_on_with_another_log() {
    let Story { node, backup, old_card, new_card, size, _folder } = story();
    let newest = node.publish_log().expect("a checkpoint");
    assert_eq!(node.verdict_on(&new_card), (Verdict::Valid, None));
    let stopped = stop(node);
    let by = ["one@test.example", "other@test.example"];
    let restored = restore(&stopped, &backup, Some(new_log(by))).expect("restored");
    let origin = restored.origin.expect("another log");
    assert_eq!(origin, format!("{}/2", newest.checkpoint.origin));
    let replaced = restored.replaced.expect("there was a database");
    assert!(replaced.is_file());

    let node = stopped.start();
    let now = node.publish_log().expect("a checkpoint");
    assert_eq!((now.checkpoint.origin.as_str(), now.first), (origin.as_str(), i64::try_from(size).expect("small")));
    let first = node.store.read(|db| events::at(db, now.first)).expect("readable").expect("its first entry").event;
    assert_eq!(first.kind, "log.continued");
    assert_eq!(first.actor_role, "admin");
    assert_eq!(first.data["origin"], newest.checkpoint.origin.as_str());
    assert_eq!(first.data["size"], newest.checkpoint.size);
    assert_eq!(first.data["root"], BASE64.encode(&newest.checkpoint.root));
    assert_eq!(first.data["checkpoint"], newest.note.as_str());
    assert_eq!(first.data["held"]["size"], size);
    assert_eq!(findings(&node), []);

    let document: IssuerDocument = serde_json::from_slice(node.ring().document()).expect("an issuer document");
    assert_eq!(document.log.origin, origin);
    let [past] = document.past_logs.as_slice() else { panic!("one past log") };
    assert_eq!((past.size, &past.checkpoint), (newest.checkpoint.size, &newest.note));
    let key = VerifierKey::parse(&past.identity.vkey).expect("a key");
    assert_eq!(Checkpoint::open(&past.checkpoint, &key), Ok(newest.checkpoint.clone()));

    // What is found of the old log is held against what the new one says of it.
    without_triggers(&node, &["UPDATE log_leaves SET commitment = zeroblob(32) WHERE idx = 2"]);
    let ended = Finding::OtherEnd(past.identity.origin.clone());
    assert_eq!(findings(&node), [Finding::EventAltered(2), ended], "the leaf was altered");

    // Cards that are on record stay good; one that was forgotten is not believed, whatever its slot says later.
    assert_eq!(node.verdict_on(&old_card), (Verdict::Valid, None));
    assert_eq!(node.verdict_on(&new_card), (Verdict::NotValid, Some("forged")));
    let kept = node.data_dir().join("log");
    assert_eq!(fs::read_to_string(kept.join("checkpoint.1")).expect("the old one"), newest.note);
    assert_eq!(fs::read_to_string(kept.join("checkpoint")).expect("the new one"), now.note);
}

#[test]
fn a_log_that_was_ended_does_not_go_on() {
    let Story { node, backup, _folder, .. } = story();
    let stopped = stop(node);
    let by = ["one@test.example", "other@test.example"];
    restore(&stopped, &backup, Some(new_log(by))).expect("restored");
    // The same backup once more: what the second log has, it does not know of either.
    let why = refused(restore(&stopped, &backup, None));
    assert!(why.contains("another goes on with it"), "{why}");
    let restored = restore(&stopped, &backup, Some(new_log(by))).expect("restored");
    assert!(restored.origin.as_ref().is_some_and(|origin| origin.ends_with("/3")), "no name is used twice");
    let node = stopped.start();
    grow(&node, 10);
    assert!(node.publish_log().expect("a checkpoint").checkpoint.origin.ends_with("/3"));
    assert_eq!(findings(&node), []);
}

#[test]
fn whatever_interrupts_it_the_old_log_is_not_signed_and_the_way_on_stays_open() {
    let Story { node, backup, _folder, .. } = story();
    let settings = node.settings.clone();
    let stopped = stop(node);
    // As far as it came: the backup is in place, and the checkpoint set aside.
    let log = settings.data_dir.join("log");
    restore(&stopped, &backup, Some(new_log(["one@test.example", "one@test.example"]))).err().expect("refused");
    fs::rename(log.join("checkpoint"), log.join("checkpoint.1")).expect("set aside");
    let node = stopped.start();
    grow(&node, 1);
    let why = node.publish_log().expect_err("it was ended").to_string();
    assert!(why.contains("was ended"), "{why}");
    let stopped = stop(node);
    let by = ["one@test.example", "other@test.example"];
    let restored = backup::go_on_with_another_log(stopped.settings(), new_log(by)).expect("another log");
    assert!(restored.origin.is_some_and(|origin| origin.ends_with("/2")));
    let node = stopped.start();
    node.publish_log().expect("a checkpoint");
    assert_eq!(findings(&node), []);
}

#[test]
fn another_log_is_not_begun_where_nothing_is_missing() {
    let Story { node, backup, _folder, .. } = story();
    let fresh = backup.with_file_name("fresh.tar");
    node.back_up(&fresh).expect("a backup");
    let why = node.back_up(&fresh).expect_err("it is there").to_string();
    assert!(why.contains("is there already"), "{why}");
    let stopped = stop(node);
    let by = ["one@test.example", "other@test.example"];
    assert!(refused(restore(&stopped, &fresh, Some(new_log(by)))).contains("no other log is needed"));
    let restored = restore(&stopped, &fresh, None).expect("restored");
    assert!(!restored.took_its_word, "it holds what was kept");
    assert_eq!(findings(&stopped.start()), []);
}

#[test]
fn a_backup_that_was_altered_names_the_entry() {
    let story = story();
    without_triggers(&story.node, &["UPDATE events SET actor_role = 'auditor' WHERE idx = 3"]);
    let altered = story.backup.with_file_name("altered.tar");
    story.node.back_up(&altered).expect("a backup");
    let stopped = stop(story.node);
    let by = ["one@test.example", "other@test.example"];
    for new_log in [None, Some(new_log(by))] {
        let why = refused(restore(&stopped, &altered, new_log));
        assert!(why.contains("entry 3: its event was altered"), "{why}");
    }
}

#[test]
fn an_archive_that_is_no_backup_writes_nowhere() {
    let stopped = stop(story().node);
    let (outside, before) = (folder(), everything(&stopped));
    let file = outside.path().join("hostile.tar");
    let archive = |name: &str, kind: tar::EntryType| {
        let mut archive = tar::Builder::new(File::create(&file).expect("a file"));
        let mut header = tar::Header::new_gnu();
        // Past the checks of the library that writes.
        header.as_gnu_mut().expect("one").name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(kind);
        header.set_size(4);
        header.set_mode(0o644);
        if kind.is_symlink() {
            header.set_link_name("/etc").expect("a name");
            header.set_size(0);
        }
        header.set_cksum();
        archive.append(&header, &b"text"[..if kind.is_symlink() { 0 } else { 4 }]).expect("an entry");
        archive.finish().expect("an archive");
    };
    for (name, kind) in [
        ("../escaped", tar::EntryType::Regular),
        ("files/../../escaped", tar::EntryType::Regular),
        ("/tmp/escaped", tar::EntryType::Regular),
        ("keys/log.key", tar::EntryType::Regular),
        ("files/link", tar::EntryType::Symlink),
        ("registry.db", tar::EntryType::Link),
    ] {
        archive(name, kind);
        assert!(refused(restore(&stopped, &file, None)).contains("it is no backup"), "{name}");
        assert!(everything(&stopped) == before, "{name}");
    }
    fs::write(&file, "no archive at all").expect("a file");
    refused(restore(&stopped, &file, None));
    archive("files/one", tar::EntryType::Regular);
    assert!(refused(restore(&stopped, &file, None)).contains("it holds no registry.db"));
    archive("registry.db", tar::EntryType::Regular);
    refused(restore(&stopped, &file, None));
    assert!(everything(&stopped) == before);
}

on_both_databases! {
    fn a_database_that_was_put_back_by_other_means_goes_on_with_another_log(node: TestRegistry) {
        account(&node, "one@test.example", "admin");
        account(&node, "other@test.example", "admin");
        grow(&node, 10);
        node.publish_log().expect("a checkpoint");
        save(&node);
        grow(&node, 30);
        let newest = node.publish_log().expect("a checkpoint");
        put_back(&node);
        if node.database().engine == Engine::Sqlite {
            let by = new_log(["one@test.example", "other@test.example"]);
            let in_use = backup::go_on_with_another_log(node.settings.clone(), by);
            assert!(refused(in_use).contains("stop the server first"));
        }
        let stopped = stop(node);
        let by = new_log(["one@test.example", "other@test.example"]);
        let restored = backup::go_on_with_another_log(stopped.settings(), by).expect("another log");
        assert_eq!(restored.origin, Some(format!("{}/2", newest.checkpoint.origin)));
        let node = stopped.start();
        grow(&node, 300);
        let now = node.publish_log().expect("a checkpoint");
        assert_eq!(now.checkpoint.origin, format!("{}/2", newest.checkpoint.origin));
        assert_eq!(findings(&node), []);
        // A node that kept a checkpoint of the old log does not take it for the new one.
        let other = node.another_node();
        let log = other.data_dir().join("log");
        fs::create_dir_all(&log).expect("a folder");
        fs::write(log.join("checkpoint"), &newest.note).expect("kept");
        let why = other.publish_log().expect_err("another log").to_string();
        assert!(why.contains("copy"), "{why}");
    }

    fn a_servers_database_is_backed_up_with_its_own_tools(node: TestRegistry) {
        if node.database().engine == Engine::Postgres {
            let outside = folder();
            let why = node.back_up(&outside.path().join("registry.tar")).expect_err("a server's").to_string();
            assert!(why.contains("pg_dump"), "{why}");
            assert_eq!(fs::read_dir(outside.path()).expect("a folder").count(), 0, "nothing is left behind");
        }
    }
}
