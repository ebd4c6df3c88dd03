use std::fmt;
use std::sync::Arc;

use redis::{Cmd, RedisResult, Value};
use tokio::time::Instant;

use super::fault::{backend_error, is_unknown_script};
use super::group_commit::GroupCommit;
use super::link::Link;
use super::replicas::Replicas;
use super::replication::{Levels, Replication, ReplicationStatus, Write};
use super::script::Script;
use crate::backend::{BackendError, Record};

/// A Redis, and how it is asked: what waits for replicas has a connection of its own.
pub(super) struct Server {
    link: Arc<Link>,
    replication: Replication,
    levels: Arc<Levels>,
    group_commit: Option<GroupCommit>,
    replicas: Option<Replicas>,
}

impl Server {
    pub(super) fn over(link: Link) -> Self {
        let (replication, levels) = (Replication::asynchronous(), Arc::default());
        Self { link: Arc::new(link), replication, levels, group_commit: None, replicas: None }
    }

    /// With another connection, for what waits.
    pub(super) fn replicated(
        link: Link,
        other: Link,
        replication: Replication,
        levels: Arc<Levels>,
    ) -> Self {
        let group_commit = Some(GroupCommit::new(other, replication, Arc::clone(&levels)));
        Self { link: Arc::new(link), replication, levels, group_commit, replicas: None }
    }

    /// With replicas that are read.
    pub(super) fn with_replicas(self, of: impl FnOnce(Arc<Link>) -> Replicas) -> Self {
        Self { replicas: Some(of(Arc::clone(&self.link))), ..self }
    }

    pub(super) fn link(&self) -> &Arc<Link> {
        &self.link
    }

    pub(super) fn status(&self) -> ReplicationStatus {
        self.levels.status(&self.replication)
    }

    /// When a verb that begins now has to be over.
    pub(super) fn deadline(&self) -> Instant {
        self.link.deadline()
    }

    /// Sends a command that writes nothing.
    pub(super) async fn ask(&self, command: &Cmd, deadline: Instant) -> RedisResult<Value> {
        self.link.ask(command, deadline).await
    }

    /// The session under a name that a replica has, if one may be read.
    pub(super) async fn read_copy(&self, name: &str) -> Option<Record> {
        self.replicas.as_ref()?.read(name).await
    }

    /// Runs a script whose writes, if there are any, nobody misses.
    pub(super) async fn run(
        &self,
        script: &Script,
        keys: &[&str],
        arguments: &[&[u8]],
        deadline: Instant,
    ) -> RedisResult<Value> {
        self.link.run(script, keys, arguments, deadline).await
    }

    /// Runs a script whose writes may be waited for.
    pub(super) async fn write(
        &self,
        (write, script): (Write, &Script),
        keys: &[&str],
        arguments: &[&[u8]],
        deadline: Instant,
    ) -> Result<Value, BackendError> {
        if self.group(Some(write)).is_none() {
            return self.run(script, keys, arguments, deadline).await.map_err(backend_error);
        }
        let by_hash = vec![script.by_hash(keys, arguments)];
        let answer = match self.exchange(Some(write), by_hash, deadline).await {
            Err(error) if is_unknown_script(&error) => {
                let by_source = vec![script.by_source(keys, arguments)];
                self.exchange(Some(write), by_source, deadline).await
            }
            answer => answer,
        };
        let (value, level) = answer.map_err(backend_error)?;
        self.replication.judge(level).map(|()| value)
    }

    /// Sends commands that belong together, once, and gives the answer to the last one, and how
    /// many replicas have it: as many as there may be, if it did not wait.
    pub(super) async fn exchange(
        &self,
        write: Option<Write>,
        commands: Vec<Cmd>,
        deadline: Instant,
    ) -> RedisResult<(Value, u32)> {
        match self.group(write) {
            Some(group) => group.ask(commands, deadline).await,
            None => self.link.ask_all(&commands, deadline).await.map(|value| (value, u32::MAX)),
        }
    }

    /// Waits for the connection that such a write goes through.
    pub(super) async fn reach(&self, write: Option<Write>, deadline: Instant) -> RedisResult<()> {
        self.link_of(write).wire(deadline).await.map(drop)
    }

    pub(super) fn is_up(&self, write: Option<Write>) -> bool {
        self.link_of(write).is_up()
    }

    fn link_of(&self, write: Option<Write>) -> &Link {
        self.group(write).map_or(&*self.link, GroupCommit::link)
    }

    fn group(&self, write: Option<Write>) -> Option<&GroupCommit> {
        let waits = write.is_some_and(|write| self.replication.is_for(write));
        self.group_commit.as_ref().filter(|_| waits)
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("link", &self.link)
            .field("replication", &self.replication)
            .field("replicas", &self.replicas)
            .finish_non_exhaustive()
    }
}
