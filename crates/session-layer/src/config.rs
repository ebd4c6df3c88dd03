use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use auth_core::{Clock, Renderer, SharedClock};
use http::HeaderValue;
use tower_sessions_core::SessionStore;

use crate::backend::{Backend, Cap, CapPolicy, Lifetime, TOMBSTONE_LIFE};
use crate::cookie::{Attributes, SameSite, Signer};
use crate::engine::{Codec, ID_LENGTH, Predecessor, Sealer, Stay};
use crate::event::{Events, SessionEvent};
use crate::{ConfigError, ConfigErrorKind, SessionLayer};

/// Configures a [`SessionLayer`], from [`SessionLayer::builder`].
#[must_use]
pub struct SessionLayerBuilder {
    backend: Arc<dyn Backend>,
    cookie: Attributes,
    named: bool,
    signing_key: Option<Vec<u8>>,
    older_signing_keys: Vec<Vec<u8>>,
    encryption_key: Option<[u8; 32]>,
    older_encryption_keys: Vec<[u8; 32]>,
    lifetime: Lifetime,
    remembered: Lifetime,
    renew_every: Option<Duration>,
    grace: Duration,
    old_ids_kept: Option<Duration>,
    cap: Option<Cap>,
    commits_server_errors: bool,
    serves_guests: bool,
    clear_site_data: Vec<ClearSiteData>,
    renderer: Renderer,
    events: Events,
    clock: SharedClock,
    predecessor: Option<Predecessor>,
}

/// What a browser is told to forget of the site at a logout (Clear Site Data section 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClearSiteData {
    /// `"cache"`: what it has stored of responses. Some browsers take seconds for it.
    Cache,
    /// `"cookies"`: all cookies of the domain, those of other applications on it as well.
    Cookies,
    /// `"storage"`: local and session storage, databases, service workers.
    Storage,
}

/// What layer, service and engine share.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) backend: Arc<dyn Backend>,
    pub(crate) cookie: Attributes,
    pub(crate) signer: Option<Signer>,
    pub(crate) codec: Codec,
    pub(crate) lifetime: Lifetime,
    pub(crate) remembered: Lifetime,
    pub(crate) renew_every: Option<Duration>,
    pub(crate) grace: Duration,
    /// How long after its grace an old id is known to be one.
    pub(crate) old_ids_kept: Duration,
    pub(crate) cap: Option<Cap>,
    pub(crate) commits_server_errors: bool,
    pub(crate) serves_guests: bool,
    pub(crate) clear_site_data: Option<HeaderValue>,
    pub(crate) renderer: Renderer,
    pub(crate) events: Events,
    pub(crate) clock: SharedClock,
    pub(crate) predecessor: Option<Predecessor>,
}

impl Config {
    /// How long a session lives.
    pub(crate) fn stay(&self, remembered: bool) -> Stay {
        let lifetime = if remembered { self.remembered } else { self.lifetime };
        Stay { lifetime, remembered }
    }
}

impl SessionLayerBuilder {
    pub(crate) fn new(backend: Arc<dyn Backend>) -> Self {
        Self {
            backend,
            cookie: Attributes {
                name: "__Host-Http-sid".into(),
                domain: None,
                path: "/".into(),
                max_age: None,
                secure: true,
                http_only: true,
                same_site: SameSite::Lax,
            },
            named: false,
            signing_key: None,
            older_signing_keys: Vec::new(),
            encryption_key: None,
            older_encryption_keys: Vec::new(),
            lifetime: Lifetime { idle: MINUTE * 30, absolute: HOUR * 12 },
            remembered: Lifetime { idle: DAY * 14, absolute: DAY * 90 },
            renew_every: None,
            grace: Duration::from_secs(30),
            old_ids_kept: None,
            cap: None,
            commits_server_errors: false,
            serves_guests: true,
            clear_site_data: Vec::new(),
            renderer: Renderer::default(),
            events: Events::default(),
            clock: SharedClock::default(),
            predecessor: None,
        }
    }

    /// The cookie's name, `__Host-Http-sid` by default. Browsers that know the prefix `__Host-Http-`
    /// take the cookie from a response of this very host over https only, and never from a script;
    /// older ones read it as `__Host-` (RFC 6265bis section 4.1.3).
    pub fn cookie_name(mut self, name: impl Into<String>) -> Self {
        self.cookie.name = name.into();
        self.named = true;
        self
    }

    /// Sends the cookie to all hosts of a domain, such as `example.com`; by default only to the
    /// host that gave it. Needs a name without the prefix `__Host-`.
    pub fn cookie_domain(mut self, domain: impl Into<String>) -> Self {
        let domain = domain.into();
        self.cookie.domain = Some(domain.strip_prefix('.').map(String::from).unwrap_or(domain));
        self
    }

    /// Where the cookie is sent: this path and all below it, `/` by default. Another one needs a
    /// name without the prefix `__Host-`.
    pub fn cookie_path(mut self, path: impl Into<String>) -> Self {
        self.cookie.path = path.into();
        self
    }

    /// To which requests from other sites browsers add the cookie: `Lax` by default.
    pub fn same_site(mut self, same_site: SameSite) -> Self {
        self.cookie.same_site = same_site;
        self
    }

    /// Lets scripts of the page read the cookie, and steal it. Needs a name without the prefix
    /// `__Host-Http-`.
    pub fn dangerous_script_access(mut self) -> Self {
        self.cookie.http_only = false;
        self
    }

    /// For development without TLS: leaves out `Secure`, and without a name of your own calls the
    /// cookie `sid`, as browsers refuse the prefix without it. Everybody on the way can take the
    /// session over.
    pub fn insecure_plain_http(mut self) -> Self {
        self.cookie.secure = false;
        self
    }

    /// Signs the cookie's value with HMAC-SHA256, so that ids which somebody made up never reach
    /// the backend. All instances have the same key, of 32 random bytes or more. Off by default.
    pub fn signed(mut self, key: impl Into<Vec<u8>>) -> Self {
        self.signing_key = Some(key.into());
        self
    }

    /// A key that has signed until now and is believed still; may be given several times.
    pub fn older_signing_key(mut self, key: impl Into<Vec<u8>>) -> Self {
        self.older_signing_keys.push(key.into());
        self
    }

    /// Encrypts what the backend gets of a session with AES-256-GCM, under a key that it does not
    /// have. User, times and version stay readable to it. All instances have the same key. What
    /// was stored without it before can't be read any more. Off by default.
    pub fn encrypted(mut self, key: [u8; 32]) -> Self {
        self.encryption_key = Some(key);
        self
    }

    /// A key that has encrypted until now; what it has is read, and written anew under the current
    /// one as it changes. May be given several times.
    pub fn older_encryption_key(mut self, key: [u8; 32]) -> Self {
        self.older_encryption_keys.push(key);
        self
    }

    /// How long a session lives: without being seen, 30 minutes by default, and at all, 12 hours
    /// by default. Both are what OWASP names for low-risk applications; give less where more is at
    /// stake. The backend's clock judges both.
    pub fn lifetime(mut self, idle: Duration, absolute: Duration) -> Self {
        self.lifetime = Lifetime { idle, absolute };
        self
    }

    /// How long a session lives whose user asked to be remembered, in place of
    /// [`lifetime`](Self::lifetime): 14 and 90 days by default.
    pub fn remembered_lifetime(mut self, idle: Duration, absolute: Duration) -> Self {
        self.remembered = Lifetime { idle, absolute };
        self
    }

    /// Gives a session another id every so often, so that a stolen one is soon worth nothing. For
    /// `grace` the old id leads to the same session, for requests that are on their way. A client
    /// that never gets the response with the new id loses its session after the grace; give some
    /// minutes where networks are bad. Off by default.
    pub fn renew_every(mut self, period: Duration, grace: Duration) -> Self {
        self.renew_every = Some(period);
        self.grace = grace;
        self
    }

    /// How long after the grace of a renewal the old id is known to be one, so that a `GuardLayer`
    /// learns of two holders when it comes back: two minutes by default, and at most a day. Give
    /// more than the time that your users are away between two visits, for it may be theirs that
    /// comes back. Each renewal then leaves one key more in the backend for so long, of about 200
    /// bytes.
    ///
    /// With a guard a renewal costs one more write, with the first request that shows the new id, be
    /// old ids kept or not. An old one that comes back costs a read for each renewal that it is
    /// behind and three more, and a write if it is news; its sender waits for the first of these
    /// alone.
    ///
    /// All instances should have this version by then: an older one that helps a Redis Cluster to
    /// renew forgets the id after two minutes.
    #[cfg(feature = "guard")]
    pub fn keep_old_ids(mut self, kept: Duration) -> Self {
        self.old_ids_kept = Some(kept);
        self
    }

    /// At most so many live sessions for a user. Off by default.
    pub fn sessions_per_user(mut self, sessions: NonZeroU32, policy: CapPolicy) -> Self {
        self.cap = Some(Cap { sessions, policy });
        self
    }

    /// Commits changes although the response is a server error. By default such a response commits
    /// nothing but the end of a session.
    pub fn commit_server_errors(mut self) -> Self {
        self.commits_server_errors = true;
        self
    }

    /// Makes the session's methods fail while the backend can't be asked. By default such a request
    /// is served as a guest's, whose changes are refused: see
    /// [`SessionStatus`](crate::SessionStatus).
    pub fn no_guests_in_outages(mut self) -> Self {
        self.serves_guests = false;
        self
    }

    /// What browsers are told to forget at a logout; nothing but the session's cookie by default.
    /// Browsers listen only over https.
    pub fn clear_site_data(mut self, kinds: impl IntoIterator<Item = ClearSiteData>) -> Self {
        self.clear_site_data = kinds.into_iter().collect();
        self
    }

    /// Makes the responses of refusals.
    pub fn renderer(mut self, renderer: Renderer) -> Self {
        self.renderer = renderer;
        self
    }

    /// Takes over the sessions of a `SessionManagerLayer` of tower-sessions that was there before,
    /// so that nobody is logged out: a client with that layer's cookie (`id` unless you named it
    /// otherwise, neither signed nor private) gets a session of ours with what the store has of
    /// it, under a new id.
    pub fn take_over(mut self, store: impl SessionStore, cookie_name: impl Into<String>) -> Self {
        let name = cookie_name.into();
        let cookie = Attributes { name, domain: None, path: "/".into(), ..self.cookie.clone() };
        self.predecessor = Some(Predecessor { store: Arc::new(store), cookie });
        self
    }

    /// Is told of everything that happens to sessions, while the request waits: it should only
    /// pass it on.
    pub fn on_event(mut self, sink: impl Fn(&SessionEvent) + Send + Sync + 'static) -> Self {
        self.events = Events::to(sink);
        self
    }

    /// Decides by this clock when a session is to be renewed, and when to write down that it was
    /// seen. Expiry is up to the backend's clock. The system's by default.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = SharedClock::new(clock);
        self
    }

    /// Checks it all.
    ///
    /// # Errors
    /// [`ConfigError`] for a cookie that browsers refuse or silently change (RFC 6265bis sections
    /// 4.1 and 5.7), for short keys, for lifetimes that can't be, and for settings without effect.
    pub fn build(mut self) -> Result<SessionLayer, ConfigError> {
        if !self.cookie.secure && !self.named {
            self.cookie.name = "sid".into();
        }
        self.check_lifetimes()?;
        self.check_renewal()?;
        self.check_predecessor()?;
        let signer = self.signer()?;
        let codec = Codec::new(self.sealer()?);
        let longest = signer.as_ref().map(|signer| signer.sign(&"x".repeat(ID_LENGTH)));
        self.cookie.set_cookie(longest.as_deref().unwrap_or(&"x".repeat(ID_LENGTH)))?;
        Ok(SessionLayer::new(Config {
            clear_site_data: clear_site_data(&self.clear_site_data),
            backend: observed(self.backend),
            cookie: self.cookie,
            signer,
            codec,
            lifetime: self.lifetime,
            remembered: self.remembered,
            renew_every: self.renew_every,
            grace: self.grace,
            old_ids_kept: self.old_ids_kept.unwrap_or(TOMBSTONE_LIFE),
            cap: self.cap,
            commits_server_errors: self.commits_server_errors,
            serves_guests: self.serves_guests,
            renderer: self.renderer,
            events: self.events,
            clock: self.clock,
            predecessor: self.predecessor,
        }))
    }

    fn signer(&self) -> Result<Option<Signer>, ConfigError> {
        let Some(key) = &self.signing_key else {
            return useless(
                self.older_signing_keys.is_empty(),
                "an older key is of no use without the key that signs: give it with `signed`",
            );
        };
        Signer::new(&self.cookie.name, key, &self.older_signing_keys).map(Some)
    }

    fn sealer(&self) -> Result<Option<Sealer>, ConfigError> {
        let Some(key) = &self.encryption_key else {
            return useless(
                self.older_encryption_keys.is_empty(),
                "an older key is of no use without the key that encrypts: give it with `encrypted`",
            );
        };
        let sealer = Sealer::new(key, &self.older_encryption_keys);
        let message = "the system has no randomness to encrypt with: try again later";
        let error = ConfigError::new(ConfigErrorKind::NoRandomness, message);
        sealer.map(Some).ok_or(error)
    }

    fn check_lifetimes(&self) -> Result<(), ConfigError> {
        for Lifetime { idle, absolute } in [self.lifetime, self.remembered] {
            if idle < MINUTE || absolute < idle || absolute > DAY * 400 {
                let message = "a session lives at least a minute without being seen, not longer \
                               so than at all, and at all at most 400 days, as browsers keep no \
                               cookie longer";
                return Err(ConfigError::new(ConfigErrorKind::InvalidLifetime, message));
            }
        }
        Ok(())
    }

    fn check_predecessor(&self) -> Result<(), ConfigError> {
        match &self.predecessor {
            Some(predecessor) => predecessor.cookie.set_cookie("x").map(drop),
            None => Ok(()),
        }
    }

    fn check_renewal(&self) -> Result<(), ConfigError> {
        if self.renew_every.is_some_and(|period| period < self.grace * 2 || period < MINUTE) {
            let message = "a session can't be renewed more often than every minute, nor within \
                           twice the grace of an old id: choose a longer period or a shorter grace";
            return Err(ConfigError::new(ConfigErrorKind::InvalidLifetime, message));
        }
        self.check_old_ids()
    }

    fn check_old_ids(&self) -> Result<(), ConfigError> {
        let Some(kept) = self.old_ids_kept else { return Ok(()) };
        if self.renew_every.is_none() || self.grace.is_zero() {
            let message = "there are no old ids to keep unless sessions are renewed with a grace: \
                           ask for that with `renew_every`, or leave out `keep_old_ids`";
            return Err(ConfigError::new(ConfigErrorKind::UselessSetting, message));
        }
        if !(TOMBSTONE_LIFE..=DAY).contains(&kept) {
            let message = "old ids are kept for two minutes in any case, and for a day at most, as \
                           each takes room: choose a time between, or leave out `keep_old_ids`";
            return Err(ConfigError::new(ConfigErrorKind::InvalidLifetime, message));
        }
        Ok(())
    }
}

#[cfg(feature = "metrics")]
fn observed(backend: Arc<dyn Backend>) -> Arc<dyn Backend> {
    Arc::new(crate::wrap::Observed::new(backend))
}

#[cfg(not(feature = "metrics"))]
fn observed(backend: Arc<dyn Backend>) -> Arc<dyn Backend> {
    backend
}

fn useless<T>(is_fine: bool, message: &'static str) -> Result<Option<T>, ConfigError> {
    match is_fine {
        true => Ok(None),
        false => Err(ConfigError::new(ConfigErrorKind::UselessSetting, message)),
    }
}

/// The field; none if there is nothing to forget.
fn clear_site_data(kinds: &[ClearSiteData]) -> Option<HeaderValue> {
    let names = kinds.iter().map(|kind| match kind {
        ClearSiteData::Cache => "\"cache\"",
        ClearSiteData::Cookies => "\"cookies\"",
        ClearSiteData::Storage => "\"storage\"",
    });
    let list = names.collect::<Vec<_>>().join(", ");
    HeaderValue::try_from(list).ok().filter(|value| !value.is_empty())
}

impl fmt::Debug for SessionLayerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionLayerBuilder")
            .field("backend", &self.backend)
            .field("cookie", &self.cookie)
            .field("signed", &self.signing_key.is_some())
            .field("encrypted", &self.encryption_key.is_some())
            .finish_non_exhaustive()
    }
}

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
