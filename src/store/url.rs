//! Where a database is, and whether it may be spoken to in the open.

use std::fmt;
use std::path::Path;

/// Where the database is: `sqlite:PATH` or `postgres://…`. It may hold a password and is not shown.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file.
    Sqlite(String),
    /// A libpq connection URL.
    Postgres(String),
}

impl DatabaseUrl {
    /// [`DatabaseUrl::parse_in`] where the environment says nothing.
    ///
    /// # Errors
    /// A sentence that says what to do.
    pub fn parse(raw: &str, allow_plain: bool) -> Result<Self, String> {
        Self::parse_in(raw, allow_plain, &|_| None)
    }

    /// Reads a URL. A PostgreSQL host that is not this machine is refused unless its URL asks for TLS
    /// (`sslmode=require` or stricter) or `allow_plain` is set. What the URL leaves open, libpq takes from variables of
    /// the environment like `PGHOST`.
    ///
    /// # Errors
    /// A sentence that says what to do.
    pub fn parse_in(raw: &str, allow_plain: bool, environment: Environment<'_>) -> Result<Self, String> {
        if let Some(path) = raw.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            return match path {
                "" => Err("the database URL `sqlite:` needs a path, like sqlite:registry.db".into()),
                path => Ok(Self::Sqlite(path.to_owned())),
            };
        }
        if !raw.starts_with("postgres://") && !raw.starts_with("postgresql://") {
            return Err("the database URL begins with sqlite: or postgres://".into());
        }
        let is_guarded = Target::of(raw, environment).is_some_and(|it| it.is_this_machine() || it.asks_for_tls());
        if !allow_plain && !is_guarded {
            return Err("this PostgreSQL host is not this machine and its URL does not ask for TLS: add \
                        ?sslmode=verify-full (and build with the feature postgres-tls), or pass \
                        --allow-plain-postgres if the network itself is private"
                .into());
        }
        Ok(Self::Postgres(raw.to_owned()))
    }

    /// The file of an embedded database.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(path) => Some(Path::new(path)),
            Self::Postgres(_) => None,
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{path}"),
            Self::Postgres(_) => f.write_str("postgres://…"),
        }
    }
}

/// What may stand in libpq's environment and count where the URL is silent.
type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Where libpq would connect to, and how. Read as libpq reads a URL (PostgreSQL manual §32.1.1.2): it decodes names and
/// values, and of a parameter named twice it takes the last.
struct Target {
    /// Every host and address named anywhere: none that is overridden may be a foreign one either.
    hosts: Vec<String>,
    /// The last `sslmode`.
    tls: Option<String>,
    /// A service file may name any host.
    has_service: bool,
}

impl Target {
    /// `None` where libpq would not understand the URL.
    fn of(url: &str, environment: Environment<'_>) -> Option<Self> {
        let (_, rest) = url.split_once("://")?;
        // The first @ before a / ends the user's name and password; a ? may stand in them.
        let host_on = match rest.find(['@', '/']) {
            Some(at) if rest[at..].starts_with('@') => &rest[at + 1..],
            Some(_) | None => rest,
        };
        let (address, query) = host_on.split_once('?').unwrap_or((host_on, ""));
        let authority = address.split('/').next().unwrap_or_default();
        let mut hosts = authority.split(',').map(host).collect::<Option<Vec<_>>>()?;
        let (mut tls, mut service, mut named_host, mut named_address) = (None, None, false, false);
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=')?;
            let (name, value) = (decoded(name)?, decoded(value)?);
            match name.as_str() {
                "host" | "hostaddr" => {
                    named_host |= name == "host";
                    named_address |= name == "hostaddr";
                    hosts.push(value);
                }
                "sslmode" => tls = Some(value),
                // An older way to say it, which libpq still reads.
                "ssl" if value == "true" => tls = Some("require".into()),
                "service" => service = Some(value),
                _ => {}
            }
        }
        if authority.is_empty() && !named_host {
            hosts.extend(environment("PGHOST"));
        }
        if !named_address {
            hosts.extend(environment("PGHOSTADDR"));
        }
        let hosts = hosts.iter().flat_map(|hosts| hosts.split(',')).map(str::to_owned).collect();
        Some(Self { hosts, tls, has_service: service.or_else(|| environment("PGSERVICE")).is_some() })
    }

    fn is_this_machine(&self) -> bool {
        let socket = |host: &str| host.is_empty() || host.starts_with('/');
        let is_local = |host: &String| socket(host) || matches!(host.as_str(), "localhost" | "127.0.0.1" | "::1");
        !self.has_service && self.hosts.iter().all(is_local)
    }

    fn asks_for_tls(&self) -> bool {
        matches!(self.tls.as_deref(), Some("require" | "verify-ca" | "verify-full"))
    }
}

/// The host of `HOST`, `HOST:PORT` or `[IPV6]:PORT`.
fn host(host_port: &str) -> Option<String> {
    match host_port.strip_prefix('[') {
        Some(v6) => decoded(v6.split_once(']')?.0),
        None => decoded(host_port.split(':').next().unwrap_or_default()),
    }
}

/// Percent-decoded; `None` where libpq would refuse it.
fn decoded(raw: &str) -> Option<String> {
    let mut parts = raw.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(digits, 16).ok().filter(|byte| *byte != 0)?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foreign_postgres_needs_tls() {
        for local in [
            "postgres://u@localhost/x",
            "postgres://u:p@127.0.0.1:5432/x",
            "postgres://u@[::1]:5432/x",
            "postgres:///x?host=/tmp/socket",
            "postgres://u@%2Ftmp%2Fsocket/x",
            "postgres://u:a%3Fhost=b@localhost/x",
            "postgres://u:a?b@localhost/x",
            "postgres://localhost:5432,127.0.0.1:5433/x?sslmode=disable",
        ] {
            assert!(DatabaseUrl::parse(local, false).is_ok(), "{local}");
        }
        for foreign in [
            "postgres://u@db.example/x",
            "postgres://u@localhost@db.example/x",
            "postgres:///x?host=db.example",
            "postgres:///x?host=/tmp&host=db.example",
            "postgres://localhost/x?hostaddr=192.0.2.1",
            "postgres://localhost:5432,db.example:5432/x",
            "postgres://localhost%2Cdb.example/x",
            "postgres:///x?%68ost=db.example",
            "postgres:///x?host%61ddr=192.0.2.1",
            "postgres:///x?service=far",
            "postgres://u:sslmode=require@db.example/x",
            "postgres://db.example/sslmode=require",
            "postgres://db.example/x?application_name=sslmode=require",
            "postgres://db.example/x?sslmode=require&sslmode=disable",
            "postgres://db.example/x?sslmode=require&%73slmode=prefer",
            "postgres://db.example/x?sslmode=requirement",
            "postgres://localhost/x?host=%",
        ] {
            assert!(DatabaseUrl::parse(foreign, false).is_err(), "{foreign}");
            assert!(DatabaseUrl::parse(foreign, true).is_ok(), "{foreign}");
        }
        for guarded in [
            "postgres://u@db.example/x?sslmode=verify-full",
            "postgres://u@db.example,db2.example/x?sslmode=disable&ssl%6dode=verify%2dca",
            "postgres:///x?service=far&sslmode=require",
        ] {
            assert!(DatabaseUrl::parse(guarded, false).is_ok(), "{guarded}");
        }
    }

    #[test]
    fn what_the_url_leaves_open_comes_from_the_environment() {
        let refused = |url: &str, name: &str, value: &str| {
            let environment = |asked: &str| (asked == name).then(|| value.to_owned());
            DatabaseUrl::parse_in(url, false, &environment).is_err()
        };
        assert!(refused("postgres:///x", "PGHOST", "db.example"));
        assert!(refused("postgres:///x", "PGHOST", "/tmp,db.example"));
        assert!(refused("postgres://localhost/x", "PGHOSTADDR", "192.0.2.1"));
        assert!(refused("postgres:///x?hostaddr=127.0.0.1", "PGHOST", "db.example"));
        assert!(refused("postgres://localhost/x", "PGSERVICE", "far"));
        assert!(!refused("postgres:///x", "PGHOST", "/run/postgresql"));
        assert!(!refused("postgres://localhost/x", "PGHOST", "db.example"));
        assert!(!refused("postgres:///x?host=/tmp", "PGHOST", "db.example"));
        assert!(!refused("postgres://localhost/x?hostaddr=127.0.0.1", "PGHOSTADDR", "192.0.2.1"));
        assert!(!refused("postgres:///x?sslmode=require", "PGHOST", "db.example"));
    }

    #[test]
    fn a_url_is_of_a_known_scheme() {
        assert!(DatabaseUrl::parse("mysql://x", true).is_err());
        assert!(DatabaseUrl::parse("sqlite:", true).is_err());
        assert_eq!(DatabaseUrl::parse("sqlite:///tmp/x.db", true), Ok(DatabaseUrl::Sqlite("/tmp/x.db".into())));
        assert_eq!(DatabaseUrl::parse("sqlite:x.db", true), Ok(DatabaseUrl::Sqlite("x.db".into())));
    }
}
