use std::sync::Arc;
use std::time::Duration;

use super::Subject;
use super::client::Client;
use super::sample::{
    ABSOLUTE, GRACE, IDLE, MARGIN, change, draft, key, login, renewal, replacement, user,
};
use crate::backend::{Draft, Lifetime, Missing, Rotated, Updated};

/// Promise: a session that is not seen lives for its idle time, and no longer.
pub async fn an_unseen_session_lives_for_its_idle_time(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &draft("first")).await;
    client.advance(IDLE - MARGIN).await;
    client.found(key("a")).await;
    client.advance(2 * MARGIN).await;
    assert_eq!(client.missing(key("a")).await, Missing::Absent, "the idle time is over");
}

/// Promise: a session ends at its absolute end, though its idle time would go on.
pub async fn a_session_ends_at_its_absolute_end(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    let lifetime = Lifetime { idle: 2 * ABSOLUTE, absolute: ABSOLUTE };
    client.created(key("a"), &Draft { lifetime, ..draft("first") }).await;
    client.advance(ABSOLUTE - MARGIN).await;
    client.found(key("a")).await;
    client.advance(2 * MARGIN).await;
    assert_eq!(client.missing(key("a")).await, Missing::Absent, "it is past the end");
}

/// Promise: reading does not count as seen; who wants that touches.
pub async fn a_load_does_not_count_as_seen(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &login("alice", "first")).await;
    client.advance(IDLE - MARGIN).await;
    let found = client.found(key("a")).await;
    assert_eq!(found.record.last_seen, found.record.created, "nobody touched it");
    assert_eq!(client.of_user(&user("alice")).await, [found], "nobody touched it");
    client.advance(2 * MARGIN).await;
    assert_eq!(client.missing(key("a")).await, Missing::Absent, "the idle time is over");
}

/// Promise: no verb finds what has expired, swept or not.
pub async fn no_verb_finds_an_expired_session(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &login("alice", "first")).await;
    client.advance(IDLE + MARGIN).await;
    let updated = client.update(key("a"), &change(1, "late")).await;
    assert_eq!(updated, Updated::Missing(Missing::Absent), "update: it has expired");
    let renewed = client.rotate(key("a"), &renewal(1, key("b"), GRACE)).await;
    assert_eq!(renewed, Rotated::Missing(Missing::Absent), "renew: it has expired");
    let replaced = client.rotate(key("a"), &replacement(1, key("b"), draft("late"))).await;
    assert_eq!(replaced, Rotated::Missing(Missing::Absent), "replace: it has expired");
    assert!(!client.touch(key("a")).await, "touch: it has expired");
    assert_eq!(client.keys_of(&user("alice")).await, [], "of_user: it has expired");
    assert_eq!(client.missing(key("a")).await, Missing::Absent, "load: it has expired");
    assert_eq!(client.delete(key("a")).await, None, "delete: it has expired");
}

/// Promise: times are told as the backend's clock has them.
pub async fn a_record_says_when_it_expires(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &draft("first")).await;
    let record = client.found(key("a")).await.record;
    assert_eq!(record.expires(), record.created + IDLE, "the idle time comes first");
    for _ in 0..11 {
        client.advance(IDLE / 2).await;
        client.touch(key("a")).await;
    }
    let record = client.found(key("a")).await.record;
    assert_eq!(record.expires(), record.ends, "the absolute end comes first");
}

/// Promise: a lifetime of a century is kept like any other.
pub async fn a_session_may_live_for_a_century(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    let century = Duration::from_secs(100 * 365 * 24 * 3600);
    let lifetime = Lifetime { idle: century, absolute: century };
    client.created(key("a"), &Draft { lifetime, ..draft("first") }).await;
    client.advance(24 * ABSOLUTE).await;
    let record = client.found(key("a")).await.record;
    assert_eq!(record.ends, record.created + century, "it ends in a century");
    assert_eq!(record.idle, century, "it may idle for a century");
}
