//! What a change costs through a `Failover` whose backup has it before it is answered, and through one
//! whose backup may lag, beside each of its stores alone, and beside both trips at the same time with
//! nothing around them.
//! `cargo bench -p session-layer --features mysql,redis --bench failover`
//!
//! The contenders take turns, round by round, so that a machine that is slow for a while is slow
//! for all of them; a figure is the median of the rounds, and so is a ratio.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a program")]

use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use session_layer::backend::{
    Backend, Change, Created, Draft, Lifetime, MySqlBackend, Payload, RedisBackend, SessionKey,
    Updated,
};
use session_layer::wrap::Failover;
use tempfile::NamedTempFile;
use test_servers::{MariaDb, Redis};

const ROUNDS: usize = 101;
/// Each of a session of its own.
const CHANGES: u64 = 50;
const MAX_LAG: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);

#[tokio::main]
async fn main() {
    let (one, other) = (Redis::start().await.unwrap(), Redis::start().await.unwrap());
    let quick = mariadb(&[]).await;
    let durable = mariadb(&["--innodb-flush-log-at-trx-commit=1"]).await;
    let redis = |server: &Redis| -> Arc<dyn Backend> {
        Arc::new(RedisBackend::builder(server.url()).build().unwrap())
    };
    println!(
        "| a change, µs | primary | backup | both at once | of the slower | Failover | of the slower | \
         of both at once | backup lags | of the primary |\n|---|---|---|---|---|---|---|---|---|---|"
    );
    race("Redis and Redis", redis(&one), redis(&other)).await;
    race("Redis and MariaDB", redis(&one), mysql(&quick).await).await;
    race("Redis and MariaDB, to disk", redis(&one), mysql(&durable).await).await;
}

async fn mariadb(options: &[&str]) -> MariaDb {
    let mut statements = NamedTempFile::new().unwrap();
    writeln!(statements, "CREATE DATABASE bench;").unwrap();
    let option = format!("--init-file={}", statements.path().display());
    MariaDb::start_with(&[&[option.as_str()], options].concat()).await.unwrap()
}

async fn mysql(server: &MariaDb) -> Arc<dyn Backend> {
    let backend = MySqlBackend::builder(server.url("bench")).build().unwrap();
    backend.migrate().await.unwrap();
    Arc::new(backend)
}

async fn race(name: &str, primary: Arc<dyn Backend>, backup: Arc<dyn Backend>) {
    let failover = || Failover::builder_shared(Arc::clone(&primary), Arc::clone(&backup));
    let in_step: Arc<dyn Backend> = Arc::new(failover().build().unwrap());
    let lagging = Arc::new(failover().max_lag(MAX_LAG).build().unwrap());
    let contenders: [Vec<Arc<dyn Backend>>; 5] = [
        vec![Arc::clone(&primary)],
        vec![Arc::clone(&backup)],
        vec![primary, backup],
        vec![in_step],
        vec![lagging.clone()],
    ];
    let key = |of, n| SessionKey::of_id(&format!("{name} {of} {n}"));
    let keys = [0, 1, 2, 3, 4].map(|of| (0..CHANGES).map(|n| key(of, n)).collect::<Vec<_>>());
    for (backends, keys) in contenders.iter().zip(&keys) {
        for key in keys {
            join_all(backends.iter().map(|backend| create(&**backend, key))).await;
        }
    }
    let mut times = [(); 5].map(|()| Vec::new());
    for round in 0..ROUNDS {
        for (place, backends) in contenders.iter().enumerate() {
            let version = u64::try_from(round).unwrap() + 1;
            times[place].push(changes(backends, &keys[place], version).await);
            // What is still on its way is not to slow the next one down.
            lagging.flush().await.unwrap();
        }
    }
    let ratio = |of: usize, to: &dyn Fn(usize) -> f64| {
        median((0..ROUNDS).map(|round| times[of][round] / to(round)).collect())
    };
    let slower = |round: usize| f64::max(times[0][round], times[1][round]);
    let at_once_of_slower = ratio(2, &slower);
    let of_slower = ratio(3, &slower);
    let of_at_once = ratio(3, &|round| times[2][round]);
    let of_primary = ratio(4, &|round| times[0][round]);
    let [primary, backup, at_once, in_step, lagging] = times.clone().map(median);
    println!(
        "| {name} | {primary:.0} | {backup:.0} | {at_once:.0} | {at_once_of_slower:.2} | \
         {in_step:.0} | {of_slower:.2} | {of_at_once:.2} | {lagging:.0} | {of_primary:.2} |"
    );
}

async fn create(backend: &dyn Backend, key: &SessionKey) {
    let lifetime = Lifetime { idle: HOUR, absolute: HOUR };
    let draft = Draft { payload: payload(), user: None, lifetime, cap: None };
    let created = backend.create(key, &draft).await.unwrap();
    assert!(matches!(created, Created::Done { .. }), "{created:?}");
}

/// How long a change takes that all are given at once, in µs.
async fn changes(backends: &[Arc<dyn Backend>], keys: &[SessionKey], version: u64) -> f64 {
    let began = Instant::now();
    let mut calls = 0.0;
    for key in keys {
        let change = Change { version, payload: payload(), lifetime: None };
        let updates = backends.iter().map(|backend| backend.update(key, &change));
        for updated in join_all(updates).await {
            assert_eq!(updated.unwrap(), Updated::Done(version + 1));
        }
        calls += 1.0;
    }
    began.elapsed().as_secs_f64() * 1e6 / calls
}

fn payload() -> Payload {
    Payload::from_bytes(vec![b'x'; 300])
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
