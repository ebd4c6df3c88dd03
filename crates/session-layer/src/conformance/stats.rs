use std::sync::Arc;

use super::Subject;
use super::client::Client;
use super::sample::{GRACE, IDLE, MARGIN, capped, draft, key, login, renewal, replacement};
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
