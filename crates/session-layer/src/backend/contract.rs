use std::fmt::Debug;
use std::time::SystemTime;

use async_trait::async_trait;

use super::{
    BackendError, Change, Created, Draft, Found, Health, Loaded, Record, Renewed, Rotated,
    Rotation, SessionKey, StoreHealth, Swept, Updated, UserId,
};

/// Where sessions are kept, and the promises that everything else rests on.
///
/// Every verb is one atomic step: it happens wholly or not at all, and what it returned `Ok` for is
/// not undone by another client. An error is only ever a fault of the system: the step may have
/// happened or not. No verb waits without a deadline.
///
/// Live is a session that was created or restored and has neither expired nor been ended. When that
/// is, the backend's own clock says, so that the clocks of its clients need not agree.
///
/// A wrapper is a backend too; the first paragraph of its documentation says which promise it
/// weakens, and by how much. `session_layer::conformance` (feature `conformance`) has a test for
/// every promise.
#[async_trait]
pub trait Backend: Debug + Send + Sync + 'static {
    /// The live session with this key. Under a key that was renewed and is still in its grace, it
    /// is the session with the new key. Only the immediate successor counts: when that was rotated
    /// in turn, the key is `Superseded`. When it was ended or has expired, the key may be either
    /// `Absent` or `Superseded`. A load does not count as seen.
    ///
    /// # Errors
    /// The backend can't be asked, or what it holds can't be read.
    async fn load(&self, key: &SessionKey) -> Result<Loaded, BackendError>;

    /// The same, from a store that has all that was acknowledged: past whatever a wrapper has in
    /// memory. A backend that weakens [`load`](Self::load) does not weaken this.
    ///
    /// # Errors
    /// As of `load`.
    async fn load_fresh(&self, key: &SessionKey) -> Result<Loaded, BackendError> {
        self.load(key).await
    }

    /// The same, for who can do with what was so a moment ago, such as a replica's copy. How old
    /// that may be a backend says that has such copies; another one does as in [`load`](Self::load).
    /// What is not found is missing in the store itself.
    ///
    /// # Errors
    /// As of `load`.
    async fn load_stale(&self, key: &SessionKey) -> Result<Loaded, BackendError> {
        self.load(key).await
    }

    /// Where a key led that was renewed with a grace, during that and for as long after it as the
    /// renewal asked for, so that who comes with an old id can be told from who made one up. It is
    /// one step of the way: whether there is a session under the other key, or what that one was
    /// renewed to, is another question. None for a key that has a session, was replaced, or is
    /// unknown. Of one whose session was ended since it may say either.
    ///
    /// # Errors
    /// The backend can't be asked, or what it holds can't be read.
    async fn renewed(&self, key: &SessionKey) -> Result<Option<Renewed>, BackendError>;

    /// Creates a session, of version 1, registered under its user within the cap. It never
    /// overwrites: a key that has a session or a tombstone, or is in its grace, is `Taken`. One
    /// whose session has expired may be `Taken` until that is swept. If it is taken and the user
    /// has too many, the answer may be either. With a cap that ends the oldest, those of the same
    /// millisecond are equally old.
    ///
    /// # Errors
    /// The backend can't be asked.
    async fn create(&self, key: &SessionKey, draft: &Draft) -> Result<Created, BackendError>;

    /// Changes a live session whose version is still the one that was read, and counts it as seen.
    /// It never creates. A key in its grace is a `Conflict` that has the new key.
    ///
    /// # Errors
    /// The backend can't be asked.
    async fn update(&self, key: &SessionKey, change: &Change) -> Result<Updated, BackendError>;

    /// Counts a live session as seen, without a new version: its idle time begins anew, its
    /// absolute end stays. It never creates. False if there is none with this very key.
    ///
    /// # Errors
    /// The backend can't be asked.
    async fn touch(&self, key: &SessionKey) -> Result<bool, BackendError>;

    /// Gives a live session another key, if its version is still the one that was read; the
    /// version goes up by one with a renewal and is 1 with a replacement. A key in its grace is a
    /// `Conflict` that has the new key. A key that has a session, the session's own too, or a
    /// tombstone, or is in its grace, is `Taken`. At no instant is the session under neither key or
    /// under both. The old key is left with a tombstone that says `Superseded`, after its grace if
    /// it has one. After a renewal that is kept for as long as was asked for, and [`TOMBSTONE_LIFE`](super::TOMBSTONE_LIFE)
    /// at least.
    ///
    /// The cap of a replacement does not count the session that is replaced. Keys that led to that
    /// one lead nowhere from then on.
    ///
    /// # Errors
    /// The backend can't be asked.
    async fn rotate(&self, key: &SessionKey, rotation: &Rotation) -> Result<Rotated, BackendError>;

    /// Ends a session: it is gone under every key, and a tombstone that outlives any request in
    /// flight keeps it so. Under a key in its grace it ends the session with the new key; under one
    /// that is superseded it ends nothing. Idempotent; the session that was ended, if there was one.
    ///
    /// # Errors
    /// The backend can't be asked.
    async fn delete(&self, key: &SessionKey) -> Result<Option<Found>, BackendError>;

    /// Takes over a session from another backend as it is: its key, and all that its record says,
    /// times included. It takes the place of a live session with this very key whose version is not
    /// higher, and is registered under its user whatever the cap. What was ended or superseded here
    /// stays so: a key that has a tombstone, or is in its grace, is left as it is. So is a session of
    /// a higher version. A record that has expired is not taken over. True if the session is here
    /// now as it was given.
    ///
    /// One of the same version is replaced too, whatever it is: a change by someone who has read that
    /// one is then no conflict.
    ///
    /// # Errors
    /// The backend can't be asked.
    async fn restore(&self, key: &SessionKey, record: &Record) -> Result<bool, BackendError>;

    /// The live sessions of a user, in the order in which they were created, without a scan of all.
    /// Those of the same millisecond come in any order.
    ///
    /// # Errors
    /// The backend can't be asked.
    async fn of_user(&self, user: &UserId) -> Result<Vec<Found>, BackendError>;

    /// Removes at most `limit` of what has expired, tombstones included, and says how much that
    /// was. Less than `limit` means that nothing is left. Nothing depends on it but the space, and
    /// what operators are told.
    ///
    /// Of each session that has expired, one sweep of all says how long it had lived, from its
    /// `created`, through all renewals, to when it expired. What was ended, replaced or left behind
    /// by a renewal has not expired. So it is for what is swept within ten minutes: a later session
    /// may remove what has waited longer, and then nobody tells. What was removed by a sweep that
    /// failed is not told either, nor a session that expired under a key which another one has got.
    /// A backend may be wrong by 2 %, and by a sixteenth of the idle time of a session that was seen.
    ///
    /// # Errors
    /// The backend can't be asked.
    async fn sweep(&self, limit: u32) -> Result<Swept, BackendError>;

    /// Figures for operators, without a scan of all sessions.
    ///
    /// # Errors
    /// The backend can't be asked.
    async fn stats(&self) -> Result<Stats, BackendError>;

    /// How it is, for operators; an outage is an answer here. Unless a backend knows more, it is up
    /// if it has figures.
    async fn health(&self) -> Health {
        let asked = SystemTime::now();
        Health::of(StoreHealth::of_stats(self.name(), asked, &self.stats().await))
    }

    /// One word for reports, logs and metrics, such as `redis`.
    fn name(&self) -> &'static str {
        "other"
    }
}

/// Figures of a [`Backend`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// How many sessions are live. It may count some that have expired and were not yet swept, and
    /// where a backend says so it is an estimate.
    pub live: u64,
    /// The time by the store's clock, if it has one of its own.
    pub now: Option<SystemTime>,
}

impl Stats {
    /// So many live sessions.
    pub fn of_live(live: u64) -> Self {
        Self { live, now: None }
    }

    /// With the time by the store's clock.
    pub fn at(self, now: SystemTime) -> Self {
        Self { now: Some(now), ..self }
    }
}
