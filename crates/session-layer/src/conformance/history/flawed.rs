//! Backends with a flaw each, for the checker to find.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use auth_core::{ManualClock, SharedClock};
use tokio::task::yield_now;

use super::first_violation;
use crate::backend::{
    Backend, BackendError, BackendErrorKind, Change, Created, Draft, Found, Lifetime, Loaded,
    MemoryBackend, Missing, Record, Renewed, Rotated, Rotation, SessionKey, Stats, Swept, Updated,
    UserId,
};
use crate::conformance::{
    Subject, a_sweep_does_not_tell_of_what_was_ended, of_two_sweeps_one_tells_what_expired,
};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Flaw {
    None,
    /// An update overwrites what it didn't read: the last writer wins.
    IgnoresVersions,
    /// An ended session's key is as good as new.
    LeavesNoTombstone,
    /// An update of an ended session creates it, as an upsert does.
    UpdateCreates,
    /// The user's sessions are counted, and then one is added.
    CountsBeforeAdding,
    /// The version is compared, and then the session is rotated.
    ComparesBeforeRotating,
    /// For a moment a session that is rotated is under neither key.
    HidesWhileRotating,
    /// A load may give what it gave before, as a cache does that nobody invalidates.
    CachesLoads,
    /// Every fifth update is acknowledged and lost.
    LosesUpdates,
    /// A touch and a load of what has expired bring it back.
    ExpiresLate,
    /// A deleted session is in the user's list for a while.
    ListsEndedOnes,
    /// What is restored takes the place of whatever is there.
    RestoresOlderOnes,
    /// A sweep tells whatever it removes as expired.
    TellsTombstones,
    /// A sweep tells what the last one has told.
    TellsTwice,
    /// No flaw: every fifth call fails, some of these after having been done.
    Fails,
}

#[derive(Debug)]
struct Flawed {
    flaw: Flaw,
    inner: MemoryBackend,
    clock: ManualClock,
    calls: AtomicU64,
    cache: Mutex<HashMap<SessionKey, Found>>,
    ended: Mutex<HashMap<UserId, Found>>,
    hidden: Mutex<Vec<SessionKey>>,
    told: Mutex<Vec<Duration>>,
}

impl Flawed {
    fn new(flaw: Flaw) -> Arc<Self> {
        let clock = ManualClock::new(SystemTime::UNIX_EPOCH);
        let inner = MemoryBackend::builder().clock(SharedClock::new(clock.clone())).build();
        Arc::new(Self {
            flaw,
            inner: inner.expect("the defaults are good"),
            clock,
            calls: AtomicU64::new(0),
            cache: Mutex::default(),
            ended: Mutex::default(),
            hidden: Mutex::default(),
            told: Mutex::default(),
        })
    }

    fn has(&self, flaw: Flaw) -> bool {
        self.flaw == flaw
    }

    fn is_fifth(&self) -> bool {
        self.calls.fetch_add(1, Ordering::SeqCst).is_multiple_of(5)
    }

    /// A fault, before or after the call.
    async fn or_fault<T>(
        &self,
        call: impl Future<Output = Result<T, BackendError>>,
    ) -> Result<T, BackendError> {
        let fault = BackendError::new(BackendErrorKind::Timeout);
        let is_faulty = self.has(Flaw::Fails) && self.is_fifth();
        if is_faulty && self.calls.load(Ordering::SeqCst).is_multiple_of(2) {
            return Err(fault);
        }
        let answer = call.await;
        if is_faulty { Err(fault) } else { answer }
    }

    async fn found(&self, key: &SessionKey) -> Result<Option<Found>, BackendError> {
        match self.inner.load(key).await? {
            Loaded::Found(found) => Ok(Some(found)),
            Loaded::Missing(_) => Ok(None),
        }
    }

    async fn compare_and_then_rotate(
        &self,
        key: &SessionKey,
        rotation: &Rotation,
    ) -> Result<Rotated, BackendError> {
        let read = self.found(key).await?.map(|found| found.record.version);
        yield_now().await;
        let now = self.found(key).await?.map(|found| found.record.version);
        let is_as_read = read == Some(rotation.version);
        let version = now.filter(|_| is_as_read).unwrap_or(rotation.version);
        self.inner.rotate(key, &Rotation { version, ..rotation.clone() }).await
    }

    /// Makes it expire at once, and sweeps.
    async fn forget(&self, found: &Found) -> Result<(), BackendError> {
        let lifetime = Some(Lifetime { idle: Duration::ZERO, absolute: Duration::ZERO });
        let payload = found.record.payload.clone();
        let change = Change { version: found.record.version, payload, lifetime };
        self.inner.update(&found.key, &change).await?;
        self.inner.sweep(u32::MAX).await?;
        Ok(())
    }
}

#[async_trait]
impl Backend for Flawed {
    async fn load(&self, key: &SessionKey) -> Result<Loaded, BackendError> {
        if self.hidden.lock().unwrap().contains(key) {
            return Ok(Loaded::Missing(Missing::Absent));
        }
        if self.has(Flaw::CachesLoads) && self.is_fifth() {
            let cached = self.cache.lock().unwrap().get(key).cloned();
            if let Some(found) = cached {
                return Ok(Loaded::Found(found));
            }
        }
        let loaded = self.or_fault(self.inner.load(key)).await?;
        if let Loaded::Found(found) = &loaded {
            self.cache.lock().unwrap().insert(*key, found.clone());
        }
        if self.has(Flaw::ExpiresLate) && loaded == Loaded::Missing(Missing::Absent) {
            let late = self.cache.lock().unwrap().get(key).cloned();
            return Ok(late.map_or(loaded, Loaded::Found));
        }
        Ok(loaded)
    }

    async fn renewed(&self, key: &SessionKey) -> Result<Option<Renewed>, BackendError> {
        self.or_fault(self.inner.renewed(key)).await
    }

    async fn create(&self, key: &SessionKey, draft: &Draft) -> Result<Created, BackendError> {
        let (Flaw::CountsBeforeAdding, Some(user), Some(cap)) = (self.flaw, &draft.user, draft.cap)
        else {
            return self.or_fault(self.inner.create(key, draft)).await;
        };
        let count = self.inner.of_user(user).await?.len();
        yield_now().await;
        if count < cap.sessions.get() as usize {
            return self.inner.create(key, &Draft { cap: None, ..draft.clone() }).await;
        }
        self.inner.create(key, draft).await
    }

    async fn update(&self, key: &SessionKey, change: &Change) -> Result<Updated, BackendError> {
        if self.has(Flaw::LosesUpdates) && self.is_fifth() {
            return Ok(Updated::Done(change.version + 1));
        }
        let updated = self.or_fault(self.inner.update(key, change)).await?;
        match &updated {
            Updated::Conflict(now) if self.has(Flaw::IgnoresVersions) => {
                let change = Change { version: now.record.version, ..change.clone() };
                self.inner.update(key, &change).await
            }
            Updated::Missing(_) if self.has(Flaw::UpdateCreates) => {
                let hour = Duration::from_secs(3600);
                let lifetime = Lifetime { idle: hour, absolute: hour };
                let payload = change.payload.clone();
                let draft = Draft { payload, user: None, lifetime, cap: None };
                self.inner.create(key, &draft).await?;
                Ok(updated)
            }
            _ => Ok(updated),
        }
    }

    async fn touch(&self, key: &SessionKey) -> Result<bool, BackendError> {
        self.or_fault(self.inner.touch(key)).await
    }

    async fn rotate(&self, key: &SessionKey, rotation: &Rotation) -> Result<Rotated, BackendError> {
        if self.has(Flaw::ComparesBeforeRotating) {
            return self.compare_and_then_rotate(key, rotation).await;
        }
        if self.has(Flaw::HidesWhileRotating) {
            self.hidden.lock().unwrap().push(*key);
            yield_now().await;
        }
        let rotated = self.or_fault(self.inner.rotate(key, rotation)).await;
        self.hidden.lock().unwrap().retain(|hidden| hidden != key);
        rotated
    }

    async fn delete(&self, key: &SessionKey) -> Result<Option<Found>, BackendError> {
        if self.has(Flaw::LeavesNoTombstone) || self.has(Flaw::UpdateCreates) {
            let found = self.found(key).await?;
            if let Some(found) = &found {
                self.forget(found).await?;
            }
            return Ok(found);
        }
        let ended = self.or_fault(self.inner.delete(key)).await?;
        if let Some(user) = ended.as_ref().and_then(|found| found.record.user.clone()) {
            self.ended.lock().unwrap().extend(ended.clone().map(|found| (user, found)));
        }
        Ok(ended)
    }

    async fn restore(&self, key: &SessionKey, record: &Record) -> Result<bool, BackendError> {
        let here = self.found(key).await?.filter(|found| found.key == *key);
        if let Some(here) = here.filter(|_| self.has(Flaw::RestoresOlderOnes)) {
            self.forget(&here).await?;
        }
        self.or_fault(self.inner.restore(key, record)).await
    }

    async fn of_user(&self, user: &UserId) -> Result<Vec<Found>, BackendError> {
        let mut all = self.or_fault(self.inner.of_user(user)).await?;
        if self.has(Flaw::ListsEndedOnes) {
            all.extend(self.ended.lock().unwrap().remove(user));
        }
        Ok(all)
    }

    async fn sweep(&self, limit: u32) -> Result<Swept, BackendError> {
        let mut swept = self.or_fault(self.inner.sweep(limit)).await?;
        if self.has(Flaw::TellsTombstones) {
            let removed = usize::try_from(swept.removed).unwrap();
            swept.lived.resize(removed, Duration::from_secs(600));
        }
        if self.has(Flaw::TellsTwice) {
            let mut told = self.told.lock().unwrap();
            swept.lived.extend(std::mem::replace(&mut *told, swept.lived.clone()));
        }
        Ok(swept)
    }

    async fn stats(&self) -> Result<Stats, BackendError> {
        self.inner.stats().await
    }
}

#[async_trait]
impl Subject for Flawed {
    fn backend(&self) -> &dyn Backend {
        self
    }

    async fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }
}

async fn is_found_out(flaw: Flaw, seeds: u64) -> bool {
    let violation = first_violation(Flawed::new(flaw), 0..seeds, true).await;
    if let Some(violation) = &violation {
        println!("{violation}");
    }
    violation.is_some()
}

macro_rules! found_out {
    ($($flaw:ident => $name:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                assert!(is_found_out(Flaw::$flaw, 2000).await, "no history shows it");
            }
        )*
    };
}

found_out! {
    IgnoresVersions => a_backend_that_ignores_versions_is_found_out
    LeavesNoTombstone => a_backend_that_leaves_no_tombstone_is_found_out
    UpdateCreates => a_backend_whose_update_creates_is_found_out
    CountsBeforeAdding => a_backend_that_counts_before_it_adds_is_found_out
    ComparesBeforeRotating => a_backend_that_compares_before_it_rotates_is_found_out
    HidesWhileRotating => a_backend_that_hides_what_it_rotates_is_found_out
    CachesLoads => a_backend_that_caches_loads_is_found_out
    LosesUpdates => a_backend_that_loses_updates_is_found_out
    ExpiresLate => a_backend_that_expires_sessions_late_is_found_out
    RestoresOlderOnes => a_backend_that_restores_older_versions_is_found_out
    ListsEndedOnes => a_backend_that_lists_ended_sessions_is_found_out
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backend_without_a_flaw_passes() {
    assert!(!is_found_out(Flaw::None, 200).await, "it has none");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_failed_may_have_happened_or_not() {
    assert!(!is_found_out(Flaw::Fails, 200).await, "it has none");
}

#[tokio::test]
async fn a_sweep_that_tells_of_tombstones_is_found_out() {
    let flawed = Flawed::new(Flaw::TellsTombstones);
    assert!(tokio::spawn(a_sweep_does_not_tell_of_what_was_ended(flawed)).await.is_err());
}

#[tokio::test]
async fn a_sweep_that_tells_twice_is_found_out() {
    let flawed = Flawed::new(Flaw::TellsTwice);
    assert!(tokio::spawn(of_two_sweeps_one_tells_what_expired(flawed)).await.is_err());
}
