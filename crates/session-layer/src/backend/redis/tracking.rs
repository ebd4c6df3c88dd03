use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use redis::{Cmd, ErrorKind, PushInfo, PushKind, RedisError, Value, cmd};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use super::backoff;
use super::endpoint::Endpoint;
use super::fault::{closed, kind};
use super::names::session_key;
use super::wire::{Listener, Wire};
use crate::backend::{BackendErrorKind, SessionKey};

/// Who wants to know which sessions are changed in a Redis. What it is told of it is told on the
/// task that reads the connection, and must not wait.
pub(crate) trait Follower: Send + Sync + 'static {
    /// From now on it is told of every change.
    fn began(&self);

    /// This session was changed, ended or given another key.
    fn changed(&self, key: &SessionKey);

    /// Any session may have been.
    fn all_changed(&self);

    /// From now on it is told of nothing.
    fn lost(&self);
}

/// How to be told by a Redis of changes: on a connection of its own.
#[derive(Clone)]
pub(crate) struct Tracker {
    endpoint: Endpoint,
    timeout: Duration,
    /// What the names of sessions begin with.
    prefix: Vec<u8>,
}

/// Keeps a [`Follower`] told, until it is dropped.
pub(crate) struct Tracking {
    tracker: Tracker,
    follower: Arc<dyn Follower>,
    pulse: Duration,
    task: OnceLock<Task>,
}

struct Task(JoinHandle<()>);

impl Tracking {
    /// A connection over which nothing has come for as long as the pulse is asked whether it lives.
    pub(crate) fn new(tracker: Tracker, follower: Arc<dyn Follower>, pulse: Duration) -> Self {
        Self { tracker, follower, pulse, task: OnceLock::new() }
    }

    /// Connects, unless that was begun before.
    pub(crate) fn start(&self) {
        self.task.get_or_init(|| {
            let (tracker, follower) = (self.tracker.clone(), Arc::clone(&self.follower));
            Task(tokio::spawn(keep_told(tracker, follower, self.pulse)))
        });
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn keep_told(tracker: Tracker, follower: Arc<dyn Follower>, pulse: Duration) {
    tokio::select! {
        () = tell_again(&tracker, &follower, pulse) => {}
        () = tracker.endpoint.watch() => {}
    }
}

async fn tell_again(tracker: &Tracker, follower: &Arc<dyn Follower>, pulse: Duration) {
    let mut failures: u32 = 0;
    loop {
        let began = Instant::now();
        let error = tracker.tell(follower, pulse).await;
        follower.lost();
        if began.elapsed() >= PROVEN {
            failures = 0;
        }
        tracker.report(failures, &error);
        failures = failures.saturating_add(1);
        sleep(backoff::delay(failures, backoff::chance())).await;
    }
}

/// A connection that has lived for so long is one that works.
const PROVEN: Duration = Duration::from_secs(1);

impl Tracker {
    pub(super) fn new(endpoint: Endpoint, timeout: Duration, prefix: &[u8]) -> Self {
        Self { endpoint, timeout, prefix: [prefix, b"s:"].concat() }
    }

    /// Tells of changes, and comes back when it can't, or no longer.
    async fn tell(&self, follower: &Arc<dyn Follower>, pulse: Duration) -> RedisError {
        let (wire, mut driver) = match self.endpoint.listen(self.listener(follower)).await {
            Ok(open) => open,
            Err(error) => return error,
        };
        if let Err(error) = wire.ask(&self.request(), Instant::now() + self.timeout).await {
            return error;
        }
        follower.began();
        tokio::select! {
            () = driver.has_ended() => closed(),
            error = self.watch(&wire, pulse) => error,
            () = self.endpoint.moved() => closed(),
        }
    }

    fn listener(&self, follower: &Arc<dyn Follower>) -> Listener {
        let (follower, prefix) = (Arc::clone(follower), self.prefix.clone());
        Arc::new(move |push: PushInfo| {
            if push.kind == PushKind::Invalidate {
                tell_of(&*follower, &prefix, &push.data);
            }
            Ok(())
        })
    }

    fn request(&self) -> Cmd {
        let mut request = cmd("CLIENT");
        request.arg("TRACKING").arg("ON").arg("BCAST").arg("PREFIX").arg(&self.prefix);
        request
    }

    /// Comes back when there is no answer.
    async fn watch(&self, wire: &Wire, pulse: Duration) -> RedisError {
        loop {
            sleep(pulse).await;
            match wire.ask(&cmd("PING"), Instant::now() + self.timeout).await {
                Err(error) if !is_answer(&error) => return error,
                _ => {}
            }
        }
    }

    /// A long outage is in the log once.
    fn report(&self, failures: u32, error: &RedisError) {
        let endpoint = &self.endpoint;
        match failures {
            0 => tracing::warn!(%endpoint, %error, "Redis does not tell of changes of sessions"),
            _ => tracing::debug!(%endpoint, %error, failures, "Redis still tells of no changes"),
        }
    }
}

/// Who may not ping has been answered all the same.
fn is_answer(error: &RedisError) -> bool {
    matches!(error.kind(), ErrorKind::Server(_) | ErrorKind::Extension)
        && kind(error) == BackendErrorKind::Refused
}

/// The names of what was changed, or nothing for all.
fn tell_of(follower: &dyn Follower, prefix: &[u8], data: &[Value]) {
    let [Value::Array(names)] = data else { return follower.all_changed() };
    for name in names {
        match name {
            Value::BulkString(name) => {
                let key = name.strip_prefix(prefix).and_then(session_key);
                key.iter().for_each(|key| follower.changed(key));
            }
            _ => follower.all_changed(),
        }
    }
}

impl fmt::Debug for Tracker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tracker")
            .field("endpoint", &format_args!("{}", self.endpoint))
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[derive(Default)]
    struct Notes(Mutex<Vec<Option<SessionKey>>>);

    impl Follower for Notes {
        fn began(&self) {}

        fn changed(&self, key: &SessionKey) {
            self.0.lock().unwrap().push(Some(*key));
        }

        fn all_changed(&self) {
            self.0.lock().unwrap().push(None);
        }

        fn lost(&self) {}
    }

    #[track_caller]
    fn check(data: &[Value], expected: &[Option<SessionKey>]) {
        let notes = Notes::default();
        tell_of(&notes, b"app:s:", data);
        assert_eq!(*notes.0.lock().unwrap(), expected);
    }

    fn name(name: impl Into<String>) -> Value {
        Value::BulkString(name.into().into_bytes())
    }

    #[test]
    fn a_message_names_sessions() {
        let [a, b] = ["a", "b"].map(SessionKey::of_id);
        let names = [a, b].map(|key| name(format!("app:s:{key}")));
        check(&[Value::Array(names.into())], &[Some(a), Some(b)]);
    }

    #[test]
    fn a_message_that_names_nothing_means_all() {
        check(&[Value::Nil], &[None]);
        check(&[], &[None]);
        check(&[Value::Array(vec![Value::Int(1)])], &[None]);
    }

    #[test]
    fn names_of_what_is_no_session_mean_nothing() {
        let names = ["app:s:", "app:s:hello", "app:live", ""].map(name);
        check(&[Value::Array(names.into())], &[]);
    }
}
