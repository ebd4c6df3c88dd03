//! Which instances there are: each keeps a record of itself beside the sessions.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_lc_rs::rand;
use serde::{Deserialize, Serialize};
use tokio::time::{MissedTickBehavior, interval};

use crate::backend::{
    BackendError, Breaker, Change, Created, Draft, Found, Health, HealthStatus, Lifetime, Payload,
    SessionKey, StoreHealth, Updated, UserId,
};
use crate::engine::Fault;
use crate::{ConfigError, ConfigErrorKind, SessionError, Sessions};

/// An instance that the consoles of all instances list, with how it finds its stores.
///
/// It keeps a record of itself in the backend of the sessions, under a user's id that no user of an
/// application can have, and for a minute after its last report. The record is in nobody's list of
/// devices, and no session: [`Stats`](crate::backend::Stats) do not count it. It is written every
/// ten seconds. One that has started anew is another node: for up to a minute the old one is listed
/// beside it.
///
/// An instance that has a console gives it its node; one that has none reports by itself:
///
/// ```no_run
/// # async fn main_of(layer: session_layer::SessionLayer) {
/// use session_layer::console::Node;
///
/// tokio::spawn(Node::new("api-1", env!("CARGO_PKG_VERSION")).keep_reported(layer.sessions()));
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Node {
    name: Arc<str>,
    version: Arc<str>,
}

/// How often a node reports.
const PERIOD: Duration = Duration::from_secs(10);
/// How long a report is believed.
const LIFE: Lifetime =
    Lifetime { idle: Duration::from_secs(60), absolute: Duration::from_secs(60) };

impl Node {
    /// An instance of this name, and the version of the program that it runs: 1 to 64 characters
    /// each.
    pub fn new(name: impl Into<Arc<str>>, version: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), version: version.into() }
    }

    /// Reports it, for ever. A fault is logged, and it is tried again the next time.
    pub async fn keep_reported(self, sessions: Sessions) {
        let mut reporter = Reporter::new(self, sessions);
        let mut turn = interval(PERIOD);
        turn.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            turn.tick().await;
            if let Err(error) = reporter.report().await {
                tracing::debug!(kind = error.kind().as_str(), "a node was not reported: {error}");
            }
        }
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let fits = |text: &str| {
            (1..=64).contains(&text.chars().count()) && !text.contains(char::is_control)
        };
        let message = "give a node a name and a version of 1 to 64 characters each, none of which \
                       is a control character";
        match fits(&self.name) && fits(&self.version) {
            true => Ok(()),
            false => Err(ConfigError::new(ConfigErrorKind::InvalidNode, message)),
        }
    }
}

/// What a node says of itself. Another version of this crate may have written it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Report {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) started: SystemTime,
    pub(super) status: String,
    #[serde(default)]
    pub(super) stores: Vec<StoreReport>,
}

/// What it says of a store: see [`StoreHealth`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct StoreReport {
    pub(super) store: String,
    pub(super) role: Option<String>,
    pub(super) status: String,
    pub(super) error: Option<String>,
    pub(super) breaker: Option<String>,
    pub(super) replication: Option<Replicas>,
    pub(super) near_cache: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Replicas {
    pub(super) asked: u32,
    pub(super) reached: Option<u32>,
}

/// A report, and when it was made.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Reported {
    pub(super) report: Report,
    pub(super) seen: SystemTime,
}

/// All nodes that have reported within the last minute, by name.
pub(super) async fn all(sessions: &Sessions) -> Result<Vec<Reported>, SessionError> {
    let Some(user) = UserId::of_layer("nodes") else { return Ok(Vec::new()) };
    let found = sessions.config().backend.of_user(&user).await.map_err(Fault::from)?;
    let mut nodes: Vec<_> = found.iter().filter_map(reported).collect();
    nodes.sort_by(|one, other| one.report.name.cmp(&other.report.name));
    Ok(nodes)
}

fn reported(found: &Found) -> Option<Reported> {
    let report = serde_json::from_slice(found.record.payload.as_bytes());
    let report = report.inspect_err(|error| {
        tracing::warn!(key = ?found.key, "the report of a node can't be read: {error}");
    });
    Some(Reported { report: report.ok()?, seen: found.record.last_seen })
}

struct Reporter {
    node: Node,
    sessions: Sessions,
    started: SystemTime,
    /// Where its record is, and in which version.
    record: Option<(SessionKey, u64)>,
}

impl Reporter {
    fn new(node: Node, sessions: Sessions) -> Self {
        let started = sessions.now();
        Self { node, sessions, started, record: None }
    }

    async fn report(&mut self) -> Result<(), BackendError> {
        let health = self.sessions.health().report().await;
        let Ok(report) = serde_json::to_vec(&self.report_of(&health)) else { return Ok(()) };
        let payload = Payload::from_bytes(report);
        self.record = match self.record {
            Some((key, version)) => self.update(key, version, payload).await?,
            None => self.create(payload).await?,
        };
        Ok(())
    }

    fn report_of(&self, health: &Health) -> Report {
        Report {
            name: self.node.name.to_string(),
            version: self.node.version.to_string(),
            started: self.started,
            status: status(health.status).to_owned(),
            stores: health.stores.iter().map(StoreReport::of).collect(),
        }
    }

    async fn create(&self, payload: Payload) -> Result<Option<(SessionKey, u64)>, BackendError> {
        let mut key = [0; 32];
        let (Some(user), Ok(())) = (UserId::of_layer("nodes"), rand::fill(&mut key)) else {
            return Ok(None);
        };
        let key = SessionKey::beside(key);
        let draft = Draft { payload, user: Some(user), lifetime: LIFE, cap: None };
        let created = self.sessions.config().backend.create(&key, &draft).await?;
        Ok(matches!(created, Created::Done { .. }).then_some((key, 1)))
    }

    /// Where the record is by then; nowhere if it is gone, as after an outage of a minute.
    async fn update(
        &self,
        key: SessionKey,
        version: u64,
        payload: Payload,
    ) -> Result<Option<(SessionKey, u64)>, BackendError> {
        let change = Change { version, payload: payload.clone(), lifetime: Some(LIFE) };
        match self.sessions.config().backend.update(&key, &change).await? {
            Updated::Done(version) => Ok(Some((key, version))),
            // It was written although that was not told in time.
            Updated::Conflict(found) => Ok(Some((found.key, found.record.version))),
            Updated::Missing(_) => self.create(payload).await,
        }
    }
}

impl StoreReport {
    fn of(health: &StoreHealth) -> Self {
        Self {
            store: health.store.to_owned(),
            role: health.role.map(str::to_owned),
            status: status(health.status).to_owned(),
            error: health.error.map(str::to_owned),
            breaker: health.breaker.map(|breaker| word(breaker).to_owned()),
            replication: health
                .replication
                .map(|level| Replicas { asked: level.asked, reached: level.reached }),
            near_cache: health.near_cache.map(str::to_owned),
        }
    }
}

fn status(status: HealthStatus) -> &'static str {
    match status {
        HealthStatus::Up => "up",
        HealthStatus::Degraded => "degraded",
        HealthStatus::Down => "down",
    }
}

fn word(breaker: Breaker) -> &'static str {
    match breaker {
        Breaker::Closed => "closed",
        Breaker::HalfOpen => "half-open",
        Breaker::Open => "open",
    }
}
