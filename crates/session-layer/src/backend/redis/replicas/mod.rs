//! Reads from the replicas of a master.

mod check;
mod finder;
mod history;
mod replica;
mod told;

pub(super) use finder::Finder;

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::background::Background;
use super::dialer::Dialer;
use super::endpoint::Endpoint;
use super::link::Link;
use super::place::Place;
use super::wire::Wire;
use crate::backend::Record;
use check::check;
use replica::Replica;

/// The replicas of a master, of which those are read that have all that it had a moment ago. Which
/// those are a task in the background finds out, from the first read on.
pub(super) struct Replicas {
    shared: Arc<Shared>,
    finder: Finder,
    checks: OnceLock<Background>,
}

struct Shared {
    master: Arc<Link>,
    dialer: Dialer,
    timeout: Duration,
    max_lag: Duration,
    known: Mutex<Vec<Arc<Replica>>>,
    turn: AtomicUsize,
}

impl Replicas {
    pub(super) fn of(
        master: Arc<Link>,
        finder: Finder,
        dialer: Dialer,
        timeout: Duration,
        max_lag: Duration,
    ) -> Self {
        let (known, turn) = (Mutex::default(), AtomicUsize::new(0));
        let shared = Shared { master, dialer, timeout, max_lag, known, turn };
        Self { shared: Arc::new(shared), finder, checks: OnceLock::new() }
    }

    /// The session that a replica has under this name. None if no replica may be read, or it does
    /// not answer soon, or has anything else there: the master knows then.
    pub(super) async fn read(&self, name: &str) -> Option<Record> {
        self.checks
            .get_or_init(|| Background::run(check(Arc::clone(&self.shared), self.finder.clone())));
        // The master is to have the most of the time.
        let deadline = Instant::now() + self.shared.timeout / 4;
        let (replica, wire) = self.shared.next()?;
        replica.read(&wire, name, deadline).await
    }
}

impl Shared {
    /// One that may be read, each in turn.
    fn next(&self) -> Option<(Arc<Replica>, Arc<Wire>)> {
        let known = self.known();
        let turn = self.turn.fetch_add(1, Ordering::Relaxed) % known.len().max(1);
        let mut in_turn = known.iter().cycle().skip(turn).take(known.len());
        in_turn.find_map(|replica| Some((Arc::clone(replica), replica.readable(self.max_lag)?)))
    }

    /// The replicas are at these places now.
    fn learn(&self, places: Vec<Place>) {
        let mut known = self.known();
        let replicas = places.into_iter().map(|place| {
            let same = known.iter().find(|replica| *replica.place() == place);
            same.map_or_else(|| Arc::new(self.connect(place)), Arc::clone)
        });
        *known = replicas.collect();
    }

    fn connect(&self, place: Place) -> Replica {
        let endpoint = Endpoint::Fixed(place.clone(), self.dialer.clone());
        Replica::at(place, Link::to(endpoint, self.timeout))
    }

    fn known(&self) -> MutexGuard<'_, Vec<Arc<Replica>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Replicas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replicas").field("max_lag", &self.shared.max_lag).finish_non_exhaustive()
    }
}
