use super::{Degree, Observation};
use crate::device::Says;
use crate::memory::{Known, Memory};
use crate::shown::Shown;

/// Nobody changes both the network and the browser within these seconds, but two people do.
const MINUTES: u64 = 600;

pub(super) fn observe(memory: &Memory, shown: &Shown) -> Observation {
    let Some(network) = shown.network else { return Observation::Unknown };
    let says = shown.device.says();
    let mut others = memory.networks.iter().filter(|known| known.network != network);
    let Some(other) = others.find(|known| by_another(known, says, shown.at)) else {
        return Observation::Same;
    };
    let before = memory.networks.iter().find(|known| known.network == network);
    match before {
        Some(here) if here.seen <= other.seen => Observation::Changed(Degree::Stark),
        _ => Observation::Changed(Degree::Clear),
    }
}

fn by_another(known: &Known, says: Says, at: u64) -> bool {
    at.saturating_sub(known.seen) < MINUTES && known.says != says
}
