//! The counts of a login throttle, in the backends of sessions.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use auth_core::{ClientAddr, ManualClock};
use guard_layer::{AttemptKey, AttemptStore, AttemptStoreError, KeptAttempts, LoginThrottle};
use session_layer::LoginAttempts;
use session_layer::backend::{Backend, MemoryBackend, SqliteBackend};

const SECRET: [u8; 32] = [7; 32];

/// The time of the throttles; that of the backends need not be the same.
fn clock() -> ManualClock {
    ManualClock::new(SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000))
}

fn throttle(backend: Arc<dyn Backend>, clock: &ManualClock) -> LoginThrottle {
    let store = Arc::new(LoginAttempts::in_backend(backend));
    LoginThrottle::builder(store, &SECRET).clock(clock.clone()).build()
}

/// Whether it may be tried; it counts as failed then.
async fn fails(throttle: &LoginThrottle) -> Result<(), u16> {
    let attempt = throttle.begin("alice", ClientAddr::UNKNOWN, None).await;
    attempt.map(drop).map_err(|rejection| rejection.status().as_u16())
}

async fn check(backends: [Arc<dyn Backend>; 2]) {
    let clock = clock();
    let [here, there] = backends.map(|backend| throttle(backend, &clock));
    for throttle in [&here, &there, &here, &there, &here] {
        assert_eq!(fails(throttle).await, Ok(()));
    }
    assert_eq!([fails(&here).await, fails(&there).await], [Err(429), Err(429)]);
    clock.advance(Duration::from_secs(1));
    let attempt = here.begin("alice", ClientAddr::UNKNOWN, None).await.unwrap();
    assert!(attempt.succeeded().await.is_some());
    for throttle in [&there, &here, &there, &here, &there] {
        assert_eq!(fails(throttle).await, Ok(()));
    }
    assert_eq!(fails(&here).await, Err(429));
}

#[tokio::test]
async fn nodes_that_share_memory_count_together() {
    let backend: Arc<dyn Backend> = Arc::new(MemoryBackend::new());
    check([Arc::clone(&backend), backend]).await;
}

#[tokio::test]
async fn nodes_that_share_a_file_count_together() {
    let folder = tempfile::tempdir().unwrap();
    let open = async || SqliteBackend::open(folder.path().join("store")).await.unwrap();
    check([Arc::new(open().await), Arc::new(open().await)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_at_once_on_two_nodes_five_are_free() {
    let folder = tempfile::tempdir().unwrap();
    let (clock, mut attempts) = (clock(), Vec::new());
    for _ in 0..2 {
        let backend = SqliteBackend::open(folder.path().join("store")).await.unwrap();
        let throttle = throttle(Arc::new(backend), &clock);
        for _ in 0..20 {
            let throttle = throttle.clone();
            attempts.push(tokio::spawn(async move { fails(&throttle).await }));
        }
    }
    let mut passed = 0;
    for attempt in attempts {
        passed += usize::from(attempt.await.unwrap().is_ok());
    }
    assert_eq!(passed, 5);
}

#[tokio::test]
async fn counts_are_no_sessions_and_of_no_user_and_hold_no_name() {
    let clock = clock();
    let backend = Arc::new(MemoryBackend::builder().clock(clock.clone()).build().unwrap());
    let store = Arc::new(Spied { store: LoginAttempts::in_backend(backend.clone()) });
    let throttle = LoginThrottle::builder(store, &SECRET).clock(clock.clone()).build();
    let home = ClientAddr::new("192.0.2.1".parse().unwrap());
    throttle.begin("alice", home, None).await.unwrap().succeeded().await;
    assert_eq!(backend.stats().await.unwrap().live, 0);
    let alice = session_layer::backend::UserId::new("alice").unwrap();
    assert_eq!(backend.of_user(&alice).await.unwrap(), []);
    clock.advance(Duration::from_secs(61 * 24 * 60 * 60));
    assert_eq!(
        backend.sweep(10).await.unwrap().removed,
        3,
        "of an account, an address, and a login"
    );
}

/// Looks at what is kept.
#[derive(Debug)]
struct Spied {
    store: LoginAttempts,
}

#[async_trait::async_trait]
impl AttemptStore for Spied {
    async fn load(&self, key: &AttemptKey) -> Result<Option<KeptAttempts>, AttemptStoreError> {
        self.store.load(key).await
    }

    async fn keep(
        &self,
        key: &AttemptKey,
        note: &[u8],
        replaces: Option<u64>,
        life: Duration,
    ) -> Result<bool, AttemptStoreError> {
        let holds = |part: &[u8]| note.windows(part.len()).any(|window| window == part);
        assert!(!holds(b"alice") && !holds(b"192.0.2.1") && !holds(&[192, 0, 2, 1]));
        self.store.keep(key, note, replaces, life).await
    }
}
