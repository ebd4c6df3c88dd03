use std::fmt;
use std::future::pending;
use std::sync::Arc;

use redis::RedisResult;

use super::dialer::Dialer;
use super::place::Place;
use super::sentinels::Sentinels;
use super::wire::{Driver, Listener, Wire};

/// Where connections go to.
#[derive(Clone)]
pub(super) enum Endpoint {
    /// To this server.
    Fixed(Place, Dialer),
    /// To the server that is the master.
    Watched(Arc<Sentinels>),
}

impl Endpoint {
    /// Which server the latest connection led to, or the next one will.
    pub(super) fn place(&self) -> Option<Place> {
        match self {
            Self::Fixed(place, _) => Some(place.clone()),
            Self::Watched(sentinels) => sentinels.known_master(),
        }
    }

    /// A connection that has been greeted.
    pub(super) async fn open(&self) -> RedisResult<(Arc<Wire>, Driver)> {
        match self {
            Self::Fixed(place, dialer) => dialer.open(place).await,
            Self::Watched(sentinels) => sentinels.open(None).await,
        }
    }

    /// The same, that also gets what Redis says without being asked.
    pub(super) async fn listen(&self, listener: Listener) -> RedisResult<(Arc<Wire>, Driver)> {
        match self {
            Self::Fixed(place, dialer) => dialer.listen(place, listener).await,
            Self::Watched(sentinels) => sentinels.open(Some(listener)).await,
        }
    }

    /// Leads to the same, and is watched on its own.
    pub(super) fn another(&self) -> Self {
        match self {
            Self::Fixed(..) => self.clone(),
            Self::Watched(sentinels) => Self::Watched(Arc::new(sentinels.another())),
        }
    }

    /// Comes back when connections lead elsewhere than the latest one. Only one may wait for that.
    pub(super) async fn moved(&self) {
        match self {
            Self::Fixed(..) => pending().await,
            Self::Watched(sentinels) => sentinels.switched().await,
        }
    }

    /// Finds out when that is, until it is dropped.
    pub(super) async fn watch(&self) {
        match self {
            Self::Fixed(..) => pending().await,
            Self::Watched(sentinels) => sentinels.listen().await,
        }
    }
}

/// Without the login.
impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(place, _) => place.fmt(f),
            Self::Watched(sentinels) => sentinels.fmt(f),
        }
    }
}
