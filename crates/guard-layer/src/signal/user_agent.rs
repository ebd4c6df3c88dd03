use super::{Degree, Observation};
use crate::agent::{Agent, Platform};
use crate::memory::Memory;
use crate::shown::Shown;

pub(super) fn observe(memory: &Memory, shown: &Shown) -> Observation {
    let (Some(old), Some(new)) = (memory.agent, shown.agent) else { return Observation::Unknown };
    match () {
        () if old.family != new.family => Observation::Changed(Degree::Stark),
        () if desktop_page(old, new) => Observation::Changed(Degree::Slight),
        () if old.platform != new.platform => Observation::Changed(Degree::Stark),
        () if old.major > new.major => Observation::Changed(Degree::Clear),
        () => Observation::Same,
    }
}

/// A phone or tablet that asks for the desktop's page says that it is a computer.
fn desktop_page(old: Agent, new: Agent) -> bool {
    let pair = (old.platform, new.platform);
    let pretends = matches!(pair, (Platform::Android, Platform::Linux))
        || matches!(pair, (Platform::Ios, Platform::MacOs));
    pretends && old.major == new.major
}
