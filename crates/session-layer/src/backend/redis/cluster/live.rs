use std::time::{Duration, SystemTime};

use futures_util::future::{join_all, try_join, try_join_all};
use redis::{Value, cmd};
use tokio::time::Instant;

use super::super::answer::{numbers, swept, time};
use super::super::fault::unexpected;
use super::super::names::session_key;
use super::super::script::cluster as script;
use super::Cluster;
use super::answer::bytes;
use crate::backend::{BackendError, SessionKey, Stats, Swept};

/// As `life.lua` says it.
const NO_SESSION: [i64; 2] = [-1, 0];

/// The sets of the live sessions: hints, which only counting and tidying rest on. Whoever writes
/// them does not wait long for a node that is away.
impl Cluster {
    /// Has a new session looked at when it is due, and looks at some that nobody has swept.
    pub(super) async fn announce(
        &self,
        key: &SessionKey,
        created: &[u8],
        [idle, ends, absolute]: [&[u8]; 3],
    ) {
        let (set, member) = (self.names.live_with(key), key.to_string());
        let arguments = [member.as_bytes(), created, idle, ends, absolute, b"2"];
        let deadline = self.hint_deadline();
        if let Ok(due) = self.hint(&script::ANNOUNCE, &set, &arguments, deadline).await {
            // What is not settled now will be due again.
            let _ = self.settle(&set, due, deadline).await;
        }
    }

    /// Has one looked at that lives longer: when, how long it will have lived then, and when it ends.
    pub(super) async fn enlist(&self, key: &SessionKey, [due, lived, ends]: [&str; 3]) {
        let (set, member) = (self.names.live_with(key), key.to_string());
        let times = [due.as_bytes(), lived.as_bytes(), ends.as_bytes()];
        let arguments = [&[member.as_bytes()], &times[..]].concat();
        let _ = self.hint(&script::ENLIST, &set, &arguments, self.hint_deadline()).await;
    }

    /// Counts out sessions that are no more.
    pub(super) async fn delist(&self, keys: &[SessionKey]) {
        let deadline = self.hint_deadline();
        let delist = keys.iter().map(async |key| {
            let (set, mut remove) = (self.names.live_with(key), cmd("ZREM"));
            let _ = self.nodes.ask(&set, remove.arg(&set).arg(key.to_string()), deadline).await;
        });
        join_all(delist).await;
    }

    /// Looks at so many of a set that are due: how many it has looked at, and what was removed.
    pub(super) async fn look(&self, set: &str, batch: u32) -> Result<(u32, Swept), BackendError> {
        let (batch, deadline) = (batch.to_string(), self.nodes.deadline());
        let due = self.hint(&script::DUE, set, &[batch.as_bytes()], deadline).await?;
        self.settle(set, due, deadline).await
    }

    /// All of them, and of the nodes' clocks the one that is furthest from this process's.
    pub(super) async fn count(&self) -> Result<Stats, BackendError> {
        let sets: Vec<_> = self.names.live_parts().collect();
        let counts = try_join_all(sets.iter().map(|set| self.count_part(set))).await?;
        let live = counts.iter().map(|(live, _)| live).sum();
        let now = SystemTime::now();
        let clocks = counts.into_iter().map(|(_, clock)| clock);
        let furthest = clocks.max_by_key(|clock| apart(*clock, now));
        Ok(Stats { live, now: furthest })
    }

    async fn count_part(&self, set: &str) -> Result<(u64, SystemTime), BackendError> {
        let (mut count, clock, deadline) = (cmd("ZCARD"), cmd("TIME"), self.nodes.deadline());
        let count = self.nodes.ask(set, count.arg(set), deadline);
        let (count, clock) = try_join(count, self.nodes.ask(set, &clock, deadline)).await?;
        let [live] = numbers(count)?;
        Ok((live, time(clock)?))
    }

    /// Removes those of which nothing is left, and has the others looked at when they expire.
    async fn settle(
        &self,
        set: &str,
        due: Value,
        deadline: Instant,
    ) -> Result<(u32, Swept), BackendError> {
        let Value::Array(due) = due else {
            return Err(unexpected());
        };
        let mut findings = Vec::new();
        for some in due.chunks(2 * Self::AT_ONCE) {
            let lives = join_all(some.chunks(2).map(|pair| self.life_of(pair, deadline)));
            for life in lives.await {
                findings.extend(life?);
            }
        }
        let seen = u32::try_from(due.len() / 2).unwrap_or(u32::MAX);
        if seen == 0 {
            return Ok((0, Swept::default()));
        }
        let findings: Vec<_> = findings.iter().map(Vec::as_slice).collect();
        let ([], swept) = swept(self.hint(&script::SETTLE, set, &findings, deadline).await?)?;
        Ok((seen, swept))
    }

    /// A key, its score, how long it lives, and how long it will have lived then.
    async fn life_of(
        &self,
        due: &[Value],
        deadline: Instant,
    ) -> Result<[Vec<u8>; 4], BackendError> {
        let [member, score] = due else {
            return Err(unexpected());
        };
        let (member, score) = (bytes(member)?, bytes(score)?);
        let life: [i64; 2] = match session_key(member) {
            None => NO_SESSION,
            Some(key) => {
                let name = self.names.session(&key);
                numbers(self.hint(&script::LIFE, &name, &[], deadline).await?)?
            }
        };
        let [life, lived] = life.map(|time| time.to_string().into_bytes());
        Ok([member.to_vec(), score.to_vec(), life, lived])
    }
}

fn apart(one: SystemTime, other: SystemTime) -> Duration {
    one.duration_since(other).unwrap_or_else(|error| error.duration())
}
