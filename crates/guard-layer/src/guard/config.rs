use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use auth_core::{Renderer, SharedClock};
use http::HeaderValue;
use tokio::sync::Semaphore;

use crate::audit::{Events, GuardEvent, GuardEventKind};
use crate::guarded::Guarded;
use crate::pepper::Peppers;
use crate::policy::Policy;
use crate::sight::Watch;

/// What a layer and its services share.
pub(crate) struct Config {
    pub(crate) policy: ArcSwap<Policy>,
    pub(crate) peppers: Peppers,
    pub(crate) limits: Limits,
    /// The path of the page that asks for a factor.
    pub(crate) page: Option<HeaderValue>,
    pub(crate) watch: Watch,
    pub(crate) renderer: Renderer,
    pub(crate) events: Events,
    pub(crate) clock: SharedClock,
    /// Turns to look for what became of old ids.
    pub(crate) old_ids: Arc<Semaphore>,
    #[cfg(feature = "metrics")]
    pub(crate) decisions: crate::metrics::Decisions,
}

/// How long a session may go on without a login.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) idle: Option<Duration>,
    pub(crate) age: Option<Duration>,
}

impl Config {
    /// Something that happened to a session of this user.
    pub(crate) fn event(&self, session: &Guarded, user: &str, kind: GuardEventKind) -> GuardEvent {
        let session = session.name().and_then(|name| self.peppers.handle(name.as_bytes()));
        GuardEvent { session, user: user.to_owned(), kind }
    }

    pub(crate) fn is_page(&self, path: &str) -> bool {
        self.page.as_ref().is_some_and(|page| page.as_bytes() == path.as_bytes())
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("policy", &self.policy.load().name())
            .field("limits", &self.limits)
            .field("page", &self.page)
            .field("events", &self.events)
            .finish_non_exhaustive()
    }
}
