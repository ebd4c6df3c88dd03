//! What has become of the session that an old id was of.

use std::sync::Arc;
use std::time::Duration;

use auth_core::Clock;

use super::super::fault::Fault;
use super::super::plan::{Known, Live};
use super::{Handover, Ledger};
use crate::backend::{Loaded, Renewed, SessionKey};
use crate::cookie::SentId;

/// The session that goes on under another id.
pub(crate) struct Heir {
    pub(crate) ledger: Arc<Ledger>,
    /// How long ago the old id was given up.
    pub(crate) rotated: Duration,
    /// Whether anybody has come with an id that the session got since.
    pub(crate) is_used: bool,
}

/// How many renewals are gone through: those of a day, one every quarter of an hour.
const MOST: u32 = 96;

impl Ledger {
    /// Whether the request came with an id that a session had once.
    pub(crate) fn has_old_id(&self) -> bool {
        matches!(self.state().known, Known::Superseded)
    }

    /// The session that the id of the request was of, found from renewal to renewal; none if it is
    /// over, has begun anew with a login since, or is not known any more.
    pub(crate) async fn heir(&self) -> Result<Option<Heir>, Fault> {
        let Some(old) = self.state().asked_for else { return Ok(None) };
        let Some(first) = self.config.backend.renewed(&old).await? else { return Ok(None) };
        let (key, is_used) = self.follow(first.to).await?;
        let Loaded::Found(found) = self.config.backend.load_fresh(&key).await? else {
            return Ok(None);
        };
        let content = self.config.codec.decode(&found.key, &found.record.payload)?;
        let live = Live::new(found, content);
        // Only who has come with an id can have had it renewed.
        let is_used = is_used || live.content.is_id_used();
        let (ledger, rotated) = (self.open_found(live), self.since(&first));
        Ok(Some(Heir { ledger, rotated, is_used }))
    }

    /// The latest key, and whether it is another one.
    async fn follow(&self, first: SessionKey) -> Result<(SessionKey, bool), Fault> {
        let mut latest = first;
        for _ in 0..MOST {
            match self.config.backend.renewed(&latest).await? {
                Some(Renewed { to, .. }) => latest = to,
                None => break,
            }
        }
        Ok((latest, latest != first))
    }

    /// How long ago the grace began.
    fn since(&self, renewed: &Renewed) -> Duration {
        let until = self.config.clock.now().duration_since(renewed.until).unwrap_or_default();
        until.saturating_add(self.config.grace)
    }

    /// For a session that no request came with.
    fn open_found(&self, live: Live) -> Arc<Self> {
        let ledger = Self::open(Arc::clone(&self.config), &SentId::none());
        let mut state = ledger.state();
        state.session_id = Some(super::public_id(&live.key));
        state.known = Known::Live(Box::new(live));
        state.handover = Handover::Ready;
        drop(state);
        ledger
    }
}
