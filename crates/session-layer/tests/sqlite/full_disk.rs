//! A file that can't grow. What a test can have with any rights is a limit on the size of a
//! process's files; a disk that is full is SQLite's own error, which a unit test has by a limit on
//! the pages of the database.

use std::fs;
use std::path::Path;
use std::process::Command;

use session_layer::backend::BackendErrorKind::{OutOfSpace, Unavailable};
use session_layer::backend::{Backend, Created, SqliteBackend};
use test_servers::Process;

use crate::child;
use crate::sample::{Folder, created, draft, fault, found, key, untouched};

/// In units of 512 bytes.
const LIMIT: u32 = 600;

#[tokio::test]
async fn where_no_file_can_grow_creates_fail_and_no_session_is_harmed() {
    let folder = Folder::new();
    folder.close(folder.open().await).await;
    let output = folder.path().with_extension("output");
    child::done(limited(&folder.path(), &output), &output).await;
    let text = fs::read_to_string(&output).unwrap();
    let created_before: usize =
        text.split("> created ").nth(1).unwrap().lines().next().unwrap().parse().unwrap();
    let backend = folder.open().await;
    for n in 0..created_before {
        untouched(&found(&backend, &n.to_string()).await, &n.to_string());
    }
    created(&backend, "when there is room").await;
}

/// The job, with a limit that is an error and no signal.
fn limited(file: &Path, output: &Path) -> Process {
    let job = child::command("fill the disk", file, "");
    let mut command = Command::new("sh");
    command.args(["-c", &format!("trap '' XFSZ; ulimit -f {LIMIT}; exec \"$@\""), "sh"]);
    command.arg(job.get_program()).args(job.get_args());
    command.envs(job.get_envs().filter_map(|(name, value)| Some((name, value?))));
    Process::start(&mut command, output).unwrap()
}

/// What the process does: creates until it can't.
pub(crate) async fn fill(backend: SqliteBackend) {
    let mut n = 0;
    let error = loop {
        let name = n.to_string();
        match backend.create(&key(&name), &draft(name.as_bytes())).await {
            Ok(created) => assert_eq!(created, Created::Done { ended: Vec::new() }),
            error => break fault(error),
        }
        n += 1;
    };
    assert!([OutOfSpace, Unavailable].contains(&error.0), "{error:?}");
    for n in 0..n {
        untouched(&found(&backend, &n.to_string()).await, &n.to_string());
    }
    println!("> created {n}");
}
