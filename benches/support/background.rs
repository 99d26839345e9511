//! A server on a thread of its own, until it is dropped.

use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::num::NonZero;
use std::thread::JoinHandle;
use tokio::sync::oneshot;

/// Comes when the server is to stop.
pub(crate) type Stopped = oneshot::Receiver<()>;

/// A server at work.
pub(crate) struct Background {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Background {
    /// Starts `serve` with a listener of its own, inside an actix runtime.
    pub(crate) fn start<F: Future<Output = ()>>(
        serve: impl FnOnce(TcpListener, Stopped) -> F + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || actix_web::rt::System::new().block_on(serve(listener, stopped)));
        Self { address, stop: Some(stop), thread: Some(thread) }
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the server ended in order");
        }
    }
}

/// Threads of either server: one for each core, as `serve` takes them.
pub(crate) fn workers() -> usize {
    std::thread::available_parallelism().map_or(2, NonZero::get)
}
