use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use auth_core::{Clock, SharedClock};
use tokio::sync::oneshot;

use super::SqliteBackend;
use super::backend::{deadline, within};
use super::fault::Fault;
use super::in_place::InPlace;
use super::opening::{Opened, open};
use super::readers::{Readers, ended};
use super::reading::Reading;
use super::writer::{Writer, Writing};
use crate::backend::BackendError;

/// How many threads read: as many as may wait for a disk before the next read waits for them.
const READERS: usize = 4;

/// Configures a [`SqliteBackend`], from [`SqliteBackend::builder`].
#[derive(Clone, Debug)]
pub struct SqliteBuilder {
    path: PathBuf,
    timeout: Duration,
    durability: Durability,
    clock: SharedClock,
}

/// What a change that was acknowledged survives. The death of the process, `kill -9` included, it
/// always does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// A loss of power or a crash of the operating system too: every commit waits for the disk.
    #[default]
    PowerLoss,
    /// The death of the process only: a loss of power may cost the content that was written in the
    /// last moments, though never an end, a renewal or a login, so that nothing comes back.
    ProcessDeath,
}

impl SqliteBuilder {
    pub(super) fn new(path: PathBuf) -> Self {
        let timeout = Duration::from_secs(5);
        Self { path, timeout, durability: Durability::default(), clock: SharedClock::default() }
    }

    /// How long any verb may take, and the opening, five seconds by default. What takes longer
    /// fails with [`Timeout`](crate::backend::BackendErrorKind::Timeout); it may happen yet.
    /// Shorten it where a quick error is better than a late answer.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// What a change survives, [`Durability::PowerLoss`] by default. Change it where the disk is so
    /// slow that waiting for it is worse than losing a loss of power's last changes of content.
    pub fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// The clock, the operating system's by default. All processes on one file have to have the
    /// same. For tests.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = SharedClock::new(clock);
        self
    }

    /// Opens the file, which is made if there is none, readable by nobody else; its folder has to
    /// be there.
    ///
    /// # Errors
    /// `Refused` if the timeout is zero, if the file or its folder can't be written, if it is a file of another program,
    /// or one that a newer version of this crate has made; the cause says what to do instead. It
    /// is left as it is.
    pub async fn open(self) -> Result<SqliteBackend, BackendError> {
        if self.timeout.is_zero() {
            let advice = "a timeout of zero lets nothing happen: give more".to_owned();
            return Err(Fault::Unfit(advice).into());
        }
        let until = deadline(self.timeout);
        within(until, self.open_until(until)).await
    }

    async fn open_until(self, until: Instant) -> Result<SqliteBackend, BackendError> {
        let (reply, answer) = oneshot::channel();
        let start = move || drop(reply.send(self.start(until)));
        thread::Builder::new().name("sessions-open".to_owned()).spawn(start).map_err(Fault::Io)?;
        Ok(answer.await.map_err(|_| ended())??)
    }

    fn start(self, until: Instant) -> Result<SqliteBackend, Fault> {
        let Self { path, timeout, durability, clock } = self;
        if timeout.is_zero() {
            return Err(Fault::Unfit(
                "a timeout of zero lets nothing happen: give more".to_owned(),
            ));
        }
        let Opened { place, turns, writing, in_place, reading } = open(&path, READERS, until)?;
        let read = |file| Reading { file, place: place.clone(), clock: clock.clone() };
        let in_place = InPlace::new(read(in_place));
        let readers = Readers::start(reading.into_iter().map(read))?;
        let writing = Writing::new(writing, place.clone(), turns, clock, durability);
        let writer = Writer::start(writing)?;
        Ok(SqliteBackend { place, timeout, in_place, readers, writer })
    }
}
