use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// How long anything may take.
pub(crate) const DEADLINE: Duration = Duration::from_secs(60);

/// The program, running. Dropped, it is killed.
pub(crate) struct Program {
    child: Child,
    stdout: Lines,
    stderr: Lines,
    pub(crate) address: SocketAddr,
}

/// The lines of an output, as they come.
struct Lines {
    coming: Receiver<String>,
    seen: Vec<String>,
}

/// The demo user.
pub(crate) struct Demo {
    pub(crate) name: String,
    pub(crate) password: String,
}

/// The program with these options, an empty environment, and a drawn port.
pub(crate) fn command(options: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stateless-api"));
    command.env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    if !options.contains(&"--listen") {
        command.args(["--listen", "127.0.0.1:0"]);
    }
    command.args(options);
    command
}

impl Program {
    /// Started, and listening.
    pub(crate) fn start(options: &[&str]) -> Self {
        Self::of(&mut command(options))
    }

    pub(crate) fn of(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut stdout = Lines::of(child.stdout.take().unwrap());
        let stderr = Lines::of(child.stderr.take().unwrap());
        let line = stdout.wait_for(" listens on ");
        let address = line.rsplit_once(' ').unwrap().1.parse().unwrap();
        Self { child, stdout, stderr, address }
    }

    pub(crate) fn demo(&mut self) -> Demo {
        let line = self.stdout.wait_for("demo user: ");
        let rest = line.strip_prefix("demo user: ").unwrap();
        let (name, password) = rest.split_once(" password: ").unwrap();
        Demo { name: name.to_owned(), password: password.to_owned() }
    }

    /// Waits for a line on stderr with this in it.
    pub(crate) fn logs(&mut self, part: &str) -> String {
        self.stderr.wait_for(part)
    }

    /// Waits for a line on stdout with this in it.
    pub(crate) fn prints(&mut self, part: &str) -> String {
        self.stdout.wait_for(part)
    }

    /// All that it has printed so far.
    pub(crate) fn printed(&self) -> String {
        self.stdout.seen.join("\n")
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for its end, and gives all that it has logged.
    pub(crate) fn end(mut self) -> (ExitStatus, Vec<String>) {
        let lines = self.stderr.rest();
        (self.child.wait().unwrap(), lines)
    }

    /// Ends it without a drain, and gives all that it has logged.
    pub(crate) fn stop(self) -> Vec<String> {
        self.signal(Signal::TERM);
        self.end().1
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Lines {
    fn of(output: impl Read + Send + 'static) -> Self {
        let (lines, coming) = channel();
        thread::spawn(move || pass_on(output, &lines));
        Self { coming, seen: Vec::new() }
    }

    #[track_caller]
    fn wait_for(&mut self, part: &str) -> String {
        let start = Instant::now();
        loop {
            if let Some(line) = self.seen.iter().find(|line| line.contains(part)) {
                return line.clone();
            }
            let left = DEADLINE.saturating_sub(start.elapsed());
            match self.coming.recv_timeout(left) {
                Ok(line) => self.seen.push(line),
                Err(error) => panic!("{part:?}: {error}, after {:#?}", self.seen),
            }
        }
    }

    /// All lines, when no more will come.
    fn rest(&mut self) -> Vec<String> {
        let start = Instant::now();
        while let Ok(line) = self.coming.recv_timeout(DEADLINE.saturating_sub(start.elapsed())) {
            self.seen.push(line);
        }
        assert!(start.elapsed() < DEADLINE, "it does not end: {:#?}", self.seen);
        std::mem::take(&mut self.seen)
    }
}

fn pass_on(output: impl Read, lines: &Sender<String>) {
    for line in BufReader::new(output).lines() {
        if lines.send(line.unwrap()).is_err() {
            return;
        }
    }
}
