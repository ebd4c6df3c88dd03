use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use redis::{Cmd, RedisError, RedisResult, Value, cmd};
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep, sleep_until, timeout_at};

use super::super::background::Background;
use super::super::backoff;
use super::super::dialer::Dialer;
use super::super::endpoint::Endpoint;
use super::super::fault::{
    Redirection, about, backend_error, closed, is_nobodys, is_unknown_script, knows_no_slots,
    redirection, timed_out,
};
use super::super::link::Link;
use super::super::place::Place;
use super::super::race::first_of;
use super::super::replicas::{Finder, Replicas};
use super::super::replication::{Levels, Replication, ReplicationStatus, Write};
use super::super::script::Script;
use super::super::server::Server;
use super::slot::slot;
use super::topology::Topology;
use crate::backend::{BackendError, Record};

/// The masters of a cluster, each on a connection that heals itself, and which of them to ask.
pub(in super::super) struct Nodes {
    shared: Arc<Shared>,
    explorer: OnceLock<Background>,
}

struct Shared {
    seeds: Vec<Place>,
    dialer: Dialer,
    timeout: Duration,
    replication: Replication,
    /// How old what replicas have may be, if they are read.
    max_lag: Option<Duration>,
    levels: Arc<Levels>,
    known: Mutex<Known>,
    /// Counts what became known.
    news: watch::Sender<u64>,
    /// Wakes the one who explores.
    doubt: Notify,
}

#[derive(Default)]
struct Known {
    topology: Topology,
    servers: HashMap<Place, Arc<Server>>,
    /// Why the latest attempt to explore failed, if it did.
    reason: Option<RedisError>,
}

/// What is sent to the node that has a key.
enum Request<'a> {
    Command(&'a Cmd),
    Script(Option<Write>, &'a Script, &'a str, &'a [&'a [u8]]),
}

/// Where the next attempt goes.
#[derive(Clone)]
enum Target {
    Master,
    /// To the node that takes a slot over, which has to be told that we know.
    Importer(Place),
}

/// How soon to ask again what a cluster that changes has refused.
const PAUSE: Duration = Duration::from_millis(25);
/// With less time than this left it is not asked again: what it has said tells more than a timeout.
const LAST_CALL: Duration = Duration::from_millis(50);
/// How many redirections to follow without a pause.
const HOPS: u32 = 4;
/// How often to explore at most, and again while somebody waits.
const EXPLORATION: Duration = Duration::from_millis(150);

impl Nodes {
    pub(in super::super) fn new(
        seeds: Vec<Place>,
        dialer: Dialer,
        timeout: Duration,
        replication: Replication,
        max_lag: Option<Duration>,
    ) -> Self {
        let shared = Shared {
            seeds,
            dialer,
            timeout,
            replication,
            max_lag,
            levels: Arc::default(),
            known: Mutex::default(),
            news: watch::Sender::new(0),
            doubt: Notify::new(),
        };
        Self { shared: Arc::new(shared), explorer: OnceLock::new() }
    }

    pub(in super::super) fn status(&self) -> ReplicationStatus {
        self.shared.levels.status(&self.shared.replication)
    }

    /// The only node that is named, as those are that stand for a whole cluster.
    pub(in super::super) fn entrance(&self) -> Option<Place> {
        match self.shared.seeds.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        }
    }

    /// How long a verb may take.
    pub(super) fn timeout(&self) -> Duration {
        self.shared.timeout
    }

    /// When a verb that begins now has to be over.
    pub(in super::super) fn deadline(&self) -> Instant {
        Instant::now() + self.shared.timeout
    }

    /// When what nobody waits for has to be over: a node that is away does not hold up those who
    /// need it only for that.
    pub(super) fn hint_deadline(&self) -> Instant {
        Instant::now() + self.shared.timeout / 4
    }

    /// Comes back when all masters are connected to, or one can not be.
    pub(in super::super) async fn ready(&self) -> RedisResult<()> {
        let mut news = self.shared().news.subscribe();
        while self.shared.masters().is_empty() {
            if let Some(reason) = self.shared.known().reason.clone() {
                return Err(reason);
            }
            news.changed().await.map_err(|_| closed())?;
        }
        for master in self.shared.masters() {
            self.shared.server(&master).link().ready().await?;
        }
        Ok(())
    }

    /// The session under a name that a replica of its master has, if one may be read.
    pub(super) async fn read_copy(&self, name: &str) -> Option<Record> {
        let shared = self.shared();
        let master = shared.known().topology.master(slot(name.as_bytes())).cloned()?;
        shared.server(&master).read_copy(name).await
    }

    /// Sends a command that is about this key.
    pub(in super::super) async fn ask(
        &self,
        key: &str,
        command: &Cmd,
        deadline: Instant,
    ) -> Result<Value, BackendError> {
        self.send(key, &Request::Command(command), deadline).await
    }

    /// Runs a script on a key.
    pub(super) async fn run(
        &self,
        (write, script): (Option<Write>, &Script),
        key: &str,
        arguments: &[&[u8]],
        deadline: Instant,
    ) -> Result<Value, BackendError> {
        self.send(key, &Request::Script(write, script, key, arguments), deadline).await
    }

    /// Follows what the nodes say, until one has done it: a node that sends us elsewhere has done
    /// nothing. What may have been done is not sent again.
    async fn send(
        &self,
        key: &str,
        request: &Request<'_>,
        deadline: Instant,
    ) -> Result<Value, BackendError> {
        let (slot, shared) = (slot(key.as_bytes()), self.shared());
        let (mut target, mut hops) = (Target::Master, 0);
        loop {
            let attempt = shared.attempt(slot, &target, request, deadline).await;
            let error = match attempt {
                Ok((value, level)) => {
                    return shared.replication.judge(level).map(|()| value);
                }
                Err(error) => error,
            };
            hops += 1;
            target = match redirection(&error) {
                // They send us to each other, until they agree.
                Some(_) if hops % HOPS == 0 && Instant::now() + LAST_CALL < deadline => {
                    shared.doubt.notify_one();
                    sleep(PAUSE).await;
                    Target::Master
                }
                Some(Redirection::Moved(place)) => {
                    shared.move_slot(slot, place);
                    Target::Master
                }
                Some(Redirection::Ask(place)) => Target::Importer(place),
                Some(Redirection::Later) if Instant::now() + LAST_CALL < deadline => {
                    shared.doubt.notify_one();
                    sleep(PAUSE).await;
                    Target::Master
                }
                _ => return Err(backend_error(error)),
            };
            if Instant::now() >= deadline {
                return Err(backend_error(timed_out()));
            }
        }
    }

    fn shared(&self) -> &Arc<Shared> {
        self.explorer.get_or_init(|| {
            let shared = Arc::clone(&self.shared);
            Background::run(async move { shared.explore_when_in_doubt().await })
        });
        &self.shared
    }
}

impl Shared {
    async fn attempt(
        &self,
        slot: u16,
        target: &Target,
        request: &Request<'_>,
        deadline: Instant,
    ) -> RedisResult<(Value, u32)> {
        let (server, asking) = match target {
            Target::Master => (self.master(slot, request.write(), deadline).await?, false),
            Target::Importer(place) => (self.server(place), true),
        };
        let write = request.write();
        match server.exchange(write, request.commands(asking, Script::by_hash), deadline).await {
            Err(error) if is_unknown_script(&error) => {
                let commands = request.commands(asking, Script::by_source);
                server.exchange(write, commands, deadline).await
            }
            outcome => outcome,
        }
    }

    /// The server that has the slot, when there is a connection to it: another one may have the
    /// slot by then.
    async fn master(
        &self,
        slot: u16,
        write: Option<Write>,
        deadline: Instant,
    ) -> RedisResult<Arc<Server>> {
        let mut news = self.news.subscribe();
        loop {
            news.mark_unchanged();
            let server = self.known().topology.master(slot).cloned();
            let server = server.map(|place| self.server(&place));
            if let Some(server) = &server
                && server.is_up(write)
            {
                return Ok(Arc::clone(server));
            }
            self.doubt.notify_one();
            let again = (Instant::now() + EXPLORATION).min(deadline);
            tokio::select! {
                up = reach(server.as_deref(), write, deadline) => {
                    up?;
                    return server.ok_or_else(closed);
                }
                _ = news.changed() => {}
                () = sleep_until(again) => {}
            }
            if Instant::now() >= deadline {
                return Err(self.reason(slot, server.as_deref(), write).await);
            }
        }
    }

    /// Why there is no connection to this server, or no such server.
    async fn reason(&self, slot: u16, server: Option<&Server>, write: Option<Write>) -> RedisError {
        if let Some(server) = server {
            return server.reach(write, Instant::now()).await.err().unwrap_or_else(timed_out);
        }
        let known = self.known();
        match &known.reason {
            Some(reason) => reason.clone(),
            None if known.topology.masters().is_empty() => timed_out(),
            None => is_nobodys(slot),
        }
    }

    fn server(&self, place: &Place) -> Arc<Server> {
        let mut known = self.known();
        let server =
            known.servers.entry(place.clone()).or_insert_with(|| Arc::new(self.connect(place)));
        Arc::clone(server)
    }

    fn connect(&self, place: &Place) -> Server {
        let link = || Link::to(Endpoint::Fixed(place.clone(), self.dialer.clone()), self.timeout);
        let server = match self.replication.is_synchronous() {
            false => Server::over(link()),
            true => Server::replicated(link(), link(), self.replication, Arc::clone(&self.levels)),
        };
        let Some(max_lag) = self.max_lag else { return server };
        let (finder, dialer) = (Finder::in_cluster(place.clone()), self.dialer.to_replicas());
        server.with_replicas(|master| Replicas::of(master, finder, dialer, self.timeout, max_lag))
    }

    fn masters(&self) -> Vec<Place> {
        self.known().topology.masters()
    }

    fn move_slot(&self, slot: u16, to: Place) {
        self.known().topology.move_slot(slot, to);
        self.doubt.notify_one();
    }

    async fn explore_when_in_doubt(&self) {
        loop {
            let explored = self.explore().await;
            self.learn(explored);
            sleep(EXPLORATION).await;
            self.doubt.notified().await;
        }
    }

    /// Asks any node who is who.
    async fn explore(&self) -> RedisResult<Topology> {
        let mut nodes = self.masters();
        nodes.extend(self.seeds.iter().cloned());
        backoff::shuffle(&mut nodes);
        let asked = nodes.into_iter().map(|node| {
            let (dialer, deadline) = (self.dialer.clone(), Instant::now() + self.dialer.timeout);
            async move {
                let told = timeout_at(deadline, told_by(&dialer, &node)).await;
                let told = told.unwrap_or_else(|_| Err(timed_out()));
                told.map_err(|error| about(&format!("the node {node}"), &error))
            }
        });
        first_of(asked.collect::<Vec<_>>()).await
    }

    fn learn(&self, explored: RedisResult<Topology>) {
        let mut known = self.known();
        match explored {
            Ok(topology) => {
                let masters = topology.masters();
                known.servers.retain(|place, _| masters.contains(place));
                (known.topology, known.reason) = (topology, None);
            }
            Err(error) => {
                tracing::debug!(%error, "no node of the Redis cluster tells of it");
                known.reason = Some(error);
            }
        }
        drop(known);
        self.news.send_modify(|count| *count = count.wrapping_add(1));
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn reach(
    server: Option<&Server>,
    write: Option<Write>,
    deadline: Instant,
) -> RedisResult<()> {
    match server {
        Some(server) => server.reach(write, deadline).await,
        None => std::future::pending().await,
    }
}

async fn told_by(dialer: &Dialer, node: &Place) -> RedisResult<Topology> {
    let (wire, _driver) = dialer.open(node).await?;
    let mut question = cmd("CLUSTER");
    let answer = wire.ask(question.arg("SLOTS"), Instant::now() + dialer.timeout).await?;
    Topology::read(&answer, node).ok_or_else(knows_no_slots)
}

impl Request<'_> {
    fn write(&self) -> Option<Write> {
        match self {
            Self::Command(_) => None,
            Self::Script(write, ..) => *write,
        }
    }

    fn commands(&self, asking: bool, call: fn(&Script, &[&str], &[&[u8]]) -> Cmd) -> Vec<Cmd> {
        let command = match self {
            Self::Command(command) => (*command).clone(),
            Self::Script(_, script, key, arguments) => call(script, &[key], arguments),
        };
        asking.then(|| cmd("ASKING")).into_iter().chain([command]).collect()
    }
}

impl fmt::Debug for Nodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seeds: Vec<_> = self.shared.seeds.iter().map(ToString::to_string).collect();
        f.debug_struct("Nodes")
            .field("seeds", &seeds)
            .field("timeout", &self.shared.timeout)
            .finish_non_exhaustive()
    }
}
