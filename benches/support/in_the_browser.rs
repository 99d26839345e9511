//! Checks by the page's own modules in a real browser, against WebCrypto's verification of the same signatures alone; as
//! quick as the machine is, and with the processor of the page slowed four times, as phones are. Only the page's own
//! script is slowed then: the browser does its cryptography elsewhere.

use super::driver::Browser;
use super::fixtures::signed;
use super::issuer::TestIssuer;
use super::page;
use super::rounds::{Aim, Comparison, Measure, Plan};
use super::site::{Site, module};
use data_encoding::BASE64;
use press_registry::clock::Clock;
use press_registry::domain::issuer::KeyState;
use serde_json::{Value, json};
use std::time::Duration;

const ENGINE: &str = "Chromium";
/// Cards that are checked in turn.
const CODES: u32 = 1_000;
/// The most milliseconds from the page to its verdict, whatever else is done in them.
const MOST_MS: f64 = 300.0;

/// Makes ready what both sides need: `check` holds the list and the document read, `visit` reads and proves both anew, as
/// the page does for each card.
const PREPARE: &str = r#"
    const names = ["issuer", "status", "verdict"];
    const [{ parseIssuer }, { parseList }, { judge }] = await Promise.all(names.map((it) => import(`/verifier/${it}.js`)));
    const bytes = (base64) => Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0));
    const [document, token] = [a.document, a.list].map(bytes);
    const read = async () => {
      const issuer = await parseIssuer(document);
      const list = await parseList(token, "/status/0", issuer);
      return { issuer, list: async () => list, honestSet: async () => undefined, newestIat: async () => list.issuedAt };
    };
    const held = await read();
    const curve = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
    const key = await crypto.subtle.importKey("raw", bytes(a.point), curve, false, ["verify"]);
    const signed = a.signed.map((pair) => pair.map(bytes));
    const check = async (nth, known) => {
      const { verdict } = await judge(a.codes[nth], a.now, known);
      if (verdict !== "valid") throw new Error(verdict);
    };
    window.check = (nth) => check(nth, held);
    window.visit = async (nth) => check(nth, await read());
    window.verify = async (nth) => {
      const [message, signature] = signed[nth];
      if (!(await crypto.subtle.verify(curve, key, signature, message))) throw new Error("a bad signature");
    };"#;

/// How often a second one of them is done, one after the other as on a page.
const REPEAT: &str = "
    const began = performance.now();
    let done = 0;
    while (performance.now() - began < b) await window[a](done++ % c);
    return done * 1000 / (performance.now() - began);";

pub(crate) fn compare(plan: Plan) {
    let Some(browser) = Browser::start("vi") else { return println!("{ENGINE}: none is installed") };
    let site = Site::start(|asked| module(&asked.path));
    browser.open(&format!("{}/blank", site.base));
    browser.run(PREPARE, &[cards()]);
    let repeat = |what: &str, turn: Duration| {
        let turn = turn.as_secs_f64() * 1_000.0;
        browser.run(REPEAT, &[what.into(), turn.into(), CODES.into()]).as_f64().expect("a number")
    };
    let rows = [
        (1, "checks in the browser : their signatures", "a card, its list and the document, ms"),
        (4, "the same, processor slowed 4 times", "the same, processor slowed 4 times, ms"),
    ];
    for (rate, compared, measured) in rows {
        browser.devtools("Emulation.setCPUThrottlingRate", json!({ "rate": rate }));
        Comparison { what: compared, engine: ENGINE, aim: None }.run(
            plan,
            |turn| repeat("check", turn),
            |turn| repeat("verify", turn),
        );
        let each = (0..plan.rounds).map(|_| 1_000.0 / repeat("visit", plan.turn)).collect();
        Measure { what: measured, engine: ENGINE, aim: Aim::AtMost(MOST_MS) }.print(each);
    }
}

/// Cards of one key that are all valid, their signatures, and what a phone holds.
fn cards() -> Value {
    let issuer = TestIssuer::new(Clock::System.now());
    let document = issuer.document(0, KeyState::Active);
    let codes: Vec<String> = (0..CODES).map(|nth| page::code(&issuer, nth)).collect();
    let read = serde_json::from_slice(&document).expect("JSON");
    let pair = |code: &String| {
        let signed = signed(code, &read);
        [BASE64.encode(&signed.message), BASE64.encode(&signed.signature)]
    };
    json!({
        "document": BASE64.encode(&document),
        "list": BASE64.encode(&issuer.list(0, 0, &[])),
        "now": issuer.at(3_600).seconds(),
        "point": BASE64.encode(issuer.card.point()),
        "signed": codes.iter().map(pair).collect::<Vec<_>>(),
        "codes": codes,
    })
}
