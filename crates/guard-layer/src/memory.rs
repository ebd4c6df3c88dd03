use std::time::SystemTime;

use serde::{Deserialize, Deserializer, Serialize};

use crate::agent::Agent;
use crate::device::Says;
use crate::facts::{Facts, Place};
use crate::handshake::Stacks;
use crate::hints::Hints;
use crate::pepper::Peppers;
use crate::shown::{Exact, Language, Network, Shown};
use crate::turns::Turns;

/// What the guard remembers of a session: less than 1 KiB, and neither an address nor a text.
///
/// It belongs into a field of the session, so that it ends with it. It was made for one login;
/// make a new one at the next, and whenever a challenge has been met.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Memory {
    #[serde(rename = "m", deserialize_with = "this_version")]
    version: u8,
    #[serde(rename = "p")]
    pub(crate) pepper: u16,
    #[serde(rename = "b")]
    pub(crate) began: u64,
    #[serde(rename = "s")]
    pub(crate) seen: u64,
    #[serde(rename = "n")]
    pub(crate) networks: Vec<Known>,
    #[serde(rename = "x")]
    pub(crate) exact: Exact,
    #[serde(rename = "a")]
    pub(crate) agent: Option<Agent>,
    #[serde(rename = "h")]
    pub(crate) hints: Hints,
    #[serde(rename = "l")]
    pub(crate) language: Option<Language>,
    #[serde(rename = "t")]
    pub(crate) tls: Stacks,
    #[serde(rename = "w")]
    pub(crate) place: Place,
    /// When the position was seen last, which an unknown one does not change.
    #[serde(rename = "q")]
    pub(crate) placed: u64,
    /// A bit for each hour of the day (UTC) in which there was a request.
    #[serde(rename = "d")]
    pub(crate) hours: u32,
    #[serde(rename = "r")]
    pub(crate) turns: Turns,
}

/// A network that the session was used from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Known {
    #[serde(rename = "n")]
    pub(crate) network: Network,
    /// Which browser it was that was used there last.
    #[serde(rename = "b")]
    pub(crate) says: Says,
    #[serde(rename = "s")]
    pub(crate) seen: u64,
}

/// As many networks as a commuter meets in a day or two.
const MOST_NETWORKS: usize = 6;
const VERSION: u8 = 2;
/// Seconds within which a session that does nothing new is not written to.
const COARSE: u64 = 60;
/// Seconds after which what has changed, and was shown by everybody since, is the user's own.
const SETTLED: u64 = 24 * 3600;

impl Memory {
    /// Begins with the request of the login.
    pub fn begin(facts: &Facts<'_>, now: SystemTime, peppers: &Peppers) -> Self {
        let shown = Shown::first(facts, now, peppers).with_exact(facts, peppers);
        let mut memory = Self::of(&shown);
        memory.turns.take(shown.device, shown.at);
        memory
    }

    pub(crate) fn of(shown: &Shown) -> Self {
        let mut memory = Self {
            version: VERSION,
            pepper: shown.pepper,
            began: shown.at,
            seen: shown.at,
            networks: Vec::new(),
            exact: shown.exact,
            agent: shown.agent,
            hints: shown.hints,
            language: shown.language,
            tls: shown.tls.into(),
            place: shown.place,
            placed: shown.at,
            hours: hour_bit(shown.at),
            turns: Turns::default(),
        };
        memory.learn_network(shown);
        memory
    }

    /// Remembers a request that was allowed.
    ///
    /// Networks, places and rising versions are learned. Whatever else has changed is not for a day,
    /// and never as long as it is not shown by everybody who comes, so that a thief can't become
    /// familiar beside the user.
    pub fn learn(&mut self, facts: &Facts<'_>, now: SystemTime, peppers: &Peppers) {
        if self.pepper != peppers.current() {
            self.take_tags(&Shown::first(facts, now, peppers).with_exact(facts, peppers));
        }
        self.learn_shown(&Shown::beside(self, facts, now, peppers));
    }

    /// Old tags mean nothing to a new pepper; the request has been compared with them already.
    fn take_tags(&mut self, shown: &Shown) {
        self.pepper = shown.pepper;
        self.networks.clear();
        self.exact = shown.exact;
        self.language = shown.language;
        self.tls = shown.tls.into();
        self.turns.clear();
    }

    /// Whether there is something to learn of a request that is worth a write: anything new, or that
    /// the session was seen, once a minute.
    pub(crate) fn is_due(&self, shown: &Shown, pepper: u16) -> bool {
        let here = self.networks.first().map(|known| known.network);
        let elsewhere = shown.network.is_some() && here != shown.network;
        let moved = self.place_with(shown) != self.place;
        let is_first = (self.agent.is_none() && shown.agent.is_some())
            || (self.language.is_none() && shown.language.is_some())
            || (shown.hints.sent && !self.hints.sent)
            || self.tls.lacks(shown.tls)
            || !self.turns.is_on(shown.device);
        let unseen = shown.at.saturating_sub(self.seen) >= COARSE;
        self.pepper != pepper || elsewhere || moved || is_first || unseen || self.rises(shown)
    }

    /// Whether the request comes from another network of another autonomous system, as far as both
    /// are known.
    pub(crate) fn is_elsewhere(&self, shown: &Shown) -> bool {
        let systems = self.place.asn.zip(shown.place.asn);
        let is_known = |network| self.networks.iter().any(|known| known.network == network);
        systems.is_some_and(|(old, now)| old != now)
            && shown.network.is_some_and(|network| !is_known(network))
    }

    fn rises(&self, shown: &Shown) -> bool {
        let pair = self.agent.zip(shown.agent);
        pair.is_some_and(|(old, now)| old.family == now.family && old.major < now.major)
    }

    fn learn_shown(&mut self, shown: &Shown) {
        self.turns.take(shown.device, shown.at);
        self.learn_agent(shown);
        self.settle(shown);
        self.learn_network(shown);
        self.learn_place(shown);
        self.language = self.language.or(shown.language);
        self.tls = self.tls.with(shown.tls);
        self.hints.sent |= shown.hints.sent;
        self.hours |= hour_bit(shown.at);
        self.seen = self.seen.max(shown.at);
    }

    fn learn_agent(&mut self, shown: &Shown) {
        if shown.agent.is_some() && (self.agent.is_none() || self.rises(shown)) {
            self.agent = shown.agent;
            self.tls = self.tls.renewed_by(shown.tls);
            self.hints = shown.hints.or(self.hints);
        }
    }

    /// What was shown for long enough is as if it had been shown from the beginning.
    fn settle(&mut self, shown: &Shown) {
        if self.turns.alone() < SETTLED {
            return;
        }
        self.language = shown.language.or(self.language);
        self.tls = self.tls.replaced_by(shown.tls);
        if self.agent.zip(shown.agent).is_some_and(|(old, now)| old.is_version_of(now)) {
            self.agent = shown.agent;
        }
    }

    fn learn_network(&mut self, shown: &Shown) {
        let Some(network) = shown.network else { return };
        self.networks.retain(|known| known.network != network);
        // Not as before what was just learned: that is what the next request is compared with.
        let says = Says::of(Some(self), shown.agent, shown.language);
        self.networks.insert(0, Known { network, says, seen: shown.at });
        self.networks.truncate(MOST_NETWORKS);
    }

    fn learn_place(&mut self, shown: &Shown) {
        self.place = self.place_with(shown);
        if shown.place.position.is_some() {
            self.placed = shown.at;
        }
    }

    /// Databases know more of one address than of another: what one does not say is not forgotten.
    fn place_with(&self, shown: &Shown) -> Place {
        Place {
            country: shown.place.country.or(self.place.country),
            asn: shown.place.asn.or(self.place.asn),
            position: shown.place.position.or(self.place.position),
        }
    }
}

pub(crate) fn hour_bit(at: u64) -> u32 {
    1 << (at / 3600 % 24)
}

fn this_version<'de, D: Deserializer<'de>>(input: D) -> Result<u8, D::Error> {
    match u8::deserialize(input)? {
        VERSION => Ok(VERSION),
        other => Err(serde::de::Error::custom(format_args!(
            "version {other} of the guard's memory is not known: begin a new one"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, UNIX_EPOCH};

    const AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

    fn facts(host: u8) -> Facts<'static> {
        Facts {
            address: Some([198, 51, host, 7].into()),
            user_agent: Some(AGENT),
            accept_language: Some("de-DE,de;q=0.9"),
            tls_fingerprint: Some("t13d1516h2_8daaf6152771"),
            place: Some(Place {
                country: Some(['D', 'E']),
                asn: Some(4_200_000_000),
                position: Some((52.517_03, 13.388_86)),
            }),
            ..Facts::default()
        }
    }

    /// With two browsers that take turns.
    fn after_many_networks() -> Memory {
        let (peppers, now) = (Peppers::new(1, &[7; 32]), UNIX_EPOCH + Duration::from_secs(1 << 31));
        let mut memory = Memory::begin(&facts(0), now, &peppers);
        let other = Facts { accept_language: Some("en"), ..facts(0) };
        (1..20).for_each(|host| {
            memory.learn(&facts(host), now, &peppers);
            memory.learn(&Facts { address: facts(host).address, ..other }, now, &peppers);
        });
        memory
    }

    #[test]
    fn what_a_database_does_not_say_of_an_address_is_not_forgotten() {
        let (peppers, later) = (Peppers::new(1, &[7; 32]), UNIX_EPOCH + Duration::from_secs(3600));
        let mut memory = Memory::begin(&facts(0), UNIX_EPOCH, &peppers);
        let before = memory.place;
        let asn_alone = Place { asn: Some(64_500), ..Place::default() };
        memory.learn(&Facts { place: Some(asn_alone), ..facts(0) }, later, &peppers);
        assert_eq!(memory.place, Place { asn: Some(64_500), ..before });
        assert_eq!(memory.placed, 0);
    }

    #[test]
    fn a_memory_of_many_networks_takes_less_than_a_kibibyte() {
        assert!(serde_json::to_vec(&after_many_networks()).unwrap().len() < 1024);
    }

    #[test]
    fn neither_an_address_nor_a_text_is_remembered() {
        let text = serde_json::to_string(&after_many_networks()).unwrap();
        assert!(!text.contains("198.51") && !text.contains("de-DE") && !text.contains("Mozilla"));
    }

    #[test]
    fn a_memory_is_read_as_it_was_written() {
        let memory = after_many_networks();
        let text = serde_json::to_string(&memory).unwrap();
        assert_eq!(serde_json::from_str::<Memory>(&text).unwrap(), memory);
    }

    #[test]
    fn a_memory_of_another_version_is_not_read() {
        let text = serde_json::to_string(&after_many_networks()).unwrap();
        let other = text.replace("\"m\":2", "\"m\":1");
        let error = serde_json::from_str::<Memory>(&other).unwrap_err().to_string();
        assert!(error.contains("version 1"), "{error}");
    }

    #[test]
    fn a_new_pepper_takes_over_with_the_next_request() {
        let old = Peppers::new(1, &[7; 32]);
        let mut memory = Memory::begin(&facts(0), UNIX_EPOCH, &old);
        let new = Peppers::new(2, &[8; 32]).also(1, &[7; 32]);
        memory.learn(&facts(0), UNIX_EPOCH, &new);
        assert_eq!(memory, Memory::begin(&facts(0), UNIX_EPOCH, &new));
    }
}
