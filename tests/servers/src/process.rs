//! A server as a child process.

use std::fs::{self, File};
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use crate::wait::until;
use crate::watchdog::Watchdog;

/// A running server, and all processes that it starts. None of them outlives this value.
#[derive(Debug)]
pub struct Process {
    child: Child,
    pid: Pid,
    watchdog: Option<Watchdog>,
}

impl Process {
    /// Starts it, with all its output appended to the file.
    ///
    /// # Errors
    /// It can not be started.
    pub fn start(command: &mut Command, output: &Path) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        Self::spawn(command, output).with_context(|| format!("{name} does not start"))
    }

    fn spawn(command: &mut Command, output: &Path) -> io::Result<Self> {
        let output = File::options().create(true).append(true).open(output)?;
        let child = command
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .process_group(0)
            .spawn()?;
        let pid = Pid::from_child(&child);
        let mut process = Self { child, pid, watchdog: None };
        process.watchdog = Some(Watchdog::over_group(pid)?);
        Ok(process)
    }

    /// Asks it to end (SIGTERM).
    ///
    /// # Errors
    /// It is gone already.
    pub fn terminate(&self) -> Result<()> {
        Ok(kill_process(self.pid, Signal::TERM)?)
    }

    /// Ends it on the spot (SIGKILL), as a power cut does.
    ///
    /// # Errors
    /// It is gone already.
    pub async fn kill(&mut self) -> Result<()> {
        self.signal_all(Signal::KILL)?;
        self.end().await?;
        Ok(())
    }

    /// Stops it where it is (SIGSTOP): it keeps its connections, and answers nobody.
    ///
    /// # Errors
    /// It is gone already.
    pub async fn freeze(&self) -> Result<()> {
        self.signal_all(Signal::STOP)?;
        let all = [vec![self.pid], self.children()].concat();
        until("all threads stopped", async || all.iter().all(is_stopped).then_some(())).await
    }

    /// Lets it go on (SIGCONT).
    ///
    /// # Errors
    /// It is gone already.
    pub fn thaw(&self) -> Result<()> {
        self.signal_all(Signal::CONT)
    }

    /// How it ended, if it did.
    ///
    /// # Errors
    /// The system does not say.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        let status = self.child.try_wait()?;
        if status.is_some() {
            self.watchdog = None;
        }
        Ok(status)
    }

    /// How it ends.
    ///
    /// # Errors
    /// It does not end in time.
    pub async fn end(&mut self) -> Result<ExitStatus> {
        until("a process ended", async || self.ended().transpose()).await?
    }

    /// To the group and to children that have a group of their own, as PostgreSQL's have. Stopped
    /// first, it starts no more of them meanwhile.
    fn signal_all(&self, signal: Signal) -> Result<()> {
        kill_process_group(self.pid, Signal::STOP)?;
        for child in self.children() {
            let _ = kill_process(child, signal);
        }
        Ok(kill_process_group(self.pid, signal)?)
    }

    fn children(&self) -> Vec<Pid> {
        let pid = self.pid.as_raw_nonzero();
        let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"));
        let children = children.unwrap_or_default();
        children.split_whitespace().filter_map(|pid| Pid::from_raw(pid.parse().ok()?)).collect()
    }
}

/// Threads that run on another processor go on for a moment. A child that has just ended stays what
/// it is: nobody takes note of its end.
fn is_stopped(process: &Pid) -> bool {
    let threads = fs::read_dir(format!("/proc/{}/task", process.as_raw_nonzero()));
    threads.into_iter().flatten().flatten().all(|thread| {
        let status = fs::read_to_string(thread.path().join("status")).unwrap_or_default();
        ["\nState:\tT", "\nState:\tZ"].iter().any(|state| status.contains(state))
    })
}

impl Drop for Process {
    fn drop(&mut self) {
        if !matches!(self.child.try_wait(), Ok(None)) {
            return;
        }
        let _ = self.signal_all(Signal::KILL);
        // Before the number of the group is free for others.
        self.watchdog = None;
        let _ = self.child.wait();
    }
}
