use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use auth_core::ManualClock;
use session_layer::backend::{
    Backend, Cap, CapPolicy, Change, Created, Draft, Found, Lifetime, Loaded, MemoryBackend,
    Payload, Record, Rotation, RotationKind, SessionKey, TOMBSTONE_LIFE, Updated, UserId,
};
use session_layer::conformance::Subject;
use session_layer::wrap::Failover;
use session_layer::wrap::failover::{Follower, Mode, Side};
use test_servers::{PATIENCE, until};
use tokio::runtime::Runtime;
use tokio::task::spawn_blocking;

use crate::faulty::{Faulty, Health};

/// Two memory backends, and failover between them.
pub(crate) struct Stores {
    pub(crate) primary: Faulty,
    pub(crate) backup: Faulty,
    pub(crate) failover: Failover,
    pub(crate) clock: ManualClock,
    max_lag: Option<Duration>,
}

pub(crate) const NORMAL: Mode = Mode { lead: Side::Primary, follower: Follower::InStep };
pub(crate) const BACKUP_ALONE: Mode = Mode { lead: Side::Backup, follower: Follower::Away };
pub(crate) const PRIMARY_ALONE: Mode = Mode { lead: Side::Primary, follower: Follower::Away };

impl Stores {
    pub(crate) async fn new() -> Self {
        Self::with(None)
    }

    /// With a primary that has failed once: it may have forgotten what it had.
    pub(crate) async fn doubted() -> Self {
        let stores = Self::new().await;
        stores.primary.set(Health::Down);
        assert!(stores.found("nothing").await.is_none());
        stores.is_in(BACKUP_ALONE).await;
        stores.primary.set(Health::Up);
        stores.is_in(NORMAL).await;
        // What it was probed with is no session to count.
        stores.clock.advance(Duration::from_secs(601));
        for store in [&stores.primary, &stores.backup] {
            store.memory.sweep(100).await.unwrap();
        }
        stores
    }

    /// With a backup that may lag so much.
    pub(crate) async fn lagging(max_lag: Duration) -> Self {
        Self::with(Some(max_lag))
    }

    fn with(max_lag: Option<Duration>) -> Self {
        let clock = ManualClock::new(SystemTime::now());
        let memory = || MemoryBackend::builder().clock(clock.clone()).build().unwrap();
        let (primary, backup) = (Faulty::over(memory()), Faulty::over(memory()));
        let failover = failover(&primary, &backup, max_lag);
        Self { primary, backup, failover, clock, max_lag }
    }

    /// A second instance of the application.
    pub(crate) fn instance(&self) -> Failover {
        failover(&self.primary, &self.backup, self.max_lag)
    }

    pub(crate) async fn is_in(&self, mode: Mode) {
        mode_of(&self.failover, mode).await;
    }

    pub(crate) async fn create(&self, name: &str) {
        let created = self.failover.create(&key(name), &draft(name)).await.unwrap();
        assert_eq!(created, Created::Done { ended: Vec::new() });
    }

    pub(crate) async fn found(&self, name: &str) -> Option<Found> {
        found(&self.failover, name).await
    }

    /// Changes a session, and says its version.
    pub(crate) async fn change(&self, name: &str, content: &str) -> u64 {
        change(&self.failover, name, content).await
    }

    /// Waits until the backup has this content.
    pub(crate) async fn backup_has(&self, name: &str, expected: &str) {
        let has = async || {
            let content = content(&*self.backup.memory, name).await;
            (content.as_deref() == Some(expected)).then_some(())
        };
        until("the backup had the change", has).await.unwrap();
    }

    /// Gives the primary what a session was before.
    pub(crate) async fn primary_forgets(&self, name: &str, older: &Record) {
        let primary = &self.primary.memory;
        primary.delete(&key(name)).await.unwrap();
        self.clock.advance(TOMBSTONE_LIFE);
        primary.sweep(100).await.unwrap();
        assert!(primary.restore(&key(name), older).await.unwrap());
    }

    /// Its content in both stores, if they say the same.
    pub(crate) async fn agreed(&self, name: &str) -> Option<String> {
        let (primary, backup) = (content(&self.primary, name), content(&self.backup, name));
        let (primary, backup) = (primary.await, backup.await);
        assert_eq!(primary, backup, "the stores do not agree");
        primary
    }
}

fn failover(primary: &Faulty, backup: &Faulty, max_lag: Option<Duration>) -> Failover {
    let builder = Failover::builder(primary.clone(), backup.clone())
        .patience(Duration::from_millis(200))
        .probe_every(Duration::from_millis(5));
    match max_lag {
        Some(max_lag) => builder.max_lag(max_lag),
        None => builder,
    }
    .build()
    .unwrap()
}

#[async_trait]
impl Subject for Stores {
    fn backend(&self) -> &dyn Backend {
        &self.failover
    }

    /// A leap of the time finds nothing on its way: a change is seen by each store when it gets there.
    async fn advance(&self, by: Duration) {
        self.failover.flush().await.unwrap();
        self.clock.advance(by);
    }
}

/// An instance has ended, and nothing of it goes on.
pub(crate) async fn ended(runtime: Runtime) {
    spawn_blocking(move || runtime.shutdown_timeout(PATIENCE)).await.unwrap();
}

pub(crate) async fn mode_of(failover: &Failover, mode: Mode) {
    until("the mode changed", async || (failover.mode() == Some(mode)).then_some(()))
        .await
        .unwrap();
}

pub(crate) async fn found(backend: &(impl Backend + ?Sized), name: &str) -> Option<Found> {
    match backend.load(&key(name)).await.unwrap() {
        Loaded::Found(found) => Some(found),
        Loaded::Missing(_) => None,
    }
}

pub(crate) async fn content(backend: &(impl Backend + ?Sized), name: &str) -> Option<String> {
    let found = found(backend, name).await?;
    Some(String::from_utf8(found.record.payload.as_bytes().to_vec()).unwrap())
}

pub(crate) async fn change(backend: &(impl Backend + ?Sized), name: &str, content: &str) -> u64 {
    let version = found(backend, name).await.unwrap().record.version;
    let payload = Payload::from_bytes(content.as_bytes().to_vec());
    let change = Change { version, payload, lifetime: None };
    match backend.update(&key(name), &change).await.unwrap() {
        Updated::Done(version) => version,
        other => panic!("it is {other:?}"),
    }
}

pub(crate) fn key(name: &str) -> SessionKey {
    SessionKey::of_id(name)
}

pub(crate) fn alice() -> UserId {
    UserId::new("alice").unwrap()
}

/// How long it lives without being seen.
pub(crate) const IDLE: Duration = Duration::from_secs(1800);

/// A session of alice.
pub(crate) fn draft(content: &str) -> Draft {
    let lifetime = Lifetime { idle: IDLE, absolute: Duration::from_secs(7200) };
    let payload = Payload::from_bytes(content.as_bytes().to_vec());
    Draft { payload, user: Some(alice()), lifetime, cap: None }
}

/// A session of alice that began a minute ago.
pub(crate) fn minute_old(content: &str) -> Record {
    let Draft { payload, user, lifetime, .. } = draft(content);
    let created = SystemTime::now() - Duration::from_secs(60);
    let ends = created + lifetime.absolute;
    Record { version: 1, payload, user, created, last_seen: created, idle: lifetime.idle, ends }
}

/// A session of alice, who may have one.
pub(crate) fn only_one(content: &str) -> Draft {
    let cap = Cap { sessions: 1.try_into().unwrap(), policy: CapPolicy::EndOldest };
    Draft { cap: Some(cap), ..draft(content) }
}

pub(crate) fn renewal(version: u64, to: &str) -> Rotation {
    let kind = RotationKind::Renew {
        payload: Payload::from_bytes("renewed"),
        lifetime: None,
        grace: Duration::from_secs(30),
        kept: TOMBSTONE_LIFE,
    };
    Rotation { version, to: key(to), kind }
}
