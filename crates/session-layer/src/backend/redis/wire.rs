use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{
    AsyncConnectionConfig, Cmd, Pipeline, ProtocolVersion, PushInfo, RedisConnectionInfo,
    RedisResult, Value,
};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout, timeout_at};

use super::fault::{is_demoted, reply, timed_out};
use super::login::Login;

/// One connection, for all commands at the same time. What is in flight when it breaks fails and
/// is not sent again, for it may have been carried out.
pub(super) struct Wire {
    connection: MultiplexedConnection,
    answers: AtomicU64,
    doubt: Notify,
}

/// Gets what Redis says without being asked, and must not wait.
pub(super) type Listener = Arc<dyn Fn(PushInfo) -> RedisResult<()> + Send + Sync>;

/// Moves the bytes of a [`Wire`], until it breaks or this is dropped.
pub(super) struct Driver(JoinHandle<()>);

/// Commands that wait to be written.
const QUEUE: usize = 1024;
/// With less time than this left of its deadline, a command says nothing about the connection.
const TELLING: Duration = Duration::from_millis(20);

impl Wire {
    /// Greets a server. With a listener it also gets what Redis says without being asked, in RESP3.
    pub(super) async fn over<S>(
        stream: S,
        login: &Login,
        listener: Option<Listener>,
    ) -> RedisResult<(Arc<Self>, Driver)>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (info, config) = match listener {
            None => (info(), config()),
            Some(tell) => (info_in_resp3(login), config().set_push_sender(move |push| tell(push))),
        };
        let (connection, driver) =
            MultiplexedConnection::new_with_config(&info, stream, config).await?;
        let driver = Driver(tokio::spawn(driver));
        greet(connection.clone(), login).await?;
        let (answers, doubt) = (AtomicU64::new(0), Notify::new());
        Ok((Arc::new(Self { connection, answers, doubt }), driver))
    }

    /// Sends a command, once.
    pub(super) async fn ask(&self, command: &Cmd, deadline: Instant) -> RedisResult<Value> {
        let mut connection = self.connection.clone();
        let answer = self.in_time(connection.send_packed_command(command), deadline).await?;
        self.answered(reply(answer))
    }

    /// Sends commands together, once. An error of one of them is among the answers.
    pub(super) async fn ask_all(
        &self,
        commands: &Pipeline,
        deadline: Instant,
    ) -> RedisResult<Vec<Value>> {
        let mut connection = self.connection.clone();
        let sent = connection.send_packed_commands(commands, 0, commands.len());
        let answers = self.in_time(sent, deadline).await?;
        self.answers.fetch_add(1, Ordering::Relaxed);
        if answers.iter().any(|answer| reply(answer.clone()).is_err_and(|error| is_demoted(&error)))
        {
            self.doubt.notify_one();
        }
        Ok(answers)
    }

    async fn in_time<T>(
        &self,
        answer: impl Future<Output = RedisResult<T>>,
        deadline: Instant,
    ) -> RedisResult<T> {
        let (answers, asked) = (self.answers.load(Ordering::Relaxed), Instant::now());
        match timeout_at(deadline, answer).await {
            Ok(answer) => answer,
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

/// Here Redis greets nobody before the login.
fn info_in_resp3(login: &Login) -> RedisConnectionInfo {
    let info = info().set_protocol(ProtocolVersion::RESP3);
    match &login.password {
        None => info,
        Some(password) => {
            info.set_username(login.user.as_deref().unwrap_or("default")).set_password(password)
        }
    }
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
    if login.reads_replicas {
        greeting.cmd("READONLY");
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
