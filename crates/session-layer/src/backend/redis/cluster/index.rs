use futures_util::future::join_all;
use redis::{Value, cmd};
use tokio::time::Instant;

use super::super::draft::DraftTexts;
use super::super::fault::unexpected;
use super::super::names::session_key;
use super::super::replication::Write;
use super::super::script::cluster as script;
use super::answer::{Answer, bytes, key_of, predecessor, record};
use super::{Cluster, Decision};
use crate::backend::{BackendError, Draft, Found, Record, SessionKey, UserId};

/// An entry of a user's index: a key, and what the index has about it.
#[derive(Clone)]
struct Entry {
    member: Vec<u8>,
    about: Vec<u8>,
}

/// What became of the session of an entry.
enum Fate {
    /// It is this one, under the key of the entry or another one.
    Live(Found),
    /// It is a login, which those that have to make room for it come before.
    Beginning,
    /// It is a rotation that has not been decided yet.
    Pending,
    /// There is none, or there will be one in a moment.
    Absent,
    /// There is none any more.
    Ended,
}

/// A user's index: sessions are in it before they are there, and until they are gone.
impl Cluster {
    /// Makes room for a session of a user and registers it: the keys of those that have to end
    /// then. None if there is no room.
    pub(super) async fn reserve(
        &self,
        (user, key): (&UserId, &SessionKey),
        (draft, aside): (&Draft, Option<&SessionKey>),
        deadline: Instant,
    ) -> Result<Option<Vec<SessionKey>>, BackendError> {
        let (index, key) = (self.names.user(user), key.to_string());
        let aside = aside.map(ToString::to_string).unwrap_or_default();
        let texts = DraftTexts::of(draft);
        let [_, _, _, absolute, cap, policy, _] = texts.arguments();
        let (mut looked, mut found) = ("0", Vec::new());
        loop {
            let mut arguments =
                vec![key.as_bytes(), absolute, cap, policy, aside.as_bytes(), looked.as_bytes()];
            arguments.extend(found.iter().map(Vec::as_slice));
            let reserve = (Some(Write::Lasting), &*script::RESERVE);
            match self.script(reserve, &index, &arguments, deadline).await? {
                Value::Int(-4) => return Ok(None),
                Value::Array(parts) if matches!(parts.first(), Some(Value::Int(1))) => {
                    return parts.iter().skip(1).map(key_of).collect::<Result<_, _>>().map(Some);
                }
                Value::Array(entries) if looked == "0" => {
                    found = self.findings(user, &entries_of(&entries)?, deadline).await?;
                    looked = "1";
                }
                _ => return Err(unexpected()),
            }
        }
    }

    /// Ends those that make room, and gives the keys of those that nobody else has ended.
    pub(super) async fn make_room(
        &self,
        user: &UserId,
        ended: &[SessionKey],
        deadline: Instant,
    ) -> Result<Vec<SessionKey>, BackendError> {
        let ends = join_all(ended.iter().map(|key| self.end(user, key, deadline))).await;
        let ends = ends.into_iter().collect::<Result<Vec<_>, _>>()?;
        self.unregister(user, ended).await;
        Ok(ends.into_iter().flatten().collect())
    }

    /// Also where it was renewed meanwhile.
    async fn end(
        &self,
        user: &UserId,
        key: &SessionKey,
        deadline: Instant,
    ) -> Result<Option<SessionKey>, BackendError> {
        let mut key = *key;
        for _ in 0..Self::HOPS {
            let end = (Some(Write::Lasting), &*script::END);
            let arguments = [user.as_str().as_bytes()];
            let name = self.names.session(&key);
            match Answer::read(self.script(end, &name, &arguments, deadline).await?)? {
                Answer::Done(_) => {
                    self.delist(&key).await;
                    return Ok(Some(key));
                }
                Answer::Leads(next) => key = next,
                _ => return Ok(None),
            }
        }
        Ok(None)
    }

    /// A hint: whoever looks at the session drops it, too.
    pub(super) async fn unregister(&self, user: &UserId, keys: &[SessionKey]) {
        if keys.is_empty() {
            return;
        }
        let index = self.names.user(user);
        let mut remove = cmd("HDEL");
        remove.arg(&index);
        for key in keys {
            remove.arg(key.to_string());
        }
        let _ = self.nodes.ask(&index, &remove, self.hint_deadline()).await;
    }

    /// The new key in the place of the old one, which stays until the rotation is over.
    pub(super) async fn reregister(
        &self,
        user: &UserId,
        [old, new]: [&SessionKey; 2],
        [created, ends]: &[String; 2],
        deadline: Instant,
    ) -> Result<(), BackendError> {
        let (old, new) = (old.to_string(), new.to_string());
        let arguments = [old.as_bytes(), new.as_bytes(), created.as_bytes(), ends.as_bytes()];
        let reregister = (Some(Write::Lasting), &*script::REREGISTER);
        self.script(reregister, &self.names.user(user), &arguments, deadline).await.map(drop)
    }

    /// The user's live sessions, in order.
    pub(super) async fn registered(
        &self,
        user: &UserId,
        deadline: Instant,
    ) -> Result<Vec<Found>, BackendError> {
        let index = self.names.user(user);
        let all = self.nodes.ask(&index, cmd("HGETALL").arg(&index), deadline).await?;
        let Value::Array(all) = all else {
            return Err(unexpected());
        };
        let mut entries = entries_of(&all)?;
        entries.sort_by_key(Entry::order);
        let fates = self.fates(user, &entries, deadline).await?;
        let findings: Vec<_> = fates.iter().flat_map(|(entry, fate)| fate.finding(entry)).collect();
        if !findings.is_empty() {
            let findings: Vec<_> = findings.iter().map(Vec::as_slice).collect();
            let _ = self.hint(&script::FORGET, &index, &findings, self.hint_deadline()).await;
        }
        let mut live: Vec<Found> = Vec::new();
        for (_, fate) in fates {
            match fate {
                Fate::Live(found) if live.iter().all(|other| other.key != found.key) => {
                    live.push(found);
                }
                _ => {}
            }
        }
        Ok(live)
    }

    async fn findings(
        &self,
        user: &UserId,
        entries: &[Entry],
        deadline: Instant,
    ) -> Result<Vec<Vec<u8>>, BackendError> {
        let fates = self.fates(user, entries, deadline).await?;
        Ok(fates.iter().flat_map(|(entry, fate)| fate.finding(entry)).collect())
    }

    async fn fates(
        &self,
        user: &UserId,
        entries: &[Entry],
        deadline: Instant,
    ) -> Result<Vec<(Entry, Fate)>, BackendError> {
        let mut fates = Vec::with_capacity(entries.len());
        for some in entries.chunks(Self::AT_ONCE) {
            let those = join_all(some.iter().map(|entry| self.fate(user, entry, deadline))).await;
            for (entry, fate) in some.iter().zip(those) {
                fates.push((entry.clone(), fate?));
            }
        }
        Ok(fates)
    }

    async fn fate(
        &self,
        user: &UserId,
        entry: &Entry,
        deadline: Instant,
    ) -> Result<Fate, BackendError> {
        let Some(key) = session_key(&entry.member) else {
            return Ok(Fate::Ended);
        };
        let name = self.names.session(&key);
        for _ in 0..Self::HOPS {
            let value = match self.nodes.ask(&name, cmd("GET").arg(&name), deadline).await? {
                Value::Nil => return Ok(Fate::Absent),
                Value::BulkString(value) => value,
                _ => return Err(unexpected()),
            };
            match (value.first(), predecessor(&value)) {
                (Some(b'S'), _) => return Ok(Fate::of(record(value), key, user)),
                (Some(b'A'), _) => return self.fate_of_renewed(user, &key, deadline).await,
                (_, Some(old)) => match self.decision(&key, &old, deadline).await? {
                    Decision::None => return Ok(Fate::Pending),
                    Decision::Replaced => return Ok(Fate::Beginning),
                    Decision::Renewed => self.confirm(&key, &old, deadline).await?,
                },
                _ => return Ok(Fate::Ended),
            }
        }
        Ok(Fate::Pending)
    }

    /// It may have been renewed after its user's index was read.
    async fn fate_of_renewed(
        &self,
        user: &UserId,
        key: &SessionKey,
        deadline: Instant,
    ) -> Result<Fate, BackendError> {
        let Answer::Leads(next) = self.at(key, deadline).await? else {
            return Ok(Fate::Ended);
        };
        match self.at(&next, deadline).await? {
            Answer::Session(record) => Ok(Fate::of(Ok(record), next, user)),
            _ => Ok(Fate::Ended),
        }
    }
}

impl Entry {
    /// Its place in the order of creation.
    fn order(&self) -> u64 {
        let digits = self.about.split(|byte| *byte == b':').next().unwrap_or_default();
        str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok()).unwrap_or_default()
    }
}

impl Fate {
    /// What can't be read is nobody's.
    fn of(record: Result<Record, BackendError>, key: SessionKey, user: &UserId) -> Self {
        match record {
            Ok(record) if record.user.as_ref() == Some(user) => Self::Live(Found { key, record }),
            _ => Self::Ended,
        }
    }

    /// As scripts take it, for what does not count.
    fn finding(&self, entry: &Entry) -> Vec<Vec<u8>> {
        let what = match self {
            Self::Live(found) if found.key.to_string().as_bytes() == entry.member => return vec![],
            Self::Beginning => return vec![],
            // It counts under its new key.
            Self::Live(_) | Self::Ended => "ended",
            Self::Pending => "pending",
            Self::Absent => "absent",
        };
        vec![what.as_bytes().to_vec(), entry.member.clone(), entry.about.clone()]
    }
}

/// Keys and what is said of them, in turns.
fn entries_of(all: &[Value]) -> Result<Vec<Entry>, BackendError> {
    let entries = all.chunks(2).map(|pair| match pair {
        [member, about] => {
            Ok(Entry { member: bytes(member)?.to_vec(), about: bytes(about)?.to_vec() })
        }
        _ => Err(unexpected()),
    });
    entries.collect()
}
