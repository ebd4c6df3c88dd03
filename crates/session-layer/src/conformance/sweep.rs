use std::sync::Arc;

use super::Subject;
use super::client::Client;
use super::sample::{
    ABSOLUTE, GRACE, IDLE, MARGIN, beside, draft, key, login, renewal, replacement, user,
};
use crate::backend::{Loaded, Missing};

/// Promise: a sweep removes no more than it was told to, and goes on until nothing is left.
pub async fn a_sweep_is_bounded_and_comes_to_an_end(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    for n in 0..25 {
        client.created(key(&format!("{n}")), &login("alice", "in")).await;
    }
    client.advance(IDLE + MARGIN).await;
    let mut swept = 0;
    loop {
        let some = client.sweep(10).await;
        assert!(some <= 10, "10 is the limit, but it removed {some}");
        swept += some;
        assert!(swept <= 25, "there were 25, but it removed {swept}");
        if some < 10 {
            break;
        }
    }
    assert_eq!(client.sweep(10).await, 0, "less than the limit means that nothing is left");
    assert_eq!(client.stats().await.live, 0, "nothing is left");
}

/// Promise: a sweep leaves what is live as it is, and where a grace leads.
pub async fn a_sweep_keeps_what_is_live(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("expired"), &login("alice", "in")).await;
    client.advance(IDLE + MARGIN).await;
    client.created(key("live"), &login("alice", "in")).await;
    client.created(key("old"), &draft("first")).await;
    client.rotated(key("old"), &renewal(1, key("new"), GRACE)).await;
    let live = client.found(key("live")).await;
    client.sweep_all().await;
    assert_eq!(client.found(key("live")).await, live, "it is as it was");
    assert_eq!(client.of_user(&user("alice")).await, [live], "it is as it was");
    assert_eq!(client.found(key("old")).await.key, key("new"), "its grace goes on");
    assert_eq!(client.missing(key("expired")).await, Missing::Absent, "it has expired");
}

/// Promise: a session that was seen is not swept by when it would have expired unseen.
pub async fn a_sweep_keeps_what_was_seen(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &draft("first")).await;
    for _ in 0..3 {
        client.advance(IDLE - MARGIN).await;
        client.touch(key("a")).await;
        client.sweep_all().await;
    }
    client.found(key("a")).await;
}

/// Promise: a tombstone takes space for a while only: a day later its key is free.
pub async fn a_sweep_removes_tombstones_in_the_end(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("ended"), &draft("first")).await;
    client.delete(key("ended")).await;
    client.created(key("replaced"), &draft("first")).await;
    client.rotated(key("replaced"), &replacement(1, key("1"), draft("second"))).await;
    client.created(key("renewed"), &draft("first")).await;
    client.rotated(key("renewed"), &renewal(1, key("2"), GRACE)).await;
    client.advance(24 * ABSOLUTE).await;
    client.sweep_all().await;
    for name in ["ended", "replaced", "renewed"] {
        let loaded = client.load(key(name)).await;
        assert_eq!(loaded, Loaded::Missing(Missing::Absent), "{name:?} is forgotten");
        client.created(key(name), &draft("anew")).await;
    }
}

/// Promise: a sweep removes what is beside the sessions, too, and the sessions are counted as before.
pub async fn a_sweep_removes_what_is_beside_the_sessions(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    for n in 0..5 {
        client.created(beside(&format!("{n}")), &draft("no session")).await;
    }
    client.advance(IDLE + MARGIN).await;
    client.created(key("a"), &draft("guest")).await;
    assert!(client.sweep(10).await > 0, "some have expired");
    assert_eq!(client.sweep(10).await, 0, "less than the limit means that nothing is left");
    assert_eq!(client.stats().await.live, 1, "it has not expired");
}

/// Promise: nothing to sweep is no error.
pub async fn a_sweep_of_nothing_removes_nothing(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    assert_eq!(client.sweep(10).await, 0, "there is nothing");
    client.created(key("a"), &draft("first")).await;
    assert_eq!(client.sweep(10).await, 0, "nothing has expired");
}
