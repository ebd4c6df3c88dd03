use std::time::Duration;

use crate::desk::{Desk, ELSEWHERE, HOME, Outcome};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Logs in, and keeps what the client is given.
async fn device(desk: &Desk, account: &str) -> String {
    let (outcome, device) = desk.log_in(account, HOME, None, "right").await;
    assert_eq!(outcome, Outcome::In);
    device.unwrap()
}

#[tokio::test]
async fn a_device_that_has_logged_in_keeps_its_way_in_from_everywhere() {
    let desk = Desk::open();
    let device = device(&desk, "alice").await;
    desk.besiege("alice").await;
    assert_eq!(desk.right("alice", ELSEWHERE).await, Outcome::Wait(1));
    let (outcome, given) = desk.log_in("alice", ELSEWHERE, Some(&device), "right").await;
    assert_eq!((outcome, given), (Outcome::In, None));
}

#[tokio::test]
async fn a_device_keeps_its_way_in_where_its_neighbours_guess() {
    let desk = Desk::open();
    let device = device(&desk, "alice").await;
    for number in 0..20 {
        desk.wrong(&format!("account {number}"), HOME).await;
    }
    assert_eq!(desk.right("alice", HOME).await, Outcome::Wait(1));
    assert_eq!(desk.log_in("alice", HOME, Some(&device), "right").await.0, Outcome::In);
}

#[tokio::test]
async fn a_device_has_no_more_free_failures_than_a_stranger() {
    let desk = Desk::open();
    let device = device(&desk, "alice").await;
    let wrong = async || desk.log_in("alice", ELSEWHERE, Some(&device), "wrong").await.0;
    for _ in 0..5 {
        assert_eq!(wrong().await, Outcome::Wrong);
    }
    assert_eq!(wrong().await, Outcome::Wait(1));
    assert_eq!(desk.right("alice", ELSEWHERE).await, Outcome::In);
}

#[tokio::test]
async fn a_device_is_known_to_no_other_account() {
    let desk = Desk::open();
    let device = device(&desk, "mallory").await;
    desk.besiege("alice").await;
    let outcome = desk.log_in("alice", ELSEWHERE, Some(&device), "right").await.0;
    assert_eq!(outcome, Outcome::Wait(1));
}

#[tokio::test]
async fn what_no_device_was_given_is_a_stranger_s() {
    let desk = Desk::open();
    desk.besiege("alice").await;
    for device in ["", "AAAA", "\u{e9}", &"A".repeat(64)] {
        let outcome = desk.log_in("alice", ELSEWHERE, Some(device), "right").await.0;
        assert_eq!(outcome, Outcome::Wait(1), "{device}");
    }
}

#[tokio::test]
async fn an_address_that_has_logged_in_keeps_a_way_in_of_its_own() {
    let desk = Desk::open();
    assert_eq!(desk.right("alice", HOME).await, Outcome::In);
    desk.besiege("alice").await;
    assert_eq!(desk.right("alice", ELSEWHERE).await, Outcome::Wait(1));
    for _ in 0..4 {
        assert_eq!(desk.wrong("alice", HOME).await, Outcome::Wrong);
    }
    assert_eq!(desk.right("alice", HOME).await, Outcome::In);
    assert_eq!(desk.right("alice", ELSEWHERE).await, Outcome::Wait(1));
}

#[tokio::test]
async fn an_address_has_no_more_free_failures_than_a_stranger() {
    let desk = Desk::open();
    assert_eq!(desk.right("alice", HOME).await, Outcome::In);
    desk.besiege("alice").await;
    for _ in 0..5 {
        assert_eq!(desk.wrong("alice", HOME).await, Outcome::Wrong);
    }
    assert_eq!(desk.right("alice", HOME).await, Outcome::Wait(1));
}

#[tokio::test]
async fn an_address_is_known_for_a_month_at_least_and_two_at_most() {
    let desk = Desk::open();
    assert_eq!(desk.right("alice", HOME).await, Outcome::In);
    desk.clock.advance(30 * DAY);
    desk.besiege("alice").await;
    assert_eq!(desk.wrong("alice", HOME).await, Outcome::Wrong);
    desk.clock.advance(30 * DAY);
    desk.besiege("alice").await;
    assert_eq!(desk.right("alice", HOME).await, Outcome::Wait(1));
}
