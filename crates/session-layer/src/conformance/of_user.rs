use std::sync::Arc;
use std::time::Duration;

use super::Subject;
use super::client::Client;
use super::sample::{GRACE, IDLE, MARGIN, change, draft, key, login, renewal, replacement, user};

const SECOND: Duration = Duration::from_secs(1);

/// Promise: a user's sessions come as load finds them.
pub async fn a_users_sessions_are_those_that_load_finds(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &login("alice", "a")).await;
    client.advance(SECOND).await;
    client.created(key("b"), &login("alice", "b")).await;
    client.updated(key("b"), &change(1, "later")).await;
    let expected = [client.found(key("a")).await, client.found(key("b")).await];
    assert_eq!(client.of_user(&user("alice")).await, expected, "both, and as they are now");
}

/// Promise: they come in the order in which they were created, which a renewal, an update or a
/// touch does not change; a login is the latest.
pub async fn a_users_sessions_come_in_order_of_creation(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    for name in ["c", "a", "d", "b"] {
        client.created(key(name), &login("alice", name)).await;
        client.advance(SECOND).await;
    }
    client.rotated(key("c"), &renewal(1, key("renewed"), GRACE)).await;
    client.updated(key("a"), &change(1, "later")).await;
    client.touch(key("d")).await;
    let expected = ["renewed", "a", "d", "b"].map(key);
    assert_eq!(client.keys_of(&user("alice")).await, expected, "the order of their creation");
    client.rotated(key("a"), &replacement(2, key("again"), login("alice", "in"))).await;
    let expected = ["renewed", "d", "b", "again"].map(key);
    assert_eq!(client.keys_of(&user("alice")).await, expected, "a login is a new session");
}

/// Promise: nobody is shown another user's sessions, nor anonymous ones.
pub async fn a_users_sessions_are_only_theirs(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("alice"), &login("alice", "in")).await;
    client.created(key("bob"), &login("bob", "in")).await;
    client.created(key("guest"), &draft("guest")).await;
    assert_eq!(client.keys_of(&user("alice")).await, [key("alice")], "only alice's");
    assert_eq!(client.keys_of(&user("bob")).await, [key("bob")], "only bob's");
    assert_eq!(client.keys_of(&user("carol")).await, [], "carol has none");
}

/// Promise: what has expired is in no list, whether or not it was swept.
pub async fn a_users_expired_sessions_are_not_listed(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("expired"), &login("alice", "in")).await;
    client.created(key("seen"), &login("alice", "in")).await;
    client.advance(IDLE - MARGIN).await;
    client.touch(key("seen")).await;
    client.advance(2 * MARGIN).await;
    assert_eq!(client.keys_of(&user("alice")).await, [key("seen")], "the other has expired");
    client.sweep_all().await;
    assert_eq!(client.keys_of(&user("alice")).await, [key("seen")], "sweeping keeps the live");
}

/// Promise: a list grows and shrinks with the sessions, however many there are.
pub async fn a_user_may_have_many_sessions(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    for n in 0..50 {
        client.created(key(&format!("{n}")), &login("alice", "in")).await;
    }
    assert_eq!(client.keys_of(&user("alice")).await.len(), 50, "all are live");
    for n in (0..50).step_by(2) {
        assert!(client.delete(key(&format!("{n}"))).await.is_some(), "{n} is live");
    }
    let mut left = client.keys_of(&user("alice")).await;
    left.sort();
    let mut expected: Vec<_> = (1..50).step_by(2).map(|n| key(&format!("{n}"))).collect();
    expected.sort();
    assert_eq!(left, expected, "those that were not ended");
}
