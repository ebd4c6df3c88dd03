use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// How far a master had got at which moment, by its offset in what it sends to its replicas: what
/// tells how old a replica's copy is at most, whatever their clocks say.
#[derive(Default)]
pub(super) struct History {
    /// Offsets of different histories say nothing about each other.
    id: String,
    marks: VecDeque<(Instant, u64)>,
}

impl History {
    /// The master that was asked at this moment had got so far. What is longer ago than `max_lag`
    /// is forgotten.
    pub(super) fn note(&mut self, moment: Instant, id: String, offset: u64, max_lag: Duration) {
        if self.id != id {
            self.marks.clear();
            self.id = id;
        }
        self.marks.push_back((moment, offset));
        self.marks.retain(|(mark, _)| moment.saturating_duration_since(*mark) <= max_lag);
    }

    /// The latest moment of which a replica that has got so far has everything.
    pub(super) fn reached(&self, id: &str, offset: u64) -> Option<Instant> {
        let mut latest_first = self.marks.iter().rev().filter(|_| self.id == id);
        latest_first.find(|(_, mark)| *mark <= offset).map(|(moment, _)| *moment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// At 10 now, at 20 half a second later, at 30 after a second.
    fn history() -> (Instant, History) {
        let (start, mut history) = (Instant::now(), History::default());
        for (millis, offset) in [(0, 10), (500, 20), (1000, 30)] {
            let moment = start + Duration::from_millis(millis);
            history.note(moment, "one".into(), offset, SECOND);
        }
        (start, history)
    }

    #[test]
    fn a_replica_is_as_old_as_the_latest_mark_that_it_has_reached() {
        let (start, history) = history();
        let reached = |offset| history.reached("one", offset).map(|moment| moment - start);
        assert_eq!([29, 30, 31].map(reached), [SECOND / 2, SECOND, SECOND].map(Some));
        assert_eq!(reached(9), None);
    }

    #[test]
    fn a_replica_that_is_older_than_may_be_has_reached_nothing() {
        let (start, mut history) = history();
        history.note(start + SECOND * 3 / 2, "one".into(), 40, SECOND);
        assert_eq!(history.reached("one", 19), None);
        assert!(history.reached("one", 20).is_some());
    }

    #[test]
    fn a_replica_of_another_history_has_reached_nothing() {
        let (start, mut history) = history();
        assert_eq!(history.reached("two", 30), None);
        history.note(start + SECOND, "two".into(), 5, SECOND);
        assert_eq!(history.reached("one", 30), None);
        assert!(history.reached("two", 5).is_some());
    }
}
