//! Whose page a camera would open with a text: one table for the registry and for the page.

use press_registry::domain::card_code::Link;

/// The issuer's one host.
pub(crate) const HOST: &str = "press.example.vn";

pub(crate) const OURS: &[&str] =
    &["", "HTTPS://PRESS.EXAMPLE.VN/V", "http://Press.example.vn:8080/v", "https://press.example.vn?x"];

pub(crate) const THEIRS: &[&str] = &[
    "HTTPS://EVIL.EXAMPLE/V",
    "HTTPS://PRESS.EXAMPLE.VN.EVIL.EXAMPLE/V",
    "HTTPS://PRESS.EXAMPLE.VN:80@EVIL.EXAMPLE/V",
    r"HTTPS://EVIL.EXAMPLE\@PRESS.EXAMPLE.VN/V",
    r"HTTPS:\\EVIL.EXAMPLE/://PRESS.EXAMPLE.VN/V",
    "HTTPS:///PRESS.EXAMPLE.VN/V",
    "FTP://PRESS.EXAMPLE.VN/V",
    "PRESS.EXAMPLE.VN/V",
    // It folds to an ASCII letter where only Unicode is asked.
    "HTTPS://PREſS.EXAMPLE.VN/V",
    " HTTPS://PRESS.EXAMPLE.VN/V",
];

#[test]
fn only_the_host_that_would_be_opened_counts() {
    let hosts = [HOST.to_owned()];
    for (addresses, is_foreign) in [(OURS, false), (THEIRS, true)] {
        for address in addresses {
            let text = format!("{address}#AA");
            assert_eq!(Link::parse(&text).expect("a link").is_foreign(&hosts), is_foreign, "{address}");
        }
    }
}
