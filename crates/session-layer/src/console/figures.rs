use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use metrics::atomics::AtomicU64;
use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use metrics_util::registry::{Registry, Storage};

use super::durations::Durations;
use super::totals::Totals;

/// A recorder of the `metrics` facade that keeps what a [`Console`](super::Console) shows of this
/// process, and nothing else. Clones share it.
///
/// Install it before the layers are built, alone or beside another recorder, with the
/// `FanoutBuilder` of the crate `metrics-util`:
///
/// ```
/// use session_layer::console::Figures;
///
/// let figures = Figures::new();
/// metrics::set_global_recorder(figures.clone()).expect("no other recorder is installed");
/// ```
///
/// What it takes does not grow with the requests: it keeps the figures of these layers that it
/// knows by name, whose labels are bounded, and counts durations in fourteen buckets.
#[derive(Clone)]
pub struct Figures(Arc<Registry<Key, Kept>>);

/// As what a figure is kept.
struct Kept;

impl Storage<Key> for Kept {
    type Counter = Arc<AtomicU64>;
    type Gauge = Arc<AtomicU64>;
    type Histogram = Arc<Durations>;

    fn counter(&self, _: &Key) -> Self::Counter {
        Arc::default()
    }

    fn gauge(&self, _: &Key) -> Self::Gauge {
        Arc::default()
    }

    fn histogram(&self, _: &Key) -> Self::Histogram {
        Arc::default()
    }
}

impl Figures {
    /// One that knows nothing yet.
    pub fn new() -> Self {
        Self(Arc::new(Registry::new(Kept)))
    }

    /// What it has by now.
    pub(super) fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        self.0.visit_counters(|key, count| totals.count(key, count.load(Ordering::Relaxed)));
        self.0.visit_gauges(|key, bits| {
            totals.set(key, f64::from_bits(bits.load(Ordering::Relaxed)));
        });
        self.0.visit_histograms(|key, durations| totals.time(key, durations.counts()));
        totals
    }
}

impl Default for Figures {
    fn default() -> Self {
        Self::new()
    }
}

impl Recorder for Figures {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        match Totals::know(key) {
            true => self.0.get_or_create_counter(key, |counter| Counter::from_arc(counter.clone())),
            false => Counter::noop(),
        }
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        match Totals::know(key) {
            true => self.0.get_or_create_gauge(key, |gauge| Gauge::from_arc(gauge.clone())),
            false => Gauge::noop(),
        }
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        match Totals::know(key) {
            true => self.0.get_or_create_histogram(key, |kept| Histogram::from_arc(kept.clone())),
            false => Histogram::noop(),
        }
    }
}

impl fmt::Debug for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Figures").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use metrics::{counter, gauge, histogram};

    use super::*;

    fn recorded(record: impl FnOnce()) -> Totals {
        let figures = Figures::new();
        metrics::with_local_recorder(&figures, record);
        figures.totals()
    }

    #[test]
    fn what_is_counted_is_in_the_totals() {
        let totals = recorded(|| {
            counter!("session_created_total").increment(2);
            counter!("session_replaced_total").increment(1);
            counter!("session_ended_total", "by" => "logout").increment(1);
            counter!("session_ended_total", "by" => "cap").increment(1);
            counter!("session_expired_total").increment(4);
            gauge!("session_active").set(7.0);
        });
        assert_eq!((totals.begun, totals.ended, totals.active), (3, 6, Some(7.0)));
    }

    #[test]
    fn calls_are_kept_apart_by_backend_and_not_by_verb() {
        let totals = recorded(|| {
            for (backend, verb) in [("redis", "load"), ("redis", "update"), ("sqlite", "load")] {
                let labels = [("backend", backend), ("verb", verb)];
                histogram!("session_backend_duration_seconds", &labels).record(0.001);
            }
        });
        let calls = |backend| totals.backends.get(backend).map(|calls| calls.durations.total());
        assert_eq!((calls("redis"), calls("sqlite"), calls("mysql")), (Some(2), Some(1), None));
    }

    #[test]
    fn figures_of_others_take_no_space() {
        let figures = Figures::new();
        metrics::with_local_recorder(&figures, || {
            for user in 0..1000 {
                counter!("app_requests_total", "user" => user.to_string()).increment(1);
            }
        });
        let mut kept = 0;
        figures.0.visit_counters(|_, _| kept += 1);
        assert_eq!(kept, 0);
    }

    #[test]
    fn a_gauge_that_was_never_set_is_unknown() {
        assert_eq!(recorded(|| ()).active, None);
    }
}
