//! `MemoryBackend` keeps the promises of a backend, and its own.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use auth_core::ManualClock;
use session_layer::backend::{
    Backend, BackendErrorKind, Change, Created, Draft, Found, Lifetime, Loaded, MemoryBackend,
    Payload, Record, Rotated, Rotation, RotationKind, SessionKey, TOMBSTONE_LIFE, UserId,
};
use session_layer::conformance::{Subject, conformance_tests};

struct Memory {
    backend: MemoryBackend,
    clock: ManualClock,
}

impl Memory {
    async fn new() -> Self {
        Self::with_room_for(1 << 20)
    }

    fn with_room_for(keys: usize) -> Self {
        let clock = ManualClock::new(SystemTime::now());
        let backend = MemoryBackend::builder().capacity(keys).clock(clock.clone()).build().unwrap();
        Self { backend, clock }
    }

    async fn create(&self, name: &str) -> Result<Created, BackendErrorKind> {
        self.backend.create(&key(name), &draft()).await.map_err(|error| error.kind())
    }

    async fn found(&self, name: &str) -> Option<Found> {
        match self.backend.load(&key(name)).await.unwrap() {
            Loaded::Found(found) => Some(found),
            Loaded::Missing(_) => None,
        }
    }

    async fn live(&self) -> u64 {
        self.backend.stats().await.unwrap().live
    }
}

#[async_trait]
impl Subject for Memory {
    fn backend(&self) -> &dyn Backend {
        &self.backend
    }

    async fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }
}

conformance_tests!(Memory::new());
conformance_tests!(Memory::new() => stats_do_not_drift);

const HOUR: Duration = Duration::from_secs(3600);
const DONE: Result<Created, BackendErrorKind> = Ok(Created::Done { ended: Vec::new() });
const FULL: Result<Created, BackendErrorKind> = Err(BackendErrorKind::OutOfSpace);

fn key(name: &str) -> SessionKey {
    SessionKey::of_id(name)
}

fn draft() -> Draft {
    let lifetime = Lifetime { idle: HOUR, absolute: 24 * HOUR };
    Draft { payload: Payload::from_bytes("content"), user: None, lifetime, cap: None }
}

fn renewal(to: &str) -> Rotation {
    let payload = Payload::from_bytes("renewed");
    let kind = RotationKind::Renew {
        payload,
        lifetime: None,
        grace: Duration::ZERO,
        kept: TOMBSTONE_LIFE,
    };
    Rotation { version: 1, to: key(to), kind }
}

fn change(version: u64, idle: Duration) -> Change {
    let lifetime = Some(Lifetime { idle, absolute: 24 * HOUR });
    Change { version, payload: Payload::from_bytes("changed"), lifetime }
}

#[tokio::test]
async fn a_full_one_creates_no_more_and_ends_none() {
    let memory = Memory::with_room_for(2);
    assert_eq!(memory.create("a").await, DONE);
    assert_eq!(memory.create("b").await, DONE);
    assert_eq!(memory.create("c").await, FULL);
    assert!(memory.found("a").await.is_some() && memory.found("b").await.is_some());
    assert!(memory.found("c").await.is_none());
}

#[tokio::test]
async fn a_full_one_rotates_none_and_leaves_it_as_it_was() {
    let memory = Memory::with_room_for(1);
    assert_eq!(memory.create("a").await, DONE);
    let before = memory.found("a").await;
    let renewed = memory.backend.rotate(&key("a"), &renewal("b")).await;
    assert_eq!(renewed.unwrap_err().kind(), BackendErrorKind::OutOfSpace);
    let login = Rotation { kind: RotationKind::Replace(draft()), ..renewal("b") };
    let replaced = memory.backend.rotate(&key("a"), &login).await;
    assert_eq!(replaced.unwrap_err().kind(), BackendErrorKind::OutOfSpace);
    assert_eq!(memory.found("a").await, before);
    assert!(memory.found("b").await.is_none());
}

#[tokio::test]
async fn a_full_one_restores_only_in_the_place_of_others() {
    let memory = Memory::with_room_for(1);
    assert_eq!(memory.create("a").await, DONE);
    let record = Record { version: 2, ..memory.found("a").await.unwrap().record };
    let restored = memory.backend.restore(&key("b"), &record).await;
    assert_eq!(restored.unwrap_err().kind(), BackendErrorKind::OutOfSpace);
    assert!(memory.backend.restore(&key("a"), &record).await.unwrap());
    assert_eq!(memory.found("a").await.unwrap().record, record);
    assert_eq!((memory.live().await, memory.create("b").await), (1, FULL));
}

#[tokio::test]
async fn a_full_one_updates_touches_and_ends_as_ever() {
    let memory = Memory::with_room_for(1);
    assert_eq!(memory.create("a").await, DONE);
    memory.backend.update(&key("a"), &change(1, HOUR)).await.unwrap();
    assert!(memory.backend.touch(&key("a")).await.unwrap());
    assert!(memory.backend.delete(&key("a")).await.unwrap().is_some());
    assert!(memory.found("a").await.is_none());
}

#[tokio::test]
async fn what_has_expired_makes_room() {
    let memory = Memory::with_room_for(2);
    assert_eq!(memory.create("a").await, DONE);
    memory.clock.advance(HOUR / 2);
    assert_eq!(memory.create("b").await, DONE);
    memory.clock.advance(HOUR / 2);
    assert_eq!(memory.create("c").await, DONE);
    assert_eq!(memory.create("d").await, FULL);
    assert!(memory.found("b").await.is_some());
}

#[tokio::test]
async fn a_tombstone_takes_room_for_as_long_as_it_lives() {
    let memory = Memory::with_room_for(1);
    assert_eq!(memory.create("a").await, DONE);
    memory.backend.delete(&key("a")).await.unwrap();
    assert_eq!(memory.create("b").await, FULL);
    memory.clock.advance(TOMBSTONE_LIFE);
    assert_eq!(memory.create("b").await, DONE);
}

#[tokio::test]
async fn new_sessions_take_expired_ones_away_without_a_sweep() {
    let memory = Memory::new().await;
    for n in 0..1000 {
        assert_eq!(memory.create(&format!("old {n}")).await, DONE);
    }
    memory.clock.advance(HOUR);
    for n in 0..2000 {
        assert_eq!(memory.create(&format!("new {n}")).await, DONE);
    }
    assert_eq!(memory.live().await, 2000);
}

#[tokio::test]
async fn what_was_taken_away_without_a_sweep_is_told_by_the_next_one() {
    let memory = Memory::with_room_for(1000);
    for n in 0..1000 {
        assert_eq!(memory.create(&format!("old {n}")).await, DONE);
    }
    memory.clock.advance(HOUR + Duration::from_secs(1));
    for n in 0..900 {
        assert_eq!(memory.create(&format!("new {n}")).await, DONE);
    }
    assert_eq!(memory.backend.sweep(u32::MAX).await.unwrap().lived, vec![HOUR; 1000]);
    assert!(memory.backend.sweep(u32::MAX).await.unwrap().lived.is_empty());
}

#[tokio::test]
async fn a_session_whose_lifetime_became_shorter_is_swept_when_it_is_over() {
    let memory = Memory::new().await;
    assert_eq!(memory.create("a").await, DONE);
    memory.backend.update(&key("a"), &change(1, HOUR / 60)).await.unwrap();
    memory.clock.advance(HOUR / 60);
    assert_eq!(memory.backend.sweep(10).await.unwrap().removed, 1);
    assert_eq!(memory.live().await, 0);
}

#[tokio::test]
async fn a_session_expires_to_the_millisecond() {
    let memory = Memory::new().await;
    assert_eq!(memory.create("a").await, DONE);
    memory.clock.advance(HOUR - Duration::from_millis(1));
    assert!(memory.found("a").await.is_some());
    assert_eq!(memory.backend.sweep(10).await.unwrap().removed, 0);
    memory.clock.advance(Duration::from_millis(1));
    assert!(memory.found("a").await.is_none());
    assert_eq!(memory.backend.sweep(10).await.unwrap().removed, 1);
}

#[tokio::test]
async fn no_lifetime_is_too_long() {
    let memory = Memory::new().await;
    let lifetime = Lifetime { idle: Duration::MAX, absolute: Duration::MAX };
    memory.backend.create(&key("a"), &Draft { lifetime, ..draft() }).await.unwrap();
    memory.clock.advance(24 * 365 * 1000 * HOUR);
    assert!(memory.found("a").await.is_some());
}

/// Deadlocks and lost registrations: four threads create, rotate, end and sweep the sessions of
/// two users, each its own, and then every session that is left is somebody's.
#[test]
fn threads_that_do_all_at_once_come_to_an_end() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let memory = Arc::new(runtime.block_on(Memory::new()));
    let users = ["alice", "bob"].map(|name| UserId::new(name).unwrap());
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (memory, users) = (memory.clone(), users.clone());
            scope.spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
                runtime.block_on(do_all(&memory, &users, thread));
            });
        }
    });
    let [alice, bob] = users;
    let (alice, bob) = runtime.block_on(async {
        (memory.backend.of_user(&alice).await.unwrap(), memory.backend.of_user(&bob).await.unwrap())
    });
    assert_eq!(alice.len() + bob.len(), 4 * 250);
    assert_eq!(runtime.block_on(memory.live()), 4 * 250);
}

/// Creates 500 sessions, gives each another key and another user, and ends every other one.
async fn do_all(memory: &Memory, users: &[UserId; 2], thread: u32) {
    let [alice, bob] = users.clone();
    for n in 0..500 {
        let (old, new) = (format!("{thread} {n} old"), format!("{thread} {n} new"));
        let (one, other) = if n % 3 == 0 { (&alice, &bob) } else { (&bob, &alice) };
        let login = |user: &UserId| Draft { user: Some(user.clone()), ..draft() };
        memory.backend.create(&key(&old), &login(one)).await.unwrap();
        let rotation = Rotation { kind: RotationKind::Replace(login(other)), ..renewal(&new) };
        let rotated = memory.backend.rotate(&key(&old), &rotation).await.unwrap();
        assert_eq!(rotated, Rotated::Done { ended: Vec::new() });
        if n % 2 == 0 {
            assert!(memory.backend.delete(&key(&new)).await.unwrap().is_some());
            memory.backend.sweep(10).await.unwrap();
            memory.backend.of_user(one).await.unwrap();
        }
    }
}
