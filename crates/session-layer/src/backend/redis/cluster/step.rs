use futures_util::future::join_all;
use redis::Value;
use tokio::time::Instant;

use super::super::fault::{corrupt, unexpected};
use super::super::record_texts::RecordTexts;
use super::super::replication::Write;
use super::super::script::{Script, cluster as script};
use super::super::stored::lasting;
use super::Cluster;
use super::answer::{Answer, key_of, number};
use super::decision::Decision;
use super::newcomer::Newcomer;
use super::step_name::StepName;
use crate::backend::{BackendError, Found, Record, SessionKey, UserId};

/// Several keys changed in one step, although a script reaches only one of them: two-phase commit.
///
/// First it takes everything that it changes or depends on: the keys of sessions, which go on being
/// what they were for whoever reads them, and the index of the user who gets a session. Then a
/// record of its own decides, once and for all, whether it is done. At last it lets go, and what it
/// has taken becomes what it is to be, or what it was. Whoever needs something that a step has
/// taken waits until the step is decided, gives it up if that takes too long (its process may be
/// gone), and then lets go in its place.
pub(super) struct Step<'a> {
    cluster: &'a Cluster,
    name: StepName,
    deadline: Instant,
    taken: Vec<SessionKey>,
    index: Option<Index<'a>>,
    /// For how many ms a key may stay taken if nobody lets go of it.
    life: u64,
}

/// A user's index that a step has: nobody else can add a session of that user meanwhile.
struct Index<'a> {
    user: &'a UserId,
    /// Others in it, that nobody has looked at.
    unseen: Vec<SessionKey>,
    /// In it, and over if the step is done.
    over: Vec<SessionKey>,
    /// The session that is to begin, if it was not in it before.
    newcomer: Option<SessionKey>,
}

/// What is left of a live session that is taken, if the step is done.
pub(super) enum Left<'a> {
    /// All of it.
    Session,
    Ended,
    Superseded,
    /// An alias, for so many ms, of this key.
    Alias(&'a str, &'a SessionKey),
}

/// What taking a key came to.
pub(super) enum Taking {
    Taken,
    /// It is not, for there is something else.
    Other(Answer),
}

impl<'a> Step<'a> {
    pub(super) fn about(cluster: &'a Cluster, key: &SessionKey, deadline: Instant) -> Self {
        let name = StepName::about(key);
        Self { cluster, name, deadline, taken: Vec::new(), index: None, life: 0 }
    }

    pub(super) fn cluster(&self) -> &'a Cluster {
        self.cluster
    }

    pub(super) fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Takes a user's index, and registers a session there that may begin: it ends at this time, or
    /// if that is zero after so many ms. With the cap, or zero if there is none.
    pub(super) async fn register(
        &mut self,
        user: &'a UserId,
        key: &SessionKey,
        [ends, absolute, cap]: [&[u8]; 3],
    ) -> Result<(), BackendError> {
        let (index, member) = (self.cluster.names.user(user), key.to_string());
        let arguments = [self.name.as_bytes(), member.as_bytes(), ends, absolute, cap];
        let register = (Some(Write::Lasting), &*script::REGISTER);
        loop {
            match self.cluster.script(register, &index, &arguments, self.deadline).await? {
                Value::Array(answer) => {
                    self.index = Some(Index::read(user, key, &answer)?);
                    return Ok(());
                }
                Value::BulkString(holder) => {
                    let holder = StepName::read(&holder).ok_or_else(corrupt)?;
                    self.cluster.decided(&holder, self.deadline).await?;
                    self.cluster.let_go(&index, &holder, &[], self.deadline).await?;
                }
                _ => return Err(unexpected()),
            }
        }
    }

    /// Takes a key for a session that begins.
    pub(super) async fn begin(&mut self, newcomer: &Newcomer<'_>) -> Result<Taking, BackendError> {
        let arguments = newcomer.arguments();
        let answer = self.ask(&script::BEGIN, newcomer.key, &arguments).await?;
        self.note(newcomer.key, answer)
    }

    /// Takes a key for a session from elsewhere.
    pub(super) async fn restore(
        &mut self,
        key: &SessionKey,
        record: &Record,
    ) -> Result<Taking, BackendError> {
        let texts = RecordTexts::of(record);
        let answer = self.ask(&script::RESTORE, key, &texts.arguments()).await?;
        self.note(key, answer)
    }

    /// Takes a key for a session that begins, and that of a live one, if it has still this beginning
    /// and this lasting part, where these are given.
    pub(super) async fn begin_and_take(
        &mut self,
        newcomer: &Newcomer<'_>,
        (key, left): (&SessionKey, &Left<'_>),
        read: [&[u8]; 2],
    ) -> Result<[Taking; 2], BackendError> {
        let arguments = newcomer.arguments();
        let begin = self.ask(&script::BEGIN, newcomer.key, &arguments);
        let (begun, taken) = tokio::join!(begin, self.ask_for(key, left, read));
        Ok([self.note(newcomer.key, begun?)?, self.note(key, taken?)?])
    }

    /// Takes live sessions of the user, of which the first so many are ended. False if one of them
    /// is no longer what it was.
    pub(super) async fn take_all(
        &mut self,
        sessions: &[Found],
        ended: usize,
    ) -> Result<bool, BackendError> {
        let lefts = (0..sessions.len())
            .map(|place| if place < ended { Left::Ended } else { Left::Session });
        let sessions: Vec<_> = sessions.iter().zip(lefts).collect();
        let mut all = true;
        for some in sessions.chunks(Cluster::AT_ONCE) {
            let answers = join_all(some.iter().map(async |(Found { key, record }, left)| {
                (key, self.ask_for(key, left, [b"", &lasting(record)]).await)
            }));
            for (key, answer) in answers.await {
                all &= matches!(self.note(key, answer?)?, Taking::Taken);
            }
        }
        Ok(all)
    }

    async fn ask_for(
        &self,
        key: &SessionKey,
        left: &Left<'_>,
        [beginning, lasting]: [&[u8]; 2],
    ) -> Result<Answer, BackendError> {
        let [left, grace, successor] = left.arguments();
        let [left, grace, successor] = [&left, &grace, &successor].map(|text| text.as_bytes());
        self.ask(&script::TAKE, key, &[left, grace, successor, beginning, lasting]).await
    }

    /// Runs a script that takes a key: it gets the step, and then these arguments.
    async fn ask(
        &self,
        script: &Script,
        key: &SessionKey,
        arguments: &[&[u8]],
    ) -> Result<Answer, BackendError> {
        let arguments = [&[self.name.as_bytes()], arguments].concat();
        self.cluster.act((Some(Write::Lasting), script), key, &arguments, self.deadline).await
    }

    fn note(&mut self, key: &SessionKey, answer: Answer) -> Result<Taking, BackendError> {
        match answer {
            Answer::Done(life) => {
                self.life = self.life.max(number(life.first())?);
                self.taken.push(*key);
                Ok(Taking::Taken)
            }
            other => Ok(Taking::Other(other)),
        }
    }

    /// Those in the user's index that nobody has looked at.
    pub(super) fn others(&mut self) -> Vec<SessionKey> {
        self.index.as_mut().map(|index| std::mem::take(&mut index.unseen)).unwrap_or_default()
    }

    /// They need not be in the user's index any longer, once the step is done.
    pub(super) fn are_over(&mut self, keys: impl IntoIterator<Item = SessionKey>) {
        if let Some(index) = &mut self.index {
            index.over.extend(keys);
        }
    }

    /// Decides that it is done, and lets go; something else is done at the same time. False if
    /// somebody has given it up before.
    pub(super) async fn commit(
        self,
        meanwhile: impl Future<Output = ()>,
    ) -> Result<bool, BackendError> {
        let decision = self.cluster.commit(&self.name, self.life, self.deadline).await?;
        match decision {
            Decision::Done => {
                tokio::join!(self.finish(decision), meanwhile);
                Ok(true)
            }
            Decision::GivenUp => {
                self.finish(decision).await;
                Ok(false)
            }
        }
    }

    /// Lets go of everything, as if nothing had been. Where that fails, others do it in time.
    pub(super) async fn give_up(self) {
        if self.taken.is_empty() && self.index.is_none() {
            return;
        }
        if let Ok(decision) = self.cluster.give_up(&self.name, self.deadline).await {
            self.finish(decision).await;
        }
    }

    /// What fails here, whoever needs it next does in its place.
    async fn finish(mut self, decision: Decision) {
        let (cluster, deadline) = (self.cluster, self.cluster.hint_deadline());
        let release = |key| cluster.release(key, &self.name, decision, deadline);
        let releases = join_all(self.taken.iter().map(release));
        let released = match &mut self.index {
            None => releases.await,
            Some(index) => tokio::join!(releases, index.tidy(cluster, decision, deadline)).0,
        };
        tokio::join!(self.let_go(deadline), self.forget(&released, deadline));
    }

    async fn let_go(&self, deadline: Instant) {
        if let Some(Index { user, over, .. }) = &self.index {
            let name = self.cluster.names.user(user);
            let _ = self.cluster.let_go(&name, &self.name, over, deadline).await;
        }
    }

    /// Has the decision remembered only for those who have seen one of the keys a moment ago.
    async fn forget(&self, released: &[Result<(), BackendError>], deadline: Instant) {
        if !released.is_empty() && released.iter().all(Result::is_ok) {
            let _ = self.cluster.forget(&self.name, deadline).await;
        }
    }
}

impl<'a> Index<'a> {
    /// The reply to who registers.
    fn read(user: &'a UserId, key: &SessionKey, answer: &[Value]) -> Result<Self, BackendError> {
        let (Some(Value::Int(added)), others) = (answer.first(), answer.get(1..)) else {
            return Err(unexpected());
        };
        let unseen = others.unwrap_or_default().iter().map(key_of).collect::<Result<_, _>>()?;
        Ok(Self { user, unseen, over: Vec::new(), newcomer: (*added > 0).then_some(*key) })
    }

    /// What was to be over is not, if the step is given up, but for who was to begin; of the others,
    /// some may be over by now.
    async fn tidy(&mut self, cluster: &Cluster, decision: Decision, deadline: Instant) {
        if decision == Decision::GivenUp {
            self.over.clear();
            self.over.extend(self.newcomer);
        }
        let looks = self.unseen.iter().map(|key| cluster.is_over(key, self.user, deadline));
        let over = join_all(looks).await;
        self.over.extend(over.into_iter().flatten());
    }
}

impl Left<'_> {
    /// What, for how long, and where it leads.
    fn arguments(&self) -> [String; 3] {
        let (left, grace, successor) = match self {
            Self::Session => ("S", "0", String::new()),
            Self::Ended => ("E", "0", String::new()),
            Self::Superseded => ("X", "0", String::new()),
            Self::Alias(grace, successor) => ("A", *grace, successor.to_string()),
        };
        [left.to_owned(), grace.to_owned(), successor]
    }
}
