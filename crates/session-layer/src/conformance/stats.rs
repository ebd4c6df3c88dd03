use std::sync::Arc;

use super::Subject;
use super::client::Client;
use super::sample::{
    GRACE, IDLE, MARGIN, beside, capped, change, draft, key, login, renewal, replacement,
};
use crate::backend::CapPolicy;

/// Promise: stats count sessions: neither the keys that lead to them nor tombstones.
pub async fn stats_count_live_sessions(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    assert_eq!(client.stats().await.live, 0, "there is none");
    client.created(key("a"), &login("alice", "in")).await;
    client.created(key("b"), &draft("guest")).await;
    client.created(key("c"), &draft("guest")).await;
    assert_eq!(client.stats().await.live, 3, "three were created");
    client.rotated(key("a"), &renewal(1, key("d"), GRACE)).await;
    client.rotated(key("b"), &replacement(1, key("e"), login("bob", "in"))).await;
    assert_eq!(client.stats().await.live, 3, "rotated ones are the same number");
    client.delete(key("c")).await;
    client.delete(key("c")).await;
    assert_eq!(client.stats().await.live, 2, "one was ended");
    let draft = capped("bob", "in", 1, CapPolicy::EndOldest);
    client.created(key("f"), &draft).await;
    assert_eq!(client.stats().await.live, 2, "one made room for another");
}

/// Promise: stats count nothing that is beside the sessions, whatever happens to it.
pub async fn stats_count_nothing_beside_the_sessions(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &draft("guest")).await;
    client.created(beside("b"), &draft("no session")).await;
    client.created(beside("c"), &login("alice", "no session")).await;
    assert_eq!(client.stats().await.live, 1, "two are no sessions");
    client.updated(beside("b"), &change(1, "changed")).await;
    assert!(client.touch(beside("c")).await, "it is there");
    client.rotated(beside("b"), &renewal(2, beside("d"), GRACE)).await;
    client.rotated(beside("c"), &replacement(1, beside("e"), draft("no session"))).await;
    assert_eq!(client.stats().await.live, 1, "two are no sessions still");
    client.delete(beside("d")).await;
    client.delete(beside("e")).await;
    assert_eq!(client.stats().await.live, 1, "it was no session that was ended");
    assert_eq!(client.found(key("a")).await.record.version, 1, "it is as it was");
}

/// Promise: whether it is a session, the key says that it has now.
pub async fn stats_go_by_the_key_that_a_session_has(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &login("alice", "in")).await;
    client.rotated(key("a"), &renewal(1, beside("b"), GRACE)).await;
    assert_eq!(client.stats().await.live, 0, "it is no session any more");
    client.rotated(beside("b"), &replacement(2, key("c"), login("alice", "in"))).await;
    assert_eq!(client.stats().await.live, 1, "it is one again");
    let capped = capped("alice", "in", 1, CapPolicy::EndOldest);
    client.created(beside("d"), &capped).await;
    assert_eq!(client.stats().await.live, 0, "it made room for what is no session");
    client.created(key("e"), &capped).await;
    assert_eq!(client.stats().await.live, 1, "what is no session made room for it");
}

/// Promise: what has expired does not count when it is swept.
pub async fn stats_count_no_expired_session_once_swept(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    for name in ["a", "b", "c"] {
        client.created(key(name), &draft("guest")).await;
    }
    client.advance(IDLE - MARGIN).await;
    client.touch(key("a")).await;
    client.advance(2 * MARGIN).await;
    client.sweep_all().await;
    assert_eq!(client.stats().await.live, 1, "one was seen");
}
