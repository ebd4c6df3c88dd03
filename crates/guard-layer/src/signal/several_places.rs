use super::{Degree, Observation};
use crate::agent::Agent;
use crate::memory::{Known, Memory};
use crate::shown::Shown;

/// Nobody changes both the network and the browser within these seconds, but two people do.
const MINUTES: u64 = 600;

pub(super) fn observe(memory: &Memory, shown: &Shown) -> Observation {
    let (Some(network), Some(agent)) = (shown.network, shown.agent) else {
        return Observation::Unknown;
    };
    let mut others = memory.networks.iter().filter(|known| known.network != network);
    let Some(other) = others.find(|known| by_another(known, agent, shown.at)) else {
        return Observation::Same;
    };
    let before = memory.networks.iter().find(|known| known.network == network);
    match before {
        Some(here) if here.seen <= other.seen => Observation::Changed(Degree::Stark),
        _ => Observation::Changed(Degree::Clear),
    }
}

fn by_another(known: &Known, agent: Agent, at: u64) -> bool {
    at.saturating_sub(known.seen) < MINUTES && known.agent.is_some_and(|other| other != agent)
}
