use super::Statements;
use super::load::{Look, look};
use super::transaction::{Ending, Steps, transact};
use super::work::{Work, undecided};
use crate::backend::{CapPolicy, Created, Draft, Found, SessionKey};

/// [`Backend::create`](crate::backend::Backend::create).
pub(in crate::backend) struct Create<'a> {
    pub(in crate::backend) key: &'a SessionKey,
    pub(in crate::backend) draft: &'a Draft,
}

impl<C: Statements> Work<C> for Create<'_> {
    type Done = Created;

    const REPEATABLE: bool = true;

    async fn run(&self, connection: &mut C) -> Result<Created, sqlx::Error> {
        if self.draft.user.is_some() {
            return transact(connection, self).await;
        }
        let inserted = connection.insert(self.key, self.draft).await?;
        Ok(if inserted { Created::Done { ended: Vec::new() } } else { Created::Taken })
    }

    /// A key is drawn at random: nobody else has a session under it that looks like this one. Whom
    /// it has ended for it, if there is a cap, nobody knows any more.
    async fn run_again(&self, connection: &mut C) -> Result<Created, sqlx::Error> {
        match look(connection, self.key).await? {
            Look::Here(found) if self.has_made(&found) => match self.draft.cap {
                None => Ok(Created::Done { ended: Vec::new() }),
                Some(_) => Err(undecided()),
            },
            _ => self.run(connection).await,
        }
    }
}

impl Create<'_> {
    fn has_made(&self, found: &Found) -> bool {
        let Draft { payload, user, .. } = self.draft;
        found.record.version == 1 && found.record.payload == *payload && found.record.user == *user
    }
}

impl<C: Statements> Steps<C> for Create<'_> {
    type Done = Created;

    async fn steps(&self, connection: &mut C) -> Result<Ending<Created>, sqlx::Error> {
        take_turn(connection, self.draft).await?;
        register(connection, self.key, self.draft).await
    }
}

/// Lets nobody else register a session of the user: with a cap or without, for else one without
/// could be seen before what was counted without it.
pub(super) async fn take_turn<C: Statements>(
    connection: &mut C,
    draft: &Draft,
) -> Result<(), sqlx::Error> {
    match &draft.user {
        Some(user) => connection.lock_user(user).await,
        None => Ok(()),
    }
}

/// Adds a session within its cap, in the user's turn.
pub(super) async fn register<C: Statements>(
    connection: &mut C,
    key: &SessionKey,
    draft: &Draft,
) -> Result<Ending<Created>, sqlx::Error> {
    let Some(ended) = make_room(connection, draft).await? else {
        return Ok(Ending::Undo(Created::Full));
    };
    if connection.insert(key, draft).await? {
        Ok(Ending::Commit(Created::Done { ended }))
    } else {
        Ok(Ending::Undo(Created::Taken))
    }
}

/// The user's sessions that it ended, or none at all where there is no room. What it counts stays
/// as it is until the transaction ends.
///
/// What has expired is nobody's from here on, so that no touch that was sent just before it expired,
/// and waited, can make it live and one too many. To remove it is for a sweep, which tells of it.
async fn make_room<C: Statements>(
    connection: &mut C,
    draft: &Draft,
) -> Result<Option<Vec<SessionKey>>, sqlx::Error> {
    let (Some(user), Some(cap)) = (&draft.user, draft.cap) else { return Ok(Some(Vec::new())) };
    connection.disown_expired(user).await?;
    let keys = connection.locked_keys_of(user).await?;
    let others = usize::try_from(cap.sessions.get() - 1).unwrap_or(usize::MAX);
    let too_many = keys.len().saturating_sub(others);
    match cap.policy {
        CapPolicy::Refuse if too_many > 0 => Ok(None),
        _ => end(connection, keys.get(..too_many).unwrap_or_default()).await.map(Some),
    }
}

async fn end<C: Statements>(
    connection: &mut C,
    keys: &[SessionKey],
) -> Result<Vec<SessionKey>, sqlx::Error> {
    for key in keys {
        connection.end(key).await?;
    }
    Ok(keys.to_vec())
}
