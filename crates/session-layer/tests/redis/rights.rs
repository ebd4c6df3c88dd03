//! Logins and rights.

use session_layer::backend::{
    Backend, BackendError, BackendErrorKind, Created, Loaded, Missing, RedisBackend,
};
use test_servers::Redis;

use crate::fixture::{Fixture, draft, key, patient};

/// A Redis with a password, with a user who may do what a backend does, and one who may read.
async fn guarded() -> Redis {
    let app = "--user app on >s3cret/@ ~session:* +@read +@write +@scripting +ping +time +select";
    let app: Vec<_> = app.split(' ').collect();
    let reader = ["--user", "reader", "on", ">s3cret/@", "~session:*", "+get", "+ping"];
    let password = ["--requirepass", "s3cret/@"];
    Redis::start_with(&[&app[..], &reader, &password].concat()).await.unwrap()
}

fn backend(server: &Redis, login: &str) -> RedisBackend {
    patient(&server.url_as(login))
}

fn is_refused(error: &BackendError) {
    assert_eq!(error.kind(), BackendErrorKind::Refused, "{error:?}");
    assert!(!format!("{error:?}{error}").contains("s3cret"), "{error:?}");
}

#[tokio::test]
async fn a_password_alone_logs_in() {
    let server = guarded().await;
    let backend = backend(&server, ":s3cret%2F%40@");
    backend.connect().await.unwrap();
    assert!(matches!(backend.create(&key("a"), &draft("in")).await, Ok(Created::Done { .. })));
}

#[tokio::test]
async fn a_user_with_the_rights_to_our_keys_logs_in() {
    let server = guarded().await;
    let backend = backend(&server, "app:s3cret%2F%40@");
    assert!(matches!(backend.create(&key("a"), &draft("in")).await, Ok(Created::Done { .. })));
    assert!(matches!(backend.load(&key("a")).await, Ok(Loaded::Found(_))));
}

#[tokio::test]
async fn without_the_right_password_everything_is_refused() {
    let server = guarded().await;
    for login in ["", ":other@", "app:other@", "nobody:s3cret%2F%40@"] {
        let backend = backend(&server, login);
        is_refused(&backend.connect().await.unwrap_err());
        is_refused(&backend.load(&key("a")).await.unwrap_err());
    }
}

#[tokio::test]
async fn a_user_who_may_only_read_changes_nothing() {
    let server = guarded().await;
    let (app, reader) =
        (backend(&server, "app:s3cret%2F%40@"), backend(&server, "reader:s3cret%2F%40@"));
    app.create(&key("a"), &draft("in")).await.unwrap();
    let before = app.load(&key("a")).await.unwrap();
    assert_eq!(reader.load(&key("a")).await.unwrap(), before);
    is_refused(&reader.touch(&key("a")).await.unwrap_err());
    is_refused(&reader.delete(&key("a")).await.unwrap_err());
    is_refused(&reader.create(&key("b"), &draft("in")).await.unwrap_err());
    is_refused(&reader.stats().await.unwrap_err());
    assert_eq!(app.load(&key("a")).await.unwrap(), before);
    assert_eq!(app.load(&key("b")).await.unwrap(), Loaded::Missing(Missing::Absent));
}

#[tokio::test]
async fn another_prefix_is_beyond_a_users_rights() {
    let server = guarded().await;
    let builder = RedisBackend::builder(server.url_as("app:s3cret%2F%40@"));
    let other = builder.prefix("other:").build().unwrap();
    is_refused(&other.create(&key("a"), &draft("in")).await.unwrap_err());
}

#[tokio::test]
async fn a_database_that_is_not_there_is_refused() {
    let redis = Fixture::start().await;
    let backend = patient(&format!("{}/16", redis.server.url()));
    is_refused(&backend.connect().await.unwrap_err());
}

#[tokio::test]
async fn no_text_has_the_password() {
    let builder = RedisBackend::builder("redis://app:s3cret@localhost");
    let texts = format!("{builder:?} {:?}", builder.clone().build().unwrap());
    assert!(!texts.contains("s3cret"), "{texts}");
}
