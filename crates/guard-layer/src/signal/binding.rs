use super::{Degree, Observation};
use crate::facts::Binding;
use crate::memory::Memory;
use crate::shown::Shown;

pub(super) fn observe(_memory: &Memory, shown: &Shown) -> Observation {
    match shown.binding {
        None => Observation::Unknown,
        Some(Binding::Held) => Observation::Same,
        Some(Binding::Broken) => Observation::Changed(Degree::Stark),
    }
}
