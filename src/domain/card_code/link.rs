//! The text in the QR: a link that a stock camera opens, whose fragment is the code and never reaches a server.

use data_encoding::{BASE32_NOPAD, BASE32_NOPAD_NOCASE};

/// The most alphanumeric characters a QR symbol holds (version 40 at level L, ISO/IEC 18004); a longer text is no card
/// code.
pub const MAX_TEXT_CHARS: usize = 4_296;

/// The text in the QR: in upper case and base32 throughout, so that a symbol needs 5.5 bits for each character.
///
/// `public_url` is the registry's address; only its scheme, host and port are used.
pub fn text(public_url: &str, code: &[u8]) -> String {
    with_fragment(public_url, &BASE32_NOPAD.encode(code))
}

/// The same text at another address: what follows its first `#` stays as it is. A text without one stays altogether.
pub fn moved(text: &str, public_url: &str) -> String {
    text.split_once('#').map_or_else(|| text.to_owned(), |(_, fragment)| with_fragment(public_url, fragment))
}

fn with_fragment(public_url: &str, fragment: &str) -> String {
    let (scheme, rest) = public_url.split_once("://").unwrap_or(("https", public_url));
    let origin = format!("{scheme}://{}", authority(rest)).to_ascii_uppercase();
    format!("{origin}/V#{fragment}")
}

/// A text of two parts around its first `#`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link<'a> {
    address: &'a str,
    fragment: &'a str,
}

impl<'a> Link<'a> {
    /// Splits a text; `None` if it has no `#` or is longer than a QR symbol can be.
    pub fn parse(text: &'a str) -> Option<Self> {
        let (address, fragment) = text.split_once('#')?;
        (text.chars().nth(MAX_TEXT_CHARS).is_none()).then_some(Self { address, fragment })
    }

    /// The bytes of the code: base32 of RFC 4648 in either case, without padding, spare bits zero.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        BASE32_NOPAD_NOCASE.decode(self.fragment.as_bytes()).ok()
    }

    /// Whether a camera would open an address that is none of these hosts. A bare `#…` opens nothing.
    pub fn is_foreign(&self, hosts: &[String]) -> bool {
        !self.address.is_empty()
            && host(self.address).is_none_or(|opened| !hosts.iter().any(|known| known.eq_ignore_ascii_case(opened)))
    }
}

/// The host of an `http` or `https` address, without its port.
///
/// Nothing is repaired here as browsers do (`\`, `user@`, tabs): what is left in stays in the host, which is then no
/// known one. Taking more away could make another's address look like ours.
pub fn host(address: &str) -> Option<&str> {
    let (scheme, rest) = address.split_once("://")?;
    let web = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    let authority = authority(rest);
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        Some(_) | None => authority,
    };
    web.then_some(host)
}

fn authority(rest: &str) -> &str {
    rest.split_once(['/', '?', '#']).map_or(rest, |(authority, _)| authority)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_a_link_in_upper_case() {
        assert_eq!(text("https://press.example.vn/", b"\x00\xFF"), "HTTPS://PRESS.EXAMPLE.VN/V#AD7Q");
        assert_eq!(text("http://127.0.0.1:8080", b""), "HTTP://127.0.0.1:8080/V#");
        assert_eq!(moved("HTTP://127.0.0.1:8080/V#AD7Q", "https://h.example/"), "HTTPS://H.EXAMPLE/V#AD7Q");
        assert_eq!(moved("no code", "https://h.example"), "no code");
    }

    #[test]
    fn letters_fold_and_nothing_else_does() {
        let bytes = |text| Link::parse(text).and_then(|link| link.bytes());
        assert_eq!(bytes("HTTPS://H/V#AD7Q"), Some(vec![0, 0xFF]));
        assert_eq!(bytes("#ad7Q"), Some(vec![0, 0xFF]));
        for wrong in ["AD7Q", "#AD7Q====", "#AD7R", "#AD7", "#AD 7Q", "##AD7Q", "#AD7Q\n", "#AD1Q", "#ẠD7Q", ""] {
            assert_eq!(bytes(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn what_no_symbol_can_hold_is_no_link() {
        let longest = "#".to_owned() + &"A".repeat(MAX_TEXT_CHARS - 1);
        assert!(Link::parse(&longest).is_some());
        assert!(Link::parse(&(longest + "A")).is_none());
    }
}
