use std::fmt;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::runtime::{Handle, RuntimeFlavor};

use super::fault::Fault;
use super::reading::Reading;

/// Longer than this a read takes only if it has waited for the disk, or for the processor.
const QUICK: Duration = Duration::from_millis(1);

/// How many times as long as a read that was not quick no other is tried.
const REST: u32 = 10;

/// Reads on the thread of the executor that asks, for what the system has in memory: some
/// microseconds, where to hand it over to another thread takes several times as long, and the
/// longer the busier the machine is.
///
/// What it does not have in memory, a disk has, which may be slow or stuck, and then the executor
/// waits. So this is for one read at a time, on executors of several threads, and after a read that
/// was not quick not again for ten times as long: at most one thread waits, and for at most a
/// tenth of its time. All others go to the [`Readers`](super::readers::Readers).
pub(super) struct InPlace(Mutex<Slot>);

struct Slot {
    reading: Reading,
    rests_until: Instant,
}

impl InPlace {
    pub(super) fn new(reading: Reading) -> Self {
        Self(Mutex::new(Slot { reading, rests_until: Instant::now() }))
    }

    /// The result, if this is the place and the time for it.
    pub(super) fn run<T>(
        &self,
        work: impl Fn(&Connection, i64) -> Result<T, Fault>,
    ) -> Option<Result<T, Fault>> {
        if !is_one_of_several() {
            return None;
        }
        self.0.try_lock().ok()?.run(work)
    }
}

impl Slot {
    fn run<T>(
        &mut self,
        work: impl Fn(&Connection, i64) -> Result<T, Fault>,
    ) -> Option<Result<T, Fault>> {
        let begun = Instant::now();
        if begun < self.rests_until {
            return None;
        }
        let result = self.reading.run(work);
        self.rest_after(begun.elapsed());
        // To wait for a lock is for others.
        Some(result).filter(|result| !matches!(result, Err(fault) if fault.is_busy()))
    }

    fn rest_after(&mut self, taken: Duration) {
        if taken > QUICK {
            self.rests_until = Instant::now() + taken * REST;
        }
    }
}

/// Whether this is a thread of an executor that has others.
fn is_one_of_several() -> bool {
    Handle::try_current().is_ok_and(|it| it.runtime_flavor() == RuntimeFlavor::MultiThread)
}

impl fmt::Debug for InPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InPlace")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use auth_core::SharedClock;
    use tempfile::TempDir;

    use super::*;
    use crate::backend::sqlite::opening::{Opened, open};
    use crate::backend::sqlite::read;

    fn in_place() -> (InPlace, TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sessions.db");
        let until = Instant::now() + Duration::from_secs(30);
        let Opened { place, in_place, .. } = open(&path, 0, until).unwrap();
        let reading = Reading { file: in_place, place, clock: SharedClock::default() };
        (InPlace::new(reading), folder)
    }

    fn stats(file: &Connection, _: i64) -> Result<u64, Fault> {
        Ok(read::stats(file)?.live)
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn an_executor_of_several_threads_reads_in_place() {
        let (in_place, _folder) = in_place();
        assert_eq!(in_place.run(stats).unwrap().unwrap(), 0);
    }

    #[tokio::test]
    async fn an_executor_of_one_thread_does_not() {
        let (in_place, _folder) = in_place();
        assert!(in_place.run(stats).is_none());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn while_one_reads_no_other_does() {
        let (in_place, _folder) = in_place();
        let inner = AtomicUsize::new(0);
        let outer = in_place.run(|_, _| {
            let none = in_place.run(stats).is_none();
            inner.fetch_add(usize::from(none), Ordering::Relaxed);
            Ok(())
        });
        assert!(outer.is_some());
        assert_eq!(inner.into_inner(), 1);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn after_a_slow_read_there_is_a_rest() {
        let (in_place, _folder) = in_place();
        in_place.0.lock().unwrap().rest_after(QUICK);
        assert!(in_place.run(stats).is_some(), "that was quick");
        in_place.0.lock().unwrap().rest_after(Duration::from_secs(60));
        assert!(in_place.run(stats).is_none(), "that was not");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn what_another_has_locked_is_not_waited_for() {
        let (in_place, folder) = in_place();
        drop(in_place.run(stats));
        let busy = |_: &Connection, _| {
            let other = Connection::open(folder.path().join("sessions.db"))?;
            other.busy_timeout(Duration::ZERO)?;
            other.execute_batch("BEGIN IMMEDIATE")?;
            let third = Connection::open(folder.path().join("sessions.db"))?;
            third.busy_timeout(Duration::ZERO)?;
            Ok(third.execute_batch("BEGIN IMMEDIATE")?)
        };
        assert!(in_place.run(busy).is_none());
    }
}
