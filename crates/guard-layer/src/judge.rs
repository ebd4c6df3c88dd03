use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;
use auth_core::{Renderer, SharedClock};
use http::HeaderName;

use crate::audit::Events;
use crate::error::{ConfigError, ConfigErrorKind};
use crate::pepper::Peppers;
use crate::policy::Policy;
use crate::sight::Watch;

/// What every guard decides by, of sessions or of tokens, and how it tells of it.
pub(crate) struct Judge {
    pub(crate) policy: ArcSwap<Policy>,
    pub(crate) peppers: Peppers,
    pub(crate) watch: Watch,
    pub(crate) renderer: Renderer,
    pub(crate) events: Events,
    pub(crate) clock: SharedClock,
    #[cfg(feature = "metrics")]
    pub(crate) decisions: crate::metrics::Decisions,
}

impl Judge {
    /// With the defaults of both builders.
    pub(crate) fn new(policy: Policy, peppers: Peppers) -> Self {
        Self {
            policy: ArcSwap::from_pointee(policy),
            peppers,
            watch: Watch::default(),
            renderer: Renderer::default(),
            events: Events::default(),
            clock: SharedClock::default(),
            #[cfg(feature = "metrics")]
            decisions: crate::metrics::Decisions::default(),
        }
    }

    /// Begins, and looks at this header too.
    pub(crate) fn begin(mut self, tls_fingerprint: Option<String>) -> Result<Self, ConfigError> {
        self.watch.tls_fingerprint = tls_fingerprint.map(header).transpose()?;
        #[cfg(feature = "metrics")]
        crate::metrics::begin();
        Ok(self)
    }

    pub(crate) fn change_policy(&self, policy: Policy) {
        self.policy.store(Arc::new(policy));
    }
}

fn header(name: String) -> Result<HeaderName, ConfigError> {
    name.try_into().map_err(|_| ConfigError::new(ConfigErrorKind::InvalidHeader))
}

impl fmt::Debug for Judge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Judge")
            .field("policy", &self.policy.load().name())
            .field("watch", &self.watch)
            .field("events", &self.events)
            .finish_non_exhaustive()
    }
}
