use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::kept::{Entry, Kept};
use super::log::lost;

/// What the writer is to do.
#[derive(Debug)]
pub(super) enum Order {
    Keep {
        user: String,
        entry: Entry,
    },
    /// To say when all before is done.
    Tell(oneshot::Sender<()>),
}

/// How long the store may take for one.
const DEADLINE: Duration = Duration::from_secs(5);

/// Keeps what it is sent, for as long as anybody may send something.
pub(super) async fn write(kept: Kept, mut orders: mpsc::Receiver<Order>) {
    while let Some(order) = orders.recv().await {
        match order {
            Order::Keep { user, entry } => keep(&kept, &user, &entry).await,
            // Nobody may be waiting any more.
            Order::Tell(done) => drop(done.send(())),
        }
    }
}

async fn keep(kept: &Kept, user: &str, entry: &Entry) {
    match timeout(DEADLINE, kept.add(user, entry)).await {
        Ok(Ok(true)) => {}
        Ok(Ok(false)) => lost("too many were written at once"),
        Ok(Err(error)) => lost(&error.to_string()),
        Err(_) => lost("the store takes too long"),
    }
}
