use std::time::Duration;

use super::create::{capped, register};
use super::load::{Look, look};
use super::transaction::{Ending, Steps, transact};
use super::work::Work;
use super::{Handover, Statements};
use crate::backend::{Created, Draft, Found, Rotated, Rotation, RotationKind, SessionKey, UserId};

/// [`Backend::rotate`](crate::backend::Backend::rotate).
pub(in crate::backend) struct Rotate<'a> {
    pub(in crate::backend) key: &'a SessionKey,
    pub(in crate::backend) rotation: &'a Rotation,
}

impl<C: Statements> Work<C> for Rotate<'_> {
    type Done = Rotated;

    const REPEATABLE: bool = false;

    async fn run(&self, connection: &mut C) -> Result<Rotated, sqlx::Error> {
        let Rotation { version, to, kind } = self.rotation;
        let Ok(version) = i64::try_from(*version) else { return self.not_live(connection).await };
        match kind {
            RotationKind::Renew { payload, lifetime, grace } => {
                let lifetime = lifetime.as_ref();
                let handover = Handover { from: self.key, version, to, payload, lifetime };
                self.renew(connection, handover, *grace).await
            }
            RotationKind::Replace(draft) => {
                let replacement = Replacement { key: self.key, version, to, draft };
                let rotated = transact(connection, &replacement).await?;
                self.or_why(connection, rotated).await
            }
        }
    }
}

impl Rotate<'_> {
    /// A session's user never changes under one key, so that a look before the transaction tells
    /// whose lock it needs.
    async fn renew<C: Statements>(
        &self,
        connection: &mut C,
        handover: Handover<'_>,
        grace: Duration,
    ) -> Result<Rotated, sqlx::Error> {
        let user = match look(connection, self.key).await? {
            Look::Here(found) if self.is_expected(&found) => found.record.user,
            other => return Ok(refused(other)),
        };
        let rotated = transact(connection, &Renewal { handover, grace, user }).await?;
        self.or_why(connection, rotated).await
    }

    async fn or_why<C: Statements>(
        &self,
        connection: &mut C,
        rotated: Option<Rotated>,
    ) -> Result<Rotated, sqlx::Error> {
        match rotated {
            Some(rotated) => Ok(rotated),
            None => self.not_live(connection).await,
        }
    }

    async fn not_live<C: Statements>(&self, connection: &mut C) -> Result<Rotated, sqlx::Error> {
        Ok(refused(look(connection, self.key).await?))
    }

    fn is_expected(&self, found: &Found) -> bool {
        found.record.version == self.rotation.version
    }
}

fn refused(look: Look) -> Rotated {
    match look {
        Look::Here(found) | Look::Led(found) => Rotated::Conflict(found),
        Look::Missing(missing) => Rotated::Missing(missing),
    }
}

/// A renewal; it gives nothing where the session is not what was read.
struct Renewal<'a> {
    handover: Handover<'a>,
    grace: Duration,
    user: Option<UserId>,
}

impl<C: Statements> Steps<C> for Renewal<'_> {
    type Done = Option<Rotated>;

    /// With the user's lock, for who counts the user's sessions has to see it once.
    async fn steps(&self, connection: &mut C) -> Result<Ending<Self::Done>, sqlx::Error> {
        if let Some(user) = &self.user {
            connection.lock_user(user).await?;
        }
        let Handover { from, version, to, .. } = self.handover;
        // Before, for afterwards there is nothing to copy from.
        let inserted = connection.insert_renewed(&self.handover).await?;
        if !connection.supersede(from, version, Some((to, self.grace))).await? {
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
    key: &'a SessionKey,
    version: i64,
    to: &'a SessionKey,
    draft: &'a Draft,
}

impl<C: Statements> Steps<C> for Replacement<'_> {
    type Done = Option<Rotated>;

    async fn steps(&self, connection: &mut C) -> Result<Ending<Self::Done>, sqlx::Error> {
        if let Some((user, _)) = capped(self.draft) {
            connection.lock_user(user).await?;
        }
        if !connection.supersede(self.key, self.version, None).await? {
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
