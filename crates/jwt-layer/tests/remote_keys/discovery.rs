use http::StatusCode;
use jwt_layer::{RemoteKeys, SigningKey};
use serde_json::json;

use crate::key_server::{KeyServer, jwk, set};
use crate::program::{Program, key};
use crate::time::{Time, minutes, until};

const DOCUMENT: &str = "/.well-known/openid-configuration";

/// A server whose discovery document points to its keys.
async fn provider(keys: &[&SigningKey]) -> KeyServer {
    let server = KeyServer::of(keys).await;
    describe(&server, &server.url(""), &server.jwks());
    server
}

fn describe(server: &KeyServer, issuer: &str, keys: &str) {
    server.answer(DOCUMENT, json!({ "issuer": issuer, "jwks_uri": keys }).to_string());
}

fn program(server: &KeyServer, time: &Time) -> Program {
    Program::with(RemoteKeys::openid(server.url("")), time)
}

#[tokio::test]
async fn keys_are_found_by_discovery() {
    let (time, a) = (Time::stop(), key("a"));
    let server = provider(&[&a]).await;
    let program = program(&server, &time);
    program.keys.ready().await;
    assert_eq!(program.status(&a).await, StatusCode::OK);
    assert_eq!((server.fetches_of(DOCUMENT), server.fetches_of("/jwks")), (1, 1));
}

#[tokio::test]
async fn discovery_is_done_again_once_an_hour() {
    let (time, a) = (Time::stop(), key("a"));
    let server = provider(&[&a]).await;
    let program = program(&server, &time);
    program.keys.ready().await;
    let passed = time.pass_until(|| server.fetches_of(DOCUMENT) == 2).await;
    assert!((minutes(59)..minutes(66)).contains(&passed), "{passed:?}");
    assert!(server.fetches_of("/jwks") >= 12);
}

#[tokio::test]
async fn keys_that_have_moved_are_found_again() {
    let (time, a, b) = (Time::stop(), key("a"), key("b"));
    let server = provider(&[&a]).await;
    let program = program(&server, &time);
    program.keys.ready().await;
    server.fail("/jwks", StatusCode::GONE);
    server.answer("/moved", set(&[jwk(&b)]));
    describe(&server, &server.url(""), &server.url("/moved"));
    let passed = time.pass_until(|| program.ids() == ["b"]).await;
    assert!(passed < minutes(6), "{passed:?}");
    assert_eq!(server.fetches_of(DOCUMENT), 2);
}

#[tokio::test]
async fn a_document_of_another_issuer_gives_no_keys() {
    let (time, a) = (Time::stop(), key("a"));
    let server = provider(&[&a]).await;
    for issuer in [server.url("/"), server.url("/tenant"), "https://login.example".to_owned()] {
        describe(&server, &issuer, &server.jwks());
        let before = server.fetches();
        let program = program(&server, &time);
        time.pass_until(|| server.fetches() >= before + 3).await;
        assert!(!program.keys.is_available());
        assert_eq!(program.status(&a).await, StatusCode::SERVICE_UNAVAILABLE);
    }
    assert_eq!(server.fetches_of("/jwks"), 0);
}

#[tokio::test]
async fn a_document_of_another_issuer_never_changes_keys() {
    let (time, a, b) = (Time::stop(), key("a"), key("b"));
    let server = provider(&[&a]).await;
    let program = program(&server, &time);
    program.keys.ready().await;
    server.fail("/jwks", StatusCode::GONE);
    server.answer("/evil", set(&[jwk(&b)]));
    describe(&server, "https://evil.example", &server.url("/evil"));
    time.pass_until(|| server.fetches_of(DOCUMENT) >= 4).await;
    assert_eq!(program.ids(), ["a"]);
    assert_eq!(program.status(&a).await, StatusCode::OK);
    assert_eq!(server.fetches_of("/evil"), 0);
    server.publish(&[&b]);
    describe(&server, &server.url(""), &server.jwks());
    time.pass_until(|| program.ids() == ["b"]).await;
}

#[tokio::test]
async fn the_keys_url_obeys_the_rules_of_urls() {
    let time = Time::stop();
    let server = provider(&[]).await;
    for url in ["http://login.example/jwks", "https://u:p@login.example/", "ftp://a/", "/jwks"] {
        describe(&server, &server.url(""), url);
        let before = server.fetches();
        let program = program(&server, &time);
        time.pass_until(|| server.fetches() >= before + 2).await;
        assert!(!program.keys.is_available());
    }
    assert_eq!(server.fetches(), server.fetches_of(DOCUMENT));
}

#[tokio::test]
async fn a_document_that_redirects_is_not_followed() {
    let (time, a) = (Time::stop(), key("a"));
    let server = provider(&[&a]).await;
    let elsewhere = provider(&[&a]).await;
    let target = elsewhere.url(DOCUMENT);
    server.answer_with(DOCUMENT, move || {
        axum::response::IntoResponse::into_response(axum::response::Redirect::to(&target))
    });
    let program = program(&server, &time);
    time.pass_until(|| server.fetches() >= 3).await;
    assert_eq!(elsewhere.fetches(), 0);
    assert!(!program.keys.is_available());
}

#[tokio::test]
async fn an_issuer_with_a_path_or_a_slash_is_found() {
    let (time, a) = (Time::stop(), key("a"));
    let server = KeyServer::of(&[&a]).await;
    for path in ["/", "/tenant", "/tenant/"] {
        let issuer = server.url(path);
        let document = json!({ "issuer": issuer, "jwks_uri": server.jwks() }).to_string();
        server.answer(&format!("{}{DOCUMENT}", path.trim_end_matches('/')), document);
        let keys = RemoteKeys::openid(issuer).clock(time.clock.clone()).build().unwrap();
        keys.ready().await;
        until(|| keys.keys().len() == 1).await;
    }
}
