//! Ends a server when its test is gone.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use rustix::process::Pid;

/// Kills a process group when this process ends, in whatever way: the pipe that it reads from
/// closes then. A test that is killed itself has no destructors.
#[derive(Debug)]
pub(crate) struct Watchdog(Child);

impl Watchdog {
    pub(crate) fn over(group: Pid) -> io::Result<Self> {
        Command::new("sh")
            .args(["-c", r#"read -r _; kill -s KILL -- "-$1""#, "watchdog"])
            .arg(group.as_raw_nonzero().to_string())
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
        let mut watchdog = Watchdog::over(Pid::from_child(&server)).unwrap();
        drop(watchdog.0.stdin.take());
        let watchdog = watchdog.0.wait().unwrap();
        if !watchdog.success() {
            server.kill().unwrap();
        }
        let server = server.wait().unwrap();
        assert_eq!((watchdog.code(), server.signal()), (Some(0), Some(9)));
    }
}
