use super::{Degree, Observation, compare};
use crate::memory::Memory;
use crate::shown::Shown;

pub(super) fn address(memory: &Memory, shown: &Shown) -> Observation {
    compare(memory.exact.address, shown.exact.address, Degree::Stark)
}

pub(super) fn user_agent(memory: &Memory, shown: &Shown) -> Observation {
    compare(memory.exact.agent, shown.exact.agent, Degree::Stark)
}
