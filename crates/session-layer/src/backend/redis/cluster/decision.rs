use std::time::Duration;

use redis::{Value, cmd};
use tokio::time::{Instant, sleep};

use super::super::backoff;
use super::super::fault::{corrupt, unexpected};
use super::super::replication::Write;
use super::super::script::{Script, cluster as script};
use super::Cluster;
use super::answer::Answer;
use super::step_name::StepName;
use crate::backend::{BackendError, Missing, SessionKey, TOMBSTONE_LIFE};

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    Done,
    GivenUp,
}

/// How long somebody else's step may take at most, if a verb has time for it.
const PATIENCE: Duration = Duration::from_millis(500);

/// Steps, as everybody sees them.
impl Cluster {
    /// What is under a key, for who only reads: what a step has taken is what it was, until the
    /// step is decided.
    pub(super) async fn view(
        &self,
        key: &SessionKey,
        deadline: Instant,
    ) -> Result<Answer, BackendError> {
        let name = self.names.session(key);
        loop {
            let reply = self.script((None, &script::LOAD), &name, &[], deadline).await?;
            let (step, before) = match Answer::read(reply)? {
                Answer::Held(step, before) => (step, before),
                answer => return Ok(answer),
            };
            match self.decision(&step, deadline).await? {
                Some(decision) => self.release(key, &step, decision, deadline).await?,
                None => return Ok(before.map_or(ABSENT, Answer::Session)),
            }
        }
    }

    /// Runs a script on a session's key, which waits for a step that has it.
    pub(super) async fn act(
        &self,
        script: (Option<Write>, &Script),
        key: &SessionKey,
        arguments: &[&[u8]],
        deadline: Instant,
    ) -> Result<Answer, BackendError> {
        let name = self.names.session(key);
        loop {
            match Answer::read(self.script(script, &name, arguments, deadline).await?)? {
                Answer::Held(step, _) => {
                    let decision = self.decided(&step, deadline).await?;
                    self.release(key, &step, decision, deadline).await?;
                }
                answer => return Ok(answer),
            }
        }
    }

    /// What becomes of somebody's step. One that takes too long is given up.
    pub(super) async fn decided(
        &self,
        step: &StepName,
        deadline: Instant,
    ) -> Result<Decision, BackendError> {
        let patience = PATIENCE.min(self.nodes.timeout() / 4);
        let (until, mut pause) = (Instant::now() + jittered(patience), Duration::from_millis(1));
        loop {
            if let Some(decision) = self.decision(step, deadline).await? {
                return Ok(decision);
            }
            if Instant::now() >= until {
                return self.give_up(step, deadline).await;
            }
            sleep(jittered(pause)).await;
            pause = (pause * 2).min(Duration::from_millis(16));
        }
    }

    /// What became of it so far.
    async fn decision(
        &self,
        step: &StepName,
        deadline: Instant,
    ) -> Result<Option<Decision>, BackendError> {
        let name = self.names.step(step.parts());
        match self.nodes.ask(&name, cmd("GET").arg(&name), deadline).await? {
            Value::Nil => Ok(None),
            decision => read(&decision).map(Some),
        }
    }

    /// Decides that it is done, unless it was given up before. That is remembered for as long as a
    /// key may stay taken.
    pub(super) async fn commit(
        &self,
        step: &StepName,
        life: u64,
        deadline: Instant,
    ) -> Result<Decision, BackendError> {
        let life = Duration::from_millis(life) + TOMBSTONE_LIFE;
        self.decide(step, (b"D", life), deadline).await
    }

    /// Decides that it is given up, unless it was done before.
    pub(super) async fn give_up(
        &self,
        step: &StepName,
        deadline: Instant,
    ) -> Result<Decision, BackendError> {
        self.decide(step, (b"G", GIVEN_UP_LIFE), deadline).await
    }

    async fn decide(
        &self,
        step: &StepName,
        (decision, life): (&[u8], Duration),
        deadline: Instant,
    ) -> Result<Decision, BackendError> {
        let (name, life) = (self.names.step(step.parts()), life.as_millis().to_string());
        let decide = (Some(Write::Lasting), &*script::DECIDE);
        read(&self.script(decide, &name, &[decision, life.as_bytes()], deadline).await?)
    }

    /// Has what was decided forgotten when nobody asks for it any more.
    pub(super) async fn forget(
        &self,
        step: &StepName,
        deadline: Instant,
    ) -> Result<(), BackendError> {
        let name = self.names.step(step.parts());
        let mut expire = cmd("PEXPIRE");
        expire.arg(&name).arg(TOMBSTONE_LIFE.as_millis().to_string());
        self.nodes.ask(&name, &expire, deadline).await.map(drop)
    }

    /// Waits a little before a verb is tried again, so that those who disturbed each other do not
    /// go on doing so.
    pub(super) async fn step_aside(&self) {
        sleep(jittered(Duration::from_millis(8))).await;
    }

    /// Lets go of a key that a decided step has taken, unless somebody has done so before.
    pub(super) async fn release(
        &self,
        key: &SessionKey,
        step: &StepName,
        decision: Decision,
        deadline: Instant,
    ) -> Result<(), BackendError> {
        let decision: &[u8] = match decision {
            Decision::Done => b"D",
            Decision::GivenUp => b"G",
        };
        let (name, arguments) = (self.names.session(key), [step.as_bytes(), decision]);
        self.script((None, &script::RELEASE), &name, &arguments, deadline).await.map(drop)
    }

    /// Lets go of a user's index that a decided step has, and drops what is over from it.
    pub(super) async fn let_go(
        &self,
        index: &str,
        step: &StepName,
        over: &[SessionKey],
        deadline: Instant,
    ) -> Result<(), BackendError> {
        let over: Vec<_> = over.iter().map(ToString::to_string).collect();
        let mut arguments = vec![step.as_bytes()];
        arguments.extend(over.iter().map(String::as_bytes));
        self.script((None, &script::LET_GO), index, &arguments, deadline).await.map(drop)
    }
}

const ABSENT: Answer = Answer::Missing(Missing::Absent);

/// Nobody takes so long to find out about it.
const GIVEN_UP_LIFE: Duration = TOMBSTONE_LIFE.saturating_mul(10);

/// From half of it to all of it.
fn jittered(time: Duration) -> Duration {
    time / 2 + time / 510 * u32::from(backoff::chance())
}

fn read(decision: &Value) -> Result<Decision, BackendError> {
    match decision {
        Value::BulkString(text) if text == b"D" => Ok(Decision::Done),
        Value::BulkString(text) if text == b"G" => Ok(Decision::GivenUp),
        Value::BulkString(_) => Err(corrupt()),
        _ => Err(unexpected()),
    }
}
