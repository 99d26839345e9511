//! A PostgreSQL server for the tests, and a fresh database in it for each.
//!
//! With `TEST_POSTGRES_URL` the databases are made in that server. Otherwise a private cluster is started from the
//! installed binaries, once per test process: in a new folder, on a socket in it, without TCP. It never meets the
//! machine's own PostgreSQL. It writes without `fsync`, unless `TEST_POSTGRES_FSYNC=on` asks for real durability, or the
//! module that this belongs to (`FSYNC`): the benches share this file.
//!
//! Without a server the tests that need one are skipped; `PRESS_REGISTRY_REQUIRE_POSTGRES=1` or `CI=true` makes that
//! a failure.

use diesel::{Connection as _, PgConnection, QueryResult, RunQueryDsl as _};
use std::{
    env, fs,
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    os::unix::process::CommandExt as _,
    path::PathBuf,
    process::{self, Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

/// The template of PostgreSQL itself: nothing in it, and nobody can be connected to it, which would block a copy.
const EMPTY: &str = "template0";

/// Starts a cluster with the binaries of folder `$1` and `fsync=$2`, says where it is, and waits. Where nothing has to be
/// durable and there is room it is in memory, and keeps no more log of itself than it needs: each test makes some 600 files
/// and removes them, for which a disk's kernel took a quarter of the processors' time.
///
/// Its input is a pipe that only the test process holds: however that process ends, even killed, the pipe closes,
/// the shell reads on, and the cluster goes; a signal, or nobody left to talk to, must not end the shell before that.
/// Nothing is worth saving, so it stops in the mode that saves nothing.
/// Sockets have paths of at most 107 bytes, hence not a `TMPDIR` that may be long or another user's. `/tmp` may be memory;
/// `/var/tmp` outlives a restart (FHS 5.15).
const CLUSTER: &str = r#"
    set -u
    place=/var/tmp less=
    if [ "$2" = off ]; then
        place=/tmp
        less='-c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0 -c max_wal_size=256MB'
        room=$(df --output=avail --block-size=1M /dev/shm 2>/dev/null | tail -n 1) && [ "$room" -ge 6000 ] && place=/dev/shm
    fi
    cluster=$(mktemp -d "$place/press-registry-postgres.XXXXXX") || exit 1
    trap exit HUP INT TERM
    trap '' PIPE
    trap '"$1/pg_ctl" stop --mode=immediate --pgdata="$cluster/data" >"$cluster/stop" 2>&1; rm -rf "$cluster"' EXIT
    {
        "$1/initdb" --pgdata="$cluster/data" --username=postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 \
            --no-sync &&
        "$1/pg_ctl" start --wait --pgdata="$cluster/data" --log="$cluster/log" --options="-c listen_addresses='' \
            -c unix_socket_directories='$cluster' -c max_connections=200 -c fsync=$2 $less"
    } >"$cluster/start" 2>&1 || { cat "$cluster/start" "$cluster/log"; exit 1; }
    echo "socket in $cluster" 2>/dev/null
    read -r _
"#;

/// A database of one test, dropped with this.
#[derive(Debug)]
pub(crate) struct Database {
    name: String,
    url: String,
    server: &'static Server,
}

impl Database {
    /// `postgres://…`
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Its name in the server: what [`database_from`] takes.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // FORCE: a pool of the test may still hold connections.
        if let Err(error) = self.server.run(&format!(r#"DROP DATABASE "{}" WITH (FORCE)"#, self.name)) {
            eprintln!("the test database {} stays behind: {error}", self.name);
        }
    }
}

/// A new, empty database, or `None` where no PostgreSQL is to be had (said once, on standard error).
pub(crate) fn database() -> Option<Database> {
    database_from(EMPTY)
}

/// A new database that begins as a copy of `template`, to which nobody may be connected meanwhile.
pub(crate) fn database_from(template: &str) -> Option<Database> {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let server = server()?;
    let name = format!("press_registry_test_{}_{}", process::id(), MADE.fetch_add(1, Ordering::Relaxed));
    server.run(&format!(r#"CREATE DATABASE "{name}" TEMPLATE "{template}""#)).expect("a new database");
    Some(Database { url: with_database(&server.url, &name), name, server })
}

#[derive(Debug)]
struct Server {
    /// Of a database in which others are made and dropped.
    url: String,
    /// Lives as long as its input is open; this process only has to hold it.
    _cluster: Option<Child>,
}

impl Server {
    fn run(&self, statement: &str) -> QueryResult<usize> {
        let mut connection = PgConnection::establish(&self.url)
            .map_err(|error| diesel::result::Error::QueryBuilderError(Box::new(error)))?;
        diesel::sql_query(statement).execute(&mut connection)
    }
}

/// The one server of this process, started by whoever asks first.
fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Result<Server, String>> = OnceLock::new();
    let given = env::var("TEST_POSTGRES_URL").ok();
    let required = given.is_some() || is_set("PRESS_REGISTRY_REQUIRE_POSTGRES", "1") || is_set("CI", "true");
    let found = SERVER.get_or_init(|| {
        let found = given.map_or_else(start_cluster, |url| Ok(Server { url, _cluster: None }));
        if let Err(why) = &found {
            // Written past the test runner, which hides what passing tests print.
            writeln!(io::stderr(), "Tests on PostgreSQL are skipped: {why}").expect("standard error");
        }
        found
    });
    match found {
        Ok(server) => Some(server),
        Err(why) if required => panic!("PostgreSQL is required here, and there is none: {why}"),
        Err(_) => None,
    }
}

fn is_set(name: &str, value: &str) -> bool {
    env::var(name).is_ok_and(|found| found == value)
}

fn start_cluster() -> Result<Server, String> {
    let binaries = binaries().ok_or("no initdb and pg_ctl are installed (Debian: apt-get install postgresql)")?;
    let fsync = env::var("TEST_POSTGRES_FSYNC").unwrap_or_else(|_| super::FSYNC.to_owned());
    let mut cluster = shell_without_privileges()
        .args(["-c", CLUSTER, "press-registry-postgres"])
        .arg(&binaries)
        .arg(fsync)
        .current_dir("/")
        // A group of its own: Ctrl-C ends the tests, and then the pipe ends the cluster in good order.
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("the cluster's shell does not start: {error}"))?;
    let mut output = BufReader::new(cluster.stdout.take().expect("piped above"));
    let mut said = String::new();
    output.read_line(&mut said).map_err(|error| error.to_string())?;
    match said.trim_end().strip_prefix("socket in ") {
        Some(folder) => {
            let url = format!("postgres://postgres@{}/postgres", folder.replace('/', "%2F"));
            Ok(Server { url, _cluster: Some(cluster) })
        }
        None => {
            output.read_to_string(&mut said).map_err(|error| error.to_string())?;
            Err(format!("the cluster of {} does not start:\n{said}", binaries.display()))
        }
    }
}

/// The folder of the server's programs. Debian keeps them out of `PATH`; of several versions the newest is taken.
fn binaries() -> Option<PathBuf> {
    let configured = Command::new("pg_config").arg("--bindir").output().ok();
    let configured = configured.map(|said| PathBuf::from(String::from_utf8_lossy(&said.stdout).trim_end()));
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter_map(|path| Some((path.file_name()?.to_str()?.parse().ok()?, path.join("bin"))))
        .collect();
    versions.sort();
    let in_path: Vec<PathBuf> = env::var_os("PATH").iter().flat_map(env::split_paths).collect();
    let has_all = |folder: &PathBuf| ["initdb", "pg_ctl", "postgres"].iter().all(|name| folder.join(name).is_file());
    configured.into_iter().chain(versions.into_iter().rev().map(|(_, path)| path)).chain(in_path).find(has_all)
}

/// `sh`, as another user when this is root, whom PostgreSQL refuses to serve.
fn shell_without_privileges() -> Command {
    let id = |arguments: &[&str]| {
        let said = Command::new("id").args(arguments).output().ok().filter(|said| said.status.success())?;
        Some(String::from_utf8_lossy(&said.stdout).trim_end().to_owned())
    };
    if id(&["-u"]).as_deref() != Some("0") {
        return Command::new("sh");
    }
    let user = if id(&["-u", "postgres"]).is_some() { "postgres" } else { "nobody" };
    let mut command = Command::new("setpriv");
    command.arg(format!("--reuid={user}"));
    command.arg(format!("--regid={}", id(&["-g", user]).expect("every system has this user")));
    command.args(["--clear-groups", "sh"]);
    command
}

/// The same server's URL for another of its databases; what follows `?` stays.
fn with_database(url: &str, name: &str) -> String {
    let (address, query) = url.split_once('?').map_or((url, None), |(address, query)| (address, Some(query)));
    let authority = address.find("://").map_or(0, |scheme| scheme + 3);
    let end = address[authority..].find('/').map_or(address.len(), |slash| authority + slash);
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    format!("{}/{name}{query}", &address[..end])
}

#[test]
fn a_copy_begins_with_what_its_template_holds() {
    let Some(template) = database() else { return };
    let mut connection = PgConnection::establish(template.url()).expect("a connection");
    diesel::sql_query("CREATE TABLE numbers AS SELECT 7 AS n").execute(&mut connection).expect("a table");
    drop(connection);
    let copy = database_from(template.name()).expect("the server of the template");
    let mut connection = PgConnection::establish(copy.url()).expect("a connection");
    assert_eq!(diesel::sql_query("DELETE FROM numbers WHERE n = 7").execute(&mut connection), Ok(1));
}

#[test]
fn another_database_of_a_server_keeps_the_rest_of_its_address() {
    for (url, expected) in [
        ("postgres://a:b@host:5433/postgres", "postgres://a:b@host:5433/x"),
        ("postgres://host", "postgres://host/x"),
        ("postgres://host?sslmode=disable", "postgres://host/x?sslmode=disable"),
        ("postgres://%2Ftmp%2Fc/p?options=-c%20a", "postgres://%2Ftmp%2Fc/x?options=-c%20a"),
    ] {
        assert_eq!(with_database(url, "x"), expected);
    }
}
