use axum::response::IntoResponse;
use http::StatusCode;
use http::header::CACHE_CONTROL;
use jwt_layer::RemoteKeys;

use crate::key_server::{KeyServer, jwk, set};
use crate::program::{Program, key};
use crate::time::{Time, hours, minutes, seconds, settle, until};

#[tokio::test]
async fn keys_are_there_when_they_are_ready() {
    let (time, a) = (Time::stop(), key("a"));
    let server = KeyServer::of(&[&a]).await;
    server.close_gate();
    let program = Program::of(&server, &time);
    assert!(!program.keys.is_available());
    server.until_asked(1).await;
    settle().await;
    assert!(!program.keys.is_available());
    server.open_gate();
    program.keys.ready().await;
    assert!(program.keys.is_available());
    assert_eq!(program.ids(), ["a"]);
    assert_eq!(program.status(&a).await, StatusCode::OK);
    assert_eq!(server.fetches(), 1);
}

#[tokio::test]
async fn keys_are_refreshed_ahead_of_need() {
    let (time, a) = (Time::stop(), key("a"));
    let server = KeyServer::of(&[&a]).await;
    let program = Program::ready(&server, &time).await;
    time.pass(seconds(239)).await;
    assert_eq!(server.fetches(), 1);
    time.pass(seconds(61)).await;
    server.until_asked(2).await;
    assert_eq!(program.status(&a).await, StatusCode::OK);
}

#[tokio::test]
async fn keys_are_refreshed_again_and_again() {
    let (time, a) = (Time::stop(), key("a"));
    let server = KeyServer::of(&[&a]).await;
    let _program = Program::ready(&server, &time).await;
    for fetches in 2..20 {
        let passed = time.pass_until(|| server.fetches() == fetches).await;
        assert!((minutes(4)..=minutes(5)).contains(&passed), "{passed:?}");
    }
}

#[tokio::test]
async fn instances_do_not_ask_in_step() {
    let (time, a) = (Time::stop(), key("a"));
    let server = KeyServer::of(&[&a]).await;
    let mut programs = Vec::new();
    for _ in 0..20 {
        programs.push(Program::ready(&server, &time).await);
    }
    time.pass(seconds(270)).await;
    let early = server.fetches() - 20;
    assert!((1..20).contains(&early), "{early} of 20");
}

#[tokio::test]
async fn a_shorter_max_age_is_followed() {
    let (time, a) = (Time::stop(), key("a"));
    let server = KeyServer::start().await;
    let text = set(&[jwk(&a)]);
    server.answer_with("/jwks", move || {
        ([(CACHE_CONTROL, "public, max-age=60")], text.clone()).into_response()
    });
    let _program = Program::ready(&server, &time).await;
    time.pass(seconds(47)).await;
    assert_eq!(server.fetches(), 1);
    time.pass(seconds(13)).await;
    server.until_asked(2).await;
}

#[tokio::test]
async fn a_longer_max_age_does_not_keep_a_withdrawn_key_alive() {
    let (time, a, b) = (Time::stop(), key("a"), key("b"));
    let server = KeyServer::start().await;
    let text = set(&[jwk(&a)]);
    server.answer_with("/jwks", move || {
        ([(CACHE_CONTROL, "max-age=86400")], text.clone()).into_response()
    });
    let program = Program::ready(&server, &time).await;
    server.publish(&[&b]);
    time.pass(minutes(5)).await;
    until(|| program.ids() == ["b"]).await;
    assert_eq!(program.status(&a).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_withdrawn_key_stops_working_for_cached_tokens_too() {
    let (time, a, b) = (Time::stop(), key("a"), key("b"));
    let server = KeyServer::of(&[&a, &b]).await;
    let program = Program::ready(&server, &time).await;
    let tokens = [program.token(&a), program.token(&b)];
    for token in &tokens {
        assert_eq!(program.call(token).await.status(), StatusCode::OK);
        assert_eq!(program.call(token).await.status(), StatusCode::OK);
    }
    server.publish(&[&b]);
    time.pass(minutes(5)).await;
    until(|| program.ids() == ["b"]).await;
    assert_eq!(program.call(&tokens[0]).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(program.call(&tokens[1]).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_key_published_ahead_of_its_use_is_known_by_then() {
    let (time, a, b) = (Time::stop(), key("a"), key("b"));
    let server = KeyServer::of(&[&a]).await;
    let program = Program::ready(&server, &time).await;
    server.publish(&[&a, &b]);
    time.pass(minutes(5)).await;
    until(|| program.ids() == ["a", "b"]).await;
    assert_eq!(program.status(&b).await, StatusCode::OK);
    assert_eq!(server.fetches(), 2);
}

#[tokio::test]
async fn fetching_ends_with_the_last_handle() {
    let (time, a) = (Time::stop(), key("a"));
    let server = KeyServer::of(&[&a]).await;
    let program = Program::ready(&server, &time).await;
    let router = program.router();
    drop(program);
    time.pass(minutes(5)).await;
    server.until_asked(2).await;
    drop(router);
    time.pass(hours(1)).await;
    assert_eq!(server.fetches(), 2);
}

#[tokio::test]
async fn a_fetch_in_flight_ends_with_the_last_handle() {
    let time = Time::stop();
    let server = KeyServer::start().await;
    server.close_gate();
    let keys = RemoteKeys::jwks(server.jwks()).build().unwrap();
    server.until_asked(1).await;
    assert_eq!(server.in_flight(), 1);
    drop(keys);
    until(|| server.in_flight() == 0).await;
    time.pass(hours(1)).await;
    assert_eq!(server.fetches(), 1);
}
