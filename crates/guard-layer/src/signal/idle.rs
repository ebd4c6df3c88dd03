use super::{DAY, HOUR, Observation, grown};
use crate::memory::Memory;
use crate::shown::Shown;

pub(super) fn observe(memory: &Memory, shown: &Shown) -> Observation {
    grown(shown.at.saturating_sub(memory.seen), HOUR, DAY)
}
