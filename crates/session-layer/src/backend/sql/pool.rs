use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use deadpool::managed::{
    Manager, Metrics, Object, PoolConfig, PoolError, QueueMode, RecycleError, RecycleResult,
};
use sqlx::Connection;
use tokio::time::{sleep, timeout, timeout_at};

use super::attempts::Attempts;
use super::work::Work;
use super::{After, Fault, Settings, Statements};
use crate::backend::BackendError;
use crate::{ConfigError, ConfigErrorKind};

/// A server that sessions are kept on.
pub(in crate::backend) trait Server: fmt::Debug + Send + Sync + 'static {
    /// A connection to it.
    type Connection: Statements + 'static;

    /// Makes a connection on which statements can run.
    fn connect(&self) -> impl Future<Output = Result<Self::Connection, sqlx::Error>> + Send;

    /// What an error of its comes to.
    fn judge(error: &sqlx::Error) -> Fault;
}

/// Connections to a server, of which there are no more than there may be, and on which nothing
/// takes longer than it may.
pub(in crate::backend) struct Pool<S: Server> {
    connections: deadpool::managed::Pool<Connections<S>>,
    deadline: Duration,
}

impl<S: Server> Pool<S> {
    /// One without connections: each is made when it is needed.
    pub(super) fn new(server: S, settings: Settings) -> Result<Self, ConfigError> {
        let connections = Connections { server, doubt: Mutex::new(Instant::now()) };
        let mut config = PoolConfig::new(settings.pool_size);
        // Those that are needed least stay idle.
        config.queue_mode = QueueMode::Lifo;
        let built = deadpool::managed::Pool::builder(connections).config(config).build();
        let connections = built
            .map_err(|error| ConfigError::new(ConfigErrorKind::InvalidBound, error.to_string()))?;
        Ok(Self { connections, deadline: settings.deadline })
    }

    /// The server.
    pub(in crate::backend) fn server(&self) -> &S {
        &self.connections.manager().server
    }

    /// Does it within the deadline, as often as it takes.
    pub(in crate::backend) async fn run<W: Work<S::Connection>>(
        &self,
        work: &W,
    ) -> Result<W::Done, BackendError> {
        let deadline = Instant::now() + self.deadline;
        let (mut attempts, mut again) = (Attempts::new(), false);
        loop {
            let fault = match self.attempt(work, again, deadline).await {
                Ok(done) => return Ok(done),
                Err(fault) => fault,
            };
            again |= fault.after == After::Broken;
            match attempts.pause(fault.after, W::REPEATABLE) {
                Some(pause) if Instant::now() + pause < deadline => sleep(pause).await,
                _ => return Err(fault.into()),
            }
        }
    }

    /// A connection is taken out of its slot and put back when all is well. So one on which
    /// anything was broken off, by the deadline or because the caller is gone, is closed: who had
    /// it next would get an answer that is not theirs.
    async fn attempt<W: Work<S::Connection>>(
        &self,
        work: &W,
        again: bool,
        deadline: Instant,
    ) -> Result<W::Done, Fault> {
        let mut slot = self.slot(deadline).await?;
        let Some(mut connection) = slot.take() else { return Err(Fault::without_connection()) };
        let run = async {
            match again {
                true => work.run_again(&mut connection).await,
                false => work.run(&mut connection).await,
            }
        };
        match timeout_at(deadline.into(), run).await {
            Ok(Ok(done)) => {
                *slot = Some(connection);
                Ok(done)
            }
            Ok(Err(error)) => {
                let fault = S::judge(&error);
                if fault.after == After::Broken {
                    self.doubt();
                } else {
                    *slot = Some(connection);
                }
                Err(fault)
            }
            Err(_) => {
                self.doubt();
                Err(Fault::late("the server gave no answer", self.deadline))
            }
        }
    }

    async fn slot(&self, deadline: Instant) -> Result<Object<Connections<S>>, Fault> {
        match timeout_at(deadline.into(), self.connections.get()).await {
            Ok(Ok(slot)) => Ok(slot),
            Ok(Err(PoolError::Backend(error))) => Err(S::judge(&error)),
            Ok(Err(_)) => Err(Fault::without_connection()),
            Err(_) => Err(Fault::late("no connection could be had", self.deadline)),
        }
    }

    /// What befell one connection may have befallen all.
    fn doubt(&self) {
        let doubt = &self.connections.manager().doubt;
        *doubt.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }
}

/// Makes connections, and tests those that may be of no use.
pub(super) struct Connections<S> {
    server: S,
    /// Connections that were used last before this instant are tested before they are used.
    doubt: Mutex<Instant>,
}

/// How long an answer to a test may take. Another connection may do better.
const PING: Duration = Duration::from_millis(300);

/// So is one that was idle this long.
const TRUSTED: Duration = Duration::from_secs(1);

impl<S: Server> Manager for Connections<S> {
    type Type = Option<S::Connection>;
    type Error = sqlx::Error;

    async fn create(&self) -> Result<Self::Type, sqlx::Error> {
        self.server.connect().await.map(Some)
    }

    async fn recycle(
        &self,
        slot: &mut Self::Type,
        metrics: &Metrics,
    ) -> RecycleResult<sqlx::Error> {
        let Some(connection) = slot else { return Err(RecycleError::message("closed")) };
        if self.is_doubtful(metrics) {
            let ping = timeout(PING, connection.ping()).await;
            ping.map_err(|_| RecycleError::message("silent"))??;
        }
        Ok(())
    }
}

impl<S> Connections<S> {
    fn is_doubtful(&self, metrics: &Metrics) -> bool {
        let used = metrics.recycled.unwrap_or(metrics.created);
        let doubt = *self.doubt.lock().unwrap_or_else(PoisonError::into_inner);
        used <= doubt || used.elapsed() > TRUSTED
    }
}
