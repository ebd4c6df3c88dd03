//! What a request that reads a field costs, and one that changes a field.

use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use http::Request;
use http::header::COOKIE;
use tower::Service;

use crate::browser::Browser;
use crate::contender::{Contender, Group, is_ours};
use crate::handlers::{Meeting, routes};
use crate::wire::Wire;
use crate::yardstick::{Measures, Yardstick};

/// What was measured of a group.
pub(crate) struct Results {
    pub(crate) title: &'static str,
    pub(crate) speeds: Vec<Speed>,
    pub(crate) bare: Vec<Bare>,
}

/// Medians of a contender, in microseconds.
pub(crate) struct Speed {
    pub(crate) name: &'static str,
    pub(crate) read: f64,
    pub(crate) change: f64,
    /// What a change costs more than a read.
    pub(crate) commit: f64,
    /// How often it waits for the server.
    pub(crate) trips: Option<Trips>,
}

/// Round trips of a request.
#[derive(Clone, Copy)]
pub(crate) struct Trips {
    pub(crate) read: f64,
    pub(crate) change: f64,
}

/// The median of a yardstick, in microseconds.
pub(crate) struct Bare {
    pub(crate) name: &'static str,
    pub(crate) measures: Measures,
    pub(crate) time: f64,
}

impl Results {
    pub(crate) fn ours(&self) -> Option<&Speed> {
        self.speeds.iter().find(|speed| is_ours(speed.name))
    }

    pub(crate) fn peer(&self) -> Option<&Speed> {
        self.speeds.iter().find(|speed| !is_ours(speed.name) && speed.name != BARE_ROUTE)
    }
}

struct Runner {
    name: &'static str,
    app: Router,
    cookie: String,
    reads: Vec<Duration>,
    changes: Vec<Duration>,
}

pub(crate) const BARE_ROUTE: &str = "bare route";
const ROUNDS: usize = 101;

pub(crate) async fn race(group: Group) -> Results {
    let mut bare = Runner::bare();
    let mut runners = Vec::new();
    for contender in &group.contenders {
        runners.push(Runner::of(contender).await);
    }
    let mut calls: Vec<_> = group.yardsticks.into_iter().map(|one| (one, Vec::new())).collect();
    for _ in 0..ROUNDS {
        let lap = bare.lap("/bare", group.requests).await;
        bare.reads.push(lap);
        bare.changes.push(lap);
        for runner in &mut runners {
            let read = runner.lap("/read", group.requests).await;
            runner.reads.push(read);
            let change = runner.lap("/change", group.requests).await;
            runner.changes.push(change);
        }
        for (yardstick, laps) in &mut calls {
            laps.push(yardstick.lap(group.requests).await);
        }
    }
    let mut speeds: Vec<_> = std::iter::once(bare).chain(runners).map(Runner::speed).collect();
    if let Some((wire, contenders)) = &group.wired {
        for contender in contenders {
            let trips = trips(contender, wire).await;
            let speed = speeds.iter_mut().find(|speed| speed.name == contender.name);
            speed.unwrap().trips = Some(trips);
        }
    }
    let bare = calls.into_iter().map(|(Yardstick { name, measures, .. }, laps)| Bare {
        name,
        measures,
        time: median(laps),
    });
    Results { title: group.title, speeds, bare: bare.collect() }
}

async fn trips(contender: &Contender, wire: &Wire) -> Trips {
    let mut runner = Runner::of(contender).await;
    Trips { read: runner.trips("/read", wire).await, change: runner.trips("/change", wire).await }
}

impl Runner {
    fn bare() -> Self {
        let app = ready(routes(Meeting::of(1)));
        Self { name: BARE_ROUTE, app, cookie: "a=b".into(), reads: vec![], changes: vec![] }
    }

    async fn of(contender: &Contender) -> Self {
        let app = ready(contender.app(Meeting::of(1)));
        let mut browser = Browser::of(app.clone());
        browser.get("/fill").await;
        let cookie = browser.cookie().to_owned();
        Self { name: contender.name, app, cookie, reads: Vec::new(), changes: Vec::new() }
    }

    /// The time of a request.
    async fn lap(&mut self, path: &str, requests: u32) -> Duration {
        let start = Instant::now();
        for _ in 0..requests {
            let request = Request::get(path).header(COOKIE, &self.cookie);
            let response = self.app.call(request.body(Body::empty()).unwrap()).await.unwrap();
            assert_eq!(response.status(), 200);
        }
        start.elapsed() / requests
    }

    async fn trips(&mut self, path: &str, wire: &Wire) -> f64 {
        // Statements are prepared, and scripts loaded.
        self.lap(path, 3).await;
        let before = wire.trips();
        self.lap(path, 10).await;
        (wire.trips() - before) as f64 / 10.0
    }

    fn speed(self) -> Speed {
        let rounds = self.reads.iter().zip(&self.changes);
        let commits = rounds.map(|(read, change)| change.saturating_sub(*read)).collect();
        Speed {
            name: self.name,
            read: median(self.reads),
            change: median(self.changes),
            commit: median(commits),
            trips: None,
        }
    }
}

/// As `axum::serve` makes it once.
fn ready(app: Router) -> Router {
    app.with_state(())
}

fn median(mut laps: Vec<Duration>) -> f64 {
    laps.sort();
    laps[laps.len() / 2].as_secs_f64() * 1e6
}
