use std::net::IpAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What one request shows of whoever sent it. What is not known is left out, and is no change.
#[derive(Clone, Copy, Debug, Default)]
pub struct Facts<'a> {
    /// The client's address, as [`ClientAddrLayer`](crate::ClientAddrLayer) finds it out.
    pub address: Option<IpAddr>,
    /// `User-Agent`.
    pub user_agent: Option<&'a str>,
    /// `Sec-CH-UA`.
    pub brands: Option<&'a str>,
    /// `Sec-CH-UA-Platform`.
    pub platform: Option<&'a str>,
    /// `Accept-Language`.
    pub accept_language: Option<&'a str>,
    /// The fingerprint of the TLS handshake (JA3, JA4). Pass it on only from a balancer that you
    /// trust, as a client can write any header.
    pub tls_fingerprint: Option<&'a str>,
    /// Where the address is, from a database of the caller's choice.
    pub place: Option<Place>,
    /// The cookie is an old copy of one that was rotated.
    pub old_copy: Option<OldCopy>,
    /// Whether the cookie that the token or session is bound to came along, where one is.
    pub binding: Option<Binding>,
    /// Logins that failed for this account in the last hour; for a [`GuardLayer`](crate::GuardLayer),
    /// those before the login of the session, as far as
    /// [`Reauth::login_failures`](crate::Reauth::login_failures) was told.
    pub login_failures: u32,
}

/// Where an address is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// ISO 3166-1, two capital letters.
    pub country: Option<[char; 2]>,
    /// The number of the autonomous system.
    pub asn: Option<u32>,
    /// Degrees north and degrees east.
    pub position: Option<(f32, f32)>,
}

/// An old copy of a rotated cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OldCopy {
    /// How long ago it was rotated.
    pub rotated: Duration,
    /// Whether its successor has been used. If not, the answer with the new cookie may have been
    /// lost, and the holder is the only one.
    pub successor_used: bool,
}

/// Whether a binding holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binding {
    /// The fingerprint cookie came along, and is the right one.
    Held,
    /// It is missing, or another one.
    Broken,
}
