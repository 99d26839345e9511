//! A window of a headless Chromium, driven by its chromedriver: as much of WebDriver (W3C) as these tests need.
//!
//! Without both programs the tests are skipped, with a message; `PRESS_REGISTRY_REQUIRE_CHROMIUM=1` makes that a
//! failure. A crate for it would save little here: its calls are async, so that each of these methods would stay as a
//! blocking one around it (thirtyfour), or it rests on a crate under MPL-2.0 (fantoccini).

use super::chromium::{Chromium, Lent};
use serde_json::{Value, json};

/// A browser in which nothing was visited yet, with one window, which is closed when dropped.
pub(crate) struct Browser {
    /// Never `None`.
    lent: Lent,
}

impl Browser {
    /// A browser that prefers these languages, or `None` where there is no Chromium.
    pub(crate) fn start(languages: &str) -> Option<Self> {
        let browser = Self { lent: Chromium::lent()? };
        let languages = json!({ "userAgent": "", "acceptLanguage": languages });
        browser.devtools("Emulation.setUserAgentOverride", languages);
        // Two of them on one screen would take the focus from each other.
        browser.devtools("Emulation.setFocusEmulationEnabled", json!({ "enabled": true }));
        Some(browser)
    }

    fn chromium(&self) -> &Chromium {
        self.lent.as_ref().expect("it runs")
    }

    /// Opens an address and waits until it has loaded.
    pub(crate) fn open(&self, url: &str) {
        // Only the fragment may differ from what is open, which alone would load nothing.
        self.post("/url", &json!({ "url": "about:blank" }));
        self.post("/url", &json!({ "url": url }));
    }

    /// Clicks where this selector says, as a person does: once it is there.
    pub(crate) fn click(&self, css: &str) {
        self.post(&format!("/element/{}/click", self.element(css)), &json!({}));
    }

    /// Types where this selector says.
    pub(crate) fn type_into(&self, css: &str, text: &str) {
        self.post(&format!("/element/{}/value", self.element(css)), &json!({ "text": text }));
    }

    /// What a person reads there, once it is there.
    pub(crate) fn read(&self, css: &str) -> String {
        let text = self.chromium().get(&format!("/element/{}/text", self.element(css)));
        text.expect("an answer").as_str().expect("text").to_owned()
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
        self.chromium().devtools(command, &parameters).unwrap_or_else(|error| panic!("{command}: {error}"))
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
        self.chromium().post(path, body).unwrap_or_else(|error| panic!("{path}: {error}"))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if let Some(chromium) = self.lent.as_ref() {
            chromium.close_window();
        }
    }
}
