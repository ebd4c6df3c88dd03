use std::sync::Arc;

use super::Subject;
use super::client::Client;
use super::sample::{
    ABSOLUTE, GRACE, IDLE, MARGIN, change, draft, key, login, payload, renewal, replacement, user,
};
use crate::backend::{Draft, Lifetime, Missing, Rotated};

/// Promise: a login leaves nothing under the old key, at once.
pub async fn a_replaced_key_is_superseded_at_once(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("old"), &draft("guest")).await;
    let ended = client.rotated(key("old"), &replacement(1, key("new"), login("alice", "in"))).await;
    assert_eq!(ended, [], "nothing had to make room");
    assert_eq!(client.missing(key("old")).await, Missing::Superseded, "it was replaced");
    assert_eq!(client.found(key("new")).await.key, key("new"), "it has the new key");
}

/// Promise: a replacement is a new session: version 1, created now, with the drafted lifetime and
/// content.
pub async fn a_replacement_is_a_new_session(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("old"), &draft("guest")).await;
    client.updated(key("old"), &change(1, "cart")).await;
    client.advance(MARGIN).await;
    let before = client.found(key("old")).await.record;
    let lifetime = Lifetime { idle: 2 * IDLE, absolute: 2 * ABSOLUTE };
    let draft = Draft { lifetime, ..login("alice", "in") };
    client.rotated(key("old"), &replacement(2, key("new"), draft)).await;
    let record = client.found(key("new")).await.record;
    assert_eq!(record.version, 1, "a new session has version 1");
    assert_eq!(record.payload, payload("in"), "the content has to be what was drafted");
    assert_eq!(record.user, Some(user("alice")), "the user has to be who was drafted");
    assert!(record.created >= before.created + MARGIN, "it begins now");
    assert_eq!(record.last_seen, record.created, "it was last seen when it began");
    assert_eq!(record.idle, lifetime.idle, "the idle time has to be what was drafted");
    assert_eq!(record.ends, record.created + lifetime.absolute, "the end counts from now");
}

/// Promise: a login registers the session under its user.
pub async fn a_replacement_is_registered_under_its_user(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("old"), &draft("guest")).await;
    client.rotated(key("old"), &replacement(1, key("new"), login("alice", "in"))).await;
    assert_eq!(client.keys_of(&user("alice")).await, [key("new")], "alice has logged in");
}

/// Promise: a session that becomes another user's, or nobody's, leaves the list of the former.
pub async fn a_replacement_leaves_the_former_user(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("1"), &login("alice", "in")).await;
    client.rotated(key("1"), &replacement(1, key("2"), login("bob", "in"))).await;
    assert_eq!(client.keys_of(&user("alice")).await, [], "alice has none any more");
    assert_eq!(client.keys_of(&user("bob")).await, [key("2")], "it is bob's");
    client.rotated(key("2"), &replacement(1, key("3"), draft("out"))).await;
    assert_eq!(client.keys_of(&user("bob")).await, [], "bob has none any more");
    assert_eq!(client.found(key("3")).await.record.user, None, "it is nobody's");
}

/// Promise: no key of before a login leads to the session after it, not even in its grace.
pub async fn no_grace_goes_across_a_replacement(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("first"), &draft("guest")).await;
    client.rotated(key("first"), &renewal(1, key("second"), GRACE)).await;
    client.rotated(key("second"), &replacement(2, key("third"), login("alice", "in"))).await;
    assert_eq!(client.missing(key("first")).await, Missing::Superseded, "it led to the second");
    assert_eq!(client.missing(key("second")).await, Missing::Superseded, "it was replaced");
    client.found(key("third")).await;
}

/// Promise: who read another version replaces nothing, and is told what there is now.
pub async fn a_replacement_of_another_version_is_a_conflict(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("old"), &draft("guest")).await;
    client.updated(key("old"), &change(1, "cart")).await;
    let now = client.found(key("old")).await;
    let rotated =
        client.rotate(key("old"), &replacement(1, key("new"), login("alice", "in"))).await;
    assert_eq!(rotated, Rotated::Conflict(now.clone()), "version 1 is not 2");
    assert_eq!(client.found(key("old")).await, now, "a conflict has to change nothing");
    assert_eq!(client.missing(key("new")).await, Missing::Absent, "the new key has nothing");
    assert_eq!(client.keys_of(&user("alice")).await, [], "nobody has logged in");
}

/// Promise: a login under a key in its grace is a conflict that has the new key.
pub async fn a_replacement_in_the_grace_is_a_conflict_with_the_new_key(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("old"), &draft("guest")).await;
    client.rotated(key("old"), &renewal(1, key("new"), GRACE)).await;
    let now = client.found(key("new")).await;
    let rotated =
        client.rotate(key("old"), &replacement(2, key("third"), login("alice", "in"))).await;
    assert_eq!(rotated, Rotated::Conflict(now.clone()), "the session has a new key");
    assert_eq!(client.found(key("new")).await, now, "a conflict has to change nothing");
    assert_eq!(client.missing(key("third")).await, Missing::Absent, "no session forks");
}

/// Promise: a login overwrites neither a session nor a tombstone, nor is the session's own key a
/// new one.
pub async fn a_replacement_to_a_key_in_use_is_taken(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("mine"), &draft("guest")).await;
    client.created(key("live"), &draft("live")).await;
    client.created(key("ended"), &draft("ended")).await;
    client.delete(key("ended")).await;
    let mine = client.found(key("mine")).await;
    for name in ["live", "ended", "mine"] {
        let rotation = replacement(1, key(name), login("alice", "in"));
        let rotated = client.rotate(key("mine"), &rotation).await;
        assert_eq!(rotated, Rotated::Taken, "the key {name:?} is in use");
        assert_eq!(client.found(key("mine")).await, mine, "{name:?}: nothing was changed");
    }
    assert_eq!(client.missing(key("ended")).await, Missing::Absent, "it has to stay ended");
    assert_eq!(client.keys_of(&user("alice")).await, [], "nobody has logged in");
}

/// Promise: a login never creates where there was no session.
pub async fn a_replacement_creates_nothing(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("ended"), &draft("guest")).await;
    client.delete(key("ended")).await;
    client.created(key("expired"), &draft("guest")).await;
    client.advance(IDLE + MARGIN).await;
    for name in ["unknown", "ended", "expired"] {
        let rotation = replacement(1, key("new"), login("alice", "in"));
        let rotated = client.rotate(key(name), &rotation).await;
        assert_eq!(rotated, Rotated::Missing(Missing::Absent), "{name:?} has no session");
        assert_eq!(client.missing(key("new")).await, Missing::Absent, "nothing was created");
    }
    assert_eq!(client.keys_of(&user("alice")).await, [], "nobody has logged in");
}

/// Promise: of two logins of one session the second finds it superseded.
pub async fn a_session_is_replaced_once(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("old"), &draft("guest")).await;
    client.rotated(key("old"), &replacement(1, key("new"), login("alice", "in"))).await;
    let rotation = replacement(1, key("other"), login("alice", "in"));
    let rotated = client.rotate(key("old"), &rotation).await;
    assert_eq!(rotated, Rotated::Missing(Missing::Superseded), "it was replaced before");
    assert_eq!(client.keys_of(&user("alice")).await, [key("new")], "one login, one session");
}
