//! `--bind-tokens`: a stolen token alone is of no use.

use axum::body::Body;
use example_service::test_util::{Answer, Files, PASSWORD};
use http::header::{AUTHORIZATION, COOKIE, SET_COOKIE, USER_AGENT, WWW_AUTHENTICATE};
use http::{Request, StatusCode};
use jwt_layer::{Algorithm, Grant, Issuer, SigningKey};
use serde_json::json;
use tower::ServiceExt;

use crate::pem_key;
use crate::service::{Service, json_post};

const WRONG_BINDING: &str = r#"{"type":"about:blank","title":"Unauthorized","status":401,"detail":"the token is bound to another client","code":"wrong_binding"}"#;
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// What a client has after its login.
struct Login {
    token: String,
    cookie: String,
    set_cookie: String,
}

async fn login(service: &Service) -> Login {
    let body = json!({ "username": "alice", "password": PASSWORD }).to_string();
    let request = json_post("/login").header(USER_AGENT, FIREFOX).body(body.into()).unwrap();
    let answer = service.send(request).await;
    let set_cookie = answer.headers[SET_COOKIE].to_str().unwrap().to_owned();
    let token = answer.json()["access_token"].as_str().unwrap().to_owned();
    Login { token, cookie: set_cookie.split(';').next().unwrap().to_owned(), set_cookie }
}

async fn ask(service: &Service, token: &str, cookie: &str, agent: &str) -> Answer {
    let request = Request::get("/me").header(AUTHORIZATION, format!("Bearer {token}"));
    let request = request.header(COOKIE, cookie).header(USER_AGENT, agent);
    service.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_token_is_good_with_the_cookie_that_came_with_it() {
    let service = Service::with(&["--bind-tokens"]);
    let Login { token, cookie, .. } = login(&service).await;
    let answer = ask(&service, &token, &cookie, FIREFOX).await;
    assert_eq!((answer.status, &answer.json()["sub"]), (StatusCode::OK, &json!("alice")));
}

#[tokio::test]
async fn a_token_without_its_cookie_is_refused_also_when_it_is_cached() {
    // Those of a secret are cached when they come for the second time, others at once.
    for key in [None, Some(pem_key::ed25519())] {
        let files = Files::new();
        let key = key.map(|pem: String| files.write("pem", &pem));
        let mut options = vec!["--bind-tokens"];
        options.extend(key.iter().flat_map(|key| ["--key", key]));
        let service = Service::with(&options);
        let Login { token, cookie, .. } = login(&service).await;
        for _ in 0..3 {
            assert_eq!(ask(&service, &token, &cookie, FIREFOX).await.status, StatusCode::OK);
            let answer = ask(&service, &token, "a=b", FIREFOX).await;
            answer.is_problem(WRONG_BINDING);
            let challenge = r#"Bearer error="invalid_token", error_description="the token is bound to another client""#;
            assert_eq!(answer.headers[WWW_AUTHENTICATE], challenge);
        }
    }
}

#[tokio::test]
async fn another_browser_has_to_log_in_again() {
    let service = Service::with(&["--bind-tokens"]);
    let Login { token, cookie, .. } = login(&service).await;
    let answer = ask(&service, &token, &cookie, "curl/8.5.0").await;
    assert_eq!(
        (answer.status, &answer.json()["code"]),
        (StatusCode::UNAUTHORIZED, &json!("step_up_required"))
    );
    assert_eq!(ask(&service, &token, &cookie, FIREFOX).await.status, StatusCode::OK);
}

#[tokio::test]
async fn every_route_that_needs_a_token_asks_for_the_cookie() {
    let service = Service::with(&["--bind-tokens"]);
    let Login { token, .. } = login(&service).await;
    for path in ["/me", "/admin"] {
        service.get_with(path, &token).await.is_problem(WRONG_BINDING);
    }
    service.post_with("/orders", &token, &json!({})).await.is_problem(WRONG_BINDING);
}

#[tokio::test]
async fn the_cookie_lives_as_long_as_the_token() {
    let service = Service::with(&["--bind-tokens", "--token-lifetime", "2m"]);
    let Login { set_cookie, .. } = login(&service).await;
    let attributes = "; Max-Age=120; Path=/; Secure; HttpOnly; SameSite=Strict";
    assert!(set_cookie.starts_with("__Secure-Fgp=") && set_cookie.ends_with(attributes));
}

#[tokio::test]
async fn instances_with_the_same_key_accept_each_others_tokens() {
    let files = Files::new();
    let key = files.write("bind", &"another secret of all instances ".repeat(2));
    let options = ["--bind-tokens", "--bind-key", &key];
    let Login { token, cookie, .. } = login(&Service::with(&options)).await;
    let same = ask(&Service::with(&options), &token, &cookie, FIREFOX).await;
    assert_eq!(same.status, StatusCode::OK);
    let other = ask(&Service::with(&["--bind-tokens"]), &token, &cookie, FIREFOX).await;
    other.is_problem(WRONG_BINDING);
}

#[tokio::test]
async fn a_token_that_was_issued_unbound_is_refused() {
    let service = Service::with(&["--bind-tokens"]);
    let token = Service::new().token("alice").await;
    service.get_with("/me", &token).await.is_problem(WRONG_BINDING);
}

#[tokio::test]
async fn tokens_of_another_issuer_need_not_be_bound() {
    let key = SigningKey::generate(Algorithm::ES256).unwrap();
    let other = Issuer::builder("https://other.example", key).audience("stateless-api");
    let other = other.build().unwrap();
    let files = Files::new();
    let keys = files.write("jwks.json", &jwks(&other).await);
    let trusted = format!("https://other.example={keys}");
    let service = Service::with(&["--bind-tokens", "--trust-issuer", &trusted]);
    let token = other.issue(&Grant::to("carol").scope("orders:write")).unwrap();
    assert_eq!(service.get_with("/me", token.as_str()).await.status, StatusCode::OK);
}

async fn jwks(issuer: &Issuer) -> String {
    let request = Request::get("/.well-known/jwks.json").body(Body::empty()).unwrap();
    let router: axum::Router = issuer.jwks_router();
    Answer::of(router.oneshot(request).await.unwrap()).await.text
}

#[tokio::test]
async fn a_bound_token_is_at_most_400_bytes_longer() {
    let bound = login(&Service::with(&["--bind-tokens"])).await.token;
    let unbound = Service::new().token("alice").await;
    assert!(bound.len() - unbound.len() < 400, "{}", bound.len() - unbound.len());
}

#[tokio::test]
async fn without_the_option_no_cookie_is_set() {
    let answer = Service::new().login("alice", PASSWORD).await;
    assert!(!answer.headers.contains_key(SET_COOKIE));
}
