//! A registry served over real HTTP on loopback, and the people who use it.
//!
//! Each test has its own database, its own keys and a clock that only the test moves. Clients are people: what they
//! send goes through the network and every check; what they are answered is held against the API's description.

use super::TestDatabase;
use super::answer::{Answer, Contract};
use press_registry::api::server::Server;
use press_registry::app::reports::limits::Intake;
use press_registry::app::sessions::{Proof, Proven};
use press_registry::app::{Registry, Settings, accounts};
use press_registry::clock::Clock;
use press_registry::domain::accounts::{BodyName, Email, Role};
use press_registry::domain::ids::{AgencyId, Id as _, PersonId, UserId};
use press_registry::domain::provinces::ProvinceId;
use press_registry::domain::time::Timestamp;
use press_registry::entropy::Entropy;
use press_registry::mail::MailSettings;
use press_registry::policy;
use press_registry::store::{self, DatabaseUrl};
use serde_json::{Value, json};
use std::cell::Cell;
use std::net::TcpListener;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use tempfile::TempDir;

/// When every test begins: Sunday morning in Việt Nam.
pub(crate) const BEGINNING: &str = "2026-11-22T03:00:00Z";
/// The unit that local agencies of tests belong to: Hải Phòng since July 2025.
pub(crate) const HAI_PHONG: &str = "31-2025";
/// Another unit: Hà Nội.
pub(crate) const HA_NOI: &str = "01";

/// A running registry of one test.
pub(crate) struct TestApp {
    pub(crate) registry: Arc<Registry>,
    pub(crate) base: String,
    pub(crate) data_dir: TempDir,
    pub(crate) database: TestDatabase,
    stop: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    serial: Cell<u32>,
}

/// An agency entered by a test.
#[derive(Clone, Debug)]
pub(crate) struct TestAgency {
    pub(crate) id: AgencyId,
    pub(crate) etag: String,
}

impl TestApp {
    /// Starts a registry on an empty database.
    pub(crate) fn start(database: TestDatabase) -> Self {
        Self::start_by(database, Clock::manual(Timestamp::parse(BEGINNING).expect("a time")))
    }

    /// Starts a registry by this clock: the system's where another program judges by its own.
    pub(crate) fn start_by(database: TestDatabase, clock: Clock) -> Self {
        Self::start_as(database, clock, roomy(), None)
    }

    /// Starts a registry that takes in reports without a name like this.
    pub(crate) fn start_with(database: TestDatabase, intake: Intake) -> Self {
        Self::start_as(database, beginning(), intake, None)
    }

    /// Starts a registry that hands its e-mail over there.
    pub(crate) fn start_with_mail(database: TestDatabase, mail: MailSettings) -> Self {
        Self::start_as(database, beginning(), roomy(), Some(mail))
    }

    fn start_as(database: TestDatabase, clock: Clock, intake: Intake, mail: Option<MailSettings>) -> Self {
        let data_dir = TempDir::with_prefix("press-registry-data.").expect("a temporary folder");
        let (listener, base) = listen();
        let registry = Arc::new(open_by(&database, &data_dir, &base, clock, intake, mail));
        let (stop, thread) = serve(&registry, listener);
        Self { registry, base, data_dir, database, stop: Some(stop), thread: Some(thread), serial: Cell::new(0) }
    }

    /// Stops as on SIGTERM: requests in hand are finished.
    pub(crate) fn stop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the server stops in order");
        }
    }

    /// Moves the clock forward.
    pub(crate) fn pass(&self, seconds: i64) {
        self.registry.clock.set(self.registry.clock.now().plus_seconds(seconds));
    }

    /// A number that no earlier call of this test gave.
    pub(crate) fn serial(&self) -> u32 {
        self.serial.set(self.serial.get() + 1);
        self.serial.get()
    }

    /// Nobody in particular.
    pub(crate) fn anonymous(&self) -> Client {
        Client::at(&self.base)
    }

    /// Somebody new in this role, signed in.
    pub(crate) fn client(&self, role: Role) -> Client {
        let email = format!("user{}@test.example", self.serial());
        let email = Email::parse(&email).expect("an address");
        let permit = policy::the_program_itself();
        let user = self
            .registry
            .store
            .write_blocking(move |tx| accounts::enter(tx, &permit, email.clone(), role.clone()))
            .expect("an account");
        self.sign_in(user.id)
    }

    /// A new session of an account.
    pub(crate) fn sign_in(&self, user: UserId) -> Client {
        let found = self.registry.store.read(|db| store::accounts::find(db, user));
        let account = found.expect("a database").expect("an account");
        let tokens = self.registry.open_session(Proven::new(&account, Proof::Password)).expect("a session");
        Client { token: Some(tokens.access), user: Some(user), ..self.anonymous() }
    }

    pub(crate) fn admin(&self) -> Client {
        self.client(Role::Admin)
    }

    /// A registrar of the ministry; each call gives another.
    pub(crate) fn registrar(&self) -> Client {
        self.client(Role::NationalRegistrar)
    }

    /// A registrar of a province, by the unit's id.
    pub(crate) fn provincial(&self, unit: &str) -> Client {
        self.client(Role::ProvincialRegistrar(ProvinceId::parse(unit).expect("a unit")))
    }

    pub(crate) fn head(&self, agency: &TestAgency) -> Client {
        self.client(Role::AgencyHead(agency.id))
    }

    pub(crate) fn clerk(&self, agency: &TestAgency) -> Client {
        self.client(Role::AgencyClerk(agency.id))
    }

    pub(crate) fn official(&self) -> Client {
        let body = BodyName::parse("Ủy ban nhân dân phường Hồng Bàng").expect("a name");
        self.client(Role::Official { body, province: ProvinceId::parse(HAI_PHONG).expect("a unit") })
    }

    pub(crate) fn auditor(&self) -> Client {
        self.client(Role::Auditor)
    }

    pub(crate) fn holder(&self, person: &str) -> Client {
        self.client(Role::Holder(PersonId::parse(person).expect("an id")))
    }

    /// A new central agency.
    pub(crate) fn central_agency(&self) -> TestAgency {
        self.agency(json!({ "level": "central" }))
    }

    /// A new local agency of Hải Phòng.
    pub(crate) fn local_agency(&self) -> TestAgency {
        self.agency(json!({ "level": "local", "province": "31" }))
    }

    fn agency(&self, more: Value) -> TestAgency {
        let n = self.serial();
        let mut body = json!({ "name": format!("Báo Thử {n}"), "short_name": format!("Báo Thử {n}"), "kind": "bao" });
        merge(&mut body, more);
        let answer = self.registrar().post("/api/v1/agencies", &body).expect(201);
        TestAgency { id: AgencyId::parse(&answer.text("/id")).expect("an id"), etag: answer.etag() }
    }

    /// A form for a person of the staff.
    pub(crate) fn person_form(&self) -> Value {
        let n = self.serial();
        json!({
            "full_name": format!("Trần Thị Bưởi {n}"),
            "birth_date": "1990-05-06",
            "national_id": format!("999090{n:06}"),
            "email": format!("buoi{n}@test.example"),
            "engagement": { "kind": "staff", "post": "Phóng viên", "from": "2020-01-02" },
        })
    }

    /// A person of the staff, entered by a clerk of the agency.
    pub(crate) fn person(&self, agency: &TestAgency) -> Answer {
        self.clerk(agency).post(&format!("/api/v1/agencies/{}/people", agency.id), &self.person_form()).expect(201)
    }

    /// A collaborator of the agency.
    pub(crate) fn collaborator(&self, agency: &TestAgency) -> Answer {
        let mut form = self.person_form();
        form["engagement"]["kind"] = "collaborator".into();
        self.clerk(agency).post(&format!("/api/v1/agencies/{}/people", agency.id), &form).expect(201)
    }

    /// An application for press cards on its first day: a draft.
    pub(crate) fn draft(&self, agency: &TestAgency, people: &[&str]) -> Answer {
        let form = json!({ "kind": "press_card", "basis": "first", "people": people });
        self.clerk(agency).post("/api/v1/applications", &form).expect(201)
    }

    /// An application handed in by the agency's head.
    pub(crate) fn submitted(&self, agency: &TestAgency, people: &[&str]) -> Answer {
        let draft = self.draft(agency, people);
        self.head(agency).event(&draft.path("applications"), &draft.etag(), json!({ "event": "submit" })).expect(201)
    }

    /// A press card of a person of a central agency, as `GET` shows it.
    pub(crate) fn issued_card(&self, agency: &TestAgency) -> Answer {
        let person = self.person(agency);
        self.issued_to(agency, &person.text("/id"))
    }

    /// A press card for this person of a central agency.
    pub(crate) fn issued_to(&self, agency: &TestAgency, person: &str) -> Answer {
        self.issued_in(agency, None, person)
    }

    /// A new local agency of the province with this code today.
    pub(crate) fn local_agency_of(&self, code: &str) -> TestAgency {
        self.agency(json!({ "level": "local", "province": code }))
    }

    /// A press card for this person of an agency: of this unit, which endorses it first, or a central one.
    pub(crate) fn issued_in(&self, agency: &TestAgency, unit: Option<&str>, person: &str) -> Answer {
        let mut application = self.submitted(agency, &[person]);
        if let Some(unit) = unit {
            let endorse = json!({ "event": "endorse" });
            let (path, etag) = (application.path("applications"), application.etag());
            application = self.provincial(unit).event(&path, &etag, endorse).expect(201);
        }
        let registrar = self.registrar();
        let approve = json!({ "event": "approve" });
        let decided = registrar.event(&application.path("applications"), &application.etag(), approve).expect(201);
        let id = decided.text("/credentials/0/id");
        registrar.get(&format!("/api/v1/credentials/{id}")).expect(200)
    }

    /// Stops, and starts again on the same database and data directory, at another port.
    pub(crate) fn restart(&mut self) {
        self.stop();
        let Settings { public_url, intake, mail, .. } = &self.registry.settings;
        let clock = self.registry.clock.clone();
        let registry = open_by(&self.database, &self.data_dir, public_url, clock, intake.clone(), mail.clone());
        self.registry = Arc::new(registry);
        let (listener, base) = listen();
        let (stop, thread) = serve(&self.registry, listener);
        (self.base, self.stop, self.thread) = (base, Some(stop), Some(thread));
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _panicked = thread.join();
        }
    }
}

/// Opens a registry on this database as a node of its own; several may share a data directory.
pub(crate) fn open(database: &TestDatabase, data_dir: &TempDir, base: &str) -> Registry {
    open_by(database, data_dir, base, beginning(), roomy(), None)
}

/// [`open`], with e-mail.
pub(crate) fn open_with_mail(database: &TestDatabase, data_dir: &TempDir, base: &str, mail: MailSettings) -> Registry {
    open_by(database, data_dir, base, beginning(), roomy(), Some(mail))
}

fn beginning() -> Clock {
    Clock::manual(Timestamp::parse(BEGINNING).expect("a time"))
}

/// Room for the reports of any test: all of them come from this machine.
fn roomy() -> Intake {
    Intake { per_hour_and_prefix: 1_000, ..Intake::default() }
}

fn open_by(
    database: &TestDatabase,
    data_dir: &TempDir,
    base: &str,
    clock: Clock,
    intake: Intake,
    mail: Option<MailSettings>,
) -> Registry {
    let settings = Settings {
        database: DatabaseUrl::parse(&database.url, false).expect("a database URL"),
        data_dir: data_dir.path().to_owned(),
        key_passphrase_file: None,
        public_url: base.to_owned(),
        phone: "1900 0000".to_owned(),
        demo: false,
        intake,
        mail,
    };
    Registry::open(settings, clock, Entropy::System).expect("an empty database is taken up")
}

fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    (listener, base)
}

/// Serves on a thread of its own, until what is given first is dropped.
fn serve(registry: &Arc<Registry>, listener: TcpListener) -> (mpsc::Sender<()>, JoinHandle<()>) {
    let (stop, stopped) = mpsc::channel();
    let served = Arc::clone(registry);
    let (ready, started) = mpsc::channel();
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = Server::start(served, listener, 2).expect("it serves");
            ready.send(()).expect("the test waits");
            let ended = actix_web::rt::task::spawn_blocking(move || stopped.recv());
            let _dropped_or_sent = ended.await;
            server.stop().await.expect("it stops");
        });
    });
    started.recv().expect("the server starts");
    (stop, thread)
}

fn merge(into: &mut Value, more: Value) {
    if let (Value::Object(into), Value::Object(more)) = (into, more) {
        into.extend(more);
    }
}

/// A connection for each request: one that was kept may be closed by the server just when it is used again.
fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).max_idle_connections(0);
    config.build().new_agent()
}

/// Somebody who uses the API.
#[derive(Clone)]
pub(crate) struct Client {
    base: String,
    pub(crate) token: Option<String>,
    agent: ureq::Agent,
    pub(crate) user: Option<UserId>,
}

impl Client {
    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], None)
    }

    pub(crate) fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send("GET", path, headers, None)
    }

    pub(crate) fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, &[], None)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_with(path, &[], body)
    }

    pub(crate) fn post_with(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        let headers = [&[("content-type", "application/json")], headers].concat();
        self.send("POST", path, &headers, Some(body.to_string().as_bytes()))
    }

    /// Lets an event happen to the thing at `path`, read in the version of `etag`.
    pub(crate) fn event(&self, path: &str, etag: &str, body: Value) -> Answer {
        self.post_with(&format!("{path}/events"), &[("if-match", etag)], &body)
    }

    pub(crate) fn patch(&self, path: &str, etag: &str, body: &Value) -> Answer {
        let headers = [("content-type", "application/json"), ("if-match", etag)];
        self.send("PATCH", path, &headers, Some(body.to_string().as_bytes()))
    }

    pub(crate) fn put(&self, path: &str, etag: &str, media_type: &str, body: &[u8]) -> Answer {
        self.send("PUT", path, &[("content-type", media_type), ("if-match", etag)], Some(body))
    }

    /// Sends a request as it is. Every answer is held against the API's description.
    pub(crate) fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&[u8]>) -> Answer {
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let sent = match body {
            Some(body) => self.agent.run(request.body(body).expect("a request")),
            None => self.agent.run(request.body(()).expect("a request")),
        };
        let answer = Answer::read(sent.expect("an answer"));
        Contract::of_the_api().check(method, path, &answer);
        answer
    }

    /// Nobody in particular, at this address.
    pub(crate) fn at(base: &str) -> Self {
        Self { base: base.to_owned(), token: None, agent: agent(), user: None }
    }

    /// Signs in with an e-mail address and a password or one-time code.
    pub(crate) fn sign_in(&self, email: &str, password: &str) -> Answer {
        self.post("/api/v1/sessions", &json!({ "email": email, "password": password }))
    }

    /// The same, with this access token.
    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// The same, as whoever was answered these tokens.
    pub(crate) fn with_tokens(&self, tokens: &Answer) -> Self {
        self.with_token(&tokens.text("/access_token"))
    }
}
