use std::sync::{Arc, OnceLock};

use redis::{Cmd, Pipeline, RedisResult, Value, cmd};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout_at};

use super::fault::{closed, reply, timed_out};
use super::link::Link;
use super::replication::{Levels, Replication};

/// Sends writes on a connection of their own, all that have come meanwhile together, with one
/// `WAIT` behind them: Redis reads nothing more from a connection that waits.
pub(super) struct GroupCommit {
    link: Arc<Link>,
    replication: Replication,
    levels: Arc<Levels>,
    queue: OnceLock<mpsc::UnboundedSender<Waiting>>,
}

/// A write, and who waits for its answer and for how many replicas have it.
struct Waiting {
    commands: Vec<Cmd>,
    answer: oneshot::Sender<RedisResult<(Value, u32)>>,
}

/// Together at most.
const GROUP: usize = 256;

impl GroupCommit {
    pub(super) fn new(link: Link, replication: Replication, levels: Arc<Levels>) -> Self {
        Self { link: Arc::new(link), replication, levels, queue: OnceLock::new() }
    }

    pub(super) fn link(&self) -> &Link {
        &self.link
    }

    /// Sends commands that belong together, once, and gives the answer to the last one.
    pub(super) async fn ask(
        &self,
        commands: Vec<Cmd>,
        deadline: Instant,
    ) -> RedisResult<(Value, u32)> {
        self.link.wire(deadline).await?;
        let (answer, answered) = oneshot::channel();
        self.queue().send(Waiting { commands, answer }).map_err(|_| closed())?;
        let answered = timeout_at(deadline, answered).await.map_err(|_| timed_out())?;
        answered.map_err(|_| closed())?
    }

    fn queue(&self) -> &mpsc::UnboundedSender<Waiting> {
        self.queue.get_or_init(|| {
            let (sender, receiver) = mpsc::unbounded_channel();
            let (link, levels) = (Arc::clone(&self.link), Arc::clone(&self.levels));
            tokio::spawn(serve(link, self.replication, levels, receiver));
            sender
        })
    }
}

async fn serve(
    link: Arc<Link>,
    replication: Replication,
    levels: Arc<Levels>,
    mut queue: mpsc::UnboundedReceiver<Waiting>,
) {
    let mut group = Vec::new();
    while queue.recv_many(&mut group, GROUP).await > 0 {
        // Whose time is up is told that it is; so nothing is to be done.
        group.retain(|waiting| !waiting.answer.is_closed());
        let answers = match group.is_empty() {
            true => Ok(Vec::new()),
            false => commit(&link, &replication, &group).await,
        };
        tell(group.drain(..), answers, &replication, &levels);
    }
}

async fn commit(
    link: &Link,
    replication: &Replication,
    group: &[Waiting],
) -> RedisResult<Vec<Value>> {
    let mut pipeline = Pipeline::new();
    for command in group.iter().flat_map(|waiting| &waiting.commands) {
        pipeline.add_command(command.clone());
    }
    let mut wait = cmd("WAIT");
    wait.arg(replication.replicas);
    pipeline.add_command(wait.arg(replication.timeout.as_millis().to_string()).clone());
    let deadline = link.deadline();
    link.wire(deadline).await?.ask_all(&pipeline, deadline).await
}

fn tell(
    group: impl Iterator<Item = Waiting>,
    answers: RedisResult<Vec<Value>>,
    replication: &Replication,
    levels: &Levels,
) {
    let mut answers = answers.map(Vec::into_iter);
    let level = answers.as_mut().map_err(|error| error.clone()).and_then(|answers| {
        answers.next_back().map_or_else(|| Err(closed()), |level| level_of(reply(level)?))
    });
    if let Ok(level) = level {
        levels.note(replication, level);
    }
    for waiting in group {
        let answer = answers.as_mut().map_err(|error| error.clone()).and_then(|answers| {
            let last = answers.nth(waiting.commands.len().saturating_sub(1));
            Ok((reply(last.ok_or_else(closed)?)?, level.clone()?))
        });
        // Who has gone meanwhile has been told that it took too long.
        let _ = waiting.answer.send(answer);
    }
}

fn level_of(level: Value) -> RedisResult<u32> {
    match level {
        Value::Int(level) => Ok(u32::try_from(level).unwrap_or_default()),
        _ => Err(closed()),
    }
}
