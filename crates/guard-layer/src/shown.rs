use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::agent::Agent;
use crate::device::Device;
use crate::facts::{Binding, Facts, OldCopy, Place};
use crate::handshake::Handshake;
use crate::hints::Hints;
use crate::memory::Memory;
use crate::pepper::{Peppers, Tag};

/// What a request shows, reduced to what may be remembered, beside what is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown {
    /// Whose tags they are.
    pub(crate) pepper: u16,
    /// Seconds since 1970.
    pub(crate) at: u64,
    pub(crate) network: Option<Network>,
    pub(crate) exact: Exact,
    pub(crate) agent: Option<Agent>,
    pub(crate) hints: Hints,
    pub(crate) language: Option<Language>,
    pub(crate) tls: Option<Handshake>,
    pub(crate) device: Device,
    pub(crate) place: Place,
    pub(crate) old_copy: Option<OldCopy>,
    pub(crate) binding: Option<Binding>,
    pub(crate) login_failures: u32,
}

/// A prefix of an address: /24 of IPv4, /48 of IPv6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Network {
    #[serde(rename = "6")]
    pub(crate) v6: bool,
    #[serde(rename = "t")]
    pub(crate) tag: Tag,
}

/// What the naive check compares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Exact {
    #[serde(rename = "a")]
    pub(crate) address: Option<Tag>,
    #[serde(rename = "u")]
    pub(crate) agent: Option<Tag>,
}

/// The first language, and the whole list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Language {
    #[serde(rename = "f")]
    pub(crate) first: Tag,
    #[serde(rename = "l")]
    pub(crate) list: Tag,
}

impl Shown {
    /// What the request of a login shows, beside nothing.
    pub(crate) fn first(facts: &Facts<'_>, now: SystemTime, peppers: &Peppers) -> Self {
        Self::new(None, facts, now, peppers)
    }

    /// What another one shows beside what is remembered, with the tags of the same pepper.
    pub(crate) fn beside(
        memory: &Memory,
        facts: &Facts<'_>,
        now: SystemTime,
        peppers: &Peppers,
    ) -> Self {
        Self::new(Some(memory), facts, now, peppers)
    }

    /// All but what only the naive check needs.
    fn new(memory: Option<&Memory>, facts: &Facts<'_>, now: SystemTime, peppers: &Peppers) -> Self {
        let pepper = memory.map_or(peppers.current(), |memory| memory.pepper);
        let tag = |kind, value: &[u8]| peppers.tag(pepper, kind, value);
        let agent = facts.user_agent.map(Agent::read);
        let language = facts.accept_language.and_then(|list| language(list, tag));
        let print = facts.tls_fingerprint;
        let tls = print.and_then(|print| Handshake::read(print, |part| tag(6, part)));
        Self {
            pepper,
            at: seconds(now),
            network: facts.address.and_then(|address| network(address, tag)),
            exact: Exact::default(),
            agent,
            hints: Hints::read(facts, agent),
            language,
            tls,
            device: Device::of(memory, agent, language, tls),
            place: facts.place.unwrap_or_default(),
            old_copy: facts.old_copy,
            binding: facts.binding,
            login_failures: facts.login_failures,
        }
    }

    /// The same, shown by another request.
    pub(crate) fn by(self, facts: &Facts<'_>, now: SystemTime) -> Self {
        Self {
            at: seconds(now),
            place: facts.place.unwrap_or_default(),
            old_copy: facts.old_copy,
            binding: facts.binding,
            login_failures: facts.login_failures,
            ..self
        }
    }

    /// What the naive check needs too.
    pub(crate) fn with_exact(self, facts: &Facts<'_>, peppers: &Peppers) -> Self {
        let exact = exact(facts, |kind, value| peppers.tag(self.pepper, kind, value));
        Self { exact, ..self }
    }
}

/// Since 1970.
pub(crate) fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

fn network(address: IpAddr, tag: impl Fn(u8, &[u8]) -> Option<Tag>) -> Option<Network> {
    let tag = match address.to_canonical() {
        IpAddr::V4(v4) => tag(0, &prefix_v4(v4)),
        IpAddr::V6(v6) => tag(1, &prefix_v6(v6)),
    };
    tag.map(|tag| Network { v6: address.to_canonical().is_ipv6(), tag })
}

fn prefix_v4(address: Ipv4Addr) -> [u8; 3] {
    let [a, b, c, _] = address.octets();
    [a, b, c]
}

fn prefix_v6(address: Ipv6Addr) -> [u8; 6] {
    let [a, b, c, d, e, f, ..] = address.octets();
    [a, b, c, d, e, f]
}

fn exact(facts: &Facts<'_>, tag: impl Fn(u8, &[u8]) -> Option<Tag>) -> Exact {
    let address = facts.address.map(|address| match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().octets(),
        IpAddr::V6(v6) => v6.octets(),
    });
    Exact {
        address: address.and_then(|octets| tag(2, &octets)),
        agent: facts.user_agent.and_then(|text| tag(3, text.as_bytes())),
    }
}

fn language(list: &str, tag: impl Fn(u8, &[u8]) -> Option<Tag>) -> Option<Language> {
    let first = list.split([',', ';', '-']).next().unwrap_or_default().trim();
    let first = tag(4, first.as_bytes())?;
    Some(Language { first, list: tag(5, list.as_bytes())? })
}
