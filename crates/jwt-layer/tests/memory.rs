//! What verifying costs in memory, counted at the allocator.

#![expect(clippy::unwrap_used, clippy::as_conversions, reason = "a test")]

use std::alloc::System;
use std::sync::{Mutex, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::Request;
use jwt_layer::{Algorithm, Claims, Grant, Issuer, JwtLayer, SigningKey, TrustedIssuer, Verifier};
use serde::Deserialize;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use tower::ServiceExt;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// The counters are those of the whole process: one test at a time.
static TURN: Mutex<()> = Mutex::new(());

#[derive(Clone, Deserialize)]
#[expect(dead_code, reason = "what matters is that they are there")]
struct User {
    sub: String,
    iss: String,
    aud: String,
    scope: String,
    jti: String,
    exp: u64,
    iat: u64,
}

fn issuer() -> Issuer {
    let key = SigningKey::hmac(Algorithm::HS256, [7; 32]).unwrap();
    Issuer::builder("https://login.example", key).audience("orders-api").build().unwrap()
}

fn verifier(issuer: &Issuer, cache_bytes: usize) -> Verifier {
    let trusted = TrustedIssuer::new("https://login.example", issuer.keys());
    let builder = Verifier::builder().trust(trusted.audience("orders-api"));
    builder.cache_bytes(cache_bytes).build().unwrap()
}

fn token(issuer: &Issuer, number: usize) -> String {
    let grant = Grant::to(format!("user-{number:06}")).scope("orders:read orders:write profile");
    issuer.issue(&grant).unwrap().into_string()
}

/// How many allocations a request makes, once everything is warm. Other threads of the test
/// program may make some meanwhile; of several counts the lowest has none of theirs.
fn allocations(app: Router, token: &str) -> usize {
    const REQUESTS: usize = 100;
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let call = || {
        let request = Request::get("/").header("authorization", format!("Bearer {token}"));
        let response = app.clone().oneshot(request.body(Body::empty()).unwrap());
        assert_eq!(runtime.block_on(response).unwrap().status(), 200);
    };
    (0..10).for_each(|_| call());
    let count = || {
        let region = Region::new(ALLOCATOR);
        (0..REQUESTS).for_each(|_| call());
        region.change().allocations / REQUESTS
    };
    (0..5).map(|_| count()).min().unwrap_or_default()
}

/// A layer that does nothing, to tell what axum does for any layer from what ours does.
fn idle_app() -> Router {
    Router::new().route("/", get(async || "ok")).layer(tower::layer::layer_fn(|inner| {
        tower::util::MapRequest::new(inner, |request: Request<Body>| request)
    }))
}

/// Three, and one more where what axum puts into the request's extensions leaves no room for ours.
#[test]
fn a_cached_request_allocates_at_most_four_times_for_verifying() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let issuer = issuer();
    let layer = JwtLayer::new(verifier(&issuer, 1 << 20));
    let handler = async |user: Claims<User>| if user.sub.is_empty() { "" } else { "ok" };
    let app = Router::new().route("/", get(handler)).layer(layer);
    let token = token(&issuer, 1);

    let (ours, idle) = (allocations(app, &token), allocations(idle_app(), &token));
    assert!(ours <= idle + 4, "{ours} allocations, of which {idle} are axum's");
}

#[test]
fn a_hundred_thousand_tokens_stay_within_the_limit_of_the_cache() {
    const LIMIT: usize = 64 << 20;
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let issuer = issuer();
    let verifier = verifier(&issuer, LIMIT);
    let region = Region::new(ALLOCATOR);
    for number in 0..100_000 {
        let token = token(&issuer, number);
        // Twice, because a token of a shared secret is cached when it comes back.
        verifier.verify(&token).unwrap();
        let known = verifier.verify(&token).unwrap();
        // The largest form that claims usually take is kept beside the token.
        known.claims::<serde_json::Value>().unwrap();
    }
    let change = region.change();
    let held = change.bytes_allocated - change.bytes_deallocated;
    let (tokens, bytes) = verifier.cached();
    assert!(tokens > 10_000, "only {tokens} tokens are cached");
    assert!(bytes <= LIMIT as u64, "the cache counts {bytes} bytes");
    assert!(held <= LIMIT, "{tokens} tokens hold {held} bytes");
    println!("{tokens} tokens, {bytes} bytes counted, {held} bytes held");
}
