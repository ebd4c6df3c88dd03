use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use auth_core::{Clock, Renderer, SharedClock};

use super::config::Config;
use super::layer::TokenGuardLayer;
use crate::audit::{Events, GuardEvent};
use crate::error::{ConfigError, ConfigErrorKind};
use crate::facts::Place;
use crate::judge::Judge;
use crate::pepper::Peppers;
use crate::policy::Policy;

/// Configures a [`TokenGuardLayer`], from [`TokenGuardLayer::builder`].
#[must_use = "a builder does nothing until `build` is called"]
pub struct TokenGuardBuilder {
    judge: Judge,
    has_cookie: bool,
    binding_issuers: BTreeSet<String>,
    tls_fingerprint: Option<String>,
}

impl TokenGuardBuilder {
    pub(super) fn new(policy: Policy, peppers: Peppers) -> Self {
        Self {
            judge: Judge::new(policy, peppers),
            has_cookie: false,
            binding_issuers: BTreeSet::new(),
            tls_fingerprint: None,
        }
    }

    /// Binds new tokens to a cookie of 256 random bits, `__Secure-Fgp`, too. By default there is none,
    /// for clients that keep no cookies. Where the clients are browsers, turn it on. They take it over
    /// https only, and send it to this host: an API on another host of the same site needs one that is
    /// set there.
    ///
    /// Tokens that have been bound to a cookie need it whether this is on or not.
    pub fn fingerprint_cookie(mut self) -> Self {
        self.has_cookie = true;
        self
    }

    /// Refuses tokens of this issuer (`iss`) that are not bound. Called again, it adds one. By default
    /// no issuer's need be, as there may be some that can't bind. Turn it on when all instances bind,
    /// and a token's lifetime has passed.
    pub fn required_of(mut self, issuer: impl Into<String>) -> Self {
        self.binding_issuers.insert(issuer.into());
        self
    }

    /// Takes the fingerprint of the TLS handshake from this header. Name it only if a balancer of
    /// yours sets it on every request, for a client can write any header. None by default.
    pub fn tls_fingerprint(mut self, header: impl Into<String>) -> Self {
        self.tls_fingerprint = Some(header.into());
        self
    }

    /// Asks this function where an address is, on every request with a bound token: it should only
    /// look it up. Without it the signals of countries, travel and autonomous systems are silent.
    pub fn places(
        mut self,
        find: impl Fn(IpAddr) -> Option<Place> + Send + Sync + 'static,
    ) -> Self {
        self.judge.watch.places = Some(Arc::new(find));
        self
    }

    /// Makes the responses of refusals.
    pub fn renderer(mut self, renderer: Renderer) -> Self {
        self.judge.renderer = renderer;
        self
    }

    /// Is told of everything that the guard notices, while the request waits: it should only pass it
    /// on. By default it is in the log alone.
    pub fn on_event(mut self, sink: impl Fn(&GuardEvent) + Send + Sync + 'static) -> Self {
        self.judge.events = Events::to(sink);
        self
    }

    /// Decides by this clock. The system's by default.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.judge.clock = SharedClock::new(clock);
        self
    }

    /// Checks it all.
    ///
    /// # Errors
    /// The name of a header is none, or an issuer's is empty.
    pub fn build(self) -> Result<TokenGuardLayer, ConfigError> {
        if self.binding_issuers.contains("") {
            return Err(ConfigError::new(ConfigErrorKind::EmptyIssuer));
        }
        Ok(TokenGuardLayer::new(Config {
            judge: self.judge.begin(self.tls_fingerprint)?,
            has_cookie: self.has_cookie,
            binding_issuers: self.binding_issuers,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(
        configure: impl FnOnce(TokenGuardBuilder) -> TokenGuardBuilder,
        kind: ConfigErrorKind,
    ) {
        let builder = TokenGuardLayer::builder(Policy::balanced(), Peppers::new(1, &[1; 32]));
        assert_eq!(configure(builder).build().unwrap_err().kind(), kind);
    }

    #[test]
    fn a_header_has_a_name_that_headers_may_have() {
        check(|guard| guard.tls_fingerprint("x ja4"), ConfigErrorKind::InvalidHeader);
    }

    #[test]
    fn an_issuer_has_a_name() {
        check(|guard| guard.required_of(""), ConfigErrorKind::EmptyIssuer);
    }
}
