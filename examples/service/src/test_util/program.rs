use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// How long anything may take.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// The program, running. Dropped, it is killed.
#[derive(Debug)]
pub struct Program {
    child: Child,
    stdout: Lines,
    stderr: Lines,
    /// Where it listens.
    pub address: SocketAddr,
}

/// The lines of an output, as they come.
#[derive(Debug)]
struct Lines {
    coming: Receiver<String>,
    seen: Vec<String>,
}

/// Who logs in.
#[derive(Clone, Debug)]
pub struct Login {
    /// The name.
    pub name: String,
    /// The password.
    pub password: String,
}

impl Program {
    /// The command that starts a program with these options, an empty environment, and a free
    /// port unless they name one.
    pub fn command(program: &str, options: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        if !options.contains(&"--listen") {
            command.args(["--listen", "127.0.0.1:0"]);
        }
        command.args(options);
        command
    }

    /// Starts it, and waits until it listens.
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut stdout = Lines::of(child.stdout.take().unwrap());
        let stderr = Lines::of(child.stderr.take().unwrap());
        let line = stdout.wait_for(" listens on ");
        let address = line.rsplit_once(' ').unwrap().1.parse().unwrap();
        Self { child, stdout, stderr, address }
    }

    /// The first demo user that it prints.
    pub fn demo(&mut self) -> Login {
        let line = self.stdout.wait_for("demo user: ");
        let rest = line.strip_prefix("demo user: ").unwrap();
        let (name, password) = rest.split_once(" password: ").unwrap();
        Login { name: name.to_owned(), password: password.to_owned() }
    }

    /// Where operators are served.
    pub fn admin(&mut self) -> SocketAddr {
        let line = self.logs("operators are served");
        line.rsplit_once("address=").unwrap().1.trim().parse().unwrap()
    }

    /// Waits for a line on stderr with this in it.
    pub fn logs(&mut self, part: &str) -> String {
        self.stderr.wait_for(part)
    }

    /// Waits for a line on stdout with this in it.
    pub fn prints(&mut self, part: &str) -> String {
        self.stdout.wait_for(part)
    }

    /// All that it has printed so far.
    pub fn printed(&self) -> String {
        self.stdout.seen.join("\n")
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for its end, and gives all that it has logged.
    pub fn end(mut self) -> (ExitStatus, Vec<String>) {
        let lines = self.stderr.rest();
        (self.child.wait().unwrap(), lines)
    }

    /// Ends it without a drain, and gives all that it has logged.
    pub fn stop(self) -> Vec<String> {
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
