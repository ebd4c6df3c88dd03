use std::sync::atomic::Ordering;

use metrics::HistogramFn;
use metrics::atomics::AtomicU64;

/// The upper ends of the buckets, in seconds. Longer ones are in a last bucket.
const BOUNDS: [f64; 13] =
    [0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0];

const BUCKETS: usize = BOUNDS.len() + 1;

/// How long calls have taken, counted in buckets.
#[derive(Debug, Default)]
pub(super) struct Durations([AtomicU64; BUCKETS]);

impl Durations {
    pub(super) fn counts(&self) -> Counts {
        Counts(self.0.each_ref().map(|count| count.load(Ordering::Relaxed)))
    }
}

impl HistogramFn for Durations {
    fn record(&self, seconds: f64) {
        let bucket = BOUNDS.partition_point(|bound| *bound < seconds);
        if let Some(count) = self.0.get(bucket) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// The same at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts([u64; BUCKETS]);

impl Counts {
    pub(super) fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.0.iter_mut().zip(other.0).for_each(|(mine, other)| *mine += other);
    }

    /// What has come since.
    pub(super) fn since(&self, earlier: &Self) -> Self {
        let mut counts = *self;
        counts.0.iter_mut().zip(earlier.0).for_each(|(now, then)| *now = now.saturating_sub(then));
        counts
    }

    /// What so large a share of the calls did not exceed, in seconds: within its bucket, as if they
    /// were spread evenly, as Prometheus does it. None without calls.
    pub(super) fn quantile(&self, share: f64) -> Option<f64> {
        let total = self.total();
        if total == 0 {
            return None;
        }
        let (mut rank, mut lower) = (share * float(total), 0.0);
        for (count, upper) in self.0.iter().zip(BOUNDS) {
            let count = float(*count);
            if rank <= count {
                return Some(lower + (upper - lower) * (rank / count));
            }
            (rank, lower) = (rank - count, upper);
        }
        Some(lower)
    }
}

/// Exact up to 2^53.
#[expect(clippy::as_conversions, reason = "there is no other way from u64 to f64")]
pub(super) fn float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(seconds: &[f64]) -> Counts {
        let durations = Durations::default();
        seconds.iter().for_each(|seconds| durations.record(*seconds));
        durations.counts()
    }

    #[test]
    fn without_calls_there_is_no_quantile() {
        assert_eq!(counts(&[]).quantile(0.95), None);
    }

    #[test]
    fn a_quantile_lies_within_its_bucket() {
        let quantile = counts(&[0.2; 100]).quantile(0.95).unwrap();
        assert!((0.1..=0.25).contains(&quantile), "{quantile}");
    }

    #[test]
    fn few_slow_calls_do_not_move_the_quantile() {
        let (quick, slow) = ([0.000_7; 96], [2.0; 4]);
        assert!(counts(&[&quick[..], &slow].concat()).quantile(0.95).unwrap() <= 0.001);
    }

    #[test]
    fn calls_that_take_longer_than_the_last_bound_are_told_as_that() {
        assert_eq!(counts(&[30.0; 5]).quantile(0.95), Some(1.0));
    }

    #[test]
    fn what_has_come_since_is_the_difference() {
        let (before, after) = (counts(&[0.01]), counts(&[0.01, 0.01, 0.3]));
        assert_eq!(after.since(&before), counts(&[0.01, 0.3]));
    }
}
