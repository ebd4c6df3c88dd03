use std::collections::{BTreeMap, HashSet};

use super::key_hasher::BuildKeyHasher;
use super::millis::Millis;
use crate::backend::SessionKey;

/// When to look at each key.
///
/// Keys are noted for a time by which they may be over, and rather too early than too late: by up
/// to a thirty-second of the way. So there are few times, however many keys, and noting or dropping
/// one costs the same whether there are a thousand or a million.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    noted: BTreeMap<Millis, HashSet<SessionKey, BuildKeyHasher>>,
    /// Those whose time has come, each with the time.
    due: Vec<(Millis, SessionKey)>,
}

impl Agenda {
    /// Notes a key that is over at some time, and says for which time.
    pub(super) fn note(&mut self, key: SessionKey, over: Millis, now: Millis) -> Millis {
        let at = over.rounded(now);
        self.noted.entry(at).or_default().insert(key);
        at
    }

    /// Drops a key that was noted for a time. One whose time has come stays among those.
    pub(super) fn drop(&mut self, key: &SessionKey, at: Millis) {
        let Some(keys) = self.noted.get_mut(&at) else { return };
        keys.remove(key);
        if keys.is_empty() {
            self.noted.remove(&at);
        }
    }

    /// Takes a key whose time has come, and the time for which it was noted.
    pub(super) fn take(&mut self, now: Millis) -> Option<(Millis, SessionKey)> {
        if self.due.is_empty() {
            let (at, keys) = self.noted.first_entry().filter(|e| *e.key() <= now)?.remove_entry();
            self.due.extend(keys.into_iter().map(|key| (at, key)));
        }
        self.due.pop()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(millis: u64) -> Millis {
        Millis::from(std::time::Duration::from_millis(millis))
    }

    fn keys(count: u32) -> Vec<SessionKey> {
        (0..count).map(|n| SessionKey::of_id(&n.to_string())).collect()
    }

    #[test]
    fn a_key_comes_when_its_time_has_come_and_once() {
        let mut agenda = Agenda::default();
        let key = keys(1)[0];
        let at = agenda.note(key, millis(1000), millis(0));
        assert_eq!(agenda.take(millis(900)), None);
        assert_eq!(agenda.take(millis(1000)), Some((at, key)));
        assert_eq!(agenda.take(millis(1000)), None);
    }

    #[test]
    fn a_key_that_was_dropped_does_not_come() {
        let mut agenda = Agenda::default();
        let [one, other] = keys(2)[..] else { unreachable!() };
        let at = agenda.note(one, millis(1000), millis(0));
        agenda.note(other, millis(1000), millis(0));
        agenda.drop(&one, at);
        assert_eq!(agenda.take(millis(1000)), Some((at, other)));
        assert_eq!(agenda.take(millis(1000)), None);
    }

    #[test]
    fn there_are_few_times_however_many_keys() {
        let mut agenda = Agenda::default();
        for (n, key) in (0..).zip(keys(10_000)) {
            agenda.note(key, millis(1_800_000 + n * 180), millis(n * 180));
        }
        assert!(agenda.noted.len() < 100, "{} times", agenda.noted.len());
    }
}
