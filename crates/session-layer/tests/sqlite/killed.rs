//! Processes that are killed (SIGKILL) at any moment.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use session_layer::backend::{
    Backend, Created, Loaded, Missing, Payload, Rotated, Rotation, RotationKind, SqliteBackend,
    TOMBSTONE_LIFE, Updated,
};
use test_servers::{Process, until};

use crate::child;
use crate::sample::{Folder, change, draft, key};

const ROUNDS: usize = 12;
const TASKS: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_when_a_process_is_killed_at_any_moment() {
    let folder = Folder::new();
    let mut acknowledged = HashMap::new();
    for round in 0..ROUNDS {
        let output = folder.path().with_extension(format!("{round}"));
        let name = round.to_string();
        let mut command = child::command("write until killed", &folder.path(), &name);
        let child = Process::start(&mut command, &output).unwrap();
        let lines = fastrand::usize(1..150);
        until("a child has written", async || (read(&output).len() > lines).then_some(()))
            .await
            .unwrap();
        drop(child);
        let written = read(&output);
        check(&folder, &written).await;
        acknowledged.extend(written);
    }
    check(&folder, &acknowledged).await;
}

/// What was acknowledged: each session's last state.
fn read(output: &Path) -> HashMap<String, String> {
    let text = fs::read_to_string(output).unwrap();
    // The last line may be cut off.
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    let facts = whole.lines().filter_map(|line| line.strip_prefix("> ")?.split_once(' '));
    facts.map(|(session, state)| (session.to_owned(), state.to_owned())).collect()
}

async fn check(folder: &Folder, acknowledged: &HashMap<String, String>) {
    let backend = folder.open().await;
    for (session, state) in acknowledged {
        let now = state_of(&backend, session).await;
        // What comes next may have been done, but not yet acknowledged.
        let is_next = next(session, state) == Some(&now);
        assert!(now == *state || is_next, "{session} was {state}, and is {now}");
    }
    let file = folder.connect();
    let sound: String = file.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok");
    let live: i64 = file.query_row("SELECT count(*) FROM session", [], |row| row.get(0)).unwrap();
    assert_eq!(backend.stats().await.unwrap().live, live as u64);
}

/// What a session goes through, which its number says: `1`, `2` and `3` are its versions.
const LIVES: [&[&str]; 3] = [&["1", "2", "3"], &["1", "2", "ended"], &["1", "2", "renewed"]];

fn life(session: &str) -> &'static [&'static str] {
    let number: usize = session.rsplit_once('-').unwrap().1.parse().unwrap();
    LIVES[number % LIVES.len()]
}

fn next(session: &str, state: &str) -> Option<&'static str> {
    let life = life(session);
    let at = life.iter().position(|one| *one == state).unwrap();
    life.get(at + 1).copied()
}

async fn state_of(backend: &SqliteBackend, session: &str) -> String {
    match backend.load(&key(session)).await.unwrap() {
        Loaded::Found(found) if found.key != key(session) => {
            assert_eq!(found.key, key(&format!("{session} renewed")));
            "renewed".to_owned()
        }
        Loaded::Found(found) => {
            let version = found.record.version.to_string();
            assert_eq!(found.record.payload.as_bytes(), content(&version), "half of a change");
            version
        }
        Loaded::Missing(Missing::Absent) => {
            let created = backend.create(&key(session), &draft(b"again")).await.unwrap();
            assert_eq!(created, Created::Taken, "{session}: neither a session nor a tombstone");
            "ended".to_owned()
        }
        Loaded::Missing(Missing::Superseded) => panic!("{session} is under neither key"),
    }
}

fn content(state: &str) -> Vec<u8> {
    state.repeat(300).into_bytes()
}

/// What the process does: sessions live, and each step is told when it was acknowledged.
pub(crate) async fn write(backend: SqliteBackend, name: String) {
    let backend = Arc::new(backend);
    let tasks = (0..TASKS).map(|task| {
        let (backend, name) = (backend.clone(), name.clone());
        tokio::spawn(async move {
            for n in 0.. {
                live(&backend, &format!("{name}-{task}-{n}")).await;
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
}

async fn live(backend: &SqliteBackend, session: &str) {
    for step in life(session) {
        take(backend, session, step).await;
        println!("> {session} {step}");
    }
}

async fn take(backend: &SqliteBackend, session: &str, step: &str) {
    let key = key(session);
    match step {
        "1" => {
            let created = backend.create(&key, &draft(&content("1"))).await.unwrap();
            assert_eq!(created, Created::Done { ended: Vec::new() });
        }
        "ended" => assert!(backend.delete(&key).await.unwrap().is_some()),
        "renewed" => {
            let rotated = backend.rotate(&key, &renewal(session)).await.unwrap();
            assert_eq!(rotated, Rotated::Done { ended: Vec::new() });
        }
        version => {
            let version: u64 = version.parse().unwrap();
            let change = change(version - 1, &content(&version.to_string()));
            let updated = backend.update(&key, &change).await.unwrap();
            assert_eq!(updated, Updated::Done(version));
        }
    }
}

fn renewal(session: &str) -> Rotation {
    let payload = Payload::from_bytes(content("renewed"));
    let grace = Duration::from_secs(600);
    let kind = RotationKind::Renew { payload, lifetime: None, grace, kept: TOMBSTONE_LIFE };
    Rotation { version: 2, to: key(&format!("{session} renewed")), kind }
}
