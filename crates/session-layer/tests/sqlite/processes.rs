//! Several processes that write one file.

use session_layer::backend::{Backend, Change, Created, Payload, SqliteBackend, Updated};
use test_servers::Process;

use crate::child;
use crate::sample::{Folder, draft, found, key, login, user};

const PROCESSES: usize = 4;
const CHANGES: usize = 50;
const CAP: u32 = 3;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_on_one_file_lose_no_change_and_keep_to_the_cap() {
    let folder = Folder::new();
    let backend = folder.open().await;
    backend.create(&key("counter"), &draft(b"")).await.unwrap();
    let children = (0..PROCESSES).map(|n| {
        let output = folder.path().with_extension(n.to_string());
        let name = n.to_string();
        let mut command = child::command("count and log in", &folder.path(), &name);
        (Process::start(&mut command, &output).unwrap(), output)
    });
    for (process, output) in children.collect::<Vec<_>>() {
        child::done(process, &output).await;
    }
    check(&backend).await;
}

async fn check(backend: &SqliteBackend) {
    let counter = found(backend, "counter").await.record;
    let mut changes = counter.payload.as_bytes().to_vec();
    changes.sort_unstable();
    let expected: Vec<_> = (0..PROCESSES).flat_map(|n| vec![b'0' + n as u8; CHANGES]).collect();
    assert_eq!(changes, expected, "a change was lost or made twice");
    assert_eq!(counter.version, 1 + (PROCESSES * CHANGES) as u64);
    let live = backend.of_user(&user("alice")).await.unwrap().len();
    assert_eq!(live, CAP as usize, "the cap");
    assert_eq!(backend.stats().await.unwrap().live, 1 + u64::from(CAP));
}

/// What each of the processes does.
pub(crate) async fn count_and_log_in(backend: SqliteBackend, name: String) {
    for n in 0..CHANGES {
        add(&backend, name.as_bytes()).await;
        let login = backend.create(&key(&format!("{name}-{n}")), &login(CAP)).await.unwrap();
        assert!(matches!(login, Created::Done { .. }), "{login:?}");
        let live = backend.of_user(&user("alice")).await.unwrap().len();
        assert!(live <= CAP as usize, "{live} are live");
    }
}

/// Adds bytes to the counter, as often as it takes.
async fn add(backend: &SqliteBackend, bytes: &[u8]) {
    let mut counter = found(backend, "counter").await;
    loop {
        let content = [counter.record.payload.as_bytes(), bytes].concat();
        let payload = Payload::from_bytes(content);
        let change = Change { version: counter.record.version, payload, lifetime: None };
        match backend.update(&key("counter"), &change).await.unwrap() {
            Updated::Done(_) => return,
            Updated::Conflict(now) => counter = now,
            Updated::Missing(missing) => panic!("the counter is {missing:?}"),
        }
    }
}
