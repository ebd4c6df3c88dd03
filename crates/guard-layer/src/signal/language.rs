use super::{Degree, Observation};
use crate::memory::Memory;
use crate::shown::Shown;

pub(super) fn observe(memory: &Memory, shown: &Shown) -> Observation {
    let (Some(remembered), Some(shown)) = (memory.language, shown.language) else {
        return Observation::Unknown;
    };
    match () {
        () if remembered.list == shown.list => Observation::Same,
        () if remembered.first == shown.first => Observation::Changed(Degree::Slight),
        () => Observation::Changed(Degree::Clear),
    }
}
