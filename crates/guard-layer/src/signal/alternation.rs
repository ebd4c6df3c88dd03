use super::{DAY, Degree, Observation};
use crate::device::Device;
use crate::memory::Memory;
use crate::shown::Shown;

/// A proxy that looks into TLS is there in the office, and not at home: two stacks in a day are two
/// places, and only in a shorter time two holders.
const AT_ONCE: u64 = 1800;

pub(super) fn observe(memory: &Memory, shown: &Shown) -> Observation {
    let next = shown.device;
    if memory.turns.is_on(next) {
        return Observation::Same;
    }
    let says = memory.turns.returns(next, (shown.at, DAY), Device::says);
    let any = memory.turns.returns(next, (shown.at, AT_ONCE), |device| device);
    match (says, any) {
        (0, 0) => Observation::Same,
        (0, 1) => Observation::Changed(Degree::Slight),
        (0..=1, 0..=1) => Observation::Changed(Degree::Clear),
        _ => Observation::Changed(Degree::Stark),
    }
}
