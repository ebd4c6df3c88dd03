use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redis::{Value, cmd};
use tokio::time::Instant;

use super::super::link::Link;
use super::super::place::Place;
use super::super::stored::Stored;
use super::history::History;
use super::told::{Told, ask};
use crate::backend::Record;

/// A replica, and what is known of its age.
pub(super) struct Replica {
    place: Place,
    link: Link,
    /// It has all that its master had at this moment; none if nobody knows of such a moment.
    current: Mutex<Option<Instant>>,
}

impl Replica {
    pub(super) fn at(place: Place, link: Link) -> Self {
        Self { place, link, current: Mutex::new(None) }
    }

    pub(super) fn place(&self) -> &Place {
        &self.place
    }

    /// Whether what it has is no older than that.
    pub(super) fn is_readable(&self, max_lag: Duration) -> bool {
        self.current().is_some_and(|moment| moment.elapsed() <= max_lag) && self.link.is_up()
    }

    /// The session under a name. A replica that fails is not read again until it is checked.
    pub(super) async fn read(&self, name: &str, deadline: Instant) -> Option<Record> {
        match self.link.ask(cmd("GET").arg(name), deadline).await {
            Ok(Value::BulkString(value)) => match Stored::read(value)? {
                Stored::Session(record) => Some(record),
                Stored::Alias | Stored::Ended | Stored::Superseded => None,
            },
            Ok(_) => None,
            Err(_) => {
                *self.current() = None;
                None
            }
        }
    }

    /// Finds out how far it has got.
    pub(super) async fn check(&self, history: &History, deadline: Instant) {
        let moment = match ask(&self.link, deadline).await {
            Ok(Some(Told::Replica { history: id, offset })) => history.reached(&id, offset),
            Ok(_) | Err(_) => None,
        };
        let before = std::mem::replace(&mut *self.current(), moment);
        match (before, moment) {
            (None, Some(_)) => tracing::info!(replica = %self.place, "a replica of Redis is read"),
            (Some(_), None) => {
                tracing::info!(replica = %self.place, "a replica of Redis is not read: it is away, cut off or too old");
            }
            _ => {}
        }
    }

    fn current(&self) -> MutexGuard<'_, Option<Instant>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
