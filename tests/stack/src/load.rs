//! Many requests over some connections at once.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Result;
use bytes::Bytes;
use http::Request;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use crate::client::Client;
use crate::report::{Record, Report};
use test_servers::until;

/// A load that runs until it is told to finish.
#[derive(Debug)]
pub struct Load {
    progress: Arc<Progress>,
    workers: JoinSet<Vec<Record>>,
}

#[derive(Debug, Default)]
struct Progress {
    started: AtomicUsize,
    answered: AtomicUsize,
    enough: AtomicBool,
}

impl Load {
    /// How many requests are in flight at most.
    pub const CONNECTIONS: usize = 16;

    /// Starts to send what `make` makes of a request's number.
    pub fn start(
        server: SocketAddr,
        make: impl Fn(usize) -> Request<Bytes> + Send + Sync + 'static,
    ) -> Self {
        let progress = Arc::new(Progress::default());
        let make = Arc::new(make);
        let mut workers = JoinSet::new();
        for _ in 0..Self::CONNECTIONS {
            let (progress, make) = (progress.clone(), make.clone());
            workers.spawn(async move { work(Client::to(server), &progress, &*make).await });
        }
        Self { progress, workers }
    }

    /// Comes back when this many more requests are done.
    ///
    /// # Errors
    /// They take too long.
    pub async fn more(&self, requests: usize) -> Result<()> {
        let goal = self.progress.answered.load(Ordering::Relaxed) + requests;
        self.reaches(goal).await
    }

    /// Ends the load when this many requests in all are done.
    ///
    /// # Errors
    /// They take too long.
    pub async fn finish(self, requests: usize) -> Result<Report> {
        self.reaches(requests).await?;
        self.progress.enough.store(true, Ordering::Relaxed);
        let records = self.workers.join_all().await;
        Ok(Report(records.into_iter().flatten().collect()))
    }

    async fn reaches(&self, goal: usize) -> Result<()> {
        let answered = &self.progress.answered;
        let done = async || (answered.load(Ordering::Relaxed) >= goal).then_some(());
        until(&format!("{goal} requests were done"), done).await
    }
}

async fn work(
    mut client: Client,
    progress: &Progress,
    make: &(dyn Fn(usize) -> Request<Bytes> + Send + Sync),
) -> Vec<Record> {
    let mut records = Vec::new();
    let mut tick = interval(PACE);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while !progress.enough.load(Ordering::Relaxed) {
        tick.tick().await;
        let number = progress.started.fetch_add(1, Ordering::Relaxed);
        let request = make(number);
        let method = request.method().clone();
        records.push(Record::new(number, method, client.send(request).await));
        progress.answered.fetch_add(1, Ordering::Relaxed);
    }
    records
}

/// How often each connection sends: about 2,000 requests per second in all, which leaves the
/// machine time for the tests beside.
const PACE: Duration = Duration::from_millis(8);
