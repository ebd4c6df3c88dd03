//! What is told while a real Redis hangs or is gone.

use std::sync::Arc;
use std::time::Duration;

use session_layer::backend::RedisBackend;
use test_servers::{Redis, until};
use tokio::time::Instant;

use super::log::{LAST, WAITING};
use super::{Incident, SecurityLog};

async fn log_over(redis: &Redis) -> SecurityLog {
    let backend = RedisBackend::builder(redis.url()).build().unwrap();
    backend.connect().await.unwrap();
    SecurityLog::start(Arc::new(backend))
}

/// What stands first in the queue is in the writer's hand, which waits for the store.
async fn is_stuck(log: &SecurityLog) {
    log.tell("the first", Incident::Idle);
    until("the writer has it in hand", async || (log.waiting() == 0).then_some(())).await.unwrap();
}

fn tell_too_many(log: &SecurityLog) {
    for number in 0..WAITING + 100 {
        log.tell(&number.to_string(), Incident::Idle);
    }
}

async fn is_told(log: &SecurityLog, user: usize) -> bool {
    log.of_user(&user.to_string()).await.is_ok_and(|entries| entries.len() == 1)
}

#[tokio::test]
async fn as_many_as_may_wait_for_a_store_that_hangs_are_written_when_it_goes_on() {
    let redis = Redis::start().await.unwrap();
    let log = log_over(&redis).await;
    redis.freeze().await.unwrap();
    is_stuck(&log).await;
    tell_too_many(&log);
    assert_eq!(log.waiting(), WAITING);
    redis.thaw().unwrap();
    until("the last one is written", async || is_told(&log, WAITING - 1).await.then_some(()))
        .await
        .unwrap();
    assert!(is_told(&log, 0).await);
    assert!(!is_told(&log, WAITING).await, "it was one too many");
}

/// Time stands still but for what is waited for: nobody waits in vain.
#[tokio::test]
async fn who_ends_the_shop_waits_for_a_store_that_hangs_for_some_seconds_only() {
    let redis = Redis::start().await.unwrap();
    let log = log_over(&redis).await;
    redis.freeze().await.unwrap();
    tokio::time::pause();
    is_stuck(&log).await;
    tell_too_many(&log);
    let start = Instant::now();
    log.written().await;
    assert!(start.elapsed() < LAST + Duration::from_secs(1), "{:?}", start.elapsed());
}

#[tokio::test]
async fn what_is_told_while_the_store_is_gone_is_lost_and_what_is_told_later_is_written() {
    let mut redis = Redis::start().await.unwrap();
    let log = log_over(&redis).await;
    redis.kill().await.unwrap();
    log.tell("0", Incident::Idle);
    log.written().await;
    redis.restart().await.unwrap();
    until("the store can be asked", async || log.of_user("0").await.ok()).await.unwrap();
    assert!(!is_told(&log, 0).await);
    log.tell("1", Incident::Idle);
    log.written().await;
    assert!(is_told(&log, 1).await);
}
