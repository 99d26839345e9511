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
    /// Reads a URL. A PostgreSQL host that is not this machine is refused unless its URL asks for TLS
    /// (`sslmode=require` or stricter) or `allow_plain` is set.
    ///
    /// # Errors
    /// A sentence that says what to do.
    pub fn parse(raw: &str, allow_plain: bool) -> Result<Self, String> {
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
        if !allow_plain && !is_this_machine(raw) && !asks_for_tls(raw) {
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

fn is_this_machine(url: &str) -> bool {
    let authority = url.split_once("://").map_or("", |(_, rest)| rest.split(['/', '?']).next().unwrap_or_default());
    let host_port = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match host_port.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host_port.split(':').next().unwrap_or_default(),
    };
    // libpq lets parameters override the host, the last of them winning: every one must be this machine.
    let parameters = url.split_once('?').map_or("", |(_, query)| query).split('&');
    let named = parameters.filter_map(|p| p.strip_prefix("host=").or_else(|| p.strip_prefix("hostaddr=")));
    let socket = |host: &str| host.is_empty() || host.starts_with('/') || host.to_ascii_lowercase().starts_with("%2f");
    let is_local = |host: &str| socket(host) || matches!(host, "localhost" | "127.0.0.1" | "::1");
    named.chain([host]).flat_map(|hosts| hosts.split(',')).all(is_local)
}

fn asks_for_tls(url: &str) -> bool {
    ["sslmode=require", "sslmode=verify-ca", "sslmode=verify-full"].iter().any(|mode| url.contains(mode))
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
        ] {
            assert!(DatabaseUrl::parse(local, false).is_ok(), "{local}");
        }
        for foreign in [
            "postgres://u@db.example/x",
            "postgres://u@localhost@db.example/x",
            "postgres:///x?host=db.example",
            "postgres:///x?host=/tmp&host=db.example",
            "postgres://localhost/x?hostaddr=192.0.2.1",
        ] {
            assert!(DatabaseUrl::parse(foreign, false).is_err(), "{foreign}");
            assert!(DatabaseUrl::parse(foreign, true).is_ok(), "{foreign}");
        }
        assert!(DatabaseUrl::parse("postgres://u@db.example/x?sslmode=verify-full", false).is_ok());
    }

    #[test]
    fn a_url_is_of_a_known_scheme() {
        assert!(DatabaseUrl::parse("mysql://x", true).is_err());
        assert!(DatabaseUrl::parse("sqlite:", true).is_err());
        assert_eq!(DatabaseUrl::parse("sqlite:///tmp/x.db", true), Ok(DatabaseUrl::Sqlite("/tmp/x.db".into())));
        assert_eq!(DatabaseUrl::parse("sqlite:x.db", true), Ok(DatabaseUrl::Sqlite("x.db".into())));
    }
}
