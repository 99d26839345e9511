//! A small web server of the tests' own: it serves what a test says, remembers what was asked, and can go away.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

/// One request, header names in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

/// What is answered.
pub(crate) struct Told {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Told {
    pub(crate) fn ok(media_type: &str, body: Vec<u8>) -> Self {
        Self { status: 200, headers: vec![("content-type".into(), media_type.into())], body }
    }

    pub(crate) fn nothing() -> Self {
        Self { status: 404, headers: Vec::new(), body: Vec::new() }
    }
}

/// A module of the page, another script of the tests, or an empty page.
pub(crate) fn module(path: &str) -> Told {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let file = match path.strip_prefix("/verifier/") {
        Some(name) => root.join("src/api/pages/verifier").join(name),
        None if path == "/harness.js" => root.join("tests/suite/card_vectors/harness.js"),
        None => return Told::ok("text/html", b"<!doctype html><title>-</title>".to_vec()),
    };
    std::fs::read(file).map_or_else(|_| Told::nothing(), |text| Told::ok("text/javascript", text))
}

/// A running server; it goes away when dropped.
pub(crate) struct Site {
    /// `http://127.0.0.1:PORT`.
    pub(crate) base: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    is_away: Arc<AtomicBool>,
    is_over: Arc<AtomicBool>,
}

impl Site {
    /// Serves what this function answers.
    pub(crate) fn start(answer: impl Fn(&Asked) -> Told + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let (asked, answer) = (Arc::new(Mutex::new(Vec::new())), Arc::new(answer));
        let (is_away, is_over) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let (log, away, over) = (Arc::clone(&asked), Arc::clone(&is_away), Arc::clone(&is_over));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if over.load(Ordering::SeqCst) {
                    return;
                }
                // A network that is not there: the connection ends before anything is said.
                if away.load(Ordering::SeqCst) {
                    continue;
                }
                let (log, answer) = (Arc::clone(&log), Arc::clone(&answer));
                std::thread::spawn(move || serve(stream, &log, &*answer));
            }
        });
        Self { base, asked, is_away, is_over }
    }

    /// Goes away, or comes back.
    pub(crate) fn away(&self, is_away: bool) {
        self.is_away.store(is_away, Ordering::SeqCst);
    }

    /// What was asked since the last time, in order.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.asked.lock().expect("no panic"))
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        // It waits for somebody; this is somebody.
        let _woken = TcpStream::connect(self.base.trim_start_matches("http://"));
    }
}

/// One request of a connection, which is closed after it. A browser that goes away early is nobody's failure.
fn serve(mut stream: TcpStream, log: &Mutex<Vec<Asked>>, answer: &dyn Fn(&Asked) -> Told) {
    let Some(asked) = read(&stream) else { return };
    log.lock().expect("no panic").push(asked.clone());
    let told = answer(&asked);
    let mut head = format!("HTTP/1.1 {} X\r\nconnection: close\r\n", told.status);
    for (name, value) in &told.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if told.status != 304 {
        head.push_str(&format!("content-length: {}\r\n", told.body.len()));
    }
    let _gone = stream.write_all(&[head.as_bytes(), b"\r\n", &told.body].concat());
}

fn read(stream: &TcpStream) -> Option<Asked> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, path) = (words.next()?, words.next()?);
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").and_then(|it| it.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Asked { method, path, headers, body })
}
