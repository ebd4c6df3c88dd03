//! What a read through a near cache costs beside one from Redis, and how soon an instance sees what
//! another one has changed.
//! `cargo bench -p session-layer --features redis --bench near_cache`
//!
//! The contenders take turns, round by round, so that a machine that is slow for a while is slow
//! for all of them; a figure is the median of the rounds.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a program")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{Request, StatusCode};
use axum::response::Response;
use axum::routing::get;
use session_layer::backend::{
    Backend, Change, Draft, Lifetime, Loaded, MemoryBackend, Payload, RedisBackend, SessionKey,
};
use session_layer::wrap::NearCache;
use session_layer::wrap::near_cache::Coherence;
use session_layer::{Session, SessionLayer};
use test_servers::{Redis, until};
use tower::ServiceExt;

const ROUNDS: usize = 41;
const CALLS: u32 = 500;
const CHANGES: u64 = 500;
const HOUR: Duration = Duration::from_secs(3600);

#[tokio::main]
async fn main() {
    let server = Redis::start().await.unwrap();
    let redis = RedisBackend::builder(server.url()).build().unwrap();
    let near = told(&redis).await;
    loads(&redis, &near).await;
    requests(&redis, &near).await;
    changes(&near, &told(&redis).await).await;
}

/// A cache that Redis tells of changes.
async fn told(redis: &RedisBackend) -> NearCache<RedisBackend> {
    let near = NearCache::redis(redis.clone()).build().unwrap();
    near.load(&key()).await.unwrap();
    let ask = async || (near.coherence() == Coherence::Told).then_some(());
    until("Redis told of changes", ask).await.unwrap();
    near
}

fn key() -> SessionKey {
    SessionKey::of_id("a")
}

fn payload() -> Payload {
    Payload::from_bytes(vec![b'x'; 1_000])
}

async fn loads(redis: &RedisBackend, near: &NearCache<RedisBackend>) {
    let lifetime = Lifetime { idle: HOUR, absolute: HOUR };
    let draft = Draft { payload: payload(), user: None, lifetime, cap: None };
    redis.create(&key(), &draft).await.unwrap();
    let backends: [&dyn Backend; 2] = [redis, near];
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        for (backend, times) in backends.iter().zip(&mut times) {
            let began = Instant::now();
            for _ in 0..CALLS {
                assert!(matches!(black_box(backend.load(&key()).await), Ok(Loaded::Found(_))));
            }
            times.push(began.elapsed() / CALLS);
        }
    }
    let [plain, near] = times.map(median);
    println!("| µs | Redis | near cache | of Redis |\n|---|---|---|---|");
    println!("| a load, 1,000 bytes | {plain:.2} | {near:.2} | {:.3} |", near / plain);
}

async fn requests(redis: &RedisBackend, near: &NearCache<RedisBackend>) {
    let apps = [bare(), app(MemoryBackend::new()), app(redis.clone()), app(near.clone())];
    let mut cookies = Vec::new();
    for app in &apps {
        cookies.push(cookie(app).await);
    }
    let mut times = [(); 4].map(|()| Vec::new());
    for _ in 0..ROUNDS {
        for (place, app) in apps.iter().enumerate() {
            let began = Instant::now();
            for _ in 0..CALLS {
                let response = ask(app, "/read", &cookies[place]).await;
                assert_eq!(black_box(response).status(), StatusCode::OK);
            }
            times[place].push(began.elapsed() / CALLS);
        }
    }
    let [bare, memory, redis, near] = times.map(median);
    println!("\n| µs over the bare route ({bare:.2}) | memory | Redis | near cache |");
    println!("|---|---|---|---|");
    let over = [memory, redis, near].map(|time| format!("{:.2}", time - bare)).join(" | ");
    println!("| a request that reads one of ten fields | {over} |");
}

fn bare() -> Router {
    Router::new().route("/read", get(|| async {})).route("/fill", get(|| async {}))
}

fn app(backend: impl Backend) -> Router {
    let read = async |session: Session| {
        black_box(session.get::<u64>("field 7").await.unwrap().unwrap());
    };
    let fill = async |session: Session| {
        for n in 0..10 {
            session.insert(&format!("field {n}"), n).await.unwrap();
        }
    };
    Router::new()
        .route("/read", get(read))
        .route("/fill", get(fill))
        .layer(SessionLayer::builder(backend).build().unwrap())
}

async fn ask(app: &Router, path: &str, cookie: &str) -> Response {
    let request = Request::get(path).header(COOKIE, cookie).body(Body::empty()).unwrap();
    app.clone().oneshot(request).await.unwrap()
}

/// That of a session with ten fields.
async fn cookie(app: &Router) -> String {
    let response = ask(app, "/fill", "none=1").await;
    let cookie = response.headers().get(SET_COOKIE).map(|cookie| cookie.to_str().unwrap());
    cookie.unwrap_or_default().split(';').next().unwrap().to_owned()
}

/// How long it takes from the beginning of a change by one instance, and from its acknowledgement,
/// until another one reads it.
async fn changes(one: &NearCache<RedisBackend>, other: &NearCache<RedisBackend>) {
    let (mut of_change, mut of_answer) = (Vec::new(), Vec::new());
    for version in 1..=CHANGES {
        reads(other, version).await;
        let watched = other.clone();
        let seen = tokio::spawn(async move {
            reads(&watched, version + 1).await;
            Instant::now()
        });
        let change = Change { version, payload: payload(), lifetime: None };
        let began = Instant::now();
        one.update(&key(), &change).await.unwrap();
        let answered = Instant::now();
        let seen = seen.await.unwrap();
        of_change.push(seen - began);
        of_answer.push(seen.saturating_duration_since(answered));
    }
    let [change, answer] = [of_change, of_answer].map(median);
    println!("\na change is read by another instance {change:.0} µs after it was begun and");
    println!("{answer:.0} µs after it was acknowledged, at the median of {CHANGES}");
}

async fn reads(near: &NearCache<RedisBackend>, version: u64) {
    loop {
        match near.load(&key()).await.unwrap() {
            Loaded::Found(found) if found.record.version == version => return,
            _ => tokio::task::yield_now().await,
        }
    }
}

/// In microseconds.
fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1e6
}
