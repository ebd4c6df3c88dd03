//! What a request shows against what is remembered of its session: one signal a file, each a pure
//! function of the two. The time is part of what is shown.

mod age;
mod alternation;
mod binding;
mod client_hints;
mod exact;
mod fork;
mod hosting;
mod hour;
mod idle;
mod language;
mod login_failures;
mod missing;
mod network;
mod place;
mod several_places;
#[cfg(test)]
mod tests;
mod tls;
mod user_agent;

pub(crate) use fork::degree as degree_of_old_copy;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::memory::Memory;
use crate::shown::Shown;

/// What one signal says of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Observation {
    /// As remembered.
    Same,
    /// Nothing was shown, or nothing is remembered. It never counts against anybody.
    Unknown,
    /// Otherwise than remembered, by so much.
    Changed(Degree),
}

/// How much has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Degree {
    /// Honest users do it often.
    Slight,
    /// Honest users do it at times.
    Clear,
    /// Honest users hardly ever do it.
    Stark,
}

/// The signals, in the order in which reasons are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Signal {
    /// An old copy of a rotated cookie came back: slight within a minute or where its successor
    /// was never used, else stark.
    ///
    /// It says that two have the cookie, and not who of them is the thief: of these the one whose
    /// request came when the id was renewed has the session, and the other one is logged out. Within
    /// the grace of a renewal an old copy is judged with its request. Later it opens nothing, and is
    /// judged alone, and once: see [`GuardLayer`](crate::GuardLayer). After a login, and after a
    /// challenge that was met, what came back from before says nothing of who has the session now.
    Fork,
    /// The cookie that the session is bound to is missing or wrong: stark.
    Binding,
    /// Another family or platform (stark), a version that fell (clear); a phone that asks for the
    /// desktop's page, and the player of an Apple device, are slight.
    UserAgent,
    /// `Sec-CH-UA*` name another browser, platform or version than `User-Agent`, and did not before, or
    /// the other way round: stark.
    ClientHints,
    /// The fingerprint of the TLS handshake: slight with a new version of the browser, clear where
    /// the languages are still the same (an inspecting proxy), else stark.
    TlsFingerprint,
    /// `Accept-Language`: slight if the first is the same, else clear.
    Language,
    /// What the same browser sends with each request is not there: slight for the client hints, which
    /// workers, downloads and WebSockets come without, clear for the languages or `User-Agent`, stark
    /// for more than one of the three.
    Missing,
    /// Two browsers take turns, which differ in what they say of themselves, within a day, or in how
    /// they shake hands, within half an hour: slight or clear when the first comes back, stark when
    /// the second does, too. A phone that asks for the desktop's page, or whose
    /// player fetches a video, is the same browser.
    Alternation,
    /// Another network was used minutes ago by another browser: clear, and stark if they alternate.
    SeveralPlaces,
    /// Not one of the networks used lately: slight within the same autonomous system, else clear.
    Network,
    /// Another country: clear.
    Country,
    /// The first request from an autonomous system whose machines are rented, where nobody sits:
    /// clear. Many a VPN comes from there, and most scripts do.
    Hosting,
    /// Faster from there to here than an airliner: clear.
    Travel,
    /// Unused for over an hour (slight), or a day (clear).
    Idle,
    /// Older than a week (slight), or 30 days (clear).
    Age,
    /// Logins of the account failed in the hour before: 5 (slight), 20 (clear).
    LoginFailures,
    /// An hour of the day in which the session, a week old at least, was never used: slight.
    Hour,
    /// The naive check: another address, to the bit: stark.
    ExactAddress,
    /// The naive check: another `User-Agent`, to the letter: stark.
    ExactUserAgent,
}

impl Signal {
    pub(crate) fn observe(self, memory: &Memory, shown: &Shown) -> Observation {
        match self {
            Self::Fork => fork::observe(memory, shown),
            Self::Binding => binding::observe(memory, shown),
            Self::UserAgent => user_agent::observe(memory, shown),
            Self::ClientHints => client_hints::observe(memory, shown),
            Self::TlsFingerprint => tls::observe(memory, shown),
            Self::Language => language::observe(memory, shown),
            Self::Missing => missing::observe(memory, shown),
            Self::Alternation => alternation::observe(memory, shown),
            Self::SeveralPlaces => several_places::observe(memory, shown),
            Self::Network => network::observe(memory, shown),
            Self::Country => place::country(memory, shown),
            Self::Hosting => hosting::observe(memory, shown),
            Self::Travel => place::travel(memory, shown),
            Self::Idle => idle::observe(memory, shown),
            Self::Age => age::observe(memory, shown),
            Self::LoginFailures => login_failures::observe(memory, shown),
            Self::Hour => hour::observe(memory, shown),
            Self::ExactAddress => exact::address(memory, shown),
            Self::ExactUserAgent => exact::user_agent(memory, shown),
        }
    }
}

/// The name, as it is written in policies, events and metrics.
impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// Compares two values, either of which may be unknown.
fn compare<T: PartialEq>(remembered: Option<T>, shown: Option<T>, degree: Degree) -> Observation {
    match (remembered, shown) {
        (Some(remembered), Some(shown)) if remembered == shown => Observation::Same,
        (Some(_), Some(_)) => Observation::Changed(degree),
        _ => Observation::Unknown,
    }
}

/// A number that grows: slight from one bound on, clear from another.
fn grown(number: u64, slight: u64, clear: u64) -> Observation {
    match number {
        _ if number >= clear => Observation::Changed(Degree::Clear),
        _ if number >= slight => Observation::Changed(Degree::Slight),
        _ => Observation::Same,
    }
}

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;
