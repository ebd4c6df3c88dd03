use std::fmt;
use std::sync::Arc;

use crate::backend::{SessionKey, UserId};

/// Something that happened to a session, for the application's own audit log, and in `tracing`
/// with the target `session_layer::event`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SessionEvent {
    /// What happened.
    pub kind: SessionEventKind,
    /// The hash of the session's id: it names a session and opens none.
    pub session: SessionKey,
    /// The user it is registered under.
    pub user: Option<UserId>,
}

/// What happened to a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SessionEventKind {
    /// It began, without an earlier one.
    Created,
    /// A request loaded it.
    Loaded,
    /// It got another id.
    Renewed,
    /// It took the place of an earlier one, as at a login.
    LoggedIn,
    /// A request came with an id that nobody has: it expired, was ended, or is made up. Many of
    /// them from one client are an attack.
    Unknown,
    /// It was ended.
    Ended(Ending),
}

/// Why a session was ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Ending {
    /// Its user logged out, here or from another device.
    Logout,
    /// The user began one more session than may be.
    Cap,
    /// The application ended it, not its user.
    Administrator,
    /// A guard ended it, such as for a request that was not of its user.
    Guard,
}

impl SessionEventKind {
    /// One word for logs and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Loaded => "loaded",
            Self::Renewed => "renewed",
            Self::LoggedIn => "logged_in",
            Self::Unknown => "unknown",
            Self::Ended(Ending::Logout) => "ended_by_logout",
            Self::Ended(Ending::Cap) => "ended_by_cap",
            Self::Ended(Ending::Administrator) => "ended_by_administrator",
            Self::Ended(Ending::Guard) => "ended_by_guard",
        }
    }
}

/// Who is told of events.
#[derive(Clone, Default)]
pub(crate) struct Events(Option<Arc<Sink>>);

type Sink = dyn Fn(&SessionEvent) + Send + Sync;

impl Events {
    pub(crate) fn to(sink: impl Fn(&SessionEvent) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(sink)))
    }

    pub(crate) fn tell(&self, kind: SessionEventKind, session: SessionKey, user: Option<UserId>) {
        match kind {
            SessionEventKind::Loaded => {
                tracing::trace!(target: TARGET, ?session, kind = kind.as_str())
            }
            SessionEventKind::Unknown => {
                tracing::info!(target: TARGET, ?session, kind = kind.as_str())
            }
            _ => tracing::info!(target: TARGET, ?session, ?user, kind = kind.as_str()),
        }
        #[cfg(feature = "metrics")]
        crate::metrics::event(kind);
        if let Some(sink) = &self.0 {
            sink(&SessionEvent { kind, session, user });
        }
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Events(told)" } else { "Events(logged)" })
    }
}

const TARGET: &str = "session_layer::event";
