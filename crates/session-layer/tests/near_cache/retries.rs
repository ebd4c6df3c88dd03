//! Through a `SessionLayer`: an old session costs a second attempt, and never a change.

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{Request, StatusCode};
use axum::response::Response;
use axum::routing::get;
use http_body_util::BodyExt;
use session_layer::backend::Backend;
use session_layer::wrap::NearCache;
use session_layer::{Session, SessionError, SessionExt, SessionLayer};
use tower::ServiceExt;

use crate::redis_fixture::Two;
use crate::{Fixture, MAX_AGE};

/// An instance of the application.
fn app(backend: impl Backend) -> Router {
    Router::new()
        .route("/set/{name}", get(set))
        .route("/add/{name}", get(add))
        .route("/get/{name}", get(read))
        .layer(SessionLayer::builder(backend).build().unwrap())
}

async fn set(session: Session, Path(name): Path<String>) -> Result<(), SessionError> {
    Ok(session.insert(&name, 1).await?)
}

async fn add(session: Session, Path(name): Path<String>) -> Result<(), SessionError> {
    session.update(&name, |sum: Option<u32>| sum.unwrap_or_default() + 1).await?;
    Ok(())
}

async fn read(session: Session, Path(name): Path<String>) -> Result<String, SessionError> {
    Ok(session.get::<u32>(&name).await?.unwrap_or_default().to_string())
}

async fn ask(app: &Router, path: &str, cookie: &str) -> Response {
    let request = Request::get(path).header(COOKIE, cookie).body(Body::empty()).unwrap();
    let response = app.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    response
}

async fn text(app: &Router, path: &str, cookie: &str) -> String {
    let body = ask(app, path, cookie).await.into_body().collect().await.unwrap();
    String::from_utf8(body.to_bytes().to_vec()).unwrap()
}

/// The cookie of a new session.
async fn cookie(app: &Router) -> String {
    let response = ask(app, "/set/first", "none=1").await;
    let set_cookie = response.headers()[SET_COOKIE].to_str().unwrap();
    set_cookie.split(';').next().unwrap().to_owned()
}

/// Fifty fields by two instances at the same time, and as many additions to one.
async fn keep_all(one: Router, other: Router) -> String {
    let cookie = cookie(&one).await;
    let changes: Vec<_> = (0..50)
        .map(|n| {
            let app = if n % 2 == 0 { one.clone() } else { other.clone() };
            let cookie = cookie.clone();
            tokio::spawn(async move {
                ask(&app, &format!("/set/field{n}"), &cookie).await;
                ask(&app, "/add/sum", &cookie).await;
            })
        })
        .collect();
    for change in changes {
        change.await.unwrap();
    }
    cookie
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_50_fields_set_by_2_instances_at_once_all_are_kept() {
    let Two { server: _server, one, other } = Two::start().await;
    let (plain, one, other) = (app(one.store().clone()), app(one), app(other));
    let cookie = keep_all(one, other).await;
    for n in 0..50 {
        assert_eq!(text(&plain, &format!("/get/field{n}"), &cookie).await, "1", "field {n}");
    }
    assert_eq!(text(&plain, "/get/sum", &cookie).await, "50");
}

#[tokio::test]
async fn a_change_to_an_old_session_is_made_to_the_present_one() {
    let Fixture { cache, spy, clock } = Fixture::new();
    let builder = NearCache::builder(spy.clone()).max_age(MAX_AGE).clock(clock);
    let (one, other) = (app(cache), app(builder.build().unwrap()));
    let cookie = cookie(&one).await;
    assert_eq!(text(&other, "/get/sum", &cookie).await, "0");
    ask(&one, "/add/sum", &cookie).await;
    assert_eq!(text(&other, "/get/sum", &cookie).await, "0", "nobody tells it");
    ask(&other, "/add/sum", &cookie).await;
    assert_eq!(text(&other, "/get/sum", &cookie).await, "2");
}

#[tokio::test]
async fn a_change_to_a_session_that_was_ended_elsewhere_brings_nothing_back() {
    let Fixture { cache, spy, .. } = Fixture::new();
    let one = app(cache.clone());
    let cookie = cookie(&one).await;
    assert_eq!(text(&one, "/get/first", &cookie).await, "1");
    let key = session_layer::backend::SessionKey::of_id(cookie.split_once('=').unwrap().1);
    assert!(spy.delete(&key).await.unwrap().is_some());
    assert_eq!(text(&one, "/get/first", &cookie).await, "1", "nobody tells it");
    ask(&one, "/add/sum", &cookie).await;
    assert_eq!(text(&one, "/get/first", &cookie).await, "0");
    assert_eq!(spy.stats().await.unwrap().live, 0);
}
