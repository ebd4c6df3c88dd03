//! Tower layers that tell where a request comes from and whether it may go on.
//!
//! [`ClientAddrLayer`] finds out the address of the client, behind any number of proxies, and puts
//! it into the request's extensions, where handlers and inner layers take it as [`ClientAddr`].
//! [`ProxyProtocolListener`] is for proxies that name it with the PROXY protocol.
//!
//! [`GuardLayer`] tells a thief from a commuter: it compares each request with what is remembered of
//! its session, and lets it go on, has its user prove again who they are ([`Reauth`]), or ends the
//! session. [`Policy::judge`] is the decision, a pure function of a request's [`Facts`] and the
//! session's [`Memory`].
//!
//! [`TokenGuardLayer`] does the same for tokens, which nothing can be written to: what it remembers is
//! in a claim. With its fingerprint cookie a stolen bearer token alone is no use.
//!
//! With the feature `maxmind`, `PlaceDatabase` tells where addresses are.
//!
//! [`RequireFresh`], [`RequireAcr`] and [`RequireFactor`] are for routes that need a proof anyway.
//!
//! [`LoginThrottle`] slows down who guesses passwords, and locks nobody out for good.
//!
//! [`WebSocketOriginLayer`] refuses WebSockets that pages of other sites open.

mod agent;
mod audit;
mod client_addr;
mod decision;
mod device;
mod error;
mod facts;
mod guard;
mod guarded;
mod handshake;
mod hints;
mod judge;
mod last_shown;
mod login_throttle;
mod memory;
#[cfg(feature = "metrics")]
mod metrics;
mod note;
mod pepper;
#[cfg(feature = "maxmind")]
mod place_database;
mod policy;
mod rejection;
mod shown;
mod sight;
mod signal;
mod step_up;
mod token_guard;
mod turns;
mod websocket_origin;

pub use agent::{Agent, Family, Platform};
pub use audit::{GuardEvent, GuardEventKind, Limit};
pub use auth_core::{ClientAddr, TargetOrigin};
pub use client_addr::{
    ClientAddrBuilder, ClientAddrLayer, ClientAddrService, ProxyProtocolListener,
};
pub use decision::{Decision, Reason, Verdict};
pub use error::{ConfigError, ConfigErrorKind};
pub use facts::{Binding, Facts, OldCopy, Place};
pub use guard::{GuardLayer, GuardLayerBuilder, GuardService};
pub use guarded::{Guarded, GuardedSession, Heir, Looked, LookedBack, NoteEdit};
pub use login_throttle::{
    AttemptKey, AttemptLimit, AttemptStore, AttemptStoreError, KeptAttempts, LoginAttempt,
    LoginThrottle, LoginThrottleBuilder, MemoryAttempts,
};
pub use memory::Memory;
pub use note::{Asked, StoredNote};
pub use pepper::{Peppers, Tag};
#[cfg(feature = "maxmind")]
pub use place_database::{PlaceDatabase, PlaceDatabaseError, PlaceDatabaseErrorKind};
pub use policy::{Points, Policy, PolicyBuilder, PolicyError};
pub use signal::{Degree, Observation, Signal};
pub use step_up::{
    Attempt, Factor, Reauth, Require, RequireAcr, RequireFactor, RequireFresh, RequireService,
};
pub use token_guard::{
    IssuedBinding, TokenGuardBuilder, TokenGuardFuture, TokenGuardLayer, TokenGuardService,
};
pub use websocket_origin::{WebSocketOriginFuture, WebSocketOriginLayer, WebSocketOriginService};
