use futures_util::future::join_all;

use super::super::fault::unexpected;
use super::answer::Answer;
use super::newcomer::Newcomer;
use super::step::{Step, Taking};
use super::user::Sight;
use crate::backend::{BackendError, Cap, CapPolicy, Found, SessionKey, UserId};

/// Whether a session can begin.
pub(super) enum Welcome {
    /// If the step is done, and these are ended.
    Prepared {
        ended: Vec<SessionKey>,
    },
    Taken,
    Full,
    /// Somebody has changed what was seen.
    Changed,
}

impl<'a> Step<'a> {
    /// Prepares a session: registers it, makes room for it, and takes its key. The session under
    /// the key aside does not count.
    pub(super) async fn welcome(
        &mut self,
        newcomer: &Newcomer<'a>,
        aside: Option<&SessionKey>,
    ) -> Result<Welcome, BackendError> {
        let mut ended = Vec::new();
        if let Some(user) = newcomer.user {
            let cap = newcomer.cap.map_or(0, |cap| cap.sessions.get()).to_string();
            let [_, ends, absolute] = newcomer.times();
            self.register(user, newcomer.key, [ends, absolute, cap.as_bytes()]).await?;
            if let Some(cap) = newcomer.cap {
                match self.make_room(user, cap, aside).await? {
                    Welcome::Prepared { ended: oldest } => ended = oldest,
                    other => return Ok(other),
                }
            }
        }
        match self.begin(newcomer).await? {
            Taking::Taken => Ok(Welcome::Prepared { ended }),
            Taking::Other(Answer::Taken) => Ok(Welcome::Taken),
            Taking::Other(_) => Err(unexpected()),
        }
    }

    /// While the step has the index, the user's sessions can only become fewer. Where that would
    /// make a difference, they are taken too.
    async fn make_room(
        &mut self,
        user: &UserId,
        cap: Cap,
        aside: Option<&SessionKey>,
    ) -> Result<Welcome, BackendError> {
        let most = usize::try_from(cap.sessions.get()).unwrap_or(usize::MAX);
        let others = self.others_than(aside);
        let mut live = self.live_of(user, &others).await?;
        if live.len() >= most && cap.policy == CapPolicy::Refuse {
            // Those that are there again were there all at once.
            let others: Vec<_> = live.iter().map(|found| found.key).collect();
            live = self.live_of(user, &others).await?;
        }
        let surplus = (live.len() + 1).saturating_sub(most);
        match cap.policy {
            _ if surplus == 0 => Ok(Welcome::Prepared { ended: Vec::new() }),
            CapPolicy::Refuse => Ok(Welcome::Full),
            CapPolicy::EndOldest => self.end_oldest(live, surplus).await,
        }
    }

    async fn end_oldest(
        &mut self,
        mut live: Vec<Found>,
        surplus: usize,
    ) -> Result<Welcome, BackendError> {
        live.sort_by_key(|found| found.record.created);
        if !self.take_all(&live, surplus).await? {
            return Ok(Welcome::Changed);
        }
        let ended: Vec<_> = live.iter().take(surplus).map(|found| found.key).collect();
        self.are_over(ended.iter().copied());
        Ok(Welcome::Prepared { ended })
    }

    fn others_than(&mut self, aside: Option<&SessionKey>) -> Vec<SessionKey> {
        let mut others = self.others();
        others.retain(|key| Some(key) != aside);
        others
    }

    async fn live_of(
        &mut self,
        user: &UserId,
        keys: &[SessionKey],
    ) -> Result<Vec<Found>, BackendError> {
        let (cluster, deadline) = (self.cluster(), self.deadline());
        let mut live = Vec::new();
        for some in keys.chunks(super::Cluster::AT_ONCE) {
            let sights = some.iter().map(|key| cluster.sight(key, user, deadline));
            for sight in join_all(sights).await {
                match sight? {
                    Sight::Live(found) => live.push(found),
                    Sight::Over(key) => self.are_over([key]),
                    Sight::Unreadable => {}
                }
            }
        }
        Ok(live)
    }
}
