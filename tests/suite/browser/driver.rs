//! A headless Chromium, driven by its chromedriver: as much of WebDriver (W3C) as these tests need.
//!
//! Without both programs the tests are skipped, with a message; `PRESS_REGISTRY_REQUIRE_CHROMIUM=1` makes that a
//! failure. One browser runs at a time.

use serde_json::{Value, json};
use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tempfile::TempDir;

/// Chromium is heavy; its neighbours are timed.
static TURN: Mutex<()> = Mutex::new(());

/// A browser with a profile of its own, closed when dropped.
pub(crate) struct Browser {
    session: String,
    agent: ureq::Agent,
    driver: Child,
    _profile: TempDir,
    _turn: MutexGuard<'static, ()>,
}

impl Browser {
    /// A new browser that prefers this language, or `None` where there is no Chromium (said on standard error).
    pub(crate) fn start(language: &str) -> Option<Self> {
        Self::start_with(language, &[])
    }

    /// The same, with further switches.
    pub(crate) fn start_with(language: &str, switches: &[&str]) -> Option<Self> {
        let chromium = ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(found);
        let (Some(chromium), Some(driver)) = (chromium, found("chromedriver")) else {
            let missing = "no Chromium with chromedriver in PATH";
            assert!(std::env::var_os("PRESS_REGISTRY_REQUIRE_CHROMIUM").is_none(), "{missing}");
            eprintln!("skipped: {missing}");
            return None;
        };
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let profile = TempDir::with_prefix("press-registry-browser.").expect("a temporary folder");
        let (driver, address) = start_driver(&driver);
        let data = format!("--user-data-dir={}", profile.path().display());
        let mut arguments = vec![
            data.as_str(),
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
        arguments.extend(switches);
        let config = ureq::Agent::config_builder().http_status_as_error(false).max_idle_connections(0);
        let agent = config.timeout_global(Some(Duration::from_secs(300))).build().new_agent();
        let mut browser = Self { session: format!("{address}/session"), agent, driver, _profile: profile, _turn: turn };
        let options = json!({
            "binary": chromium, "args": arguments, "prefs": { "intl.accept_languages": language },
        });
        let wanted = json!({ "goog:chromeOptions": options, "timeouts": { "script": 280_000 } });
        let made = browser.post("", &json!({ "capabilities": { "alwaysMatch": wanted } }));
        let id = made["sessionId"].as_str().expect("a session");
        browser.session = format!("{}/{id}", browser.session);
        Some(browser)
    }

    /// Opens an address and waits until it has loaded.
    pub(crate) fn open(&self, url: &str) {
        // Only the fragment may differ from what is open, which alone would load nothing.
        self.post("/url", &json!({ "url": "about:blank" }));
        self.post("/url", &json!({ "url": url }));
    }

    /// Clicks where this selector says, as a person does.
    pub(crate) fn click(&self, css: &str) {
        self.post(&format!("/element/{}/click", self.element(css)), &json!({}));
    }

    /// Types where this selector says.
    pub(crate) fn type_into(&self, css: &str, text: &str) {
        self.post(&format!("/element/{}/value", self.element(css)), &json!({ "text": text }));
    }

    /// What a person reads there.
    pub(crate) fn read(&self, css: &str) -> String {
        let url = format!("{}/element/{}/text", self.session, self.element(css));
        let text = self.agent.get(url).call().expect("an answer").body_mut().read_to_string().expect("text");
        let answered: Value = serde_json::from_str(&text).expect("JSON");
        answered["value"].as_str().expect("text").to_owned()
    }

    fn element(&self, css: &str) -> String {
        let found = self.post("/element", &json!({ "using": "css selector", "value": css }));
        let (_, id) = found.as_object().and_then(|it| it.iter().next()).expect("an element");
        id.as_str().expect("an id").to_owned()
    }

    /// What the body of a function gives, once its promise is kept; the arguments are `a`, `b`, ….
    pub(crate) fn run(&self, body: &str, arguments: &[Value]) -> Value {
        let script = format!(
            "const [a, b, c] = arguments, done = arguments[arguments.length - 1];
             (async () => {{ {body} }})().then((it) => done({{ it }}), (error) => done({{ error: String(error?.stack ?? error) }}));"
        );
        let answer = self.post("/execute/async", &json!({ "script": script, "args": arguments }));
        assert!(answer.get("error").is_none(), "{}", answer["error"].as_str().unwrap_or_default());
        answer["it"].clone()
    }

    /// Waits until an expression is true, then gives it.
    pub(crate) fn wait_for(&self, expression: &str) -> Value {
        let body = format!(
            "for (let n = 0; n < 400; n++) {{
                const it = {expression};
                if (it) return it;
                await new Promise((resolve) => setTimeout(resolve, 25));
             }}
             throw new Error(`never came: ${{document.body.innerText}}`);"
        );
        let before = format!("waiting for {expression}");
        let answer = self.run(&body, &[]);
        assert!(!answer.is_null(), "{before}");
        answer
    }

    /// Sends a command of the DevTools protocol.
    pub(crate) fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.post("/goog/cdp/execute", &json!({ "cmd": command, "params": parameters }))
    }

    /// Sets the size of the view, in CSS pixels.
    pub(crate) fn resize(&self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", size);
    }

    /// The whole page as PNG.
    pub(crate) fn picture(&self) -> Vec<u8> {
        let taken = self.devtools("Page.captureScreenshot", json!({ "captureBeyondViewport": true }));
        data_encoding::BASE64.decode(taken["data"].as_str().expect("a picture").as_bytes()).expect("base64")
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        self.send(path, body).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    fn send(&self, path: &str, body: &Value) -> Result<Value, String> {
        let url = format!("{}{path}", self.session);
        let sent = self.agent.post(url).header("content-type", "application/json").send(body.to_string().as_bytes());
        let mut answer = sent.map_err(|error| error.to_string())?;
        let text = answer.body_mut().with_config().limit(64 << 20).read_to_string().map_err(|it| it.to_string())?;
        let answered: Value = serde_json::from_str(&text).map_err(|it| it.to_string())?;
        match answer.status().is_success() {
            true => Ok(answered["value"].clone()),
            false => Err(answered["value"]["message"].as_str().unwrap_or_default().to_owned()),
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Chromium ends with its session; its driver has to be told.
        let _closed = self.agent.delete(&self.session).call();
        let _already_ended = self.driver.kill();
        let _status = self.driver.wait();
    }
}

/// A driver on a port of its own choice, and its address.
fn start_driver(program: &str) -> (Child, String) {
    let mut driver = Command::new(program)
        .arg("--port=0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("chromedriver starts");
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
