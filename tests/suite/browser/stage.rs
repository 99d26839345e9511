//! A registry behind a server of the test's own, which may answer in its place, write down what was asked, and go away.
//!
//! On the embedded database only: what happens here happens in the browser.

use super::signed::{List, honest_set};
use super::site::{Asked, Site, Told};
use crate::support::app::TestApp;
use crate::support::{Engine, TestDatabase};
use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD};
use press_registry::{
    clock::Clock,
    domain::{
        card_code::{Claims, Envelope, Kid, to_be_signed},
        issuer::{IssuerDocument, IssuerKey, KeyState, KeyUse},
        printed::{StatusIndex, Validity},
        time::Timestamp,
    },
    keys::{KeyDirectory, PairUse, SigningKey, coordinates},
};
use serde_json::json;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Condvar, Mutex},
};

pub(super) const ISSUER: &str = "/.well-known/press-registry/issuer";
pub(super) const DAY: i64 = 86_400;

/// What is answered in the registry's place, by path: bytes of a media type.
type Board = Arc<Mutex<BTreeMap<String, (&'static str, Vec<u8>)>>>;

/// The paths at which nothing is answered for now.
#[derive(Default)]
struct Gate {
    shut: Mutex<BTreeSet<String>>,
    opened: Condvar,
}

impl Gate {
    fn pass(&self, path: &str) {
        let shut = self.shut.lock().expect("no panic");
        drop(self.opened.wait_while(shut, |shut| shut.contains(path)).expect("no panic"));
    }
}

pub(super) struct Stage {
    /// Gone before what it stands for.
    pub(super) site: Site,
    pub(super) app: TestApp,
    /// A press card that was really issued.
    pub(super) claims: Claims,
    board: Board,
    gate: Arc<Gate>,
}

impl Stage {
    /// A registry with one card, whose list 0 says that it is good; `None` where its database is not asked for.
    pub(super) fn set() -> Option<Self> {
        Self::set_by(Clock::System)
    }

    /// The same by another clock.
    pub(super) fn set_by(clock: Clock) -> Option<Self> {
        let app = TestApp::start_by(TestDatabase::create(Engine::Sqlite)?, clock);
        let code = app.issued_card(&app.central_agency()).text("/code");
        // A document that names no list yet would have phones keep none.
        app.registry.publish_lists().expect("signed");
        app.registry.refresh().expect("refreshed");
        let (_, base32) = code.split_once('#').expect("a link");
        let code = BASE32_NOPAD.decode(base32.as_bytes()).expect("base32");
        let claims = Claims::parse(Envelope::parse(&code).expect("a code").payload).expect("claims");
        let (board, gate) = (Board::default(), Arc::<Gate>::default());
        let (base, instead, shut) = (app.base.clone(), Arc::clone(&board), Arc::clone(&gate));
        let site = Site::start(move |asked| {
            // What is answered late is what was there when it was asked for.
            let found = instead.lock().expect("no panic").get(&asked.path).cloned();
            shut.pass(&asked.path);
            found.map_or_else(|| forwarded(&base, asked), |(media_type, body)| Told::ok(media_type, body))
        });
        let stage = Self { site, app, claims, board, gate };
        stage.publish_list(&[]);
        Some(stage)
    }

    /// Lets the registry answer with its own list 0.
    pub(super) fn withdraw_list(&self) {
        self.board.lock().expect("no panic").remove("/status/0");
    }

    pub(super) fn now(&self) -> i64 {
        self.app.registry.clock.now().seconds()
    }

    /// Answers this in the registry's place from now on.
    pub(super) fn answer(&self, path: &str, media_type: &'static str, body: Vec<u8>) {
        self.board.lock().expect("no panic").insert(path.to_owned(), (media_type, body));
    }

    /// Leaves whoever asks for one of these without an answer, until it is released.
    pub(super) fn hold(&self, paths: &[&str]) {
        self.gate.shut.lock().expect("no panic").extend(paths.iter().map(|it| (*it).to_owned()));
    }

    /// Lets everything be answered again.
    pub(super) fn release(&self) {
        self.gate.shut.lock().expect("no panic").clear();
        self.gate.opened.notify_all();
    }

    pub(super) fn document(&self) -> IssuerDocument {
        serde_json::from_slice(self.app.registry.ring().document()).expect("an issuer document")
    }

    fn key(&self, pair: PairUse, key_use: KeyUse) -> SigningKey {
        let keys = self.document().keys;
        let kid = keys.iter().find(|key| key.key_use == key_use && key.state == KeyState::Active).expect("a key");
        let kid = Kid::parse(&kid.kid).expect("hex");
        KeyDirectory::of(self.app.data_dir.path()).pair(pair, kid).expect("its file")
    }

    pub(super) fn card_key(&self) -> SigningKey {
        self.key(PairUse::Card, KeyUse::Card)
    }

    pub(super) fn status_key(&self) -> SigningKey {
        self.key(PairUse::Status, KeyUse::Status)
    }

    /// Publishes list 0 of this moment with these slots set.
    pub(super) fn publish_list(&self, set: &[u32]) {
        self.publish_list_of(self.now(), set);
    }

    /// The same, signed at this time, and good for a day.
    pub(super) fn publish_list_of(&self, iat: i64, set: &[u32]) {
        self.publish_list_at(0, iat, set);
    }

    /// The same of another list.
    pub(super) fn publish_list_at(&self, n: u32, iat: i64, set: &[u32]) {
        let (key, path) = (self.status_key(), format!("/status/{n}"));
        let list = List::new(&format!("{}{path}", self.app.base), iat, iat + DAY, set);
        let signed = list.signed(key.kid().as_bytes(), |message| key.sign(message).expect("signed").to_vec());
        self.answer(&path, "application/statuslist+cwt", signed);
    }

    /// Publishes the honest set of this key.
    pub(super) fn publish_honest(&self, kid: Kid, digests: &[Vec<u8>]) {
        let (key, path) = (self.status_key(), format!("/status/honest/{kid}"));
        let sign = |message: &[u8]| key.sign(message).expect("signed").to_vec();
        let set = honest_set(&format!("{}{path}", self.app.base), self.now(), digests, key.kid().as_bytes(), sign);
        self.answer(&path, "application/cwt", set);
    }

    /// Publishes another issuer document, signed by this key.
    pub(super) fn publish_document(&self, document: &IssuerDocument, by: &SigningKey) {
        let bytes = serde_json::to_vec(document).expect("JSON");
        let sig = BASE64URL_NOPAD.encode(&by.sign(&bytes).expect("signed"));
        let signatures = json!([{ "kid": by.kid().to_string(), "sig": sig }]).to_string();
        self.answer(&format!("{ISSUER}.sig"), "application/json", signatures.into_bytes());
        self.answer(ISSUER, "application/json", bytes);
    }

    /// Where the phone's camera goes with the card, altered so, signed by the registry's key.
    pub(super) fn link(&self, alter: impl FnOnce(&mut Claims)) -> String {
        self.link_by(&self.card_key(), alter)
    }

    /// The same, signed by another key.
    pub(super) fn link_by(&self, key: &SigningKey, alter: impl FnOnce(&mut Claims)) -> String {
        let mut claims = self.claims.clone();
        alter(&mut claims);
        let payload = claims.payload();
        let signature = key.sign(&to_be_signed(key.kid(), &payload)).expect("signed");
        let code = Envelope { kid: key.kid(), payload: &payload, signature: &signature }.to_bytes();
        format!("{}/V#{}", self.site.base, BASE32_NOPAD.encode(&code))
    }

    /// From so many days ago until in so many days.
    pub(super) fn days(&self, from: i64, until: i64) -> Validity {
        let at = |days: i64| Timestamp::from_seconds(self.now() + days * DAY);
        Validity::new(at(from), at(until)).expect("in order")
    }
}

/// The same document with a card key more, dated a minute later.
pub(super) fn with_key(document: &IssuerDocument, key: &SigningKey, state: KeyState) -> IssuerDocument {
    let (x, y) = coordinates(key.point()).expect("a point");
    let signs = [-DAY, DAY].map(|days| document.issued_at.plus_seconds(days));
    let mut document = document.clone();
    document.keys.push(IssuerKey::es256(&x, &y, KeyUse::Card, state, signs));
    document.issued_at = document.issued_at.plus_seconds(60);
    document
}

/// The slot of list 0 that holds this card's bit.
pub(super) fn slot(claims: &Claims) -> u32 {
    assert_eq!(claims.status_index.list(), 0);
    claims.status_index.slot()
}

/// Another slot of list 0.
pub(super) fn in_slot(slot: u32) -> StatusIndex {
    StatusIndex::new(0, slot).expect("in range")
}

/// What the registry itself answers.
fn forwarded(base: &str, asked: &Asked) -> Told {
    let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).max_idle_connections(0);
    let mut request = ureq::http::Request::builder().method(asked.method.as_str()).uri(format!("{base}{}", asked.path));
    for (name, value) in asked.headers.iter().filter(|(name, _)| !["host", "connection"].contains(&name.as_str())) {
        request = request.header(name, value);
    }
    let sent = config.build().new_agent().run(request.body(&asked.body[..]).expect("a request"));
    // A browser may ask for something when the test is over, and its registry gone.
    let Ok(mut answer) = sent else { return Told::nothing() };
    let headers =
        answer.headers().iter().filter(|(name, _)| !["content-length", "connection"].contains(&name.as_str()));
    let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().expect("text").to_owned())).collect();
    let status = answer.status().as_u16();
    Told { status, headers, body: answer.body_mut().read_to_vec().expect("a body") }
}
