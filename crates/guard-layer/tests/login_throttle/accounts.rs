use std::time::Duration;

use crate::desk::{Desk, ELSEWHERE, HOME, Outcome, address};

const UNKNOWN: &str = "unknown";

#[tokio::test]
async fn five_failures_are_free_and_each_further_one_costs_twice_the_wait() {
    let desk = Desk::open();
    for _ in 0..5 {
        assert_eq!(desk.wrong("alice", UNKNOWN).await, Outcome::Wrong);
    }
    for seconds in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900] {
        assert_eq!(desk.right("alice", UNKNOWN).await, Outcome::Wait(seconds));
        desk.clock.advance(Duration::from_secs(seconds));
        assert_eq!(desk.wrong("alice", UNKNOWN).await, Outcome::Wrong);
    }
}

#[tokio::test]
async fn what_is_refused_makes_the_wait_no_longer() {
    let desk = Desk::open();
    desk.besiege("alice").await;
    for _ in 0..100 {
        assert_eq!(desk.wrong("alice", UNKNOWN).await, Outcome::Wait(1));
    }
    desk.clock.advance(Duration::from_secs(1));
    assert_eq!(desk.right("alice", UNKNOWN).await, Outcome::In);
}

#[tokio::test]
async fn another_account_is_not_affected() {
    let desk = Desk::open();
    desk.besiege("alice").await;
    assert_eq!(desk.right("bob", HOME).await, Outcome::In);
}

#[tokio::test]
async fn a_success_forgets_what_has_failed_for_the_account() {
    let desk = Desk::open();
    for _ in 0..3 {
        for _ in 0..4 {
            assert_eq!(desk.wrong("alice", UNKNOWN).await, Outcome::Wrong);
        }
        assert_eq!(desk.right("alice", UNKNOWN).await, Outcome::In);
    }
}

#[tokio::test]
async fn an_hour_without_a_failure_forgets_them_and_less_does_not() {
    let desk = Desk::open();
    for minutes in [0, 25, 25, 25, 25] {
        desk.clock.advance(Duration::from_secs(minutes * 60));
        assert_eq!(desk.wrong("alice", UNKNOWN).await, Outcome::Wrong);
    }
    assert_eq!(desk.wrong("alice", UNKNOWN).await, Outcome::Wait(1));
    desk.clock.advance(Duration::from_secs(60 * 60));
    for _ in 0..5 {
        assert_eq!(desk.wrong("alice", UNKNOWN).await, Outcome::Wrong);
    }
}

#[tokio::test]
async fn many_at_once_gain_nothing() {
    let desk = Desk::open();
    let mut attempts = Vec::new();
    for _ in 0..50 {
        attempts.extend(desk.throttle.begin("alice", address(ELSEWHERE), None).await);
    }
    assert_eq!(attempts.len(), 5);
}

#[tokio::test]
async fn an_attempt_that_is_withdrawn_was_none() {
    let desk = Desk::open();
    for _ in 0..50 {
        let attempt = desk.throttle.begin("alice", address(HOME), None).await.unwrap();
        attempt.withdrawn().await;
    }
    assert_eq!(desk.right("alice", HOME).await, Outcome::In);
}

#[tokio::test]
async fn an_attempt_knows_how_many_have_failed_before_it() {
    let desk = Desk::open();
    for failed in 0..5 {
        assert_eq!(desk.failures_before("alice", HOME, None).await, failed);
    }
    assert_eq!(desk.failures_before("bob", HOME, None).await, 0);
    desk.clock.advance(Duration::from_secs(1));
    desk.right("alice", HOME).await;
    assert_eq!(desk.failures_before("alice", HOME, None).await, 0);
}

#[tokio::test]
async fn a_known_device_has_failed_what_it_has_failed_itself() {
    let desk = Desk::open();
    let (_, device) = desk.log_in("alice", HOME, None, "right").await;
    desk.besiege("alice").await;
    assert_eq!(desk.failures_before("alice", ELSEWHERE, device.as_deref()).await, 0);
    assert_eq!(desk.failures_before("alice", ELSEWHERE, device.as_deref()).await, 1);
}

#[tokio::test]
async fn neither_the_name_nor_the_address_is_shown() {
    let desk = Desk::open();
    let attempt = desk.throttle.begin("alice", address(HOME), None).await.unwrap();
    let shown = format!("{:?} {attempt:?}", desk.throttle);
    assert!(!shown.contains("alice") && !shown.contains(HOME), "{shown}");
}
