//! The modules of the page one by one, each where its mistakes would be made.

use super::driver::Browser;
use super::signed::{LIST_BYTES, List, honest_set};
use super::site::{Site, Told, module};
use crate::card_vectors::addresses::{HOST, OURS, THEIRS};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use press_registry::domain::honest_set::MAX_BYTES;
use press_registry::keys::{SigningKey, coordinates};
use serde_json::{Value, json};

/// A browser at a place where the modules are.
fn workshop() -> Option<(Site, Browser)> {
    let browser = Browser::start("vi")?;
    let site = Site::start(|asked| module(&asked.path));
    browser.open(&format!("{}/blank", site.base));
    Some((site, browser))
}

#[test]
fn base32_has_one_form_in_either_case() {
    let Some((_site, browser)) = workshop() else { return };
    let read = |text: &str| {
        browser.run(
            "const { fromBase32 } = await import('/verifier/text.js'); const it = fromBase32(a); return it && [...it]",
            &[text.into()],
        )
    };
    assert_eq!(read("AD7Q"), json!([0, 255]));
    assert_eq!(read("ad7q"), json!([0, 255]));
    assert_eq!(read(""), json!([]));
    // The last but two fold to ASCII letters where only Unicode is asked.
    for wrong in ["AD7R", "AD7", "A", "AD7QAA", "AD 7", "AD1Q", "AD7Q====", "ADſQ", "AKıQ", "ẠD7Q"] {
        assert_eq!(read(wrong), Value::Null, "{wrong}");
    }
}

#[test]
fn only_the_host_that_would_be_opened_counts() {
    let Some((_site, browser)) = workshop() else { return };
    for (addresses, is_foreign) in [(OURS, false), (THEIRS, true)] {
        let script =
            "const { isForeign } = await import('/verifier/text.js'); return a.map((it) => isForeign(it, [b]))";
        let said = browser.run(script, &[json!(addresses), HOST.into()]);
        assert_eq!(said, json!(vec![is_foreign; addresses.len()]), "{addresses:?}");
    }
}

#[test]
fn cbor_has_one_form() {
    let Some((_site, browser)) = workshop() else { return };
    let decode = |hex: &str| {
        browser.run(
            "const { decode } = await import('/verifier/cbor.js');
             const { Malformed } = await import('/verifier/bytes.js');
             const plain = (it) => it instanceof Map ? { map: [...it].map(([k, v]) => [k, plain(v)]) }
               : it instanceof Uint8Array ? { bytes: [...it] } : Array.isArray(it) ? it.map(plain) : it;
             try { return plain(decode(Uint8Array.from(a.match(/../g) ?? [], (it) => parseInt(it, 16)))); }
             catch (error) { if (error instanceof Malformed) return 'malformed'; throw error; }",
            &[hex.into()],
        )
    };
    for (hex, item) in [
        ("17", json!(23)),
        ("1818", json!(24)),
        ("1b000000e8d4a51000", json!(1_000_000_000_000_u64)),
        ("3a00010000", json!(-65_537)),
        ("420102", json!({ "bytes": [1, 2] })),
        ("63e1baa1", json!("ạ")),
        ("83010203", json!([1, 2, 3])),
        ("a201020362c3a1", json!({ "map": [[1, 2], [3, "á"]] })),
        ("d201", json!({ "tag": 18, "value": 1 })),
        ("f6", Value::Null),
    ] {
        assert_eq!(decode(hex), item, "{hex}");
    }
    // Longer heads, no length, no end, more than one item, a label twice, bad UTF-8, other simple values, floats, and
    // what is nested too deep.
    for wrong in [
        "",
        "1817",
        "190018",
        "1a0000ffff",
        "1b00000000ffffffff",
        "1bffffffffffffffff",
        "5f4101ff",
        "9f01ff",
        "bf0102ff",
        "4201",
        "820a",
        "0101",
        "a2010201",
        "a201020102",
        "62c328",
        "f5",
        "f7",
        "f816",
        "f93c00",
        "fb3ff0000000000000",
        "ff",
        "1c",
        "81818181818181818101",
    ] {
        assert_eq!(decode(wrong), "malformed", "{wrong}");
    }
}

/// The document of an issuer with this status key.
fn issuer_of(key: &SigningKey) -> String {
    let (x, y) = coordinates(key.point()).expect("a point");
    let listed = json!({
        "kid": key.kid().to_string(), "use": "status", "alg": "ES256", "kty": "EC", "crv": "P-256", "state": "active",
        "x": BASE64URL_NOPAD.encode(&x), "y": BASE64URL_NOPAD.encode(&y),
    });
    json!({ "issued_at": "2026-03-02T02:00:00Z", "hosts": ["press.example.vn"], "keys": [listed] }).to_string()
}

#[test]
fn bits_of_a_list_are_in_the_order_of_the_draft() {
    let Some((_site, browser)) = workshop() else { return };
    let key = SigningKey::generate().expect("a key");
    let read = |list: &List| {
        let signed = list.signed(key.kid().as_bytes(), |message| key.sign(message).expect("signed").to_vec());
        browser.run(
            "const { parseIssuer } = await import('/verifier/issuer.js');
             const { parseList } = await import('/verifier/status.js');
             const issuer = await parseIssuer(new TextEncoder().encode(a));
             const bytes = Uint8Array.from(atob(b), (byte) => byte.charCodeAt(0));
             const list = await parseList(bytes, '/status/0', issuer).catch((error) => error.constructor.name);
             return list.isSet ? Array.from({ length: 16 }, (_, slot) => Number(list.isSet(slot))) : list;",
            &[issuer_of(&key).into(), BASE64.encode(&signed).into()],
        )
    };
    // §4.1 of the draft: sixteen one-bit statuses are the bytes B9 A3.
    let mut list = List::new("https://press.example.vn/status/0", 0, 100, &[]);
    list.slots[..2].copy_from_slice(&[0xB9, 0xA3]);
    assert_eq!(read(&list), json!([1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]));
    let packed = List { packing: flate2::Compression::best(), ..list.clone() };
    assert_eq!(read(&packed), read(&list), "any zlib is read");
    // A megabyte in a few bytes is not unpacked; nor is what is longer or shorter than a list.
    assert_eq!(read(&List { slots: vec![0; 1 << 20], ..packed }), "Malformed");
    for bytes in [LIST_BYTES + 1, LIST_BYTES - 1, 0] {
        assert_eq!(read(&List { slots: vec![0; bytes], ..list.clone() }), "Malformed", "{bytes}");
    }
    for subject in ["https://press.example.vn/status/1", "https://evil.example/status/0", "/status/0"] {
        assert_eq!(read(&List { subject: subject.into(), ..list.clone() }), "Malformed", "{subject}");
    }
}

#[test]
fn the_greatest_honest_set_is_read_and_no_greater_one() {
    const PATH: &str = "/status/honest/0f0f0f0f";
    // With its frame of less than 200 bytes a set of 16 MiB has room for 1,677,7xx digests.
    const FITS: u32 = 1_677_700;
    let Some(browser) = Browser::start("vi") else { return };
    let key = SigningKey::generate().expect("a key");
    let set = |count: u32| {
        let digests: Vec<Vec<u8>> = (0..count).map(|n| [&[0; 6][..], &(2 * n).to_be_bytes()].concat()).collect();
        let sign = |message: &[u8]| key.sign(message).expect("signed").to_vec();
        honest_set(&format!("https://press.example.vn{PATH}"), 0, &digests, key.kid().as_bytes(), sign)
    };
    let (fits, over) = (set(FITS), set(FITS + 22));
    assert!(fits.len() <= MAX_BYTES && over.len() > MAX_BYTES);
    let site = Site::start(move |asked| match asked.path.as_str() {
        "/fits" => Told::ok("application/cwt", fits.clone()),
        "/over" => Told::ok("application/cwt", over.clone()),
        path => module(path),
    });
    browser.open(&format!("{}/blank", site.base));
    let read = |name: &str| {
        let issuer = issuer_of(&key);
        browser.run(
            "const { parseIssuer } = await import('/verifier/issuer.js');
             const { parseHonestSet } = await import('/verifier/honest.js');
             const issuer = await parseIssuer(new TextEncoder().encode(a));
             const bytes = new Uint8Array(await (await fetch(b)).arrayBuffer());
             const set = await parseHonestSet(bytes, c, issuer).catch((error) => error.constructor.name);
             const digest = (n) => Uint8Array.of(0, 0, 0, 0, 0, 0, n >>> 24, n >>> 16, n >>> 8, n);
             return set.has ? [0, 1, 2, 1234567, 1234568, 3355398, 3355399, 3355400].map((n) => set.has(digest(n))) : set;",
            &[issuer.into(), name.into(), PATH.into()],
        )
    };
    assert_eq!(
        read("/fits"),
        json!([true, false, true, false, true, true, false, false]),
        "the even ones, to the last"
    );
    assert_eq!(read("/over"), "Malformed");
}
