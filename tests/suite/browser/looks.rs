//! Looks that can be measured: contrast, width, size of targets. With `PRESS_REGISTRY_SCREENSHOTS=FOLDER` also pictures
//! for people to look at.

use super::driver::Browser;
use serde_json::json;
use std::path::{Path, PathBuf};

/// The narrowest phone, and a desk.
const WIDTHS: [u32; 2] = [320, 1280];

/// What is measured of a page: how far it is wider than the view, text of too little contrast with what is behind
/// it, and targets that are too low.
const MEASURE: &str = r"
    const channel = (value) => ((value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    const luminance = (colour) => {
        const [r, g, b] = colour.match(/[\d.]+/g).map(Number).map(channel);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const contrast = (one, other) => {
        const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
        return (high + 0.05) / (low + 0.05);
    };
    const behind = (it) => {
        const { backgroundColor } = getComputedStyle(it);
        return backgroundColor === 'rgba(0, 0, 0, 0)' && it.parentElement ? behind(it.parentElement) : backgroundColor;
    };
    const texts = [...document.querySelectorAll('h1, h2, p, dt, dd, a, label, button, span')].filter((it) => it.offsetHeight > 0);
    const targets = [...document.querySelectorAll('button, input, select, textarea, .button')];
    const { clientWidth } = document.documentElement;
    const wide = [...document.querySelectorAll('*')].filter((it) => it.getBoundingClientRect().right > clientWidth);
    return {
        wide: wide.map((it) => it.outerHTML),
        over: document.documentElement.scrollWidth - clientWidth,
        texts: texts.length,
        pale: texts.filter((it) => contrast(getComputedStyle(it).color, behind(it)) < 7).map((it) => it.outerHTML),
        low: targets.filter((it) => it.offsetHeight > 0 && it.offsetHeight < 48).map((it) => it.outerHTML),
    };";

/// Looks at the page that is open in every size and light.
pub(super) fn check(browser: &Browser, name: &str) {
    for scheme in ["light", "dark"] {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        browser.devtools("Emulation.setEmulatedMedia", json!({ "features": features }));
        for width in WIDTHS {
            browser.resize(width, 800);
            if let Some(folder) = screenshots() {
                keep(browser, &folder, &format!("{name}-{width}-{scheme}"));
            }
            let seen = browser.run(MEASURE, &[]);
            let place = format!("{name}, {width} px, {scheme}: {seen}");
            assert_eq!(seen["over"], 0, "{place}");
            assert!(seen["texts"].as_u64() > Some(5), "{place}");
            assert_eq!(seen["pale"], json!([]), "{place}");
            assert_eq!(seen["low"], json!([]), "{place}");
        }
    }
    browser.resize(320, 800);
    if let Some(folder) = screenshots() {
        // The same in a black-and-white print.
        browser.run("document.documentElement.style.filter = 'grayscale(1)'", &[]);
        keep(browser, &folder, &format!("{name}-grey"));
        browser.run("document.documentElement.style.filter = ''", &[]);
    }
    browser.devtools("Emulation.setEmulatedMedia", json!({ "features": [] }));
}

/// Where pictures are to be kept, if anybody wants some.
fn screenshots() -> Option<PathBuf> {
    std::env::var_os("PRESS_REGISTRY_SCREENSHOTS").map(PathBuf::from)
}

fn keep(browser: &Browser, folder: &Path, name: &str) {
    std::fs::write(folder.join(format!("{name}.png")), browser.picture()).expect("the folder is there");
}
