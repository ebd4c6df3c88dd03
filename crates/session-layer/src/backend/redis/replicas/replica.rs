use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redis::{RedisResult, Value, cmd};
use tokio::time::Instant;

use super::super::link::Link;
use super::super::place::Place;
use super::super::stored::Stored;
use super::super::wire::Wire;
use super::history::History;
use super::told::{Told, ask};
use crate::backend::Record;

/// A replica, and what is known of its age.
pub(super) struct Replica {
    place: Place,
    link: Link,
    current: Mutex<Option<Current>>,
}

/// It has all that its master had at this moment, on the connection that told so: behind another
/// one may be a server that was started since, with what it once had.
struct Current {
    moment: Instant,
    wire: Arc<Wire>,
}

impl Replica {
    pub(super) fn at(place: Place, link: Link) -> Self {
        Self { place, link, current: Mutex::new(None) }
    }

    pub(super) fn place(&self) -> &Place {
        &self.place
    }

    /// Where to read it, if what it has is no older than that.
    pub(super) fn readable(&self, max_lag: Duration) -> Option<Arc<Wire>> {
        let current = self.current();
        let current = current.as_ref().filter(|current| current.moment.elapsed() <= max_lag)?;
        Some(Arc::clone(&current.wire))
    }

    /// The session under a name. A replica that fails is not read again until it is checked.
    pub(super) async fn read(&self, wire: &Wire, name: &str, deadline: Instant) -> Option<Record> {
        match wire.ask(cmd("GET").arg(name), deadline).await {
            Ok(Value::BulkString(value)) => match Stored::read(value)? {
                Stored::Session(record) => Some(record),
                Stored::Alias(_) | Stored::Ended | Stored::Superseded => None,
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
        let latest = self.look(history, deadline).await.ok().flatten();
        let (was_read, is_read) = (self.current().is_some(), latest.is_some());
        *self.current() = latest;
        match (was_read, is_read) {
            (false, true) => tracing::info!(replica = %self.place, "a replica of Redis is read"),
            (true, false) => tracing::info!(
                replica = %self.place,
                "a replica of Redis is away, cut off or too old, and not read"
            ),
            _ => {}
        }
    }

    async fn look(&self, history: &History, deadline: Instant) -> RedisResult<Option<Current>> {
        let wire = self.link.wire(deadline).await?;
        Ok(match ask(&wire, deadline).await? {
            Some(Told::Replica { history: id, offset }) => {
                history.reached(&id, offset).map(|moment| Current { moment, wire })
            }
            _ => None,
        })
    }

    fn current(&self) -> MutexGuard<'_, Option<Current>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
