//! Cleans up after a test that is gone.

use std::ffi::OsStr;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::process::Pid;

/// Acts when this process ends, in whatever way: the pipe that it reads from closes then. A test
/// that is killed has no destructors, and neither has what it keeps in a static.
#[derive(Debug)]
pub(crate) struct Watchdog(Child);

/// A process group, and children of its leader that have a group of their own.
const KILL: &str =
    r#"kill -s KILL -- "-$1" $(cat "/proc/$1/task/$1/children" 2>/dev/null) 2>/dev/null"#;

/// Who writes to it is being killed at the same time.
const REMOVE: &str = r#"for _ in 1 2 3 4 5 6 7 8 9; do
    rm -rf -- "$1" 2>/dev/null && break
    sleep 0.2
done"#;

impl Watchdog {
    /// Kills a process group.
    pub(crate) fn over_group(group: Pid) -> io::Result<Self> {
        Self::spawn(KILL, group.as_raw_nonzero().to_string())
    }

    /// Removes a folder.
    pub(crate) fn over_folder(folder: &Path) -> io::Result<Self> {
        Self::spawn(REMOVE, folder)
    }

    fn spawn(act: &str, on: impl AsRef<OsStr>) -> io::Result<Self> {
        Command::new("sh")
            .args(["-c", &format!("read -r _; {act}"), "watchdog"])
            .arg(on)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .map(Self)
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;

    use super::*;

    #[test]
    fn a_server_is_killed_when_the_pipe_of_its_watchdog_closes() {
        let mut server = Command::new("sleep").arg("600").process_group(0).spawn().unwrap();
        let mut watchdog = Watchdog::over_group(Pid::from_child(&server)).unwrap();
        drop(watchdog.0.stdin.take());
        let watchdog = watchdog.0.wait().unwrap();
        if !watchdog.success() {
            server.kill().unwrap();
        }
        let server = server.wait().unwrap();
        assert_eq!((watchdog.code(), server.signal()), (Some(0), Some(9)));
    }

    #[test]
    fn a_folder_is_removed_when_the_pipe_of_its_watchdog_closes() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("data"), "data").unwrap();
        let mut watchdog = Watchdog::over_folder(folder.path()).unwrap();
        drop(watchdog.0.stdin.take());
        assert!(watchdog.0.wait().unwrap().success());
        assert!(!folder.path().exists());
    }
}
