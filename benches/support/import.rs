//! 10,000 people from a file, against the same rows inserted as they are: into the same tables (with the index of names and
//! the log, which are written with them), many to a statement, in one transaction.

use super::TestDatabase;
use super::bare::Engine;
use super::fixtures;
use super::rounds::{Aim, Measure};
use diesel::{PgConnection, QueryResult, SqliteConnection};
use press_registry::app::imports::{Source, Task};
use press_registry::app::{Registry, agencies as entering};
use press_registry::domain::agencies::AgencyForm;
use press_registry::domain::ids::AgencyId;
use press_registry::domain::imports::{Mode, Order, PEOPLE};
use press_registry::policy;
use press_registry::store::{DatabaseUrl, Store};
use std::sync::Arc;
use std::time::Instant;

/// What was promised for 10,000 rows, in seconds.
const MOST_SECONDS: f64 = 20.0;
/// How many times as long as raw inserts it may take.
const MOST_TIMES: f64 = 3.0;
/// Rows of one statement.
const ROWS_PER_INSERT: usize = 500;

macro_rules! copied {
    ($($module:ident $table:literal $key:ident { $($field:ident: $rust:ty as $sql:ty $([$name:literal])?,)+ })+) => {
        $(
            mod $module {
                use diesel::{Insertable, Queryable};

                diesel::table! {
                    #[sql_name = $table]
                    rows ($key) { $($(#[sql_name = $name])? $field -> $sql,)+ }
                }

                #[derive(Queryable, Insertable)]
                #[diesel(table_name = rows, treat_none_as_default_value = false)]
                pub(super) struct Row { $($field: $rust,)+ }
            }
        )+

        /// The rows that an import has written.
        struct Rows { $($module: Vec<$module::Row>,)+ }

        /// What the comparison asks of a database.
        pub(crate) trait Copies: Engine {
            /// Reads them all.
            fn copied(&mut self) -> QueryResult<RowsOf>;
            /// Inserts them all, durably and at once.
            fn insert_rows(&mut self, rows: &RowsOf) -> QueryResult<()>;
            /// Inserts people and engagements alone: what the file itself says, without index and log.
            fn insert_people(&mut self, rows: &RowsOf) -> QueryResult<()>;
        }

        macro_rules! copies {
            ($connection:ty) => {
                impl Copies for $connection {
                    fn copied(&mut self) -> QueryResult<RowsOf> {
                        use diesel::prelude::*;
                        Ok(RowsOf(Rows { $($module: $module::rows::table.order($module::rows::$key).load(self)?,)+ }))
                    }

                    fn insert_rows(&mut self, RowsOf(rows): &RowsOf) -> QueryResult<()> {
                        use diesel::prelude::*;
                        self.transaction(|db| {
                            $(for part in rows.$module.chunks(ROWS_PER_INSERT) {
                                diesel::insert_into($module::rows::table).values(part).execute(db)?;
                            })+
                            Ok(())
                        })
                    }

                    fn insert_people(&mut self, RowsOf(rows): &RowsOf) -> QueryResult<()> {
                        use diesel::prelude::*;
                        self.transaction(|db| {
                            for part in rows.people.chunks(ROWS_PER_INSERT) {
                                diesel::insert_into(people::rows::table).values(part).execute(db)?;
                            }
                            for part in rows.engagements.chunks(ROWS_PER_INSERT) {
                                diesel::insert_into(engagements::rows::table).values(part).execute(db)?;
                            }
                            Ok(())
                        })
                    }
                }
            };
        }
    };
}

/// Opaque to whoever only passes them on.
pub(crate) struct RowsOf(Rows);

copied! {
    people "people" id {
        id: String as Text,
        full_name: String as Text,
        pen_name: Option<String> as Nullable<Text>,
        birth_date: chrono::NaiveDate as Date,
        national_id_sealed: Vec<u8> as Binary,
        national_id_hash: Vec<u8> as Binary,
        email: Option<String> as Nullable<Text>,
        portrait_id: Option<String> as Nullable<Text>,
        version: i64 as BigInt,
        created_at: i64 as BigInt,
    }
    engagements "engagements" id {
        id: String as Text,
        person_id: String as Text,
        agency_id: String as Text,
        kind: String as Text,
        post: String as Text,
        from_day: chrono::NaiveDate as Date,
        to_day: Option<chrono::NaiveDate> as Nullable<Date>,
    }
    people_words "people_words" entry {
        agency_id: String as Text,
        entry: String as Text,
        person_id: String as Text,
        until: Option<chrono::NaiveDate> as Nullable<Date>,
    }
    log_leaves "log_leaves" idx {
        idx: i64 as BigInt,
        kind: String as Text ["type"],
        hour: i64 as BigInt,
        commitment: Vec<u8> as Binary,
    }
    events "events" idx {
        idx: i64 as BigInt,
        id: String as Text,
        kind: String as Text ["type"],
        at: i64 as BigInt,
        actor_id: Option<String> as Nullable<Text>,
        actor_role: String as Text,
        actor_body: Option<String> as Nullable<Text>,
        object_kind: String as Text,
        object_id: String as Text,
        data: String as Text,
        salt: Vec<u8> as Binary,
        province_id: Option<String> as Nullable<Text>,
    }
    event_personal "event_personal" event_idx {
        event_idx: i64 as BigInt,
        subject: String as Text,
        digest: Vec<u8> as Binary,
        salt: Option<Vec<u8>> as Nullable<Binary>,
        fields: Option<String> as Nullable<Text>,
    }
}

copies!(SqliteConnection);
copies!(PgConnection);

/// Takes in `people` of a file and inserts the same rows, in turns; prints seconds and their ratio.
pub(crate) fn compare<E: Copies>(rounds: usize, people: usize, database: impl Fn() -> Option<TestDatabase>) {
    let file = file(people);
    let (mut taken, mut raw, mut times, mut times_people) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    // The first round is not counted: caches fill.
    for round in 0..=rounds {
        let Some(ours) = database() else { return };
        let (seconds, agency) = take_in(&ours, &file);
        let rows = E::open(ours.address()).copied().expect("what was taken in");
        let insert = |insert: fn(&mut E, &RowsOf) -> QueryResult<()>| {
            let theirs = database()?;
            let mut db = empty::<E>(&theirs, agency);
            let began = Instant::now();
            insert(&mut db, &rows).expect("the same rows");
            Some(began.elapsed().as_secs_f64())
        };
        let (Some(inserted), Some(people)) = (insert(E::insert_rows), insert(E::insert_people)) else { return };
        if round > 0 {
            taken.push(seconds);
            raw.push(inserted);
            times.push(seconds / inserted);
            times_people.push(seconds / people);
        }
    }
    let print = |what, aim, measured| Measure { what, engine: E::NAME, aim }.print(measured);
    print("seconds to take in 10,000 people of a file", Aim::AtMost(MOST_SECONDS), taken);
    print("seconds to insert the same rows", Aim::None, raw);
    print("how many times as long as raw inserts", Aim::AtMost(MOST_TIMES), times);
    print("… as people and engagements alone, no index, no log", Aim::None, times_people);
}

/// A database of the registry's with nothing in it but an agency.
fn empty<E: Engine>(database: &TestDatabase, agency: AgencyId) -> E {
    Store::migrate(&DatabaseUrl::parse(&database.url, false).expect("a database URL")).expect("an empty database");
    let mut db = E::open(database.address());
    let agency = format!(
        "INSERT INTO agencies (id, name, kind, level, state, search, version, created_at) \
         VALUES ('{agency}', 'x', 'bao', 'central', 'active', 'x', 1, 0)"
    );
    db.batch_execute(&agency).expect("an agency");
    db
}

/// Takes a file in, all of it or nothing, as the command does; gives the seconds that took, and the agency.
fn take_in(database: &TestDatabase, file: &str) -> (f64, AgencyId) {
    let (registry, _data_dir) = fixtures::open(database);
    enter(&registry, file)
}

/// Takes a file in at a new agency.
pub(crate) fn enter(registry: &Arc<Registry>, file: &str) -> (f64, AgencyId) {
    let form = AgencyForm {
        name: "Báo Ví Dụ".into(),
        short_name: Some("Báo Ví Dụ".into()),
        kind: "bao".into(),
        level: "central".into(),
        ..AgencyForm::default()
    };
    let fields = form.parse(Ok(None)).expect("an agency");
    let agency = registry
        .store
        .write_blocking(move |tx| entering::enter(tx, &policy::the_program_itself(), fields.clone()))
        .expect("an agency");
    let began = Instant::now();
    let source = Source::open(file.as_bytes().to_vec(), PEOPLE).unwrap_or_else(|errors| panic!("{errors:?}"));
    let order = Order { dry_run: false, mode: Mode::All };
    let ended =
        Task::of_command(Arc::clone(registry), source, agency.id, order).run(&mut |_| {}).expect("it is taken in");
    let seconds = began.elapsed().as_secs_f64();
    assert_eq!(ended.counts.registered, ended.counts.rows(), "all of them are new");
    (seconds, agency.id)
}

/// As many people in a file.
pub(crate) fn file(people: usize) -> String {
    let rows = (1..=people).map(|n| {
        format!("Nguyễn Thị Phượng {n},Bưởi,06/05/1990,{n:012},staff,Phóng viên,2020-01-02,phuong{n}@bao.example\n")
    });
    let header = "full_name,pen_name,birth_date,national_id,kind,post,from,email\n".to_owned();
    std::iter::once(header).chain(rows).collect()
}
