use std::time::Duration;

use crate::desk::{Desk, ELSEWHERE, HOME, Outcome};

/// Fails as often as it may, each time for another account; how often that is.
async fn spray(desk: &Desk, from: &str) -> usize {
    let mut tried = 0;
    while desk.wrong(&format!("account {tried}"), from).await == Outcome::Wrong {
        tried += 1;
    }
    tried
}

#[tokio::test]
async fn one_address_may_fail_for_twenty_accounts_and_has_to_wait_then() {
    let desk = Desk::open();
    assert_eq!(spray(&desk, HOME).await, 20);
    assert_eq!(desk.right("alice", HOME).await, Outcome::Wait(1));
    assert_eq!(desk.right("alice", ELSEWHERE).await, Outcome::In);
    desk.clock.advance(Duration::from_secs(1));
    assert_eq!(spray(&desk, HOME).await, 1);
    assert_eq!(desk.right("alice", HOME).await, Outcome::Wait(2));
}

#[tokio::test]
async fn all_of_an_ipv6_network_is_one_address() {
    let desk = Desk::open();
    assert_eq!(spray(&desk, "2001:db8::1").await, 20);
    assert_eq!(desk.right("alice", "2001:db8::2").await, Outcome::Wait(1));
    assert_eq!(desk.right("alice", "2001:db8:0:1::2").await, Outcome::In);
}

#[tokio::test]
async fn a_login_to_an_account_of_ones_own_forgets_nothing_of_the_address() {
    let desk = Desk::open();
    for number in 0..20 {
        assert_eq!(desk.right("mallory", HOME).await, Outcome::In);
        assert_eq!(desk.wrong(&format!("account {number}"), HOME).await, Outcome::Wrong);
    }
    assert_eq!(desk.right("mallory", HOME).await, Outcome::Wait(1));
}

#[tokio::test]
async fn logins_that_succeed_are_not_counted() {
    let desk = Desk::open();
    for number in 0..100 {
        assert_eq!(desk.right(&format!("user {number}"), HOME).await, Outcome::In);
    }
}

#[tokio::test]
async fn trying_a_locked_account_is_not_counted_for_the_address() {
    let desk = Desk::open();
    desk.besiege("alice").await;
    for _ in 0..100 {
        assert_eq!(desk.right("alice", HOME).await, Outcome::Wait(1));
    }
    assert_eq!(desk.right("bob", HOME).await, Outcome::In);
}

#[tokio::test]
async fn an_unknown_address_is_not_counted() {
    let desk = Desk::open();
    for number in 0..100 {
        assert_eq!(desk.wrong(&format!("account {number}"), "unknown").await, Outcome::Wrong);
    }
}
