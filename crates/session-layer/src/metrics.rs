//! What is counted and timed, in Prometheus' terms; the README has a table.
//!
//! What every request needs is looked up once, with the first of them: there is a recorder by then.

use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use metrics::{
    Counter, Histogram, Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge,
    histogram,
};
use tokio::time::Instant;
use tracing::field::Empty;
use tracing::{Instrument as _, Span};

use crate::backend::{
    Backend, BackendError, Breaker, Health, HealthStatus, Loaded, Missing, Record, Stats, Swept,
};
use crate::event::{Ending, SessionEventKind};

/// Tells the recorder what the figures are, and has those begin at zero that come of themselves:
/// what nothing was said of can't be told from what did not happen.
pub(crate) fn begin() {
    describe();
    for name in [
        "session_created_total",
        "session_replaced_total",
        "session_renewed_total",
        "session_unknown_total",
        "session_expired_total",
        "session_conflicts_total",
        "session_resurrections_prevented_total",
    ] {
        counter!(name).increment(0);
    }
    for ending in [Ending::Logout, Ending::Cap, Ending::Administrator, Ending::Guard] {
        counter!("session_ended_total", "by" => by(ending)).increment(0);
    }
    for outcome in [FOUND, ABSENT, SUPERSEDED] {
        counter!("session_loads_total", "outcome" => outcome).increment(0);
    }
}

const FOUND: &str = "found";
const ABSENT: &str = "absent";
const SUPERSEDED: &str = "superseded";

fn describe() {
    describe_gauge!("session_active", "Live sessions of all instances, as the backend counts them");
    describe_counter!("session_created_total", "Sessions that began without an earlier one");
    describe_counter!("session_replaced_total", "Sessions that began in another's place: logins");
    describe_counter!("session_renewed_total", "Sessions that got another id");
    describe_counter!("session_unknown_total", "Cookies with an id that nobody has");
    describe_counter!("session_ended_total", "Sessions that were ended, by whom");
    describe_counter!("session_expired_total", "Sessions that expired, as sweeps tell it");
    describe_histogram!(
        "session_duration_seconds",
        Unit::Seconds,
        "How long sessions had lived when they expired, were ended or replaced"
    );
    describe_counter!("session_loads_total", "Loads, by what was found");
    describe_counter!("session_conflicts_total", "Changes that met another one, and were merged");
    describe_counter!(
        "session_resurrections_prevented_total",
        "Changes of sessions that had ended meanwhile, and stayed so"
    );
    describe_histogram!(
        "session_backend_duration_seconds",
        Unit::Seconds,
        "Calls of a backend, by verb"
    );
    describe_counter!("session_backend_errors_total", "Calls that failed, by kind of fault");
    describe_counter!(NEAR_READS, "Reads of a near cache: hit or miss");
    describe_gauge!("session_store_up", "1 if a store answers, 0.5 if degraded, 0 if it is down");
    describe_gauge!("session_store_breaker", "0 closed, 1 half-open, 2 open");
    describe_gauge!(
        "session_store_lag_seconds",
        Unit::Seconds,
        "How long a change has been on its way to a backup that may lag"
    );
    describe_gauge!(
        "session_store_clock_skew_seconds",
        Unit::Seconds,
        "By how much a store's clock is ahead of this instance's"
    );
    describe_gauge!("session_replicas_asked", "How many replicas a write waits for");
    describe_gauge!("session_replicas_reached", "How many had the latest write in time");
}

pub(crate) fn event(kind: SessionEventKind) {
    match kind {
        SessionEventKind::Loaded => {}
        SessionEventKind::Created => counter!("session_created_total").increment(1),
        SessionEventKind::LoggedIn => counter!("session_replaced_total").increment(1),
        SessionEventKind::Renewed => counter!("session_renewed_total").increment(1),
        SessionEventKind::Unknown => counter!("session_unknown_total").increment(1),
        SessionEventKind::Ended(ending) => {
            counter!("session_ended_total", "by" => by(ending)).increment(1);
        }
    }
}

fn by(ending: Ending) -> &'static str {
    match ending {
        Ending::Logout => "logout",
        Ending::Cap => "cap",
        Ending::Administrator => "administrator",
        Ending::Guard => "guard",
    }
}

/// A session that was ended.
pub(crate) fn ended(record: &Record) {
    lived(record, "ended");
}

/// A session that another one took the place of.
pub(crate) fn replaced(record: &Record) {
    lived(record, "replaced");
}

fn lived(record: &Record, end: &'static str) {
    let age = SystemTime::now().duration_since(record.created).unwrap_or_default();
    histogram!("session_duration_seconds", "end" => end).record(age);
}

/// Loads, by what was found.
#[derive(Default)]
pub(crate) struct Loads {
    found: OnceLock<Counter>,
    absent: OnceLock<Counter>,
    superseded: OnceLock<Counter>,
}

impl Loads {
    pub(crate) fn count(&self, loaded: &Loaded) {
        let (counter, outcome) = match loaded {
            Loaded::Found(_) => (&self.found, FOUND),
            Loaded::Missing(Missing::Absent) => (&self.absent, ABSENT),
            Loaded::Missing(Missing::Superseded) => (&self.superseded, SUPERSEDED),
        };
        let counter = counter.get_or_init(|| counter!("session_loads_total", "outcome" => outcome));
        counter.increment(1);
    }
}

pub(crate) fn conflict() {
    counter!("session_conflicts_total").increment(1);
}

pub(crate) fn resurrection_prevented() {
    counter!("session_resurrections_prevented_total").increment(1);
}

pub(crate) fn swept(swept: &Swept) {
    let durations = histogram!("session_duration_seconds", "end" => "expired");
    swept.lived.iter().for_each(|lived| durations.record(*lived));
    let expired = u64::try_from(swept.lived.len()).unwrap_or(u64::MAX);
    counter!("session_expired_total").increment(expired);
}

/// Reads of a near cache.
pub(crate) struct NearReads {
    hits: OnceLock<Counter>,
    misses: OnceLock<Counter>,
}

impl NearReads {
    /// None yet.
    pub(crate) fn begin() -> Self {
        for outcome in [HIT, MISS] {
            counter!(NEAR_READS, "outcome" => outcome).increment(0);
        }
        Self { hits: OnceLock::new(), misses: OnceLock::new() }
    }

    pub(crate) fn count(&self, hit: bool) {
        let (counter, outcome) = if hit { (&self.hits, HIT) } else { (&self.misses, MISS) };
        counter.get_or_init(|| counter!(NEAR_READS, "outcome" => outcome)).increment(1);
    }
}

const NEAR_READS: &str = "session_near_cache_reads_total";
const HIT: &str = "hit";
const MISS: &str = "miss";

/// The calls of a backend.
pub(crate) struct Calls {
    backend: &'static str,
    times: [(&'static str, OnceLock<Histogram>); VERBS.len()],
}

/// The most frequent first.
const VERBS: [&str; 10] = [
    "load", "update", "touch", "create", "rotate", "delete", "of_user", "restore", "stats", "sweep",
];

impl Calls {
    pub(crate) fn of(backend: &'static str) -> Self {
        Self { backend, times: VERBS.map(|verb| (verb, OnceLock::new())) }
    }

    /// Times a call, and puts it into a span of its own, by OpenTelemetry's conventions for database
    /// clients.
    pub(crate) async fn call<T>(
        &self,
        backend: &dyn Backend,
        verb: &'static str,
        call: impl Future<Output = Result<T, BackendError>>,
    ) -> Result<T, BackendError> {
        let span = self.span(backend, verb);
        let start = Instant::now();
        let outcome = call.instrument(span.clone()).await;
        self.took(verb, start.elapsed());
        if let Err(error) = &outcome {
            let kind = error.kind().as_str();
            span.record("error.type", kind);
            let labels = [("backend", self.backend), ("verb", verb), ("kind", kind)];
            counter!("session_backend_errors_total", &labels).increment(1);
        }
        outcome
    }

    fn span(&self, backend: &dyn Backend, verb: &'static str) -> Span {
        let span = tracing::debug_span!(
            target: "session_layer::backend",
            "session backend",
            otel.kind = "client",
            db.system.name = system(self.backend),
            db.operation.name = verb,
            server.address = Empty,
            server.port = Empty,
            error.type = Empty,
        );
        if !span.is_disabled()
            && let Some(server) = backend.server()
        {
            span.record("server.address", server.host()).record("server.port", server.port());
        }
        span
    }

    fn took(&self, verb: &'static str, time: Duration) {
        let labels = [("backend", self.backend), ("verb", verb)];
        let look_up = || histogram!("session_backend_duration_seconds", &labels);
        match self.times.iter().find(|(name, _)| *name == verb) {
            Some((_, times)) => times.get_or_init(look_up).record(time),
            None => look_up().record(time),
        }
    }
}

/// Its name in OpenTelemetry's conventions.
fn system(backend: &'static str) -> &'static str {
    match backend {
        "postgres" => "postgresql",
        other => other,
    }
}

/// What is true at this moment.
pub(crate) fn state(stats: Option<Stats>, health: &Health) {
    if let Some(stats) = stats {
        gauge!("session_active").set(float(stats.live));
    }
    for store in &health.stores {
        let labels = [("store", store.store), ("role", store.role.unwrap_or("only"))];
        gauge!("session_store_up", &labels).set(match store.status {
            HealthStatus::Up => 1.0,
            HealthStatus::Degraded => 0.5,
            HealthStatus::Down => 0.0,
        });
        if let Some(breaker) = store.breaker {
            gauge!("session_store_breaker", &labels).set(match breaker {
                Breaker::Closed => 0.0,
                Breaker::HalfOpen => 1.0,
                Breaker::Open => 2.0,
            });
        }
        if let Some(lag) = store.lag_ms {
            gauge!("session_store_lag_seconds", &labels).set(float(lag) / 1_000.0);
        }
        if let Some(skew) = store.clock_skew_ms {
            gauge!("session_store_clock_skew_seconds", &labels).set(seconds(skew));
        }
        if let Some(level) = store.replication {
            gauge!("session_replicas_asked", &labels).set(f64::from(level.asked));
            if let Some(reached) = level.reached {
                gauge!("session_replicas_reached", &labels).set(f64::from(reached));
            }
        }
    }
}

/// Exact up to 2^53.
#[expect(clippy::as_conversions, reason = "there is no other way from u64 to f64")]
fn float(count: u64) -> f64 {
    count as f64
}

/// Exact up to 2^53.
#[expect(clippy::as_conversions, reason = "there is no other way from i64 to f64")]
fn seconds(millis: i64) -> f64 {
    millis as f64 / 1_000.0
}
