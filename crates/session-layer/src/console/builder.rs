use std::fmt;
use std::num::NonZeroU64;
use std::sync::Arc;

use http::request::Parts;

use super::feed::Feed;
use super::history::History;
use super::permission::Permitted;
use super::{Console, Figures, Node};
use crate::backend::UserId;
use crate::{ConfigError, ConfigErrorKind, Sessions};

/// Configures a [`Console`], from [`Console::builder`].
#[must_use = "a builder does nothing until `build` is called"]
pub struct ConsoleBuilder {
    sessions: Sessions,
    figures: Figures,
    permitted: Box<Permitted>,
    capacity: Option<u64>,
    node: Option<Node>,
}

/// What the clones of a console share.
pub(super) struct Config {
    pub(super) sessions: Sessions,
    pub(super) figures: Figures,
    pub(super) history: History,
    pub(super) feed: Arc<Feed>,
    pub(super) permitted: Box<Permitted>,
    pub(super) capacity: Option<NonZeroU64>,
    pub(super) node: Option<Node>,
}

impl ConsoleBuilder {
    pub(super) fn new(
        sessions: Sessions,
        figures: Figures,
        permitted: impl Fn(&Parts, &UserId) -> bool + Send + Sync + 'static,
    ) -> Self {
        let permitted = Box::new(permitted);
        Self { sessions, figures, permitted, capacity: None, node: None }
    }

    /// How many live sessions the store was sized for, so that the first alert can tell that they
    /// come near to it. Without it that alert is unknown.
    pub fn capacity(mut self, sessions: u64) -> Self {
        self.capacity = Some(sessions);
        self
    }

    /// Reports this instance to the consoles of all, as long as [`keep_watch`](Console::keep_watch)
    /// runs. By default it is not among the nodes.
    pub fn node(mut self, node: Node) -> Self {
        self.node = Some(node);
        self
    }

    /// Checks it all.
    ///
    /// # Errors
    /// [`ConfigError`] for a capacity of nothing, and for a node whose name or version no page can
    /// show.
    pub fn build(self) -> Result<Console, ConfigError> {
        let capacity = self.capacity.map(checked).transpose()?;
        self.node.as_ref().map(Node::check).transpose()?;
        Ok(Console::new(Config {
            feed: Arc::new(Feed::new(self.sessions.now())),
            sessions: self.sessions,
            figures: self.figures,
            history: History::default(),
            permitted: self.permitted,
            capacity,
            node: self.node,
        }))
    }
}

fn checked(capacity: u64) -> Result<NonZeroU64, ConfigError> {
    let message = "a store for no sessions is always full: give the number that it was sized for";
    NonZeroU64::new(capacity).ok_or(ConfigError::new(ConfigErrorKind::InvalidBound, message))
}

impl fmt::Debug for ConsoleBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConsoleBuilder")
            .field("capacity", &self.capacity)
            .field("node", &self.node)
            .finish_non_exhaustive()
    }
}
