use std::sync::Arc;

use super::Subject;
use super::client::Client;
use super::sample::{GRACE, IDLE, MARGIN, change, draft, key, login, renewal, replacement, user};
use crate::backend::{Created, Loaded, Missing, Rotated, TOMBSTONE_LIFE, Updated};

/// Promise: an ended session is found neither by its key nor by its user.
pub async fn an_ended_session_is_gone(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &login("alice", "in")).await;
    client.delete(key("a")).await;
    assert_eq!(client.missing(key("a")).await, Missing::Absent, "it was ended");
    assert_eq!(client.keys_of(&user("alice")).await, [], "it was ended");
}

/// Promise: who ends a session is told what it was.
pub async fn delete_gives_the_session_that_it_ended(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &login("alice", "in")).await;
    client.updated(key("a"), &change(1, "more")).await;
    let before = client.found(key("a")).await;
    assert_eq!(client.delete(key("a")).await, Some(before), "that is what it ended");
}

/// Promise: a session is ended once, and to end it again is no error.
pub async fn a_session_is_ended_once(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &draft("first")).await;
    assert!(client.delete(key("a")).await.is_some(), "there was one");
    assert_eq!(client.delete(key("a")).await, None, "there is none any more");
}

/// Promise: to end what never was, or has expired, is no error and ends nothing.
pub async fn deleting_what_is_not_live_ends_nothing(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("expired"), &draft("first")).await;
    client.advance(IDLE + MARGIN).await;
    client.created(key("live"), &draft("live")).await;
    assert_eq!(client.delete(key("unknown")).await, None, "there never was one");
    assert_eq!(client.delete(key("expired")).await, None, "there is none any more");
    client.found(key("live")).await;
}

/// Promise: no request that was in flight when a session was ended brings it back, whatever it is
/// about to do.
pub async fn an_ended_session_stays_ended(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &login("alice", "in")).await;
    client.delete(key("a")).await;
    let updated = client.update(key("a"), &change(1, "late")).await;
    assert_eq!(updated, Updated::Missing(Missing::Absent), "update: it was ended");
    assert!(!client.touch(key("a")).await, "touch: it was ended");
    let renewed = client.rotate(key("a"), &renewal(1, key("b"), GRACE)).await;
    assert_eq!(renewed, Rotated::Missing(Missing::Absent), "renew: it was ended");
    let rotation = replacement(1, key("b"), login("alice", "in"));
    let replaced = client.rotate(key("a"), &rotation).await;
    assert_eq!(replaced, Rotated::Missing(Missing::Absent), "replace: it was ended");
    let created = client.create(key("a"), &login("alice", "in")).await;
    assert_eq!(created, Created::Taken, "create: it was ended");
    assert_eq!(client.missing(key("a")).await, Missing::Absent, "it has to stay so");
    assert_eq!(client.missing(key("b")).await, Missing::Absent, "it has to stay so");
    assert_eq!(client.keys_of(&user("alice")).await, [], "it has to stay so");
}

/// Promise: a tombstone outlives any request in flight, through sweeps as well.
pub async fn a_tombstone_outlives_any_request_in_flight(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("ended"), &draft("first")).await;
    client.delete(key("ended")).await;
    client.created(key("replaced"), &draft("first")).await;
    client.rotated(key("replaced"), &replacement(1, key("new"), draft("second"))).await;
    client.advance(TOMBSTONE_LIFE - MARGIN).await;
    client.sweep_all().await;
    for name in ["ended", "replaced"] {
        let created = client.create(key(name), &draft("late")).await;
        assert_eq!(created, Created::Taken, "{name:?} was in use a moment ago");
    }
    assert_eq!(client.missing(key("replaced")).await, Missing::Superseded, "it was replaced");
}

/// Promise: a key whose grace is over is remembered for a tombstone's life from then on.
pub async fn a_tombstone_begins_when_the_grace_is_over(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("old"), &draft("first")).await;
    client.rotated(key("old"), &renewal(1, key("new"), 5 * MARGIN)).await;
    client.advance(5 * MARGIN + TOMBSTONE_LIFE - MARGIN).await;
    client.sweep_all().await;
    let created = client.create(key("old"), &draft("late")).await;
    assert_eq!(created, Created::Taken, "it was in use a moment ago");
    assert_eq!(client.missing(key("old")).await, Missing::Superseded, "it was renewed");
}

/// Promise: under a key in its grace, delete ends the session with the new key, and says so.
pub async fn deleting_a_key_in_its_grace_ends_its_successor(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("old"), &login("alice", "in")).await;
    client.rotated(key("old"), &renewal(1, key("new"), GRACE)).await;
    let now = client.found(key("new")).await;
    assert_eq!(client.delete(key("old")).await, Some(now), "that is what it ended");
    assert_eq!(client.missing(key("new")).await, Missing::Absent, "it was ended");
    client.missing(key("old")).await;
    assert_eq!(client.keys_of(&user("alice")).await, [], "it was ended");
    for name in ["old", "new"] {
        let created = client.create(key(name), &draft("late")).await;
        assert_eq!(created, Created::Taken, "{name:?} was in use a moment ago");
    }
}

/// Promise: a key in its grace leads nowhere when its successor was ended.
pub async fn deleting_the_successor_ends_the_grace(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("old"), &draft("first")).await;
    client.rotated(key("old"), &renewal(1, key("new"), GRACE)).await;
    assert!(client.delete(key("new")).await.is_some(), "there was one");
    let old = client.load(key("old")).await;
    assert!(matches!(old, Loaded::Missing(_)), "it leads to what was ended: {old:?}");
    let updated = client.update(key("old"), &change(2, "late")).await;
    assert!(matches!(updated, Updated::Missing(_)), "it leads to what was ended: {updated:?}");
    assert_eq!(client.delete(key("old")).await, None, "there is none any more");
}

/// Promise: who logs out with a key of before the login ends nothing of after it.
pub async fn deleting_a_superseded_key_ends_nothing(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("old"), &draft("guest")).await;
    client.rotated(key("old"), &replacement(1, key("new"), login("alice", "in"))).await;
    assert_eq!(client.delete(key("old")).await, None, "it leads nowhere");
    client.found(key("new")).await;
    assert_eq!(client.keys_of(&user("alice")).await, [key("new")], "alice stays logged in");
}
