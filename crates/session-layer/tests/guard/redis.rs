//! Two nodes on one Redis, which have nothing else in common.

use std::sync::Arc;

use axum::http::StatusCode;
use guard_layer::Policy;
use session_layer::backend::{Backend, RedisBackend};
use session_layer::wrap::NearCache;
use test_servers::{PATIENCE, Redis, until};

use crate::app::Shop;
use crate::client::Client;

const REFUSED: StatusCode = StatusCode::UNAUTHORIZED;

fn backend(server: &Redis) -> RedisBackend {
    let builder = RedisBackend::builder(server.url()).timeout(PATIENCE).connect_timeout(PATIENCE);
    builder.build().unwrap()
}

fn shop(server: &Redis) -> Shop {
    let backend = || -> Arc<dyn Backend> { Arc::new(backend(server)) };
    Shop::apart(Policy::balanced(), [backend(), backend()])
}

fn cached(server: &Redis) -> Shop {
    let backend =
        || -> Arc<dyn Backend> { Arc::new(NearCache::redis(backend(server)).build().unwrap()) };
    Shop::apart(Policy::balanced(), [backend(), backend()])
}

/// Comes back when the client is challenged, or is not any more.
async fn gets(client: &mut Client, status: StatusCode) {
    let ask = async || (client.get("/cart").await.status == status).then_some(());
    until("the other node knew", ask).await.unwrap();
}

#[tokio::test]
async fn a_challenge_holds_on_the_other_node_until_it_is_met_there() {
    let server = Redis::start().await.unwrap();
    let shop = shop(&server);
    let (mut user, mut thief) = shop.robbed().await;
    let mut there = shop.elsewhere(&user);
    there.get("/cart").await.refuses(REFUSED, "step_up_required");
    there.post("/reauth/wrong").await.says("4 left");
    there.post("/reauth/pwd").await.says("nowhere");
    user.cookie = there.cookie;
    user.get("/cart").await.says("cart");
    thief.post("/pay").await.refuses(REFUSED, "step_up_required");
}

#[tokio::test]
async fn five_failures_on_any_nodes_kill_a_challenge() {
    let server = Redis::start().await.unwrap();
    let shop = shop(&server);
    let (_, mut here) = shop.robbed().await;
    let mut there = shop.elsewhere(&here);
    for _ in 0..2 {
        here.post("/reauth/wrong").await.is(StatusCode::OK);
        there.post("/reauth/wrong").await.is(StatusCode::OK);
    }
    here.post("/reauth/wrong").await.says("0 left");
    there.post("/reauth/pwd").await.refuses(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts");
}

#[tokio::test]
async fn a_challenge_holds_on_a_node_that_has_the_session_in_memory() {
    let server = Redis::start().await.unwrap();
    let shop = cached(&server);
    let user = shop.logged_in("alice").await;
    let mut there = shop.elsewhere(&user);
    gets(&mut there, StatusCode::OK).await;
    gets(&mut user.thief(), REFUSED).await;
    gets(&mut there, REFUSED).await;
    there.post("/reauth/pwd").await.says("nowhere");
    let mut here = Client { router: user.router, ..there };
    here.get("/cart").await.says("cart");
}
