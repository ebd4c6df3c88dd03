//! Sessions in Redis or Valkey.

mod address;
mod answer;
mod background;
mod backoff;
mod builder;
mod cluster;
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
mod record_texts;
mod replicas;
mod replication;
mod script;
mod sentinels;
mod server;
mod single;
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
use std::time::SystemTime;

use async_trait::async_trait;
use redis::{Cmd, Value};

use super::{
    Backend, BackendError, Change, Created, Draft, Found, Health, Loaded, Record, Renewed,
    ReplicationLevel, Rotated, Rotation, SessionKey, Stats, StoreHealth, Swept, Updated, UserId,
};
use cluster::Cluster;
use fault::backend_error;
use single::Single;

/// Keeps sessions in a Redis (6.2 or later) or a Valkey, on one connection that heals itself, or
/// one to each master of a cluster.
///
/// It keeps every promise of [`Backend`], by the clock of Redis: outside of a cluster, each verb is
/// one script, and so one step, and [`load`](Backend::load) is one `GET`. Redis is asked once a
/// verb, but for a load under a key that was renewed a moment ago (twice), and for a script that
/// Redis has lost, as after a restart (it is given the text then).
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
/// ([`replication`](RedisBuilder::replication)). A master that is cut off from the sentinels, and
/// not from us, goes on taking writes that are lost later; `min-replicas-to-write 1` bounds that.
///
/// # Reads from replicas
///
/// With [`replica_reads`](RedisBuilder::replica_reads), who can do with a copy of a session that is
/// a little old (a [`StaleLayer`](crate::StaleLayer)) is given that of a replica, of a master that
/// sentinels watch or of one in a cluster. All else is read from masters. Whether a copy has
/// expired, the replica's own clock says.
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
/// session that is created leaves up to three out of its user's set that have expired, and counts out
/// up to two that nobody has swept ten minutes after that: nothing grows without bounds.
///
/// How long a session had lived that is gone, the set of the live says: to 2 %, up to 19 years, and
/// of one that was seen as if it had been so up to a sixteenth of its idle time earlier. One that is
/// gone otherwise, by hand or because Redis has lost it, is told as if it had expired.
///
/// # A cluster
///
/// With `redis+cluster://one,two,three`, any of the nodes named tells where all masters are; one
/// that is away does not matter. The nodes' redirections (`MOVED`, `ASK`, `TRYAGAIN`,
/// `CLUSTERDOWN`) are followed until the deadline, and who has which slot is asked again as soon as
/// a node redirects or is away: while a slot moves, no verb fails, and when a replica takes over,
/// its sessions are back within a second. A slot that nobody has is `Unavailable`, and fails nobody
/// else. Its user needs the rights to `CLUSTER SLOTS` and `ASKING` too.
///
/// Every promise holds there too. A session is in one slot, its user's index in another, so that
/// all nodes share the load. What is about one session, a load, a change, a touch or an end, is one
/// command or script. A login, a renewal and a takeover from another store change several slots, by
/// two-phase commit: they first take the keys, each of which goes on being what it was, then decide
/// under a name of their own (`session:t:`, forgotten within minutes), and let go. That takes six
/// to eight round trips one after another. Nobody waits to load; who writes where somebody else's
/// step is in progress waits for that, and gives it up if it takes longer than a quarter of the
/// [`timeout`](RedisBuilder::timeout), or half a second, for the process that began it may be gone.
/// So a user's logins happen one after another, and a cap is exact.
///
/// - The sessions of a user are read twice, until they are the same: they were all there at one
///   moment. If others change some of them all the time, the eighth reading is the answer, where
///   each was there at some moment.
/// - With [`Replication::synchronous`], what a login has taken waits as well, up to three times in
///   all. Without it, the end of a master can undo a part of a step that was acknowledged, as it
///   can undo anything else.
/// - `session:live` is sixteen sets, `session:live:0` to `:15`, written after the sessions are: where
///   a call is given up or a program dies in between, one is missing in the count until it is next
///   written down that the session was seen, or one too many is in it until it would have expired,
///   and is told as if it had.
///   A user's index is a hash, in which a session stays after its end, until the next login looks
///   through some of it, or all of it if there is a cap.
/// - A [`NearCache`](crate::wrap::NearCache) can not be told of changes, and is to have a short
///   age.
/// - Clocks of nodes may be apart by less than the life of a tombstone (two minutes); `created` is
///   that of the node which has the session.
#[derive(Clone)]
pub struct RedisBackend {
    store: Arc<Store>,
}

enum Store {
    Single(Single),
    Cluster(Cluster),
}

impl RedisBackend {
    /// Settings for a Redis at `redis://host`, or `rediss://user:password@host:port/database`
    /// with TLS, a login and a database; or for the master that sentinels at these hosts (port
    /// 26379, unless it is said) know by a name, at `redis+sentinel://host,host,host/name`, or
    /// `rediss+sentinel://user:password@host,host/name/database` with the login to the master; or
    /// for a cluster that has nodes at these hosts, at `redis+cluster://host,host`, or
    /// `rediss+cluster://user:password@host,host`. `valkey` and `valkeys` mean the same as `redis`
    /// and `rediss`.
    pub fn builder(url: impl Into<String>) -> RedisBuilder {
        RedisBuilder::new(url.into())
    }

    fn over(store: Store) -> Self {
        Self { store: Arc::new(store) }
    }

    /// Waits for the first connection. Without it, the first verb connects, and a program starts
    /// even while its Redis is away.
    ///
    /// # Errors
    /// The first attempt to connect failed, or the latest one. More are made nonetheless.
    pub async fn connect(&self) -> Result<(), BackendError> {
        let ready = match &*self.store {
            Store::Single(single) => single.server().link().ready().await,
            Store::Cluster(cluster) => cluster.nodes().ready().await,
        };
        ready.map_err(backend_error)
    }

    /// How far what was written has got: figures for operators.
    pub fn replication(&self) -> ReplicationStatus {
        match &*self.store {
            Store::Single(single) => single.server().status(),
            Store::Cluster(cluster) => cluster.nodes().status(),
        }
    }

    /// What tells of changes of sessions, for a cache. None in a cluster, where no single
    /// connection hears of all of them.
    pub(crate) fn tracker(&self) -> Option<Tracker> {
        match &*self.store {
            Store::Single(single) => Some(single.tracker()),
            Store::Cluster(_) => None,
        }
    }

    /// The sessions that tower-sessions-redis-store has left in this Redis and database.
    pub fn legacy(&self) -> RedisLegacy {
        RedisLegacy::over(Arc::clone(&self.store))
    }
}

impl Store {
    /// Asks about a key that is not ours.
    async fn ask(&self, key: &str, command: &Cmd) -> Result<Value, BackendError> {
        match self {
            Self::Single(single) => {
                let server = single.server();
                server.ask(command, server.deadline()).await.map_err(backend_error)
            }
            Self::Cluster(cluster) => {
                let nodes = cluster.nodes();
                nodes.ask(key, command, nodes.deadline()).await
            }
        }
    }
}

#[async_trait]
impl Backend for RedisBackend {
    async fn load(&self, key: &SessionKey) -> Result<Loaded, BackendError> {
        match &*self.store {
            Store::Single(single) => single.load(key).await,
            Store::Cluster(cluster) => cluster.load(key).await,
        }
    }

    async fn load_stale(&self, key: &SessionKey) -> Result<Loaded, BackendError> {
        match &*self.store {
            Store::Single(single) => single.load_stale(key).await,
            Store::Cluster(cluster) => cluster.load_stale(key).await,
        }
    }

    async fn renewed(&self, key: &SessionKey) -> Result<Option<Renewed>, BackendError> {
        match &*self.store {
            Store::Single(single) => single.renewed(key).await,
            Store::Cluster(cluster) => cluster.renewed(key).await,
        }
    }

    async fn create(&self, key: &SessionKey, draft: &Draft) -> Result<Created, BackendError> {
        match &*self.store {
            Store::Single(single) => single.create(key, draft).await,
            Store::Cluster(cluster) => cluster.create(key, draft).await,
        }
    }

    async fn update(&self, key: &SessionKey, change: &Change) -> Result<Updated, BackendError> {
        match &*self.store {
            Store::Single(single) => single.update(key, change).await,
            Store::Cluster(cluster) => cluster.update(key, change).await,
        }
    }

    async fn touch(&self, key: &SessionKey) -> Result<bool, BackendError> {
        match &*self.store {
            Store::Single(single) => single.touch(key).await,
            Store::Cluster(cluster) => cluster.touch(key).await,
        }
    }

    async fn rotate(&self, key: &SessionKey, rotation: &Rotation) -> Result<Rotated, BackendError> {
        match &*self.store {
            Store::Single(single) => single.rotate(key, rotation).await,
            Store::Cluster(cluster) => cluster.rotate(key, rotation).await,
        }
    }

    async fn delete(&self, key: &SessionKey) -> Result<Option<Found>, BackendError> {
        match &*self.store {
            Store::Single(single) => single.delete(key).await,
            Store::Cluster(cluster) => cluster.delete(key).await,
        }
    }

    async fn restore(&self, key: &SessionKey, record: &Record) -> Result<bool, BackendError> {
        match &*self.store {
            Store::Single(single) => single.restore(key, record).await,
            Store::Cluster(cluster) => cluster.restore(key, record).await,
        }
    }

    async fn of_user(&self, user: &UserId) -> Result<Vec<Found>, BackendError> {
        match &*self.store {
            Store::Single(single) => single.of_user(user).await,
            Store::Cluster(cluster) => cluster.of_user(user).await,
        }
    }

    async fn sweep(&self, limit: u32) -> Result<Swept, BackendError> {
        match &*self.store {
            Store::Single(single) => single.sweep(limit).await,
            Store::Cluster(cluster) => cluster.sweep(limit).await,
        }
    }

    async fn stats(&self) -> Result<Stats, BackendError> {
        match &*self.store {
            Store::Single(single) => single.stats().await,
            Store::Cluster(cluster) => cluster.stats().await,
        }
    }

    async fn health(&self) -> Health {
        let asked = SystemTime::now();
        let store = StoreHealth::of_stats(self.name(), asked, &self.stats().await);
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

/// Without the login.
impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Single(single) => single.fmt(f),
            Self::Cluster(cluster) => cluster.fmt(f),
        }
    }
}

impl fmt::Debug for RedisBackend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisBackend").field("store", &self.store).finish()
    }
}
