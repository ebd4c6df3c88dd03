use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::durations::{Counts, float};
use super::totals::{Calls, Totals};

/// How often figures are noted.
pub(super) const PERIOD: Duration = Duration::from_secs(10);
/// How many notes make the window over which rates are calculated, a minute.
const WINDOW: usize = 6;
/// What there has to be between two notes for a rate.
const SHORTEST: Duration = Duration::from_secs(1);
/// An hour of them.
const LENGTH: usize = 360;

/// The figures of the last hour.
#[derive(Debug, Default)]
pub(super) struct History(Mutex<VecDeque<Arc<Note>>>);

/// The figures of one moment.
#[derive(Debug)]
pub(super) struct Note {
    at: Instant,
    pub(super) totals: Totals,
}

impl Note {
    fn now(totals: Totals) -> Self {
        Self { at: Instant::now(), totals }
    }
}

impl History {
    /// Notes what is so now.
    pub(super) fn note(&self, totals: Totals) {
        let mut notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        notes.push_back(Arc::new(Note::now(totals)));
        // The one before the hour is where the hour's first rate begins.
        while notes.len() > LENGTH + 1 {
            notes.pop_front();
        }
    }

    /// The last hour, the oldest first.
    pub(super) fn hour(&self) -> Hour {
        Hour(self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect())
    }
}

/// What was noted in the last hour.
#[derive(Clone, Debug)]
pub(super) struct Hour(Vec<Arc<Note>>);

impl Hour {
    /// With what is so now, as if it had been noted. Where nothing is, there is no rate up to now.
    pub(super) fn up_to_now(mut self, totals: Totals) -> Self {
        if self.0.last().is_some_and(|last| last.at.elapsed() >= SHORTEST) {
            self.0.push(Arc::new(Note::now(totals)));
        }
        self
    }

    /// The windows that end at each note, the oldest first. What was asked for once has none.
    pub(super) fn windows(&self) -> impl DoubleEndedIterator<Item = Window<'_>> {
        (1..self.0.len()).filter_map(|end| {
            let from = self.0.get(end.saturating_sub(WINDOW))?;
            Some(Window { from, to: self.0.get(end)? })
        })
    }

    pub(super) fn latest(&self) -> Option<&Totals> {
        self.0.last().map(|note| &note.totals)
    }
}

/// How many periods have passed in so long.
pub(super) fn periods(time: Duration) -> usize {
    usize::try_from(time.as_secs() / PERIOD.as_secs()).unwrap_or(usize::MAX)
}

/// A minute, or what there is of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window<'a> {
    from: &'a Note,
    to: &'a Note,
}

impl Window<'_> {
    /// What is true at its end.
    pub(super) fn active(&self) -> Option<f64> {
        self.to.totals.active
    }

    /// How much a count has risen per second.
    pub(super) fn rate(&self, count: impl Fn(&Totals) -> u64) -> f64 {
        let seconds = self.to.at.duration_since(self.from.at).as_secs_f64();
        self.rise(count) / seconds.max(f64::MIN_POSITIVE)
    }

    /// The first count's share of both; none if neither has risen.
    pub(super) fn share(
        &self,
        part: impl Fn(&Totals) -> u64,
        rest: impl Fn(&Totals) -> u64,
    ) -> Option<f64> {
        let (part, rest) = (self.rise(part), self.rise(rest));
        (part + rest > 0.0).then(|| part / (part + rest))
    }

    /// What 95 of 100 calls did not exceed, in seconds, of the slowest backend.
    pub(super) fn latency(&self) -> Option<f64> {
        self.calls().filter_map(|(counts, _)| counts.quantile(0.95)).reduce(f64::max)
    }

    /// The share of the calls that failed, of the backend with the largest.
    pub(super) fn failures(&self) -> Option<f64> {
        let shares = self.calls().filter(|(counts, _)| counts.total() > 0);
        shares.map(|(counts, failed)| float(failed) / float(counts.total())).reduce(f64::max)
    }

    /// The calls of each backend, and how many failed.
    fn calls(&self) -> impl Iterator<Item = (Counts, u64)> {
        self.to.totals.backends.iter().map(|(name, now)| {
            let Calls { durations, failed } =
                self.from.totals.backends.get(name).copied().unwrap_or_default();
            (now.durations.since(&durations), now.failed.saturating_sub(failed))
        })
    }

    fn rise(&self, count: impl Fn(&Totals) -> u64) -> f64 {
        float(count(&self.to.totals).saturating_sub(count(&self.from.totals)))
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    fn begun(begun: u64) -> Totals {
        Totals { begun, ..Totals::default() }
    }

    #[tokio::test(start_paused = true)]
    async fn a_rate_is_that_of_the_last_minute() {
        let history = History::default();
        for note in 0..20 {
            history.note(begun(if note < 10 { note * 1000 } else { 9000 + note * 20 }));
            advance(PERIOD).await;
        }
        let hour = history.hour();
        assert_eq!(hour.windows().next_back().unwrap().rate(|totals| totals.begun), 2.0);
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_noted_once_has_no_rate() {
        let history = History::default();
        history.note(begun(5));
        assert_eq!(history.hour().windows().count(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn what_has_happened_since_the_last_note_counts_up_to_now() {
        let history = History::default();
        let rate = |hour: &Hour| hour.windows().next_back().map(|now| now.rate(|all| all.begun));
        history.note(begun(5));
        assert_eq!(rate(&history.hour().up_to_now(begun(7))), None, "in no time");
        advance(SHORTEST * 2).await;
        assert_eq!(rate(&history.hour().up_to_now(begun(15))), Some(5.0));
        assert_eq!(history.hour().latest(), Some(&begun(5)), "it was not noted");
    }

    #[tokio::test(start_paused = true)]
    async fn what_nobody_notes_has_no_rate() {
        assert_eq!(History::default().hour().up_to_now(begun(5)).windows().count(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_older_than_an_hour_is_forgotten() {
        let history = History::default();
        for note in 0..1000 {
            history.note(begun(note));
        }
        assert_eq!(history.hour().windows().count(), LENGTH);
        assert_eq!(history.hour().latest(), Some(&begun(999)));
    }
}
