//! What a phone holds gives way to something newer, and to nothing else.

use super::driver::Browser;
use super::stage::{Stage, with_key};
use super::visits::{headline_at, prepared};
use crate::support::fixtures::picture;
use press_registry::domain::issuer::{IssuerDocument, KeyState};
use press_registry::domain::printed::PhotoDigest;
use press_registry::keys::SigningKey;
use serde_json::json;

#[test]
fn only_a_document_that_a_held_key_signed_takes_the_place_of_the_held_one() {
    let (Some(stage), Some(browser)) = (Stage::set(), Browser::start("en")) else { return };
    let another = SigningKey::generate().expect("a key");
    let link = stage.link_by(&another, |_| {});
    assert_eq!(headline_at(&browser, &link), "Not a code of this registry");
    let document = with_key(&stage.document(), &another, KeyState::Active);
    for stranger in [&another, &stage.card_key()] {
        stage.publish_document(&document, stranger);
        assert_eq!(headline_at(&browser, &link), "Not a code of this registry");
    }
    stage.publish_document(&document, &stage.status_key());
    assert_eq!(headline_at(&browser, &link), "Valid card");
    // The one before it is signed as well, but older.
    stage.publish_document(&stage.document(), &stage.status_key());
    assert_eq!(headline_at(&browser, &link), "Valid card");
}

#[test]
fn what_was_once_declared_compromised_stays_so() {
    let (Some(stage), Some(browser)) = (Stage::set(), Browser::start("en")) else { return };
    let stolen = SigningKey::generate().expect("a key");
    let (forged, document) = (stage.link_by(&stolen, |_| {}), stage.document());
    let compromised = with_key(&document, &stolen, KeyState::Compromised);
    stage.publish_document(&compromised, &stage.status_key());
    stage.publish_honest(stolen.kid(), &[]);
    assert_eq!(headline_at(&browser, &forged), "Forged card");
    // Signed as well: of the same minute, later with the key in use again, and later without the key.
    let later = |mut it: IssuerDocument| {
        it.issued_at = it.issued_at.plus_seconds(3_600);
        it
    };
    let active = with_key(&document, &stolen, KeyState::Active);
    for another in [active.clone(), later(active), later(document)] {
        stage.publish_document(&another, &stage.status_key());
        assert_eq!(headline_at(&browser, &forged), "Forged card", "{another:?}");
    }
    // A later one that says the same is taken.
    let newcomer = SigningKey::generate().expect("a key");
    stage.publish_document(&with_key(&later(compromised), &newcomer, KeyState::Active), &stage.status_key());
    assert_eq!(headline_at(&browser, &stage.link_by(&newcomer, |_| {})), "Valid card");
    stage.site.away(true);
    assert_eq!(headline_at(&browser, &forged), "Forged card", "without a network too");
}

#[test]
fn a_document_that_names_no_list_makes_no_phone_ready_and_has_none_dropped() {
    let (Some(stage), Some(browser)) = (Stage::set(), Browser::start("en")) else { return };
    let (link, mut document) = (stage.link(|_| {}), stage.document());
    assert_eq!(headline_at(&browser, &link), "Valid card");
    prepared(&browser);
    // As of a registry that has just started: what it is asked for after its document, it does not name.
    document.status_lists.clear();
    document.issued_at = document.issued_at.plus_seconds(60);
    stage.publish_document(&document, &stage.status_key());
    let watch = "const { get, set } = Object.getOwnPropertyDescriptor(HTMLElement.prototype, 'hidden');
                 const tell = function (it) { if (this.id === 'ready') window.isHidden = it; set.call(this, it); };
                 Object.defineProperty(HTMLElement.prototype, 'hidden', { get, set: tell });";
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": watch }));
    assert_eq!(headline_at(&browser, &link), "Valid card");
    browser.wait_for("'isHidden' in window");
    assert_eq!(browser.run("return window.isHidden", &[]), json!(true));
    let kept = "return (await caches.open('press-registry')).match('/status/0').then(Boolean)";
    assert_eq!(browser.run(kept, &[]), json!(true));
    stage.site.away(true);
    assert_eq!(headline_at(&browser, &link), "Valid card");
}

#[test]
fn an_old_page_is_not_kept_over_a_newer_one() {
    let (Some(stage), Some(browser)) = (Stage::set(), Browser::start("en")) else { return };
    let (home, link) = (format!("{}/v?lang=en", stage.site.base), stage.link(|_| {}));
    // The browser remembers the page as it was at this address.
    browser.open(&home);
    prepared(&browser);
    let page = stage.app.anonymous().get("/v").expect(200).body_text();
    let newer = page.replace("<main>", "<main><p>Newer page.</p>");
    stage.answer("/V", "text/html; charset=utf-8", newer.into_bytes());
    headline_at(&browser, &link);
    prepared(&browser);
    assert!(browser.read("main").contains("Newer page."));
    stage.site.away(true);
    for visit in [&home, &link] {
        browser.open(visit);
        assert!(browser.read("main").contains("Newer page."), "{visit}");
        prepared(&browser);
    }
}

#[test]
fn a_photo_that_comes_late_is_not_shown_under_another_card() {
    let (Some(stage), Some(browser)) = (Stage::set(), Browser::start("en")) else { return };
    let portrait = picture(3);
    let digest = PhotoDigest::of(&portrait);
    let (first, other) = (stage.link(|it| it.photo_digest = Some(digest)), stage.link(|it| it.photo_digest = None));
    let path = format!("/portraits/{digest}");
    stage.answer(&path, "image/jpeg", portrait);
    headline_at(&browser, &first);
    let watch = "const make = URL.createObjectURL;
                 URL.createObjectURL = (it) => { window.made = true; return make.call(URL, it); };";
    browser.run(watch, &[]);
    stage.hold(&[&path]);
    browser.click("#show-photo");
    browser.run("location.hash = a", &[other.split_once('#').expect("a link").1.into()]);
    browser.wait_for("document.querySelector('#show-photo').hidden && document.querySelector('#result .verdict')");
    stage.release();
    browser.wait_for("window.made");
    assert_eq!(browser.run("return document.querySelector('#photo').innerHTML", &[]), json!(""));
    // Under its own card it is shown.
    browser.run("location.hash = a", &[first.split_once('#').expect("a link").1.into()]);
    browser.wait_for("!document.querySelector('#show-photo').hidden");
    browser.click("#show-photo");
    browser.wait_for("document.querySelector('#photo img')");
}
