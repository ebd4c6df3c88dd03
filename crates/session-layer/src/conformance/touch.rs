use std::sync::Arc;

use super::Subject;
use super::client::Client;
use super::sample::{
    ABSOLUTE, GRACE, IDLE, MARGIN, change, draft, key, login, renewal, replacement,
};
use crate::backend::{Missing, Record};

/// Promise: a touch begins the idle time anew.
pub async fn a_touch_begins_the_idle_time_anew(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &draft("first")).await;
    for _ in 0..3 {
        client.advance(IDLE - MARGIN).await;
        assert!(client.touch(key("a")).await, "a live session can be touched");
    }
    client.advance(IDLE - MARGIN).await;
    client.found(key("a")).await;
    client.advance(2 * MARGIN).await;
    assert_eq!(client.missing(key("a")).await, Missing::Absent, "the idle time is over");
}

/// Promise: a touch changes nothing but when the session was last seen.
pub async fn a_touch_changes_only_when_it_was_seen(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &login("alice", "first")).await;
    client.updated(key("a"), &change(1, "second")).await;
    client.advance(MARGIN).await;
    let before = client.found(key("a")).await.record;
    assert!(client.touch(key("a")).await, "a live session can be touched");
    let after = client.found(key("a")).await.record;
    assert!(after.last_seen >= before.last_seen + MARGIN, "it was seen now");
    let expected = Record { last_seen: after.last_seen, ..before };
    assert_eq!(after, expected, "all else has to stay, the version too");
    let version = client.updated(key("a"), &change(2, "third")).await;
    assert_eq!(version, 3, "who read before the touch can update after it");
}

/// Promise: however often it is touched, a session ends at its absolute end.
pub async fn a_touch_never_goes_past_the_absolute_end(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &draft("first")).await;
    let steps = (ABSOLUTE.as_secs() / (IDLE / 2).as_secs()) as u32;
    for _ in 0..steps - 1 {
        client.advance(IDLE / 2).await;
        assert!(client.touch(key("a")).await, "a live session can be touched");
    }
    client.advance(IDLE / 2 - MARGIN).await;
    assert!(client.touch(key("a")).await, "it is just before the end");
    client.advance(2 * MARGIN).await;
    assert!(!client.touch(key("a")).await, "it is past the end");
    assert_eq!(client.missing(key("a")).await, Missing::Absent, "it is past the end");
}

/// Promise: a touch never creates.
pub async fn a_touch_creates_nothing(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    assert!(!client.touch(key("a")).await, "there is nothing to touch");
    assert_eq!(client.missing(key("a")).await, Missing::Absent, "nothing was created");
}

/// Promise: a touch does not bring an ended session back.
pub async fn a_touch_leaves_an_ended_session_ended(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &draft("first")).await;
    client.delete(key("a")).await;
    assert!(!client.touch(key("a")).await, "it was ended");
    assert_eq!(client.missing(key("a")).await, Missing::Absent, "it has to stay so");
}

/// Promise: a touch does not bring an expired session back.
pub async fn a_touch_leaves_an_expired_session_expired(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &draft("first")).await;
    client.advance(IDLE + MARGIN).await;
    assert!(!client.touch(key("a")).await, "it has expired");
    assert_eq!(client.missing(key("a")).await, Missing::Absent, "it has to stay so");
}

/// Promise: a touch is for the very key; one in its grace does not extend its successor.
pub async fn a_touch_in_the_grace_does_nothing(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("old"), &draft("first")).await;
    client.rotated(key("old"), &renewal(1, key("new"), 2 * IDLE)).await;
    client.advance(IDLE - MARGIN).await;
    assert!(!client.touch(key("old")).await, "the session has another key");
    client.advance(2 * MARGIN).await;
    assert_eq!(client.missing(key("new")).await, Missing::Absent, "the idle time is over");
}

/// Promise: a touch under a key that was replaced does nothing.
pub async fn a_touch_of_a_replaced_session_does_nothing(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("old"), &draft("first")).await;
    client.rotated(key("old"), &replacement(1, key("new"), login("alice", "in"))).await;
    client.advance(GRACE).await;
    assert!(!client.touch(key("old")).await, "it was replaced");
    assert_eq!(client.missing(key("old")).await, Missing::Superseded, "it was replaced");
}
