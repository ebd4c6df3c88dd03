//! Sessions in a Galera cluster of three nodes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use session_layer::backend::mysql::MySqlBackend;
use session_layer::backend::{
    Backend, BackendError, BackendErrorKind, Change, Created, Draft, Found, Loaded, Record,
    Renewed, Rotated, Rotation, SessionKey, Stats, Swept, Updated, UserId,
};
use session_layer::conformance::Subject;
use test_servers::{Galera, Port, until};
use tokio::sync::OnceCell;

use crate::engine::{builder, run, sessions, unique, without_rights_to_create};
use crate::sql::Aged;
use crate::sql::samples::{add, change, create, draft, found, key};

/// The cluster of all tests that do it no harm.
async fn shared() -> &'static Galera {
    static SHARED: OnceCell<Galera> = OnceCell::const_new();
    SHARED.get_or_init(async || Galera::start().await.unwrap()).await
}

/// A database that nobody else uses.
async fn database(galera: &Galera) -> String {
    let name = unique("test");
    run(&galera.url(0, ""), &format!("CREATE DATABASE {name}")).await;
    name
}

/// Three instances of an application, each with another node; calls go to one after the other.
#[derive(Debug)]
struct Spread {
    nodes: Vec<MySqlBackend>,
    turn: AtomicUsize,
}

impl Spread {
    fn next(&self) -> &MySqlBackend {
        &self.nodes[self.turn.fetch_add(1, Ordering::Relaxed) % self.nodes.len()]
    }
}

#[async_trait]
impl Backend for Spread {
    async fn load(&self, key: &SessionKey) -> Result<Loaded, BackendError> {
        self.next().load(key).await
    }

    async fn renewed(&self, key: &SessionKey) -> Result<Option<Renewed>, BackendError> {
        self.next().renewed(key).await
    }

    async fn create(&self, key: &SessionKey, draft: &Draft) -> Result<Created, BackendError> {
        self.next().create(key, draft).await
    }

    async fn update(&self, key: &SessionKey, change: &Change) -> Result<Updated, BackendError> {
        self.next().update(key, change).await
    }

    async fn touch(&self, key: &SessionKey) -> Result<bool, BackendError> {
        self.next().touch(key).await
    }

    async fn rotate(&self, key: &SessionKey, rotation: &Rotation) -> Result<Rotated, BackendError> {
        self.next().rotate(key, rotation).await
    }

    async fn delete(&self, key: &SessionKey) -> Result<Option<Found>, BackendError> {
        self.next().delete(key).await
    }

    async fn restore(&self, key: &SessionKey, record: &Record) -> Result<bool, BackendError> {
        self.next().restore(key, record).await
    }

    async fn of_user(&self, user: &UserId) -> Result<Vec<Found>, BackendError> {
        self.next().of_user(user).await
    }

    async fn sweep(&self, limit: u32) -> Result<Swept, BackendError> {
        self.next().sweep(limit).await
    }

    async fn stats(&self) -> Result<Stats, BackendError> {
        self.next().stats().await
    }
}

/// Sessions that grow old when they are told to, on all nodes.
struct Everywhere {
    spread: Spread,
    aged: Aged,
}

impl Everywhere {
    async fn start() -> Self {
        let galera = shared().await;
        let name = database(galera).await;
        let aged = Aged::at(galera.url(0, &name)).await;
        let mut nodes = Vec::new();
        for node in 0..3 {
            nodes.push(sessions(&galera.url(node, &name)).await);
        }
        Self { spread: Spread { nodes, turn: AtomicUsize::new(0) }, aged }
    }
}

#[async_trait]
impl Subject for Everywhere {
    fn backend(&self) -> &dyn Backend {
        &self.spread
    }

    async fn advance(&self, by: Duration) {
        self.aged.advance(by).await;
    }
}

session_layer::conformance_tests!(Everywhere::start());
session_layer::conformance_tests!(Everywhere::start() => stats_do_not_drift);

#[tokio::test]
async fn what_one_node_has_acknowledged_another_one_has_at_once() {
    let everywhere = Everywhere::start().await;
    let [one, other, ..] = everywhere.spread.nodes.as_slice() else { panic!("three nodes") };
    create(one, "a").await;
    for version in 1..100 {
        let updated = one.update(&key("a"), &change(version, b"x")).await.unwrap();
        assert_eq!(updated, Updated::Done(version + 1));
        assert_eq!(found(other, "a").await.record.version, version + 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_on_all_nodes_at_once_are_all_kept() {
    let everywhere = Arc::new(Everywhere::start().await);
    create(&everywhere.spread, "a").await;
    let clients = (0..6).map(|_| {
        let everywhere = Arc::clone(&everywhere);
        tokio::spawn(async move {
            for _ in 0..10 {
                add(&everywhere.spread, "a", b'x').await.unwrap();
            }
        })
    });
    for client in clients.collect::<Vec<_>>() {
        client.await.unwrap();
    }
    let record = found(&everywhere.spread, "a").await.record;
    assert_eq!(record.payload.as_bytes(), format!("a{}", "x".repeat(60)).as_bytes());
}

#[tokio::test]
async fn the_server_that_it_names_is_the_node_that_serves() {
    let (galera, nobody) = (shared().await, Port::draw().unwrap());
    let name = database(galera).await;
    let url = galera.url(0, &name).replacen('@', &format!("@{},", nobody.address()), 1);
    let sessions = sessions(&url).await;
    let node = builder(galera.url(0, &name)).build().unwrap();
    assert_eq!(sessions.server(), node.server());
}

#[tokio::test]
async fn nodes_that_are_slow_to_connect_to_are_waited_for() {
    let galera = shared().await;
    let name = database(galera).await;
    let one = galera.url(0, &name);
    sessions(&one).await;
    let (of_user, of_all) = (without_rights_to_create(&one).await, galera.url_of_all(&name));
    let (login, nodes) = (of_user.split('@').next().unwrap(), of_all.split('@').nth(1).unwrap());
    // An administrator, as all other tests are, does not have to wait.
    on_each(galera, "SET GLOBAL init_connect = 'DO SLEEP(0.4)'").await;
    let sessions = builder(format!("{login}@{nodes}")).build().unwrap();
    create(&sessions, "a").await;
    on_each(galera, "SET GLOBAL init_connect = ''").await;
}

async fn on_each(galera: &Galera, sql: &str) {
    for node in 0..3 {
        run(&galera.url(node, ""), sql).await;
    }
}

/// All in one test, for a cluster takes its time to start.
#[tokio::test]
async fn a_node_that_is_gone_or_hangs_is_left_and_used_again() {
    let mut galera = Galera::start_alert().await.unwrap();
    let name = database(&galera).await;
    let sessions = sessions(&galera.url_of_all(&name)).await;
    create(&sessions, "a").await;
    galera.kill(0).await.unwrap();
    create(&sessions, "killed").await;
    add(&sessions, "a", b'1').await.unwrap();
    galera.restart(0).await.unwrap();
    galera.freeze(1).await.unwrap();
    until("the others go on", async || add(&sessions, "a", b'2').await.ok()).await.unwrap();
    galera.thaw(1).unwrap();
    let record = found(&sessions, "a").await.record;
    assert!(record.payload.as_bytes().starts_with(b"a12"), "{record:?}");
    found(&sessions, "killed").await;
    // One of three is no cluster.
    galera.kill(0).await.unwrap();
    galera.kill(1).await.unwrap();
    let url = galera.url_of_all(&name);
    let hasty = builder(&url).deadline(Duration::from_secs(5)).build().unwrap();
    let refused = async || hasty.create(&key("late"), &draft("")).await.err();
    let error = until("the last one refuses", refused).await.unwrap();
    let kinds = [BackendErrorKind::Unavailable, BackendErrorKind::Timeout];
    assert!(kinds.contains(&error.kind()), "{error:?}");
}
