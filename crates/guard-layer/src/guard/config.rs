use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use tokio::sync::Semaphore;

use crate::audit::{GuardEvent, GuardEventKind};
use crate::guarded::Guarded;
use crate::judge::Judge;

/// What a layer and its services share.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) judge: Judge,
    pub(crate) limits: Limits,
    /// The path of the page that asks for a factor.
    pub(crate) page: Option<HeaderValue>,
    /// Turns to look for what became of old ids.
    pub(crate) old_ids: Arc<Semaphore>,
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
        let session = session.name().and_then(|name| self.judge.peppers.handle(name.as_bytes()));
        GuardEvent { session, user: user.to_owned(), kind }
    }

    pub(crate) fn is_page(&self, path: &str) -> bool {
        self.page.as_ref().is_some_and(|page| page.as_bytes() == path.as_bytes())
    }
}
