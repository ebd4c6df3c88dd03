use std::collections::BTreeMap;

use metrics::Key;

use super::durations::Counts;

/// What was counted since the process has started, and what is true at this moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Totals {
    /// Live sessions of all instances.
    pub(super) active: Option<f64>,
    pub(super) begun: u64,
    /// Or expired.
    pub(super) ended: u64,
    pub(super) loads: Loads,
    pub(super) near_cache: Reads,
    pub(super) backends: BTreeMap<String, Calls>,
    pub(super) guard: Decisions,
    pub(super) tokens: Tokens,
    /// When the keys of an issuer were last fetched, in seconds since 1970.
    pub(super) keys: BTreeMap<String, f64>,
}

/// Loads of sessions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Loads {
    pub(super) found: u64,
    pub(super) absent: u64,
    pub(super) superseded: u64,
}

/// Reads of a near cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Reads {
    pub(super) hits: u64,
    pub(super) misses: u64,
}

/// Calls of one backend.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Calls {
    pub(super) durations: Counts,
    pub(super) failed: u64,
}

/// What a guard did with requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Decisions {
    pub(super) allowed: u64,
    /// Challenged, or their session ended.
    pub(super) stopped: u64,
}

/// What became of tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tokens {
    pub(super) verified: u64,
    pub(super) refused: u64,
}

impl Loads {
    pub(super) fn all(&self) -> u64 {
        self.found + self.absent + self.superseded
    }
}

/// The names of the figures. Others are not kept.
const KNOWN: [&str; 13] = [
    "session_active",
    "session_created_total",
    "session_replaced_total",
    "session_ended_total",
    "session_expired_total",
    "session_loads_total",
    "session_near_cache_reads_total",
    "session_backend_duration_seconds",
    "session_backend_errors_total",
    "guard_decisions_total",
    "jwt_verified_total",
    "jwt_refused_total",
    "jwt_keys_fetched_timestamp_seconds",
];

impl Totals {
    /// Whether the figure is one of those here.
    pub(super) fn know(key: &Key) -> bool {
        KNOWN.contains(&key.name())
    }

    /// Takes in a counter.
    pub(super) fn count(&mut self, key: &Key, count: u64) {
        let counter = match (key.name(), label(key, "outcome"), label(key, "decision")) {
            ("session_created_total" | "session_replaced_total", ..) => &mut self.begun,
            ("session_ended_total" | "session_expired_total", ..) => &mut self.ended,
            ("session_loads_total", "found", _) => &mut self.loads.found,
            ("session_loads_total", "absent", _) => &mut self.loads.absent,
            ("session_loads_total", ..) => &mut self.loads.superseded,
            ("session_near_cache_reads_total", "hit", _) => &mut self.near_cache.hits,
            ("session_near_cache_reads_total", ..) => &mut self.near_cache.misses,
            ("session_backend_errors_total", ..) => &mut self.backend(key).failed,
            ("guard_decisions_total", _, "allow") => &mut self.guard.allowed,
            ("guard_decisions_total", ..) => &mut self.guard.stopped,
            ("jwt_verified_total", ..) => &mut self.tokens.verified,
            ("jwt_refused_total", ..) => &mut self.tokens.refused,
            _ => return,
        };
        *counter += count;
    }

    /// Takes in a gauge.
    pub(super) fn set(&mut self, key: &Key, value: f64) {
        match key.name() {
            "session_active" => self.active = Some(value),
            "jwt_keys_fetched_timestamp_seconds" => {
                self.keys.insert(label(key, "from").to_owned(), value);
            }
            _ => {}
        }
    }

    /// Takes in a histogram.
    pub(super) fn time(&mut self, key: &Key, counts: Counts) {
        if key.name() == "session_backend_duration_seconds" {
            self.backend(key).durations.add(&counts);
        }
    }

    fn backend(&mut self, key: &Key) -> &mut Calls {
        self.backends.entry(label(key, "backend").to_owned()).or_default()
    }
}

/// The value of a label; empty without it.
fn label<'a>(key: &'a Key, name: &str) -> &'a str {
    key.labels().find(|label| label.key() == name).map_or("", |label| label.value())
}
