//! Sessions that the guard ends.

use std::time::Duration;

use axum::http::StatusCode;
use guard_layer::Policy;
use session_layer::Ending;

use crate::app::Shop;

const REFUSED: StatusCode = StatusCode::UNAUTHORIZED;

#[tokio::test]
async fn a_session_is_ended_everywhere_and_the_users_others_with_it() {
    let shop = Shop::new(Policy::strict());
    let user = shop.logged_in("alice").await;
    let mut phone = shop.elsewhere(&shop.logged_in("alice").await);
    let mut other = shop.logged_in("bob").await;
    let mut thief = user.thief();
    thief.get("/cart").await.refuses(REFUSED, "session_ended");
    assert_eq!(thief.cookie, None);
    for client in [&mut shop.elsewhere(&user), &mut phone] {
        client.post("/pay").await.refuses(REFUSED, "step_up_required");
    }
    other.post("/pay").await.says("paid");
}

#[tokio::test]
async fn a_session_that_was_idle_for_an_hour_is_ended() {
    let shop = Shop::new(Policy::balanced());
    let mut user = shop.logged_in("alice").await;
    shop.wait(3600);
    user.get("/cart").await.says("cart");
    shop.wait(3601);
    shop.elsewhere(&user).get("/cart").await.refuses(REFUSED, "session_ended");
    assert_eq!(shop.words(), ["expired"]);
}

#[tokio::test]
async fn a_poll_is_no_activity() {
    let shop = Shop::new(Policy::balanced());
    let mut user = shop.logged_in("alice").await;
    for _ in 0..3 {
        shop.wait(1200);
        user.get("/news").await.says("none");
    }
    shop.wait(1);
    user.get("/news").await.refuses(REFUSED, "session_ended");
}

#[tokio::test]
async fn a_session_that_is_too_old_is_ended_though_it_is_used() {
    let age = Duration::from_secs(7200);
    let shop = Shop::with(Policy::balanced(), |guard| guard.age(age));
    let mut user = shop.logged_in("alice").await;
    for _ in 0..4 {
        shop.wait(1800);
        user.get("/cart").await.says("cart");
    }
    shop.wait(1);
    user.get("/cart").await.refuses(REFUSED, "session_ended");
}

#[tokio::test]
async fn what_is_ended_is_told_to_the_sessions_audit_log_as_the_guards() {
    let shop = Shop::new(Policy::strict());
    let user = shop.logged_in("alice").await;
    shop.logged_in("alice").await.post("/logout").await.says("bye");
    shop.logged_in("alice").await;
    user.thief().get("/cart").await.refuses(REFUSED, "session_ended");
    assert_eq!(shop.endings(), [Ending::Logout, Ending::Guard, Ending::Guard]);
}
