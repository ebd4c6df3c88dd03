//! The `RedisStore` from a URL.

use std::error::Error;
use std::time::Duration;

use session_layer::backend::tower_store::TowerRedisBuilder;
use session_layer::backend::{
    Backend, BackendErrorKind, Change, Lifetime, TowerBackend, TowerRedis, Updated,
};
use session_layer::{ConfigErrorKind, SessionLayer};
use test_servers::{PATIENCE, Port, Redis, until};
use tower_sessions_redis_store::fred::prelude::{ClientLike, KeysInterface};
use tower_sessions_redis_store::fred::types::CustomCommand;

use crate::fixture::{OnRedis, created, draft, found, key, login, patient, payload, user};

async fn connected(builder: TowerRedisBuilder) -> TowerBackend {
    builder.build().unwrap().connect().await.unwrap()
}

#[track_caller]
fn wrong(builder: TowerRedisBuilder, kind: ConfigErrorKind) {
    let error = builder.build().unwrap_err();
    assert_eq!(error.kind(), kind);
    assert!(!error.to_string().contains("hunter2"), "{error}");
}

#[test]
fn what_is_no_url_of_a_redis_is_refused_without_repeating_it() {
    for url in ["", "hunter2", "tower+redis://", "tower+http://:hunter2@host", "tower+redis:"] {
        wrong(TowerRedis::builder(url), ConfigErrorKind::InvalidUrl);
    }
    for url in ["tower+redis://:hunter2@host/first", "tower+redis://:hunter2@host:99999"] {
        wrong(TowerRedis::builder(url), ConfigErrorKind::InvalidUrl);
    }
}

#[test]
fn settings_that_can_not_be_are_refused() {
    let builder = || TowerRedis::builder("tower+redis://:hunter2@host");
    wrong(builder().timeout(Duration::ZERO), ConfigErrorKind::InvalidBound);
    wrong(builder().connect_timeout(Duration::from_secs(61)), ConfigErrorKind::InvalidBound);
    wrong(builder().root_certificate("PEM"), ConfigErrorKind::UselessSetting);
    let tls = TowerRedis::builder("tower+rediss://:hunter2@host");
    wrong(tls.root_certificate("no PEM"), ConfigErrorKind::InvalidCertificate);
}

#[test]
fn no_debug_text_has_the_password() {
    let builder = TowerRedis::builder("tower+redis://app:hunter2@host");
    assert!(!format!("{builder:?}").contains("hunter2"));
    assert!(!format!("{:?}", builder.build().unwrap()).contains("hunter2"));
}

#[tokio::test]
async fn a_redis_that_is_not_there_is_unavailable() {
    let nobody = Port::draw().unwrap();
    let builder = patient(&format!("redis://:hunter2@{}", nobody.address()));
    let error = builder.build().unwrap().connect().await.unwrap_err();
    assert_eq!(error.kind(), BackendErrorKind::Unavailable, "{error:?}");
    assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
}

#[tokio::test]
async fn a_redis_that_does_not_answer_is_given_up() {
    let server = Redis::start().await.unwrap();
    server.freeze().await.unwrap();
    let builder = TowerRedis::builder(format!("tower+{}", server.url()));
    let error = builder.build().unwrap().connect().await.unwrap_err();
    assert_eq!(error.kind(), BackendErrorKind::Timeout, "{error:?}");
}

#[tokio::test]
async fn a_wrong_password_is_refused_and_a_right_one_is_used() {
    let server = Redis::start_with(&["--requirepass", "p@ss"]).await.unwrap();
    let wrong = patient(&server.url_as(":hunter2@")).build().unwrap().connect().await;
    let error = wrong.unwrap_err();
    assert_eq!(error.kind(), BackendErrorKind::Refused, "{error:?}");
    assert!(!format!("{:?}", error.source()).contains("hunter2"));
    let backend = connected(patient(&server.url_as(":p%40ss@"))).await;
    created(&backend, key("a"), &draft("in")).await;
}

#[tokio::test]
async fn after_an_outage_it_goes_on_by_itself() {
    let mut server = Redis::start().await.unwrap();
    let url = format!("tower+{}", server.url());
    let backend = connected(TowerRedis::builder(url).connect_timeout(PATIENCE)).await;
    created(&backend, key("a"), &draft("in")).await;
    server.kill().await.unwrap();
    let error = backend.load(&key("a")).await.unwrap_err();
    let kinds = [BackendErrorKind::Unavailable, BackendErrorKind::Timeout];
    assert!(kinds.contains(&error.kind()), "{error:?}");
    server.restart().await.unwrap();
    let answers = async || backend.load(&key("a")).await.ok();
    until("the backend has connected again", answers).await.unwrap();
}

/// The server goes on, and what it was sent is done: nothing that comes later is lost by it.
#[tokio::test]
async fn a_write_whose_time_is_over_comes_before_later_ones() {
    let server = Redis::start().await.unwrap();
    let url = format!("tower+{}", server.url());
    let backend = connected(TowerRedis::builder(url).connect_timeout(PATIENCE)).await;
    created(&backend, key("a"), &draft("first")).await;
    server.freeze().await.unwrap();
    let late = Change { version: 1, payload: payload("late"), lifetime: None };
    let error = backend.update(&key("a"), &late).await.unwrap_err();
    assert_eq!(error.kind(), BackendErrorKind::Timeout, "{error:?}");
    server.thaw().unwrap();
    let ended = async || backend.delete(&key("a")).await.ok().flatten();
    until("the session is ended", ended).await.unwrap();
    assert_eq!(found(&backend, key("a")).await, None);
}

#[tokio::test]
async fn a_full_redis_is_out_of_space_and_keeps_its_sessions() {
    let server = OnRedis::start().await;
    created(&server.backend, key("a"), &draft("in")).await;
    let set = CustomCommand::new_static("CONFIG", None, false);
    let () = server.client.custom(set, vec!["SET", "maxmemory", "1"]).await.unwrap();
    let error = server.backend.create(&key("b"), &draft("in")).await.unwrap_err();
    assert_eq!(error.kind(), BackendErrorKind::OutOfSpace, "{error:?}");
    let change = Change { version: 1, payload: payload("changed"), lifetime: None };
    assert!(server.backend.update(&key("a"), &change).await.is_err());
    let found = found(&server.backend, key("a")).await.unwrap();
    assert_eq!((found.record.version, found.record.payload), (1, payload("in")));
}

#[tokio::test]
async fn what_is_none_of_ours_is_corrupt_and_left_alone() {
    let server = OnRedis::start().await;
    created(&server.backend, key("a"), &draft("in")).await;
    let name = server.names().await.remove(0);
    for value in ["", "no record", "\u{93}\u{90}"] {
        let () = server.client.set(&name, value, None, None, false).await.unwrap();
        let error = server.backend.load(&key("a")).await.unwrap_err();
        assert_eq!(error.kind(), BackendErrorKind::Corrupt, "{value:?}: {error:?}");
        assert!(server.backend.create(&key("a"), &draft("in")).await.is_err());
        let change = Change { version: 1, payload: payload("changed"), lifetime: None };
        assert!(server.backend.update(&key("a"), &change).await.is_err());
        assert!(server.backend.delete(&key("a")).await.is_err());
        assert_eq!(server.client.get::<String, _>(&name).await.unwrap(), value);
    }
}

#[tokio::test]
async fn the_list_of_a_user_ends_no_earlier_than_the_sessions_on_it() {
    let server = OnRedis::start().await;
    created(&server.backend, key("a"), &login("alice")).await;
    let year = Duration::from_secs(365 * 24 * 3600);
    let lifetime = Some(Lifetime { idle: year, absolute: year });
    let change = Change { version: 1, payload: payload("remembered"), lifetime };
    assert_eq!(server.backend.update(&key("a"), &change).await.unwrap(), Updated::Done(2));
    let names = server.names().await;
    assert_eq!(names.len(), 2, "a session and a list");
    for name in names {
        let seconds: u64 = server.client.ttl(&name).await.unwrap();
        assert!(seconds > 364 * 24 * 3600, "{seconds}");
    }
}

#[tokio::test]
async fn what_is_over_leaves_nothing_behind() {
    let server = OnRedis::start().await;
    created(&server.backend, key("a"), &login("alice")).await;
    server.backend.delete(&key("a")).await.unwrap();
    assert_eq!(server.backend.of_user(&user("alice")).await.unwrap(), []);
    for name in server.names().await {
        assert!(server.client.ttl::<i64, _>(&name).await.unwrap() > 0, "{name} has no end");
    }
}

#[tokio::test]
async fn a_backend_that_is_dropped_leaves_no_connection() {
    let server = OnRedis::start().await;
    let backend = connected(patient(&server.server.url())).await;
    created(&backend, key("a"), &draft("in")).await;
    assert_eq!(server.connections().await, 2);
    drop(backend);
    let one = async || (server.connections().await == 1).then_some(());
    until("the connection is closed", one).await.unwrap();
}

#[tokio::test]
async fn a_layer_takes_it() {
    let server = Redis::start().await.unwrap();
    let backend = connected(patient(&server.url())).await;
    SessionLayer::builder(backend).build().unwrap();
}
