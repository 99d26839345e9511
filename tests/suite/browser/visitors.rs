//! Who comes to the page: in either language, with and without scripts, with and without TLS, with a camera, with a
//! code to type.

use super::chromium::WITHOUT_TLS;
use super::driver::Browser;
use super::stage::{ISSUER, Stage};
use super::{axe, looks};
use crate::support::fixtures::picture;
use press_registry::domain::printed::PhotoDigest;
use serde_json::json;

fn wait_for_verdict(browser: &Browser) -> String {
    browser.wait_for("document.querySelector('.verdict h2')");
    browser.read(".verdict h2")
}

#[test]
fn the_page_speaks_the_browsers_language_until_another_is_chosen() {
    let Some(stage) = Stage::set() else { return };
    let home = format!("{}/v", stage.site.base);
    for (language, title, other) in [
        ("vi", "Kiểm tra thẻ", "Check a card"),
        ("en-GB", "Check a card", "Kiểm tra thẻ"),
        ("fr,en", "Check a card", "Kiểm tra thẻ"),
        ("fr", "Kiểm tra thẻ", "Check a card"),
    ] {
        let Some(browser) = Browser::start(language) else { return };
        let heading = || browser.read("h1");
        browser.open(&home);
        assert_eq!(heading(), title, "{language}");
        let page = browser.read("main");
        assert!(!page.contains("quá cũ") && !page.contains("too old"), "scripts run: {page}");
        browser.click("#language");
        assert_eq!(heading(), other, "{language}");
        browser.open(&home);
        assert_eq!(heading(), other, "{language}: it is remembered");
        // A link from a page in one language leads to the same language.
        let asked = if title == "Kiểm tra thẻ" { "vi" } else { "en" };
        browser.open(&format!("{home}?lang={asked}"));
        assert_eq!(heading(), title, "{language}");
    }
    let bytes = |language: &str| {
        let answer = stage.app.anonymous().get_with("/v", &[("accept-language", language)]).expect(200);
        assert_eq!((answer.header("vary"), answer.header("set-cookie")), (Some("Accept-Encoding"), None));
        answer.body_text()
    };
    assert_eq!(bytes("vi"), bytes("en"), "the same for everybody");
}

#[test]
fn a_choice_of_language_shows_the_same_card() {
    let (Some(stage), Some(browser)) = (Stage::set(), Browser::start("vi")) else { return };
    browser.open(&stage.link(|_| {}));
    assert_eq!(wait_for_verdict(&browser), "Thẻ hợp lệ");
    browser.click("#language");
    browser.wait_for("document.querySelector('.verdict h2').innerText === 'Valid card'");
    assert_eq!(browser.read("#card dd"), stage.claims.name.as_str());
}

#[test]
fn without_scripts_a_code_is_typed_and_posted() {
    let Some(stage) = Stage::set() else { return };
    let typed = stage.app.issued_card(&stage.app.central_agency()).text("/typed_code");
    for (language, said, reaches) in [
        ("vi", "Thẻ hợp lệ", "Mã gõ tay được gửi đến hệ thống này để kiểm tra."),
        ("en", "Valid card", "A typed code is sent to this registry to be checked."),
    ] {
        let Some(browser) = Browser::start(language) else { return };
        browser.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": true }));
        browser.open(&format!("{}/V", stage.site.base));
        let page = browser.read("main");
        assert!(page.contains("Kiểm tra thẻ") && page.contains("Check a card"), "both languages: {page}");
        let (before, _) = page.split_once("000123-7K2M").expect("the field");
        assert!(before.contains(reaches), "it is said before the field: {page}");
        for told in [
            "hoặc trình duyệt quá cũ: hãy gõ mã in bên cạnh QR vào ô dưới đây.",
            "Scripts are off or this browser is too old: type the code printed beside the QR below.",
        ] {
            assert!(before.contains(told), "{page}");
        }
        for claimed in ["trên máy này", "on this device", "khi mất mạng", "checks without one"] {
            assert!(!page.contains(claimed), "nothing is checked here: {page}");
        }
        browser.type_into("#code", &typed.to_lowercase());
        browser.click("form button");
        assert_eq!(browser.read(".verdict h2"), said);
    }
}

#[test]
fn a_typed_code_is_posted_only_where_there_is_a_network_and_a_qr_never() {
    let (Some(stage), Some(browser)) = (Stage::set(), Browser::start("en")) else { return };
    let home = format!("{}/v", stage.site.base);
    browser.open(&home);
    // What was pasted is the text of a QR: it stays here.
    browser.type_into("#code", &stage.link(|_| {}));
    stage.site.asked();
    browser.click("form button");
    assert_eq!(wait_for_verdict(&browser), "Valid card");
    let asked = stage.site.asked();
    assert!(asked.iter().all(|it| it.method == "GET"), "{asked:?}");
    browser.open(&home);
    browser.devtools("Network.enable", json!({}));
    let offline = json!({ "offline": true, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
    browser.devtools("Network.emulateNetworkConditions", offline);
    browser.type_into("#code", "000123-7K2M-9QXR-4TDA");
    browser.click("form button");
    browser.wait_for("document.querySelector('#result .mistake')");
    assert_eq!(browser.read("#result"), "Only the registry can check a typed code: connect, or scan the QR.");
}

#[test]
fn without_a_secure_context_the_page_says_so_and_offers_the_posted_check() {
    let Some(stage) = Stage::set() else { return };
    let Some(browser) = Browser::start("en") else { return };
    let link = stage.link(|_| {});
    stage.site.asked();
    browser.open(&link.replace("127.0.0.1", WITHOUT_TLS));
    assert_eq!(browser.run("return isSecureContext", &[]), false);
    assert!(browser.read("#insecure").starts_with("This page was opened without HTTPS"));
    let asked = stage.site.asked();
    assert!(asked.iter().all(|it| it.path == "/V"), "nothing is sent before it is asked for: {asked:?}");
    looks::check(&browser, "insecure");
    axe::check(&browser, "insecure");
    browser.click("form button");
    assert_eq!(wait_for_verdict(&browser), "Valid card");
    let asked = stage.site.asked();
    assert_eq!((asked[0].method.as_str(), asked[0].path.as_str()), ("POST", "/v?lang=en"));
}

#[test]
fn the_registered_photo_is_fetched_on_demand_and_checked() {
    let (Some(stage), Some(browser)) = (Stage::set(), Browser::start("en")) else { return };
    let (portrait, another) = (picture(3), picture(4));
    let digest = PhotoDigest::of(&portrait);
    let (link, path) = (stage.link(|it| it.photo_digest = Some(digest)), format!("/portraits/{digest}"));
    let asked = |path: &str| stage.site.asked().into_iter().find(|it| it.path == path);
    stage.answer(&path, "image/jpeg", another);
    browser.open(&link);
    wait_for_verdict(&browser);
    assert_eq!(browser.read("#show-photo"), "Show the registered photo (this request reaches the registry)");
    assert_eq!(asked(&path), None, "not before it is asked for");
    browser.click("#show-photo");
    browser.wait_for("document.querySelector('#photo .mistake')");
    assert_eq!(asked(&path).and_then(|it| it.headers.get("cache-control").cloned()), Some("no-cache".into()));
    stage.answer(&path, "image/jpeg", portrait);
    browser.open(&link);
    wait_for_verdict(&browser);
    browser.click("#show-photo");
    browser.wait_for("document.querySelector('#photo img')?.complete");
    let width = browser.run("return document.querySelector('#photo img').getBoundingClientRect().width", &[]);
    assert!(width.as_f64() > Some(0.0) && width.as_f64() <= Some(200.0), "{width}");
    looks::check(&browser, "photo");
    axe::check(&browser, "photo");
    let kept = browser.run("return (await (await caches.open('press-registry')).keys()).map((it) => it.url)", &[]);
    assert!(!kept.to_string().contains("portraits"), "{kept}");
    // Whoever is not valid is not looked at.
    browser.open(&stage.link(|it| (it.photo_digest, it.validity) = (Some(digest), stage.days(-9, -1))));
    wait_for_verdict(&browser);
    assert_eq!(browser.read("#show-photo"), "");
}

#[test]
fn a_qr_is_read_by_the_camera_where_the_browser_can() {
    let (Some(stage), Some(browser)) = (Stage::set(), Browser::start("en")) else { return };
    browser.open(&format!("{}/v", stage.site.base));
    let can = browser.run("return 'BarcodeDetector' in window", &[]) == true;
    assert_eq!(browser.read("#scan").is_empty(), !can, "it is offered only where it works");
    // A browser that can: it sees nothing at first, then somebody else's address with our code.
    let foreign = stage.link(|_| {}).replace(&stage.site.base, "HTTPS://EVIL.EXAMPLE");
    let source = format!(
        "let seen = 0;
         window.BarcodeDetector = class {{ async detect() {{ return seen++ ? [{{ rawValue: {} }}] : []; }} }};",
        json!(foreign)
    );
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source }));
    browser.open(&format!("{}/v", stage.site.base));
    stage.site.asked();
    browser.click("#scan");
    assert_eq!(wait_for_verdict(&browser), "Valid card");
    assert!(browser.read(".warning").starts_with("The address in the code is not this registry's"));
    assert_eq!(browser.run("return document.querySelector('#camera').srcObject", &[]), json!(null), "it is off again");
    let asked = stage.site.asked();
    assert!(asked.iter().all(|it| [ISSUER, "/status/0", "/v/worker.js"].contains(&it.path.as_str())), "{asked:?}");
}

#[test]
fn the_camera_is_let_go_whatever_happens() {
    let Some(stage) = Stage::set() else { return };
    let source = "window.tracks = [];
        if (navigator.mediaDevices) {
          const { mediaDevices } = navigator, ask = mediaDevices.getUserMedia.bind(mediaDevices);
          mediaDevices.getUserMedia = async (wanted) => {
            if (window.isRefused) throw new DOMException('', 'NotAllowedError');
            const stream = await ask(wanted);
            tracks.push(...stream.getTracks());
            return stream;
          };
        }
        window.BarcodeDetector = class {
          async detect() { if (window.isBroken) throw new Error(); return []; }
        };";
    for (language, sorry) in [("vi", "Không dùng được máy ảnh"), ("en", "The camera cannot be used")] {
        let Some(browser) = Browser::start(language) else { return };
        browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source }));
        browser.open(&format!("{}/v", stage.site.base));
        browser.click("#scan");
        browser.wait_for("tracks.length === 1 && document.querySelector('#camera').srcObject");
        // A second tap stops it, and then there is nothing to be sorry for.
        browser.click("#scan");
        browser.wait_for("tracks[0].readyState === 'ended'");
        browser.wait_for("document.querySelector('#camera').hidden");
        assert_eq!(browser.read("#result"), "");
        for (what, opened) in [("isBroken", 2), ("isRefused", 2)] {
            browser.run("window[a] = true; document.querySelector('#result').replaceChildren()", &[what.into()]);
            browser.click("#scan");
            browser.wait_for("document.querySelector('#result .mistake')");
            assert!(browser.read("#result").starts_with(sorry), "{what}");
            browser.wait_for("document.querySelector('#camera').hidden");
            let states = browser.run("return tracks.map((it) => it.readyState)", &[]);
            assert_eq!(states, json!(vec!["ended"; opened]), "{what}");
        }
    }
}

#[test]
fn nobody_is_shut_out_of_the_other_pages() {
    let Some(stage) = Stage::set() else { return };
    for language in ["vi", "en"] {
        let Some(browser) = Browser::start(language) else { return };
        for (name, path) in [("home", "/"), ("report", "/report"), ("verifier", "/v")] {
            browser.open(&format!("{}{path}", stage.site.base));
            looks::check(&browser, &format!("{language}-{name}"));
            axe::check(&browser, &format!("{language}-{name}"));
        }
    }
}

#[test]
fn the_page_is_used_with_the_keyboard_alone() {
    let (Some(stage), Some(browser)) = (Stage::set(), Browser::start("en")) else { return };
    browser.open(&stage.link(|it| it.photo_digest = Some(PhotoDigest::of(b"x"))));
    wait_for_verdict(&browser);
    let mut seen = Vec::new();
    for _ in 0..6 {
        for kind in ["keyDown", "keyUp"] {
            browser.devtools(
                "Input.dispatchKeyEvent",
                json!({ "type": kind, "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9 }),
            );
        }
        let focused =
            "const { activeElement: it } = document; return [it.innerText || it.id, getComputedStyle(it).outlineStyle]";
        let focused = browser.run(focused, &[]);
        assert_eq!(focused[1], "solid", "it is seen where one is: {focused}");
        seen.push(focused[0].as_str().expect("text").trim().to_owned());
    }
    let photo = "Show the registered photo (this request reaches the registry)";
    let all = ["Press-card registry", "Tiếng Việt", photo, "code", "Check", "Report misuse of a card"];
    assert_eq!(seen[..6], all);
}
