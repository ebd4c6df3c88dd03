use super::{Degree, Observation};
use crate::memory::Memory;
use crate::shown::Shown;

pub(super) fn observe(memory: &Memory, shown: &Shown) -> Observation {
    let (Some(old), Some(new)) = (memory.agent, shown.agent) else { return Observation::Unknown };
    match () {
        () if old.also_says(new) => Observation::Changed(Degree::Slight),
        () if old.family != new.family => Observation::Changed(Degree::Stark),
        () if old.platform != new.platform => Observation::Changed(Degree::Stark),
        () if old.major > new.major => Observation::Changed(Degree::Clear),
        () => Observation::Same,
    }
}
