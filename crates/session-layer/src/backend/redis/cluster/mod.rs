//! Sessions in a Redis cluster.

mod answer;
mod index;
mod live;
mod nodes;
mod rotation;
mod slot;
mod topology;

pub(super) use nodes::Nodes;

use redis::{Value, cmd};
use tokio::time::Instant;

use super::draft::DraftTexts;
use super::fault::unexpected;
use super::lifetime::Millis;
use super::names::Names;
use super::replication::Write;
use super::script::{Script, cluster as script};
use super::stored::{beginning, head};
use crate::backend::{
    BackendError, Change, Created, Draft, Found, Loaded, Missing, SessionKey, Stats, Updated,
    UserId,
};
use answer::{Answer, record, text};

/// The verbs of a backend, where a script sees only one key: what decides about a session happens on
/// the session's own key, and the indexes, which others read, are written before or after that.
#[derive(Debug)]
pub(super) struct Cluster {
    nodes: Nodes,
    names: Names,
}

/// What became of a rotation, as the old key says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Decision {
    None,
    Renewed,
    Replaced,
}

impl Cluster {
    /// How many sessions are asked about at the same time.
    const AT_ONCE: usize = 64;
    /// How many rotations of a session are followed that happen while it is looked for.
    const HOPS: usize = 4;
    /// How many due sessions are looked at together.
    const BATCH: u32 = 500;

    pub(super) fn new(nodes: Nodes, names: Names) -> Self {
        Self { nodes, names }
    }

    pub(super) fn nodes(&self) -> &Nodes {
        &self.nodes
    }

    pub(super) async fn load(&self, key: &SessionKey) -> Result<Loaded, BackendError> {
        let (name, deadline) = (self.names.session(key), self.nodes.deadline());
        match self.nodes.ask(&name, cmd("GET").arg(&name), deadline).await? {
            Value::Nil => Ok(Loaded::Missing(Missing::Absent)),
            Value::BulkString(value) if value.first() == Some(&b'S') => {
                Ok(Loaded::Found(Found { key: *key, record: record(value)? }))
            }
            Value::BulkString(_) => self.follow(key, deadline).await,
            _ => Err(unexpected()),
        }
    }

    pub(super) async fn create(
        &self,
        key: &SessionKey,
        draft: &Draft,
    ) -> Result<Created, BackendError> {
        let deadline = self.nodes.deadline();
        let Some(user) = &draft.user else {
            return self.begin(key, draft, Write::Passing, deadline).await;
        };
        let Some(room) = self.reserve((user, key), (draft, None), deadline).await? else {
            return Ok(Created::Full);
        };
        // First, so that there are never more than may be.
        let ended = self.make_room(user, &room, deadline).await?;
        match self.begin(key, draft, Write::Lasting, deadline).await? {
            Created::Done { .. } => Ok(Created::Done { ended }),
            other => Ok(other),
        }
    }

    async fn begin(
        &self,
        key: &SessionKey,
        draft: &Draft,
        write: Write,
        deadline: Instant,
    ) -> Result<Created, BackendError> {
        let texts = DraftTexts::of(draft);
        let [user, payload, idle, absolute, _, _, head] = texts.arguments();
        let arguments = [user, payload, idle, absolute, head];
        let (create, name) = ((Some(write), &*script::CREATE), self.names.session(key));
        self.announce(key, [idle, b"0", absolute]).await;
        let done = Created::Done { ended: Vec::new() };
        match Answer::read(self.script(create, &name, &arguments, deadline).await?)? {
            Answer::Done(_) => Ok(done),
            Answer::Taken => Ok(Created::Taken),
            Answer::Ended => {
                self.delist(key).await;
                Ok(done)
            }
            _ => Err(unexpected()),
        }
    }

    pub(super) async fn update(
        &self,
        key: &SessionKey,
        change: &Change,
    ) -> Result<Updated, BackendError> {
        let (version, deadline) = (change.version.saturating_add(1), self.nodes.deadline());
        let (read, head) = (beginning(change.version), head(version, &change.payload));
        let lifetime = change.lifetime.map(Millis::from);
        let mut arguments = vec![&read[..], &head, change.payload.as_bytes()];
        arguments.extend(lifetime.iter().flat_map(Millis::arguments));
        let update = (Some(Write::Passing), &*script::UPDATE);
        match self.judge(update, key, &arguments, deadline).await? {
            Answer::Done(times) => {
                self.keep(key, &times, deadline).await?;
                Ok(Updated::Done(version))
            }
            Answer::Session(record) => Ok(Updated::Conflict(Found { key: *key, record })),
            Answer::Missing(missing) => Ok(Updated::Missing(missing)),
            Answer::Leads(next) => Ok(match self.successor(&next, deadline).await? {
                Loaded::Found(found) => Updated::Conflict(found),
                Loaded::Missing(missing) => Updated::Missing(missing),
            }),
            Answer::Pending(_) | Answer::Taken | Answer::Ended => Err(unexpected()),
        }
    }

    pub(super) async fn touch(&self, key: &SessionKey) -> Result<bool, BackendError> {
        let deadline = self.nodes.deadline();
        let touch = (Some(Write::Passing), &*script::TOUCH);
        match self.judge(touch, key, &[], deadline).await? {
            Answer::Done(times) => {
                self.keep(key, &times, deadline).await?;
                Ok(true)
            }
            Answer::Missing(_) | Answer::Leads(_) => Ok(false),
            _ => Err(unexpected()),
        }
    }

    pub(super) async fn delete(&self, key: &SessionKey) -> Result<Option<Found>, BackendError> {
        let deadline = self.nodes.deadline();
        let delete = (Some(Write::Lasting), &*script::DELETE);
        let found = match self.judge(delete, key, &[], deadline).await? {
            Answer::Session(record) => Found { key: *key, record },
            Answer::Leads(next) => match self.judge(delete, &next, &[], deadline).await? {
                Answer::Session(record) => Found { key: next, record },
                _ => return Ok(None),
            },
            _ => return Ok(None),
        };
        self.delist(&found.key).await;
        if let Some(user) = &found.record.user {
            self.unregister(user, &[found.key]).await;
        }
        Ok(Some(found))
    }

    pub(super) async fn of_user(&self, user: &UserId) -> Result<Vec<Found>, BackendError> {
        self.registered(user, self.nodes.deadline()).await
    }

    pub(super) async fn sweep(&self, limit: u32) -> Result<u32, BackendError> {
        let mut removed: u32 = 0;
        for set in self.names.live_parts() {
            while removed < limit {
                let batch = Self::BATCH.min(limit - removed);
                let [seen, gone] = self.look(&set, batch).await?;
                removed = removed.saturating_add(gone);
                if seen < batch {
                    break;
                }
            }
        }
        Ok(removed)
    }

    pub(super) async fn stats(&self) -> Result<Stats, BackendError> {
        self.count().await.map(Stats::of_live)
    }

    /// What is under a key, once it is known.
    async fn at(&self, key: &SessionKey, deadline: Instant) -> Result<Answer, BackendError> {
        self.judge((None, &script::LOAD), key, &[], deadline).await
    }

    /// The session that a key has or leads to.
    async fn follow(&self, key: &SessionKey, deadline: Instant) -> Result<Loaded, BackendError> {
        match self.at(key, deadline).await? {
            Answer::Session(record) => Ok(Loaded::Found(Found { key: *key, record })),
            Answer::Missing(missing) => Ok(Loaded::Missing(missing)),
            Answer::Leads(next) => self.successor(&next, deadline).await,
            _ => Err(unexpected()),
        }
    }

    /// The session under the key that another one leads to.
    async fn successor(&self, key: &SessionKey, deadline: Instant) -> Result<Loaded, BackendError> {
        match self.at(key, deadline).await? {
            Answer::Session(record) => Ok(Loaded::Found(Found { key: *key, record })),
            Answer::Missing(missing) => Ok(Loaded::Missing(missing)),
            Answer::Leads(_) => Ok(Loaded::Missing(Missing::Superseded)),
            _ => Err(unexpected()),
        }
    }

    /// Runs a script on a session's key. What is pending there is a session if its predecessor
    /// says so, and nothing otherwise.
    async fn judge(
        &self,
        script: (Option<Write>, &Script),
        key: &SessionKey,
        arguments: &[&[u8]],
        deadline: Instant,
    ) -> Result<Answer, BackendError> {
        let name = self.names.session(key);
        for _ in 0..Self::HOPS {
            match Answer::read(self.script(script, &name, arguments, deadline).await?)? {
                Answer::Pending(old) => match self.decision(key, &old, deadline).await? {
                    Decision::None => return Ok(Answer::Missing(Missing::Absent)),
                    _ => self.confirm(key, &old, deadline).await?,
                },
                answer => return Ok(answer),
            }
        }
        Ok(Answer::Missing(Missing::Absent))
    }

    async fn decision(
        &self,
        key: &SessionKey,
        old: &SessionKey,
        deadline: Instant,
    ) -> Result<Decision, BackendError> {
        let (name, key) = (self.names.session(old), key.to_string());
        let leads = self.script((None, &script::LEADS), &name, &[key.as_bytes()], deadline).await?;
        match leads {
            Value::Int(0) => Ok(Decision::None),
            Value::Int(1) => Ok(Decision::Renewed),
            Value::Int(2) => Ok(Decision::Replaced),
            _ => Err(unexpected()),
        }
    }

    async fn confirm(
        &self,
        key: &SessionKey,
        old: &SessionKey,
        deadline: Instant,
    ) -> Result<(), BackendError> {
        let (name, old) = (self.names.session(key), old.to_string());
        let confirm = (Some(Write::Lasting), &*script::CONFIRM);
        self.script(confirm, &name, &[old.as_bytes()], deadline).await.map(drop)
    }

    /// What a change has to have changed elsewhere: when it is due, when it ends if that is new, and
    /// the user.
    async fn keep(
        &self,
        key: &SessionKey,
        times: &[Value],
        deadline: Instant,
    ) -> Result<(), BackendError> {
        let [due, ends, Value::BulkString(user)] = times else {
            return Ok(());
        };
        if *due != Value::Int(0) {
            self.enlist(key, &text(Some(due)), &text(Some(ends))).await;
        }
        let user = str::from_utf8(user).ok().and_then(UserId::new);
        if let (Some(user), Value::Int(1..)) = (user, ends) {
            let (index, ends) = (self.names.user(&user), text(Some(ends)));
            let keep = (Some(Write::Passing), &*script::KEEP);
            self.script(keep, &index, &[ends.as_bytes()], deadline).await?;
        }
        Ok(())
    }

    async fn script(
        &self,
        script: (Option<Write>, &Script),
        key: &str,
        arguments: &[&[u8]],
        deadline: Instant,
    ) -> Result<Value, BackendError> {
        let arguments = [&[self.names.prefix()], arguments].concat();
        self.nodes.run(script, key, &arguments, deadline).await
    }

    /// Runs one whose writes nobody misses.
    async fn hint(
        &self,
        script: &Script,
        key: &str,
        arguments: &[&[u8]],
        deadline: Instant,
    ) -> Result<Value, BackendError> {
        self.script((None, script), key, arguments, deadline).await
    }

    fn hint_deadline(&self) -> Instant {
        self.nodes.hint_deadline()
    }
}
