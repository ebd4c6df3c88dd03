use super::create::{register, take_turn};
use super::load::{Look, look};
use super::transaction::{Ending, Steps, transact};
use super::work::Work;
use super::{Handover, Heir, Read, Statements};
use crate::backend::{
    Created, Draft, Rotated, Rotation, RotationKind, SessionKey, TOMBSTONE_LIFE, UserId,
};

/// [`Backend::rotate`](crate::backend::Backend::rotate).
pub(in crate::backend) struct Rotate<'a> {
    pub(in crate::backend) key: &'a SessionKey,
    pub(in crate::backend) rotation: &'a Rotation,
}

impl<C: Statements> Work<C> for Rotate<'_> {
    type Done = Rotated;

    const REPEATABLE: bool = false;

    /// A look before the transaction tells whose lock it needs: that the session is still the same
    /// user's is checked with its version.
    async fn run(&self, connection: &mut C) -> Result<Rotated, sqlx::Error> {
        loop {
            let found = match look(connection, self.key).await? {
                Look::Here(found) if found.record.version == self.rotation.version => found,
                Look::Here(found) | Look::Led(found) => return Ok(Rotated::Conflict(found)),
                Look::Missing(missing) => return Ok(Rotated::Missing(missing)),
            };
            if let Some(rotated) = self.rotate(connection, found.record.user.as_ref()).await? {
                return Ok(rotated);
            }
        }
    }
}

impl Rotate<'_> {
    /// Nothing, if the session is not what it was a moment ago.
    async fn rotate<C: Statements>(
        &self,
        connection: &mut C,
        user: Option<&UserId>,
    ) -> Result<Option<Rotated>, sqlx::Error> {
        let Rotation { version, to, kind } = self.rotation;
        let version = i64::try_from(*version).map_err(|error| sqlx::Error::Decode(error.into()))?;
        let read = Read { version, user };
        match kind {
            RotationKind::Renew { payload, lifetime, grace, kept } => {
                let lifetime = lifetime.as_ref();
                let handover = Handover { from: self.key, version, to, payload, lifetime };
                let heir = Heir { key: to, grace: *grace, kept: (*kept).max(TOMBSTONE_LIFE) };
                transact(connection, &Renewal { handover, heir, read }).await
            }
            RotationKind::Replace(draft) => {
                let from = self.key;
                transact(connection, &Replacement { from, read, to, draft }).await
            }
        }
    }
}

/// A renewal; it gives nothing where the session is not what was read.
struct Renewal<'a> {
    handover: Handover<'a>,
    heir: Heir<'a>,
    read: Read<'a>,
}

impl<C: Statements> Steps<C> for Renewal<'_> {
    type Done = Option<Rotated>;

    /// With the user's lock, for who counts the user's sessions has to see it once.
    async fn steps(&self, connection: &mut C) -> Result<Ending<Self::Done>, sqlx::Error> {
        if let Some(user) = self.read.user {
            connection.lock_user(user).await?;
        }
        // Before it is superseded, for then there is nothing left to copy.
        let inserted = connection.insert_renewed(&self.handover).await?;
        // Without a grace it leads nowhere, whatever time it is for who waits for this one's lock.
        let heir = (!self.heir.grace.is_zero()).then_some(self.heir);
        if !connection.supersede(self.handover.from, self.read, heir).await? {
            return Ok(Ending::Undo(None));
        }
        Ok(match inserted {
            true => Ending::Commit(Some(Rotated::Done { ended: Vec::new() })),
            false => Ending::Undo(Some(Rotated::Taken)),
        })
    }
}

/// A replacement; it gives nothing where the session is not what was read.
struct Replacement<'a> {
    from: &'a SessionKey,
    read: Read<'a>,
    to: &'a SessionKey,
    draft: &'a Draft,
}

impl<C: Statements> Steps<C> for Replacement<'_> {
    type Done = Option<Rotated>;

    async fn steps(&self, connection: &mut C) -> Result<Ending<Self::Done>, sqlx::Error> {
        take_turn(connection, self.draft).await?;
        if !connection.supersede(self.from, self.read, None).await? {
            return Ok(Ending::Undo(None));
        }
        Ok(match register(connection, self.to, self.draft).await? {
            Ending::Commit(created) => Ending::Commit(Some(rotated(created))),
            Ending::Undo(created) => Ending::Undo(Some(rotated(created))),
        })
    }
}

fn rotated(created: Created) -> Rotated {
    match created {
        Created::Done { ended } => Rotated::Done { ended },
        Created::Taken => Rotated::Taken,
        Created::Full => Rotated::Full,
    }
}
