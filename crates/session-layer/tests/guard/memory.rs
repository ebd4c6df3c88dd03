//! What the guard keeps, and what it costs.

use axum::http::StatusCode;
use guard_layer::Policy;

use crate::app::Shop;

#[tokio::test]
async fn an_allowed_request_is_one_load_and_no_write() {
    let shop = Shop::new(Policy::balanced());
    let mut user = shop.logged_in("alice").await;
    shop.spy.calls();
    user.get("/cart").await.says("cart");
    assert_eq!(shop.spy.calls(), ["load"]);
}

#[tokio::test]
async fn the_handler_has_the_session_from_the_same_load() {
    let shop = Shop::new(Policy::balanced());
    let mut user = shop.logged_in("alice").await;
    shop.spy.calls();
    user.get("/read").await.says("none");
    assert_eq!(shop.spy.calls(), ["load"]);
}

#[tokio::test]
async fn a_route_that_reads_nothing_old_is_not_given_what_the_guard_has_read() {
    let shop = Shop::new(Policy::balanced());
    let mut user = shop.logged_in("alice").await;
    shop.spy.calls();
    user.get("/read-fresh").await.says("none");
    assert_eq!(shop.spy.calls(), ["load", "load_fresh"]);
}

#[tokio::test]
async fn a_session_that_does_nothing_new_is_written_to_once_a_minute() {
    let shop = Shop::new(Policy::balanced());
    let mut user = shop.logged_in("alice").await;
    shop.spy.calls();
    for _ in 0..4 {
        shop.wait(30);
        user.get("/cart").await.says("cart");
    }
    assert_eq!(shop.spy.calls(), ["load", "load", "update", "load", "load", "update"]);
}

#[tokio::test]
async fn a_new_network_is_written_down_at_once() {
    let shop = Shop::new(Policy::balanced());
    let mut user = shop.logged_in("alice").await.on_the_train();
    shop.spy.calls();
    user.get("/cart").await.says("cart");
    user.get("/cart").await.says("cart");
    assert_eq!(shop.spy.calls(), ["load", "update", "load"]);
}

#[tokio::test]
async fn a_guest_costs_nothing() {
    let shop = Shop::new(Policy::balanced());
    let mut guest = crate::client::Client::at_home(shop.nodes[0].router.clone());
    guest.get("/cart").await.says("cart");
    assert_eq!(shop.spy.calls(), Vec::<&str>::new());
}

#[tokio::test]
async fn a_handler_that_clears_the_session_leaves_what_the_guard_keeps() {
    let shop = Shop::new(Policy::balanced());
    let mut user = shop.logged_in("alice").await;
    user.get("/clear").await.says("cleared");
    user.thief().get("/cart").await.is(StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_login_is_remembered_with_its_own_commit() {
    let shop = Shop::new(Policy::balanced());
    let user = shop.logged_in("alice").await;
    assert_eq!(shop.spy.calls(), ["create"]);
    user.thief().get("/cart").await.is(StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_session_of_before_the_guard_is_remembered_from_its_next_request_on() {
    let shop = Shop::new(Policy::balanced());
    let mut user = crate::client::Client::at_home(shop.unguarded());
    user.get("/login/alice").await.says("welcome");
    user.router = shop.nodes[0].router.clone();
    user.get("/cart").await.says("cart");
    user.thief().get("/cart").await.is(StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn while_the_store_is_away_users_are_guests_and_nothing_is_proved() {
    let shop = Shop::new(Policy::balanced());
    let mut user = shop.logged_in("alice").await;
    shop.spy.go_down(true);
    user.get("/cart").await.says("cart");
    user.post("/pay").await.refuses(StatusCode::SERVICE_UNAVAILABLE, "store_unavailable");
    user.post("/reauth/pwd").await.refuses(StatusCode::SERVICE_UNAVAILABLE, "store_unavailable");
    assert!(user.cookie.is_some());
}

#[tokio::test]
async fn no_address_is_stored() {
    let shop = Shop::new(Policy::balanced());
    shop.logged_in("alice").await.on_the_train().get("/cart").await.says("cart");
    let written = shop.spy.written();
    assert_eq!(written.len(), 2);
    for payload in written {
        let text = String::from_utf8(payload.as_bytes().to_vec()).unwrap();
        assert!(text.contains("\"g\":"), "{text}");
        for address in ["192.0.2", "203.0.113", "Firefox/", "de-DE"] {
            assert!(!text.contains(address), "{text}");
        }
    }
}
