use super::{Degree, Observation};
use crate::memory::Memory;
use crate::shown::Shown;

pub(super) fn observe(memory: &Memory, shown: &Shown) -> Observation {
    let Some(network) = shown.network else { return Observation::Unknown };
    if memory.networks.is_empty() {
        return Observation::Unknown;
    }
    // A family that was never seen is what a dual-stack client shows sooner or later.
    let same_family = memory.networks.iter().any(|known| known.network.v6 == network.v6);
    match () {
        () if memory.networks.iter().any(|known| known.network == network) => Observation::Same,
        () if !same_family || same_system(memory, shown) => Observation::Changed(Degree::Slight),
        () => Observation::Changed(Degree::Clear),
    }
}

fn same_system(memory: &Memory, shown: &Shown) -> bool {
    shown.place.asn.is_some() && shown.place.asn == memory.place.asn
}
