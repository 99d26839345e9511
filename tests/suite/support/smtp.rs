//! A real mail server on loopback, of another make: aiosmtpd for Python. `.ci/run` installs it; elsewhere the tests that
//! need it are skipped with a word where it is missing.

use serde_json::Value;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::{env, fs};
use tempfile::TempDir;

/// A running mail server.
pub(crate) struct MailServer {
    child: Child,
    folder: TempDir,
    pub(crate) port: u16,
}

impl MailServer {
    /// A server on a free port, or `None` where there is none to be had.
    pub(crate) fn start() -> Option<Self> {
        Self::start_on(0)
    }

    /// A server on this port.
    pub(crate) fn start_on(port: u16) -> Option<Self> {
        let python = python()?;
        let folder = TempDir::with_prefix("press-registry-mail.").expect("a temporary folder");
        let mut child = Command::new(python)
            .arg("-c")
            .arg(include_str!("smtp_server.py"))
            .args([folder.path().as_os_str(), port.to_string().as_ref()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a mail server");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("its port");
        let port = line.trim().parse().expect("a port");
        Some(Self { child, folder, port })
    }

    /// Lets every recipient be refused with this answer, or none.
    pub(crate) fn refuse(&self, answer: Option<&str>) {
        let file = self.folder.path().join("refuse");
        match answer {
            Some(answer) => fs::write(file, answer).expect("a file"),
            None => fs::remove_file(file).expect("it was refused"),
        }
    }

    /// How often a recipient was refused.
    pub(crate) fn refused(&self) -> usize {
        fs::read_to_string(self.folder.path().join("refused")).map_or(0, |log| log.lines().count())
    }

    /// What it took, in its order.
    pub(crate) fn taken(&self) -> Vec<Value> {
        let entries = fs::read_dir(self.folder.path()).expect("its folder");
        let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
        paths.sort();
        paths.iter().map(|path| serde_json::from_slice(&fs::read(path).expect("a file")).expect("JSON")).collect()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ended = self.child.wait();
    }
}

/// A Python that has aiosmtpd.
fn python() -> Option<&'static str> {
    static FOUND: OnceLock<Option<&'static str>> = OnceLock::new();
    let required = env::var("PRESS_REGISTRY_REQUIRE_SMTP").is_ok_and(|set| set == "1")
        || env::var("CI").is_ok_and(|set| set == "true");
    let found = *FOUND.get_or_init(|| {
        let has = |python: &&str| {
            let asked = Command::new(python).args(["-c", "import aiosmtpd.smtp"]).stderr(Stdio::null()).status();
            asked.is_ok_and(|status| status.success())
        };
        let found = ["python3", "/usr/bin/python3"].into_iter().find(has);
        if found.is_none() {
            let why = "Tests of e-mail are skipped: no Python with aiosmtpd (Debian: python3-aiosmtpd)";
            writeln!(io::stderr(), "{why}").expect("standard error");
        }
        found
    });
    assert!(found.is_some() || !required, "a mail server is required here: install python3-aiosmtpd");
    found
}
