use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::leaver::Leaver;
use super::pace::Pace;
use super::shopper::Shopper;
use super::tally::{Board, Tally};
use crate::until;

/// Users who go on until they are told to finish.
#[derive(Debug)]
pub(crate) struct Crowd {
    board: Arc<Board>,
    enough: Arc<AtomicBool>,
    shoppers: JoinSet<Shopper>,
    leavers: JoinSet<Leaver>,
}

impl Crowd {
    pub(crate) async fn log_in(server: SocketAddr, pace: Pace) -> Result<Self> {
        let (board, enough) = (Arc::<Board>::default(), Arc::<AtomicBool>::default());
        let (mut shoppers, mut leavers) = (JoinSet::new(), JoinSet::new());
        for _ in 0..pace.shoppers {
            // Replicas that have just been started have nothing to say for a second.
            let let_in = async || Shopper::log_in(server, Arc::clone(&board)).await.ok();
            let shopper = until("a shopper is let in", let_in).await?;
            shoppers.spawn(shop(shopper, Arc::clone(&enough)));
        }
        for _ in 0..LEAVERS {
            leavers.spawn(leave(Leaver::new(server, Arc::clone(&board)), Arc::clone(&enough)));
        }
        Ok(Self { board, enough, shoppers, leavers })
    }

    /// Comes back when so many more requests are done.
    pub(crate) async fn more(&self, requests: u64) -> Result<()> {
        let goal = self.board.tally().sent + requests;
        let done = async || (self.board.tally().sent >= goal).then_some(());
        until("a load went on", done).await
    }

    /// Comes back when nothing has failed or waited for a while, and says how long after `since` the last
    /// failure was.
    pub(crate) async fn recovery(&self, since: Instant) -> Result<Duration> {
        until("requests succeeded again", async || {
            let last = self.board.tally().last_failure.map_or(since, |last| last.max(since));
            let quiet = Instant::now().checked_sub(QUIET)?;
            let is_well = last <= quiet && !self.board.waits_since(quiet);
            is_well.then(|| last.duration_since(since))
        })
        .await
    }

    /// Ends the load, and counts what is lost and what is back.
    pub(crate) async fn finish(self) -> Result<Tally> {
        self.enough.store(true, Ordering::Relaxed);
        let (shoppers, leavers) = (self.shoppers.join_all().await, self.leavers.join_all().await);
        let counted = self.board.tally();
        for shopper in shoppers {
            shopper.check().await.context("of a shopper")?;
        }
        for leaver in leavers {
            leaver.check().await.context("of an ended session")?;
        }
        let Tally { logged_out, lost, doubled, back, .. } = self.board.tally();
        Ok(Tally { logged_out, lost, doubled, back, ..counted })
    }
}

async fn shop(mut shopper: Shopper, enough: Arc<AtomicBool>) -> Shopper {
    let mut tick = paced(SHOPPERS_PACE);
    for turn in 0.. {
        tick.tick().await;
        if enough.load(Ordering::Relaxed) || !shopper.act(turn).await {
            break;
        }
    }
    shopper
}

async fn leave(mut leaver: Leaver, enough: Arc<AtomicBool>) -> Leaver {
    let mut tick = paced(LEAVERS_PACE);
    while !enough.load(Ordering::Relaxed) {
        tick.tick().await;
        leaver.act().await;
    }
    leaver
}

fn paced(every: Duration) -> tokio::time::Interval {
    let mut tick = interval(every);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    tick
}

const LEAVERS: usize = 2;
const SHOPPERS_PACE: Duration = Duration::from_millis(20);
const LEAVERS_PACE: Duration = Duration::from_millis(50);
/// Longer than between two of the failures of one outage.
const QUIET: Duration = Duration::from_millis(1_000);
