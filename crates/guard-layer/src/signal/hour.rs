use super::{DAY, Degree, Observation};
use crate::memory::{Memory, hour_bit};
use crate::shown::Shown;

pub(super) fn observe(memory: &Memory, shown: &Shown) -> Observation {
    match shown.at.saturating_sub(memory.began) {
        age if age < 7 * DAY => Observation::Unknown,
        _ if memory.hours & hour_bit(shown.at) == 0 => Observation::Changed(Degree::Slight),
        _ => Observation::Same,
    }
}
