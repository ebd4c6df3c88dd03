use super::{Degree, Observation};
use crate::memory::Memory;
use crate::shown::Shown;

/// Requests that were under way while the cookie was rotated arrive within this many seconds.
const GRACE: u64 = 60;

pub(super) fn observe(_memory: &Memory, shown: &Shown) -> Observation {
    match shown.old_copy {
        None => Observation::Same,
        Some(old) if old.rotated.as_secs() <= GRACE || !old.successor_used => {
            Observation::Changed(Degree::Slight)
        }
        Some(_) => Observation::Changed(Degree::Stark),
    }
}
