use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use redis::aio::{AsyncPushSender, MultiplexedConnection};
use redis::{
    AsyncConnectionConfig, Cmd, Pipeline, ProtocolVersion, RedisConnectionInfo, RedisResult, Value,
};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout, timeout_at};

use super::address::Login;
use super::fault::{is_demoted, reply, timed_out};

/// One connection, for all commands at the same time. What is in flight when it breaks fails and
/// is not sent again, for it may have been carried out.
pub(super) struct Wire {
    connection: MultiplexedConnection,
    answers: AtomicU64,
    doubt: Notify,
}

/// Moves the bytes of a [`Wire`], until it breaks or this is dropped.
pub(super) struct Driver(JoinHandle<()>);

/// Commands that wait to be written.
const QUEUE: usize = 1024;
/// With less time than this left of its deadline, a command says nothing about the connection.
const TELLING: Duration = Duration::from_millis(20);

impl Wire {
    pub(super) async fn over<S>(stream: S, login: &Login) -> RedisResult<(Arc<Self>, Driver)>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        Self::greeted(stream, login, info(), config()).await
    }

    /// One that also gets what Redis says without being asked, in RESP3.
    pub(super) async fn listening<S>(
        stream: S,
        login: &Login,
        listener: impl AsyncPushSender,
    ) -> RedisResult<(Arc<Self>, Driver)>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let mut info = info().set_protocol(ProtocolVersion::RESP3);
        // Here Redis greets nobody before the login.
        if let Some(password) = &login.password {
            let user = login.user.as_deref().unwrap_or("default");
            info = info.set_username(user).set_password(password);
        }
        Self::greeted(stream, login, info, config().set_push_sender(listener)).await
    }

    async fn greeted<S>(
        stream: S,
        login: &Login,
        info: RedisConnectionInfo,
        config: AsyncConnectionConfig,
    ) -> RedisResult<(Arc<Self>, Driver)>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (connection, driver) =
            MultiplexedConnection::new_with_config(&info, stream, config).await?;
        let driver = Driver(tokio::spawn(driver));
        greet(connection.clone(), login).await?;
        let (answers, doubt) = (AtomicU64::new(0), Notify::new());
        Ok((Arc::new(Self { connection, answers, doubt }), driver))
    }

    /// Sends a command, once.
    pub(super) async fn ask(&self, command: &Cmd, deadline: Instant) -> RedisResult<Value> {
        let (answers, asked) = (self.answers.load(Ordering::Relaxed), Instant::now());
        let mut connection = self.connection.clone();
        match timeout_at(deadline, connection.send_packed_command(command)).await {
            Ok(answer) => self.answered(reply(answer?)),
            Err(_) => {
                let silent = self.answers.load(Ordering::Relaxed) == answers;
                if silent && asked.elapsed() >= TELLING {
                    self.doubt.notify_one();
                }
                Err(timed_out())
            }
        }
    }

    fn answered(&self, reply: RedisResult<Value>) -> RedisResult<Value> {
        self.answers.fetch_add(1, Ordering::Relaxed);
        if reply.as_ref().is_err_and(is_demoted) {
            self.doubt.notify_one();
        }
        reply
    }

    /// Comes back when another connection may do better: when a command ran out of time and no
    /// other had an answer meanwhile, for the other end may be gone without a word; and when Redis
    /// takes no writes any more, for its name may lead to another one by now.
    pub(super) async fn is_in_doubt(&self) {
        self.doubt.notified().await;
    }
}

/// The deadlines are ours, and so is the greeting, for the sake of its errors.
fn config() -> AsyncConnectionConfig {
    AsyncConnectionConfig::new()
        .set_connection_timeout(None)
        .set_response_timeout(None)
        .set_pipeline_buffer_size(QUEUE)
}

/// Something has to be said here: an error of TLS that comes late is lost further on.
fn info() -> RedisConnectionInfo {
    RedisConnectionInfo::default().set_lib_name(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))
}

/// Logs in, and sees whether Redis serves at all: it accepts connections while it loads, and the
/// system does so for a process that hangs.
async fn greet(mut connection: MultiplexedConnection, login: &Login) -> RedisResult<()> {
    let mut greeting = Pipeline::new();
    if let Some(password) = &login.password {
        greeting.cmd("AUTH").arg(&login.user).arg(password);
    }
    if login.database != 0 {
        greeting.cmd("SELECT").arg(login.database);
    }
    let needed = greeting.len();
    greeting.cmd("PING");
    let replies = connection.send_packed_commands(&greeting, 0, needed + 1).await?;
    for (place, value) in replies.into_iter().enumerate() {
        match reply(value) {
            // Who may not ping may still do all that a backend does.
            Err(error) if place == needed && error.code() == Some("NOPERM") => {}
            Err(error) => return Err(error),
            Ok(_) => {}
        }
    }
    Ok(())
}

impl Driver {
    pub(super) async fn has_ended(&mut self) {
        let _ = (&mut self.0).await;
    }

    /// Lets those who wait for an answer go on waiting, for so long.
    pub(super) fn linger(mut self, time: Duration) {
        tokio::spawn(async move {
            let _ = timeout(time, self.has_ended()).await;
        });
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.abort();
    }
}
