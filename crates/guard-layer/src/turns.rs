use serde::{Deserialize, Serialize};

use crate::device::Device;

/// The browsers that a session was used by lately, from the first to the last, each for as long as it
/// was the only one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Turns(Vec<Turn>);

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Turn {
    #[serde(rename = "d")]
    device: Device,
    #[serde(rename = "b")]
    began: u64,
    #[serde(rename = "s")]
    seen: u64,
}

/// As many as it takes to see that two alternate.
const MOST: usize = 3;

impl Turns {
    /// Whether this device had the last turn.
    pub(crate) fn is_on(&self, device: Device) -> bool {
        self.0.last().is_some_and(|turn| turn.device == device)
    }

    pub(crate) fn take(&mut self, device: Device, at: u64) {
        match self.0.last_mut() {
            Some(last) if last.device == device => last.seen = last.seen.max(at),
            _ => self.0.push(Turn { device, began: at, seen: at }),
        }
        let surplus = self.0.len().saturating_sub(MOST);
        self.0.drain(..surplus);
    }

    /// How often, within these seconds, somebody's turn was not their first, if the next turn is this
    /// device's. `by` says who is who.
    pub(crate) fn returns<K: PartialEq>(
        &self,
        next: Device,
        (at, within): (u64, u64),
        by: impl Fn(Device) -> K,
    ) -> usize {
        if self.0.last().is_none_or(|turn| by(turn.device) == by(next)) {
            return 0;
        }
        let lately = self.0.iter().filter(|turn| at.saturating_sub(turn.seen) < within);
        let mut order: Vec<K> = lately.map(|turn| by(turn.device)).chain([by(next)]).collect();
        order.dedup();
        let first = |who: &K| order.iter().position(|other| other == who);
        order.iter().enumerate().filter(|(at, who)| first(who) != Some(*at)).count()
    }

    /// For how many seconds nobody else had a turn.
    pub(crate) fn alone(&self) -> u64 {
        self.0.last().map_or(0, |turn| turn.seen.saturating_sub(turn.began))
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}
