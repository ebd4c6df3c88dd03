use super::{Degree, Observation};
use crate::memory::Memory;
use crate::shown::Shown;

/// A browser says what it is and which languages it wants with each request. Chromium sends no hints
/// with those of workers, downloads and handshakes of WebSockets.
pub(super) fn observe(memory: &Memory, shown: &Shown) -> Observation {
    let agent = memory.agent.is_some() && shown.agent.is_none();
    let languages = memory.language.is_some() && shown.language.is_none();
    let hints = memory.hints.sent && !shown.hints.sent;
    match (agent, languages, hints) {
        _ if is_another(memory, shown) => Observation::Unknown,
        (false, false, false) => Observation::Same,
        (false, false, true) => Observation::Changed(Degree::Slight),
        (true, false, false) | (false, true, false) => Observation::Changed(Degree::Clear),
        _ => Observation::Changed(Degree::Stark),
    }
}

/// What another browser sends is no news.
fn is_another(memory: &Memory, shown: &Shown) -> bool {
    let families = memory.agent.zip(shown.agent).map(|(old, now)| (old.family, now.family));
    families.is_some_and(|(old, now)| old != now)
}
