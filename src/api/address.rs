//! Which neighbourhood of addresses a request comes from: for counting only. No address is kept, logged or passed on.

use super::State;
use crate::app::misses;
use crate::app::reports::limits::Visitor;
use crate::app::{Registry, Settings};
use crate::error::Error;
use actix_web::http::header::HeaderMap;
use actix_web::{FromRequest, HttpRequest, dev, web};
use std::future::{Ready, ready};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

const FORWARDED_FOR: &str = "x-forwarded-for";

/// Whoever sends a request, known by the neighbourhood of their address.
pub(super) struct Sender(pub(super) Visitor);

/// From where somebody tries something that is not to be guessed.
pub(super) struct Origin(pub(super) misses::Origin);

impl FromRequest for Sender {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(counted(request, |registry, address| Self(registry.report_limits.visitor(&prefix(address)))))
    }
}

impl FromRequest for Origin {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(counted(request, |registry, address| Self(registry.origin(&line(address), &prefix(address)))))
    }
}

/// What a request is counted by.
fn counted<T>(request: &HttpRequest, count: impl FnOnce(&Registry, IpAddr) -> T) -> Result<T, Error> {
    let state = request.app_data::<web::Data<State>>().ok_or_else(|| Error::internal("no state"))?;
    Ok(count(&state.registry, sender(request, &state.registry.settings)))
}

/// The neighbourhood of addresses that a request comes from. Its caller forgets it with the request.
pub(super) fn neighbours(request: &HttpRequest, settings: &Settings) -> Vec<u8> {
    prefix(sender(request, settings))
}

fn sender(request: &HttpRequest, settings: &Settings) -> IpAddr {
    let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip().to_canonical());
    client(peer, request.headers(), &settings.intake.trusted_proxies)
}

/// The address of the client. Anybody can write `X-Forwarded-For`: it is believed only of a trusted proxy, and only as
/// far back as such proxies wrote it.
fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    if !trusted.contains(&peer) {
        return peer;
    }
    let lines: Vec<_> = headers.get_all(FORWARDED_FOR).map(|line| line.to_str().unwrap_or_default()).collect();
    let mut nearest = peer;
    for entry in lines.iter().flat_map(|line| line.split(',')).rev() {
        let Some(address) = address(entry.trim()) else { break };
        nearest = address;
        if !trusted.contains(&address) {
            break;
        }
    }
    nearest
}

/// An address, with a port or without.
fn address(entry: &str) -> Option<IpAddr> {
    let bare = entry.trim_start_matches('[').trim_end_matches(']');
    let parsed = bare.parse().ok().or_else(|| entry.parse().ok().map(|with_port: SocketAddr| with_port.ip()));
    parsed.map(|address: IpAddr| address.to_canonical())
}

/// The part of an address that one line has: IPv4 all of it, IPv6 /64, in which a line gives itself any address.
fn line(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().into(),
        IpAddr::V6(address) => address.octets().into_iter().take(8).collect(),
    }
}

/// The part of an address that the lines of an office or a street share: IPv4 /24, IPv6 /48.
fn prefix(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().into_iter().take(3).collect(),
        IpAddr::V6(address) => address.octets().into_iter().take(6).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::{HeaderName, HeaderValue};

    const PROXY: &str = "10.0.0.1";

    fn seen(peer: &str, forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(HeaderName::from_static(FORWARDED_FOR), HeaderValue::from_str(line).expect("a header"));
        }
        let trusted: Vec<IpAddr> = [PROXY, "10.0.0.2"].map(|it| it.parse().expect("an address")).to_vec();
        client(peer.parse().expect("an address"), &headers, &trusted).to_string()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        assert_eq!(seen("203.0.113.9", &["198.51.100.7"]), "203.0.113.9");
        assert_eq!(seen(PROXY, &["198.51.100.7"]), "198.51.100.7");
        assert_eq!(seen(PROXY, &["198.51.100.7:443"]), "198.51.100.7");
        assert_eq!(seen(PROXY, &["[2001:db8::1]:443"]), "2001:db8::1");
        assert_eq!(seen(PROXY, &["[2001:db8::1]"]), "2001:db8::1");
        assert_eq!(seen(PROXY, &["::ffff:198.51.100.7"]), "198.51.100.7");
        assert_eq!(seen(PROXY, &[]), PROXY);
        assert_eq!(seen(PROXY, &["unknown"]), PROXY);
    }

    #[test]
    fn what_the_client_wrote_itself_is_not_believed() {
        assert_eq!(seen(PROXY, &["192.0.2.1, 198.51.100.7"]), "198.51.100.7");
        assert_eq!(seen(PROXY, &["192.0.2.1, 198.51.100.7, 10.0.0.2"]), "198.51.100.7");
        assert_eq!(seen(PROXY, &["192.0.2.1", "198.51.100.7"]), "198.51.100.7");
        assert_eq!(seen(PROXY, &["192.0.2.1, nonsense, 10.0.0.2"]), "10.0.0.2");
    }

    #[test]
    fn neighbours_share_a_prefix() {
        let prefix = |raw: &str| prefix(raw.parse().expect("an address"));
        assert_eq!(prefix("203.0.113.1"), prefix("203.0.113.254"));
        assert_ne!(prefix("203.0.113.1"), prefix("203.0.112.1"));
        assert_eq!(prefix("2001:db8:1::1"), prefix("2001:db8:1:ffff::2"));
        assert_ne!(prefix("2001:db8:1::1"), prefix("2001:db8:2::1"));
    }

    #[test]
    fn a_line_is_told_from_its_neighbours() {
        let line = |raw: &str| line(raw.parse().expect("an address"));
        assert_ne!(line("203.0.113.1"), line("203.0.113.254"));
        assert_eq!(line("2001:db8:1:1::1"), line("2001:db8:1:1:ffff::2"));
        assert_ne!(line("2001:db8:1:1::1"), line("2001:db8:1:2::1"));
    }
}
