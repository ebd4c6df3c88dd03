use std::sync::Arc;
use std::time::Duration;

use super::Subject;
use super::client::Client;
use super::sample::{
    ABSOLUTE, GRACE, IDLE, MARGIN, change, draft, key, login, payload, renewal, replacement,
};
use crate::backend::{Change, Lifetime, Loaded, Missing, Updated};

/// Promise: an update changes the content and counts the version up by one.
pub async fn an_update_changes_content_and_version(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &draft("first")).await;
    assert_eq!(client.updated(key("a"), &change(1, "second")).await, 2, "1 and 1 is 2");
    assert_eq!(client.updated(key("a"), &change(2, "third")).await, 3, "2 and 1 is 3");
    let record = client.found(key("a")).await.record;
    assert_eq!(record.version, 3, "load has to tell the version that update told");
    assert_eq!(record.payload, payload("third"), "the content has to be the new one");
}

/// Promise: an update keeps what it doesn't name.
pub async fn an_update_keeps_user_creation_and_end(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &login("alice", "first")).await;
    let before = client.found(key("a")).await.record;
    client.advance(Duration::from_secs(60)).await;
    let aged = client.found(key("a")).await.record;
    client.updated(key("a"), &change(1, "second")).await;
    let after = client.found(key("a")).await.record;
    assert_eq!(after.user, before.user, "the user has to stay");
    assert_eq!(after.created, aged.created, "the creation has to stay");
    assert_eq!(after.ends, aged.ends, "the end has to stay");
    assert_eq!(after.idle, before.idle, "the idle time has to stay");
}

/// Promise: who read another version changes nothing, and is told what there is now.
pub async fn an_update_of_another_version_is_a_conflict(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &login("alice", "first")).await;
    client.updated(key("a"), &change(1, "second")).await;
    let now = client.found(key("a")).await;
    for version in [0, 1, 3, u64::MAX >> 1] {
        let updated = client.update(key("a"), &change(version, "third")).await;
        assert_eq!(updated, Updated::Conflict(now.clone()), "version {version} is not 2");
    }
    assert_eq!(client.found(key("a")).await, now, "a conflict has to change nothing");
}

/// Promise: an update never creates.
pub async fn an_update_of_an_unknown_key_creates_nothing(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    for version in [0, 1] {
        let updated = client.update(key("a"), &change(version, "first")).await;
        assert_eq!(updated, Updated::Missing(Missing::Absent), "there is nothing to update");
    }
    assert_eq!(client.missing(key("a")).await, Missing::Absent, "nothing was created");
}

/// Promise: an update of an ended session changes nothing, and says so.
pub async fn an_update_of_an_ended_session_is_missing(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &draft("first")).await;
    client.delete(key("a")).await;
    let updated = client.update(key("a"), &change(1, "second")).await;
    assert_eq!(updated, Updated::Missing(Missing::Absent), "it was ended");
    assert_eq!(client.missing(key("a")).await, Missing::Absent, "it has to stay so");
}

/// Promise: an update under a key that was replaced changes nothing, and says why.
pub async fn an_update_of_a_replaced_session_is_superseded(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("old"), &draft("first")).await;
    client.rotated(key("old"), &replacement(1, key("new"), login("alice", "in"))).await;
    let updated = client.update(key("old"), &change(1, "second")).await;
    assert_eq!(updated, Updated::Missing(Missing::Superseded), "it was replaced");
    let record = client.found(key("new")).await.record;
    assert_eq!(record.payload, payload("in"), "the session of the login has to be as it was");
}

/// Promise: in its grace a key is for reading; an update is told the new key, whatever its version.
pub async fn an_update_in_the_grace_is_a_conflict_with_the_new_key(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("old"), &draft("first")).await;
    client.rotated(key("old"), &renewal(1, key("new"), GRACE)).await;
    let now = client.found(key("new")).await;
    for version in [1, 2] {
        let updated = client.update(key("old"), &change(version, "second")).await;
        assert_eq!(updated, Updated::Conflict(now.clone()), "the session has a new key");
    }
    assert_eq!(client.found(key("new")).await, now, "a conflict has to change nothing");
}

/// Promise: an update counts as seen.
pub async fn an_update_counts_as_seen(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &draft("first")).await;
    client.advance(IDLE - MARGIN).await;
    client.updated(key("a"), &change(1, "second")).await;
    client.advance(IDLE - MARGIN).await;
    client.found(key("a")).await;
    client.advance(2 * MARGIN).await;
    assert_eq!(client.missing(key("a")).await, Missing::Absent, "the idle time is over");
}

/// Promise: a conflict changes nothing, so it does not count as seen.
pub async fn a_conflict_does_not_count_as_seen(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &draft("first")).await;
    client.advance(IDLE - MARGIN).await;
    let updated = client.update(key("a"), &change(7, "second")).await;
    assert!(matches!(updated, Updated::Conflict(_)), "7 is not 1, but it said {updated:?}");
    client.advance(2 * MARGIN).await;
    assert_eq!(client.missing(key("a")).await, Missing::Absent, "the idle time is over");
}

/// Promise: a new lifetime counts from the update on, longer or shorter than the former.
pub async fn an_update_may_give_a_new_lifetime(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &draft("first")).await;
    let lifetime = Lifetime { idle: 3 * ABSOLUTE, absolute: 2 * ABSOLUTE };
    let longer = Change { lifetime: Some(lifetime), ..change(1, "second") };
    client.updated(key("a"), &longer).await;
    let record = client.found(key("a")).await.record;
    assert_eq!(record.idle, lifetime.idle, "the idle time has to be the new one");
    assert_eq!(record.ends, record.last_seen + lifetime.absolute, "the end counts from now");
    client.advance(2 * ABSOLUTE - MARGIN).await;
    client.found(key("a")).await;
    let lifetime = Lifetime { idle: GRACE, absolute: ABSOLUTE };
    let shorter = Change { lifetime: Some(lifetime), ..change(2, "third") };
    client.updated(key("a"), &shorter).await;
    client.advance(GRACE + MARGIN).await;
    let loaded = client.load(key("a")).await;
    assert_eq!(loaded, Loaded::Missing(Missing::Absent), "the shorter idle time is over");
}
