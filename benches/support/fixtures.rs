//! A registry that is served with everything on, and what the comparisons ask of it.

use super::TestDatabase;
use super::background::{Background, workers};
use super::bare::Signed;
use super::load::Connection;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ParsedPublicKey};
use data_encoding::BASE64URL_NOPAD;
use press_registry::api::server::Server;
use press_registry::app::reports::limits::Intake;
use press_registry::app::sessions::{Proof, Proven};
use press_registry::app::{Registry, Settings, accounts};
use press_registry::clock::Clock;
use press_registry::domain::accounts::{Email, Role};
use press_registry::domain::card_code::{Envelope, Link};
use press_registry::domain::ids::{AgencyId, Id as _};
use press_registry::entropy::Entropy;
use press_registry::policy;
use press_registry::store::DatabaseUrl;
use serde_json::{Value, json};
use std::sync::Arc;
use tempfile::TempDir;

/// An agency as the comparisons enter it.
pub(crate) const AGENCY: &str = r#"{"name":"Báo Ví Dụ","kind":"bao","level":"central","governing_body":"Hội Ví Dụ","website":"https://vidu.example"}"#;

/// A registry with an agency, a journalist, and a card that is valid.
pub(crate) struct Fixtures {
    pub(crate) registry: Arc<Registry>,
    server: Background,
    registrar: String,
    agency: String,
    /// What a camera reads from the card.
    pub(crate) code: String,
    _data_dir: TempDir,
}

/// A public file.
pub(crate) struct Fetched {
    pub(crate) body: Vec<u8>,
    pub(crate) etag: String,
}

/// A new registry on an empty database, with the folder of its files.
pub(crate) fn open(database: &TestDatabase) -> (Arc<Registry>, TempDir) {
    let data_dir = TempDir::with_prefix_in("bench-data.", env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let settings = Settings {
        database: DatabaseUrl::parse(&database.url, false).expect("a database URL"),
        data_dir: data_dir.path().to_owned(),
        key_passphrase_file: None,
        public_url: "https://press.example.vn".to_owned(),
        phone: "1900 0000".to_owned(),
        demo: false,
        intake: Intake::default(),
        mail: None,
    };
    let registry = Registry::open(settings, Clock::System, Entropy::System).expect("an empty database");
    (Arc::new(registry), data_dir)
}

impl Fixtures {
    /// Serves a new registry on an empty database, and has a card issued as people do it.
    pub(crate) fn set_up(database: &TestDatabase) -> Self {
        let (registry, data_dir) = open(database);
        let served = Arc::clone(&registry);
        let server = Background::start(|listener, stopped| async move {
            let server = Server::start(served, listener, workers()).expect("a listener");
            let _dropped = stopped.await;
            server.stop().await.expect("it stops in order");
        });
        let registrar = token(&registry, Role::NationalRegistrar);
        let mut made =
            Self { registry, server, registrar, agency: String::new(), code: String::new(), _data_dir: data_dir };
        made.issue();
        made
    }

    fn issue(&mut self) {
        let agency = json!({ "name": "Báo Mẫu", "short_name": "Báo Mẫu", "kind": "bao", "level": "central" });
        let (agency, _) = self.made(&self.registrar, "/agencies", "", &agency);
        self.agency = id(&agency);
        let of = AgencyId::parse(&self.agency).expect("an id");
        let (head, clerk) = (token(&self.registry, Role::AgencyHead(of)), token(&self.registry, Role::AgencyClerk(of)));
        let person = json!({
            "full_name": "Trần Thị Bưởi", "birth_date": "1990-05-06", "national_id": "999090000001",
            "engagement": { "kind": "staff", "post": "Phóng viên", "from": "2018-01-02" },
        });
        let (person, _) = self.made(&clerk, &format!("/agencies/{}/people", self.agency), "", &person);
        let draft = json!({ "kind": "press_card", "basis": "first", "people": [id(&person)] });
        let (draft, etag) = self.made(&clerk, "/applications", "", &draft);
        let events = format!("/applications/{}/events", id(&draft));
        let (_, etag) = self.made(&head, &events, &etag, &json!({ "event": "submit" }));
        let (decided, _) = self.made(&self.registrar, &events, &etag, &json!({ "event": "approve" }));
        let card = format!("/credentials/{}", id(&decided["credentials"][0]));
        let (card, _) = self.answered(&request("GET", &card, &self.registrar, "", ""));
        self.code = card["code"].as_str().expect("a code").to_owned();
    }

    /// What came of a request that makes or changes something, and its version.
    pub(crate) fn made(&self, token: &str, path: &str, etag: &str, body: &Value) -> (Value, String) {
        self.answered(&request("POST", path, token, etag, &body.to_string()))
    }

    fn answered(&self, request: &[u8]) -> (Value, String) {
        let mut connection = Connection::open(self.server.address());
        connection.send(request);
        let answer = connection.receive();
        let etag = answer.header("etag").unwrap_or_default().to_owned();
        (serde_json::from_slice(answer.body).expect("JSON"), etag)
    }

    pub(crate) fn clients(&self, many: usize) -> Vec<Connection> {
        Connection::several(self.server.address(), many)
    }

    /// What anybody may fetch, and its version.
    pub(crate) fn fetch(&self, request: &[u8]) -> Fetched {
        let mut connection = Connection::open(self.server.address());
        connection.send(request);
        let answer = connection.receive();
        let etag = answer.header("etag").expect("a version").to_owned();
        Fetched { body: answer.body.to_vec(), etag }
    }

    /// The issuer document.
    pub(crate) fn issuer(&self) -> Value {
        self.answered(b"GET /.well-known/press-registry/issuer HTTP/1.1\r\nhost: press.example.vn\r\n\r\n").0
    }

    /// Anybody's check of the card.
    pub(crate) fn check(&self) -> Vec<u8> {
        request("POST", "/verifications", "", "", &json!({ "code": self.code }).to_string())
    }

    /// A registrar's look at the agency.
    pub(crate) fn read(&self) -> Vec<u8> {
        request("GET", &format!("/agencies/{}", self.agency), &self.registrar, "", "")
    }

    /// A registrar's entry of another agency.
    pub(crate) fn create(&self) -> Vec<u8> {
        request("POST", "/agencies", &self.registrar, "", AGENCY)
    }
}

/// A new account in this role, signed in.
pub(crate) fn token(registry: &Registry, role: Role) -> String {
    let email =
        Email::parse(&format!("{}@bench.example", Entropy::System.uuid(Clock::System.now()))).expect("an address");
    let permit = policy::the_program_itself();
    let user = registry.store.write_blocking(move |tx| accounts::enter(tx, &permit, email.clone(), role.clone()));
    let proven = Proven::new(&user.expect("an account"), Proof::Password);
    registry.open_session(proven).expect("a session").access
}

/// The id of what was made.
pub(crate) fn id(thing: &Value) -> String {
    thing["id"].as_str().expect("an id").to_owned()
}

/// A request as it is sent; what is empty is left out.
fn request(method: &str, path: &str, token: &str, etag: &str, body: &str) -> Vec<u8> {
    let mut head = format!("{method} /api/v1{path} HTTP/1.1\r\nhost: press.example.vn\r\n");
    let length = if body.is_empty() { String::new() } else { body.len().to_string() };
    let bearer = if token.is_empty() { String::new() } else { format!("Bearer {token}") };
    let media_type = if body.is_empty() { "" } else { "application/json" };
    for (name, value) in [
        ("authorization", bearer.as_str()),
        ("if-match", etag),
        ("content-type", media_type),
        ("content-length", &length),
    ] {
        if !value.is_empty() {
            head.extend([name, ": ", value, "\r\n"]);
        }
    }
    format!("{head}\r\n{body}").into_bytes()
}

/// What the signature in a code is of, by the key of the issuer document that it names.
pub(crate) fn signed(code: &str, issuer: &Value) -> Signed {
    let bytes = Link::parse(code).and_then(|link| link.bytes()).expect("base32");
    let envelope = Envelope::parse(&bytes).expect("a card code");
    let keys = issuer["keys"].as_array().expect("keys");
    let key = keys.iter().find(|key| key["kid"] == envelope.kid.to_string()).expect("the key of the card");
    let coordinate =
        |name: &str| BASE64URL_NOPAD.decode(key[name].as_str().expect("text").as_bytes()).expect("base64url");
    let point = [vec![4], coordinate("x"), coordinate("y")].concat();
    Signed {
        message: envelope.to_be_signed(),
        signature: *envelope.signature,
        key: ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).expect("a point of the curve"),
    }
}
