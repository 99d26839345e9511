//! What each verdict looks like, in both languages: by word, shape and colour, at every size.

use super::driver::Browser;
use super::stage::{Stage, in_slot, slot, with_key};
use super::{axe, looks};
use press_registry::domain::card_code::Entitlement;
use press_registry::domain::issuer::KeyState;
use press_registry::domain::printed::{LetterScope, PhotoDigest, StatusIndex};
use press_registry::keys::SigningKey;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// A scene: its name, where it is, its class, and its headline in both languages.
struct Scene {
    name: &'static str,
    link: String,
    class: &'static str,
    vi: &'static str,
    en: &'static str,
}

/// The scene at an address that the issuer document does not name.
const FOREIGN: &str = "foreign-address";

/// One of each headline, and of each reason that cannot be told from another by it. Slot 9 of the list is set.
fn scenes(stage: &Stage) -> Vec<Scene> {
    let scene = |name, class, vi, en, link| Scene { name, link, class, vi, en };
    let base = &stage.site.base;
    let scope = LetterScope::parse("Xã Ba Bể, tỉnh Thái Nguyên", "Ủy ban nhân dân xã", "Viết về du lịch hồ Ba Bể");
    let scope = scope.expect("a scope");
    let [stranger, stolen, unlisted] = [(); 3].map(|()| SigningKey::generate().expect("a key"));
    let document = with_key(&stage.document(), &stolen, KeyState::Compromised);
    stage.publish_document(&with_key(&document, &unlisted, KeyState::Compromised), &stage.status_key());
    stage.publish_honest(stolen.kid(), &[]);
    // Once this list is held, the clock is known to be late: its scene is the last.
    stage.publish_list_at(8, stage.now() + 3_600, &[]);
    let in_list = |list| StatusIndex::new(list, 1).expect("in range");
    vec![
        scene("valid", "valid", "Thẻ hợp lệ", "Valid card", stage.link(|_| {})),
        scene(
            "letter",
            "valid",
            "Giấy giới thiệu hợp lệ",
            "Valid letter",
            stage.link(|it| {
                it.entitlement = Entitlement::IntroductionLetter(scope);
                it.validity = stage.days(-1, 2);
            }),
        ),
        scene(
            "expired",
            "not-valid",
            "Thẻ đã hết hạn",
            "Expired on",
            stage.link(|it| it.validity = stage.days(-9, -1)),
        ),
        scene(
            "not-yet-valid",
            "not-valid",
            "Chưa đến ngày có hiệu lực",
            "Not yet valid",
            stage.link(|it| it.validity = stage.days(3, 9)),
        ),
        scene(
            "withdrawn",
            "not-valid",
            "Thẻ không còn hiệu lực",
            "No longer valid",
            stage.link(|it| it.status_index = in_slot(9)),
        ),
        scene(
            "no-list",
            "cannot-confirm",
            "Chưa xác minh được",
            "Cannot confirm yet",
            stage.link(|it| it.status_index = in_list(7)),
        ),
        scene("forged", "not-valid", "Thẻ giả mạo", "Forged card", stage.link_by(&stolen, |_| {})),
        scene(
            "no-honest-set",
            "cannot-confirm",
            "Chưa xác minh được",
            "Cannot confirm yet",
            stage.link_by(&unlisted, |_| {}),
        ),
        scene(FOREIGN, "valid", "Thẻ hợp lệ", "Valid card", stage.link(|_| {}).replace("127.0.0.1", "localhost")),
        scene(
            "not-ours",
            "not-ours",
            "Mã này không phải của hệ thống này",
            "Not a code of this registry",
            stage.link_by(&stranger, |_| {}),
        ),
        scene(
            "nonsense",
            "not-ours",
            "Mã này không phải của hệ thống này",
            "Not a code of this registry",
            format!("{base}/V#NOCODE"),
        ),
        scene(
            "clock",
            "cannot-confirm",
            "Chưa xác minh được",
            "Cannot confirm yet",
            stage.link(|it| it.status_index = in_list(8)),
        ),
    ]
}

#[test]
fn each_verdict_is_told_by_word_shape_and_colour_in_both_languages() {
    let Some(stage) = Stage::set() else { return };
    stage.publish_list(&[9]);
    for language in ["vi", "en"] {
        let Some(browser) = Browser::start(language) else { return };
        let mut shapes = BTreeMap::new();
        for Scene { name, link, class, vi, en } in scenes(&stage) {
            browser.open(&link);
            browser.wait_for("document.querySelector('#result .verdict')");
            let seen = browser.run(
                "const verdict = document.querySelector('#result .verdict');
                 return {
                   class: verdict.className, headline: verdict.querySelector('h2').innerText,
                   shape: verdict.querySelector('svg').innerHTML,
                   warning: verdict.querySelector('.warning')?.innerText ?? null, next: verdict.querySelector('.next').innerText,
                   rows: document.querySelectorAll('#card dd').length,
                   size: parseFloat(getComputedStyle(verdict.querySelector('h2')).fontSize),
                   text: document.body.innerText, lang: document.documentElement.lang,
                   role: document.querySelector('#result').getAttribute('role'),
                 };",
                &[],
            );
            let headline = if language == "vi" { vi } else { en };
            assert_eq!(seen["class"], format!("verdict {class}"), "{name}");
            assert!(seen["headline"].as_str().expect("text").starts_with(headline), "{name}: {seen}");
            assert!(seen["size"].as_f64() >= Some(28.0), "{name}: {seen}");
            let shape = seen["shape"].as_str().expect("markup").to_owned();
            assert!(!shape.is_empty() && *shapes.entry(class).or_insert(shape.clone()) == shape, "{name}: {seen}");
            assert_eq!(seen["warning"].is_string(), name == FOREIGN, "{name}: {seen}");
            // Their headline is that of others: a proven card, and nothing about a list.
            if ["no-honest-set", "clock"].contains(&name) {
                let next = ["Kết nối mạng, kiểm tra ngày giờ", "Connect, check the phone's date"];
                let next = next[usize::from(language == "en")];
                assert!(seen["next"].as_str().expect("text").starts_with(next), "{name}: {seen}");
                assert!(seen["rows"].as_u64() >= Some(6), "{name}: {seen}");
            }
            assert_eq!((&seen["lang"], &seen["role"]), (&json!(language), &json!("status")), "{name}");
            let text = seen["text"].as_str().expect("text");
            let about = ["không quyết định ai là nhà báo", "it does not decide who is a journalist"];
            assert!(text.contains(about[usize::from(language == "en")]), "{name}: {text}");
            assert!(!text.contains(about[usize::from(language == "vi")]), "one language at a time: {text}");
            looks::check(&browser, &format!("{language}-{name}"));
            axe::check(&browser, &format!("{language}-{name}"));
        }
        let different: BTreeSet<&String> = shapes.values().collect();
        assert_eq!((shapes.len(), different.len()), (4, 4), "each verdict has a shape of its own: {shapes:?}");
    }
}

#[test]
fn a_card_is_shown_with_all_that_is_printed_on_it() {
    let (Some(stage), Some(browser)) = (Stage::set(), Browser::start("en")) else { return };
    let shown = |link: &str| {
        browser.open(link);
        browser.wait_for("document.querySelector('#result .verdict')");
        browser.run(
            "return [...document.querySelectorAll('#card dt')].map((it) => [it.innerText, it.nextElementSibling.innerText])",
            &[],
        )
    };
    let scope = LetterScope::parse("Xã Ba Bể", "Ủy ban nhân dân xã", "Viết về du lịch").expect("a scope");
    let card = shown(&stage.link(|_| {}));
    let letter = shown(&stage.link(|it| it.entitlement = Entitlement::IntroductionLetter(scope)));
    let names = |rows: &Value| -> Vec<String> {
        rows.as_array().expect("rows").iter().map(|row| row[0].as_str().expect("text").to_owned()).collect()
    };
    let all = ["Name", "Agency", "Kind", "Number", "Valid from", "Until", "Place", "Unit visited", "Work"];
    assert_eq!(names(&card), all[..6]);
    assert_eq!(names(&letter), all);
    assert_eq!(card[0][1], stage.claims.name.as_str());
    assert_eq!((&card[2][1], &letter[2][1]), (&json!("Press card"), &json!("Letter of introduction")));
    assert_eq!(letter[8][1], "Viết về du lịch");
    assert_eq!(
        browser.run("return document.querySelector('#age').innerText.replace(/[0-9]+ seconds?/, 'N')", &[]),
        "List updated N ago"
    );
}

/// What a person sees of a verdict, but for how many seconds ago the list was signed.
const SEEN: &str = r"
    const texts = [...document.querySelectorAll('.verdict, main dt, main dd')].map((it) => it.innerText);
    const note = document.querySelector('main .note').innerText.replace(/\d+ (seconds?|giây)/, 'N');
    const photo = [...document.querySelectorAll('.quiet')].filter((it) => !it.hidden).map((it) => it.innerText);
    const { className } = document.querySelector('.verdict'), { innerHTML } = document.querySelector('.verdict svg');
    return [...texts, note, ...photo, className, innerHTML];";

/// With the registry's own lists, by which it judges what is posted.
#[test]
fn the_page_and_the_posted_check_show_the_same() {
    let Some(stage) = Stage::set() else { return };
    stage.withdraw_list();
    let scope = LetterScope::parse("Xã Ba Bể", "Ủy ban nhân dân xã", "Viết về du lịch").expect("a scope");
    let photo = Some(PhotoDigest::of(b"x"));
    let links = [
        stage.link(|it| it.photo_digest = photo),
        stage.link(|_| {}).replace("127.0.0.1", "localhost"),
        stage.link(|it| it.entitlement = Entitlement::IntroductionLetter(scope)),
        stage.link(|it| (it.photo_digest, it.validity) = (photo, stage.days(-9, -1))),
        stage.link(|it| it.validity = stage.days(3, 9)),
        stage.link(|it| it.status_index = in_slot(slot(&stage.claims) ^ 1)),
        stage.link_by(&SigningKey::generate().expect("a key"), |_| {}),
        format!("{}/V#NOCODE", stage.site.base),
    ];
    let mut seen = BTreeSet::new();
    for language in ["vi", "en"] {
        let Some(browser) = Browser::start(language) else { return };
        for link in &links {
            browser.open(link);
            browser.wait_for("document.querySelector('#result .verdict')");
            let by_the_page = browser.run(SEEN, &[]);
            // A typed code is posted; so is the text of a QR where the browser cannot check it.
            let post = "document.querySelector('#code').value = a;
                        HTMLFormElement.prototype.submit.call(document.querySelector('#form'))";
            browser.run(post, &[link.as_str().into()]);
            browser.wait_for("!location.hash && document.querySelector('.verdict')");
            assert_eq!(browser.run(SEEN, &[]), by_the_page, "{language} {link}");
            seen.insert(by_the_page.to_string());
        }
    }
    // What is no code and what a stranger signed look alike.
    assert_eq!(seen.len(), 2 * (links.len() - 1));
}

#[test]
fn a_stolen_key_convinces_only_until_the_theft_is_known() {
    let (Some(stage), Some(browser)) = (Stage::set(), Browser::start("en")) else { return };
    let (honest, forged) = (stage.link(|_| {}), stage.link(|it| it.status_index = in_slot(slot(&stage.claims) ^ 1)));
    let headline = |link: &str| {
        browser.open(link);
        browser.wait_for("document.querySelector('#result .verdict')");
        browser.run("return document.querySelector('#result h2').innerText", &[])
    };
    assert_eq!(headline(&forged), "Valid card");
    let kid = stage.card_key().kid();
    let mut document = stage.document();
    for key in document.keys.iter_mut().filter(|key| key.kid == kid.to_string()) {
        key.state = KeyState::Compromised;
    }
    stage.publish_document(&document, &stage.status_key());
    assert_eq!(headline(&honest), "Cannot confirm yet", "the honest set is not at hand");
    let digest = press_registry::domain::card_code::honest_digest(&stage.claims.payload());
    // More than 65,535 bytes, whose length in CBOR has four.
    let others = (0..7_000_u32).map(|n| [&[0; 6][..], &n.to_be_bytes()].concat());
    stage.publish_honest(kid, &others.chain([digest.to_vec()]).collect::<Vec<_>>());
    assert_eq!(headline(&honest), "Valid card");
    assert_eq!(headline(&forged), "Forged card");
    stage.site.away(true);
    assert_eq!(headline(&forged), "Forged card", "and without a network");
}
