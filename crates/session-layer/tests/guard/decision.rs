//! Allow, challenge, end.

use axum::http::StatusCode;
use guard_layer::{Decision, Degree, GuardEventKind, Policy, Signal};

use crate::app::Shop;

const REFUSED: StatusCode = StatusCode::UNAUTHORIZED;

#[tokio::test]
async fn a_commuter_is_allowed_and_nothing_is_told() {
    let shop = Shop::new(Policy::balanced());
    let mut home = shop.logged_in("alice").await;
    let mut train = home.on_the_train();
    for _ in 0..3 {
        train.get("/cart").await.says("cart");
        home.get("/cart").await.says("cart");
    }
    assert!(shop.events().is_empty());
}

#[tokio::test]
async fn a_stolen_cookie_is_challenged_as_rfc_9470_says() {
    let shop = Shop::new(Policy::balanced());
    let mut thief = shop.logged_in("alice").await.thief();
    let answer = thief.get("/cart").await;
    answer.refuses(REFUSED, "step_up_required");
    let expected = "Bearer error=\"insufficient_user_authentication\", \
                    error_description=\"this needs a fresh proof of who you are\", max_age=\"0\"";
    assert_eq!(answer.header("www-authenticate"), expected);
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn what_was_decided_is_told_once_with_the_session_as_a_hash() {
    let shop = Shop::new(Policy::balanced());
    let (_, mut thief) = shop.robbed().await;
    thief.get("/cart").await.is(REFUSED);
    let events = shop.events();
    assert_eq!((events.len(), events[0].user.as_str()), (1, "alice"));
    let GuardEventKind::Judged { decision, would, reasons, .. } = &events[0].kind else {
        panic!("{events:?}");
    };
    assert_eq!((*decision, *would), (Decision::Challenge, Decision::Challenge));
    assert!(reasons.len() > 2, "{reasons:?}");
    let text = serde_json::to_string(&events).unwrap();
    let id = thief.cookie.as_deref().unwrap().split_once('=').unwrap().1;
    assert!(!text.contains(id) && !text.contains("198.51"), "{text}");
}

#[tokio::test]
async fn failures_before_the_login_count_for_an_hour() {
    assert_eq!(failures_counted(6, 0).await, Some(Degree::Slight));
    assert_eq!(failures_counted(20, 3599).await, Some(Degree::Clear));
    assert_eq!(failures_counted(6, 3600).await, None);
    assert_eq!(failures_counted(0, 0).await, None);
}

/// By how much failures count against a thief, so many seconds after a login that they came before.
async fn failures_counted(failures: u32, seconds: u64) -> Option<Degree> {
    let shop = Shop::new(Policy::balanced());
    let mut user = shop.logged_in("alice").await;
    user.get(&format!("/login-after/{failures}")).await.says("welcome");
    shop.wait(seconds);
    shop.elsewhere(&user.thief()).get("/cart").await.is(REFUSED);
    let GuardEventKind::Judged { reasons, .. } = &shop.events()[0].kind else { panic!() };
    let reason = reasons.iter().find(|reason| reason.signal == Signal::LoginFailures);
    reason.map(|reason| reason.degree)
}

#[tokio::test]
async fn a_challenge_holds_on_every_node_and_for_the_user_too() {
    let shop = Shop::new(Policy::balanced());
    let (mut user, thief) = shop.robbed().await;
    shop.elsewhere(&thief).get("/cart").await.is(REFUSED);
    shop.elsewhere(&user).get("/cart").await.refuses(REFUSED, "step_up_required");
    user.get("/cart").await.is(REFUSED);
}

#[tokio::test]
async fn another_session_of_the_user_is_not_challenged() {
    let shop = Shop::new(Policy::balanced());
    shop.robbed().await;
    shop.logged_in("alice").await.get("/cart").await.says("cart");
}

#[tokio::test]
async fn a_dry_run_changes_nothing_and_tells_everything() {
    let shop = Shop::new(Policy::strict().dry_run());
    let mut thief = shop.logged_in("alice").await.thief();
    thief.get("/cart").await.says("cart");
    shop.wait(3700);
    thief.get("/cart").await.says("cart");
    shop.elsewhere(&thief).get("/cart").await.says("cart");
    let events = shop.events();
    let [GuardEventKind::Judged { decision, would, .. }, GuardEventKind::Expired { .. }, ..] =
        &events.iter().map(|event| event.kind.clone()).collect::<Vec<_>>()[..]
    else {
        panic!("{events:?}");
    };
    assert_eq!((*decision, *would), (Decision::Allow, Decision::End { others: true }));
}

#[tokio::test]
async fn a_policy_is_changed_while_it_runs() {
    let shop = Shop::new(Policy::balanced().dry_run());
    let mut thief = shop.logged_in("alice").await.thief();
    thief.get("/cart").await.says("cart");
    shop.nodes[0].guard.change_policy(Policy::balanced());
    thief.get("/cart").await.is(REFUSED);
    shop.nodes[0].guard.change_policy(Policy::balanced().dry_run());
    thief.get("/cart").await.says("cart");
}

#[tokio::test]
async fn an_exempt_route_works_while_a_challenge_is_open() {
    let shop = Shop::new(Policy::balanced());
    let (mut user, _) = shop.robbed().await;
    user.post("/logout").await.says("bye");
    user.get("/cart").await.says("cart");
}

#[tokio::test]
async fn a_login_is_a_new_beginning() {
    let shop = Shop::with(Policy::balanced(), |guard| guard.page("/login/alice"));
    let user = shop.logged_in("alice").await;
    let mut elsewhere = user.thief();
    elsewhere.get("/login/alice").await.says("welcome");
    elsewhere.get("/cart").await.says("cart");
}

#[tokio::test]
async fn a_guest_is_nobody_to_challenge() {
    let shop = Shop::new(Policy::strict());
    let mut guest = crate::client::Client::at_home(shop.nodes[0].router.clone());
    guest.get("/cart").await.says("cart");
    guest.thief().get("/cart").await.says("cart");
    assert!(shop.events().is_empty());
}
