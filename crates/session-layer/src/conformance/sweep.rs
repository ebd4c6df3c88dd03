use std::sync::Arc;
use std::time::Duration;

use super::Subject;
use super::client::Client;
use super::concurrency::at_once;
use super::sample::{
    ABSOLUTE, GRACE, IDLE, MARGIN, capped, change, draft, key, login, renewal, replacement, user,
};
use crate::backend::{CapPolicy, Loaded, Missing, Record};

/// Promise: a sweep removes no more than it was told to, and goes on until nothing is left.
pub async fn a_sweep_is_bounded_and_comes_to_an_end(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    for n in 0..25 {
        client.created(key(&format!("{n}")), &login("alice", "in")).await;
    }
    client.advance(IDLE + MARGIN).await;
    let mut swept = 0;
    loop {
        let some = client.sweep(10).await.removed;
        assert!(some <= 10, "10 is the limit, but it removed {some}");
        swept += some;
        assert!(swept <= 25, "there were 25, but it removed {swept}");
        if some < 10 {
            break;
        }
    }
    assert_eq!(client.sweep(10).await.removed, 0, "less than the limit means that nothing is left");
    assert_eq!(client.stats().await.live, 0, "nothing is left");
}

/// Promise: a sweep leaves what is live as it is, and where a grace leads.
pub async fn a_sweep_keeps_what_is_live(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("expired"), &login("alice", "in")).await;
    client.advance(IDLE + MARGIN).await;
    client.created(key("live"), &login("alice", "in")).await;
    client.created(key("old"), &draft("first")).await;
    client.rotated(key("old"), &renewal(1, key("new"), GRACE)).await;
    let live = client.found(key("live")).await;
    client.sweep_all().await;
    assert_eq!(client.found(key("live")).await, live, "it is as it was");
    assert_eq!(client.of_user(&user("alice")).await, [live], "it is as it was");
    assert_eq!(client.found(key("old")).await.key, key("new"), "its grace goes on");
    assert_eq!(client.missing(key("expired")).await, Missing::Absent, "it has expired");
}

/// Promise: a session that was seen is not swept by when it would have expired unseen.
pub async fn a_sweep_keeps_what_was_seen(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &draft("first")).await;
    for _ in 0..3 {
        client.advance(IDLE - MARGIN).await;
        client.touch(key("a")).await;
        client.sweep_all().await;
    }
    client.found(key("a")).await;
}

/// Promise: a tombstone takes space for a while only: a day later its key is free.
pub async fn a_sweep_removes_tombstones_in_the_end(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("ended"), &draft("first")).await;
    client.delete(key("ended")).await;
    client.created(key("replaced"), &draft("first")).await;
    client.rotated(key("replaced"), &replacement(1, key("1"), draft("second"))).await;
    client.created(key("renewed"), &draft("first")).await;
    client.rotated(key("renewed"), &renewal(1, key("2"), GRACE)).await;
    client.advance(24 * ABSOLUTE).await;
    client.sweep_all().await;
    for name in ["ended", "replaced", "renewed"] {
        let loaded = client.load(key(name)).await;
        assert_eq!(loaded, Loaded::Missing(Missing::Absent), "{name:?} is forgotten");
        client.created(key(name), &draft("anew")).await;
    }
}

/// Promise: nothing to sweep is no error.
pub async fn a_sweep_of_nothing_removes_nothing(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    assert_eq!(client.sweep(10).await.removed, 0, "there is nothing");
    client.created(key("a"), &draft("first")).await;
    assert_eq!(client.sweep(10).await.removed, 0, "nothing has expired");
}

/// Promise: a sweep tells how long each session had lived that has expired, whenever it is swept.
pub async fn a_sweep_tells_how_long_what_expired_had_lived(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &draft("guest")).await;
    client.created(key("b"), &login("alice", "in")).await;
    client.advance(2 * MARGIN).await;
    client.created(key("live"), &draft("guest")).await;
    client.advance(IDLE - MARGIN).await;
    are_about(&client.sweep_all().await, &[IDLE, IDLE]);
}

/// Promise: of one that was seen, that is until its idle time was over after that.
pub async fn a_sweep_tells_that_what_was_seen_had_lived_longer(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("touched"), &draft("first")).await;
    client.created(key("changed"), &draft("first")).await;
    client.advance(IDLE / 2).await;
    client.touch(key("touched")).await;
    client.updated(key("changed"), &change(1, "second")).await;
    client.advance(IDLE + MARGIN).await;
    are_about(&client.sweep_all().await, &[IDLE + IDLE / 2; 2]);
}

/// Promise: a session has expired as well if it was seen up to its absolute end.
pub async fn a_sweep_tells_of_what_reached_its_absolute_end(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &draft("first")).await;
    for _ in 0..7 {
        client.advance(ABSOLUTE / 7).await;
        client.touch(key("a")).await;
    }
    client.advance(MARGIN).await;
    are_about(&client.sweep_all().await, &[ABSOLUTE]);
}

/// Promise: a renewed session is one, from its beginning.
pub async fn a_sweep_tells_of_a_renewed_session_once(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &login("alice", "in")).await;
    client.advance(IDLE / 2).await;
    client.rotated(key("a"), &renewal(1, key("b"), GRACE)).await;
    client.advance(IDLE / 2).await;
    client.rotated(key("b"), &renewal(2, key("c"), GRACE)).await;
    client.advance(IDLE + MARGIN).await;
    are_about(&client.sweep_all().await, &[2 * IDLE]);
}

/// Promise: what was ended, or made room, or was replaced has not expired, nor has its tombstone.
pub async fn a_sweep_does_not_tell_of_what_was_ended(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("ended"), &draft("first")).await;
    client.delete(key("ended")).await;
    client.created(key("replaced"), &draft("first")).await;
    client.rotated(key("replaced"), &replacement(1, key("login"), login("alice", "in"))).await;
    client.delete(key("login")).await;
    client.created(key("oldest"), &login("bob", "in")).await;
    client.created(key("newest"), &capped("bob", "in", 1, CapPolicy::EndOldest)).await;
    client.delete(key("newest")).await;
    client.advance(IDLE + MARGIN).await;
    are_about(&client.sweep_all().await, &[]);
}

/// Promise: what was told is not told again.
pub async fn of_two_sweeps_one_tells_what_expired(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &draft("first")).await;
    client.advance(IDLE + MARGIN).await;
    are_about(&client.sweep_all().await, &[IDLE]);
    are_about(&client.sweep_all().await, &[]);
    client.advance(IDLE).await;
    are_about(&client.sweep_all().await, &[]);
}

/// Promise: nor is it at the same time.
pub async fn of_concurrent_sweeps_each_expired_session_is_told_by_one(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    for n in 0..40 {
        client.created(key(&format!("{n}")), &draft("first")).await;
    }
    client.advance(IDLE + MARGIN).await;
    let sweeps = at_once(4, |_| {
        let client = client.clone();
        async move { client.sweep_all().await }
    });
    let mut lived: Vec<_> = sweeps.await.into_iter().flatten().collect();
    // One may have passed over what another one had.
    lived.extend(client.sweep_all().await);
    are_about(&lived, &[IDLE; 40]);
}

/// Promise: a session that has expired is told all the same if its user has begun another one since.
pub async fn a_sweep_tells_of_what_expired_before_a_login(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &login("alice", "in")).await;
    client.created(key("b"), &login("alice", "in")).await;
    client.advance(IDLE + MARGIN).await;
    client.created(key("c"), &capped("alice", "in", 1, CapPolicy::Refuse)).await;
    client.created(key("d"), &draft("guest")).await;
    are_about(&client.sweep_all().await, &[IDLE, IDLE]);
    client.found(key("c")).await;
}

/// Promise: a session from elsewhere began when its record says.
pub async fn a_sweep_tells_of_a_restored_session_from_its_beginning(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &draft("first")).await;
    let record = client.found(key("a")).await.record;
    client.delete(key("a")).await;
    let earlier = Record { created: record.created - IDLE, ..record };
    assert!(client.restore(key("b"), &earlier).await, "it has not expired");
    client.advance(IDLE + MARGIN).await;
    are_about(&client.sweep_all().await, &[2 * IDLE]);
}

/// To 2 %, and a sixteenth of the idle time too short; in any order.
#[track_caller]
fn are_about(told: &[Duration], expected: &[Duration]) {
    let mut told = told.to_vec();
    told.sort();
    assert_eq!(told.len(), expected.len(), "told were {told:?}, and not {expected:?}");
    for (told, expected) in told.into_iter().zip(expected) {
        let shortest = expected.mul_f64(0.98) - IDLE / 16;
        let longest = expected.mul_f64(1.02) + MARGIN;
        assert!((shortest..=longest).contains(&told), "told was {told:?}, and not {expected:?}");
    }
}
