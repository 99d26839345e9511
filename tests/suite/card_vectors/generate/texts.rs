//! The text around the bytes: address, case, base32.

use super::Case;
use crate::card_vectors::world::{self, TestKey, press_card};

pub(super) fn cases() -> Vec<Case> {
    let good = world::text(&TestKey::named("active").code(&press_card().payload()));
    let (_, base32) = good.split_once('#').expect("a link");
    [read(&good, base32), foreign(base32), not_a_code(&good, base32)].into_iter().flatten().collect()
}

/// Texts that are read as the good one is.
fn read(good: &str, base32: &str) -> Vec<Case> {
    let mixed: String =
        (good.chars().enumerate()).map(|(at, c)| if at % 3 == 0 { c.to_ascii_lowercase() } else { c }).collect();
    let same = |name, text: String| Case::proven(name, text, &press_card(), "valid", "");
    vec![
        same("all in lower case", good.to_lowercase()),
        same("in both cases", mixed),
        same("an older host", format!("HTTPS://THE-NHA-BAO.EXAMPLE.VN/V#{base32}")),
        same("plain http", format!("HTTP://PRESS.EXAMPLE.VN/V#{base32}")),
        same("another port", format!("HTTPS://PRESS.EXAMPLE.VN:8443/V#{base32}")),
        same("another path", format!("https://press.example.vn/v?from=camera#{base32}")),
        same("no path", format!("HTTPS://PRESS.EXAMPLE.VN#{base32}")),
        same("no address", format!("#{base32}")),
    ]
}

/// Texts that would open somebody else's page.
fn foreign(base32: &str) -> Vec<Case> {
    let addresses = [
        ("a foreign host", "HTTPS://EVIL.EXAMPLE/V"),
        ("a host that begins like ours", "HTTPS://PRESS.EXAMPLE.VN.EVIL.EXAMPLE/V"),
        ("a host below ours", "HTTPS://A.PRESS.EXAMPLE.VN/V"),
        ("our host as a user name", "HTTPS://PRESS.EXAMPLE.VN:443@EVIL.EXAMPLE/V"),
        ("our host behind a backslash", r"HTTPS://EVIL.EXAMPLE\@PRESS.EXAMPLE.VN/V"),
        ("our host in the path", r"HTTPS:\\EVIL.EXAMPLE/X://PRESS.EXAMPLE.VN/V"),
        ("an empty host", "HTTPS:///PRESS.EXAMPLE.VN/V"),
        ("another scheme", "FTP://PRESS.EXAMPLE.VN/V"),
        ("no scheme", "PRESS.EXAMPLE.VN/V"),
        ("a space before the address", " HTTPS://PRESS.EXAMPLE.VN/V"),
    ];
    let card = |(name, address)| Case::proven(name, format!("{address}#{base32}"), &press_card(), "valid", "");
    let mut cases: Vec<Case> = addresses.map(card).map(Case::foreign).into();
    let stranger = world::text(&TestKey::named("stranger").code(&press_card().payload()));
    let elsewhere = stranger.replace("PRESS.EXAMPLE.VN", "EVIL.EXAMPLE");
    cases.extend([
        Case::unproven("a foreign host and a foreign key", elsewhere, "not_ours", "unknown_key").foreign(),
        Case::unproven("a foreign link", "https://evil.example/#about", "not_ours", "not_a_code").foreign(),
    ]);
    cases
}

fn not_a_code(good: &str, base32: &str) -> Vec<Case> {
    let no = |name, text: String| Case::unproven(name, text, "not_ours", "not_a_code");
    let (start, last) = base32.split_at(base32.len() - 1);
    let spare = if last == "A" { "B" } else { "7" };
    let half = base32.len() / 2;
    let (one, other) = base32.split_at(half);
    let swap = |c: &str| format!("{}{c}{}", &good[..good.len() - 8], &good[good.len() - 7..]);
    vec![
        no("an empty text", String::new()),
        no("a space", " ".to_owned()),
        no("one hash", "#".to_owned()),
        no("an address and nothing else", "HTTPS://PRESS.EXAMPLE.VN/V#".to_owned()),
        no("an address without hash", "HTTPS://PRESS.EXAMPLE.VN/V".to_owned()),
        no("base32 without hash", base32.to_owned()),
        no("two hashes in a row", good.replace('#', "##")),
        no("a hash inside the code", format!("#{one}#{other}")),
        no("a hash before the address", format!("#HTTPS://PRESS.EXAMPLE.VN/V#{base32}")),
        no("a space after the code", format!("{good} ")),
        no("a line end after the code", format!("{good}\n")),
        no("a space in the code", format!("#{one} {other}")),
        no("a hyphen in the code", format!("#{one}-{other}")),
        no("padding", format!("{good}======")),
        no("spare bits that are not zero", format!("#{start}{spare}")),
        no("a character too many", format!("{good}A")),
        no("a character too few", format!("#{start}")),
        no("the digit 0", swap("0")),
        no("the digit 1", swap("1")),
        no("the digit 8", swap("8")),
        no("a letter with a mark", swap("Ạ")),
        no("a wide letter", swap("Ａ")),
        no("a zero byte", swap("\0")),
        no("a percent sign", good.replace('#', "%23")),
        no("the code twice", format!("{good}{base32}")),
        no("longer than a symbol can hold", format!("{}#{base32}", "A".repeat(4_297 - 1 - base32.len()))),
    ]
}
