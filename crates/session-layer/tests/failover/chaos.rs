//! Many clients at once, while one store after the other goes and comes back.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use session_layer::backend::{Backend, Change, Created, Loaded, Payload, SessionKey, Updated};

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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_or_comes_back_though_one_store_after_the_other_goes() {
    let stores = Arc::new(Stores::new().await);
    for name in SHARED {
        stores.create(name).await;
    }
    let over = Arc::new(AtomicBool::new(false));
    let clients: Vec<_> =
        (0..CLIENTS).map(|n| tokio::spawn(work(stores.clone(), n, over.clone()))).collect();
    for fault in [Health::Down, Health::Mute, Health::Hung, Health::Full, Health::Down] {
        goes_and_comes_back(&stores, &stores.primary, fault).await;
        goes_and_comes_back(&stores, &stores.backup, fault).await;
    }
    over.store(true, Ordering::SeqCst);
    let mut told = Vec::new();
    for client in clients {
        told.push(client.await.unwrap());
    }
    let marks: usize = told.iter().map(|told| told.marks.len()).sum();
    assert!(marks > 100, "only {marks} changes were acknowledged");
    for health in [Health::Up, Health::Down] {
        stores.primary.set(health);
        for told in &told {
            check(&stores, told).await;
        }
    }
}

async fn goes_and_comes_back(stores: &Stores, store: &Faulty, fault: Health) {
    store.set(fault);
    tokio::time::sleep(Duration::from_millis(50)).await;
    store.set(Health::Up);
    stores.is_in(NORMAL).await;
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
async fn work(stores: Arc<Stores>, client: u32, over: Arc<AtomicBool>) -> Told {
    let mut told = Told::default();
    for n in 0.. {
        if over.load(Ordering::SeqCst) {
            break;
        }
        let name = SHARED[n % SHARED.len()];
        let mark = format!("<{client} {n}>");
        match add(&stores, name, &mark).await {
            Some(()) => told.marks.push((name.to_owned(), mark)),
            None => told.failed += 1,
        }
        let own = format!("{client} own {n}");
        if let Some(is_live) = begin_and_end(&stores, &own, n % 2 == 0).await {
            told.own.insert(own, is_live);
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
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
