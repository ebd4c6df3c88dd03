//! A Redis with a file that it appends to, killed (SIGKILL) at any moment.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use session_layer::backend::{
    Backend, Created, Loaded, RedisBackend, Rotated, Rotation, RotationKind, SessionKey,
    TOMBSTONE_LIFE,
};
use test_servers::until;
use tokio::task::JoinSet;

use crate::fixture::{Fixture, draft, key, login, payload};

const CLIENTS: u32 = 4;
const ROUNDS: u32 = 3;
const STEPS: u64 = 200;

/// Counts the sessions that a Redis has.
const SESSIONS: &[u8] = b"
    local sessions = 0
    for _, name in ipairs(redis.call('KEYS', 'session:s:*')) do
        if redis.call('GETRANGE', name, 0, 0) == 'S' then sessions = sessions + 1 end
    end
    return sessions";

/// Keys that were used, and whether what was acknowledged last is that a session is under it.
type Told = HashMap<SessionKey, bool>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_that_was_acknowledged_is_there_and_counted_after_it_was_killed() {
    let options = ["--appendonly", "yes", "--appendfsync", "always"];
    let mut fixture = Fixture::start_with(&options).await;
    let mut told = Told::new();
    for round in 0..ROUNDS {
        told.extend(until_killed(&mut fixture, round).await);
        for (key, expected) in &told {
            assert_eq!(is_under(&fixture.backend, *key).await, *expected, "in round {round}");
        }
        let counted = fixture.backend.stats().await.unwrap().live;
        let sessions: u64 = fixture.ask(&[b"EVAL", SESSIONS, b"0"]).await;
        assert_eq!(counted, sessions, "in round {round}");
    }
}

async fn until_killed(fixture: &mut Fixture, round: u32) -> Told {
    let (done, mut clients) = (Arc::new(AtomicU64::new(0)), JoinSet::new());
    for client in 0..CLIENTS {
        let (backend, done) = (fixture.backend.clone(), Arc::clone(&done));
        clients.spawn(live(backend, format!("{round} {client}"), done));
    }
    let steps = STEPS + fastrand::u64(0..STEPS);
    until("clients wrote", async || (done.load(Ordering::Relaxed) > steps).then_some(()))
        .await
        .unwrap();
    fixture.server.kill().await.unwrap();
    let told = clients.join_all().await.into_iter().flatten().collect();
    fixture.server.restart().await.unwrap();
    until("it is asked again", async || fixture.backend.stats().await.ok()).await.unwrap();
    told
}

async fn is_under(backend: &RedisBackend, key: SessionKey) -> bool {
    match backend.load(&key).await.unwrap() {
        Loaded::Found(found) => found.key == key,
        Loaded::Missing(_) => false,
    }
}

/// Sessions begin, get another key and end, until a call fails. What that one has done is not known.
async fn live(backend: RedisBackend, name: String, done: Arc<AtomicU64>) -> Told {
    let mut told = Told::new();
    for n in 0.. {
        let keys = [format!("{name} {n}"), format!("{name} {n} renewed")].map(|name| key(&name));
        for step in 0..3 {
            if !take(&backend, n, step, keys).await {
                told.retain(|key, _| !keys.contains(key));
                return told;
            }
            let [first, second] = [step == 0, step == 1 || (step == 2 && n % 2 == 0)];
            told.extend([(keys[0], first), (keys[1], second)]);
            done.fetch_add(1, Ordering::Relaxed);
        }
    }
    told
}

/// False if it failed. Every other session is not ended.
async fn take(backend: &RedisBackend, n: u32, step: u32, [first, second]: [SessionKey; 2]) -> bool {
    match step {
        0 => {
            let draft = if n.is_multiple_of(2) { login("alice") } else { draft("guest") };
            let created = backend.create(&first, &draft).await;
            created.is_ok_and(|created| created == Created::Done { ended: Vec::new() })
        }
        1 => {
            let (payload, grace) = (payload("again"), Duration::from_secs(60));
            let kind = RotationKind::Renew { payload, lifetime: None, grace, kept: TOMBSTONE_LIFE };
            let rotated = backend.rotate(&first, &Rotation { version: 1, to: second, kind }).await;
            rotated.is_ok_and(|rotated| rotated == Rotated::Done { ended: Vec::new() })
        }
        _ if n.is_multiple_of(2) => backend.touch(&second).await.unwrap_or_default(),
        _ => backend.delete(&second).await.is_ok(),
    }
}
