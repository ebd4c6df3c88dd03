use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use auth_core::{Clock, SharedClock};
use tokio::runtime;

use super::discovery::Location;
use super::endpoint::Endpoint;
use super::fetch::Fetcher;
use super::handle::RemoteKeys;
use super::holdings::Bounds;
use super::schedule::Schedule;
use super::shared::Shared;
use super::tls;
use super::worker::{Limits, Worker};
use crate::ConfigError;

/// Settings of [`RemoteKeys`].
#[derive(Clone)]
#[must_use]
pub struct RemoteKeysBuilder {
    at: At,
    refresh_every: Duration,
    stale_for: Duration,
    timeout: Duration,
    max_body: usize,
    max_keys: usize,
    authorities: Vec<Vec<u8>>,
    clock: SharedClock,
}

#[derive(Clone)]
enum At {
    Jwks(String),
    Issuer(String),
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl RemoteKeysBuilder {
    pub(super) fn jwks(url: String) -> Self {
        Self::at(At::Jwks(url))
    }

    pub(super) fn openid(issuer: String) -> Self {
        Self::at(At::Issuer(issuer))
    }

    fn at(at: At) -> Self {
        Self {
            at,
            refresh_every: Duration::from_secs(5 * 60),
            stale_for: DAY,
            timeout: Duration::from_secs(5),
            max_body: 256 * 1024,
            max_keys: 100,
            authorities: Vec::new(),
            clock: SharedClock::default(),
        }
    }

    /// How often the keys are fetched, at least; 5 minutes by default, from 1 s to 24 h. It
    /// is also how long a key that the issuer withdraws goes on working.
    pub fn refresh_every(mut self, interval: Duration) -> Self {
        self.refresh_every = interval;
        self
    }

    /// How long keys are used after the last good answer, when the issuer can't be reached; 24
    /// hours by default. Longer rides out longer outages; shorter bounds for how long somebody
    /// who can block the connection keeps a withdrawn key alive.
    pub fn stale_for(mut self, time: Duration) -> Self {
        self.stale_for = time;
        self
    }

    /// How long a fetch may take, from the first connection to the last byte, discovery included;
    /// 5 s by default. A request that waits for an unknown key waits no longer than this.
    pub fn timeout(mut self, time: Duration) -> Self {
        self.timeout = time;
        self
    }

    /// The longest answer that is read, in bytes; 256 KiB by default. A longer one is a failure.
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.max_body = bytes;
        self
    }

    /// The most members that a JWK set may have; 100 by default. A longer one is a failure.
    pub fn max_keys(mut self, keys: usize) -> Self {
        self.max_keys = keys;
        self
    }

    /// Trusts servers whose certificates these authorities vouch for (PEM text of one or more),
    /// and no others: the machine's own authorities, which are the default, then have no say.
    /// Called again, it adds some. For an issuer with a private certificate authority.
    pub fn root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.authorities.push(pem.into());
        self
    }

    /// Judges the keys' age, and how often an unknown key may cause a fetch, by this clock; the
    /// system's by default. Give it the same as the verifier: that is who asks whether keys are
    /// too old. Timeouts and the refreshes in the background go by tokio's timer.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = SharedClock::new(clock);
        self
    }

    /// Checks the settings, and starts fetching in the background, on the runtime that it is
    /// called in. Nothing is awaited: see [`RemoteKeys::ready`].
    ///
    /// # Errors
    /// If it is called outside a tokio runtime, if the URL is not one that keys may be fetched
    /// from, if a limit is zero, if keys would grow too old between two refreshes, or if there is
    /// no certificate authority to check an https server with.
    ///
    /// # Panics
    /// The background task does, if the runtime was built without its I/O or time driver.
    pub fn build(self) -> Result<RemoteKeys, ConfigError> {
        self.check_limits()?;
        let runtime = runtime::Handle::try_current().map_err(|_| {
            ConfigError::new(
                "keys are fetched by a task on a tokio runtime; call build() inside one, such as \
                 in an async main",
            )
        })?;
        let location = self.location()?;
        if location.start().is_https() {
            tls::check_authorities(&self.authorities)?;
        }
        let fetcher = Fetcher::new(tls::client_config(&self.authorities)?, self.max_body);
        let shared = Arc::new(Shared::new(location.start().clone(), self.clock.clone()));
        let worker = Worker::new(Arc::clone(&shared), fetcher, location, self.limits());
        Ok(RemoteKeys::start(runtime, shared, worker, self.timeout))
    }

    fn location(&self) -> Result<Location, ConfigError> {
        match &self.at {
            At::Jwks(url) => Endpoint::parse(url).map(Location::Fixed),
            At::Issuer(issuer) => Location::of_issuer(issuer.clone()),
        }
    }

    fn limits(&self) -> Limits {
        Limits {
            schedule: Schedule { refresh_every: self.refresh_every },
            timeout: self.timeout,
            bounds: Bounds { max_keys: self.max_keys, stale_for: self.stale_for },
        }
    }

    fn check_limits(&self) -> Result<(), ConfigError> {
        if self.refresh_every < Duration::from_secs(1) || self.refresh_every > DAY {
            return Err(ConfigError::new(
                "refresh_every must be from 1 s to 24 h; some minutes are usual",
            ));
        }
        if self.timeout.is_zero() {
            return Err(ConfigError::new(
                "a timeout of zero fetches nothing; leave it out for 5 s",
            ));
        }
        if self.max_body == 0 || self.max_keys == 0 {
            return Err(ConfigError::new(
                "max_body and max_keys must not be zero; leave them out for 256 KiB and 100 keys",
            ));
        }
        if self.stale_for <= self.refresh_every.saturating_add(self.timeout) {
            return Err(ConfigError::new(
                "stale_for must be longer than refresh_every and timeout together: keys would \
                 be too old before the next ones can be there",
            ));
        }
        Ok(())
    }
}

impl fmt::Debug for RemoteKeysBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteKeysBuilder")
            .field("refresh_every", &self.refresh_every)
            .field("stale_for", &self.stale_for)
            .field("timeout", &self.timeout)
            .field("max_body", &self.max_body)
            .field("max_keys", &self.max_keys)
            .finish_non_exhaustive()
    }
}
