//! Sessions in a Redis cluster.

mod answer;
mod decision;
mod live;
mod newcomer;
mod nodes;
mod room;
mod rotation;
mod slot;
mod step;
mod step_name;
mod topology;
mod user;

pub(super) use nodes::Nodes;
pub(super) use topology::Topology;

use redis::{Value, cmd};
use tokio::time::Instant;

use super::answer::stored;
use super::draft::DraftTexts;
use super::fault::unexpected;
use super::lifetime::{Millis, instant, millis};
use super::names::Names;
use super::replication::Write;
use super::script::{Script, cluster as script};
use super::stored::{Stored, beginning, head};
use crate::backend::{
    BackendError, Change, Created, Draft, Found, Lifetime, Loaded, Missing, Record, Renewed,
    SessionKey, Stats, Swept, Updated,
};
use answer::{Answer, number, record};
use newcomer::Newcomer;
use room::Room;
use step::{Step, Taking};

/// The verbs of a backend, where a script sees only one key. A verb that is about one session is
/// one script; one that changes several keys is a [`Step`].
#[derive(Debug)]
pub(super) struct Cluster {
    nodes: Nodes,
    names: Names,
}

impl Cluster {
    /// How many sessions are asked about at the same time.
    const AT_ONCE: usize = 64;
    /// How many due sessions are looked at together.
    const BATCH: u32 = 500;

    pub(super) fn new(nodes: Nodes, names: Names) -> Self {
        Self { nodes, names }
    }

    pub(super) fn nodes(&self) -> &Nodes {
        &self.nodes
    }

    pub(super) async fn load(&self, key: &SessionKey) -> Result<Loaded, BackendError> {
        self.load_until(key, self.nodes.deadline()).await
    }

    /// What no replica has may be there all the same.
    pub(super) async fn load_stale(&self, key: &SessionKey) -> Result<Loaded, BackendError> {
        let deadline = self.nodes.deadline();
        match self.nodes.read_copy(&self.names.session(key)).await {
            Some(record) => Ok(Loaded::Found(Found { key: *key, record })),
            None => self.load_until(key, deadline).await,
        }
    }

    async fn load_until(
        &self,
        key: &SessionKey,
        deadline: Instant,
    ) -> Result<Loaded, BackendError> {
        let name = self.names.session(key);
        match self.nodes.ask(&name, cmd("GET").arg(&name), deadline).await? {
            Value::Nil => Ok(Loaded::Missing(Missing::Absent)),
            Value::BulkString(value) if value.first() == Some(&b'S') => {
                Ok(Loaded::Found(Found { key: *key, record: record(value)? }))
            }
            Value::BulkString(_) => self.follow(key, deadline).await,
            _ => Err(unexpected()),
        }
    }

    /// A key that a step has is asked for once more when that is decided.
    pub(super) async fn renewed(&self, key: &SessionKey) -> Result<Option<Renewed>, BackendError> {
        let (name, deadline) = (self.names.session(key), self.nodes.deadline());
        for _ in 0..2 {
            match self.nodes.ask(&name, cmd("GET").arg(&name), deadline).await? {
                Value::BulkString(value) if value.first() == Some(&b'P') => {
                    self.view(key, deadline).await?;
                }
                value => {
                    return Ok(match stored(value)? {
                        Some(Stored::Alias(renewed)) => Some(renewed),
                        _ => None,
                    });
                }
            }
        }
        Ok(None)
    }

    pub(super) async fn create(
        &self,
        key: &SessionKey,
        draft: &Draft,
    ) -> Result<Created, BackendError> {
        let deadline = self.nodes.deadline();
        if draft.user.is_none() {
            return self.create_anonymous(key, draft, deadline).await;
        }
        loop {
            if let Some(created) = self.try_to_create(key, draft, deadline).await? {
                return Ok(created);
            }
            self.step_aside().await;
        }
    }

    /// None if somebody has changed what was seen, or given it up.
    async fn try_to_create(
        &self,
        key: &SessionKey,
        draft: &Draft,
        deadline: Instant,
    ) -> Result<Option<Created>, BackendError> {
        let (newcomer, mut step) = (Newcomer::new(key, draft), Step::about(self, key, deadline));
        let (refused, ended) = match step.admit(&newcomer, None).await? {
            Room::Made { ended } => match step.begin(&newcomer).await? {
                Taking::Taken => (None, ended),
                Taking::Other(Answer::Taken) => (Some(Created::Taken), Vec::new()),
                Taking::Other(_) => return Err(unexpected()),
            },
            Room::Full => (Some(Created::Full), Vec::new()),
            Room::Changed => {
                step.give_up().await;
                return Ok(None);
            }
        };
        if refused.is_some() {
            step.give_up().await;
            return Ok(refused);
        }
        let count = async {
            tokio::join!(
                self.delist(&ended),
                self.announce(key, newcomer.created(), newcomer.times())
            );
        };
        Ok(step.commit(count).await?.then_some(Created::Done { ended }))
    }

    async fn create_anonymous(
        &self,
        key: &SessionKey,
        draft: &Draft,
        deadline: Instant,
    ) -> Result<Created, BackendError> {
        let texts = DraftTexts::of(draft);
        let [user, payload, idle, absolute, _, _, head] = texts.arguments();
        let create = (Some(Write::Passing), &*script::CREATE);
        match self.act(create, key, &[user, payload, idle, absolute, head], deadline).await? {
            Answer::Done(_) => {
                self.announce(key, b"0", [idle, b"0", absolute]).await;
                Ok(Created::Done { ended: Vec::new() })
            }
            Answer::Taken => Ok(Created::Taken),
            _ => Err(unexpected()),
        }
    }

    pub(super) async fn update(
        &self,
        key: &SessionKey,
        change: &Change,
    ) -> Result<Updated, BackendError> {
        let (version, deadline) = (change.version.saturating_add(1), self.nodes.deadline());
        if let Some(lifetime) = &change.lifetime {
            self.keep_index(key, lifetime, deadline).await?;
        }
        let (read, head) = (beginning(change.version), head(version, &change.payload));
        let lifetime = change.lifetime.map(Millis::from);
        let mut arguments = vec![&read[..], &head, change.payload.as_bytes()];
        arguments.extend(lifetime.iter().flat_map(Millis::arguments));
        let update = (Some(Write::Passing), &*script::UPDATE);
        match self.act(update, key, &arguments, deadline).await? {
            Answer::Done(times) => {
                self.enlist_again(key, &times).await?;
                Ok(Updated::Done(version))
            }
            Answer::Session(record) => Ok(Updated::Conflict(Found { key: *key, record })),
            Answer::Missing(missing) => Ok(Updated::Missing(missing)),
            Answer::Leads(next) => Ok(match self.successor(&next, deadline).await? {
                Loaded::Found(found) => Updated::Conflict(found),
                Loaded::Missing(missing) => Updated::Missing(missing),
            }),
            Answer::Held(..) | Answer::Taken => Err(unexpected()),
        }
    }

    pub(super) async fn touch(&self, key: &SessionKey) -> Result<bool, BackendError> {
        let touch = (Some(Write::Passing), &*script::TOUCH);
        match self.act(touch, key, &[], self.nodes.deadline()).await? {
            Answer::Done(times) => {
                self.enlist_again(key, &times).await?;
                Ok(true)
            }
            Answer::Missing(_) | Answer::Leads(_) => Ok(false),
            Answer::Session(_) | Answer::Held(..) | Answer::Taken => Err(unexpected()),
        }
    }

    /// The user's index is left as it is: it is looked through when the next session begins.
    pub(super) async fn delete(&self, key: &SessionKey) -> Result<Option<Found>, BackendError> {
        let deadline = self.nodes.deadline();
        let delete = (Some(Write::Lasting), &*script::DELETE);
        let found = match self.act(delete, key, &[], deadline).await? {
            Answer::Session(record) => Found { key: *key, record },
            Answer::Leads(next) => match self.act(delete, &next, &[], deadline).await? {
                Answer::Session(record) => Found { key: next, record },
                _ => return Ok(None),
            },
            _ => return Ok(None),
        };
        self.delist(&[found.key]).await;
        Ok(Some(found))
    }

    pub(super) async fn restore(
        &self,
        key: &SessionKey,
        record: &Record,
    ) -> Result<bool, BackendError> {
        let (deadline, expires) = (self.nodes.deadline(), record.expires());
        let [due, ends] = [expires, record.ends].map(instant);
        let lived = millis(expires.duration_since(record.created).unwrap_or_default());
        loop {
            let mut step = Step::about(self, key, deadline);
            if let Some(user) = &record.user {
                step.register(user, key, [ends.as_bytes(), b"0", b"0"]).await?;
            }
            match step.restore(key, record).await? {
                Taking::Taken => {}
                Taking::Other(Answer::Missing(_) | Answer::Taken) => {
                    step.give_up().await;
                    return Ok(false);
                }
                Taking::Other(_) => return Err(unexpected()),
            }
            if step.commit(self.enlist(key, [&due, &lived, &ends])).await? {
                return Ok(true);
            }
            self.step_aside().await;
        }
    }

    pub(super) async fn sweep(&self, limit: u32) -> Result<Swept, BackendError> {
        let mut swept = Swept::default();
        for set in self.names.live_parts() {
            while swept.removed < limit {
                let batch = Self::BATCH.min(limit - swept.removed);
                let (seen, some) = self.look(&set, batch).await?;
                swept.add(some);
                if seen < batch {
                    break;
                }
            }
        }
        Ok(swept)
    }

    pub(super) async fn stats(&self) -> Result<Stats, BackendError> {
        self.count().await
    }

    /// The session that a key has or leads to.
    async fn follow(&self, key: &SessionKey, deadline: Instant) -> Result<Loaded, BackendError> {
        match self.view(key, deadline).await? {
            Answer::Session(record) => Ok(Loaded::Found(Found { key: *key, record })),
            Answer::Missing(missing) => Ok(Loaded::Missing(missing)),
            Answer::Leads(next) => self.successor(&next, deadline).await,
            _ => Err(unexpected()),
        }
    }

    /// The session under the key that another one leads to.
    async fn successor(&self, key: &SessionKey, deadline: Instant) -> Result<Loaded, BackendError> {
        match self.view(key, deadline).await? {
            Answer::Session(record) => Ok(Loaded::Found(Found { key: *key, record })),
            Answer::Missing(missing) => Ok(Loaded::Missing(missing)),
            Answer::Leads(_) => Ok(Loaded::Missing(Missing::Superseded)),
            _ => Err(unexpected()),
        }
    }

    /// Before a session lives longer, the index of its user does.
    async fn keep_index(
        &self,
        key: &SessionKey,
        lifetime: &Lifetime,
        deadline: Instant,
    ) -> Result<(), BackendError> {
        if let Answer::Session(Record { user: Some(user), .. }) = self.view(key, deadline).await? {
            let (index, absolute) = (self.names.user(&user), millis(lifetime.absolute));
            let keep = (Some(Write::Passing), &*script::KEEP);
            self.script(keep, &index, &[absolute.as_bytes()], deadline).await?;
        }
        Ok(())
    }

    /// What a change says of when it is due, if that is new, how long it will have lived then, and when
    /// it ends (zero for as before).
    async fn enlist_again(&self, key: &SessionKey, times: &[Value]) -> Result<(), BackendError> {
        let [due, lived, ends] = times else {
            return Ok(());
        };
        let times = [number(Some(due))?, number(Some(lived))?, number(Some(ends))?];
        if times.first() != Some(&0) {
            self.enlist(key, times.map(|time| time.to_string()).each_ref().map(String::as_str))
                .await;
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
