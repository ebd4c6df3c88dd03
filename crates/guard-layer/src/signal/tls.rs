use super::{Degree, Observation, compare};
use crate::memory::Memory;
use crate::shown::Shown;

pub(super) fn observe(memory: &Memory, shown: &Shown) -> Observation {
    let Some(handshake) = shown.tls else { return Observation::Unknown };
    let remembered = memory.tls.like(handshake);
    compare(remembered, Some(handshake.stack), degree(memory, shown))
}

fn degree(memory: &Memory, shown: &Shown) -> Degree {
    match (memory.agent, shown.agent) {
        (Some(old), Some(new)) if old.family == new.family && old.major < new.major => {
            Degree::Slight
        }
        _ if memory.language.is_some() && memory.language == shown.language => Degree::Clear,
        _ => Degree::Stark,
    }
}
