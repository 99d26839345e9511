//! A phone that comes online once a day, by the registry's own documents and lists.
//!
//! A list is good for a day after it was signed, and is up to ten minutes old when it is fetched. So much before a visit
//! at the same minute of the next day it is over: then the card is still shown, and nothing is claimed of its state.

use super::driver::Browser;
use super::stage::{DAY, ISSUER, Stage};
use super::visits::{headline, headline_at, prepared};
use crate::support::app::BEGINNING;
use press_registry::clock::Clock;
use press_registry::domain::time::Timestamp;
use press_registry::keys::SigningKey;
use serde_json::json;

/// How old a list may have become before it is signed anew.
const OLDEST: i64 = 10 * 60 - 1;

/// A registry whose clock only the test moves, with its own lists, and a phone that goes by the same clock.
struct Week {
    /// Gone first: it asks the stage to the last.
    browser: Browser,
    stage: Stage,
}

impl Week {
    fn begin() -> Option<Self> {
        let stage = Stage::set_by(Clock::manual(Timestamp::parse(BEGINNING).expect("a time")))?;
        let browser = Browser::start("en")?;
        stage.withdraw_list();
        let clock = "Date.now = () => Number(localStorage.now);";
        browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": clock }));
        browser.open(&format!("{}/", stage.site.base));
        Some(Self { browser, stage })
    }

    /// Lets the phone have a network at this time, when the registry's list is as old as it becomes.
    fn online(&self, at: i64) {
        let registry = &self.stage.app.registry;
        for time in [at - OLDEST, at] {
            registry.clock.set(Timestamp::from_seconds(time));
            registry.refresh().expect("refreshed");
            registry.publish_lists().expect("signed");
        }
        self.stage.site.away(false);
        self.phone_shows(at);
    }

    /// Takes the network away.
    fn offline(&self, at: i64) {
        self.stage.site.away(true);
        self.phone_shows(at);
    }

    fn phone_shows(&self, at: i64) {
        self.browser.run("localStorage.now = a * 1000", &[at.into()]);
    }

    /// What is said of this card at this time without a network, on a page that was opened without one.
    fn headline_offline(&self, at: i64, link: &str) -> String {
        self.offline(at);
        headline_at(&self.browser, link)
    }

    /// The same on the page that is open.
    fn headline_then(&self, at: i64, link: &str) -> String {
        self.offline(at);
        let look = "history.replaceState(null, '', a); dispatchEvent(new Event('hashchange'))";
        self.browser.run(look, &[link.into()]);
        headline(&self.browser)
    }

    /// Bytes that the phone keeps, as text.
    fn kept(&self, path: &str) -> String {
        let script = "return (await (await caches.open('press-registry')).match(a)).text()";
        self.browser.run(script, &[path.into()]).as_str().expect("text").to_owned()
    }
}

#[test]
fn a_quiet_week_changes_nothing_for_a_phone_that_comes_online_once_a_day() {
    let Some(week) = Week::begin() else { return };
    let (stage, browser) = (&week.stage, &week.browser);
    let (link, stranger) = (stage.link(|_| {}), stage.link_by(&SigningKey::generate().expect("a key"), |_| {}));
    let first = stage.now() + DAY;
    for day in 0..7 {
        let visit = first + day * DAY;
        week.online(visit);
        assert_eq!(headline_at(browser, &link), "Valid card", "day {day}");
        assert_eq!(browser.read("#age"), "List updated 9 minutes ago");
        prepared(browser);
        let page = stage.app.anonymous().get("/v").expect(200).body_text();
        assert_eq!(week.kept("/v"), page, "day {day}");
        let document = stage.app.registry.ring().document().to_vec();
        assert_eq!(week.kept(ISSUER).into_bytes(), document, "day {day}");
        let over = visit - OLDEST + DAY;
        assert_eq!(week.headline_offline(visit + DAY / 2, &link), "Valid card", "day {day}");
        // Whose key is unknown is told from a key that is only new: the document is of today.
        assert_eq!(week.headline_then(visit + DAY / 2, &stranger), "Not a code of this registry", "day {day}");
        assert_eq!(week.headline_then(over - 1, &link), "Valid card", "day {day}");
        assert_eq!(week.headline_then(over, &link), "Cannot confirm yet", "day {day}");
        assert!(browser.read(".next").contains("its state is unknown since 1 day ago"), "day {day}");
        assert_eq!(browser.read("#card dd"), stage.claims.name.as_str(), "day {day}");
    }
    // Nor is anything lost in a longer silence that one visit does not bring back.
    let late = first + 30 * DAY;
    assert_eq!(week.headline_offline(late, &link), "Cannot confirm yet");
    week.online(late);
    assert_eq!(headline_at(browser, &link), "Valid card");
}

#[test]
fn a_page_that_lies_open_renews_what_other_cards_need_when_the_network_is_back() {
    let Some(week) = Week::begin() else { return };
    let (stage, browser) = (&week.stage, &week.browser);
    let (home, link, visit) = (format!("{}/v", stage.site.base), stage.link(|_| {}), stage.now() + DAY);
    week.online(visit);
    headline_at(browser, &link);
    prepared(browser);
    for (day, event) in [(1, "online"), (2, "visibilitychange")] {
        week.offline(visit + day * DAY);
        browser.open(&home);
        prepared(browser);
        // The network comes and goes, and nobody looks at any card.
        week.online(visit + day * DAY);
        let etag = stage.app.anonymous().get("/status/0").expect(200).etag();
        browser.run("dispatchEvent(new Event(a))", &[event.into()]);
        let kept = "(await (await caches.open('press-registry')).match('/status/0')).headers.get('etag')";
        browser.wait_for(&format!("{kept} === {}", json!(etag)));
        assert_eq!(week.headline_offline(visit + day * DAY + DAY / 2, &link), "Valid card", "{event}");
    }
}
