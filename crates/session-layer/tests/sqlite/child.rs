//! Other processes on the same file: this test program once more, told what to do by its
//! environment.

use std::env;
use std::path::Path;
use std::process::Command;

use session_layer::backend::SqliteBackend;
use test_servers::{Process, until};

use crate::{full_disk, killed, processes};

const JOB: &str = "SESSION_LAYER_TEST_JOB";
const FILE: &str = "SESSION_LAYER_TEST_FILE";
const NAME: &str = "SESSION_LAYER_TEST_NAME";

/// The command that does a job on a file as a process of its own, under a name.
pub(crate) fn command(job: &str, file: &Path, name: &str) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", "child::the_other_process", "--nocapture"]);
    command.env(JOB, job).env(FILE, file).env(NAME, name);
    command
}

/// Waits for it to end well.
pub(crate) async fn done(mut process: Process, output: &Path) {
    let status = until("a child ended", async || process.ended().unwrap()).await.unwrap();
    let text = std::fs::read_to_string(output).unwrap();
    assert!(status.success(), "{status}: {text}");
}

/// Does nothing, unless it was started by another test.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_other_process() {
    let Ok(job) = env::var(JOB) else { return };
    let backend = SqliteBackend::open(env::var_os(FILE).unwrap()).await.unwrap();
    let name = env::var(NAME).unwrap();
    match job.as_str() {
        "write until killed" => killed::write(backend, name).await,
        "count and log in" => processes::count_and_log_in(backend, name).await,
        "fill the disk" => full_disk::fill(backend).await,
        other => panic!("no such job: {other}"),
    }
}
