//! What tower-sessions-redis-store has left.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use session_layer::backend::{RedisBackend, RedisLegacy};
use test_servers::Redis;
use tower_sessions_core::SessionStore;
use tower_sessions_core::session::{Id, Record};
use tower_sessions_core::session_store::Error;
use tower_sessions_redis_store::RedisStore;
use tower_sessions_redis_store::fred::prelude::{ClientLike, Config, Pool};

use crate::fixture::Fixture;

struct Theirs {
    redis: Fixture,
    store: RedisStore<Pool>,
    ours: RedisLegacy,
}

impl Theirs {
    async fn start() -> Self {
        let redis = Fixture::start().await;
        let config = Config::from_url(&redis.server.url()).unwrap();
        let pool = Pool::new(config, None, None, None, 1).unwrap();
        pool.init().await.unwrap();
        let ours = redis.backend.legacy();
        Self { redis, store: RedisStore::new(pool), ours }
    }

    async fn stored(&self) -> Record {
        let data = [
            ("cart", serde_json::json!([{ "sku": "tea", "quantity": 2 }])),
            ("name", "Ünal".into()),
            ("price", 12.5.into()),
            ("none", serde_json::Value::Null),
            ("least", i64::MIN.into()),
        ];
        let data: HashMap<_, _> = data.map(|(name, value)| (name.to_owned(), value)).into();
        let expiry_date = (SystemTime::now() + Duration::from_secs(600)).into();
        let mut record = Record { id: Id::default(), data, expiry_date };
        self.store.create(&mut record).await.unwrap();
        record
    }
}

#[tokio::test]
async fn their_sessions_are_read_as_they_are() {
    let theirs = Theirs::start().await;
    let record = theirs.stored().await;
    assert_eq!(theirs.ours.load(&record.id).await.unwrap(), Some(record));
    assert_eq!(theirs.ours.load(&Id::default()).await.unwrap(), None);
}

#[tokio::test]
async fn their_sessions_are_removed() {
    let theirs = Theirs::start().await;
    let record = theirs.stored().await;
    theirs.ours.delete(&record.id).await.unwrap();
    assert_eq!(theirs.store.load(&record.id).await.unwrap(), None);
    theirs.ours.delete(&record.id).await.unwrap();
}

#[tokio::test]
async fn nothing_is_stored_among_their_sessions() {
    let theirs = Theirs::start().await;
    let mut record = theirs.stored().await;
    assert!(matches!(theirs.ours.save(&record).await, Err(Error::Backend(_))));
    record.id = Id::default();
    assert!(matches!(theirs.ours.create(&mut record).await, Err(Error::Backend(_))));
    assert_eq!(theirs.store.load(&record.id).await.unwrap(), None);
}

#[tokio::test]
async fn what_is_no_session_of_theirs_is_not_read_and_stays_as_it_is() {
    let theirs = Theirs::start().await;
    let id = theirs.stored().await.id;
    let (name, other) = (id.to_string(), Id::default().to_string());
    let whole: Vec<u8> = theirs.redis.ask(&[b"GET", name.as_bytes()]).await;
    let () = theirs.redis.ask(&[b"SET", other.as_bytes(), &whole]).await;
    let swapped = theirs.ours.load(&other.parse().unwrap()).await;
    assert!(matches!(swapped, Err(Error::Decode(_))), "it is another session's: {swapped:?}");
    for value in [b"".as_slice(), b"hello", &whole[..whole.len() / 2], &whole[1..]] {
        let () = theirs.redis.ask(&[b"SET", name.as_bytes(), value]).await;
        let loaded = theirs.ours.load(&id).await;
        assert!(matches!(loaded, Err(Error::Decode(_))), "{value:?}: {loaded:?}");
        let left: Vec<u8> = theirs.redis.ask(&[b"GET", name.as_bytes()]).await;
        assert_eq!(left, value);
    }
}

#[tokio::test]
async fn their_sessions_are_out_of_reach_while_redis_is_away() {
    let mut server = Redis::start().await.unwrap();
    server.kill().await.unwrap();
    let backend = RedisBackend::builder(server.url()).build().unwrap();
    let loaded = backend.legacy().load(&Id::default()).await;
    assert!(matches!(loaded, Err(Error::Backend(_))), "{loaded:?}");
}
