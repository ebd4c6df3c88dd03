use futures_util::future::join_all;

use super::newcomer::Newcomer;
use super::step::Step;
use super::user::Sight;
use crate::backend::{BackendError, Cap, CapPolicy, Found, SessionKey, UserId};

/// Whether there is room for one more session.
pub(super) enum Room {
    /// If the step is done, and these are ended.
    Made {
        ended: Vec<SessionKey>,
    },
    Full,
    /// Somebody has changed what was seen.
    Changed,
}

impl<'a> Step<'a> {
    /// Registers a session, and makes room for it. The session under the key aside does not count.
    pub(super) async fn admit(
        &mut self,
        newcomer: &Newcomer<'a>,
        aside: Option<&SessionKey>,
    ) -> Result<Room, BackendError> {
        let Some(user) = newcomer.user else {
            return Ok(Room::Made { ended: Vec::new() });
        };
        let cap = newcomer.cap.map_or(0, |cap| cap.sessions.get()).to_string();
        let [_, ends, absolute] = newcomer.times();
        self.register(user, newcomer.key, [ends, absolute, cap.as_bytes()]).await?;
        match newcomer.cap {
            Some(cap) => self.make_room(user, cap, aside).await,
            None => Ok(Room::Made { ended: Vec::new() }),
        }
    }

    /// While the step has the index, the user's sessions can only become fewer. Where that would
    /// make a difference, they are taken too.
    async fn make_room(
        &mut self,
        user: &UserId,
        cap: Cap,
        aside: Option<&SessionKey>,
    ) -> Result<Room, BackendError> {
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
            _ if surplus == 0 => Ok(Room::Made { ended: Vec::new() }),
            CapPolicy::Refuse => Ok(Room::Full),
            CapPolicy::EndOldest => self.end_oldest(live, surplus).await,
        }
    }

    async fn end_oldest(
        &mut self,
        mut live: Vec<Found>,
        surplus: usize,
    ) -> Result<Room, BackendError> {
        live.sort_by_key(|found| found.record.created);
        if !self.take_all(&live, surplus).await? {
            return Ok(Room::Changed);
        }
        let ended: Vec<_> = live.iter().take(surplus).map(|found| found.key).collect();
        self.are_over(ended.iter().copied());
        Ok(Room::Made { ended })
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
