//! The load: connections that stay open, each with one request on its way, all driven by one thread.
//!
//! A connection is asked again as soon as it was answered. The thread goes round them in order and blocks on the next
//! one: while it waits there the others' requests are at the server, so that nothing but two system calls a request
//! is taken from the cores that both share.

use memchr::memmem;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// A connection to a server.
pub(crate) struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

/// What a server answered.
pub(crate) struct Answer<'a> {
    pub(crate) head: &'a str,
    pub(crate) body: &'a [u8],
}

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("a server");
        stream.set_nodelay(true).expect("a socket that sends at once");
        Self { stream, received: Vec::new() }
    }

    pub(crate) fn several(address: SocketAddr, many: usize) -> Vec<Self> {
        (0..many).map(|_| Self::open(address)).collect()
    }

    pub(crate) fn send(&mut self, request: &[u8]) {
        self.stream.write_all(request).expect("the server reads");
    }

    /// The answer to the oldest request; a refusal ends the bench, for it costs less than the work.
    pub(crate) fn receive(&mut self) -> Answer<'_> {
        self.received.clear();
        let head = loop {
            self.fill();
            if let Some(at) = memmem::find(&self.received, b"\r\n\r\n") {
                break at + 4;
            }
        };
        let is_empty = self.received.starts_with(b"HTTP/1.1 304");
        let whole = head + if is_empty { 0 } else { body_length(&self.received[..head]) };
        while self.received.len() < whole {
            self.fill();
        }
        let (head, body) = self.received.split_at(head);
        let head = text(head);
        assert!(head.starts_with("HTTP/1.1 2") || head.starts_with("HTTP/1.1 304"), "{head}{}", text(body));
        Answer { head, body }
    }

    fn fill(&mut self) {
        let mut bytes = [0; 4_096];
        let read = self.stream.read(&mut bytes).expect("the server answers");
        assert!(read > 0, "the server closed the connection");
        self.received.extend_from_slice(&bytes[..read]);
    }
}

impl Answer<'_> {
    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header(self.head, name)
    }
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("UTF-8")
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.into_iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// Found without a look at the other headers: the more of them an answer has, the more its client would cost.
fn body_length(head: &[u8]) -> usize {
    const NAME: &[u8] = b"\r\ncontent-length: ";
    let Some(at) = memmem::find(head, NAME) else { return 0 };
    let digits = head[at + NAME.len()..].split(|byte| *byte == b'\r').next().unwrap_or_default();
    text(digits).parse().expect("a length")
}

/// Requests answered in a second when every connection repeats `request` for so long.
pub(crate) fn drive(connections: &mut [Connection], request: &[u8], turn: Duration) -> f64 {
    let started = Instant::now();
    let mut answered = 0_u32;
    for connection in &mut *connections {
        connection.send(request);
    }
    while started.elapsed() < turn {
        for connection in &mut *connections {
            connection.receive();
            connection.send(request);
            answered += 1;
        }
    }
    for connection in connections {
        connection.receive();
        answered += 1;
    }
    f64::from(answered) / started.elapsed().as_secs_f64()
}
