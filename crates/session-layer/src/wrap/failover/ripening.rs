use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

use crate::backend::SessionKey;

/// Since when notes are known. What is noted may be under way still: a note is removed when it has
/// been known for longer than that takes.
#[derive(Debug)]
pub(super) struct Ripening {
    flight: Duration,
    since: HashMap<SessionKey, Instant>,
}

/// What to do about a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ripeness {
    /// It is seen for the first time: most are about what is over, and can be made up for.
    New,
    /// That was done, and may have been too early.
    Unripe,
    /// What it says is over. It is made up for again, and goes.
    Ripe,
}

impl Ripening {
    pub(super) fn of(flight: Duration) -> Self {
        Self { flight, since: HashMap::new() }
    }

    pub(super) fn see(&mut self, note: &SessionKey, now: Instant) -> Ripeness {
        match self.since.get(note) {
            None => {
                self.since.insert(*note, now);
                Ripeness::New
            }
            Some(since) if now.duration_since(*since) < self.flight => Ripeness::Unripe,
            Some(_) => Ripeness::Ripe,
        }
    }

    /// There is no note left.
    pub(super) fn clear(&mut self) {
        self.since.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_ripe_when_it_has_been_known_for_a_flight() {
        let (mut ripening, now) = (Ripening::of(Duration::from_millis(10)), Instant::now());
        let [a, b] = ["a", "b"].map(SessionKey::of_id);
        let ms = Duration::from_millis;
        assert_eq!(ripening.see(&a, now), Ripeness::New);
        assert_eq!(ripening.see(&b, now + ms(9)), Ripeness::New);
        assert_eq!(ripening.see(&a, now + ms(9)), Ripeness::Unripe);
        assert_eq!(ripening.see(&a, now + ms(10)), Ripeness::Ripe);
        assert_eq!(ripening.see(&b, now + ms(10)), Ripeness::Unripe);
        ripening.clear();
        assert_eq!(ripening.see(&a, now + ms(20)), Ripeness::New);
    }
}
