use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use auth_core::{Clock, Renderer, SharedClock};
use http::HeaderValue;
use tokio::sync::Semaphore;

use super::config::{Config, Limits};
use super::layer::GuardLayer;
use super::old_id;
use crate::audit::{Events, GuardEvent};
use crate::error::{ConfigError, ConfigErrorKind};
use crate::facts::Place;
use crate::judge::Judge;
use crate::pepper::Peppers;
use crate::policy::Policy;

/// Configures a [`GuardLayer`], from [`GuardLayer::builder`].
#[must_use = "a builder does nothing until `build` is called"]
pub struct GuardLayerBuilder {
    judge: Judge,
    limits: Limits,
    page: Option<String>,
    tls_fingerprint: Option<String>,
}

impl GuardLayerBuilder {
    pub(super) fn new(policy: Policy, peppers: Peppers) -> Self {
        Self {
            judge: Judge::new(policy, peppers),
            limits: Limits { idle: Some(Duration::from_secs(3600)), age: None },
            page: None,
            tls_fingerprint: None,
        }
    }

    /// Sends browsers that are challenged to this page, a path such as `/reauth`, where users prove
    /// who they are. It is exempt from challenges, for all methods. Without it browsers get 401
    /// `step_up_required`, as all others do.
    pub fn page(mut self, path: impl Into<String>) -> Self {
        self.page = Some(path.into());
        self
    }

    /// Ends a session that was not used for so long, an hour by default. Activity is written down
    /// once a minute, so that it may end up to a minute early.
    ///
    /// OWASP names 2 to 5 minutes for applications with much at stake and 15 to 30 minutes for
    /// others. The session's own lifetime, which its layer has, holds as well; where users are
    /// remembered for weeks, give as much here. Requests of a passive route are no activity.
    pub fn idle(mut self, limit: Duration) -> Self {
        self.limits.idle = Some(limit);
        self
    }

    /// Ends a session whose user has not proved for so long who they are, by a login or by meeting a
    /// challenge. By default only the session's own lifetime ends it. OWASP names 4 to 8 hours for
    /// applications that are used all day.
    pub fn age(mut self, limit: Duration) -> Self {
        self.limits.age = Some(limit);
        self
    }

    /// Takes the fingerprint of the TLS handshake from this header. Name it only if a balancer of
    /// yours sets it on every request, for a client can write any header. None by default.
    pub fn tls_fingerprint(mut self, header: impl Into<String>) -> Self {
        self.tls_fingerprint = Some(header.into());
        self
    }

    /// Asks this function where an address is, on every request of a user: it should only look it
    /// up. Without it the signals of countries, travel and autonomous systems are silent. The feature
    /// `maxmind` has `PlaceDatabase` for it.
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
    /// The page is not a path of this host, a limit is shorter than a minute, the name of a header
    /// is none.
    pub fn build(self) -> Result<GuardLayer, ConfigError> {
        let page = self.checked_page()?;
        self.check_limits()?;
        Ok(GuardLayer::new(Config {
            judge: self.judge.begin(self.tls_fingerprint)?,
            limits: self.limits,
            page,
            old_ids: Arc::new(Semaphore::new(old_id::AT_ONCE)),
        }))
    }

    fn checked_page(&self) -> Result<Option<HeaderValue>, ConfigError> {
        let Some(page) = &self.page else { return Ok(None) };
        let is_path = page.starts_with('/')
            && !page.starts_with("//")
            && page.bytes().all(|byte| byte.is_ascii_graphic() && !b"\\?#".contains(&byte));
        let value = HeaderValue::try_from(page).ok().filter(|_| is_path);
        value.map(Some).ok_or(ConfigError::new(ConfigErrorKind::InvalidPage))
    }

    fn check_limits(&self) -> Result<(), ConfigError> {
        let mut limits = [self.limits.idle, self.limits.age].into_iter().flatten();
        match limits.any(|limit| limit < Duration::from_secs(60)) {
            true => Err(ConfigError::new(ConfigErrorKind::ShortLimit)),
            false => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(
        configure: impl FnOnce(GuardLayerBuilder) -> GuardLayerBuilder,
        kind: ConfigErrorKind,
    ) {
        let builder = GuardLayer::builder(Policy::balanced(), Peppers::new(1, &[1; 32]));
        assert_eq!(configure(builder).build().unwrap_err().kind(), kind);
    }

    #[test]
    fn a_page_is_a_path_of_this_host() {
        for page in ["", "reauth", "//evil.example", "/\\evil.example", "/a?b", "/a b", "/é"] {
            check(|guard| guard.page(page), ConfigErrorKind::InvalidPage);
        }
    }

    #[test]
    fn a_header_has_a_name_that_headers_may_have() {
        check(|guard| guard.tls_fingerprint("x ja4"), ConfigErrorKind::InvalidHeader);
    }

    #[test]
    fn a_limit_is_a_minute_at_least() {
        let second = Duration::from_secs(1);
        check(|guard| guard.idle(second), ConfigErrorKind::ShortLimit);
        check(|guard| guard.age(second), ConfigErrorKind::ShortLimit);
    }
}
