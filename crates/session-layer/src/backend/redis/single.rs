use std::time::Duration;

use futures_util::future::try_join;
use redis::{Value, cmd};
use tokio::time::Instant;

use super::answer::{Answer, numbers, sessions, stored, swept, time};
use super::draft::DraftTexts;
use super::fault::{backend_error, unexpected};
use super::lifetime::{Millis, millis};
use super::names::Names;
use super::record_texts::RecordTexts;
use super::replication::Write;
use super::script::{self, Script};
use super::server::Server;
use super::stored::{Stored, beginning, head};
use super::tracking::Tracker;
use crate::backend::{
    BackendError, Change, Created, Draft, Found, Lifetime, Loaded, Missing, Payload, Record,
    Renewed, Rotated, Rotation, RotationKind, SessionKey, Stats, Swept, Updated, UserId,
};

/// The verbs of a backend, where a script sees all keys: each is one.
#[derive(Debug)]
pub(super) struct Single {
    server: Server,
    names: Names,
}

/// How many due sessions a script looks at: what Redis does for others must not wait long.
const BATCH: u32 = 500;

impl Single {
    pub(super) fn new(server: Server, names: Names) -> Self {
        Self { server, names }
    }

    pub(super) fn server(&self) -> &Server {
        &self.server
    }

    pub(super) fn tracker(&self) -> Tracker {
        self.server.link().tracker(self.names.prefix())
    }

    pub(super) async fn load(&self, key: &SessionKey) -> Result<Loaded, BackendError> {
        self.load_until(key, self.server.deadline()).await
    }

    /// What no replica has may be there all the same.
    pub(super) async fn load_stale(&self, key: &SessionKey) -> Result<Loaded, BackendError> {
        let deadline = self.server.deadline();
        match self.server.read_copy(&self.names.session(key)).await {
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
        let value =
            self.server.ask(cmd("GET").arg(&name), deadline).await.map_err(backend_error)?;
        match stored(value)? {
            Some(Stored::Session(record)) => Ok(Loaded::Found(Found { key: *key, record })),
            Some(Stored::Ended) | None => Ok(Loaded::Missing(Missing::Absent)),
            Some(Stored::Superseded) => Ok(Loaded::Missing(Missing::Superseded)),
            Some(Stored::Alias(_)) => self.follow(key, &name, deadline).await,
        }
    }

    pub(super) async fn renewed(&self, key: &SessionKey) -> Result<Option<Renewed>, BackendError> {
        let (name, deadline) = (self.names.session(key), self.server.deadline());
        let value =
            self.server.ask(cmd("GET").arg(&name), deadline).await.map_err(backend_error)?;
        match stored(value)? {
            Some(Stored::Alias(renewed)) => Ok(Some(renewed)),
            _ => Ok(None),
        }
    }

    pub(super) async fn create(
        &self,
        key: &SessionKey,
        draft: &Draft,
    ) -> Result<Created, BackendError> {
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

    pub(super) async fn update(
        &self,
        key: &SessionKey,
        change: &Change,
    ) -> Result<Updated, BackendError> {
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

    pub(super) async fn touch(&self, key: &SessionKey) -> Result<bool, BackendError> {
        match self.judge((Write::Passing, &script::TOUCH), key, &[self.names.live()], &[]).await? {
            Answer::Done(_) => Ok(true),
            Answer::Missing(_) => Ok(false),
            Answer::Found(_) | Answer::Taken | Answer::Full => Err(unexpected()),
        }
    }

    pub(super) async fn rotate(
        &self,
        key: &SessionKey,
        rotation: &Rotation,
    ) -> Result<Rotated, BackendError> {
        let answer = match &rotation.kind {
            RotationKind::Renew { payload, lifetime, grace, kept } => {
                self.renew(key, rotation, (payload, *lifetime), [*grace, *kept]).await?
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

    pub(super) async fn delete(&self, key: &SessionKey) -> Result<Option<Found>, BackendError> {
        match self.judge((Write::Lasting, &script::DELETE), key, &[self.names.live()], &[]).await? {
            Answer::Found(found) => Ok(Some(found)),
            Answer::Missing(_) => Ok(None),
            Answer::Done(_) | Answer::Taken | Answer::Full => Err(unexpected()),
        }
    }

    pub(super) async fn restore(
        &self,
        key: &SessionKey,
        record: &Record,
    ) -> Result<bool, BackendError> {
        let index = record.user.as_ref().map(|user| self.names.user(user));
        let keys: Vec<_> = [self.names.live()].into_iter().chain(index.as_deref()).collect();
        let texts = RecordTexts::of(record);
        let restore = (Write::Lasting, &*script::RESTORE);
        match self.judge(restore, key, &keys, &texts.arguments()).await? {
            Answer::Done(_) => Ok(true),
            Answer::Missing(_) | Answer::Taken => Ok(false),
            Answer::Found(_) | Answer::Full => Err(unexpected()),
        }
    }

    pub(super) async fn of_user(&self, user: &UserId) -> Result<Vec<Found>, BackendError> {
        sessions(
            self.run(&script::OF_USER, &[&self.names.user(user)], &[user.as_str().as_bytes()])
                .await?,
        )
    }

    /// In scripts that are short enough for Redis to serve others meanwhile.
    pub(super) async fn sweep(&self, limit: u32) -> Result<Swept, BackendError> {
        let mut swept = Swept::default();
        while swept.removed < limit {
            let batch = BATCH.min(limit - swept.removed);
            let (seen, some) = self.look(batch).await?;
            swept.add(some);
            if seen < batch {
                break;
            }
        }
        Ok(swept)
    }

    pub(super) async fn stats(&self) -> Result<Stats, BackendError> {
        let mut count = cmd("ZCARD");
        count.arg(self.names.live());
        let (clock, deadline) = (cmd("TIME"), self.server.deadline());
        let both = try_join(self.server.ask(&count, deadline), self.server.ask(&clock, deadline));
        let (count, clock) = both.await.map_err(backend_error)?;
        let [live] = numbers(count)?;
        Ok(Stats::of_live(live).at(time(clock)?))
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

    /// How many due sessions it has looked at, and what was removed.
    async fn look(&self, batch: u32) -> Result<(u32, Swept), BackendError> {
        let batch = batch.to_string();
        let reply = self.run(&script::SWEEP, &[self.names.live()], &[batch.as_bytes()]).await?;
        let ([seen], some) = swept(reply)?;
        Ok((seen, some))
    }

    async fn renew(
        &self,
        key: &SessionKey,
        rotation: &Rotation,
        (payload, lifetime): (&Payload, Option<Lifetime>),
        times: [Duration; 2],
    ) -> Result<Answer, BackendError> {
        let (read, head) = (beginning(rotation.version), head(next(rotation.version), payload));
        let (lifetime, [grace, kept]) = (lifetime.map(Millis::from), times.map(millis));
        let mut arguments = vec![&read[..], &head, payload.as_bytes()];
        arguments.extend([grace.as_bytes(), kept.as_bytes()]);
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

fn next(version: u64) -> u64 {
    version.saturating_add(1)
}
