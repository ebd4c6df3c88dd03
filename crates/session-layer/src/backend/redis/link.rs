use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use redis::{Cmd, Pipeline, RedisError, RedisResult, Value};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout_at};

use super::backoff;
use super::endpoint::Endpoint;
use super::fault::{closed, is_unknown_script, kind, reply, timed_out};
use super::place::Place;
use super::script::Script;
use super::tracking::Tracker;
use super::wire::Wire;
use crate::backend::BackendErrorKind;

/// The connection to a Redis, which a task in the background makes anew whenever it breaks.
///
/// A cluster has one to each of its masters.
pub(super) struct Link {
    endpoint: Endpoint,
    timeout: Duration,
    state: OnceLock<watch::Receiver<State>>,
}

enum State {
    Up(Arc<Wire>),
    /// With what the latest attempt came to, if there was one.
    Down(Option<RedisError>),
}

/// A connection that has lived for so long is one that works.
const PROVEN: Duration = Duration::from_secs(1);

impl Link {
    pub(super) fn to(endpoint: Endpoint, timeout: Duration) -> Self {
        Self { endpoint, timeout, state: OnceLock::new() }
    }

    /// Where it leads, if that is known.
    pub(super) fn place(&self) -> Option<Place> {
        self.endpoint.place()
    }

    /// What tells of changes there.
    pub(super) fn tracker(&self, prefix: &[u8]) -> Tracker {
        Tracker::new(self.endpoint.another(), self.timeout, prefix)
    }

    /// When a verb that begins now has to be over.
    pub(super) fn deadline(&self) -> Instant {
        Instant::now() + self.timeout
    }

    /// Runs a script. A Redis that does not know it, as after a restart, is given its text.
    pub(super) async fn run(
        &self,
        script: &Script,
        keys: &[&str],
        arguments: &[&[u8]],
        deadline: Instant,
    ) -> RedisResult<Value> {
        match self.ask(&script.by_hash(keys, arguments), deadline).await {
            Err(error) if is_unknown_script(&error) => {
                self.ask(&script.by_source(keys, arguments), deadline).await
            }
            outcome => outcome,
        }
    }

    /// Sends a command, once; if there is no connection, it waits for one.
    pub(super) async fn ask(&self, command: &Cmd, deadline: Instant) -> RedisResult<Value> {
        self.wire(deadline).await?.ask(command, deadline).await
    }

    /// Sends commands together, once, and gives the answer to the last one.
    pub(super) async fn ask_all(&self, commands: &[Cmd], deadline: Instant) -> RedisResult<Value> {
        if let [command] = commands {
            return self.ask(command, deadline).await;
        }
        let mut together = Pipeline::new();
        for command in commands {
            together.add_command(command.clone());
        }
        let mut answers = self.wire(deadline).await?.ask_all(&together, deadline).await?;
        reply(answers.pop().ok_or_else(closed)?)
    }

    pub(super) fn is_up(&self) -> bool {
        matches!(*self.state().borrow(), State::Up(_))
    }

    /// The connection; if there is none, it waits for one.
    pub(super) async fn wire(&self, deadline: Instant) -> RedisResult<Arc<Wire>> {
        let up = self.state().borrow().wire();
        match up {
            Some(wire) => Ok(wire),
            None => self.wait(deadline).await,
        }
    }

    /// Comes back when there is a connection, or the first attempt has failed.
    pub(super) async fn ready(&self) -> RedisResult<()> {
        let mut state = self.state().clone();
        let tried = state.wait_for(|state| !matches!(state, State::Down(None))).await;
        tried.map_err(|_| closed())?.outcome().map(drop)
    }

    async fn wait(&self, deadline: Instant) -> RedisResult<Arc<Wire>> {
        let mut state = self.state().clone();
        match timeout_at(deadline, state.wait_for(State::is_settled)).await {
            Ok(settled) => settled.map_err(|_| closed())?.outcome(),
            Err(_) => self.state().borrow().outcome(),
        }
    }

    fn state(&self) -> &watch::Receiver<State> {
        self.state.get_or_init(|| {
            let (sender, receiver) = watch::channel(State::Down(None));
            tokio::spawn(supervise(self.endpoint.clone(), self.timeout, sender));
            receiver
        })
    }
}

impl State {
    fn wire(&self) -> Option<Arc<Wire>> {
        match self {
            Self::Up(wire) => Some(Arc::clone(wire)),
            Self::Down(_) => None,
        }
    }

    /// Up, or down for a reason that waiting does not help against.
    fn is_settled(&self) -> bool {
        match self {
            Self::Up(_) => true,
            Self::Down(reason) => {
                reason.as_ref().is_some_and(|error| kind(error) == BackendErrorKind::Refused)
            }
        }
    }

    fn outcome(&self) -> RedisResult<Arc<Wire>> {
        match self {
            Self::Up(wire) => Ok(Arc::clone(wire)),
            Self::Down(reason) => Err(reason.clone().unwrap_or_else(timed_out)),
        }
    }
}

/// Keeps a connection up for as long as anybody may use it.
async fn supervise(endpoint: Endpoint, timeout: Duration, state: watch::Sender<State>) {
    tokio::select! {
        () = keep_up(&endpoint, timeout, &state) => {}
        () = endpoint.watch() => {}
        () = state.closed() => {}
    }
}

async fn keep_up(endpoint: &Endpoint, timeout: Duration, state: &watch::Sender<State>) {
    let mut failures: u32 = 0;
    loop {
        let began = Instant::now();
        let reason = tokio::select! {
            reason = hold(endpoint, timeout, state) => reason,
            // Who waits for the former one waits in vain.
            () = endpoint.moved() => None,
        };
        if reason.is_none() && began.elapsed() >= PROVEN {
            failures = 0;
        }
        report(endpoint, failures, reason.as_ref());
        state.send_replace(State::Down(reason));
        failures = failures.saturating_add(1);
        tokio::select! {
            () = sleep(backoff::delay(failures, backoff::chance())) => {}
            () = endpoint.moved() => {}
        }
    }
}

/// Connects, and comes back when there is no connection, with the reason, or no longer.
async fn hold(
    endpoint: &Endpoint,
    timeout: Duration,
    state: &watch::Sender<State>,
) -> Option<RedisError> {
    let (wire, mut driver) = match endpoint.open().await {
        Ok(open) => open,
        Err(error) => return Some(error),
    };
    tracing::info!(%endpoint, "connected to Redis");
    state.send_replace(State::Up(Arc::clone(&wire)));
    tokio::select! {
        () = driver.has_ended() => {}
        () = wire.is_in_doubt() => driver.linger(timeout),
    }
    None
}

/// A long outage is in the log once.
fn report(endpoint: &Endpoint, failures: u32, reason: Option<&RedisError>) {
    match reason {
        None => tracing::warn!(%endpoint, "the connection to Redis is lost"),
        Some(error) if failures <= 1 => tracing::warn!(%endpoint, %error, "no connection to Redis"),
        Some(error) => tracing::debug!(%endpoint, %error, failures, "still no connection to Redis"),
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link")
            .field("endpoint", &format_args!("{}", self.endpoint))
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
