use std::sync::Arc;
use std::time::{Duration, SystemTime};

use guard_layer::GuardEvent;
use metrics::{counter, describe_counter};
use session_layer::backend::{Backend, BackendError};
use session_layer::{Notes, SessionEvent};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::Incident;
use super::kept::{Entry, Kept};
use super::writer::{Order, write};

/// What befell the sessions of all users. Nobody waits for what is told to it: one incident too many,
/// or one that the store does not take, is logged, counted and lost.
#[derive(Clone, Debug)]
pub(crate) struct SecurityLog {
    kept: Kept,
    orders: mpsc::Sender<Order>,
}

/// How many may wait to be written.
pub(super) const WAITING: usize = 1024;

/// How long the last ones may take.
pub(super) const LAST: Duration = Duration::from_secs(5);

const LOST: &str = "shop_incidents_lost_total";

impl SecurityLog {
    /// Writes to the store of the sessions, in a task of its own: it needs a runtime.
    pub(crate) fn start(backend: Arc<dyn Backend>) -> Self {
        describe_counter!(LOST, "Incidents that are in no user's security log");
        counter!(LOST).increment(0);
        let (kept, (orders, received)) = (Kept(Notes::in_backend(backend)), mpsc::channel(WAITING));
        tokio::spawn(write(kept.clone(), received));
        Self { kept, orders }
    }

    pub(crate) fn tell(&self, user: &str, incident: Incident) {
        let (user, entry) = (user.to_owned(), Entry::new(SystemTime::now(), incident));
        if self.orders.try_send(Order::Keep { user, entry }).is_err() {
            lost("too many are waiting");
        }
    }

    pub(crate) fn tell_of_guard(&self, event: &GuardEvent) {
        if let Some(incident) = Incident::of_guard(&event.kind) {
            self.tell(&event.user, incident);
        }
    }

    pub(crate) fn tell_of_session(&self, event: &SessionEvent) {
        if let (Some(incident), Some(user)) = (Incident::of_session(event.kind), &event.user) {
            self.tell(user.as_str(), incident);
        }
    }

    /// How many are to be written.
    #[cfg(test)]
    pub(super) fn waiting(&self) -> usize {
        self.orders.max_capacity() - self.orders.capacity()
    }

    /// The latest incidents of a user, newest first.
    pub(crate) async fn of_user(&self, user: &str) -> Result<Vec<Entry>, BackendError> {
        self.kept.read(user, SystemTime::now()).await
    }

    /// Waits until all that was told is written, within a deadline.
    pub(crate) async fn written(&self) {
        let (done, written) = oneshot::channel();
        let write =
            async { self.orders.send(Order::Tell(done)).await.is_ok() && written.await.is_ok() };
        if timeout(LAST, write).await != Ok(true) {
            tracing::warn!("some incidents may be in no user's security log");
        }
    }
}

pub(super) fn lost(cause: &str) {
    counter!(LOST).increment(1);
    tracing::warn!(cause, "an incident is not in its user's security log");
}

#[cfg(test)]
mod tests {
    use session_layer::backend::MemoryBackend;

    use super::*;

    #[tokio::test]
    async fn one_too_many_does_not_wait() {
        let (orders, mut received) = mpsc::channel(1);
        let kept = Kept(Notes::in_backend(Arc::new(MemoryBackend::new())));
        let log = SecurityLog { kept, orders };
        log.tell("alice", Incident::Idle);
        log.tell("alice", Incident::Closed);
        let Some(Order::Keep { entry, .. }) = received.recv().await else { panic!() };
        assert_eq!(entry.incident, Incident::Idle);
        assert!(received.try_recv().is_err());
    }

    #[tokio::test]
    async fn what_was_told_is_written_when_it_says_so() {
        let log = SecurityLog::start(Arc::new(MemoryBackend::new()));
        log.tell("alice", Incident::Idle);
        log.written().await;
        assert_eq!(log.of_user("alice").await.unwrap().len(), 1);
    }
}
