use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::Subject;
use super::client::Client;
use super::sample::{
    ABSOLUTE, GRACE, IDLE, MARGIN, beside, capped, change, draft, key, login, payload, renewal,
    replacement, user,
};
use crate::backend::{CapPolicy, Created, Found, Missing, Record, Updated};

/// What time it is by the backend's clock, in which records from elsewhere have to be.
async fn now(client: &Client) -> SystemTime {
    client.created(key("clock"), &draft("now")).await;
    let now = client.found(key("clock")).await.record.created;
    client.delete(key("clock")).await;
    now
}

/// An anonymous session from elsewhere, which was created and seen now.
fn record(now: SystemTime, version: u64, text: &str) -> Record {
    Record {
        version,
        payload: payload(text),
        user: None,
        created: now,
        last_seen: now,
        idle: IDLE,
        ends: now + ABSOLUTE,
    }
}

/// Promise: a session from elsewhere is found as it was there, to the millisecond.
pub async fn a_restored_session_is_what_it_was(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    let now = now(&client).await;
    let record = Record {
        version: 7,
        payload: payload("seven"),
        user: Some(user("alice")),
        created: now - Duration::from_millis(333_333),
        last_seen: now - Duration::from_millis(55_555),
        idle: Duration::from_millis(777_777),
        ends: now + Duration::from_millis(2_222_222),
    };
    assert!(client.restore(key("a"), &record).await, "the key is free");
    let expected = Found { key: key("a"), record };
    assert_eq!(client.found(key("a")).await, expected, "it is as it was");
    assert_eq!(client.of_user(&user("alice")).await, [expected], "it is as it was");
}

/// Promise: an anonymous session is nobody's elsewhere too.
pub async fn a_restored_session_may_be_anonymous(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    let record = record(now(&client).await, 1, "guest");
    assert!(client.restore(key("a"), &record).await, "the key is free");
    assert_eq!(client.found(key("a")).await.record, record, "it is as it was");
}

/// Promise: its changes go on counting where they were.
pub async fn a_restored_session_is_updated_from_its_version(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    let record = record(now(&client).await, 7, "seven");
    assert!(client.restore(key("a"), &record).await, "the key is free");
    let expected = Updated::Conflict(Found { key: key("a"), record });
    assert_eq!(client.update(key("a"), &change(6, "late")).await, expected, "it has version 7");
    assert_eq!(client.updated(key("a"), &change(7, "eight")).await, 8, "one more");
}

/// Promise: a session that is behind is brought up to date.
pub async fn a_restored_session_replaces_a_lower_version(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &draft("first")).await;
    let record = record(now(&client).await, 2, "second");
    assert!(client.restore(key("a"), &record).await, "version 2 is after version 1");
    assert_eq!(client.found(key("a")).await.record, record, "it is as it was elsewhere");
}

/// Promise: of two sessions of the same version the one that is restored stays, whatever they are.
pub async fn a_restored_session_replaces_an_equal_version(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    let record = record(now(&client).await, 3, "here");
    assert!(client.restore(key("a"), &record).await, "the key is free");
    let other = Record { payload: payload("there"), ..record };
    for _ in 0..2 {
        assert!(client.restore(key("a"), &other).await, "its version is no higher");
        assert_eq!(client.found(key("a")).await.record, other, "it is as it was elsewhere");
    }
}

/// Promise: what was changed here since stays.
pub async fn a_restored_session_leaves_a_higher_version(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &login("alice", "first")).await;
    client.updated(key("a"), &change(1, "second")).await;
    let before = client.found(key("a")).await;
    let older = Record { user: Some(user("bob")), ..record(now(&client).await, 1, "older") };
    assert!(!client.restore(key("a"), &older).await, "version 2 is after version 1");
    assert_eq!(client.found(key("a")).await, before, "it is as it was");
    assert_eq!(client.of_user(&user("alice")).await, [before], "it is still hers");
    assert_eq!(client.keys_of(&user("bob")).await, [], "it was not restored");
}

/// Promise: what was ended here stays so, however new it is elsewhere.
pub async fn what_was_ended_is_not_restored(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &login("alice", "first")).await;
    client.delete(key("a")).await;
    let record = Record { user: Some(user("alice")), ..record(now(&client).await, 9, "nine") };
    assert!(!client.restore(key("a"), &record).await, "it was ended");
    assert_eq!(client.missing(key("a")).await, Missing::Absent, "it was ended");
    assert_eq!(client.keys_of(&user("alice")).await, [], "she has none");
}

/// Promise: so does what was replaced here.
pub async fn what_was_superseded_is_not_restored(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("old"), &draft("first")).await;
    client.rotated(key("old"), &replacement(1, key("new"), login("alice", "in"))).await;
    let record = record(now(&client).await, 9, "nine");
    assert!(!client.restore(key("old"), &record).await, "it was replaced");
    assert_eq!(client.missing(key("old")).await, Missing::Superseded, "it was replaced");
}

/// Promise: a renewed key leads where it led, in its grace, and then nowhere.
pub async fn what_was_renewed_is_not_restored(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("old"), &draft("first")).await;
    client.rotated(key("old"), &renewal(1, key("new"), GRACE)).await;
    let record = record(now(&client).await, 9, "nine");
    assert!(!client.restore(key("old"), &record).await, "it was renewed");
    let found = client.found(key("old")).await;
    assert_eq!(found.key, key("new"), "the key has to lead to its successor as before");
    client.advance(GRACE + MARGIN).await;
    assert!(!client.restore(key("old"), &record).await, "it was renewed");
    assert_eq!(client.missing(key("old")).await, Missing::Superseded, "the grace is over");
}

/// Promise: a key is remembered for a while only: a day later it can be restored, like any other.
pub async fn an_expired_tombstone_is_in_no_sessions_way(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("ended"), &draft("first")).await;
    client.delete(key("ended")).await;
    client.created(key("renewed"), &draft("first")).await;
    client.rotated(key("renewed"), &renewal(1, key("new"), GRACE)).await;
    client.advance(24 * ABSOLUTE).await;
    let record = Record { user: Some(user("alice")), ..record(now(&client).await, 2, "second") };
    for name in ["ended", "renewed"] {
        assert!(client.restore(key(name), &record).await, "{name:?} is forgotten");
        let expected = Found { key: key(name), record: record.clone() };
        assert_eq!(client.found(key(name)).await, expected, "it is as it was elsewhere");
    }
}

/// Promise: so is a session that has expired here, whatever version it had.
pub async fn an_expired_session_is_in_no_sessions_way(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &login("alice", "first")).await;
    client.updated(key("a"), &change(1, "second")).await;
    client.advance(IDLE + MARGIN).await;
    let record = Record { user: Some(user("bob")), ..record(now(&client).await, 1, "bob's") };
    assert!(client.restore(key("a"), &record).await, "what was here has expired");
    assert_eq!(client.found(key("a")).await.record, record, "it is as it was elsewhere");
    assert_eq!(client.keys_of(&user("alice")).await, [], "she has none");
    assert_eq!(client.keys_of(&user("bob")).await, [key("a")], "it is his");
}

/// Promise: what has expired is not brought back, and takes no live session's place.
pub async fn an_expired_record_is_not_restored(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &draft("first")).await;
    let before = client.found(key("a")).await;
    let now = now(&client).await;
    let unseen = Record { last_seen: now - IDLE, ..record(now - IDLE, 2, "unseen") };
    let over = Record { ends: now, ..record(now - MARGIN, 2, "over") };
    for record in [unseen, over] {
        assert!(!client.restore(key("a"), &record).await, "it has expired");
        assert!(!client.restore(key("b"), &record).await, "it has expired");
    }
    assert_eq!(client.found(key("a")).await, before, "it is as it was");
    assert_eq!(client.missing(key("b")).await, Missing::Absent, "it was not restored");
    client.created(key("b"), &draft("first")).await;
}

/// Promise: it is listed among its user's sessions by when it was created, not by when it came.
pub async fn a_restored_session_is_one_of_its_users(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("d"), &login("alice", "in")).await;
    client.advance(4 * MARGIN).await;
    client.created(key("b"), &login("alice", "in")).await;
    let now = now(&client).await;
    for (name, age) in [("a", MARGIN), ("e", 8 * MARGIN), ("c", 2 * MARGIN)] {
        let (created, user) = (now - age, Some(user("alice")));
        let record = Record { created, user, ..record(now, 2, "in") };
        assert!(client.restore(key(name), &record).await, "the key is free");
    }
    let expected = ["e", "d", "c", "a", "b"].map(key);
    assert_eq!(client.keys_of(&user("alice")).await, expected, "the order of their creation");
    let ended = client.created(key("f"), &capped("alice", "in", 5, CapPolicy::EndOldest)).await;
    assert_eq!(ended, [key("e")], "the oldest");
}

/// Promise: it is the user's that it was elsewhere, and nobody else's.
pub async fn a_restored_session_leaves_the_former_user(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    for name in ["a", "b"] {
        client.created(key(name), &login("alice", "in")).await;
    }
    let now = now(&client).await;
    let bobs = Record { user: Some(user("bob")), ..record(now, 1, "bob's") };
    assert!(client.restore(key("a"), &bobs).await, "its version is no higher");
    assert!(client.restore(key("b"), &record(now, 1, "guest")).await, "its version is no higher");
    assert_eq!(client.keys_of(&user("alice")).await, [], "she has none any more");
    let expected = Found { key: key("a"), record: bobs };
    assert_eq!(client.of_user(&user("bob")).await, [expected], "it is his");
}

/// Promise: it expires when it would have expired where it was; nobody has seen it since.
pub async fn a_restored_session_expires_by_its_own_times(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    let now = now(&client).await;
    let last_seen = now - (IDLE - 2 * MARGIN);
    let idle = Record { last_seen, ..record(last_seen, 2, "idle") };
    assert!(client.restore(key("idle"), &idle).await, "the key is free");
    let ending = Record { ends: now + 2 * MARGIN, ..record(now, 2, "ending") };
    assert!(client.restore(key("ending"), &ending).await, "the key is free");
    client.advance(MARGIN).await;
    assert!(client.touch(key("ending")).await, "its end is still to come");
    client.found(key("idle")).await;
    client.advance(2 * MARGIN).await;
    assert_eq!(client.missing(key("idle")).await, Missing::Absent, "its idle time is over");
    assert_eq!(client.missing(key("ending")).await, Missing::Absent, "it is past its end");
}

/// Promise: a session that is there already needs no room; the next login does.
pub async fn a_restored_session_asks_for_no_cap(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    let one = capped("alice", "in", 1, CapPolicy::Refuse);
    client.created(key("a"), &one).await;
    let now = now(&client).await;
    for name in ["b", "c"] {
        let record = Record { user: Some(user("alice")), ..record(now, 1, "in") };
        assert!(client.restore(key(name), &record).await, "no cap was asked for");
    }
    assert_eq!(client.keys_of(&user("alice")).await.len(), 3, "all are live");
    client.delete(key("a")).await;
    assert_eq!(client.create(key("d"), &one).await, Created::Full, "she has two");
}

/// Promise: it is counted once, however often it is restored.
pub async fn a_restored_session_is_counted_once(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    let now = now(&client).await;
    for version in 1..4 {
        let record = Record { user: Some(user("alice")), ..record(now, version, "in") };
        assert!(client.restore(key("a"), &record).await, "its version is higher");
    }
    assert_eq!(client.stats().await.live, 1, "it is one session");
    assert_eq!(client.keys_of(&user("alice")).await, [key("a")], "it is one session");
    client.delete(key("a")).await;
    assert_eq!(client.stats().await.live, 0, "it was ended");
}

/// Promise: what is beside the sessions is restored like one, and is none here either.
pub async fn what_is_beside_the_sessions_is_restored_beside_them(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    let now = now(&client).await;
    for version in 1..3 {
        let record = record(now, version, "no session");
        assert!(client.restore(beside("a"), &record).await, "its version is higher");
        assert_eq!(client.found(beside("a")).await.record, record, "it is as it was elsewhere");
    }
    assert_eq!(client.stats().await.live, 0, "it is no session");
    client.delete(beside("a")).await;
    assert_eq!(client.stats().await.live, 0, "it was none");
}

/// Promise: it is renewed, seen and ended like any other.
pub async fn a_restored_session_is_a_session(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    let created = now(&client).await - MARGIN;
    let record = Record { user: Some(user("alice")), ..record(created, 4, "four") };
    assert!(client.restore(key("a"), &record).await, "the key is free");
    assert!(client.touch(key("a")).await, "it is live");
    client.rotated(key("a"), &renewal(4, key("b"), GRACE)).await;
    let found = client.found(key("a")).await;
    assert_eq!((found.key, found.record.version), (key("b"), 5), "it goes on under the new key");
    assert_eq!(found.record.created, created, "it began elsewhere");
    assert_eq!(client.keys_of(&user("alice")).await, [key("b")], "it is still hers");
    assert_eq!(client.delete(key("a")).await, Some(found), "it is live");
    assert!(!client.restore(key("b"), &record).await, "it was ended");
}
