//! How a challenge is met, and how it is not.

use axum::http::StatusCode;
use guard_layer::{GuardEventKind, Policy};

use crate::app::Shop;

const REFUSED: StatusCode = StatusCode::UNAUTHORIZED;
const LOCKED: StatusCode = StatusCode::TOO_MANY_REQUESTS;
const FORBIDDEN: StatusCode = StatusCode::FORBIDDEN;

#[tokio::test]
async fn a_challenge_that_is_met_is_met_on_every_node() {
    let shop = Shop::new(Policy::balanced());
    let (user, _) = shop.robbed().await;
    let mut there = shop.elsewhere(&user);
    there.post("/reauth/pwd").await.says("nowhere");
    there.get("/cart").await.says("cart");
    let mut here = there.clone();
    here.router = user.router;
    here.get("/cart").await.says("cart");
    assert_eq!(shop.words(), ["judged", "challenge_met"]);
}

#[tokio::test]
async fn a_challenge_that_is_met_in_vain_is_not_told() {
    let shop = Shop::new(Policy::balanced());
    let (mut user, _) = shop.robbed().await;
    user.post("/reauth-and-break").await.is(StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(shop.words(), ["judged"]);
    user.get("/cart").await.is(REFUSED);
    user.post("/reauth-and-end").await.is(StatusCode::OK);
    assert_eq!(shop.words(), [""; 0]);
}

#[tokio::test]
async fn whoever_meets_a_challenge_gets_another_id_and_the_old_one_is_dead() {
    let shop = Shop::new(Policy::balanced());
    let (mut user, mut thief) = shop.robbed().await;
    user.post("/reauth/pwd").await.says("nowhere");
    assert_ne!(user.cookie, thief.cookie);
    thief.post("/pay").await.refuses(REFUSED, "step_up_required");
    shop.elsewhere(&thief).post("/reauth/pwd").await.refuses(REFUSED, "step_up_required");
    user.post("/pay").await.says("paid");
}

#[tokio::test]
async fn what_the_user_shows_then_is_what_is_remembered() {
    let shop = Shop::new(Policy::balanced());
    let (user, mut moved) = shop.robbed().await;
    moved.post("/reauth/pwd").await.says("nowhere");
    moved.get("/cart").await.says("cart");
    let mut before = moved.clone();
    (before.address, before.user_agent) = (user.address, user.user_agent);
    before.language = user.language;
    before.get("/cart").await.is(REFUSED);
}

#[tokio::test]
async fn five_failures_kill_a_challenge_and_that_is_told() {
    let shop = Shop::new(Policy::balanced());
    let (mut user, mut thief) = shop.robbed().await;
    shop.events();
    for left in (0..5).rev() {
        thief.post("/reauth/wrong").await.says(&format!("{left} left"));
    }
    let last = shop.events().pop().unwrap().kind;
    assert_eq!(last, GuardEventKind::Dead { purpose: "password".into() });
    shop.wait(60);
    for client in [&mut thief, &mut shop.elsewhere(&user)] {
        let answer = client.post("/reauth/pwd").await;
        answer.refuses(LOCKED, "too_many_attempts");
        assert_eq!(answer.header("retry-after"), "540");
    }
    shop.logged_in("alice").await.post("/reauth/pwd").await.says("nowhere");
    shop.wait(540);
    user.post("/reauth/pwd").await.says("nowhere");
}

#[tokio::test]
async fn of_many_tries_at_once_no_more_than_five_are_checked() {
    let shop = Shop::new(Policy::balanced());
    let (_, thief) = shop.robbed().await;
    let other = shop.elsewhere(&thief);
    let tries = (0..20).map(|n| {
        let mut client = if n % 2 == 0 { thief.clone() } else { other.clone() };
        tokio::spawn(async move { client.post("/reauth/wrong").await.status })
    });
    let mut checked = 0;
    for one in tries.collect::<Vec<_>>() {
        let status = one.await.unwrap();
        checked += usize::from(status == StatusCode::OK);
        assert!([StatusCode::OK, LOCKED, StatusCode::SERVICE_UNAVAILABLE].contains(&status));
    }
    assert!(checked <= 5, "{checked}");
}

#[tokio::test]
async fn a_challenge_is_of_one_purpose() {
    let shop = Shop::new(Policy::balanced());
    let mut user = shop.logged_in("alice").await;
    let code = user.post("/reauth/code/open").await.text;
    assert_eq!(user.post("/reauth/code/open").await.text, code);
    let transfer = format!("/reauth/transfer/{code}/otp");
    user.post(&transfer).await.refuses(FORBIDDEN, "challenge_unknown");
    user.post("/reauth/transfer/open").await.is(StatusCode::OK);
    user.post(&transfer).await.refuses(FORBIDDEN, "challenge_unknown");
    shop.elsewhere(&user).post(&format!("/reauth/code/{code}/otp")).await.says("nowhere");
}

#[tokio::test]
async fn a_challenge_is_of_one_session() {
    let shop = Shop::new(Policy::balanced());
    let code = shop.logged_in("alice").await.post("/reauth/code/open").await.text;
    let mut other = shop.logged_in("alice").await;
    let answer = other.post(&format!("/reauth/code/{code}/otp")).await;
    answer.refuses(FORBIDDEN, "challenge_unknown");
}

#[tokio::test]
async fn a_challenge_is_open_for_ten_minutes() {
    let shop = Shop::new(Policy::balanced());
    let mut user = shop.logged_in("alice").await;
    let path = format!("/reauth/code/{}/otp", user.post("/reauth/code/open").await.text);
    shop.wait(600);
    user.post(&path).await.refuses(FORBIDDEN, "challenge_unknown");
}

#[tokio::test]
async fn nobody_has_nothing_to_prove() {
    let shop = Shop::new(Policy::balanced());
    let mut guest = crate::client::Client::at_home(shop.nodes[0].router.clone());
    guest.post("/reauth/pwd").await.refuses(REFUSED, "step_up_required");
}
