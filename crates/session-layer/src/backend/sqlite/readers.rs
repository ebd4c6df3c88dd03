use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::fault::Fault;
use super::patience::patiently;
use super::reading::Reading;
use crate::backend::{BackendError, BackendErrorKind};

/// How many reads may wait for one thread, whose file may be slow, before the next wait outside.
const QUEUE: usize = 256;

/// Threads that read, each with a connection of its own.
///
/// A disk may be slow or stuck: then they wait for it and no thread of the executor does, and who
/// has asked waits no longer than until the deadline.
#[derive(Debug)]
pub(super) struct Readers(Vec<Reader>);

#[derive(Debug)]
struct Reader {
    queue: mpsc::Sender<Read>,
    /// How many reads it has not yet answered.
    pending: Arc<AtomicUsize>,
}

type Read = Box<dyn FnOnce(&Reading) + Send>;

impl Readers {
    /// A thread for each.
    pub(super) fn start(readings: impl Iterator<Item = Reading>) -> io::Result<Self> {
        readings.map(Reader::start).collect::<Result<_, _>>().map(Self)
    }

    /// Reads, with the time.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        until: Instant,
        work: impl Fn(&Connection, i64) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, BackendError> {
        let (reply, answer) = oneshot::channel();
        let read = move |reading: &Reading| {
            // Who has gone on needs no answer.
            if !reply.is_closed() {
                let result = patiently(until, || reading.run(&work));
                let _ = reply.send(result.map_err(BackendError::from));
            }
        };
        self.least_busy().ok_or_else(ended)?.send(Box::new(read)).await?;
        answer.await.map_err(|_| ended())?
    }

    /// The first if none is busy, whose memory of the file is the freshest.
    fn least_busy(&self) -> Option<&Reader> {
        self.0.iter().min_by_key(|reader| reader.pending.load(Ordering::Relaxed))
    }
}

impl Reader {
    fn start(reading: Reading) -> io::Result<Self> {
        let (queue, reads) = mpsc::channel(QUEUE);
        let pending = Arc::new(AtomicUsize::new(0));
        let done = pending.clone();
        let name = "sessions-read".to_owned();
        thread::Builder::new().name(name).spawn(move || run_all(&reading, reads, &done))?;
        Ok(Self { queue, pending })
    }

    async fn send(&self, read: Read) -> Result<(), BackendError> {
        let place = self.queue.reserve().await.map_err(|_| ended())?;
        self.pending.fetch_add(1, Ordering::Relaxed);
        place.send(read);
        Ok(())
    }
}

fn run_all(reading: &Reading, mut reads: mpsc::Receiver<Read>, pending: &AtomicUsize) {
    while let Some(read) = reads.blocking_recv() {
        read(reading);
        pending.fetch_sub(1, Ordering::Relaxed);
    }
}

pub(super) fn ended() -> BackendError {
    BackendError::caused_by(BackendErrorKind::Unavailable, "a thread of the backend has ended")
}
