//! Byte for byte: what was written about a person is found nowhere after the erasure, and was found before.

use super::{erased, findings, record, returned};
use crate::accounts::opened;
use crate::support::app::{HAI_PHONG, TestApp};
use crate::support::fixtures::picture;
use crate::support::{Engine, TestDatabase, on_both_databases, within};
use diesel::connection::SimpleConnection as _;
use press_registry::domain::search;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::time::Duration;

const NAME: &str = "Đặng Thùy Quyên Ưu";
const PEN_NAME: &str = "Lục Bình Xứ Huế";
const NATIONAL_ID: &str = "046190271828";
const EMAIL: &str = "quyen.uu.3141@toasoan.example";
const POST: &str = "Phóng viên ảnh thời sự";
const PLACE: &str = "Xã Cổ Am, Vĩnh Bảo";
const UNIT: &str = "Hợp tác xã Tân Hưng";
const WORK: &str = "Ghi hình vụ lúa chiêm";
const REFUSAL: &str = "Thiếu quyết định tuyển dụng số 77";
const NARRATIVE: &str = "Người này đòi xem kho thóc";
const SUMMARY: &str = "Xuất trình thẻ ở cổng kho";
const REPLY: &str = "Tôi chỉ hỏi đường ra bến đò";
const OBJECTION: &str = "Ông này chưa có quyết định cử";
const GROUNDS: &str = "Không ai làm chứng ở bến đò";

/// A file's bytes; none where it is not there.
fn bytes(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_default()
}

/// All that the database's files hold once an operator did what is to be done after an erasure.
fn database_bytes(db: &TestDatabase) -> Vec<u8> {
    if db.engine == Engine::Postgres {
        until_nobody_sees_what_was_before(db);
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("api-docs/operations.md");
        let page = fs::read_to_string(page).expect("the page on operations");
        for block in ["DELETE FROM pg_statistic", "VACUUM FULL "] {
            let (_, statements) = page.split_once(&format!("```sql\n{block}")).expect("the statements");
            let (statements, _) = statements.split_once("```").expect("their end");
            for statement in format!("{block}{statements}").split(';').map(str::trim).filter(|it| !it.is_empty()) {
                db.run(statement).expect("a statement");
            }
            until_nobody_sees_what_was_before(db);
        }
    }
    bytes_as_they_are(db)
}

/// All that the database's files hold.
pub(crate) fn bytes_as_they_are(db: &TestDatabase) -> Vec<u8> {
    match db.engine {
        Engine::Sqlite => {
            ["", "-wal", "-shm"].iter().flat_map(|end| bytes(Path::new(&format!("{}{end}", db.path())))).collect()
        }
        Engine::Postgres => {
            db.run("CHECKPOINT").expect("a statement");
            let files = db.texts(
                "SELECT encode(pg_read_binary_file(pg_relation_filepath(oid::regclass)), 'hex') AS value FROM pg_class \
                 WHERE relkind IN ('r', 'i', 't') AND (relname LIKE 'pg\\_statistic%' \
                 OR relnamespace IN ('public'::regnamespace, 'pg_toast'::regnamespace)) \
                 AND pg_relation_filepath(oid::regclass) IS NOT NULL",
            );
            let hex = |file: &String| data_encoding::HEXLOWER.decode(file.as_bytes()).expect("hex");
            files.iter().flat_map(hex).collect()
        }
    }
}

/// Waits until no session of this database has a snapshot of before: `VACUUM FULL` copies what one may still see. The
/// registry itself has such sessions, as it looks at keys and states all the time, and so has an `ANALYZE` of the server's.
/// Those of other databases do not count.
fn until_nobody_sees_what_was_before(db: &TestDatabase) {
    let now = db.texts("SELECT CAST(CAST(pg_current_xact_id() AS xid) AS TEXT) AS value").remove(0);
    let before = format!(
        "SELECT COUNT(*) AS value FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() \
         AND GREATEST(age(backend_xmin), age(backend_xid)) >= age('{now}'::xid)"
    );
    within(Duration::from_secs(60), || (db.number(&before) == 0).then_some(()));
}

/// All that the files of a folder hold.
pub(super) fn folder_bytes(folder: &Path) -> Vec<u8> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { folder_bytes(&path) } else { bytes(&path) }).collect()
}

pub(crate) fn holds(bytes: &[u8], words: impl AsRef<[u8]>) -> bool {
    let words = words.as_ref();
    bytes.windows(words.len()).any(|part| part == words)
}

/// Somebody to whom everything has happened; gives their id and what was written about them.
pub(crate) fn life(app: &TestApp) -> (String, Vec<String>) {
    let agency = app.local_agency();
    let (clerk, registrar, provincial) = (app.clerk(&agency), app.registrar(), app.provincial(HAI_PHONG));
    let form = json!({
        "full_name": NAME, "pen_name": PEN_NAME, "birth_date": "1983-07-19", "national_id": NATIONAL_ID, "email": EMAIL,
        "engagement": { "kind": "staff", "post": POST, "from": "2020-01-02" },
    });
    let people = format!("/api/v1/agencies/{}/people", agency.id);
    let entered = clerk.post_with(&people, &[("idempotency-key", "enter")], &form).expect(201);
    let person = entered.text("/id");
    clerk
        .put(&format!("{}/portrait", entered.path("people")), &entered.etag(), "image/png", &picture(271_828))
        .expect(200);
    let refused = app.submitted(&agency, &[&person]);
    let refused = provincial.happen("applications", &refused, json!({ "event": "endorse" })).expect(201);
    registrar.happen("applications", &refused, json!({ "event": "refuse", "reason": REFUSAL })).expect(201);
    let card = app.issued_in(&agency, Some(HAI_PHONG), &person);
    let mut letter = app.letter_form(&person);
    (letter["place"], letter["unit_visited"], letter["work"]) = (PLACE.into(), UNIT.into(), WORK.into());
    let letter = app.head(&agency).post("/api/v1/letters", &letter).expect(201);
    let invited = app.admin().post(&format!("/api/v1/people/{person}/invite"), &json!({})).expect(201);
    opened(app, &invited);
    record(&registrar, &person);
    let office = json!({ "kind": "assigned_reporter", "province": "31", "from": "2026-12-20", "reporters": [person] });
    let office = app.head(&agency).post(&format!("/api/v1/agencies/{}/offices", agency.id), &office).expect(201);
    provincial.happen("offices", &office, json!({ "event": "object", "reason": OBJECTION })).expect(201);

    let report = json!({
        "province": "31", "place": PLACE, "occurred_at": "2026-11-21T01:00:00Z", "narrative": NARRATIVE,
        "claimed_name": NAME, "code": card.text("/code"), "number": card.text("/number"),
    });
    let receipt = app.anonymous().post("/api/v1/misuse-reports", &report).expect(201).text("/receipt");
    let evidence = format!("/api/v1/misuse-reports/{receipt}/evidence");
    app.anonymous().send("POST", &evidence, &[("content-type", "application/pdf")], Some(b"%PDF-1.7\n")).expect(201);
    let report = app.database.texts("SELECT id AS value FROM reports").remove(0);
    let case = json!({
        "subject": "holder", "person_id": person, "credential_id": card.text("/id"), "province": "31", "place": PLACE,
        "summary": SUMMARY, "claimed_name": NAME, "reports": [report],
    });
    let case = provincial.post("/api/v1/cases", &case).expect(201);
    let told = provincial.happen("cases", &case, json!({ "event": "notify", "means": "account" })).expect(201);
    let evidence = format!("{}/evidence", told.path("cases"));
    provincial.send("POST", &evidence, &[("content-type", "application/pdf")], Some(b"%PDF-1.4\n")).expect(201);
    let told = provincial.get(&told.path("cases")).expect(200);
    let holder = app.sign_in(press_registry::domain::ids::Id::parse(&invited.text("/id")).expect("an id"));
    let said = holder.happen("cases", &told, json!({ "event": "answer", "reason": REPLY })).expect(201);
    let unfounded = json!({ "event": "decide", "outcome": "unfounded", "kind": "LENT_CARD", "reason": GROUNDS });
    let decided = registrar.happen("cases", &said, unfounded).expect(201);
    registrar.happen("cases", &decided, json!({ "event": "close" })).expect(201);
    for credential in [&card, &letter] {
        returned(app, &clerk, &credential.text("/id"));
    }
    let words = [
        NAME,
        PEN_NAME,
        EMAIL,
        POST,
        PLACE,
        UNIT,
        WORK,
        REFUSAL,
        NARRATIVE,
        SUMMARY,
        REPLY,
        GROUNDS,
        OBJECTION,
        "1983-07-19",
    ];
    let digest = card.text("/photo_digest");
    let indexed = search::entries(NAME, Some(PEN_NAME));
    (person, words.into_iter().map(str::to_owned).chain(indexed).chain([digest]).collect())
}

/// Somebody who still reads what was there before keeps it in the files: what the test above waits for.
#[test]
fn a_snapshot_of_before_keeps_what_was_erased() {
    let Some(db) = TestDatabase::empty(Engine::Postgres) else { return };
    db.run("CREATE TABLE words AS SELECT 'măng cụt' AS word").expect("a table");
    let holds_it = |db: &TestDatabase| {
        db.run("VACUUM FULL words").expect("a statement");
        db.run("CHECKPOINT").expect("a statement");
        let hex =
            db.texts("SELECT encode(pg_read_binary_file(pg_relation_filepath('words')), 'hex') AS value").remove(0);
        holds(&data_encoding::HEXLOWER.decode(hex.as_bytes()).expect("hex"), "măng cụt")
    };
    let (read, begun) = std::sync::mpsc::channel();
    let (end, ended) = std::sync::mpsc::channel::<()>();
    std::thread::scope(|scope| {
        let db = &db;
        let reader = scope.spawn(move || {
            let mut connection = db.connect();
            // The table itself is not locked, only seen.
            let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT COUNT(*) FROM pg_class";
            connection.batch_execute(begin).expect("a snapshot");
            read.send(()).expect("the test waits");
            ended.recv().expect_err("the test lets go");
        });
        begun.recv().expect("a snapshot");
        db.run("DELETE FROM words").expect("an edit");
        assert!(holds_it(db), "the reader may still see it");
        drop(end);
        reader.join().expect("it ends");
        until_nobody_sees_what_was_before(db);
        assert!(!holds_it(db));
    });
}

on_both_databases! {
    fn nothing_that_was_written_about_a_person_is_found_after_the_erasure(db) {
        let app = TestApp::start(db);
        let (person, words) = life(&app);
        let neighbour = app.person(&app.central_agency());
        if app.database.engine == Engine::Postgres {
            // As the server does by itself sooner or later: words are in its statistics, too.
            app.database.run("ANALYZE").expect("a statement");
            let known = "SELECT COUNT(*) AS value FROM pg_stats WHERE CAST(histogram_bounds AS TEXT) LIKE '%Thùy Quyên%' \
                         OR CAST(most_common_vals AS TEXT) LIKE '%Thùy Quyên%'";
            assert!(app.database.number(known) > 0);
        }
        let before = database_bytes(&app.database);
        for words in &words {
            // A day is a number on PostgreSQL.
            let is_text = app.database.engine == Engine::Sqlite || *words != "1983-07-19";
            assert!(holds(&before, words) || !is_text, "{words} is written somewhere: the search sees it");
        }
        let files = app.data_dir.path().join("files");
        assert_eq!(fs::read_dir(files.join("portraits")).map(Iterator::count).ok(), Some(1));

        erased(&app, &person);
        let after = database_bytes(&app.database);
        let folder = folder_bytes(app.data_dir.path());
        for words in words.iter().map(String::as_str).chain([NATIONAL_ID]) {
            assert!(!holds(&after, words), "{words} is in the database");
            assert!(!holds(&folder, words), "{words} is in a file");
        }
        for kept in ["portraits", "evidence"] {
            assert_eq!(folder_count(&files.join(kept)), 0, "files of {kept}");
        }
        assert!(holds(&after, neighbour.text("/full_name")), "of others nothing is missing");
        assert!(holds(&folder, &person), "the id alone is written down");
        assert_eq!(findings(&app), []);
        let left: Value = app.registrar().get("/api/v1/cases").expect(200).json();
        assert_eq!(left["items"][0]["decision"]["outcome"], "unfounded", "how it went is still known: {left}");
    }
}

fn folder_count(folder: &Path) -> usize {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    entries
        .map(|entry| entry.expect("an entry").path())
        .map(|path| if path.is_dir() { folder_count(&path) } else { 1 })
        .sum()
}
