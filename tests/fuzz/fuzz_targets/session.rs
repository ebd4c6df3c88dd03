//! Arbitrary cookies, and arbitrary contents of stored sessions, through a session layer.

#![no_main]

use std::convert::Infallible;
use std::sync::LazyLock;
use std::time::Duration;

use axum::body::Body;
use futures_util::FutureExt;
use http::header::COOKIE;
use http::{HeaderValue, Request, Response, StatusCode};
use libfuzzer_sys::fuzz_target;
use session_layer::backend::{Backend, Draft, Lifetime, MemoryBackend, Payload, SessionKey};
use session_layer::{Session, SessionLayer};
use tower::{Layer, ServiceExt, service_fn};

const ID: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

static PLAIN: LazyLock<SessionLayer> = LazyLock::new(|| layer(MemoryBackend::new(), false));
static SIGNED: LazyLock<SessionLayer> = LazyLock::new(|| layer(MemoryBackend::new(), true));

fn layer(backend: MemoryBackend, signed: bool) -> SessionLayer {
    let builder = SessionLayer::builder(backend);
    let builder = if signed { builder.signed([7; 32]) } else { builder };
    builder.build().unwrap()
}

/// What becomes of a request that reads a field.
fn answer(layer: &SessionLayer, cookie: HeaderValue) -> Response<Body> {
    let handler = service_fn(async |request: Request<Body>| {
        let session = request.extensions().get::<Session>().unwrap().clone();
        let mut response = Response::new(Body::empty());
        if session.get_value("field").await.is_err() {
            *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
        }
        Ok::<_, Infallible>(response)
    });
    let request = Request::get("/").header(COOKIE, cookie).body(Body::empty()).unwrap();
    layer.layer(handler).oneshot(request).now_or_never().unwrap().unwrap()
}

/// Nobody has a session here, so that whatever is sent is a guest, who only reads.
fn check_cookie(bytes: &[u8]) {
    let Ok(cookie) = HeaderValue::from_bytes(bytes) else { return };
    for layer in [&*PLAIN, &*SIGNED] {
        let response = answer(layer, cookie.clone());
        assert_eq!(response.status(), StatusCode::OK);
        assert!(response.headers().is_empty(), "{:?}", response.headers());
    }
}

/// A session whose content is the input's is read or is a fault; its client keeps the cookie.
fn check_content(bytes: &[u8]) {
    let hour = Duration::from_secs(60 * 60);
    let lifetime = Lifetime { idle: hour, absolute: hour };
    let payload = Payload::from_bytes(bytes.to_vec());
    let draft = Draft { payload, user: None, lifetime, cap: None };
    let backend = MemoryBackend::builder().capacity(16).build().unwrap();
    backend.create(&SessionKey::of_id(ID), &draft).now_or_never().unwrap().unwrap();
    let cookie = HeaderValue::try_from(format!("__Host-Http-sid={ID}")).unwrap();
    let response = answer(&layer(backend, false), cookie);
    assert!(response.headers().is_empty(), "{:?}", response.headers());
}

fuzz_target!(|input: &[u8]| {
    match input.split_first() {
        Some((0, content)) => check_content(content),
        Some((_, cookie)) => check_cookie(cookie),
        None => {}
    }
});
