use std::sync::Arc;

use super::Subject;
use super::client::Client;
use super::sample::{ABSOLUTE, GRACE, MARGIN, draft, key, login, payload, renewal, replacement};
use crate::backend::{Created, Loaded, Missing};

/// Promise: create leaves a live session as it is.
pub async fn create_never_overwrites_a_session(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &login("alice", "first")).await;
    let before = client.found(key("a")).await;
    let created = client.create(key("a"), &login("bob", "second")).await;
    assert_eq!(created, Created::Taken, "the key has a session");
    assert_eq!(client.found(key("a")).await, before, "the session has to be as it was");
}

/// Promise: a key whose session was ended is not used again while requests may be in flight.
pub async fn create_never_overwrites_a_tombstone(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &draft("first")).await;
    client.delete(key("a")).await;
    let created = client.create(key("a"), &draft("second")).await;
    assert_eq!(created, Created::Taken, "the key has a tombstone");
    assert_eq!(client.missing(key("a")).await, Missing::Absent, "it was ended");
}

/// Promise: a renewed key in its grace goes on leading to its successor.
pub async fn create_never_overwrites_a_key_in_its_grace(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("old"), &draft("first")).await;
    client.rotated(key("old"), &renewal(1, key("new"), GRACE)).await;
    let created = client.create(key("old"), &draft("second")).await;
    assert_eq!(created, Created::Taken, "the key leads to a session");
    let found = client.found(key("old")).await;
    assert_eq!(found.key, key("new"), "the key has to lead to its successor as before");
}

/// Promise: a key that was replaced is not used again while requests may be in flight.
pub async fn create_never_overwrites_a_superseded_key(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("old"), &draft("first")).await;
    let rotation = replacement(1, key("new"), login("alice", "in"));
    client.rotated(key("old"), &rotation).await;
    let created = client.create(key("old"), &draft("second")).await;
    assert_eq!(created, Created::Taken, "the key was in use a moment ago");
    assert_eq!(client.missing(key("old")).await, Missing::Superseded, "it was replaced");
}

/// Promise: what has expired is not brought back by a create with its key, whether or not it was
/// swept: the session that is created is a new one, or there is none.
pub async fn create_never_brings_back_what_has_expired(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &login("alice", "first")).await;
    client.advance(ABSOLUTE + MARGIN).await;
    let created = client.create(key("a"), &draft("second")).await;
    match (created, client.load(key("a")).await) {
        (Created::Taken, Loaded::Missing(_)) => {}
        (Created::Done { ended }, Loaded::Found(found)) => {
            assert_eq!(ended, [], "nothing had to make room");
            assert_eq!(found.record.payload, payload("second"), "the content is the new one");
            assert_eq!(found.record.version, 1, "the version begins anew");
            assert_eq!(found.record.user, None, "the user is the new one");
        }
        (created, loaded) => panic!("create said {created:?}, but then load said {loaded:?}"),
    }
}
