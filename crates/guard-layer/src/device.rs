use serde::{Deserialize, Serialize};

use crate::agent::Agent;
use crate::handshake::{Handshake, Stacks};
use crate::memory::Memory;
use crate::pepper::Tag;
use crate::shown::Language;

/// What tells one browser from another, wherever they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Device(Says, u32);

/// What a browser says of itself: what it is, and its languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Says(u32);

impl Device {
    /// Of a request that shows this beside what is remembered, which is nothing at a login.
    pub(crate) fn of(
        memory: Option<&Memory>,
        agent: Option<Agent>,
        language: Option<Language>,
        tls: Option<Handshake>,
    ) -> Self {
        let stacks = memory.map_or(Stacks::default(), |memory| memory.tls);
        Self(Says::of(memory, agent, language), stacks.stack_of(tls).map_or(0, Tag::short))
    }

    pub(crate) fn says(self) -> Says {
        self.0
    }
}

impl Says {
    /// What a request does not show, or shows as the same device does at times, is as remembered.
    pub(crate) fn of(
        memory: Option<&Memory>,
        agent: Option<Agent>,
        language: Option<Language>,
    ) -> Self {
        let (known, spoken) = memory.map_or((None, None), |memory| (memory.agent, memory.language));
        let (agent, language) = match (known, agent) {
            (Some(old), Some(new)) if old.also_says(new) => (Some(old), spoken),
            (old, new) => (new.or(old), language.or(spoken)),
        };
        Self(agent.map_or(0, number) ^ language.map_or(0, |language| language.list.short()))
    }
}

/// The same on each node, whatever has compiled it.
fn number(agent: Agent) -> u32 {
    let mut bytes = [0; 8];
    let bytes = postcard::to_slice(&agent, &mut bytes).map_or(&[][..], |bytes| &*bytes);
    bytes.iter().fold(1, |number: u32, byte| number.wrapping_mul(257) ^ u32::from(*byte))
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;
    use crate::facts::Facts;
    use crate::pepper::Peppers;
    use crate::shown::Shown;

    const QUIC: &str = "q13d0312h3_55b375c5d22e_06cda9e17597";
    const PLAYER: &str = "AppleCoreMedia/1.0.0.22F76 (iPhone; U; CPU OS 18_5 like Mac OS X; de_de)";

    #[test]
    fn a_login_is_of_the_device_that_its_session_is_compared_with() {
        let peppers = Peppers::new(1, &[1; 32]);
        for (agent, print) in [(PLAYER, QUIC), ("Firefox/140.0", "t13d"), (PLAYER, "t13d")] {
            let facts = Facts {
                user_agent: Some(agent),
                accept_language: Some("de"),
                tls_fingerprint: Some(print),
                ..Facts::default()
            };
            let login = Shown::first(&facts, UNIX_EPOCH, &peppers);
            let next = Shown::beside(&Memory::of(&login), &facts, UNIX_EPOCH, &peppers);
            assert_eq!(login.device, next.device, "{agent} {print}");
        }
    }
}
