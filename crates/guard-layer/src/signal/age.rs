use super::{DAY, Observation, grown};
use crate::memory::Memory;
use crate::shown::Shown;

pub(super) fn observe(memory: &Memory, shown: &Shown) -> Observation {
    grown(shown.at.saturating_sub(memory.began), 7 * DAY, 30 * DAY)
}
