//! The server: it listens, keeps itself up to date, and stops without losing a request.

use super::{State, app, in_hand};
use crate::app::{Registry, cases, duties, imports, leaders, licences, mails, offices, returns, withdrawals};
use crate::error::Error;
use actix_web::dev::ServerHandle;
use actix_web::rt::signal::unix::{SignalKind, signal};
use actix_web::rt::spawn;
use actix_web::rt::task::JoinHandle;
use actix_web::{HttpServer, web};
use std::future::poll_fn;
use std::io;
use std::net::TcpListener;
use std::num::NonZero;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};

/// How often a node takes over what others changed: a disabled account is out within a second.
const REFRESH_EVERY: Duration = Duration::from_millis(500);
/// How often new entries of the log are signed, and lists that changed: each is published within a second.
const PUBLISH_EVERY: Duration = Duration::from_millis(200);
/// How often a node looks for what ends by itself: a suspension before a decision, an hour of looks at records.
const LAPSE_EVERY: Duration = Duration::from_secs(10);
/// How often a node looks for files that wait to be taken in.
const IMPORT_EVERY: Duration = Duration::from_millis(500);
/// How long requests in hand may take when the server stops, in seconds.
const STOP_WITHIN_SECONDS: u64 = 30;

/// A running server.
pub struct Server {
    handle: ServerHandle,
    serving: JoinHandle<io::Result<()>>,
    refreshing: JoinHandle<()>,
    publishing: [JoinHandle<()>; 2],
    lapsing: JoinHandle<()>,
    mailing: JoinHandle<()>,
    importing: JoinHandle<()>,
}

impl Server {
    /// Starts to serve `registry` on `listener`, on `workers` threads. Call it inside an actix runtime.
    ///
    /// # Errors
    /// The listener cannot be used, or the verifier page cannot be put together.
    pub fn start(registry: Arc<Registry>, listener: TcpListener, workers: usize) -> io::Result<Self> {
        let state = web::Data::new(State::new(Arc::clone(&registry))?);
        let server = HttpServer::new(move || app(state.clone()))
            .workers(workers)
            .worker_max_blocking_threads(in_hand::MOST_WAITING)
            .shutdown_timeout(STOP_WITHIN_SECONDS)
            // Its own handling of SIGINT drops the requests in hand.
            .disable_signals()
            .listen(listener)?
            .run();
        Ok(Self {
            handle: server.handle(),
            serving: spawn(server),
            refreshing: spawn(keep_up_to_date(Arc::clone(&registry))),
            publishing: [
                spawn(publish(Arc::clone(&registry), "the log's new entries are not signed", |it| {
                    it.publish_log().map(drop)
                })),
                spawn(publish(Arc::clone(&registry), "status lists are not signed", Registry::publish_lists)),
            ],
            lapsing: spawn(end_what_is_over(Arc::clone(&registry))),
            mailing: spawn(send_mail(Arc::clone(&registry))),
            importing: spawn(take_in_files(registry)),
        })
    }

    /// Takes no more requests, and comes back once those in hand are answered.
    ///
    /// # Errors
    /// The server had failed before.
    pub async fn stop(self) -> io::Result<()> {
        self.refreshing.abort();
        self.publishing.iter().for_each(JoinHandle::abort);
        self.lapsing.abort();
        self.mailing.abort();
        self.importing.abort();
        self.handle.stop(true).await;
        self.serving.await.map_err(io::Error::other)?
    }
}

/// [`serve`] on a runtime of its own, with a worker for each core.
///
/// # Errors
/// As [`serve`].
pub fn run(registry: Arc<Registry>, listener: TcpListener) -> io::Result<()> {
    let workers = std::thread::available_parallelism().map_or(2, NonZero::get);
    actix_web::rt::System::new().block_on(serve(registry, listener, workers))
}

/// Serves until the process is told to end (SIGTERM, or SIGINT from a terminal).
///
/// # Errors
/// The listener cannot be used, or signals cannot be heard.
pub async fn serve(registry: Arc<Registry>, listener: TcpListener, workers: usize) -> io::Result<()> {
    let mut ended = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    let server = Server::start(registry, listener, workers)?;
    poll_fn(|context| match (ended.poll_recv(context), interrupted.poll_recv(context)) {
        (Poll::Pending, Poll::Pending) => Poll::Pending,
        (Poll::Ready(_), _) | (_, Poll::Ready(_)) => Poll::Ready(()),
    })
    .await;
    tracing::info!("stopping: requests in hand are finished");
    server.stop().await
}

async fn keep_up_to_date(registry: Arc<Registry>) {
    let mut clock = interval(REFRESH_EVERY);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        clock.tick().await;
        let registry = Arc::clone(&registry);
        // The database may be away for a while; what is known stays until it is back.
        match web::block(move || registry.refresh()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "what other nodes changed cannot be read"),
            Err(error) => tracing::error!(%error, "the refresh was not run to its end"),
        }
    }
}

/// Signs what is new, again and again; `failed` says what is missing where that cannot be done.
async fn publish(registry: Arc<Registry>, failed: &'static str, sign: fn(&Registry) -> Result<(), Error>) {
    let mut clock = interval(PUBLISH_EVERY);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut told = String::new();
    loop {
        clock.tick().await;
        let registry = Arc::clone(&registry);
        let why = match web::block(move || sign(&registry)).await {
            Ok(Ok(())) => String::new(),
            Ok(Err(error)) => error.to_string(),
            Err(error) => error.to_string(),
        };
        // It is tried five times a second; it is told once.
        if why != told && !why.is_empty() {
            tracing::error!(error = why, "{failed}");
        }
        told = why;
    }
}

/// Every node does this; what is due is looked at again in the transaction that ends it, so that it ends once.
async fn end_what_is_over(registry: Arc<Registry>) {
    let mut clock = interval(LAPSE_EVERY);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        clock.tick().await;
        let registry = Arc::clone(&registry);
        // Neither waits for the other's mending.
        let end = move || {
            let ended = cases::lapse(&registry);
            let withdrawn = withdrawals::lapse(&registry).map(drop);
            let told = duties::tell(&registry).and(returns::keep(&registry)).map(drop);
            let vacated = offices::lapse(&registry).map(drop);
            let unlicensed = licences::lapse(&registry).map(drop);
            let led = leaders::lapse(&registry).map(drop);
            let committed = registry.commit_accesses();
            let forgotten = registry.forget();
            // Where another node erased somebody, or whoever asked for it had gone before the answer.
            let written = registry.complete_redactions();
            committed
                .and(forgotten)
                .and(written)
                .and(withdrawn)
                .and(unlicensed)
                .and(led)
                .and(vacated)
                .and(told)
                .and(ended)
        };
        match web::block(end).await {
            Ok(Ok(0)) => {}
            Ok(Ok(ended)) => tracing::info!(cases = ended, "suspensions or stays ended by themselves"),
            Ok(Err(error)) => tracing::error!(%error, "what is over cannot be ended"),
            Err(error) => tracing::error!(%error, "what is over was not looked at to its end"),
        }
    }
}

/// Beside the requests: a mail server that is slow or away holds up nobody but later e-mails.
async fn send_mail(registry: Arc<Registry>) {
    let Some(mail) = &registry.settings.mail else { return };
    let mut clock = interval(mail.every);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        clock.tick().await;
        let registry = Arc::clone(&registry);
        match web::block(move || mails::deliver(&registry)).await {
            Ok(Ok(0)) => {}
            Ok(Ok(sent)) => tracing::info!(sent, "e-mails were handed over"),
            Ok(Err(error)) => tracing::error!(%error, "e-mails cannot be sent"),
            Err(error) => tracing::error!(%error, "e-mails were not sent to their end"),
        }
    }
}

/// One file at a time on each node: a large one keeps a core busy for some seconds.
async fn take_in_files(registry: Arc<Registry>) {
    let mut clock = interval(IMPORT_EVERY);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        clock.tick().await;
        let registry = Arc::clone(&registry);
        match web::block(move || imports::work(&registry)).await {
            Ok(Ok(0)) => {}
            Ok(Ok(ended)) => tracing::info!(ended, "files of people were taken in"),
            Ok(Err(error)) => tracing::error!(%error, "files of people cannot be taken in"),
            Err(error) => tracing::error!(%error, "files of people were not taken in to their end"),
        }
    }
}
