use http::StatusCode;
use http::header::RETRY_AFTER;
use serde_json::json;

use crate::key_server::{KeyServer, jwk};
use crate::program::{ISSUER, Program, forged, forged_with, key};
use crate::time::{Time, minutes, seconds, settle, until};

#[tokio::test]
async fn one_request_waits_for_the_new_key_and_passes() {
    let (time, a, b) = (Time::stop(), key("a"), key("b"));
    let server = KeyServer::of(&[&a]).await;
    let program = Program::ready(&server, &time).await;
    server.publish(&[&a, &b]);
    assert_eq!(program.status(&b).await, StatusCode::OK);
    assert_eq!(server.fetches(), 2);
}

#[tokio::test]
async fn everyone_else_is_answered_at_once() {
    let (time, a, b) = (Time::stop(), key("a"), key("b"));
    let server = KeyServer::of(&[&a]).await;
    let program = Program::ready(&server, &time).await;
    server.publish(&[&a, &b]);
    server.close_gate();
    let (router, token) = (program.router(), program.token(&b));
    let first = tokio::spawn(async move { crate::program::call(&router, &token).await.status() });
    server.until_asked(2).await;

    assert_eq!(program.status(&b).await, StatusCode::UNAUTHORIZED);
    assert_eq!(program.call(&forged("c")).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(program.status(&a).await, StatusCode::OK);
    assert!(!first.is_finished());

    server.open_gate();
    assert_eq!(first.await.unwrap(), StatusCode::OK);
    assert_eq!(server.fetches(), 2);
}

#[tokio::test]
async fn the_one_that_waits_does_so_no_longer_than_the_timeout() {
    let (time, a) = (Time::stop(), key("a"));
    let server = KeyServer::of(&[&a]).await;
    let program = Program::ready(&server, &time).await;
    server.close_gate();
    let router = program.router();
    let first =
        tokio::spawn(async move { crate::program::call(&router, &forged("b")).await.status() });
    server.until_asked(2).await;
    time.pass(seconds(4)).await;
    assert!(!first.is_finished());
    time.pass(seconds(1)).await;
    until(|| first.is_finished()).await;
    assert_eq!(first.await.unwrap(), StatusCode::UNAUTHORIZED);
    assert_eq!(program.status(&a).await, StatusCode::OK);
}

#[tokio::test]
async fn it_waits_no_longer_when_a_background_fetch_hangs_before() {
    let (time, a) = (Time::stop(), key("a"));
    let server = KeyServer::of(&[&a]).await;
    let program = Program::ready(&server, &time).await;
    server.close_gate();
    time.pass(minutes(5)).await;
    server.until_asked(2).await;
    time.pass(seconds(3)).await;
    let router = program.router();
    let first =
        tokio::spawn(async move { crate::program::call(&router, &forged("b")).await.status() });
    settle().await;
    time.pass(seconds(2)).await;
    server.until_asked(3).await;
    assert!(!first.is_finished());
    time.pass(seconds(3)).await;
    until(|| first.is_finished()).await;
    assert_eq!(first.await.unwrap(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn who_asks_during_a_background_fetch_is_content_with_its_keys() {
    let (time, a, b) = (Time::stop(), key("a"), key("b"));
    let server = KeyServer::of(&[&a]).await;
    let program = Program::ready(&server, &time).await;
    server.publish(&[&a, &b]);
    server.close_gate();
    time.pass(minutes(5)).await;
    server.until_asked(2).await;
    let (router, token) = (program.router(), program.token(&b));
    let first = tokio::spawn(async move { crate::program::call(&router, &token).await.status() });
    settle().await;
    server.open_gate();
    assert_eq!(first.await.unwrap(), StatusCode::OK);
    assert_eq!(server.fetches(), 2);
}

#[tokio::test]
async fn ten_thousand_unknown_keys_cause_a_fetch_per_half_minute() {
    let (time, a) = (Time::stop(), key("a"));
    let server = KeyServer::of(&[&a]).await;
    let program = Program::ready(&server, &time).await;
    let valid = program.token(&a);
    let step = seconds(100) / 10_000;
    for index in 0..10_000 {
        time.clock.advance(step);
        let status = program.call(&forged(&format!("{index}"))).await.status();
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        if index % 50 == 0 {
            assert_eq!(program.call(&valid).await.status(), StatusCode::OK);
            assert_eq!(program.status(&a).await, StatusCode::OK);
        }
    }
    let (initial, on_demand) = (1, 1 + 100 / 30);
    assert_eq!(server.fetches(), initial + on_demand);
}

#[tokio::test]
async fn a_flood_during_an_outage_causes_a_fetch_per_half_minute() {
    let (time, a) = (Time::stop(), key("a"));
    let server = KeyServer::of(&[&a]).await;
    let program = Program::ready(&server, &time).await;
    server.fail("/jwks", StatusCode::BAD_GATEWAY);
    for index in 0..1_000 {
        time.clock.advance(seconds(61) / 1_000);
        program.call(&forged(&format!("{index}"))).await;
        assert_eq!(program.status(&a).await, StatusCode::OK);
    }
    assert_eq!(server.fetches(), 1 + 1 + 61 / 30);
}

#[tokio::test]
async fn unknown_keys_and_the_background_do_not_starve_each_other() {
    let (time, a, b) = (Time::stop(), key("a"), key("b"));
    let server = KeyServer::of(&[&a]).await;
    let program = Program::ready(&server, &time).await;

    // A refresh in the background leaves the next unknown key its fetch.
    time.pass(minutes(5)).await;
    server.until_asked(2).await;
    server.publish(&[&a, &b]);
    assert_eq!(program.status(&b).await, StatusCode::OK);
    assert_eq!(server.fetches(), 3);

    // One for an unknown key leaves the background its own.
    time.pass_until(|| server.fetches() == 4).await;

    // A flood whose fetches all fail does not end the attempts of the background.
    server.fail("/jwks", StatusCode::BAD_GATEWAY);
    for index in 0..20 {
        time.pass(seconds(30)).await;
        program.call(&forged(&format!("{index}"))).await;
    }
    let before = server.fetches();
    server.publish(&[&b]);
    time.pass_until(|| server.fetches() > before).await;
    assert_eq!(program.status(&a).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_token_with_a_known_key_causes_no_fetch() {
    let (time, a) = (Time::stop(), key("a"));
    let server = KeyServer::of(&[&a]).await;
    let program = Program::ready(&server, &time).await;
    assert_eq!(program.call(&forged("a")).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(program.status(&a).await, StatusCode::OK);
    assert_eq!(server.fetches(), 1);
}

#[tokio::test]
async fn before_the_first_keys_one_request_waits_and_others_get_503() {
    let (time, a) = (Time::stop(), key("a"));
    let server = KeyServer::of(&[&a]).await;
    server.close_gate();
    let program = Program::of(&server, &time);
    server.until_asked(1).await;
    let (router, token) = (program.router(), program.token(&a));
    let first = tokio::spawn(async move { crate::program::call(&router, &token).await.status() });
    settle().await;
    let second = program.call(&program.token(&a)).await;
    assert_eq!(second.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(second.headers().contains_key(RETRY_AFTER));
    server.open_gate();
    assert_eq!(first.await.unwrap(), StatusCode::OK);
    assert_eq!(server.fetches(), 1);
}

#[tokio::test]
async fn nothing_in_a_token_causes_a_request_elsewhere() {
    let (time, a, evil_key) = (Time::stop(), key("a"), key("evil"));
    let (server, evil) = (KeyServer::of(&[&a]).await, KeyServer::of(&[&evil_key]).await);
    let program = Program::ready(&server, &time).await;
    let url = evil.jwks();
    for id in ["a", "evil", &url] {
        for member in ["jku", "x5u", "url", "iss", "jwks_uri"] {
            let header = json!({"alg": "ES256", "kid": id, member: url, "jwk": jwk(&evil_key)});
            for issuer in [ISSUER, &url, &evil.url("")] {
                let status = program.call(&forged_with(header.clone(), issuer)).await.status();
                assert_eq!(status, StatusCode::UNAUTHORIZED);
            }
        }
    }
    settle().await;
    assert_eq!(evil.fetches(), 0);
    assert_eq!(server.fetches(), 2);
}
