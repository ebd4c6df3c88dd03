//! Our backends as a tower-sessions store.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use auth_core::ManualClock;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::routing::get;
use http_body_util::BodyExt;
use session_layer::backend::{
    AsSessionStore, Backend, MemoryBackend, RedisBackend, SessionKey, SqliteBackend,
};
use session_layer::{Session, SessionLayer};
use tempfile::TempDir;
use test_servers::{PATIENCE, Redis};
use time::OffsetDateTime;
use tower::ServiceExt;
use tower_sessions_core::SessionStore;
use tower_sessions_core::session::{Id, Record};

const HOUR: Duration = Duration::from_secs(3600);

fn record(value: &str) -> Record {
    let data = HashMap::from([("field".to_owned(), value.into())]);
    let expiry_date = OffsetDateTime::from(SystemTime::now() + HOUR);
    Record { id: Id::default(), data, expiry_date }
}

/// Runs a test on each, for they are told apart by nothing.
async fn on_each(test: impl AsyncFn(AsSessionStore)) {
    test(AsSessionStore::new(MemoryBackend::new())).await;
    let folder = TempDir::new().unwrap();
    let file = SqliteBackend::open(folder.path().join("sessions.db")).await.unwrap();
    test(AsSessionStore::new(file)).await;
    let server = Redis::start().await.unwrap();
    let redis = RedisBackend::builder(server.url()).timeout(PATIENCE).connect_timeout(PATIENCE);
    test(AsSessionStore::new(redis.build().unwrap())).await;
}

async fn value(store: &AsSessionStore, id: Id) -> Option<String> {
    let record = store.load(&id).await.unwrap()?;
    Some(record.data.get("field").unwrap().as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_session_is_loaded_as_it_was_created() {
    on_each(async |store| {
        let mut created = record("first");
        store.create(&mut created).await.unwrap();
        let loaded = store.load(&created.id).await.unwrap().unwrap();
        assert_eq!((loaded.id, loaded.data), (created.id, created.data));
        let apart = (loaded.expiry_date - created.expiry_date).abs();
        assert!(apart < time::Duration::seconds(30), "{apart}");
    })
    .await;
}

#[tokio::test]
async fn a_new_session_never_gets_an_id_in_use() {
    on_each(async |store| {
        let mut first = record("first");
        store.create(&mut first).await.unwrap();
        let mut second = Record { id: first.id, ..record("second") };
        store.create(&mut second).await.unwrap();
        assert_ne!(first.id, second.id);
        assert_eq!(value(&store, first.id).await.unwrap(), "first");
        assert_eq!(value(&store, second.id).await.unwrap(), "second");
    })
    .await;
}

#[tokio::test]
async fn a_save_changes_a_session_as_often_as_it_comes() {
    on_each(async |store| {
        let mut created = record("first");
        store.create(&mut created).await.unwrap();
        for text in ["second", "third"] {
            store.save(&Record { id: created.id, ..record(text) }).await.unwrap();
            assert_eq!(value(&store, created.id).await.unwrap(), text);
        }
    })
    .await;
}

#[tokio::test]
async fn an_ended_session_stays_ended() {
    on_each(async |store| {
        let mut created = record("first");
        store.create(&mut created).await.unwrap();
        store.delete(&created.id).await.unwrap();
        store.delete(&created.id).await.unwrap();
        store.save(&created).await.unwrap();
        assert_eq!(value(&store, created.id).await, None);
        let mut again = created.clone();
        store.create(&mut again).await.unwrap();
        assert_ne!(again.id, created.id);
    })
    .await;
}

#[tokio::test]
async fn of_saves_at_once_all_are_answered_and_one_is_kept() {
    on_each(async |store| {
        let mut created = record("first");
        store.create(&mut created).await.unwrap();
        let saves: Vec<_> = (0..50).map(|n| (store.clone(), n, created.id)).collect();
        let saves = saves.into_iter().map(|(store, n, id)| {
            tokio::spawn(async move { store.save(&Record { id, ..record(&n.to_string()) }).await })
        });
        for save in saves.collect::<Vec<_>>() {
            save.await.unwrap().unwrap();
        }
        assert!(value(&store, created.id).await.unwrap().parse::<u32>().unwrap() < 50);
    })
    .await;
}

#[tokio::test]
async fn an_expired_session_is_not_found() {
    let clock = ManualClock::new(SystemTime::now());
    let backend = MemoryBackend::builder().clock(clock.clone()).build().unwrap();
    let store = AsSessionStore::new(backend);
    let (mut an_hour, mut over) = (record("first"), record("second"));
    store.create(&mut an_hour).await.unwrap();
    store.create(&mut over).await.unwrap();
    let expiry_date = OffsetDateTime::UNIX_EPOCH;
    store.save(&Record { expiry_date, ..over.clone() }).await.unwrap();
    clock.advance(Duration::from_millis(1));
    assert_eq!(value(&store, over.id).await, None);
    assert!(value(&store, an_hour.id).await.is_some());
    clock.advance(HOUR);
    assert_eq!(value(&store, an_hour.id).await, None);
    store.save(&an_hour).await.unwrap();
    assert_eq!(value(&store, an_hour.id).await, None, "a save brings nothing back");
}

#[tokio::test]
async fn a_backend_that_fails_is_an_error_without_a_password() {
    let mut server = Redis::start().await.unwrap();
    let backend = RedisBackend::builder(server.url_as(":hunter2@")).build().unwrap();
    server.kill().await.unwrap();
    let store = AsSessionStore::new(backend);
    let mut record = record("first");
    let errors = [
        store.create(&mut record).await.unwrap_err(),
        store.save(&record).await.unwrap_err(),
        store.load(&record.id).await.unwrap_err(),
        store.delete(&record.id).await.unwrap_err(),
    ];
    for error in errors {
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
    assert!(!format!("{store:?}").contains("hunter2"));
}

#[tokio::test]
async fn what_the_backend_holds_has_no_id_that_opens_a_session() {
    let backend: Arc<dyn Backend> = Arc::new(MemoryBackend::new());
    let store = AsSessionStore::shared(Arc::clone(&backend));
    let mut created = record("first");
    store.create(&mut created).await.unwrap();
    let key = SessionKey::of_id(&created.id.to_string());
    assert!(backend.delete(&key).await.unwrap().is_none(), "that key is for a SessionLayer");
    assert_eq!(value(&store, created.id).await.unwrap(), "first");
}

/// An application that goes on with a `SessionLayer`, on the same backend.
#[tokio::test]
async fn a_layer_on_the_same_backend_takes_its_sessions_over() {
    let backend: Arc<dyn Backend> = Arc::new(MemoryBackend::new());
    let store = AsSessionStore::shared(Arc::clone(&backend));
    let mut created = record("first");
    store.create(&mut created).await.unwrap();
    let layer = SessionLayer::builder_shared(backend).take_over(store.clone(), "id");
    let app = Router::new().route("/", get(field)).layer(layer.build().unwrap());
    let request = Request::get("/").header(COOKIE, format!("id={}", created.id));
    let response = app.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.headers().get_all(SET_COOKIE).iter().count(), 2, "a new one for the old");
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(body, "first");
    assert_eq!(value(&store, created.id).await, None);
}

async fn field(session: Session) -> String {
    session.get("field").await.unwrap().unwrap_or_default()
}
