use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use session_layer::backend::{Backend, BackendErrorKind};
use session_layer::conformance::histories_with_faults_are_linearizable;
use test_servers::until;

use super::Aged;
use super::gated::Gated;
use super::samples::{add, check, create, draft, found, key};
use crate::engine::{Server, Sessions, builder, database, sessions};

/// What one client was told, by the name of the session: its version.
type Told = HashMap<String, u64>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_was_acknowledged_is_lost_when_the_server_is_killed() {
    let mut server = Server::start().await.unwrap();
    let sessions = Arc::new(sessions(&database(&server).await).await);
    let (over, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let clients: Vec<_> = (0..8)
        .map(|n| tokio::spawn(write(sessions.clone(), n, over.clone(), done.clone())))
        .collect();
    until("clients wrote", async || (done.load(Ordering::Relaxed) > 300).then_some(()))
        .await
        .unwrap();
    server.kill().await.unwrap();
    over.store(true, Ordering::Relaxed);
    server.restart().await.unwrap();
    for client in clients {
        for (name, version) in client.await.unwrap() {
            let now = found(&*sessions, &name).await.record.version;
            assert!(now >= version, "{name} had version {version}, and has {now}");
        }
    }
}

/// Creates sessions and changes them until the server is gone.
async fn write(
    sessions: Arc<Sessions>,
    client: u32,
    over: Arc<AtomicBool>,
    done: Arc<AtomicU64>,
) -> Told {
    let mut told = Told::new();
    for n in 0.. {
        let name = format!("{client}-{n}");
        if over.load(Ordering::Relaxed) || sessions.create(&key(&name), &draft("")).await.is_err() {
            break;
        }
        told.insert(name.clone(), 1);
        match add(&*sessions, &name, 1).await {
            Ok(version) => told.insert(name, version),
            Err(_) => break,
        };
        done.fetch_add(1, Ordering::Relaxed);
    }
    told
}

#[tokio::test]
async fn a_server_that_is_gone_is_unavailable_and_its_return_is_noticed() {
    let mut server = Server::start().await.unwrap();
    let sessions = sessions(&database(&server).await).await;
    create(&sessions, "a").await;
    server.kill().await.unwrap();
    check(sessions.load(&key("a")).await, BackendErrorKind::Unavailable);
    check(sessions.create(&key("b"), &draft("")).await, BackendErrorKind::Unavailable);
    check(sessions.touch(&key("a")).await, BackendErrorKind::Unavailable);
    server.restart().await.unwrap();
    assert_eq!(found(&sessions, "a").await.record.version, 1);
    create(&sessions, "b").await;
}

#[tokio::test]
async fn a_restart_between_two_loads_goes_unnoticed() {
    let mut server = Server::start().await.unwrap();
    let sessions = sessions(&database(&server).await).await;
    create(&sessions, "a").await;
    server.kill().await.unwrap();
    server.restart().await.unwrap();
    found(&sessions, "a").await;
}

#[tokio::test]
async fn an_application_may_start_before_its_server() {
    let mut server = Server::start().await.unwrap();
    let url = database(&server).await;
    server.kill().await.unwrap();
    let sessions = builder(&url).build().unwrap();
    check(sessions.migrate().await, BackendErrorKind::Unavailable);
    server.restart().await.unwrap();
    sessions.migrate().await.unwrap();
    create(&sessions, "a").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn histories_are_linearizable_though_the_server_is_killed_now_and_then() {
    let mut server = Server::start().await.unwrap();
    let sessions = Aged::at(database(&server).await).await;
    let subject = Arc::new(Gated { sessions, gate: Arc::default() });
    let histories = tokio::spawn(histories_with_faults_are_linearizable(subject.clone()));
    for _ in 0..5 {
        for _ in 0..200 {
            let _ = subject.load(&key("")).await;
        }
        let closed = subject.gate.write().await;
        server.kill().await.unwrap();
        server.restart().await.unwrap();
        drop(closed);
    }
    histories.await.unwrap();
}
