//! The bare work: an actix handler that does only the one thing, and inserts without a server.

use super::background::{Background, workers};
use actix_web::{App, HttpResponse, HttpServer, web};
use aws_lc_rs::signature::ParsedPublicKey;
use diesel::connection::SimpleConnection as _;
use diesel::r2d2::{ConnectionManager, Pool, R2D2Connection};
use diesel::{Insertable, PgConnection, QueryResult, Queryable, SqliteConnection};
use press_registry::clock::Clock;
use press_registry::entropy::Entropy;
use serde::Serialize;
use std::time::{Duration, Instant};

/// Connections of the bare reader: as many as the registry's.
const POOL: u32 = 8;

diesel::table! {
    agencies (id) {
        id -> Text,
        name -> Text,
        short_name -> Nullable<Text>,
        kind -> Text,
        level -> Text,
        governing_body -> Nullable<Text>,
        province_id -> Nullable<Text>,
        website -> Nullable<Text>,
        source -> Nullable<Text>,
        state -> Text,
        search -> Text,
        version -> BigInt,
        created_at -> BigInt,
    }
}

/// A row as the registry keeps it. As JSON it is as long as the registry's answer, within a few bytes.
#[derive(Queryable, Insertable, Serialize)]
#[diesel(table_name = agencies)]
pub(crate) struct Agency {
    id: String,
    name: String,
    short_name: Option<String>,
    kind: String,
    level: String,
    governing_body: Option<String>,
    province_id: Option<String>,
    website: Option<String>,
    source: Option<String>,
    state: String,
    #[serde(skip)]
    search: String,
    version: i64,
    created_at: i64,
}

impl Agency {
    /// What the registry makes of [`super::fixtures::AGENCY`].
    fn new() -> Self {
        let now = Clock::System.now();
        Self {
            id: Entropy::System.uuid(now).to_string(),
            name: "Báo Ví Dụ".to_owned(),
            short_name: None,
            kind: "bao".to_owned(),
            level: "central".to_owned(),
            governing_body: Some("Hội Ví Dụ".to_owned()),
            province_id: None,
            website: Some("https://vidu.example".to_owned()),
            source: None,
            state: "active".to_owned(),
            search: "bao vi du".to_owned(),
            version: 1,
            created_at: now.micros(),
        }
    }
}

/// One of the two databases, by diesel alone.
pub(crate) trait Engine: R2D2Connection + 'static {
    const NAME: &str;
    /// How many times as fast as one by one the registry is to write for many clients. SQLite has one process and a
    /// flush to share; PostgreSQL also has a round trip for each statement.
    const WRITES: f64;
    /// What the database does by itself within a minute of many writes.
    const SETTLE: &str;

    /// A connection that writes as durably as the registry's.
    fn open(address: &str) -> Self;
    fn find(&mut self, id: &str) -> QueryResult<Agency>;
    fn insert(&mut self, agency: &Agency) -> QueryResult<usize>;
    /// The rows of a query in words.
    fn rows<R>(&mut self, query: &str) -> QueryResult<Vec<R>>
    where
        R: 'static
            + diesel::deserialize::QueryableByName<diesel::sqlite::Sqlite>
            + diesel::deserialize::QueryableByName<diesel::pg::Pg>;
}

macro_rules! engine {
    ($connection:ty, $name:literal, $writes:literal, $settle:literal, $set_up:literal) => {
        impl Engine for $connection {
            const NAME: &str = $name;
            const WRITES: f64 = $writes;
            const SETTLE: &str = $settle;

            fn open(address: &str) -> Self {
                let mut db = <Self as diesel::Connection>::establish(address).expect("a database");
                db.batch_execute($set_up).expect("a connection that writes durably");
                db
            }

            fn find(&mut self, id: &str) -> QueryResult<Agency> {
                use diesel::prelude::*;
                agencies::table.find(id).first(self)
            }

            fn insert(&mut self, agency: &Agency) -> QueryResult<usize> {
                use diesel::prelude::*;
                diesel::insert_into(agencies::table).values(agency).execute(self)
            }

            fn rows<R>(&mut self, query: &str) -> QueryResult<Vec<R>>
            where
                R: 'static
                    + diesel::deserialize::QueryableByName<diesel::sqlite::Sqlite>
                    + diesel::deserialize::QueryableByName<diesel::pg::Pg>,
            {
                use diesel::prelude::*;
                diesel::sql_query(query).load(self)
            }
        }
    };
}

engine!(
    SqliteConnection,
    "SQLite",
    2.0,
    "",
    "PRAGMA busy_timeout = 5000; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;"
);
// A server that was given may write without `fsync`: there would be nothing to compare.
engine!(
    PgConnection,
    "PostgreSQL",
    1.0,
    "VACUUM (ANALYZE)",
    "SET synchronous_commit = on; DO $$ BEGIN ASSERT current_setting('fsync') = 'on', 'fsync is off'; END $$"
);

type Connections<E> = Pool<ConnectionManager<E>>;

pub(crate) fn pool<E: Engine>(address: &str) -> Connections<E> {
    let manager = ConnectionManager::new(address);
    Pool::builder().max_size(POOL).test_on_check_out(false).build(manager).expect("a database")
}

/// What a signature is of, and whose it is.
#[derive(Clone)]
pub(crate) struct Signed {
    pub(crate) message: Vec<u8>,
    pub(crate) signature: [u8; 64],
    pub(crate) key: ParsedPublicKey,
}

/// Verifies one signature for whatever it is sent.
pub(crate) fn verifier(signed: Signed) -> Background {
    async fn verify(signed: web::Data<Signed>, _: web::Bytes) -> HttpResponse {
        match signed.key.verify_sig(&signed.message, &signed.signature) {
            Ok(()) => HttpResponse::Ok().content_type("application/json").body(r#"{"verdict":"valid"}"#),
            Err(_) => HttpResponse::InternalServerError().finish(),
        }
    }
    let signed = web::Data::new(signed);
    serve(move |app| {
        app.app_data(signed.clone()).service(web::resource("/api/v1/verifications").to(verify));
    })
}

/// Reads one agency for whoever asks.
pub(crate) fn reader<E: Engine>(pool: Connections<E>) -> Background {
    async fn read<E: Engine>(pool: web::Data<Connections<E>>, id: web::Path<String>) -> HttpResponse {
        let found = web::block(move || pool.get().map(|mut db| db.find(&id))).await;
        match found {
            Ok(Ok(Ok(agency))) => HttpResponse::Ok().json(agency),
            _ => HttpResponse::InternalServerError().finish(),
        }
    }
    let pool = web::Data::new(pool);
    serve(move |app| {
        app.app_data(pool.clone()).service(web::resource("/api/v1/agencies/{id}").to(read::<E>));
    })
}

/// On as many threads as the registry, with nothing around it.
pub(crate) fn serve(configure: impl Fn(&mut web::ServiceConfig) + Clone + Send + 'static) -> Background {
    Background::start(|listener, stopped| async move {
        let server = HttpServer::new(move || App::new().configure(&configure)).workers(workers()).disable_signals();
        let server = server.listen(listener).expect("a listener").run();
        let handle = server.handle();
        let serving = actix_web::rt::spawn(server);
        let _dropped = stopped.await;
        handle.stop(true).await;
        serving.await.expect("no panic").expect("it served");
    })
}

/// Rows inserted in a second, each durable before the next.
pub(crate) fn insert_one_by_one(db: &mut impl Engine, turn: Duration) -> f64 {
    let started = Instant::now();
    let mut inserted = 0_u32;
    while started.elapsed() < turn {
        db.insert(&Agency::new()).expect("a new row");
        inserted += 1;
    }
    f64::from(inserted) / started.elapsed().as_secs_f64()
}
