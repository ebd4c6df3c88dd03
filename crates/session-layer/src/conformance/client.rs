use std::fmt::Debug;
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use super::Subject;
use crate::backend::{
    BackendError, Change, Created, Draft, Found, Loaded, Missing, Record, Renewed, Rotated,
    Rotation, SessionKey, Stats, Swept, Updated, UserId,
};

/// A client of the backend under test, to whom an error or an answer that was not expected is a
/// failure of the test.
#[derive(Clone)]
pub(super) struct Client {
    subject: Arc<dyn Subject>,
}

impl Client {
    pub(super) fn of(subject: Arc<dyn Subject>) -> Self {
        Self { subject }
    }

    pub(super) async fn advance(&self, by: Duration) {
        self.subject.advance(by).await;
    }

    #[track_caller]
    pub(super) fn load(&self, key: SessionKey) -> impl Future<Output = Loaded> + Send {
        let caller = Location::caller();
        async move { answer(self.subject.backend().load(&key).await, caller) }
    }

    #[track_caller]
    pub(super) fn renewed(&self, key: SessionKey) -> impl Future<Output = Option<Renewed>> + Send {
        let caller = Location::caller();
        async move { answer(self.subject.backend().renewed(&key).await, caller) }
    }

    #[track_caller]
    pub(super) fn create(
        &self,
        key: SessionKey,
        draft: &Draft,
    ) -> impl Future<Output = Created> + Send {
        let caller = Location::caller();
        async move { answer(self.subject.backend().create(&key, draft).await, caller) }
    }

    #[track_caller]
    pub(super) fn update(
        &self,
        key: SessionKey,
        change: &Change,
    ) -> impl Future<Output = Updated> + Send {
        let caller = Location::caller();
        async move { answer(self.subject.backend().update(&key, change).await, caller) }
    }

    #[track_caller]
    pub(super) fn touch(&self, key: SessionKey) -> impl Future<Output = bool> + Send {
        let caller = Location::caller();
        async move { answer(self.subject.backend().touch(&key).await, caller) }
    }

    #[track_caller]
    pub(super) fn rotate(
        &self,
        key: SessionKey,
        rotation: &Rotation,
    ) -> impl Future<Output = Rotated> + Send {
        let caller = Location::caller();
        async move { answer(self.subject.backend().rotate(&key, rotation).await, caller) }
    }

    #[track_caller]
    pub(super) fn delete(&self, key: SessionKey) -> impl Future<Output = Option<Found>> + Send {
        let caller = Location::caller();
        async move { answer(self.subject.backend().delete(&key).await, caller) }
    }

    #[track_caller]
    pub(super) fn restore(
        &self,
        key: SessionKey,
        record: &Record,
    ) -> impl Future<Output = bool> + Send {
        let caller = Location::caller();
        async move { answer(self.subject.backend().restore(&key, record).await, caller) }
    }

    #[track_caller]
    pub(super) fn of_user(&self, user: &UserId) -> impl Future<Output = Vec<Found>> + Send {
        let caller = Location::caller();
        async move { answer(self.subject.backend().of_user(user).await, caller) }
    }

    #[track_caller]
    pub(super) fn sweep(&self, limit: u32) -> impl Future<Output = Swept> + Send {
        let caller = Location::caller();
        async move { answer(self.subject.backend().sweep(limit).await, caller) }
    }

    #[track_caller]
    pub(super) fn stats(&self) -> impl Future<Output = Stats> + Send {
        let caller = Location::caller();
        async move { answer(self.subject.backend().stats().await, caller) }
    }
}

/// What the test needs to happen before it comes to its point.
impl Client {
    #[track_caller]
    pub(super) fn found(&self, key: SessionKey) -> impl Future<Output = Found> + Send {
        let (caller, loaded) = (Location::caller(), self.load(key));
        async move {
            match loaded.await {
                Loaded::Found(found) => found,
                missing => unexpected("a live session", &missing, caller),
            }
        }
    }

    #[track_caller]
    pub(super) fn missing(&self, key: SessionKey) -> impl Future<Output = Missing> + Send {
        let (caller, loaded) = (Location::caller(), self.load(key));
        async move {
            match loaded.await {
                Loaded::Missing(missing) => missing,
                found => unexpected("no session", &found, caller),
            }
        }
    }

    /// Where a key that was renewed led, and until when.
    #[track_caller]
    pub(super) fn led(&self, key: SessionKey) -> impl Future<Output = Renewed> + Send {
        let (caller, renewed) = (Location::caller(), self.renewed(key));
        async move {
            match renewed.await {
                Some(renewed) => renewed,
                None => unexpected("a key that was renewed", &None::<Renewed>, caller),
            }
        }
    }

    /// Creates it, and gives the keys of those that were ended to make room.
    #[track_caller]
    pub(super) fn created(
        &self,
        key: SessionKey,
        draft: &Draft,
    ) -> impl Future<Output = Vec<SessionKey>> + Send {
        let (caller, created) = (Location::caller(), self.create(key, draft));
        async move {
            match created.await {
                Created::Done { ended } => ended,
                refused => unexpected("the session to be created", &refused, caller),
            }
        }
    }

    /// Updates it, and gives its new version.
    #[track_caller]
    pub(super) fn updated(
        &self,
        key: SessionKey,
        change: &Change,
    ) -> impl Future<Output = u64> + Send {
        let (caller, updated) = (Location::caller(), self.update(key, change));
        async move {
            match updated.await {
                Updated::Done(version) => version,
                refused => unexpected("the session to be updated", &refused, caller),
            }
        }
    }

    /// Rotates it, and gives the keys of those that were ended to make room.
    #[track_caller]
    pub(super) fn rotated(
        &self,
        key: SessionKey,
        rotation: &Rotation,
    ) -> impl Future<Output = Vec<SessionKey>> + Send {
        let (caller, rotated) = (Location::caller(), self.rotate(key, rotation));
        async move {
            match rotated.await {
                Rotated::Done { ended } => ended,
                refused => unexpected("the session to be rotated", &refused, caller),
            }
        }
    }

    /// The keys of a user's sessions.
    #[track_caller]
    pub(super) fn keys_of(&self, user: &UserId) -> impl Future<Output = Vec<SessionKey>> + Send {
        let sessions = self.of_user(user);
        async move { sessions.await.into_iter().map(|found| found.key).collect() }
    }

    /// Sweeps until nothing is left, and gives how long those had lived that have expired.
    pub(super) async fn sweep_all(&self) -> Vec<Duration> {
        let mut lived = Vec::new();
        loop {
            let swept = self.sweep(100).await;
            lived.extend(swept.lived);
            if swept.removed < 100 {
                return lived;
            }
        }
    }
}

fn answer<T>(answer: Result<T, BackendError>, caller: &Location<'_>) -> T {
    match answer {
        Ok(answer) => answer,
        Err(error) => panic!("{caller}: the backend failed: {error:?}"),
    }
}

fn unexpected(expected: &str, got: &dyn Debug, caller: &Location<'_>) -> ! {
    panic!("{caller}: expected {expected}, got {got:?}")
}
