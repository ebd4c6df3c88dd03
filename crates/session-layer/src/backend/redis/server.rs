use std::sync::Arc;

use redis::{Cmd, RedisResult, Value};
use tokio::time::Instant;

use super::fault::{backend_error, is_unknown_script};
use super::group_commit::GroupCommit;
use super::link::Link;
use super::replication::{Levels, Replication, ReplicationStatus, Write};
use super::script::Script;
use crate::backend::BackendError;

/// A Redis, and how it is asked: what waits for replicas has a connection of its own.
pub(super) struct Server {
    link: Arc<Link>,
    replication: Replication,
    levels: Arc<Levels>,
    group_commit: Option<GroupCommit>,
}

impl Server {
    pub(super) fn over(link: Link) -> Self {
        let (replication, levels) = (Replication::asynchronous(), Arc::default());
        Self { link: Arc::new(link), replication, levels, group_commit: None }
    }

    /// With another connection, for what waits.
    pub(super) fn replicated(
        link: Link,
        other: Link,
        replication: Replication,
        levels: Arc<Levels>,
    ) -> Self {
        let group_commit = Some(GroupCommit::new(other, replication, Arc::clone(&levels)));
        Self { link: Arc::new(link), replication, levels, group_commit }
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
        match &self.group_commit {
            Some(group) if self.replication.is_for(write) => {
                let by_hash = group.ask(vec![script.by_hash(keys, arguments)], deadline).await;
                let answer = match by_hash {
                    Err(error) if is_unknown_script(&error) => {
                        group.ask(vec![script.by_source(keys, arguments)], deadline).await
                    }
                    answer => answer,
                };
                let (value, level) = answer.map_err(backend_error)?;
                self.replication.judge(level).map(|()| value)
            }
            _ => self.link.run(script, keys, arguments, deadline).await.map_err(backend_error),
        }
    }
}
