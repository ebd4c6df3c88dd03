//! Several programs on one Redis.

use session_layer::backend::{Backend, Change, Loaded, Missing, Payload, RedisBackend, Updated};

use test_servers::PATIENCE;

use crate::fixture::{Fixture, draft, key, patient};

#[tokio::test]
async fn what_one_instance_creates_another_finds() {
    let redis = Fixture::start().await;
    redis.created(key("a"), &draft("first")).await;
    let other = patient(&redis.server.url());
    assert_eq!(other.load(&key("a")).await.unwrap(), Loaded::Found(redis.found(key("a")).await));
}

#[tokio::test]
async fn prefixes_and_databases_are_apart() {
    let redis = Fixture::start().await;
    redis.created(key("a"), &draft("first")).await;
    let prefixed = RedisBackend::builder(redis.server.url())
        .timeout(PATIENCE)
        .prefix("shop:")
        .build()
        .unwrap();
    let second = patient(&format!("{}/1", redis.server.url()));
    for other in [prefixed, second] {
        let loaded = other.load(&key("a")).await.unwrap();
        assert_eq!(loaded, Loaded::Missing(Missing::Absent));
        assert_eq!(other.stats().await.unwrap().live, 0);
        other.create(&key("a"), &draft("theirs")).await.unwrap();
    }
    assert_eq!(redis.backend.stats().await.unwrap().live, 1);
}

/// Adds one byte to the content, however often somebody else is quicker.
async fn add(backend: &RedisBackend, byte: u8) {
    let Loaded::Found(mut found) = backend.load(&key("a")).await.unwrap() else {
        panic!("it is gone");
    };
    loop {
        let mut content = found.record.payload.as_bytes().to_vec();
        content.push(byte);
        let (version, payload) = (found.record.version, Payload::from_bytes(content));
        let change = Change { version, payload, lifetime: None };
        match backend.update(&key("a"), &change).await.unwrap() {
            Updated::Done(_) => return,
            Updated::Conflict(now) => found = now,
            Updated::Missing(missing) => panic!("{missing:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_200_changes_by_4_instances_at_once_none_is_lost() {
    let redis = Fixture::start().await;
    redis.created(key("a"), &draft("")).await;
    let url = redis.server.url();
    let instances = [(); 4].map(|()| patient(&url));
    let changes = (0..200_u8).map(|n| {
        let backend = instances[usize::from(n % 4)].clone();
        tokio::spawn(async move { add(&backend, n).await })
    });
    for change in changes.collect::<Vec<_>>() {
        change.await.unwrap();
    }
    let record = redis.found(key("a")).await.record;
    let mut content = record.payload.as_bytes().to_vec();
    content.sort_unstable();
    assert_eq!(content, (0..200).collect::<Vec<_>>());
    assert_eq!(record.version, 201);
}
