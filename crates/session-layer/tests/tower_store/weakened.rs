//! What several processes on one store lose, and what they do not; and what no process can have.

use std::num::NonZeroU32;
use std::time::SystemTime;

use session_layer::backend::{
    Backend, BackendErrorKind, Cap, CapPolicy, Change, Created, Draft, Record, SessionKey, Swept,
    TowerBackend, Updated,
};
use test_servers::PATIENCE;
use tokio::task::JoinHandle;

use crate::fixture::{OnMemory, created, draft, found, key, login, payload, user};
use crate::gated::Gated;

/// Two processes on one store. What the first writes can be held up on its way.
struct Two {
    way: Gated,
    first: TowerBackend,
    second: TowerBackend,
}

impl Two {
    fn new() -> Self {
        let way = Gated::default();
        let first = TowerBackend::builder(way.clone()).timeout(PATIENCE).build().unwrap();
        let second = TowerBackend::builder(way.store.clone()).timeout(PATIENCE).build().unwrap();
        Self { way, first, second }
    }

    /// Lets the second process act between what the first one reads and what it writes.
    async fn in_between<T: Send + 'static>(
        &self,
        first: impl Future<Output = T> + Send + 'static,
        second: impl Future<Output = ()>,
    ) -> T {
        let shut = self.way.shut().await;
        let first: JoinHandle<T> = tokio::spawn(first);
        self.way.wait().await;
        second.await;
        drop(shut);
        first.await.unwrap()
    }

    /// The first process changes the session meanwhile.
    async fn update_during(&self, key: SessionKey, second: impl Future<Output = ()>) -> Updated {
        let first = self.first.clone();
        let update = async move { first.update(&key, &change("first")).await.unwrap() };
        self.in_between(update, second).await
    }

    /// The first process takes a session of this version over meanwhile.
    async fn restore_during(
        &self,
        key: SessionKey,
        version: u64,
        second: impl Future<Output = ()>,
    ) {
        let (first, record) = (self.first.clone(), record(version));
        let restore = async move { first.restore(&key, &record).await.unwrap() };
        assert!(self.in_between(restore, second).await);
    }

    async fn log_in_during(&self, draft: Draft, second: impl Future<Output = ()>) -> Created {
        let first = self.first.clone();
        let create = async move { first.create(&key("first"), &draft).await.unwrap() };
        self.in_between(create, second).await
    }
}

fn change(text: &str) -> Change {
    Change { version: 1, payload: payload(text), lifetime: None }
}

/// Of an anonymous session that began now.
fn record(version: u64) -> Record {
    let (now, Draft { payload, lifetime, .. }) = (SystemTime::now(), draft("restored"));
    let (idle, ends) = (lifetime.idle, now + lifetime.absolute);
    Record { version, payload, user: None, created: now, last_seen: now, idle, ends }
}

fn done() -> Created {
    Created::Done { ended: Vec::new() }
}

#[tokio::test]
async fn of_changes_in_two_processes_at_once_the_last_is_kept() {
    let two = Two::new();
    created(&two.first, key("a"), &draft("")).await;
    let updated = two.update_during(key("a"), async {
        let updated = two.second.update(&key("a"), &change("second")).await.unwrap();
        assert_eq!(updated, Updated::Done(2));
    });
    assert_eq!(updated.await, Updated::Done(2));
    assert_eq!(found(&two.second, key("a")).await.unwrap().record.payload, payload("first"));
}

#[tokio::test]
async fn a_change_in_flight_brings_back_what_another_process_ends() {
    let two = Two::new();
    created(&two.first, key("a"), &draft("")).await;
    let updated = two.update_during(key("a"), async {
        assert!(two.second.delete(&key("a")).await.unwrap().is_some());
    });
    assert_eq!(updated.await, Updated::Done(2));
    assert!(found(&two.second, key("a")).await.is_some());
}

#[tokio::test]
async fn what_is_restored_brings_back_what_another_process_ends() {
    let two = Two::new();
    created(&two.first, key("a"), &draft("")).await;
    two.restore_during(key("a"), 2, async {
        assert!(two.second.delete(&key("a")).await.unwrap().is_some());
    })
    .await;
    assert!(found(&two.second, key("a")).await.is_some());
}

#[tokio::test]
async fn of_restores_in_two_processes_at_once_the_last_is_kept() {
    let two = Two::new();
    two.restore_during(key("a"), 2, async {
        assert!(two.second.restore(&key("a"), &record(3)).await.unwrap());
    })
    .await;
    assert_eq!(found(&two.second, key("a")).await.unwrap().record.version, 2);
}

#[tokio::test]
async fn logins_in_two_processes_at_once_exceed_a_cap() {
    let two = Two::new();
    let cap = Cap { sessions: NonZeroU32::MIN, policy: CapPolicy::Refuse };
    let draft = Draft { cap: Some(cap), ..login("alice") };
    let login = two.log_in_during(draft.clone(), created(&two.second, key("second"), &draft));
    assert_eq!(login.await, done());
    for name in ["first", "second"] {
        assert!(found(&two.second, key(name)).await.is_some(), "{name}");
    }
}

#[tokio::test]
async fn a_session_that_fell_off_its_users_list_is_back_once_it_was_touched() {
    let two = Two::new();
    let alice = login("alice");
    let login = two.log_in_during(alice.clone(), created(&two.second, key("second"), &alice));
    assert_eq!(login.await, done());
    let listed = two.second.of_user(&user("alice")).await.unwrap();
    assert_eq!(listed.iter().map(|found| found.key).collect::<Vec<_>>(), [key("first")]);
    assert!(two.second.touch(&key("second")).await.unwrap());
    assert_eq!(two.first.of_user(&user("alice")).await.unwrap().len(), 2);
}

#[tokio::test]
async fn what_another_process_did_before_holds() {
    let two = Two::new();
    created(&two.first, key("a"), &login("alice")).await;
    let updated = two.second.update(&key("a"), &change("second")).await.unwrap();
    assert_eq!(updated, Updated::Done(2));
    let late = two.first.update(&key("a"), &change("first")).await.unwrap();
    assert!(matches!(late, Updated::Conflict(now) if now.record.version == 2));
    for found in two.second.of_user(&user("alice")).await.unwrap() {
        assert!(two.second.delete(&found.key).await.unwrap().is_some());
    }
    let late = two.first.update(&key("a"), &change("first")).await.unwrap();
    assert!(matches!(late, Updated::Missing(_)));
    assert!(!two.first.touch(&key("a")).await.unwrap());
    assert_eq!(two.first.create(&key("a"), &login("alice")).await.unwrap(), Created::Taken);
}

/// The request that asked for it went away, or its time was over.
#[tokio::test]
async fn a_write_that_nobody_waits_for_is_not_overtaken() {
    let two = Two::new();
    created(&two.first, key("a"), &draft("")).await;
    let shut = two.way.shut().await;
    let (first, change_it) = (two.first.clone(), change("first"));
    let request = tokio::spawn(async move { first.update(&key("a"), &change_it).await });
    two.way.wait().await;
    request.abort();
    assert!(request.await.unwrap_err().is_cancelled());
    let first = two.first.clone();
    let end = tokio::spawn(async move { first.delete(&key("a")).await });
    drop(shut);
    let ended = end.await.unwrap().unwrap().unwrap();
    assert_eq!(ended.record.payload, payload("first"), "the write came first");
    assert_eq!(found(&two.second, key("a")).await, None);
}

/// Between what a login reads and what it locks.
#[tokio::test]
async fn a_login_ends_no_session_more_than_it_must() {
    let two = Two::new();
    let cap = Cap { sessions: NonZeroU32::MIN.saturating_add(1), policy: CapPolicy::EndOldest };
    let draft = Draft { cap: Some(cap), ..login("alice") };
    for name in ["oldest", "later"] {
        created(&two.first, key(name), &draft).await;
    }
    let shut = two.way.shut().await;
    let first = two.first.clone();
    let holds = tokio::spawn(async move { first.update(&key("oldest"), &change("first")).await });
    two.way.wait().await;
    let first = two.first.clone();
    let login = tokio::spawn(async move { first.create(&key("first"), &draft).await });
    // It has read what there is, and waits for the oldest.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(two.second.delete(&key("later")).await.unwrap().is_some());
    drop(shut);
    assert_eq!(holds.await.unwrap().unwrap(), Updated::Done(2));
    assert_eq!(login.await.unwrap().unwrap(), done());
    assert!(found(&two.second, key("oldest")).await.is_some());
}

#[tokio::test]
async fn stats_are_refused_and_a_sweep_removes_nothing() {
    let OnMemory { backend, .. } = OnMemory::new().await;
    let refused = backend.stats().await.unwrap_err();
    assert_eq!(refused.kind(), BackendErrorKind::Refused);
    assert_eq!(backend.sweep(100).await.unwrap(), Swept::default());
}
