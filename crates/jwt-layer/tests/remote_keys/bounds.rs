use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};

use axum::body::Body;
use axum::response::{IntoResponse, Redirect, Response};
use bytes::Bytes;
use http::StatusCode;
use http_body::Frame;
use jwt_layer::{RemoteKeys, SigningKey};
use serde_json::Value;
use tokio::time::{Interval, interval};

use crate::key_server::{KeyServer, jwk, set};
use crate::program::{Program, key};
use crate::time::{Time, seconds, until};

/// A body without an end and without a length: blanks, which JSON may begin with.
struct Endless {
    piece: Bytes,
    pace: Option<Interval>,
    fate: Arc<Fate>,
}

#[derive(Default)]
struct Fate {
    sent: AtomicUsize,
    dropped: AtomicBool,
}

impl http_body::Body for Endless {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Some(pace) = &mut self.pace {
            ready!(pace.poll_tick(cx));
        }
        self.fate.sent.fetch_add(self.piece.len(), Ordering::SeqCst);
        Poll::Ready(Some(Ok(Frame::data(self.piece.clone()))))
    }
}

impl Drop for Endless {
    fn drop(&mut self) {
        self.fate.dropped.store(true, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn reading_stops_at_the_longest_answer() {
    let time = Time::stop();
    let server = KeyServer::start().await;
    let fate = Arc::new(Fate::default());
    let shared = Arc::clone(&fate);
    server.answer_with("/jwks", move || {
        let piece = Bytes::from_static(&[b' '; 4096]);
        Response::new(Body::new(Endless { piece, pace: None, fate: Arc::clone(&shared) }))
    });
    let program = Program::of(&server, &time);
    until(|| fate.dropped.load(Ordering::SeqCst)).await;
    // What is above the limit lies in the buffers of the connection.
    assert!(fate.sent.load(Ordering::SeqCst) < 256 * 1024 + 16 * 1024 * 1024);
    assert!(!program.keys.is_available());
}

#[tokio::test]
async fn a_server_that_drips_is_cut_off() {
    let (time, a) = (Time::stop(), key("a"));
    let server = KeyServer::of(&[&a]).await;
    let program = Program::ready(&server, &time).await;
    let fate = Arc::new(Fate::default());
    let shared = Arc::clone(&fate);
    server.answer_with("/jwks", move || {
        let (piece, pace) = (Bytes::from_static(b" "), Some(interval(seconds(1))));
        Response::new(Body::new(Endless { piece, pace, fate: Arc::clone(&shared) }))
    });
    time.pass_until(|| server.fetches() == 2).await;
    for second in 1..5 {
        time.pass(seconds(1)).await;
        assert!(fate.sent.load(Ordering::SeqCst) >= second);
        assert!(!fate.dropped.load(Ordering::SeqCst));
    }
    time.pass(seconds(1)).await;
    until(|| fate.dropped.load(Ordering::SeqCst)).await;
    assert_eq!(program.status(&a).await, StatusCode::OK);
}

#[tokio::test]
async fn a_server_that_says_nothing_is_cut_off() {
    let (time, a) = (Time::stop(), key("a"));
    let server = KeyServer::of(&[&a]).await;
    server.close_gate();
    let program = Program::of(&server, &time);
    server.until_asked(1).await;
    time.pass(seconds(5)).await;
    server.open_gate();
    assert!(!program.keys.is_available());
    time.pass(seconds(1)).await;
    until(|| program.keys.is_available()).await;
    assert_eq!(server.fetches(), 2);
}

#[tokio::test]
async fn a_set_as_long_as_the_limit_is_taken_and_no_longer_one() {
    let (time, a) = (Time::stop(), key("a"));
    let server = KeyServer::of(&[&a]).await;
    let length = set(&[jwk(&a)]).len();
    let fits = Program::with(RemoteKeys::jwks(server.jwks()).max_body(length), &time);
    fits.keys.ready().await;
    let tight = Program::with(RemoteKeys::jwks(server.jwks()).max_body(length - 1), &time);
    time.pass_until(|| server.fetches() == 4).await;
    assert!(!tight.keys.is_available());
}

#[tokio::test]
async fn a_set_of_too_many_keys_changes_nothing() {
    let (time, a) = (Time::stop(), key("a"));
    let server = KeyServer::of(&[&a]).await;
    let program = Program::ready(&server, &time).await;
    let many = |count: usize| -> Vec<Value> {
        let member = jwk(&key("k"));
        let named = |index| {
            let mut member = member.clone();
            member["kid"] = format!("k{index}").into();
            member
        };
        (0..count).map(named).collect()
    };
    server.publish_members(many(101));
    time.pass_until(|| server.fetches() == 3).await;
    assert_eq!(program.ids(), ["a"]);
    server.publish_members(many(100));
    time.pass_until(|| program.ids().len() == 100).await;
}

#[track_caller]
fn publishes_elsewhere(server: &KeyServer, a: &SigningKey) {
    server.answer("/elsewhere", set(&[jwk(a)]));
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let (time, a) = (Time::stop(), key("a"));
    for redirect in [Redirect::to, Redirect::temporary, Redirect::permanent] {
        let server = KeyServer::start().await;
        publishes_elsewhere(&server, &a);
        let target = server.url("/elsewhere");
        server.answer_with("/jwks", move || redirect(&target).into_response());
        let program = Program::of(&server, &time);
        time.pass_until(|| server.fetches() >= 3).await;
        assert_eq!(server.fetches_of("/elsewhere"), 0);
        assert!(!program.keys.is_available());
    }
}
