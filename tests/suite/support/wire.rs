//! HTTP as bytes on a connection: for what no well-behaved client sends.

use super::answer::{Answer, Contract};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use ureq::http::{HeaderMap, HeaderName, HeaderValue};

/// A connection to a server.
pub(crate) struct Wire(BufReader<TcpStream>);

impl Wire {
    /// Connects to the server at `http://HOST:PORT`.
    pub(crate) fn to(base: &str) -> Self {
        let address = base.strip_prefix("http://").expect("plain HTTP");
        Self(BufReader::new(TcpStream::connect(address).expect("a listening server")))
    }

    /// Sends these bytes.
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.0.get_mut().write_all(bytes).expect("the server reads");
    }

    /// Status and headers of the next answer, or of an interim one.
    pub(crate) fn head(&mut self) -> (u16, HeaderMap) {
        let first = self.line();
        let status = first.split(' ').nth(1).and_then(|status| status.parse().ok());
        let mut headers = HeaderMap::new();
        loop {
            let line = self.line();
            let Some((name, value)) = line.split_once(": ") else { break };
            let name = HeaderName::from_bytes(name.as_bytes()).expect("a header's name");
            headers.append(name, HeaderValue::from_str(value).expect("a header's value"));
        }
        (status.unwrap_or_else(|| panic!("no answer: {first:?}")), headers)
    }

    /// The next answer; one to `HEAD` has no body.
    pub(crate) fn answer(&mut self, method: &str) -> Answer {
        let (status, headers) = self.head();
        let length = headers.get("content-length").and_then(|value| value.to_str().ok()?.parse().ok());
        let mut body = vec![0; if method == "HEAD" { 0 } else { length.unwrap_or_default() }];
        self.0.read_exact(&mut body).expect("the whole body");
        Answer { status, headers, body }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).expect("text");
        line.trim_end().to_owned()
    }
}

/// Sends a request of these lines and this body, as it is, on a connection of its own; the answer is held against the
/// API's description.
pub(crate) fn exchange(base: &str, head: &[&str], body: &[u8]) -> Answer {
    let mut wire = Wire::to(base);
    let lines = [head, &["Host: registry.test", "Connection: close", "", ""]].concat();
    wire.send(lines.join("\r\n").as_bytes());
    wire.send(body);
    let mut words = head.first().expect("a request line").split(' ');
    let (method, path) = (words.next().expect("a method"), words.next().expect("a path"));
    let answer = wire.answer(method);
    if method != "HEAD" {
        Contract::of_the_api().check(method, path, &answer);
    }
    answer
}
