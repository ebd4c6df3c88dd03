//! Many clients at once, while one store after the other goes and comes back.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use session_layer::backend::{Backend, Change, Created, Loaded, Payload, SessionKey, Updated};

use test_servers::until;
use tokio::time::{MissedTickBehavior, interval};

use crate::faulty::{Faulty, Health};
use crate::stores::{NORMAL, Stores, draft, key};

/// What a client was told of its and everybody's sessions.
#[derive(Default)]
struct Told {
    /// Marks that were acknowledged, by the session they were added to.
    marks: Vec<(String, String)>,
    /// What became of the client's own sessions: live or ended.
    own: HashMap<String, bool>,
    failed: u32,
}

const SHARED: [&str; 3] = ["shared 0", "shared 1", "shared 2"];
const CLIENTS: u32 = 6;
/// How many a fault lasts.
const TURNS: u64 = 60;
/// How often a client has its turn: sessions grow with each.
const PACE: Duration = Duration::from_millis(8);

/// What all clients share.
struct Scene {
    stores: Stores,
    turns: AtomicU64,
    over: AtomicBool,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_or_comes_back_though_one_store_after_the_other_goes() {
    let (stores, turns) = (Stores::new().await, AtomicU64::new(0));
    for name in SHARED {
        stores.create(name).await;
    }
    let scene = Arc::new(Scene { stores, turns, over: AtomicBool::new(false) });
    let stores = &scene.stores;
    let clients: Vec<_> = (0..CLIENTS).map(|n| tokio::spawn(work(scene.clone(), n))).collect();
    for fault in [Health::Down, Health::Mute, Health::Hung, Health::Full, Health::Down] {
        goes_and_comes_back(&scene, &stores.primary, fault).await;
        goes_and_comes_back(&scene, &stores.backup, fault).await;
    }
    scene.over.store(true, Ordering::SeqCst);
    let mut told = Vec::new();
    for client in clients {
        told.push(client.await.unwrap());
    }
    let marks: usize = told.iter().map(|told| told.marks.len()).sum();
    assert!(marks > 100, "only {marks} changes were acknowledged");
    for health in [Health::Up, Health::Down] {
        stores.primary.set(health);
        for told in &told {
            check(stores, told).await;
        }
    }
}

async fn goes_and_comes_back(scene: &Scene, store: &Faulty, fault: Health) {
    store.set(fault);
    let goal = scene.turns.load(Ordering::SeqCst) + TURNS;
    let gone_on = async || (scene.turns.load(Ordering::SeqCst) >= goal).then_some(());
    until("the clients went on without it", gone_on).await.unwrap();
    store.set(Health::Up);
    scene.stores.is_in(NORMAL).await;
}

async fn check(stores: &Stores, told: &Told) {
    for (name, mark) in &told.marks {
        let found = stores.found(name).await.unwrap();
        let content = String::from_utf8_lossy(found.record.payload.as_bytes()).into_owned();
        assert!(content.contains(mark), "{name} has lost {mark}");
    }
    for (name, is_live) in &told.own {
        assert_eq!(stores.found(name).await.is_some(), *is_live, "{name}");
    }
    assert!(told.failed <= 40, "{} calls failed", told.failed);
}

/// Adds marks to the shared sessions, and creates and ends sessions of its own.
async fn work(scene: Arc<Scene>, client: u32) -> Told {
    let (stores, mut told, mut pace) = (&scene.stores, Told::default(), interval(PACE));
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for n in 0.. {
        pace.tick().await;
        if scene.over.load(Ordering::SeqCst) {
            break;
        }
        let name = SHARED[n % SHARED.len()];
        let mark = format!("<{client} {n}>");
        match add(stores, name, &mark).await {
            Some(()) => told.marks.push((name.to_owned(), mark)),
            None => told.failed += 1,
        }
        let own = format!("{client} own {n}");
        if let Some(is_live) = begin_and_end(stores, &own, n % 2 == 0).await {
            told.own.insert(own, is_live);
        }
        scene.turns.fetch_add(1, Ordering::SeqCst);
    }
    told
}

/// None if it may have happened or not.
async fn add(stores: &Stores, name: &str, mark: &str) -> Option<()> {
    let mut found = match stores.failover.load(&key(name)).await.ok()? {
        Loaded::Found(found) => found,
        missing => panic!("{name} is {missing:?}"),
    };
    loop {
        let content = [found.record.payload.as_bytes(), mark.as_bytes()].concat();
        let version = found.record.version;
        let change = Change { version, payload: Payload::from_bytes(content), lifetime: None };
        match stores.failover.update(&key(name), &change).await.ok()? {
            Updated::Done(_) => return Some(()),
            Updated::Conflict(now) => found = now,
            missing => panic!("{name} is {missing:?}"),
        }
    }
}

/// Whether it is live, if that is known.
async fn begin_and_end(stores: &Stores, name: &str, ends: bool) -> Option<bool> {
    let key: SessionKey = key(name);
    match stores.failover.create(&key, &draft(name)).await.ok()? {
        Created::Done { .. } => {}
        refused => panic!("{name} is {refused:?}"),
    }
    if ends {
        stores.failover.delete(&key).await.ok()?;
    }
    Some(!ends)
}
