//! Routes that need a proof anyway.

use std::net::IpAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::routing::get;
use guard_layer::{Place, Policy, RequireFresh};
use tower::ServiceExt;

use crate::app::Shop;

const REFUSED: StatusCode = StatusCode::UNAUTHORIZED;

#[tokio::test]
async fn a_login_is_fresh_for_as_long_as_the_route_says() {
    let shop = Shop::new(Policy::balanced());
    let mut user = shop.logged_in("alice").await;
    shop.wait(300);
    user.post("/pay").await.says("paid");
    shop.wait(1);
    let answer = user.post("/pay").await;
    answer.refuses(REFUSED, "step_up_required");
    assert!(answer.header("www-authenticate").ends_with("max_age=\"300\""));
}

#[tokio::test]
async fn a_stale_session_is_not_suspected_and_made_fresh_by_a_factor() {
    let shop = Shop::new(Policy::balanced());
    let mut user = shop.logged_in("alice").await;
    shop.wait(301);
    user.post("/pay").await.is(REFUSED);
    user.get("/cart").await.says("cart");
    user.post("/reauth/pwd").await.says("nowhere");
    shop.elsewhere(&user).post("/pay").await.says("paid");
}

#[tokio::test]
async fn one_login_satisfies_one_route_and_not_another() {
    let shop = Shop::new(Policy::balanced());
    let mut user = shop.logged_in("alice").await;
    user.post("/pay").await.says("paid");
    user.post("/transfer").await.refuses(REFUSED, "step_up_required");
    user.post("/reauth/otp").await.says("nowhere");
    user.post("/transfer").await.says("sent");
    shop.wait(301);
    user.post("/reauth/pwd").await.says("nowhere");
    user.post("/pay").await.says("paid");
    user.post("/transfer").await.refuses(REFUSED, "step_up_required");
}

#[tokio::test]
async fn a_class_is_met_by_a_factor_of_it() {
    let shop = Shop::new(Policy::balanced());
    let mut user = shop.logged_in("alice").await;
    let answer = user.get("/vault").await;
    answer.refuses(REFUSED, "step_up_required");
    assert!(answer.header("www-authenticate").ends_with("acr_values=\"gold\""));
    user.post("/reauth/pwd").await.says("nowhere");
    user.get("/vault").await.is(REFUSED);
    user.post("/reauth/hwk").await.says("nowhere");
    user.get("/vault").await.says("open");
}

#[tokio::test]
async fn a_guest_is_not_fresh() {
    let shop = Shop::new(Policy::balanced());
    let mut guest = crate::client::Client::at_home(shop.nodes[0].router.clone());
    guest.post("/pay").await.refuses(REFUSED, "step_up_required");
}

#[tokio::test]
async fn a_dry_run_leaves_what_routes_need() {
    let shop = Shop::new(Policy::balanced().dry_run());
    let mut user = shop.logged_in("alice").await;
    shop.wait(301);
    user.post("/pay").await.refuses(REFUSED, "step_up_required");
}

/// Where the train is another system than home.
fn system_of(address: IpAddr) -> Option<Place> {
    let asn = if address == IpAddr::from([203, 0, 113, 1]) { 64_501 } else { 64_500 };
    Some(Place { asn: Some(asn), ..Place::default() })
}

#[tokio::test]
async fn a_session_that_moves_is_not_fresh_any_more() {
    let shop = Shop::with(Policy::balanced(), |guard| guard.places(system_of));
    let mut home = shop.logged_in("alice").await;
    let mut train = home.on_the_train();
    train.post("/pay").await.refuses(REFUSED, "step_up_required");
    train.get("/cart").await.says("cart");
    shop.elsewhere(&home).post("/pay").await.refuses(REFUSED, "step_up_required");
    train.post("/reauth/pwd").await.says("nowhere");
    train.post("/pay").await.says("paid");
    home.cookie = train.cookie;
    home.post("/pay").await.refuses(REFUSED, "step_up_required");
}

#[tokio::test]
async fn a_session_stays_fresh_in_another_network_of_a_system_that_is_not_known() {
    let shop = Shop::new(Policy::balanced());
    let mut train = shop.logged_in("alice").await.on_the_train();
    train.post("/pay").await.says("paid");
}

fn token(seconds_ago: u64) -> auth_core::Principal {
    let mut authentication = auth_core::Authentication::default();
    authentication.time = Some(std::time::SystemTime::now() - Duration::from_secs(seconds_ago));
    auth_core::Principal::new("alice").authenticated(authentication)
}

async fn pay(principal: Option<auth_core::Principal>) -> StatusCode {
    let fresh = RequireFresh::within(Duration::from_secs(300));
    let app = Router::new().route("/pay", get(async || "paid").layer(fresh));
    let mut request = Request::get("/pay").body(Body::empty()).unwrap();
    if let Some(principal) = principal {
        request.extensions_mut().insert(principal);
    }
    app.oneshot(request).await.unwrap().status()
}

#[tokio::test]
async fn a_token_is_as_fresh_as_it_says() {
    assert_eq!(pay(Some(token(60))).await, StatusCode::OK);
    assert_eq!(pay(Some(token(600))).await, REFUSED);
    assert_eq!(pay(Some(auth_core::Principal::new("alice"))).await, REFUSED);
}

#[tokio::test]
async fn without_a_layer_that_could_tell_it_is_our_mistake() {
    assert_eq!(pay(None).await, StatusCode::INTERNAL_SERVER_ERROR);
}
