use std::sync::Arc;
use std::time::Duration;

use super::Subject;
use super::client::Client;
use super::sample::{
    GRACE, IDLE, MARGIN, capped, change, draft, key, login, renewal, replacement, user,
};
use crate::backend::CapPolicy::{EndOldest, Refuse};
use crate::backend::{Cap, Created, Draft, Missing, Rotated, Updated};

const SECOND: Duration = Duration::from_secs(1);

/// Creates sessions of alice, a second apart.
async fn log_in(client: &Client, names: &[&str]) {
    for name in names {
        client.created(key(name), &login("alice", name)).await;
        client.advance(SECOND).await;
    }
}

/// Promise: a user has no more sessions than the cap says, if it refuses.
pub async fn a_create_beyond_the_cap_is_refused(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    log_in(&client, &["a", "b"]).await;
    client.created(key("c"), &capped("alice", "c", 3, Refuse)).await;
    let created = client.create(key("d"), &capped("alice", "d", 3, Refuse)).await;
    assert_eq!(created, Created::Full, "there are three");
    assert_eq!(client.missing(key("d")).await, Missing::Absent, "nothing was created");
    assert_eq!(client.keys_of(&user("alice")).await, ["a", "b", "c"].map(key), "as before");
}

/// Promise: a refusal leaves the key free.
pub async fn what_the_cap_refused_can_be_created_later(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    log_in(&client, &["a"]).await;
    let draft = capped("alice", "b", 1, Refuse);
    assert_eq!(client.create(key("b"), &draft).await, Created::Full, "there is one");
    client.delete(key("a")).await;
    client.created(key("b"), &draft).await;
    assert_eq!(client.keys_of(&user("alice")).await, [key("b")], "an ended one makes room");
}

/// Promise: the oldest makes room, if the cap says so, and is named.
pub async fn a_create_beyond_the_cap_ends_the_oldest(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    log_in(&client, &["a", "b", "c"]).await;
    client.updated(key("a"), &change(1, "seen last, but created first")).await;
    let ended = client.created(key("d"), &capped("alice", "d", 3, EndOldest)).await;
    assert_eq!(ended, [key("a")], "it was created first");
    assert_eq!(client.keys_of(&user("alice")).await, ["b", "c", "d"].map(key), "these are left");
}

/// Promise: a cap that was lowered ends as many as it takes, oldest first.
pub async fn a_lower_cap_ends_as_many_as_it_takes(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    log_in(&client, &["a", "b", "c", "d"]).await;
    let ended = client.created(key("e"), &capped("alice", "e", 2, EndOldest)).await;
    assert_eq!(ended, ["a", "b", "c"].map(key), "oldest first");
    assert_eq!(client.keys_of(&user("alice")).await, ["d", "e"].map(key), "these are left");
}

/// Promise: a session that made room has been ended like any other.
pub async fn what_made_room_stays_ended(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    log_in(&client, &["a"]).await;
    client.created(key("b"), &capped("alice", "b", 1, EndOldest)).await;
    assert_eq!(client.missing(key("a")).await, Missing::Absent, "it was ended");
    let updated = client.update(key("a"), &change(1, "late")).await;
    assert_eq!(updated, Updated::Missing(Missing::Absent), "it was ended");
    assert!(!client.touch(key("a")).await, "it was ended");
    let created = client.create(key("a"), &draft("late")).await;
    assert_eq!(created, Created::Taken, "it has a tombstone");
}

/// Promise: a session that made room is ended under the key of its grace too.
pub async fn what_made_room_has_no_grace(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    log_in(&client, &["old"]).await;
    client.rotated(key("old"), &renewal(1, key("new"), GRACE)).await;
    let ended = client.created(key("b"), &capped("alice", "b", 1, EndOldest)).await;
    assert_eq!(ended, [key("new")], "that is the key it had");
    client.missing(key("new")).await;
    client.missing(key("old")).await;
}

/// Promise: a renewed session counts once, and is as old as before.
pub async fn a_renewed_session_counts_once(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    log_in(&client, &["a", "b"]).await;
    client.rotated(key("a"), &renewal(1, key("new"), GRACE)).await;
    client.created(key("c"), &capped("alice", "c", 3, Refuse)).await;
    let full = client.create(key("d"), &capped("alice", "d", 3, Refuse)).await;
    assert_eq!(full, Created::Full, "there are three");
    let ended = client.created(key("d"), &capped("alice", "d", 3, EndOldest)).await;
    assert_eq!(ended, [key("new")], "it was created first");
}

/// Promise: what has expired does not count, whether or not it was swept.
pub async fn an_expired_session_does_not_count(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    log_in(&client, &["a", "b"]).await;
    client.advance(IDLE + MARGIN).await;
    client.created(key("c"), &capped("alice", "c", 2, Refuse)).await;
    let ended = client.created(key("d"), &capped("alice", "d", 2, EndOldest)).await;
    assert_eq!(ended, [], "only one of two was live");
}

/// Promise: every user has a cap of their own, and nobody's sessions have none.
pub async fn a_cap_counts_one_user(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &capped("alice", "in", 1, Refuse)).await;
    client.created(key("b"), &capped("bob", "in", 1, Refuse)).await;
    let anonymous = Draft { user: None, ..capped("alice", "guest", 1, Refuse) };
    for name in ["1", "2", "3"] {
        client.created(key(name), &anonymous).await;
    }
    assert_eq!(client.keys_of(&user("alice")).await, [key("a")], "nobody made room");
}

/// Promise: a login beyond the cap is refused, and the old session stays as it was.
pub async fn a_replacement_beyond_the_cap_is_refused(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    log_in(&client, &["a", "b"]).await;
    client.created(key("old"), &draft("guest")).await;
    let before = client.found(key("old")).await;
    let rotation = replacement(1, key("new"), capped("alice", "in", 2, Refuse));
    assert_eq!(client.rotate(key("old"), &rotation).await, Rotated::Full, "there are two");
    assert_eq!(client.found(key("old")).await, before, "nothing was changed");
    assert_eq!(client.missing(key("new")).await, Missing::Absent, "nothing was created");
    assert_eq!(client.keys_of(&user("alice")).await, ["a", "b"].map(key), "as before");
}

/// Promise: a login beyond the cap ends the oldest, if the cap says so, and names it.
pub async fn a_replacement_beyond_the_cap_ends_the_oldest(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    log_in(&client, &["a", "b"]).await;
    client.created(key("old"), &draft("guest")).await;
    let rotation = replacement(1, key("new"), capped("alice", "in", 2, EndOldest));
    assert_eq!(client.rotated(key("old"), &rotation).await, [key("a")], "it was created first");
    assert_eq!(client.missing(key("a")).await, Missing::Absent, "it was ended");
    assert_eq!(client.keys_of(&user("alice")).await, ["b", "new"].map(key), "these are left");
}

/// Promise: who logs in again from their own session has as many as before, so it fits.
pub async fn a_session_that_is_replaced_does_not_count(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    log_in(&client, &["a", "b"]).await;
    let rotation = replacement(1, key("c"), capped("alice", "in", 2, Refuse));
    assert_eq!(client.rotated(key("b"), &rotation).await, [], "one went, one came");
    let rotation = replacement(1, key("d"), capped("alice", "in", 2, EndOldest));
    assert_eq!(client.rotated(key("a"), &rotation).await, [], "one went, one came");
    assert_eq!(client.keys_of(&user("alice")).await, ["c", "d"].map(key), "two as before");
}

/// Promise: a draft without a cap is created however many there are.
pub async fn without_a_cap_there_is_always_room(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    let one = capped("alice", "in", 1, Refuse);
    client.created(key("a"), &one).await;
    client.created(key("b"), &Draft { cap: None::<Cap>, ..one.clone() }).await;
    assert_eq!(client.create(key("c"), &one).await, Created::Full, "there are two");
}
