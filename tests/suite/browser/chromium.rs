//! Headless Chromium with its chromedriver: started when a test first needs one, lent to one test after another, and
//! gone with this process.

use serde_json::{Value, json};
use std::{
    io::{BufRead as _, BufReader},
    os::unix::process::CommandExt as _,
    process::{Child, Command, Stdio},
    sync::{Mutex, MutexGuard, PoisonError, TryLockError},
    time::Duration,
};

/// Runs the chromedriver `$1` on a port of its own choice, which it prints.
///
/// As with the tests' PostgreSQL, its input is a pipe that only the test process holds: however that ends, the pipe
/// closes and the driver goes. Chromium, which talks to the driver through pipes too, goes with it, but takes a moment
/// in which it may still write: its folder is removed more than once.
const DRIVER: &str = r#"
    folder=$(mktemp -d /tmp/press-registry-browser.XXXXXX) || exit 1
    TMPDIR="$folder" "$1" --port=0 &
    read -r _
    kill $!
    wait
    for _ in 1 2 3 4 5 6 7 8 9; do sleep 1; rm -rf "$folder"; done
"#;

/// The machine's name that is no secure context, at the same address as every server of these tests.
pub(super) const WITHOUT_TLS: &str = "verifier.test";

/// Chromium is heavy, and its neighbours are timed: never more than two at once.
static CHROMIUMS: [Mutex<Option<Chromium>>; 2] = [const { Mutex::new(None) }; 2];

/// A Chromium that is there for one test.
pub(super) type Lent = MutexGuard<'static, Option<Chromium>>;

/// A running Chromium.
pub(super) struct Chromium {
    session: String,
    agent: ureq::Agent,
    /// The window that is always there: without any, Chromium would go.
    first_window: String,
    _driver: Child,
}

impl Chromium {
    /// One that runs, or a new one, with a new window; `None` where there is none (said on standard error).
    pub(super) fn lent() -> Option<Lent> {
        let programs =
            (["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(found), found("chromedriver"));
        let (Some(chromium), Some(driver)) = programs else {
            let missing = "no Chromium with chromedriver in PATH";
            assert!(std::env::var_os("PRESS_REGISTRY_REQUIRE_CHROMIUM").is_none(), "{missing}");
            eprintln!("skipped: {missing}");
            return None;
        };
        let mut lent = idle();
        // A test that failed may have broken it.
        let is_open = lent.as_ref().is_some_and(|running| running.open_window().is_ok());
        if !is_open {
            lent.insert(Self::start(&chromium, &driver)).open_window().expect("a window");
        }
        Some(lent)
    }

    fn start(chromium: &str, driver: &str) -> Self {
        let (driver, address) = start_driver(driver);
        let rule = format!("--host-resolver-rules=MAP {WITHOUT_TLS} 127.0.0.1");
        let arguments = [
            &*rule,
            "--remote-debugging-pipe",
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
        ];
        let config = ureq::Agent::config_builder().http_status_as_error(false).max_idle_connections(0);
        let agent = config.timeout_global(Some(Duration::from_secs(300))).build().new_agent();
        let session = format!("{address}/session");
        let mut started = Self { session, agent, first_window: String::new(), _driver: driver };
        let options = json!({ "binary": chromium, "args": arguments });
        let wanted = json!({ "goog:chromeOptions": options, "timeouts": { "script": 280_000, "implicit": 10_000 } });
        let made = started.post("", &json!({ "capabilities": { "alwaysMatch": wanted } })).expect("a session");
        started.session = format!("{}/{}", started.session, made["sessionId"].as_str().expect("its id"));
        started.first_window = started.get("/window").expect("a window").as_str().expect("its name").to_owned();
        started
    }

    /// Opens a window, which is used from now on, as in a browser that was never used before.
    fn open_window(&self) -> Result<(), String> {
        let opened = self.post("/window/new", &json!({ "type": "window" }))?;
        self.post("/window", &json!({ "handle": opened["handle"] }))?;
        let all = json!({ "origin": "*", "storageTypes": "all" });
        for (command, parameters) in [("Storage.clearDataForOrigin", all), ("Network.clearBrowserCache", json!({}))] {
            self.devtools(command, &parameters)?;
        }
        Ok(())
    }

    /// Closes the window that is used, and with it all that was set in it.
    pub(super) fn close_window(&self) {
        let _broken = self.answered(self.agent.delete(format!("{}/window", self.session)).call());
        let _broken = self.post("/window", &json!({ "handle": self.first_window }));
    }

    /// Sends a command of the DevTools protocol.
    pub(super) fn devtools(&self, command: &str, parameters: &Value) -> Result<Value, String> {
        self.post("/goog/cdp/execute", &json!({ "cmd": command, "params": parameters }))
    }

    /// Asks for something of the session.
    pub(super) fn get(&self, path: &str) -> Result<Value, String> {
        self.answered(self.agent.get(format!("{}{path}", self.session)).call())
    }

    /// Tells the session to do something.
    pub(super) fn post(&self, path: &str, body: &Value) -> Result<Value, String> {
        let request = self.agent.post(format!("{}{path}", self.session)).header("content-type", "application/json");
        self.answered(request.send(body.to_string().as_bytes()))
    }

    fn answered(&self, answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Value, String> {
        let mut answer = answer.map_err(|error| error.to_string())?;
        let text = answer.body_mut().with_config().limit(64 << 20).read_to_string().map_err(|it| it.to_string())?;
        let answered: Value = serde_json::from_str(&text).map_err(|it| it.to_string())?;
        match answer.status().is_success() {
            true => Ok(answered["value"].clone()),
            false => Err(answered["value"]["message"].as_str().unwrap_or_default().to_owned()),
        }
    }
}

/// One that no test uses, else the first that comes free. What a failed test left is cleared like any other's.
fn idle() -> Lent {
    let free = CHROMIUMS.iter().find_map(|it| match it.try_lock() {
        Ok(lent) => Some(lent),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    });
    free.unwrap_or_else(|| CHROMIUMS[0].lock().unwrap_or_else(PoisonError::into_inner))
}

/// A driver, and its address.
fn start_driver(program: &str) -> (Child, String) {
    let mut driver = Command::new("sh")
        .args(["-c", DRIVER, "press-registry-browser", program])
        // A group of its own: Ctrl-C ends the tests, and then the pipe ends the driver.
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        // It outlives the tests a little: nobody who reads what they print is to wait for it.
        .stderr(Stdio::null())
        .spawn()
        .expect("its shell starts");
    let said = BufReader::new(driver.stdout.take().expect("piped above"));
    let port = said.lines().map_while(Result::ok).find_map(|line| {
        let (_, port) = line.split_once("successfully on port ")?;
        port.trim_end_matches('.').parse::<u16>().ok()
    });
    let port = port.expect("chromedriver says its port");
    (driver, format!("http://127.0.0.1:{port}"))
}

/// Where a program is, by PATH.
fn found(program: &str) -> Option<String> {
    let path = std::env::var_os("PATH")?;
    let there = std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())?;
    Some(there.display().to_string())
}
