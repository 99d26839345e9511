//! A registry served over real HTTP on loopback, and the people who use it.
//!
//! Each test has its own database, its own keys and a clock that only the test moves. Clients are people: what they
//! send goes through the network and every check; what they are answered is held against the API's description.

mod client;
mod things;

pub(crate) use client::Client;
pub(crate) use things::TestAgency;

use super::{TestDatabase, folder};
use press_registry::api::server::Server;
use press_registry::app::passwords::hash_of_nobody;
use press_registry::app::reports::limits::Intake;
use press_registry::app::sessions::{Proof, Proven};
use press_registry::app::{Registry, Settings, accounts};
use press_registry::clock::Clock;
use press_registry::domain::accounts::{BodyName, Email, Role};
use press_registry::domain::ids::{Id as _, PersonId, UserId};
use press_registry::domain::provinces::ProvinceId;
use press_registry::domain::time::Timestamp;
use press_registry::entropy::Entropy;
use press_registry::mail::MailSettings;
use press_registry::policy;
use press_registry::store::{self, DatabaseUrl};
use std::cell::Cell;
use std::net::{IpAddr, Ipv4Addr, TcpListener};
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
    workers: usize,
    stop: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    serial: Cell<u32>,
}

impl TestApp {
    /// Starts a registry.
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

    /// Starts a registry to which everybody comes through this machine, as through a proxy. It has two workers, so that what
    /// one of them keeps for itself by mistake shows.
    pub(crate) fn behind_a_proxy(database: TestDatabase) -> Self {
        Self::start_with_workers(database, beginning(), through_a_proxy(), None, 2)
    }

    /// Starts a registry that hands its e-mail over there.
    pub(crate) fn start_with_mail(database: TestDatabase, mail: MailSettings) -> Self {
        Self::start_as(database, beginning(), roomy(), Some(mail))
    }

    fn start_as(database: TestDatabase, clock: Clock, intake: Intake, mail: Option<MailSettings>) -> Self {
        Self::start_with_workers(database, clock, intake, mail, 1)
    }

    fn start_with_workers(
        database: TestDatabase,
        clock: Clock,
        intake: Intake,
        mail: Option<MailSettings>,
        workers: usize,
    ) -> Self {
        let data_dir = folder("data");
        let (listener, base) = listen();
        let registry = Arc::new(open_by(&database, &data_dir, &base, clock, intake, mail));
        let (stop, thread) = serve(&registry, listener, workers);
        let (stop, thread) = (Some(stop), Some(thread));
        Self { registry, base, data_dir, database, workers, stop, thread, serial: Cell::new(0) }
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

    /// Somebody new in this role, who chose a password that nobody else knows, signed in.
    pub(crate) fn client(&self, role: Role) -> Client {
        let email = format!("user{}@test.example", self.serial());
        let email = Email::parse(&email).expect("an address");
        let permit = policy::the_program_itself();
        let user = self.registry.store.write_blocking(move |tx| {
            let user = accounts::enter(tx, &permit, email.clone(), role.clone())?;
            // As part of what the log tells of the account.
            tx.repeat(&permit, tx.log_size(), |writer| {
                store::accounts::set_password_hash(writer, user.id, &hash_of_nobody())
            })?;
            Ok(user)
        });
        self.sign_in(user.expect("an account").id)
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

    /// Stops, and starts again on the same database and data directory, at another port.
    pub(crate) fn restart(&mut self) {
        self.stop();
        let Settings { public_url, intake, mail, .. } = &self.registry.settings;
        let clock = self.registry.clock.clone();
        let registry = open_by(&self.database, &self.data_dir, public_url, clock, intake.clone(), mail.clone());
        self.registry = Arc::new(registry);
        let (listener, base) = listen();
        let (stop, thread) = serve(&self.registry, listener, self.workers);
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

/// What this machine says of where a caller is, is believed.
pub(crate) fn through_a_proxy() -> Intake {
    Intake { trusted_proxies: vec![IpAddr::V4(Ipv4Addr::LOCALHOST)], ..Intake::default() }
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
    Registry::open(settings, clock, Entropy::System).expect("the database is taken up")
}

fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    (listener, base)
}

/// Serves on a thread of its own, until what is given first is dropped.
fn serve(registry: &Arc<Registry>, listener: TcpListener, workers: usize) -> (mpsc::Sender<()>, JoinHandle<()>) {
    let (stop, stopped) = mpsc::channel();
    let served = Arc::clone(registry);
    let (ready, started) = mpsc::channel();
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = Server::start(served, listener, workers).expect("it serves");
            ready.send(()).expect("the test waits");
            let ended = actix_web::rt::task::spawn_blocking(move || stopped.recv());
            let _dropped_or_sent = ended.await;
            server.stop().await.expect("it stops");
        });
    });
    started.recv().expect("the server starts");
    (stop, thread)
}
