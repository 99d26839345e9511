//! The one writer of a node: it commits together what waits together (group commit).
//!
//! A durable commit costs a flush of the disk; with 64 callers waiting, one flush serves them all. A change that fails
//! takes nothing of the others with it: most are refused before they write anything, and where one has written, the
//! batch is run once more with a savepoint for each. Savepoints for all would double PostgreSQL's round trips.

use super::connection::{self, Db, Manager, Read as _};
use super::status_mirror::StatusMirror;
use super::tx::{Tx, Written};
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::error::Error;
use diesel::QueryResult;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::oneshot;

/// Changes that may wait before callers are told to come back.
const QUEUE: usize = 4_096;
/// Changes committed together at most: keeps one caller's wait short.
const BATCH: usize = 256;
/// How often a batch is tried again when another node was first.
const TRIES: u32 = 20;

/// A change that waits for its turn.
trait Job: Send {
    /// Runs it, perhaps for another time; says what it leaves.
    fn run(&mut self, tx: &mut Tx) -> Left;
    /// Answers the caller: with what the change said, or with why the batch could not be committed.
    fn answer(self: Box<Self>, committed: Result<(), &DieselError>);
}

/// What a change that was run leaves in the transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Left {
    /// What is to be committed.
    Kept,
    /// It was refused before it wrote anything.
    Nothing,
    /// It failed: there may be rows of it, and PostgreSQL may take no more statements.
    Doubt,
}

struct Change<F, T> {
    change: F,
    said: Option<Result<T, Error>>,
    caller: oneshot::Sender<Result<T, Error>>,
}

impl<F, T> Job for Change<F, T>
where
    T: Send,
    F: FnMut(&mut Tx) -> Result<T, Error> + Send,
{
    fn run(&mut self, tx: &mut Tx) -> Left {
        let mark = tx.mark();
        let said = catch_unwind(AssertUnwindSafe(|| (self.change)(tx)))
            .unwrap_or_else(|_| Err(Error::internal("a change panicked and was taken back")));
        let said = match said {
            // Rows without their event: whoever passed over the error must not keep them.
            Ok(_) if tx.is_torn() => Err(Error::internal("a change went on after a write of its own had failed")),
            Ok(said) => tx.settle(mark).map(|()| said),
            Err(error) => Err(error),
        };
        let left = match &said {
            Ok(_) => Left::Kept,
            Err(Error::Internal(_) | Error::Overloaded) => Left::Doubt,
            Err(_) if tx.has_written_since(mark) => Left::Doubt,
            Err(_) => Left::Nothing,
        };
        self.said = Some(said);
        left
    }

    fn answer(self: Box<Self>, committed: Result<(), &DieselError>) {
        let Self { change, said, caller } = *self;
        // Before the answer: a change may hold the last handle on its store, which the caller is to let go of.
        drop(change);
        let said = match (committed, said) {
            (Ok(()), Some(said)) => said,
            (Ok(()), None) => Err(Error::internal("a change was not run")),
            (Err(cause), _) if connection::is_passing(cause) => Err(Error::Overloaded),
            (Err(cause), _) => Err(Error::internal(cause)),
        };
        // A caller who has gone away needs no answer; what was committed stays.
        let _gone = caller.send(said);
    }
}

/// The writer's thread, and the queue to it.
pub(super) struct WriterThread {
    queue: Option<SyncSender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
}

impl WriterThread {
    pub(super) fn start(
        manager: Manager,
        clock: Clock,
        entropy: Entropy,
        mirror: Arc<StatusMirror>,
    ) -> std::io::Result<Self> {
        let (queue, jobs) = sync_channel(QUEUE);
        let writer = BatchWriter { manager, clock, entropy, mirror, db: None, is_to_forget: false };
        let thread = std::thread::Builder::new().name("writer".into()).spawn(move || writer.serve(&jobs))?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    pub(super) fn is_at_work(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }

    pub(super) fn submit<T, F>(&self, change: F) -> Result<oneshot::Receiver<Result<T, Error>>, Error>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx) -> Result<T, Error> + Send + 'static,
    {
        let (caller, answer) = oneshot::channel();
        let queue = self.queue.as_ref().ok_or_else(|| Error::internal("the writer has stopped"))?;
        match queue.try_send(Box::new(Change { change, said: None, caller })) {
            Ok(()) => Ok(answer),
            Err(TrySendError::Full(_)) => Err(Error::Overloaded),
            Err(TrySendError::Disconnected(_)) => Err(Error::internal("the writer has stopped")),
        }
    }
}

/// Finishes what is in the queue. The last handle may go with a change whose caller has gone away: then this is the
/// writer's own thread, which cannot wait for itself.
impl Drop for WriterThread {
    fn drop(&mut self) {
        drop(self.queue.take());
        let is_elsewhere = |thread: &JoinHandle<()>| thread.thread().id() != std::thread::current().id();
        if let Some(thread) = self.thread.take().filter(is_elsewhere) {
            let _panicked = thread.join();
        }
    }
}

struct BatchWriter {
    manager: Manager,
    clock: Clock,
    entropy: Entropy,
    mirror: Arc<StatusMirror>,
    db: Option<Db>,
    /// Whether the write-ahead log may still hold what was erased.
    is_to_forget: bool,
}

impl BatchWriter {
    fn serve(mut self, jobs: &Receiver<Box<dyn Job>>) {
        while let Ok(first) = jobs.recv() {
            let mut batch = vec![first];
            batch.extend(jobs.try_iter().take(BATCH - 1));
            let committed = self.commit(&mut batch);
            if let Err(error) = &committed {
                tracing::error!(%error, "a batch of changes was not committed");
            }
            for job in batch {
                job.answer(committed.as_ref().copied());
            }
        }
    }

    /// Commits a batch, again from its beginning when another node was first.
    fn commit(&mut self, batch: &mut [Box<dyn Job>]) -> Result<(), DieselError> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            match self.try_commit(batch) {
                Ok(written) => {
                    self.mirror.publish(&written.status);
                    self.is_to_forget |= written.erases;
                    self.forget();
                    return Ok(());
                }
                Err(DieselError::DatabaseError(DatabaseErrorKind::SerializationFailure, _)) if attempt < TRIES => {
                    std::thread::sleep(self.entropy.jitter(Duration::from_millis(1 << attempt.min(7))));
                }
                Err(error) => {
                    // Whatever the connection's state, the next batch begins with a new one.
                    self.db = None;
                    return Err(error);
                }
            }
        }
    }

    /// Lets the write-ahead log forget what was erased. Where somebody still reads in it, the next batch tries again:
    /// there is one within the second, when the erasure's own leaf is signed.
    fn forget(&mut self) {
        let Some(db) = self.db.as_mut().filter(|_| self.is_to_forget) else { return };
        match connection::empty_write_ahead_log(db) {
            Ok(emptied) => self.is_to_forget = !emptied,
            Err(error) => tracing::warn!(%error, "the write-ahead log was not emptied after an erasure"),
        }
    }

    fn begin_anew(&self) -> QueryResult<Db> {
        let mut db = self.manager.open().map_err(|error| connection::not_opened(&error))?;
        connection::begin_write(&mut db)?;
        Ok(db)
    }

    fn try_commit(&mut self, batch: &mut [Box<dyn Job>]) -> QueryResult<Written> {
        let db = match self.db.take() {
            Some(mut reused) => match connection::begin_write(&mut reused) {
                Ok(()) => reused,
                Err(error) if connection::is_busy(&error) => return Err(error),
                // It was lost since the last batch, with a restart of the database: nothing was asked of it yet.
                Err(_) => self.begin_anew()?,
            },
            None => self.begin_anew()?,
        };
        let db = self.db.insert(db);
        let done = match run_together(db, batch, &self.clock, &self.entropy) {
            Ok(None) => {
                connection::roll_back(db)?;
                connection::begin_write(db)?;
                run_apart(db, batch, &self.clock, &self.entropy)
            }
            Ok(Some(written)) => Ok(written),
            Err(error) => Err(error),
        };
        match done {
            Ok(written) => connection::commit(db).map(|()| written).inspect_err(|_| {
                let _already_broken = connection::roll_back(db);
            }),
            Err(error) => {
                connection::roll_back(db)?;
                Err(error)
            }
        }
    }
}

/// Runs a batch; `None` where rows of a change that failed may stand among the others'.
fn run_together(
    db: &mut Db,
    batch: &mut [Box<dyn Job>],
    clock: &Clock,
    entropy: &Entropy,
) -> QueryResult<Option<Written>> {
    let mut tx = Tx::resume(db, entropy, clock.now())?;
    for job in batch {
        let mark = tx.mark();
        match job.run(&mut tx) {
            Left::Kept => {}
            Left::Nothing => tx.back_to(mark),
            Left::Doubt => return Ok(None),
        }
    }
    tx.finish().map(Some)
}

/// Runs a batch with a savepoint for each change, so that the rows of one that fails can be taken back.
fn run_apart(db: &mut Db, batch: &mut [Box<dyn Job>], clock: &Clock, entropy: &Entropy) -> QueryResult<Written> {
    let mut tx = Tx::resume(db, entropy, clock.now())?;
    connection::set_savepoint(tx.db())?;
    for job in batch {
        let mark = tx.mark();
        match job.run(&mut tx) {
            Left::Kept => connection::move_savepoint(tx.db())?,
            Left::Nothing | Left::Doubt => {
                connection::back_to_savepoint(tx.db())?;
                tx.back_to(mark);
            }
        }
    }
    tx.finish()
}
