//! Many clients at once, while one store after the other goes and comes back.

use std::collections::HashMap;
use std::mem;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use session_layer::backend::{Backend, Change, Created, Loaded, Payload, SessionKey, Updated};
use session_layer::wrap::Failover;

use test_servers::until;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

use crate::faulty::{Faulty, Health};
use crate::stores::{BACKUP_ALONE, NORMAL, Stores, draft, ended, found, key, mode_of};

/// What clients were told of their and everybody's sessions.
#[derive(Default)]
struct Told {
    marks: Vec<Mark>,
    /// What became of the clients' own sessions: live or ended.
    own: HashMap<String, bool>,
    failed: u32,
}

/// A change that was acknowledged.
struct Mark {
    name: &'static str,
    text: String,
    began: Instant,
    acknowledged: Instant,
}

/// A time within which the backup had not got all.
#[derive(Clone, Copy)]
struct Gap {
    began: Instant,
    ended: Instant,
}

const SHARED: [&str; 3] = ["shared 0", "shared 1", "shared 2"];
const CLIENTS: u32 = 6;
/// How many a fault lasts.
const TURNS: u64 = 60;
/// How often a client has its turn: sessions grow with each.
const PACE: Duration = Duration::from_millis(8);
const FAULTS: [Health; 4] = [Health::Down, Health::Mute, Health::Hung, Health::Full];

/// What all clients share.
struct Scene {
    stores: Stores,
    turns: AtomicU64,
    over: AtomicBool,
    told: Mutex<Told>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_or_comes_back_though_one_store_after_the_other_goes() {
    let scene = Scene::begin(Stores::new().await).await;
    let instance = scene.stores.failover.clone();
    let clients = scene.work(&instance, 0);
    for fault in FAULTS.into_iter().chain([Health::Down]) {
        scene.goes_and_comes_back(&instance, &scene.stores.primary, fault).await;
        scene.goes_and_comes_back(&instance, &scene.stores.backup, fault).await;
    }
    scene.end(clients).await;
    scene.check(&[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_primary_takes_the_changes_of_a_moment_from_a_backup_that_lags_and_nothing_else() {
    let scene = Scene::begin(Stores::lagging(MAX_LAG).await).await;
    let instance = scene.stores.failover.clone();
    let (clients, mut gaps) = (scene.work(&instance, 0), Vec::new());
    for fault in FAULTS.into_iter().chain([Health::Down]) {
        gaps.push(Gap::at(Instant::now()));
        scene.goes_and_comes_back(&instance, &scene.stores.primary, fault).await;
        scene.goes_and_comes_back(&instance, &scene.stores.backup, fault).await;
    }
    scene.end(clients).await;
    instance.flush().await.unwrap();
    scene.check(&gaps).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_instance_that_ends_with_the_primary_takes_the_changes_of_a_moment_and_nothing_else() {
    let scene = Scene::begin(Stores::lagging(MAX_LAG).await).await;
    let mut gaps = Vec::new();
    for (number, fault) in (0..).zip(FAULTS) {
        let (runtime, instance) = (Runtime::new().unwrap(), scene.stores.instance());
        {
            let _entered = runtime.enter();
            drop(scene.work(&instance, number));
        }
        mode_of(&instance, NORMAL).await;
        scene.goes_on().await;
        gaps.push(scene.ends_with_the_primary(runtime).await);
        let heir = scene.stores.instance();
        let clients = scene.work(&heir, 10 + number);
        mode_of(&heir, BACKUP_ALONE).await;
        scene.goes_and_comes_back(&heir, &scene.stores.primary, Health::Down).await;
        scene.goes_and_comes_back(&heir, &scene.stores.backup, fault).await;
        scene.end(clients).await;
        heir.flush().await.unwrap();
    }
    scene.check(&gaps).await;
}

const MAX_LAG: Duration = Duration::from_millis(40);

impl Gap {
    fn at(time: Instant) -> Self {
        Self { began: time, ended: time }
    }

    fn has(self, mark: &Mark) -> bool {
        mark.acknowledged + MAX_LAG >= self.began && mark.began <= self.ended
    }
}

impl Scene {
    async fn begin(stores: Stores) -> Arc<Self> {
        for name in SHARED {
            stores.create(name).await;
        }
        let (turns, over, told) = (AtomicU64::new(0), AtomicBool::new(false), Mutex::default());
        Arc::new(Self { stores, turns, over, told })
    }

    fn work(self: &Arc<Self>, instance: &Failover, number: u32) -> Vec<JoinHandle<()>> {
        self.over.store(false, Ordering::SeqCst);
        let clients = number * CLIENTS..(number + 1) * CLIENTS;
        clients.map(|n| tokio::spawn(work(Arc::clone(self), instance.clone(), n))).collect()
    }

    async fn end(&self, clients: Vec<JoinHandle<()>>) {
        self.over.store(true, Ordering::SeqCst);
        for client in clients {
            client.await.unwrap();
        }
    }

    fn tell(&self, mark: Option<Mark>) {
        let mut told = self.told.lock().unwrap();
        told.failed += u32::from(mark.is_none());
        told.marks.extend(mark);
    }

    fn acknowledged(&self) -> usize {
        self.told.lock().unwrap().marks.len()
    }

    async fn goes_on(&self) {
        let goal = self.turns.load(Ordering::SeqCst) + TURNS;
        let gone_on = async || (self.turns.load(Ordering::SeqCst) >= goal).then_some(());
        until("the clients went on", gone_on).await.unwrap();
    }

    async fn goes_and_comes_back(&self, instance: &Failover, store: &Faulty, fault: Health) {
        store.set(fault);
        self.goes_on().await;
        store.set(Health::Up);
        mode_of(instance, NORMAL).await;
    }

    /// While the backup does not answer, so that something is on its way.
    async fn ends_with_the_primary(&self, runtime: Runtime) -> Gap {
        let began = Instant::now();
        self.stores.backup.set(Health::Hung);
        let before = self.acknowledged();
        let more = async || (self.acknowledged() > before + 2).then_some(());
        until("changes were acknowledged", more).await.unwrap();
        ended(runtime).await;
        self.stores.primary.set(Health::Down);
        self.stores.backup.set(Health::Up);
        Gap { began, ended: Instant::now() }
    }

    async fn check(&self, gaps: &[Gap]) {
        let told = mem::take(&mut *self.told.lock().unwrap());
        assert!(told.marks.len() > 100, "only {} changes were acknowledged", told.marks.len());
        assert!(told.failed <= 240, "{} calls failed", told.failed);
        for health in [Health::Up, Health::Down] {
            self.stores.primary.set(health);
            self.has_all(&told, gaps).await;
        }
    }

    async fn has_all(&self, told: &Told, gaps: &[Gap]) {
        let instance = self.stores.instance();
        for mark in &told.marks {
            let found = found(&instance, mark.name).await.unwrap();
            let content = String::from_utf8_lossy(found.record.payload.as_bytes()).into_owned();
            let may_be_lost = gaps.iter().any(|gap| gap.has(mark));
            assert!(content.contains(&mark.text) || may_be_lost, "{} is lost", mark.text);
        }
        for (name, is_live) in &told.own {
            assert_eq!(found(&instance, name).await.is_some(), *is_live, "{name}");
        }
    }
}

/// Adds marks to the shared sessions, and creates and ends sessions of its own.
async fn work(scene: Arc<Scene>, instance: Failover, client: u32) {
    let mut pace = interval(PACE);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for n in 0.. {
        pace.tick().await;
        if scene.over.load(Ordering::SeqCst) {
            break;
        }
        let (name, text) = (SHARED[n % SHARED.len()], format!("<{client} {n}>"));
        let began = Instant::now();
        let added = add(&instance, name, &text).await;
        let acknowledged = Instant::now();
        scene.tell(added.map(|()| Mark { name, text, began, acknowledged }));
        let own = format!("{client} own {n}");
        if let Some(is_live) = begin_and_end(&instance, &own, n % 2 == 0).await {
            scene.told.lock().unwrap().own.insert(own, is_live);
        }
        scene.turns.fetch_add(1, Ordering::SeqCst);
    }
}

/// None if it may have happened or not.
async fn add(instance: &Failover, name: &str, mark: &str) -> Option<()> {
    let mut found = match instance.load(&key(name)).await.ok()? {
        Loaded::Found(found) => found,
        missing => panic!("{name} is {missing:?}"),
    };
    loop {
        let content = [found.record.payload.as_bytes(), mark.as_bytes()].concat();
        let version = found.record.version;
        let change = Change { version, payload: Payload::from_bytes(content), lifetime: None };
        match instance.update(&key(name), &change).await.ok()? {
            Updated::Done(_) => return Some(()),
            Updated::Conflict(now) => found = now,
            missing => panic!("{name} is {missing:?}"),
        }
    }
}

/// Whether it is live, if that is known.
async fn begin_and_end(instance: &Failover, name: &str, ends: bool) -> Option<bool> {
    let key: SessionKey = key(name);
    match instance.create(&key, &draft(name)).await.ok()? {
        Created::Done { .. } => {}
        refused => panic!("{name} is {refused:?}"),
    }
    if ends {
        instance.delete(&key).await.ok()?;
    }
    Some(!ends)
}
