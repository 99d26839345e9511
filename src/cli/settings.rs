//! Settings: each a flag and an environment variable `PRESS_REGISTRY_…`.

use super::Failure;
use crate::app::reports::limits::Intake;
use crate::app::{Registry, Settings};
use crate::clock::Clock;
use crate::domain::card_code::host;
use crate::entropy::Entropy;
use crate::mail::{MAIL_EVERY, MailSettings, Mailer};
use crate::store::DatabaseUrl;
use clap::{Args, ValueEnum};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

/// The hotline where none is set: it says so instead of naming a number that is nobody's.
const NO_PHONE: &str = "(hotline not set)";

/// What a registry is set up with.
#[derive(Args, Clone)]
pub(crate) struct Options {
    /// Where the database is: sqlite:PATH or postgres://… [default: sqlite:DATA_DIR/registry.db]
    #[arg(long, env = "PRESS_REGISTRY_DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
    /// Address and port to serve on
    #[arg(long, env = "PRESS_REGISTRY_LISTEN", default_value = "127.0.0.1:8080")]
    pub(crate) listen: String,
    /// The address that cards carry, like https://the.example [default: http://LISTEN on this machine]
    #[arg(long, env = "PRESS_REGISTRY_PUBLIC_URL")]
    public_url: Option<String>,
    /// Where keys and files are kept
    #[arg(long, env = "PRESS_REGISTRY_DATA_DIR", default_value = "./press-registry-data")]
    data_dir: PathBuf,
    /// The file with a passphrase that key files are locked with, at the next start if they are not yet
    #[arg(long, env = "PRESS_REGISTRY_KEY_PASSPHRASE_FILE")]
    key_passphrase_file: Option<PathBuf>,
    /// How the log is written
    #[arg(long, env = "PRESS_REGISTRY_LOG_FORMAT", default_value = "text")]
    pub(crate) log_format: LogFormat,
    /// The hotline that verdicts name
    #[arg(long, env = "PRESS_REGISTRY_PHONE", default_value = NO_PHONE)]
    phone: String,
    /// The address of a proxy that is believed about whom it speaks for (`X-Forwarded-For`); several with commas
    #[arg(long, env = "PRESS_REGISTRY_TRUSTED_PROXY", value_delimiter = ',')]
    trusted_proxy: Vec<IpAddr>,
    /// Where e-mail is handed over: smtps://user@mail.the.example, or smtp://127.0.0.1:25 on this machine
    #[arg(long, env = "PRESS_REGISTRY_SMTP_URL", hide_env_values = true, requires = "smtp_from")]
    smtp_url: Option<String>,
    /// Whom e-mail is from, like `Registry <notices@the.example>`
    #[arg(long, env = "PRESS_REGISTRY_SMTP_FROM")]
    smtp_from: Option<String>,
    /// The file with the password of the user in SMTP_URL
    #[arg(long, env = "PRESS_REGISTRY_SMTP_PASSWORD_FILE", requires = "smtp_url")]
    smtp_password_file: Option<PathBuf>,
    /// Let a PostgreSQL on another machine be used without TLS
    #[arg(long, env = "PRESS_REGISTRY_ALLOW_PLAIN_POSTGRES")]
    allow_plain_postgres: bool,
}

/// How the log is written.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Options {
    /// The settings of a registry.
    pub(crate) fn settings(&self) -> Result<Settings, Failure> {
        let default_url = || format!("sqlite:{}", self.data_dir.join("registry.db").display());
        let url = self.database_url.clone().unwrap_or_else(default_url);
        let public_url = self.public_url.clone().unwrap_or_else(|| format!("http://{}", self.listen));
        Ok(Settings {
            database: DatabaseUrl::parse_in(&url, self.allow_plain_postgres, &|name| std::env::var(name).ok())?,
            data_dir: self.data_dir.clone(),
            key_passphrase_file: self.key_passphrase_file.clone(),
            public_url: public_address(&public_url)?,
            phone: self.phone.clone(),
            demo: false,
            mail: self.mail()?,
            intake: Intake { trusted_proxies: self.trusted_proxy.clone(), ..Intake::default() },
        })
    }

    /// Where e-mail is handed over. The password is put into the address here, and shown nowhere.
    fn mail(&self) -> Result<Option<MailSettings>, Failure> {
        let (Some(url), Some(from)) = (&self.smtp_url, &self.smtp_from) else { return Ok(None) };
        let url = match &self.smtp_password_file {
            None => url.clone(),
            Some(file) => {
                let password = std::fs::read_to_string(file)
                    .map_err(|error| format!("the password of the SMTP server in {}: {error}", file.display()))?;
                with_password(url, password.trim_end_matches(['\r', '\n']))?
            }
        };
        let settings = MailSettings { url, from: from.clone(), every: MAIL_EVERY };
        Mailer::new(&settings, "localhost")?;
        Ok(Some(settings))
    }

    /// The same with the address that is really listened on: port 0 is any that is free.
    pub(crate) fn listening_on(&self, address: SocketAddr) -> Self {
        Self { listen: address.to_string(), ..self.clone() }
    }

    /// Opens the registry, to serve it.
    pub(crate) fn open(&self) -> Result<Registry, Failure> {
        self.make_data_dir()?;
        Ok(Registry::open(self.settings()?, Clock::System, Entropy::System)?)
    }

    /// Opens the registry that is there, beside a server; an empty one is not made.
    pub(crate) fn open_existing(&self) -> Result<Registry, Failure> {
        let settings = self.settings()?;
        if settings.database.file().is_some_and(|file| !file.is_file()) {
            return Err(Failure(format!("there is no registry in {}", self.data_dir.display())));
        }
        Ok(Registry::open_aside(settings, Clock::System, Entropy::System)?)
    }

    /// Opens the registry beside a server.
    pub(crate) fn open_aside(&self) -> Result<Registry, Failure> {
        self.make_data_dir()?;
        Ok(Registry::open_aside(self.settings()?, Clock::System, Entropy::System)?)
    }

    /// Opens the registry although the file of a key may be missing.
    pub(crate) fn open_to_mend_keys(&self) -> Result<Registry, Failure> {
        self.make_data_dir()?;
        Ok(Registry::open_to_mend_keys(self.settings()?, Clock::System, Entropy::System)?)
    }

    fn make_data_dir(&self) -> Result<(), Failure> {
        std::fs::create_dir_all(&self.data_dir)
            .map_err(|error| format!("the folder {} cannot be made: {error}", self.data_dir.display()))?;
        Ok(())
    }
}

/// Scheme, host and port alone. Codes of cards live for years: plain HTTP is for this machine only.
pub(crate) fn public_address(raw: &str) -> Result<String, Failure> {
    let url = raw.trim_end_matches('/');
    let host = host(url).filter(|_| url.matches('/').count() == 2);
    let is_local = matches!(host, Some("127.0.0.1" | "localhost" | "[::1]" | "::1"));
    match host {
        None => Err(Failure(format!("the public URL `{raw}` is not scheme, host and port, like https://the.example"))),
        Some(_) if url.starts_with("http://") && !is_local => {
            Err(Failure("the public URL begins with https://: cards are checked over networks nobody controls".into()))
        }
        Some(_) => Ok(url.to_ascii_lowercase()),
    }
}

/// The address with this password after its user.
fn with_password(url: &str, password: &str) -> Result<String, Failure> {
    let parts = url.split_once("://").and_then(|(scheme, rest)| Some((scheme, rest.rsplit_once('@')?)));
    let Some((scheme, (user, rest))) = parts.filter(|(_, (user, _))| !user.is_empty() && !user.contains(':')) else {
        return Err(Failure("with a password file the SMTP address names a user and no password".into()));
    };
    // All but the unreserved characters of RFC 3986 §2.3.
    let hidden: String = password
        .bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect();
    Ok(format!("{scheme}://{user}:{hidden}@{rest}"))
}

/// Begins to write the log to standard error.
pub(crate) fn start_log(format: LogFormat) {
    let log = tracing_subscriber::fmt().with_writer(std::io::stderr).with_max_level(tracing::Level::INFO);
    match format {
        LogFormat::Text => log.with_ansi(false).init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser as _;

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        options: Options,
    }

    #[test]
    fn proxies_are_addresses_and_none_is_believed_unless_named() {
        let proxies = |words: &[&str]| {
            let line = Line::try_parse_from([&["press-registry"], words].concat()).ok()?;
            Some(line.options.settings().ok()?.intake.trusted_proxies)
        };
        assert_eq!(proxies(&[]), Some(Vec::new()));
        let named = proxies(&["--trusted-proxy", "10.0.0.1,::1"]).expect("addresses");
        assert_eq!(named.iter().map(ToString::to_string).collect::<Vec<_>>(), ["10.0.0.1", "::1"]);
        assert_eq!(proxies(&["--trusted-proxy", "proxy.example"]), None);
    }

    #[test]
    fn e_mail_is_set_whole_or_not_at_all_and_its_password_comes_from_a_file() {
        let mail = |words: &[&str]| {
            let line = Line::try_parse_from([&["press-registry"], words].concat()).ok()?;
            line.options.settings().ok().map(|settings| settings.mail.map(|mail| mail.url))
        };
        let from = ["--smtp-from", "Registry <notices@the.example>"];
        assert_eq!(mail(&[]), Some(None));
        assert_eq!(mail(&["--smtp-url", "smtps://mail.the.example"]), None, "from whom?");
        let url = |url| mail(&[&["--smtp-url", url][..], &from].concat());
        assert_eq!(url("smtp://127.0.0.1:25"), Some(Some("smtp://127.0.0.1:25".into())));
        assert_eq!(url("http://mail.the.example"), None);
        let hidden = with_password("smtps://me@mail.the.example:465", "p@ss/ễ").expect("an address");
        assert_eq!(hidden, "smtps://me:p%40ss%2F%E1%BB%85@mail.the.example:465");
        assert!(with_password("smtps://mail.the.example", "x").is_err());
        assert!(with_password("smtps://me:p@mail.the.example", "x").is_err());
    }

    #[test]
    fn cards_carry_an_address_without_a_path() {
        let ok = |raw: &str| public_address(raw).ok();
        assert_eq!(ok("https://The.Example/").as_deref(), Some("https://the.example"));
        assert_eq!(ok("http://127.0.0.1:8080").as_deref(), Some("http://127.0.0.1:8080"));
        assert_eq!(ok("http://the.example"), None);
        assert_eq!(ok("https://the.example/path"), None);
        assert_eq!(ok("the.example"), None);
        assert_eq!(ok(""), None);
    }
}
