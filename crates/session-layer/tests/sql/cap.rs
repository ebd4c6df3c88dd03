//! A cap counts what is committed, and nothing that somebody else is about to change.

use std::sync::Arc;

use session_layer::backend::{Backend, BackendError, Cap, CapPolicy, Created, Draft, UserId};
use test_servers::until;
use tokio::task::JoinHandle;

use super::samples::{draft, key};
use crate::engine::{Held, Server, Sessions, database, sessions, waiting};

fn uncapped(name: &str) -> Draft {
    Draft { user: UserId::new("alice"), ..draft(name) }
}

fn one_of_two(name: &str) -> Draft {
    let cap = Cap { sessions: 2.try_into().unwrap(), policy: CapPolicy::EndOldest };
    Draft { cap: Some(cap), ..uncapped(name) }
}

type Creation = JoinHandle<Result<Created, BackendError>>;

fn begin(sessions: &Arc<Sessions>, name: &str, draft: Draft) -> Creation {
    let (sessions, key) = (sessions.clone(), key(name));
    tokio::spawn(async move { sessions.create(&key, &draft).await })
}

async fn ended(creation: Creation) -> usize {
    match creation.await.unwrap().unwrap() {
        Created::Done { ended } => ended.len(),
        refused => panic!("it is {refused:?}"),
    }
}

/// Sessions of a server with two of alice, and the URL of their database.
async fn two(server: &Server) -> (Arc<Sessions>, String) {
    let url = database(server).await;
    let sessions = Arc::new(sessions(&url).await);
    for name in ["first", "second"] {
        assert_eq!(ended(begin(&sessions, name, uncapped(name))).await, 0);
    }
    (sessions, url)
}

/// Until this is done, or so many wait for a lock.
async fn done_or_waiting(url: &str, creation: &Creation, waiters: i64) {
    let done = async || {
        let done = creation.is_finished() || waiting(url).await >= waiters;
        done.then_some(())
    };
    until("it was done, or waited", done).await.unwrap();
}

#[tokio::test]
async fn a_session_that_is_just_being_ended_takes_nobodys_room() {
    let server = Server::start().await.unwrap();
    let (sessions, url) = two(&server).await;
    let end = "UPDATE sessions SET state = 2, user_id = NULL WHERE payload = 'second'";
    let ending = Held::by(&url, end).await;
    let third = begin(&sessions, "third", one_of_two("third"));
    done_or_waiting(&url, &third, 1).await;
    ending.let_go().await;
    assert_eq!(ended(third).await, 0);
    assert_eq!(sessions.stats().await.unwrap().live, 2);
}

#[tokio::test]
async fn a_login_without_a_cap_waits_for_one_that_counts() {
    let server = Server::start().await.unwrap();
    let (sessions, url) = two(&server).await;
    let held = Held::row(&url).await;
    let counting = begin(&sessions, "third", one_of_two("third"));
    done_or_waiting(&url, &counting, 1).await;
    let other = begin(&sessions, "fourth", uncapped("fourth"));
    done_or_waiting(&url, &other, 2).await;
    assert!(!other.is_finished(), "it was not counted, and is there before those that were");
    held.let_go().await;
    assert_eq!((ended(counting).await, ended(other).await), (1, 0));
}
