use std::cell::Cell;
use std::io;
use std::thread;
use std::time::Instant;

use auth_core::{Clock, SharedClock};
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::builder::Durability;
use super::fault::Fault;
use super::patience::patiently;
use super::place::Place;
use super::readers::ended;
use super::time::millis;
use super::transaction::Transaction;
use super::turns::Turns;
use crate::backend::{BackendError, BackendErrorKind};

/// How many changes may wait, before the next wait outside.
const QUEUE: usize = 1024;

/// How many changes one transaction commits.
const BATCH: usize = 128;

/// The thread that writes. Changes that come while it commits are committed together next, so that
/// they share one wait for the disk.
#[derive(Debug)]
pub(super) struct Writer(mpsc::Sender<Box<dyn Change>>);

/// What the thread writes with.
pub(super) struct Writing {
    file: Connection,
    place: Place,
    turns: Turns,
    clock: SharedClock,
    durability: Durability,
    /// Whether commits wait for the disk, as it was last set.
    waits: Cell<Option<bool>>,
}

/// What a loss of power may do to a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// It is content: what the durability says.
    Content,
    /// Who somebody is hangs on it, for it begins or ends a session: nothing, ever.
    Identity,
}

impl Writer {
    /// Starts the thread.
    pub(super) fn start(writing: Writing) -> io::Result<Self> {
        let (queue, changes) = mpsc::channel(QUEUE);
        let name = "sessions-write".to_owned();
        thread::Builder::new().name(name).spawn(move || writing.run_all(changes))?;
        Ok(Self(queue))
    }

    /// Changes the file, and answers when that is committed.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        until: Instant,
        weight: Weight,
        work: impl Fn(&Transaction<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, BackendError> {
        let (reply, answer) = oneshot::channel();
        let change = Work { work, outcome: None, reply, until, weight };
        self.0.send(Box::new(change)).await.map_err(|_| ended())?;
        answer.await.map_err(|_| ended())?
    }
}

/// A change that waits to be committed. It can be applied again if the transaction failed.
trait Change: Send {
    fn apply(&mut self, transaction: &Transaction<'_>) -> Result<(), Fault>;
    fn answer(self: Box<Self>, committed: Result<(), BackendError>);
    fn until(&self) -> Instant;
    fn weight(&self) -> Weight;
}

struct Work<T, W> {
    work: W,
    outcome: Option<T>,
    reply: oneshot::Sender<Result<T, BackendError>>,
    until: Instant,
    weight: Weight,
}

impl<T, W> Change for Work<T, W>
where
    T: Send,
    W: Fn(&Transaction<'_>) -> Result<T, Fault> + Send,
{
    fn apply(&mut self, transaction: &Transaction<'_>) -> Result<(), Fault> {
        self.outcome = Some((self.work)(transaction)?);
        Ok(())
    }

    fn answer(self: Box<Self>, committed: Result<(), BackendError>) {
        let Self { outcome, reply, .. } = *self;
        let _ = reply.send(committed.and_then(|()| outcome.ok_or_else(ended)));
    }

    fn until(&self) -> Instant {
        self.until
    }

    fn weight(&self) -> Weight {
        self.weight
    }
}

type Batch = Vec<Box<dyn Change>>;

impl Writing {
    pub(super) fn new(
        file: Connection,
        place: Place,
        turns: Turns,
        clock: SharedClock,
        durability: Durability,
    ) -> Self {
        Self { file, place, turns, clock, durability, waits: Cell::new(None) }
    }

    fn run_all(self, mut changes: mpsc::Receiver<Box<dyn Change>>) {
        while let Some(first) = changes.blocking_recv() {
            let mut batch = vec![first];
            while batch.len() < BATCH
                && let Ok(next) = changes.try_recv()
            {
                batch.push(next);
            }
            self.settle(batch);
        }
    }

    /// Commits them together; if that fails one by one, so that each gets its own error.
    fn settle(&self, batch: Batch) {
        let mut batch = in_time(batch);
        match self.commit(&mut batch) {
            Ok(()) => batch.into_iter().for_each(|change| change.answer(Ok(()))),
            Err(_) if batch.len() > 1 => batch.into_iter().for_each(|one| self.settle(vec![one])),
            Err(fault) => {
                let error = BackendError::from(fault);
                if let Some(change) = batch.pop() {
                    change.answer(Err(error));
                }
            }
        }
    }

    fn commit(&self, batch: &mut Batch) -> Result<(), Fault> {
        let Some(until) = batch.iter().map(|change| change.until()).max() else { return Ok(()) };
        self.place.check()?;
        let _turn = self.turns.take()?;
        self.synchronize(batch)?;
        patiently(until, || Ok(self.file.execute_batch("BEGIN IMMEDIATE")?))?;
        Transaction::run(&self.file, millis(self.clock.now()), |transaction| {
            batch.iter_mut().try_for_each(|change| change.apply(transaction))
        })
    }

    /// Sets whether this commit waits for the disk, which takes the earlier ones along.
    fn synchronize(&self, batch: &Batch) -> Result<(), Fault> {
        let identity = batch.iter().any(|change| change.weight() == Weight::Identity);
        let waits = identity || self.durability == Durability::PowerLoss;
        if self.waits.replace(Some(waits)) != Some(waits) {
            let mode = if waits { "FULL" } else { "NORMAL" };
            self.file.pragma_update(None, "synchronous", mode)?;
        }
        Ok(())
    }
}

/// Those that somebody still waits for; who has gone on is told so.
fn in_time(batch: Batch) -> Batch {
    let now = Instant::now();
    let (batch, late): (Batch, Batch) = batch.into_iter().partition(|one| now < one.until());
    for change in late {
        change.answer(Err(BackendError::new(BackendErrorKind::Timeout)));
    }
    batch
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Duration;

    use super::*;
    use crate::backend::sqlite::opening::{Opened, open};
    use crate::backend::sqlite::{read, write};
    use crate::backend::{Created, Draft, Lifetime, Payload, SessionKey};

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(30)
    }

    /// A writer, and a connection to look at what it has written.
    fn start(folder: &Path, set: impl Fn(&Connection)) -> (Writer, Connection) {
        let Opened { place, turns, writing, in_place, .. } =
            open(&folder.join("sessions.db"), 0, soon()).unwrap();
        set(&writing);
        let (clock, durability) = (SharedClock::default(), Durability::default());
        let writing = Writing::new(writing, place, turns, clock, durability);
        (Writer::start(writing).unwrap(), in_place)
    }

    fn draft() -> Draft {
        let lifetime = Lifetime { idle: Duration::MAX, absolute: Duration::MAX };
        Draft { payload: Payload::from_bytes(vec![7; 1000]), user: None, lifetime, cap: None }
    }

    async fn create(writer: &Writer, n: u32) -> Result<Created, BackendError> {
        let key = SessionKey::of_id(&n.to_string());
        writer.run(soon(), Weight::Content, move |tx| write::create(tx, &key, &draft())).await
    }

    #[tokio::test]
    async fn when_the_disk_is_full_creates_fail_and_ends_make_room() {
        let folder = tempfile::tempdir().unwrap();
        // What SQLite answers then is what it answers when the disk has no room.
        let limit = |file: &Connection| file.pragma_update(None, "max_page_count", 50).unwrap();
        let (writer, file) = start(folder.path(), limit);
        let mut created = 0;
        let error = loop {
            match create(&writer, created).await {
                Ok(_) => created += 1,
                Err(error) => break error,
            }
        };
        assert_eq!(error.kind(), BackendErrorKind::OutOfSpace);
        assert_eq!(read::stats(&file).unwrap().live, u64::from(created));
        for n in 0..created {
            let key = SessionKey::of_id(&n.to_string());
            assert!(read::live(&file, &key, 0).unwrap().is_some(), "session {n} is gone");
        }

        for n in 0..10 {
            let key = SessionKey::of_id(&n.to_string());
            let delete = move |tx: &Transaction<'_>| write::delete(tx, &key);
            assert!(writer.run(soon(), Weight::Identity, delete).await.unwrap().is_some());
        }
        create(&writer, created).await.unwrap();
    }

    #[tokio::test]
    async fn of_changes_that_are_committed_together_one_that_fails_fails_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (writer, _) = start(folder.path(), |_| ());
        let fails = writer.run(soon(), Weight::Content, |_| Err::<(), _>(Fault::Row("wrong")));
        let (first, failed, last) = tokio::join!(create(&writer, 1), fails, create(&writer, 2));
        assert_eq!(failed.unwrap_err().kind(), BackendErrorKind::Corrupt);
        assert!(first.is_ok() && last.is_ok());
    }

    #[tokio::test]
    async fn a_change_that_comes_too_late_is_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let (writer, file) = start(folder.path(), |_| ());
        let key = SessionKey::of_id("late");
        let create = move |tx: &Transaction<'_>| write::create(tx, &key, &draft());
        let error = writer.run(Instant::now(), Weight::Content, create).await.unwrap_err();
        assert_eq!(error.kind(), BackendErrorKind::Timeout);
        assert_eq!(read::stats(&file).unwrap().live, 0);
    }
}
