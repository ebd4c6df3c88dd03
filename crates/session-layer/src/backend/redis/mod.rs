//! Sessions in Redis or Valkey.

mod address;
mod answer;
mod backoff;
mod builder;
mod dialer;
mod draft;
mod endpoint;
mod fault;
mod group_commit;
mod legacy;
mod lifetime;
mod link;
mod login;
mod names;
mod place;
mod race;
mod replication;
mod script;
mod sentinels;
mod server;
mod stored;
mod tls;
mod tracking;
mod wire;

pub use builder::RedisBuilder;
pub use legacy::RedisLegacy;
pub use replication::{Replication, ReplicationStatus};
pub(crate) use tracking::{Follower, Tracker, Tracking};

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use redis::{Value, cmd};
use tokio::time::Instant;

use super::{
    Backend, BackendError, Change, Created, Draft, Found, Health, Lifetime, Loaded, Missing,
    Payload, Record, ReplicationLevel, Rotated, Rotation, RotationKind, SessionKey, Stats,
    StoreHealth, Updated, UserId,
};
use answer::{Answer, numbers, sessions};
use draft::DraftTexts;
use fault::{backend_error, corrupt, unexpected};
use lifetime::{Millis, instant, millis};
use names::Names;
use replication::Write;
use script::Script;
use server::Server;
use stored::{Stored, beginning, head};

/// Keeps sessions in a Redis (6.2 or later) or a Valkey, on one connection that heals itself.
///
/// It keeps every promise of [`Backend`], by the clock of Redis: each verb is one script, and so
/// one step, and [`load`](Backend::load) is one `GET`. Redis is asked once a verb, but for a load
/// under a key that was renewed a moment ago (twice), and for a script that Redis has lost, as
/// after a restart (it is given the text then).
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use session_layer::backend::RedisBackend;
///
/// let backend = RedisBackend::builder("rediss://shop:secret@redis.example").build()?;
/// backend.connect().await?; // fails now rather than at the first request
/// # Ok(())
/// # }
/// ```
///
/// # Faults
///
/// No verb takes longer than the [`timeout`](RedisBuilder::timeout), but for a sweep, which asks
/// again and again and waits so long each time. While there is no connection,
/// verbs wait for one that long, so that a restart of Redis goes by unnoticed; a Redis that is
/// still away is `Unavailable` then, and one that hangs is a `Timeout`. Nothing is sent twice: what
/// was sent when the connection broke or the time was up is an error, and may have happened. A
/// Redis without room (`maxmemory`) is `OutOfSpace`; sessions are still read, touched and ended.
///
/// # A master that sentinels watch
///
/// With `redis+sentinel://one,two,three/shop`, the sentinels are asked who the master `shop` is:
/// the one that was right last first, another one a moment later if that one hangs. Who they name
/// must call itself a master (`ROLE`), so its user needs the right to that, too. They are asked
/// again whenever the connection breaks, is in doubt or leads to a server that takes no writes, and
/// as soon as one of them announces another master; what was in flight then is an error. Sessions
/// are back within a second after a sentinel has named the new master.
///
/// Redis replicates asynchronously: what it acknowledged in the last moment before its end may be
/// gone, a logout too, unless that waited for replicas
/// ([`replication`](RedisBuilder::replication)). A master that is cut off from the sentinels, and not from us, goes on taking
/// writes that are lost later; `min-replicas-to-write 1` bounds that.
///
/// # What Redis has to be
///
/// Configured with `maxmemory-policy noeviction`: with another policy, a full Redis logs users out,
/// and forgets who was logged out. What survives a crash is what its persistence is set to
/// (`appendonly`). Its user needs the right to the keys below the
/// [prefix](RedisBuilder::prefix), and to `EVAL`, `EVALSHA` and the commands of the scripts:
/// `~session:* +@read +@write +@scripting +ping +time +select` is enough, and `+client|setinfo`
/// makes us known by name.
///
/// # What is in it
///
/// | name | what | expires |
/// |---|---|---|
/// | `session:s:` and the key | a session, or what is left of one: where it has gone, or that it was ended | by itself |
/// | `session:u:` and the user | a sorted set of the user's sessions, in the order of their creation | after its last session at the latest |
/// | `session:live` | a sorted set of all sessions, by when they are to be looked at | likewise |
///
/// Sessions take about 300 bytes beside content and user. A session is moved in the set of the
/// live at most once in a sixteenth of its idle time, and looked at before it is counted out; so
/// changes cost nothing there, and after a [`sweep`](Backend::sweep) the count is exact. Each
/// session that is created counts out up to two, and leaves up to three out of its user's set that
/// have expired: nothing grows without bounds where nobody sweeps.
///
/// # Not for a cluster yet
///
/// A script reaches several keys, some of which it learns on the way (a session's user from the
/// session, a user's sessions from the set), which only a single Redis can do in one step. In a cluster a session's key would be a slot of its
/// own, where all that decides about it happens (its version, its end, whether the key is taken),
/// and the sets would be others, written in a second step: before a session is created, after it
/// is ended, which leaves them too large rather than too small for a while. They can stand that:
/// both are only hints, checked against the sessions. A rotation would write the new key first,
/// then turn the old one into its alias if it has still the version that was read, and remove the
/// new one if it has not. Only the cap would be decided on the user's set alone.
#[derive(Clone)]
pub struct RedisBackend {
    server: Arc<Server>,
    names: Names,
}

/// How many due sessions a script looks at: what Redis does for others must not wait long.
const BATCH: u32 = 500;

impl RedisBackend {
    /// Settings for a Redis at `redis://host`, or `rediss://user:password@host:port/database`
    /// with TLS, a login and a database; or for the master that sentinels at these hosts (port
    /// 26379, unless it is said) know by a name, at `redis+sentinel://host,host,host/name`, or
    /// `rediss+sentinel://user:password@host,host/name/database` with the login to the master;
    /// `valkey` and `valkeys` mean the same.
    pub fn builder(url: impl Into<String>) -> RedisBuilder {
        RedisBuilder::new(url.into())
    }

    fn new(server: Server, names: Names) -> Self {
        Self { server: Arc::new(server), names }
    }

    /// Waits for the first connection. Without it, the first verb connects, and a program starts
    /// even while its Redis is away.
    ///
    /// # Errors
    /// The first attempt to connect failed, or the latest one. More are made nonetheless.
    pub async fn connect(&self) -> Result<(), BackendError> {
        self.server.link().ready().await.map_err(backend_error)
    }

    /// The sessions that tower-sessions-redis-store has left in this Redis and database.
    pub fn legacy(&self) -> RedisLegacy {
        RedisLegacy::over(Arc::clone(self.server.link()))
    }

    /// How far what was written has got: figures for operators.
    pub fn replication(&self) -> ReplicationStatus {
        self.server.status()
    }

    /// What tells of changes of sessions, for a cache.
    pub(crate) fn tracker(&self) -> Tracker {
        self.server.link().tracker(self.names.prefix())
    }

    async fn run(
        &self,
        script: &Script,
        keys: &[&str],
        arguments: &[&[u8]],
    ) -> Result<Value, BackendError> {
        let arguments = [&[self.names.prefix()], arguments].concat();
        let deadline = self.server.deadline();
        self.server.run(script, keys, &arguments, deadline).await.map_err(backend_error)
    }

    async fn write(
        &self,
        script: (Write, &Script),
        keys: &[&str],
        arguments: &[&[u8]],
    ) -> Result<Value, BackendError> {
        let arguments = [&[self.names.prefix()], arguments].concat();
        self.server.write(script, keys, &arguments, self.server.deadline()).await
    }

    /// Runs a script that is about a session.
    async fn judge(
        &self,
        script: (Write, &Script),
        key: &SessionKey,
        more_keys: &[&str],
        arguments: &[&[u8]],
    ) -> Result<Answer, BackendError> {
        let name = self.names.session(key);
        let keys = [&[name.as_str()], more_keys].concat();
        Answer::read(self.write(script, &keys, arguments).await?, key)
    }

    /// Asks again, where the key is one that was renewed a moment ago.
    async fn follow(
        &self,
        key: &SessionKey,
        name: &str,
        deadline: Instant,
    ) -> Result<Loaded, BackendError> {
        let reply = self.server.run(&script::LOAD, &[name], &[self.names.prefix()], deadline).await;
        match Answer::read(reply.map_err(backend_error)?, key)? {
            Answer::Found(found) => Ok(Loaded::Found(found)),
            Answer::Missing(missing) => Ok(Loaded::Missing(missing)),
            Answer::Done(_) | Answer::Taken | Answer::Full => Err(unexpected()),
        }
    }

    /// How many due sessions it has looked at, and removed.
    async fn look(&self, batch: u32) -> Result<[u32; 2], BackendError> {
        let batch = batch.to_string();
        numbers(self.run(&script::SWEEP, &[self.names.live()], &[batch.as_bytes()]).await?)
    }

    async fn renew(
        &self,
        key: &SessionKey,
        rotation: &Rotation,
        (payload, lifetime, grace): (&Payload, Option<Lifetime>, Duration),
    ) -> Result<Answer, BackendError> {
        let (read, head) = (beginning(rotation.version), head(next(rotation.version), payload));
        let (lifetime, grace) = (lifetime.map(Millis::from), millis(grace));
        let mut arguments = vec![&read[..], &head, payload.as_bytes(), grace.as_bytes()];
        arguments.extend(lifetime.iter().flat_map(Millis::arguments));
        let keys = [&self.names.session(&rotation.to), self.names.live()];
        self.judge((Write::Lasting, &script::RENEW), key, &keys, &arguments).await
    }

    async fn replace(
        &self,
        key: &SessionKey,
        rotation: &Rotation,
        draft: &Draft,
    ) -> Result<Answer, BackendError> {
        let to = self.names.session(&rotation.to);
        let index = draft.user.as_ref().map(|user| self.names.user(user));
        let keys = [to.as_str(), self.names.live()].into_iter().chain(index.as_deref());
        let texts = DraftTexts::of(draft);
        let read = beginning(rotation.version);
        let arguments = [&texts.arguments()[..], &[&read]].concat();
        self.judge((Write::Lasting, &script::REPLACE), key, &keys.collect::<Vec<_>>(), &arguments)
            .await
    }
}

#[async_trait]
impl Backend for RedisBackend {
    async fn load(&self, key: &SessionKey) -> Result<Loaded, BackendError> {
        let (name, deadline) = (self.names.session(key), self.server.deadline());
        match self.server.ask(cmd("GET").arg(&name), deadline).await.map_err(backend_error)? {
            Value::Nil => Ok(Loaded::Missing(Missing::Absent)),
            Value::BulkString(value) => match Stored::read(value).ok_or_else(corrupt)? {
                Stored::Session(record) => Ok(Loaded::Found(Found { key: *key, record })),
                Stored::Ended => Ok(Loaded::Missing(Missing::Absent)),
                Stored::Superseded => Ok(Loaded::Missing(Missing::Superseded)),
                Stored::Alias => self.follow(key, &name, deadline).await,
            },
            _ => Err(unexpected()),
        }
    }

    async fn create(&self, key: &SessionKey, draft: &Draft) -> Result<Created, BackendError> {
        let index = draft.user.as_ref().map(|user| self.names.user(user));
        let keys: Vec<_> = [self.names.live()].into_iter().chain(index.as_deref()).collect();
        let texts = DraftTexts::of(draft);
        let write = if draft.user.is_some() { Write::Lasting } else { Write::Passing };
        match self.judge((write, &script::CREATE), key, &keys, &texts.arguments()).await? {
            Answer::Done(ended) => Ok(Created::Done { ended }),
            Answer::Taken => Ok(Created::Taken),
            Answer::Full => Ok(Created::Full),
            Answer::Found(_) | Answer::Missing(_) => Err(unexpected()),
        }
    }

    async fn update(&self, key: &SessionKey, change: &Change) -> Result<Updated, BackendError> {
        let version = next(change.version);
        let (read, head) = (beginning(change.version), head(version, &change.payload));
        let lifetime = change.lifetime.map(Millis::from);
        let mut arguments = vec![&read[..], &head, change.payload.as_bytes()];
        arguments.extend(lifetime.iter().flat_map(Millis::arguments));
        match self
            .judge((Write::Passing, &script::UPDATE), key, &[self.names.live()], &arguments)
            .await?
        {
            Answer::Done(_) => Ok(Updated::Done(version)),
            Answer::Found(found) => Ok(Updated::Conflict(found)),
            Answer::Missing(missing) => Ok(Updated::Missing(missing)),
            Answer::Taken | Answer::Full => Err(unexpected()),
        }
    }

    async fn touch(&self, key: &SessionKey) -> Result<bool, BackendError> {
        match self.judge((Write::Passing, &script::TOUCH), key, &[self.names.live()], &[]).await? {
            Answer::Done(_) => Ok(true),
            Answer::Missing(_) => Ok(false),
            Answer::Found(_) | Answer::Taken | Answer::Full => Err(unexpected()),
        }
    }

    async fn rotate(&self, key: &SessionKey, rotation: &Rotation) -> Result<Rotated, BackendError> {
        let answer = match &rotation.kind {
            RotationKind::Renew { payload, lifetime, grace } => {
                self.renew(key, rotation, (payload, *lifetime, *grace)).await?
            }
            RotationKind::Replace(draft) => self.replace(key, rotation, draft).await?,
        };
        Ok(match answer {
            Answer::Done(ended) => Rotated::Done { ended },
            Answer::Found(found) => Rotated::Conflict(found),
            Answer::Missing(missing) => Rotated::Missing(missing),
            Answer::Taken => Rotated::Taken,
            Answer::Full => Rotated::Full,
        })
    }

    async fn delete(&self, key: &SessionKey) -> Result<Option<Found>, BackendError> {
        match self.judge((Write::Lasting, &script::DELETE), key, &[self.names.live()], &[]).await? {
            Answer::Found(found) => Ok(Some(found)),
            Answer::Missing(_) => Ok(None),
            Answer::Done(_) | Answer::Taken | Answer::Full => Err(unexpected()),
        }
    }

    async fn restore(&self, key: &SessionKey, record: &Record) -> Result<bool, BackendError> {
        let index = record.user.as_ref().map(|user| self.names.user(user));
        let keys: Vec<_> = [self.names.live()].into_iter().chain(index.as_deref()).collect();
        let (user, payload) = (record.user.as_ref().map_or("", UserId::as_str), &record.payload);
        let head = head(record.version, payload);
        let times = [record.last_seen, record.created].map(instant);
        let life = [millis(record.idle), instant(record.ends)];
        let mut arguments = vec![user.as_bytes(), payload.as_bytes(), &head];
        arguments.extend(times.iter().chain(&life).map(String::as_bytes));
        match self.judge((Write::Lasting, &script::RESTORE), key, &keys, &arguments).await? {
            Answer::Done(_) => Ok(true),
            Answer::Missing(_) | Answer::Taken => Ok(false),
            Answer::Found(_) | Answer::Full => Err(unexpected()),
        }
    }

    async fn of_user(&self, user: &UserId) -> Result<Vec<Found>, BackendError> {
        sessions(
            self.run(&script::OF_USER, &[&self.names.user(user)], &[user.as_str().as_bytes()])
                .await?,
        )
    }

    /// In scripts that are short enough for Redis to serve others meanwhile.
    async fn sweep(&self, limit: u32) -> Result<u32, BackendError> {
        let mut removed = 0;
        while removed < limit {
            let batch = BATCH.min(limit - removed);
            let [seen, gone] = self.look(batch).await?;
            removed = removed.saturating_add(gone);
            if seen < batch {
                break;
            }
        }
        Ok(removed)
    }

    async fn stats(&self) -> Result<Stats, BackendError> {
        let mut count = cmd("ZCARD");
        count.arg(self.names.live());
        let reply = self.server.ask(&count, self.server.deadline()).await;
        let [live] = numbers(reply.map_err(backend_error)?)?;
        Ok(Stats::of_live(live))
    }

    async fn health(&self) -> Health {
        let store = StoreHealth::of(self.name(), &self.stats().await);
        let ReplicationStatus { asked, reached, .. } = self.replication();
        match asked {
            0 => Health::of(store),
            _ => Health::of(store.replicated(ReplicationLevel::new(asked, reached))),
        }
    }

    fn name(&self) -> &'static str {
        "redis"
    }
}

fn next(version: u64) -> u64 {
    version.saturating_add(1)
}

/// Without the login.
impl fmt::Debug for RedisBackend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisBackend")
            .field("link", self.server.link())
            .field("names", &self.names)
            .finish()
    }
}
