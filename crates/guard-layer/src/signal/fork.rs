use super::{Degree, Observation};
use crate::facts::OldCopy;
use crate::memory::Memory;
use crate::shown::Shown;

/// Requests that were under way while the cookie was rotated arrive within this many seconds.
const GRACE: u64 = 60;

pub(super) fn observe(_memory: &Memory, shown: &Shown) -> Observation {
    shown.old_copy.map_or(Observation::Same, |old| Observation::Changed(degree(old)))
}

/// By how much an old copy counts.
pub(crate) fn degree(old: OldCopy) -> Degree {
    match old.rotated.as_secs() <= GRACE || !old.successor_used {
        true => Degree::Slight,
        false => Degree::Stark,
    }
}
