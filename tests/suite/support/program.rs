//! The program itself, run as its operator runs it.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::fd::FromRawFd as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::ptr::null_mut;
use std::thread::JoinHandle;

/// What a run of the program said, and how it ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// The program with these arguments, and nothing from the environment of the tests.
pub(crate) fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_press-registry"));
    command.args(arguments).env_clear();
    command
}

/// Runs the program to its end.
pub(crate) fn run(arguments: &[&str]) -> Ran {
    run_with_input(arguments, "")
}

/// The same, with something on its standard input.
pub(crate) fn run_with_input(arguments: &[&str], input: &str) -> Ran {
    to_its_end(&mut program(arguments), input)
}

/// Runs what is prepared to its end.
pub(super) fn to_its_end(command: &mut Command, input: &str) -> Ran {
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("piped above");
    // Whoever refuses its arguments does not read what it is given.
    let _unread = stdin.write_all(input.as_bytes());
    drop(stdin);
    let ended = child.wait_with_output().expect("it ends");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ran { code: ended.status.code(), out: text(&ended.stdout), err: text(&ended.stderr) }
}

/// Runs the program to its end with a terminal of 80 columns as its standard error.
pub(crate) fn run_on_a_terminal(arguments: &[&str]) -> Ran {
    /// Sent once the program is gone: whoever else was started meanwhile may hold its end open.
    const OVER: &str = "\u{4}over";
    let (mut seen, mut shown) = terminal();
    let look = std::thread::spawn(move || {
        let (mut screen, mut part) = (Vec::new(), [0; 4_096]);
        while !screen.ends_with(OVER.as_bytes()) {
            let bytes = seen.read(&mut part).expect("a terminal");
            screen.extend(&part[..bytes]);
        }
        String::from_utf8(screen).expect("text")
    });
    let mut command = program(arguments);
    let stderr = shown.try_clone().expect("a handle");
    let command = command.env("TERM", "xterm").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(stderr);
    let ended = command.spawn().expect("the program starts").wait_with_output().expect("it ends");
    shown.write_all(OVER.as_bytes()).expect("a terminal");
    let screen = look.join().expect("a screen");
    let out = String::from_utf8_lossy(&ended.stdout).into_owned();
    Ran { code: ended.status.code(), out, err: screen.trim_end_matches(OVER).to_owned() }
}

/// The two ends of a terminal: that of whoever looks at it, and that of a program.
#[expect(unsafe_code, reason = "only libc opens a terminal; both handles are new, and nobody else's")]
fn terminal() -> (File, File) {
    let (mut seen, mut shown) = (-1, -1);
    let mut size = libc::winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };
    let opened = unsafe { libc::openpty(&raw mut seen, &raw mut shown, null_mut(), null_mut(), &raw mut size) };
    assert_eq!(opened, 0, "a terminal: {}", std::io::Error::last_os_error());
    unsafe { (File::from_raw_fd(seen), File::from_raw_fd(shown)) }
}

/// The program while it serves; ended when dropped.
pub(crate) struct Serving {
    child: Child,
    /// What it printed until it served.
    pub(crate) said: String,
    /// Where it serves: `http://127.0.0.1:PORT`.
    pub(crate) base: String,
    rest_of_out: Option<JoinHandle<String>>,
    err: Option<JoinHandle<String>>,
}

impl Serving {
    /// Starts the program and reads what it prints up to the line that begins with `until` and names its address.
    pub(crate) fn start(arguments: &[&str], until: &str) -> Self {
        let mut child = program(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut stderr = child.stderr.take().expect("piped above");
        let err = std::thread::spawn(move || {
            let mut text = String::new();
            stderr.read_to_string(&mut text).expect("text");
            text
        });
        let mut out = BufReader::new(child.stdout.take().expect("piped above"));
        let (mut said, mut base) = (String::new(), None);
        while base.is_none() {
            let mut line = String::new();
            if out.read_line(&mut line).expect("text") == 0 {
                panic!("it does not serve: {said}{}", err.join().unwrap_or_default());
            }
            said.push_str(&line);
            if line.starts_with(until) {
                let address = line.split_whitespace().rfind(|word| word.contains("127.0.0.1:"));
                base = address.map(|address| format!("http://{}", address.trim_start_matches("http://")));
            }
        }
        let rest_of_out = std::thread::spawn(move || {
            let mut text = String::new();
            out.read_to_string(&mut text).expect("text");
            text
        });
        let base = base.unwrap_or_default();
        Self { child, said, base, rest_of_out: Some(rest_of_out), err: Some(err) }
    }

    /// `serve` with these further arguments, on a free port.
    pub(crate) fn serve(arguments: &[&str]) -> Self {
        Self::start(&[&["serve", "--listen", "127.0.0.1:0"], arguments].concat(), "Serving ")
    }

    /// Tells it to end, as an operator's `kill` does.
    pub(crate) fn terminate(&self) {
        let told =
            Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().expect("there is `kill`");
        assert!(told.success());
    }

    /// Its id as a process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it in the middle of whatever it does, as `kill -9` does.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }

    /// Waits for its end: how it ended, and everything that it wrote on standard output and on standard error.
    pub(crate) fn ended(mut self) -> (ExitStatus, String, String) {
        let status = self.child.wait().expect("it ends");
        let read = |thread: Option<JoinHandle<String>>| thread.and_then(|it| it.join().ok()).unwrap_or_default();
        let out = format!("{}{}", self.said, read(self.rest_of_out.take()));
        (status, out, read(self.err.take()))
    }

    /// Tells it to end and waits.
    pub(crate) fn stop(self) -> (ExitStatus, String, String) {
        self.terminate();
        self.ended()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Already ended in most tests; one that failed is not to leave a server behind.
        let _already_ended = self.child.kill();
        let _status = self.child.wait();
    }
}
