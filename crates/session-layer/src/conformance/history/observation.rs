use std::time::{Duration, SystemTime};

use super::action::Answer;
use super::names::{Content, Key, Names, User};
use crate::backend::{
    BackendError, Created, Found, Loaded, Record, Rotated, SessionKey, Swept, Updated,
};

/// A session as a client saw it, or as it is to be; times in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Session {
    pub(super) version: u64,
    pub(super) content: Content,
    pub(super) user: Option<User>,
    pub(super) idle: u64,
    /// How long after its creation it was last seen.
    pub(super) seen: u64,
    /// How long after its creation it ends.
    pub(super) ends: u64,
}

/// A session under a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) key: Key,
    pub(super) session: Session,
}

/// How far times may be apart: the server's clock goes on while a history runs.
const SLACK: u64 = 30;

impl Session {
    /// Whether both are the same session, but for the time that the calls took.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let timeless = |session: &Self| Self { seen: 0, ends: 0, ..*session };
        timeless(self) == timeless(other)
            && self.seen.abs_diff(other.seen) <= SLACK
            && self.ends.abs_diff(other.ends) <= SLACK
    }
}

/// What a verb answered, in the words of the history.
pub(super) trait Observe {
    fn observe(self, names: &Names) -> Option<Answer>;
}

pub(super) fn observe(result: Result<impl Observe, BackendError>, names: &Names) -> Answer {
    match result {
        Ok(answer) => answer.observe(names).unwrap_or(Answer::Foreign),
        Err(error) => Answer::Failed(error.kind()),
    }
}

impl Observe for Loaded {
    fn observe(self, names: &Names) -> Option<Answer> {
        Some(match self {
            Self::Found(found) => Answer::Found(seen(&found, names)?),
            Self::Missing(missing) => Answer::Missing(missing),
        })
    }
}

impl Observe for Created {
    fn observe(self, names: &Names) -> Option<Answer> {
        Some(match self {
            Self::Done { ended } => Answer::Made(keys(&ended, names)?),
            Self::Taken => Answer::Taken,
            Self::Full => Answer::Full,
        })
    }
}

impl Observe for Updated {
    fn observe(self, names: &Names) -> Option<Answer> {
        Some(match self {
            Self::Done(version) => Answer::Updated(version),
            Self::Conflict(found) => Answer::Conflict(seen(&found, names)?),
            Self::Missing(missing) => Answer::Missing(missing),
        })
    }
}

impl Observe for Rotated {
    fn observe(self, names: &Names) -> Option<Answer> {
        Some(match self {
            Self::Done { ended } => Answer::Made(keys(&ended, names)?),
            Self::Conflict(found) => Answer::Conflict(seen(&found, names)?),
            Self::Missing(missing) => Answer::Missing(missing),
            Self::Taken => Answer::Taken,
            Self::Full => Answer::Full,
        })
    }
}

impl Observe for bool {
    fn observe(self, _: &Names) -> Option<Answer> {
        Some(Answer::Did(self))
    }
}

impl Observe for Option<Found> {
    fn observe(self, names: &Names) -> Option<Answer> {
        Some(Answer::Ended(match self {
            Some(found) => Some(seen(&found, names)?),
            None => None,
        }))
    }
}

impl Observe for Vec<Found> {
    fn observe(self, names: &Names) -> Option<Answer> {
        let all = self.iter().map(|found| seen(found, names)).collect::<Option<_>>()?;
        let in_order = self.is_sorted_by_key(|found| found.record.created);
        in_order.then_some(Answer::Listed(all))
    }
}

/// How much was swept is up to the backend.
impl Observe for Swept {
    fn observe(self, _: &Names) -> Option<Answer> {
        Some(Answer::Nothing)
    }
}

fn keys(keys: &[SessionKey], names: &Names) -> Option<Vec<Key>> {
    keys.iter().map(|key| names.key_of(key)).collect()
}

fn seen(found: &Found, names: &Names) -> Option<Seen> {
    Some(Seen { key: names.key_of(&found.key)?, session: session(&found.record, names)? })
}

fn session(record: &Record, names: &Names) -> Option<Session> {
    let user = match &record.user {
        Some(user) => Some(names.user_of(user)?),
        None => None,
    };
    let since_creation = |time: SystemTime| time.duration_since(record.created).ok();
    Some(Session {
        version: record.version,
        content: Names::content_of(&record.payload)?,
        user,
        idle: record.idle.as_secs(),
        seen: since_creation(record.last_seen).map(|seen| Duration::as_secs(&seen))?,
        ends: since_creation(record.ends).map(|ends| Duration::as_secs(&ends))?,
    })
}
