use std::sync::Arc;
use std::time::Duration;

use super::Subject;
use super::client::Client;
use super::sample::{
    ABSOLUTE, GRACE, IDLE, MARGIN, change, draft, key, login, payload, renewal, user,
};
use crate::backend::{
    Lifetime, Loaded, Missing, Record, Rotated, Rotation, RotationKind, TOMBSTONE_LIFE,
};

/// Promise: a renewed session is the same one under another key, one version on, with the content
/// that was given, and seen now.
pub async fn a_renewed_session_goes_on_under_the_new_key(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("old"), &login("alice", "first")).await;
    client.updated(key("old"), &change(1, "second")).await;
    client.advance(MARGIN).await;
    let before = client.found(key("old")).await.record;
    let ended = client.rotated(key("old"), &renewal(2, key("new"), GRACE)).await;
    assert_eq!(ended, [], "nothing had to make room");
    let found = client.found(key("new")).await;
    assert_eq!(found.key, key("new"), "it has the new key");
    assert!(found.record.last_seen >= before.last_seen + MARGIN, "it was seen now");
    let last_seen = found.record.last_seen;
    let expected = Record { version: 3, payload: payload("renewed"), last_seen, ..before };
    assert_eq!(found.record, expected, "user, creation and lifetime have to stay");
}

/// Promise: in its grace the old key leads to the session under the new key, as it is by now.
pub async fn in_its_grace_the_old_key_leads_to_the_new_one(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("old"), &draft("first")).await;
    client.rotated(key("old"), &renewal(1, key("new"), GRACE)).await;
    client.updated(key("new"), &change(2, "later")).await;
    client.advance(GRACE - MARGIN).await;
    let found = client.found(key("old")).await;
    assert_eq!(found, client.found(key("new")).await, "both keys lead to one session");
    assert_eq!(found.key, key("new"), "the key is the new one");
    assert_eq!(found.record.payload, payload("later"), "the content is the newest");
}

/// Promise: after its grace the old key is superseded, and the session lives under the new one.
pub async fn after_its_grace_the_old_key_is_superseded(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("old"), &draft("first")).await;
    client.rotated(key("old"), &renewal(1, key("new"), GRACE)).await;
    client.advance(GRACE + MARGIN).await;
    assert_eq!(client.missing(key("old")).await, Missing::Superseded, "the grace is over");
    client.found(key("new")).await;
}

/// Promise: without a grace the old key is superseded at once.
pub async fn without_a_grace_the_old_key_is_superseded_at_once(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("old"), &draft("first")).await;
    client.rotated(key("old"), &renewal(1, key("new"), Duration::ZERO)).await;
    assert_eq!(client.missing(key("old")).await, Missing::Superseded, "there is no grace");
    client.found(key("new")).await;
}

/// Promise: a key leads one step, not along a chain; one whose successor was renewed in turn is
/// superseded, even in its grace.
pub async fn an_old_key_leads_only_to_its_immediate_successor(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("first"), &draft("first")).await;
    client.rotated(key("first"), &renewal(1, key("second"), GRACE)).await;
    client.rotated(key("second"), &renewal(2, key("third"), GRACE)).await;
    let first = client.missing(key("first")).await;
    assert_eq!(first, Missing::Superseded, "its successor has a successor");
    assert_eq!(client.found(key("second")).await.key, key("third"), "that one leads on");
    assert_eq!(client.delete(key("first")).await, None, "a key that leads nowhere ends nothing");
    client.found(key("third")).await;
}

/// Promise: who read another version renews nothing, and is told what there is now.
pub async fn a_renewal_of_another_version_is_a_conflict(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("old"), &draft("first")).await;
    client.updated(key("old"), &change(1, "second")).await;
    let now = client.found(key("old")).await;
    for version in [0, 1, 3] {
        let rotated = client.rotate(key("old"), &renewal(version, key("new"), GRACE)).await;
        assert_eq!(rotated, Rotated::Conflict(now.clone()), "version {version} is not 2");
    }
    assert_eq!(client.found(key("old")).await, now, "a conflict has to change nothing");
    assert_eq!(client.missing(key("new")).await, Missing::Absent, "the new key has nothing");
}

/// Promise: a key in its grace can't be renewed once more; who tries is told the new one.
pub async fn a_renewal_in_the_grace_is_a_conflict_with_the_new_key(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("old"), &draft("first")).await;
    client.rotated(key("old"), &renewal(1, key("new"), GRACE)).await;
    let now = client.found(key("new")).await;
    for version in [1, 2] {
        let rotated = client.rotate(key("old"), &renewal(version, key("third"), GRACE)).await;
        assert_eq!(rotated, Rotated::Conflict(now.clone()), "the session has a new key");
    }
    assert_eq!(client.found(key("new")).await, now, "a conflict has to change nothing");
    assert_eq!(client.missing(key("third")).await, Missing::Absent, "no session forks");
}

/// Promise: a renewal overwrites neither a session nor a tombstone nor a key in its grace, nor is
/// the session's own key a new one.
pub async fn a_renewal_to_a_key_in_use_is_taken(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("mine"), &login("alice", "mine")).await;
    client.created(key("live"), &draft("live")).await;
    client.created(key("ended"), &draft("ended")).await;
    client.delete(key("ended")).await;
    client.created(key("renewed"), &draft("renewed")).await;
    client.rotated(key("renewed"), &renewal(1, key("successor"), GRACE)).await;
    let mine = client.found(key("mine")).await;
    let live = client.found(key("live")).await;
    for name in ["live", "ended", "renewed", "mine"] {
        let rotated = client.rotate(key("mine"), &renewal(1, key(name), GRACE)).await;
        assert_eq!(rotated, Rotated::Taken, "the key {name:?} is in use");
        assert_eq!(client.found(key("mine")).await, mine, "{name:?}: nothing was changed");
    }
    assert_eq!(client.found(key("live")).await, live, "the other session is as it was");
    assert_eq!(client.missing(key("ended")).await, Missing::Absent, "it has to stay ended");
    assert_eq!(client.found(key("renewed")).await.key, key("successor"), "it leads on as before");
    assert_eq!(client.keys_of(&user("alice")).await, [key("mine")], "the user has it as before");
}

/// Promise: a renewal never creates.
pub async fn a_renewal_creates_nothing(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("ended"), &draft("ended")).await;
    client.delete(key("ended")).await;
    client.created(key("expired"), &draft("expired")).await;
    client.advance(IDLE + MARGIN).await;
    for name in ["unknown", "ended", "expired"] {
        let rotated = client.rotate(key(name), &renewal(1, key("new"), GRACE)).await;
        let expected = Rotated::Missing(Missing::Absent);
        // A tombstone may be gone by now, but says the same.
        assert_eq!(rotated, expected, "{name:?} has no session to renew");
        assert_eq!(client.missing(key("new")).await, Missing::Absent, "nothing was created");
    }
}

/// Promise: a renewal counts as seen, and keeps the absolute end.
pub async fn a_renewal_counts_as_seen_but_keeps_the_absolute_end(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("0"), &draft("first")).await;
    for step in 0..6_u64 {
        client.advance(IDLE - MARGIN).await;
        let to = key(&format!("{}", step + 1));
        client.rotated(key(&step.to_string()), &renewal(step + 1, to, Duration::ZERO)).await;
    }
    client.advance(ABSOLUTE - 6 * (IDLE - MARGIN) - MARGIN).await;
    client.found(key("6")).await;
    client.advance(2 * MARGIN).await;
    assert_eq!(client.missing(key("6")).await, Missing::Absent, "it is past the end");
}

/// Promise: a renewal may give a new lifetime, which counts from then on.
pub async fn a_renewal_may_give_a_new_lifetime(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("old"), &draft("first")).await;
    client.advance(MARGIN).await;
    let lifetime = Lifetime { idle: 2 * ABSOLUTE, absolute: 3 * ABSOLUTE };
    let kind = RotationKind::Renew {
        payload: payload("second"),
        lifetime: Some(lifetime),
        grace: Duration::ZERO,
        kept: TOMBSTONE_LIFE,
    };
    client.rotated(key("old"), &Rotation { version: 1, to: key("new"), kind }).await;
    let record = client.found(key("new")).await.record;
    assert_eq!(record.idle, lifetime.idle, "the idle time has to be the new one");
    assert_eq!(record.ends, record.last_seen + lifetime.absolute, "the end counts from now");
    client.advance(2 * ABSOLUTE - MARGIN).await;
    client.found(key("new")).await;
}

/// Promise: the user's list has a renewed session once, under its new key.
pub async fn a_renewed_session_stays_its_users(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("old"), &login("alice", "first")).await;
    client.rotated(key("old"), &renewal(1, key("new"), GRACE)).await;
    assert_eq!(client.keys_of(&user("alice")).await, [key("new")], "once, under the new key");
}

/// Promise: a key in its grace leads to a live session or nowhere.
pub async fn an_old_key_leads_to_no_expired_session(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("old"), &draft("first")).await;
    client.rotated(key("old"), &renewal(1, key("new"), 2 * IDLE)).await;
    client.advance(IDLE + MARGIN).await;
    assert_eq!(client.missing(key("new")).await, Missing::Absent, "the idle time is over");
    let old = client.load(key("old")).await;
    assert!(matches!(old, Loaded::Missing(_)), "it leads to what has expired: {old:?}");
}
