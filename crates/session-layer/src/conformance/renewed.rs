use std::sync::Arc;

use super::Subject;
use super::client::Client;
use super::sample::{GRACE, IDLE, MARGIN, draft, kept_renewal, key, login, renewal, replacement};
use crate::backend::{Missing, TOMBSTONE_LIFE};

/// Promise: where a renewed key leads is known, and until when.
pub async fn a_renewed_key_is_known_to_lead_to_the_new_one(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("old"), &draft("first")).await;
    client.rotated(key("old"), &renewal(1, key("new"), GRACE)).await;
    let (led, new) = (client.led(key("old")).await, client.found(key("new")).await);
    assert_eq!(led.to, key("new"), "that is the key that it got");
    let grace = led.until.duration_since(new.record.last_seen).unwrap_or_default();
    assert!(grace.abs_diff(GRACE) < MARGIN, "the grace is {GRACE:?}, not {grace:?}");
}

/// Promise: after the grace, too, for as long as a tombstone lives.
pub async fn after_its_grace_it_is_known_where_a_key_led(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("old"), &draft("first")).await;
    client.rotated(key("old"), &renewal(1, key("new"), GRACE)).await;
    client.advance(GRACE + TOMBSTONE_LIFE - MARGIN).await;
    assert_eq!(client.missing(key("old")).await, Missing::Superseded, "the grace is over");
    assert_eq!(client.led(key("old")).await.to, key("new"), "it is known all the same");
}

/// Promise: for as long as the renewal asked for, and no sweep forgets it before.
pub async fn where_a_key_led_is_known_for_as_long_as_was_asked(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    let kept = 4 * TOMBSTONE_LIFE;
    client.created(key("old"), &login("alice", "first")).await;
    client.rotated(key("old"), &kept_renewal(1, key("new"), GRACE, kept)).await;
    client.advance(GRACE + kept - MARGIN).await;
    client.sweep_all().await;
    assert_eq!(client.missing(key("old")).await, Missing::Superseded, "it is not forgotten");
    assert_eq!(client.led(key("old")).await.to, key("new"), "it led there");
    client.advance(2 * MARGIN).await;
    client.sweep_all().await;
    assert_eq!(client.renewed(key("old")).await, None, "it is forgotten");
    client.found(key("new")).await;
}

/// Promise: it is one step of the way that is told; from key to key it is found all along, though
/// none of the old ones leads there by itself any more.
pub async fn a_session_that_was_renewed_often_is_found_step_by_step(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("0"), &draft("first")).await;
    for step in 0..3_u64 {
        let (from, to) = (key(&step.to_string()), key(&format!("{}", step + 1)));
        client.rotated(from, &kept_renewal(step + 1, to, GRACE, IDLE)).await;
        client.advance(GRACE + MARGIN).await;
    }
    for step in 0..3_u64 {
        let led = client.led(key(&step.to_string())).await;
        assert_eq!(led.to, key(&format!("{}", step + 1)), "it was the next one");
    }
    assert_eq!(client.renewed(key("3")).await, None, "that one has the session");
    client.found(key("3")).await;
}

/// Promise: nothing leads across a replacement, so that an id of before a login is no old copy of
/// what it became.
pub async fn a_replaced_key_is_not_known_to_lead_anywhere(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("guest"), &draft("guest")).await;
    client.rotated(key("guest"), &replacement(1, key("user"), login("alice", "in"))).await;
    assert_eq!(client.renewed(key("guest")).await, None, "it was replaced");
    client.rotated(key("user"), &renewal(1, key("renewed"), GRACE)).await;
    assert_eq!(client.renewed(key("guest")).await, None, "it was replaced");
}

/// Promise: a key that has a session, was ended, or is unknown led nowhere.
pub async fn a_key_that_was_not_renewed_led_nowhere(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("live"), &draft("live")).await;
    client.created(key("ended"), &draft("ended")).await;
    client.delete(key("ended")).await;
    for name in ["live", "ended", "unknown"] {
        assert_eq!(client.renewed(key(name)).await, None, "{name:?} was not renewed");
    }
}
