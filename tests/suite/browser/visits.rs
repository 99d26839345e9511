//! What a visit asks of whom: little, nothing about the card, and nothing at all where there is no network.

use super::driver::Browser;
use super::site::Asked;
use super::stage::{DAY, ISSUER, Stage, in_slot, slot};
use crate::support::full_campaign;
use press_registry::app::keys::{self, Retirement};
use press_registry::domain::issuer::StatusListLink;
use press_registry::domain::printed::StatusIndex;
use press_registry::keys::PairUse;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// The most bytes of the first flight and of everything.
const FIRST_FLIGHT: usize = 14 * 1024;
const ALL: usize = 50 * 1024;

/// The verdict that is shown, once there is one.
pub(super) fn headline(browser: &Browser) -> String {
    browser.wait_for("document.querySelector('#result .verdict')");
    let text = browser.run("return document.querySelector('#result h2').innerText", &[]);
    text.as_str().expect("text").to_owned()
}

/// The verdict that a visit ends in.
pub(super) fn headline_at(browser: &Browser, link: &str) -> String {
    browser.open(link);
    headline(browser)
}

/// Waits until the next visit needs no network.
pub(super) fn prepared(browser: &Browser) {
    browser.wait_for("!document.querySelector('#ready').hidden");
    browser.run("await navigator.serviceWorker.ready", &[]);
}

fn paths(asked: &[Asked]) -> Vec<&str> {
    asked.iter().map(|it| it.path.as_str()).collect()
}

#[test]
fn a_first_visit_is_a_few_small_requests() {
    let (Some(stage), Some(browser)) = (Stage::set(), Browser::start("vi")) else { return };
    assert_eq!(headline_at(&browser, &stage.link(|_| {})), "Thẻ hợp lệ");
    prepared(&browser);
    let asked = stage.site.asked();
    assert_eq!(paths(&asked), ["/V", ISSUER, "/status/0", "/v/worker.js"]);
    let weight = |path: &str| {
        let headers = [("accept-encoding", "gzip, deflate, br")];
        let sent = stage.app.anonymous().get_with(path, &headers).expect(200);
        sent.header("content-length").and_then(|it| it.parse::<usize>().ok()).expect("a length")
    };
    let list = browser.run("return (await (await fetch('/status/0')).arrayBuffer()).byteLength", &[]);
    let list = usize::try_from(list.as_u64().expect("a number")).expect("small");
    let (first, worker, issuer) = (weight("/v"), weight("/v/worker.js"), weight(ISSUER));
    println!("page {first}, worker {worker}, issuer {issuer}, list {list} bytes");
    assert!(first <= FIRST_FLIGHT, "{first}");
    assert!(first + worker + issuer + list <= ALL);
}

#[test]
fn the_page_is_not_sent_again_to_whoever_holds_it() {
    let Some(stage) = Stage::set() else { return };
    for path in ["/v", "/V", "/v/worker.js"] {
        let sent = |headers: &[(&str, &str)]| stage.app.anonymous().get_with(path, headers);
        let (plain, packed) = (sent(&[]).expect(200), sent(&[("accept-encoding", "br, gzip")]).expect(200));
        assert_eq!((plain.header("content-encoding"), packed.header("content-encoding")), (None, Some("gzip")));
        assert_ne!(plain.etag(), packed.etag(), "strong ETags are of exact bytes");
        let etag = packed.etag();
        let again = sent(&[("accept-encoding", "gzip"), ("if-none-match", &etag)]).expect(304);
        assert_eq!((again.etag(), again.header("cache-control")), (etag.clone(), Some("no-cache")));
        sent(&[("if-none-match", &etag)]).expect(200);
    }
    let policy = stage.app.anonymous().get("/v").expect(200).header("content-security-policy").map(str::to_owned);
    let policy = policy.expect("a policy");
    assert!(policy.contains("script-src 'sha256-") && policy.contains("connect-src 'self'"), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
}

/// How soon the verdict is there is told, not asserted: that depends on who else uses the machine.
#[test]
fn the_verdict_is_there_when_the_page_is() {
    let (Some(stage), Some(browser)) = (Stage::set(), Browser::start("en")) else { return };
    let watch = "new MutationObserver((_, watcher) => {
        if (!document.querySelector('#result .verdict')) return;
        window.verdictAt = performance.now();
        watcher.disconnect();
    }).observe(document, { childList: true, subtree: true });";
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", serde_json::json!({ "source": watch }));
    let link = stage.link(|_| {});
    let told = |how: &str, rate: u32| {
        browser.devtools("Emulation.setCPUThrottlingRate", serde_json::json!({ "rate": rate }));
        assert_eq!(headline_at(&browser, &link), "Valid card");
        let loaded = "return window.verdictAt - performance.getEntriesByType('navigation')[0].loadEventEnd";
        let after = browser.run(loaded, &[]).as_f64().expect("a number");
        println!("{how}, processor slowed {rate} times: {after:.0} ms after load");
    };
    told("first visit", 4);
    prepared(&browser);
    told("again", 1);
    told("again", 4);
    stage.site.away(true);
    told("without a network", 1);
    told("without a network", 4);
}

#[test]
fn checks_of_different_cards_ask_the_same() {
    let (Some(stage), Some(browser)) = (Stage::set(), Browser::start("vi")) else { return };
    headline_at(&browser, &stage.link(|_| {}));
    prepared(&browser);
    let key = stage.card_key();
    let fragments: Vec<String> = (0..if full_campaign() { 1_000 } else { 100 })
        .map(|n| {
            let link = stage.link_by(&key, |it| {
                it.status_index = in_slot(n * 131 % (1 << 17));
                it.number = press_registry::domain::printed::CardNumber::parse(&format!("{n:06}")).expect("a number");
            });
            link.split_once('#').expect("a link").1.to_owned()
        })
        .collect();
    stage.site.asked();
    let count = fragments.len();
    // As many at once as one script may take.
    let check = |fragments: &[String]| {
        let script = "const shown = [];
         for (const fragment of a) {
           document.querySelector('#result').replaceChildren();
           location.hash = fragment;
           while (!document.querySelector('#result .verdict')) await new Promise((resolve) => setTimeout(resolve, 2));
           shown.push(document.querySelectorAll('#card dd')[3].innerText);
         }
         return new Set(shown).size;";
        assert_eq!(browser.run(script, &[fragments.into()]), fragments.len(), "each was another card");
    };
    fragments.chunks(100).for_each(check);
    let asked = stage.site.asked();
    let mut seen = BTreeMap::new();
    for request in asked {
        assert!(request.method == "GET" && request.body.is_empty(), "{request:?}");
        // What the browser holds it may name.
        let headers = request
            .headers
            .into_iter()
            .filter(|(name, _)| !["if-none-match", "if-modified-since"].contains(&name.as_str()));
        *seen.entry((request.path, headers.collect::<Vec<_>>())).or_insert(0) += 1;
    }
    let seen: Vec<(&str, i32)> = seen.iter().map(|((path, _), times)| (path.as_str(), *times)).collect();
    let times = i32::try_from(count).expect("small");
    assert_eq!(seen, [(ISSUER, times), ("/status/0", times)]);
}

#[test]
fn after_one_visit_no_network_is_needed() {
    let (Some(stage), Some(browser)) = (Stage::set(), Browser::start("en")) else { return };
    stage.publish_list(&[9]);
    let valid = stage.link(|_| {});
    headline_at(&browser, &valid);
    prepared(&browser);
    stage.site.away(true);
    assert_eq!(headline_at(&browser, &valid), "Valid card");
    assert_eq!(headline_at(&browser, &stage.link(|it| it.status_index = in_slot(9))), "No longer valid");
    assert_eq!(headline_at(&browser, &stage.link(|_| {}).replace("/V#", "/v#")), "Valid card");
    browser.open(&format!("{}/v", stage.site.base));
    browser.wait_for("document.documentElement.dataset.lang === 'en'");
    stage.site.away(false);
    assert_eq!(headline_at(&browser, &valid), "Valid card");
}

#[test]
fn a_network_that_hangs_is_waited_for_a_second() {
    let (Some(stage), Some(browser)) = (Stage::set(), Browser::start("en")) else { return };
    let link = stage.link(|_| {});
    headline_at(&browser, &link);
    prepared(&browser);
    // Kept is what was served before: the newest list says otherwise, but it does not come, and is shown when it does.
    stage.publish_list_of(stage.now() + 1, &[slot(&stage.claims)]);
    stage.hold(&["/V", ISSUER, "/status/0"]);
    stage.site.asked();
    let began = Instant::now();
    assert_eq!(headline_at(&browser, &link), "Valid card");
    let waited = began.elapsed();
    assert!(paths(&stage.site.asked()).starts_with(&["/V"]), "the page itself is asked for anew");
    assert!(waited < Duration::from_secs(10), "a second for the page and a second for the rest: {waited:?}");
    stage.release();
    browser.wait_for("document.querySelector('#result h2')?.innerText === 'No longer valid'");
}

#[test]
fn lists_that_cards_of_today_can_be_in_are_kept_and_no_others() {
    let (Some(stage), Some(browser)) = (Stage::set(), Browser::start("en")) else { return };
    let publish = |lists: &[u32], later: i64| {
        let mut document = stage.document();
        document.status_lists = lists.iter().map(|n| StatusListLink { n: *n, url: String::new() }).collect();
        document.issued_at = document.issued_at.plus_seconds(later);
        lists.iter().for_each(|n| stage.publish_list_at(*n, stage.now(), &[]));
        stage.publish_document(&document, &stage.status_key());
    };
    let link_in = |list: u32| stage.link(|it| it.status_index = StatusIndex::new(list, 5).expect("in range"));
    let kept = || {
        browser.run(
            r"const kept = await (await caches.open('press-registry')).keys();
              const paths = kept.map(({ url }) => new URL(url).pathname);
              return paths.filter((path) => path.startsWith('/status/')).sort();",
            &[],
        )
    };
    publish(&[0, 3, 1025, 1024, 1027, 1026], 0);
    // An older list of letters is asked for only because this one is in it.
    assert_eq!(headline_at(&browser, &link_in(1024)), "Valid card");
    prepared(&browser);
    assert_eq!(kept(), serde_json::json!(["/status/0", "/status/1026", "/status/1027", "/status/3"]));
    assert!(!paths(&stage.site.asked()).contains(&"/status/1025"));
    publish(&[0, 1024, 1025, 1026, 1027, 1028], 60);
    assert_eq!(headline_at(&browser, &link_in(0)), "Valid card");
    prepared(&browser);
    assert_eq!(kept(), serde_json::json!(["/status/0", "/status/1027", "/status/1028"]));
    stage.site.away(true);
    assert_eq!(headline_at(&browser, &link_in(1028)), "Valid card");
    assert_eq!(headline_at(&browser, &link_in(3)), "Cannot confirm yet");
}

#[test]
fn without_anything_held_nothing_is_claimed() {
    let (Some(stage), Some(browser)) = (Stage::set(), Browser::start("en")) else { return };
    stage.answer(ISSUER, "application/json", b"{}".to_vec());
    assert_eq!(headline_at(&browser, &stage.link(|_| {})), "Cannot confirm yet");
    let text = browser.run("return document.body.innerText", &[]);
    let text = text.as_str().expect("text");
    assert!(text.contains("Connect, check the phone's date and time") && text.contains("1900 0000"), "{text}");
    assert!(text.contains("On a phone that never did, call the hotline, or connect and scan again."), "{text}");
    // What is no code at all needs nobody's keys to be told so.
    assert_eq!(headline_at(&browser, &format!("{}/V#NOCODE", stage.site.base)), "Not a code of this registry");
}

#[test]
fn a_revocation_shows_on_a_page_that_is_open() {
    let (Some(stage), Some(browser)) = (Stage::set(), Browser::start("en")) else { return };
    assert_eq!(headline_at(&browser, &stage.link(|_| {})), "Valid card");
    stage.publish_list_of(stage.now() + 1, &[slot(&stage.claims)]);
    browser.run("document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))", &[]);
    browser.wait_for("document.querySelector('#result h2')?.innerText === 'No longer valid'");
    // An older list that is sent again is no news.
    stage.publish_list_of(stage.now() - 60, &[]);
    assert_eq!(headline_at(&browser, &stage.link(|_| {})), "No longer valid");
}

#[test]
fn a_list_of_yesterday_does_not_confirm() {
    let (Some(stage), Some(browser)) = (Stage::set(), Browser::start("en")) else { return };
    stage.publish_list_of(stage.now() - DAY, &[]);
    assert_eq!(headline_at(&browser, &stage.link(|_| {})), "Cannot confirm yet");
    let next = browser.run("return document.querySelector('.next').innerText", &[]);
    assert!(next.as_str().expect("text").contains("its state is unknown since 1 day ago"), "{next}");
    assert!(browser.run("return document.querySelectorAll('#card dd').length", &[]).as_u64() >= Some(6));
}

/// With the registry's own lists in place of the test's.
#[test]
fn what_is_revoked_or_forged_with_a_stolen_key_is_told_by_the_registrys_own_lists() {
    let (Some(stage), Some(browser)) = (Stage::set(), Browser::start("en")) else { return };
    stage.withdraw_list();
    let registry = &stage.app.registry;
    let publish = || {
        registry.refresh().expect("refreshed");
        registry.publish_lists().expect("signed");
    };
    publish();
    // The same bytes as the card that was issued, and another's name on its slot.
    let (honest, forged) = (stage.link(|_| {}), stage.link(|it| it.status_index = in_slot(slot(&stage.claims) ^ 1)));
    let thief =
        stage.link(|it| it.name = press_registry::domain::printed::PrintedName::parse("Kẻ Mạo Danh").expect("a name"));
    assert_eq!(headline_at(&browser, &honest), "Valid card");
    assert_eq!(headline_at(&browser, &forged), "No longer valid", "a slot that was never issued");
    assert_eq!(headline_at(&browser, &thief), "Valid card", "nobody knows yet");
    let stolen = stage.card_key().kid().to_string();
    keys::rotate(registry, PairUse::Card).expect("rotated");
    keys::retire(registry, &stolen, Retirement::Compromised).expect("compromised");
    publish();
    assert_eq!(headline_at(&browser, &thief), "Forged card");
    assert_eq!(headline_at(&browser, &forged), "Forged card");
    assert_eq!(headline_at(&browser, &honest), "Valid card");
    let card = stage.app.registrar().get("/api/v1/credentials").expect(200).text("/items/0/id");
    let card = stage.app.registrar().get(&format!("/api/v1/credentials/{card}")).expect(200);
    let revoke = serde_json::json!({ "event": "revoke", "reason": "x", "ground": "prosecution" });
    stage.app.registrar().happen("credentials", &card, revoke).expect(201);
    publish();
    browser.run("document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))", &[]);
    browser.wait_for("document.querySelector('#result h2')?.innerText === 'No longer valid'");
    stage.site.away(true);
    assert_eq!(headline_at(&browser, &thief), "Forged card", "without a network too");
}
