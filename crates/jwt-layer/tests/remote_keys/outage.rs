use http::StatusCode;
use http::header::RETRY_AFTER;
use jwt_layer::RemoteKeys;
use serde_json::json;

use crate::key_server::{KeyServer, jwk};
use crate::program::{Program, key};
use crate::time::{Time, hours, minutes, seconds};

#[tokio::test]
async fn a_failed_first_fetch_is_retried_quickly() {
    let (time, a) = (Time::stop(), key("a"));
    let server = KeyServer::start().await;
    let program = Program::of(&server, &time);
    server.until_asked(1).await;
    time.pass_until(|| server.fetches() == 4).await;
    let refused = program.call(&program.token(&a)).await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.headers().contains_key(RETRY_AFTER));

    server.publish(&[&a]);
    let passed = time.pass_until(|| program.keys.is_available()).await;
    assert!(passed <= seconds(16), "{passed:?}");
    assert_eq!(program.status(&a).await, StatusCode::OK);
}

#[tokio::test]
async fn a_server_that_does_not_listen_yet_is_found_later() {
    let (time, a) = (Time::stop(), key("a"));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let program = Program::with(RemoteKeys::jwks(format!("http://{address}/jwks")), &time);
    time.pass(seconds(10)).await;
    assert!(!program.keys.is_available());

    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    let server = KeyServer::serve(listener, format!("http://{address}"));
    server.publish(&[&a]);
    time.pass_until(|| program.keys.is_available()).await;
    assert_eq!(program.status(&a).await, StatusCode::OK);
}

#[tokio::test]
async fn retries_slow_down_to_one_a_minute() {
    let time = Time::stop();
    let server = KeyServer::start().await;
    let _program = Program::of(&server, &time);
    time.pass_until(|| server.fetches() == 10).await;
    for fetches in 11..15 {
        let passed = time.pass_until(|| server.fetches() == fetches).await;
        assert!((seconds(48)..=seconds(61)).contains(&passed), "{passed:?}");
    }
}

#[tokio::test]
async fn stale_keys_are_used_up_to_the_cap() {
    let (time, a) = (Time::stop(), key("a"));
    let server = KeyServer::of(&[&a]).await;
    let program = Program::ready(&server, &time).await;
    server.fail("/jwks", StatusCode::INTERNAL_SERVER_ERROR);
    for hour in 0..24 {
        assert_eq!(program.status(&a).await, StatusCode::OK, "after {hour} h");
        time.clock.advance(hours(1) - seconds(u64::from(hour == 23)));
    }
    let cached = program.token(&a);
    assert_eq!(program.call(&cached).await.status(), StatusCode::OK);

    time.clock.advance(seconds(1));
    assert!(!program.keys.is_available());
    for token in [cached, program.token(&a)] {
        let refused = program.call(&token).await;
        assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(refused.headers().contains_key(RETRY_AFTER));
    }
}

#[tokio::test]
async fn the_user_sets_the_cap() {
    let (time, a) = (Time::stop(), key("a"));
    let server = KeyServer::of(&[&a]).await;
    let keys = RemoteKeys::jwks(server.jwks()).stale_for(minutes(10));
    let program = Program::with(keys, &time);
    program.keys.ready().await;
    server.fail("/jwks", StatusCode::INTERNAL_SERVER_ERROR);
    time.clock.advance(minutes(10) - seconds(1));
    assert_eq!(program.status(&a).await, StatusCode::OK);
    time.clock.advance(seconds(1));
    assert_eq!(program.status(&a).await, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn it_recovers_by_itself() {
    let (time, a) = (Time::stop(), key("a"));
    let server = KeyServer::of(&[&a]).await;
    let program = Program::ready(&server, &time).await;
    server.fail("/jwks", StatusCode::INTERNAL_SERVER_ERROR);
    time.pass_until(|| server.fetches() == 9).await;
    time.clock.advance(hours(24));
    assert!(!program.keys.is_available());
    server.publish(&[&a]);
    let passed = time.pass_until(|| program.keys.is_available()).await;
    assert!(passed <= seconds(61), "{passed:?}");
    assert_eq!(program.status(&a).await, StatusCode::OK);
}

#[tokio::test]
async fn a_request_recovers_it_sooner() {
    let (time, a) = (Time::stop(), key("a"));
    let server = KeyServer::of(&[&a]).await;
    let program = Program::ready(&server, &time).await;
    time.clock.advance(hours(24));
    assert!(!program.keys.is_available());
    assert_eq!(program.status(&a).await, StatusCode::OK);
    assert_eq!(server.fetches(), 2);
}

#[tokio::test]
async fn what_a_damaged_listing_keeps_is_kept_up_to_the_cap() {
    let (time, a, b) = (Time::stop(), key("a"), key("b"));
    let server = KeyServer::of(&[&a]).await;
    let keys = RemoteKeys::jwks(server.jwks()).stale_for(minutes(20));
    let program = Program::with(keys, &time);
    program.keys.ready().await;
    server.publish_members(vec![jwk(&b), json!({"kid": "a", "kty": "EC"})]);
    time.pass_until(|| program.ids() == ["b", "a"]).await;
    assert_eq!(program.status(&a).await, StatusCode::OK);
    let passed = time.pass_until(|| program.ids() == ["b"]).await;
    assert!((minutes(14)..minutes(21)).contains(&passed), "{passed:?}");
    assert_eq!(program.status(&a).await, StatusCode::UNAUTHORIZED);
    assert_eq!(program.status(&b).await, StatusCode::OK);
}
