use super::entry::{Entry, Roll, id_of_roll};
use super::locks::Writing;
use super::session::Session;
use super::shelf::{Shelf, Sight};
use crate::backend::{BackendError, BackendErrorKind, CapPolicy, Draft, SessionKey, UserId};

/// What keeps the sessions of a user together. The user is locked meanwhile.
impl Shelf {
    /// The user's live sessions; none of nobody.
    pub(super) async fn mates(&self, user: Option<&UserId>) -> Result<Vec<Session>, BackendError> {
        let Some(user) = user else { return Ok(Vec::new()) };
        let keys = self.roll(user).await?.keys();
        self.live_of(user, keys).await
    }

    /// What a session of the draft takes for room in place of another one, and these keys.
    pub(super) async fn room(
        &self,
        draft: &Draft,
        keys: &[SessionKey],
        instead_of: Option<&SessionKey>,
    ) -> Result<Room<'_>, BackendError> {
        let mut mates = self.mates(draft.user.as_ref()).await?;
        let mut ends = surplus(draft, &mates, instead_of);
        let locked = [ends.as_deref().unwrap_or_default(), keys].concat();
        let held = self.writing(&locked).await?;
        // Some may have ended until they were locked, so that fewer have to.
        if ends.as_ref().is_none_or(|ends| !ends.is_empty()) {
            mates = self.mates(draft.user.as_ref()).await?;
            ends = surplus(draft, &mates, instead_of);
        }
        Ok(Room { mates, ends, _held: held })
    }

    /// Puts a session on its user's roll, before it is there: what is on it and not live does no
    /// harm, but what is live and not on it could not be ended. Looks whether it is on it, for
    /// another instance may have written at the same time.
    pub(super) async fn register(
        &self,
        session: &Session,
        mates: &[Session],
    ) -> Result<(), BackendError> {
        let Some(user) = &session.user else { return Ok(()) };
        let mut roll = Roll::of(user, mates);
        for _ in 0..ATTEMPTS {
            roll.add(session);
            self.put_roll(user, roll).await?;
            roll = self.roll(user).await?;
            if roll.has(session) {
                return Ok(());
            }
        }
        let cause = "the store does not keep the list of the user's sessions";
        Err(BackendError::caused_by(BackendErrorKind::Unavailable, cause))
    }

    async fn put_roll(&self, user: &UserId, roll: Roll) -> Result<(), BackendError> {
        let known = self.read(id_of_roll(user.as_str())).await?.is_some();
        let entry = Entry::Roll(roll);
        if known || !self.create(&entry).await? {
            self.replace(&entry).await?;
        }
        Ok(())
    }

    /// Puts a live session back on the roll that it fell from, when two instances wrote that at the
    /// same time, or that ends before it.
    pub(super) async fn keep_registered(&self, session: &Session) -> Result<(), BackendError> {
        let Some(user) = &session.user else { return Ok(()) };
        let _held = self.wait(self.locks.user(Some(user))).await?;
        if self.roll(user).await?.has(session) {
            return Ok(());
        }
        let _stays = self.reading(&[session.key]).await?;
        match self.look(&session.key).await? {
            Sight::Live(session) if session.user.as_ref() == Some(user) => {
                self.register(&session, &self.mates(Some(user)).await?).await
            }
            _ => Ok(()),
        }
    }
}

/// More than instances write one user's roll at the same time.
const ATTEMPTS: u32 = 5;

/// Room for a session of a user. Nobody else reads or writes what ends for it, meanwhile.
pub(super) struct Room<'a> {
    /// The user's live sessions.
    pub(super) mates: Vec<Session>,
    /// Those that a cap ends; none if there is no room.
    pub(super) ends: Option<Vec<SessionKey>>,
    _held: Writing<'a>,
}

/// The sessions that a cap ends for one more; none if that one has no room.
fn surplus(
    draft: &Draft,
    mates: &[Session],
    instead_of: Option<&SessionKey>,
) -> Option<Vec<SessionKey>> {
    let Some(cap) = draft.cap else { return Some(Vec::new()) };
    let mut keys: Vec<_> = mates.iter().map(|session| session.key).collect();
    keys.retain(|key| Some(key) != instead_of);
    let most = usize::try_from(cap.sessions.get()).unwrap_or(usize::MAX);
    keys.truncate((keys.len() + 1).saturating_sub(most));
    (keys.is_empty() || cap.policy == CapPolicy::EndOldest).then_some(keys)
}
