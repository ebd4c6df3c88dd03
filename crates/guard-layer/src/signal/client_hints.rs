use super::{Degree, Observation};
use crate::memory::Memory;
use crate::shown::Shown;

pub(super) fn observe(memory: &Memory, shown: &Shown) -> Observation {
    match shown.hints {
        hints if !hints.sent => Observation::Unknown,
        hints if hints.contradict == memory.hints.contradict => Observation::Same,
        _ => Observation::Changed(Degree::Stark),
    }
}
