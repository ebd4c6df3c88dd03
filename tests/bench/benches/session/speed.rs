//! What a request that reads a field costs, and one that changes a field.

use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use http::Request;
use http::header::COOKIE;
use tokio::runtime::Runtime;
use tower::Service;

use crate::browser::Browser;
use crate::contender::Group;
use crate::handlers::{Meeting, routes};

/// Medians of a contender, in microseconds.
pub(crate) struct Speed {
    pub(crate) name: &'static str,
    pub(crate) read: f64,
    pub(crate) change: f64,
}

struct Runner {
    name: &'static str,
    app: Router,
    cookie: String,
    reads: Vec<Duration>,
    changes: Vec<Duration>,
}

const ROUNDS: usize = 21;
const REQUESTS: u32 = 300;

pub(crate) fn race(runtime: &Runtime, group: Group) -> Vec<Speed> {
    let mut bare = Runner::bare();
    let mut runners: Vec<_> = group
        .contenders
        .iter()
        .map(|one| Runner::of(runtime, one.name, one.app(Meeting::of(1))))
        .collect();
    for _ in 0..ROUNDS {
        let lap = bare.lap(runtime, "/bare");
        bare.reads.push(lap);
        bare.changes.push(lap);
        for runner in &mut runners {
            let (read, change) = (runner.lap(runtime, "/read"), runner.lap(runtime, "/change"));
            runner.reads.push(read);
            runner.changes.push(change);
        }
    }
    std::iter::once(bare).chain(runners).map(Runner::speed).collect()
}

impl Runner {
    fn bare() -> Self {
        let app = ready(routes(Meeting::of(1)));
        Self { name: "bare route", app, cookie: "a=b".into(), reads: vec![], changes: vec![] }
    }

    fn of(runtime: &Runtime, name: &'static str, app: Router) -> Self {
        let app = ready(app);
        let mut browser = Browser::of(app.clone());
        runtime.block_on(browser.get("/fill"));
        let cookie = browser.cookie().to_owned();
        Self { name, app, cookie, reads: Vec::new(), changes: Vec::new() }
    }

    /// The time of a request.
    fn lap(&mut self, runtime: &Runtime, path: &str) -> Duration {
        runtime.block_on(async {
            let start = Instant::now();
            for _ in 0..REQUESTS {
                let request = Request::get(path).header(COOKIE, &self.cookie);
                let response = self.app.call(request.body(Body::empty()).unwrap()).await.unwrap();
                assert_eq!(response.status(), 200);
            }
            start.elapsed() / REQUESTS
        })
    }

    fn speed(self) -> Speed {
        Speed { name: self.name, read: median(self.reads), change: median(self.changes) }
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
