use serde::{Deserialize, Serialize};

use crate::agent::Agent;
use crate::memory::Memory;
use crate::pepper::Tag;
use crate::shown::Shown;

/// What tells one browser from another, wherever they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Device(Says, u32);

/// What a browser says of itself: what it is, and its languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Says(u32);

impl Device {
    /// Of a request; what it does not show, or shows as that device does at times, is as remembered.
    pub(crate) fn of(memory: &Memory, shown: &Shown) -> Self {
        let (agent, language) = match (memory.agent, shown.agent) {
            (Some(old), Some(new)) if old.also_says(new) => (Some(old), memory.language),
            (old, new) => (new.or(old), shown.language.or(memory.language)),
        };
        let languages = language.map_or(0, |language| language.list.short());
        let says = Says(agent.map_or(0, number) ^ languages);
        Self(says, memory.tls.stack_of(shown.tls).map_or(0, Tag::short))
    }

    pub(crate) fn says(self) -> Says {
        self.0
    }
}

/// The same on each node, whatever has compiled it.
fn number(agent: Agent) -> u32 {
    let mut bytes = [0; 8];
    let bytes = postcard::to_slice(&agent, &mut bytes).map_or(&[][..], |bytes| &*bytes);
    bytes.iter().fold(1, |number: u32, byte| number.wrapping_mul(257) ^ u32::from(*byte))
}
