use super::{Observation, grown};
use crate::memory::Memory;
use crate::shown::Shown;

pub(super) fn observe(_memory: &Memory, shown: &Shown) -> Observation {
    grown(shown.login_failures.into(), 5, 20)
}
