use std::sync::Arc;

use super::Subject;
use super::client::Client;
use super::sample::{ABSOLUTE, IDLE, draft, key, login, payload, user};
use crate::backend::{Loaded, Missing};

/// Promise: a key that never had a session is absent, which is no error.
pub async fn an_unknown_key_is_absent(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    let loaded = client.load(key("unknown")).await;
    assert_eq!(loaded, Loaded::Missing(Missing::Absent), "an unknown key has to be absent");
}

/// Promise: a session is found as it was drafted, with the backend's times.
pub async fn a_created_session_is_found_as_it_was_drafted(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &login("alice", "hello")).await;
    let found = client.found(key("a")).await;
    assert_eq!(found.key, key("a"), "it has to be found under its own key");
    let record = found.record;
    assert_eq!(record.version, 1, "a new session has version 1");
    assert_eq!(record.payload, payload("hello"), "the content has to be what was drafted");
    assert_eq!(record.user, Some(user("alice")), "the user has to be who was drafted");
    assert_eq!(record.idle, IDLE, "the idle time has to be what was drafted");
    assert_eq!(record.last_seen, record.created, "it was last seen when it was created");
    assert_eq!(record.ends, record.created + ABSOLUTE, "it ends its lifetime after its creation");
}

/// Promise: a session without a user is found as one without a user.
pub async fn an_anonymous_session_has_no_user(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &draft("hello")).await;
    assert_eq!(client.found(key("a")).await.record.user, None, "nobody was logged in");
}

/// Promise: sessions under different keys have nothing to do with each other.
pub async fn each_key_has_its_own_session(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    for name in ["a", "b", "c"] {
        client.created(key(name), &draft(name)).await;
    }
    for name in ["a", "b", "c"] {
        let found = client.found(key(name)).await;
        assert_eq!(found.record.payload, payload(name), "{name} has the content of another one");
    }
}
