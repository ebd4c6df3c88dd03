use std::collections::HashSet;
use std::fmt;

use super::action::Event;
use super::model::Model;

/// An order of a history's calls in which one after another explains their answers, as long as one
/// can be found.
pub(super) struct Explanation<'a> {
    events: &'a [Event],
    longest: Vec<usize>,
    is_complete: bool,
}

struct Search<'a> {
    events: &'a [Event],
    /// What has been tried in vain: which calls were explained, and what was then.
    tried: HashSet<(u64, Model)>,
    path: Vec<usize>,
    longest: Vec<usize>,
}

impl<'a> Explanation<'a> {
    pub(super) fn of(events: &'a [Event]) -> Self {
        assert!(events.len() <= 64, "a history is too long to be explained");
        let mut search =
            Search { events, tried: HashSet::new(), path: Vec::new(), longest: Vec::new() };
        let is_complete = search.explain(0, &Model::default());
        Self { events, longest: search.longest, is_complete }
    }

    pub(super) fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// What could come next, by when it began.
    fn next(&self) -> impl Iterator<Item = &Event> {
        let left = || (0..self.events.len()).filter(|n| !self.longest.contains(n));
        let deadline = left().filter_map(|n| self.events[n].answered).min();
        let next = left().filter(move |n| deadline.is_none_or(|time| self.events[*n].began < time));
        next.map(|n| &self.events[n])
    }
}

impl Search<'_> {
    /// Whether the rest can be explained, after the calls whose bits are set in `done`.
    fn explain(&mut self, done: u64, model: &Model) -> bool {
        self.note_longest();
        let Some(deadline) = self.deadline(done) else { return true };
        if !self.tried.insert((done, model.clone())) {
            return false;
        }
        let begun = |n: &usize| self.events[*n].began < deadline && done >> n & 1 == 0;
        let next: Vec<_> = (0..self.events.len()).filter(begun).collect();
        next.into_iter().any(|n| self.explain_next(n, done, model))
    }

    fn explain_next(&mut self, next: usize, done: u64, model: &Model) -> bool {
        let event = &self.events[next];
        self.path.push(next);
        let mut outcomes = model.outcomes(&event.action);
        outcomes.retain(|outcome| outcome.explains(&event.answer));
        let is_explained =
            outcomes.iter().any(|outcome| self.explain(done | 1 << next, &outcome.then));
        self.path.pop();
        is_explained
    }

    /// When the first of the rest was answered; none if no more was. What began later than that can
    /// not come next.
    fn deadline(&self, done: u64) -> Option<u64> {
        let left = self.events.iter().enumerate().filter(|(n, _)| done >> n & 1 == 0);
        left.filter_map(|(_, event)| event.answered).min()
    }

    fn note_longest(&mut self) {
        if self.path.len() > self.longest.len() {
            self.longest.clone_from(&self.path);
        }
    }
}

impl fmt::Display for Explanation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_complete {
            return write!(f, "there is an order that explains all answers");
        }
        write!(f, "no order explains all answers; the longest is that of the calls that began at")?;
        self.longest.iter().try_for_each(|n| write!(f, " {}", self.events[*n].began))?;
        writeln!(f, ", after which none of these fits:")?;
        self.next().try_for_each(|event| writeln!(f, "{event}"))
    }
}
