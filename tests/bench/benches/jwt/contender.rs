use std::time::{Duration, Instant};

use futures_util::FutureExt;
use http::Request;
use http::header::AUTHORIZATION;
use tower::Service;

use crate::tokens::Minted;

/// Which tokens the requests of a contender carry.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sight {
    /// Each one is new to the contender.
    First,
    /// One token, over and over.
    Again,
}

/// One way to serve the route: a fresh app for each round, and how to call it.
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    pub(crate) sight: Sight,
    start: Box<dyn Fn() -> Call>,
}

type Call = Box<dyn FnMut(&str)>;

impl Contender {
    /// `app` makes a router that has seen no token yet.
    pub(crate) fn new<S, B, R>(
        name: &'static str,
        sight: Sight,
        app: impl Fn() -> S + 'static,
    ) -> Self
    where
        S: Service<Request<B>, Response = http::Response<R>> + 'static,
        S::Error: std::fmt::Debug,
        B: Default,
    {
        let start = move || {
            let mut app = app();
            let call: Call = Box::new(move |token| call(&mut app, token));
            call
        };
        Self { name, sight, start: Box::new(start) }
    }

    /// The time that a request takes, lap by lap.
    fn run(&self, minted: &Minted) -> Vec<Duration> {
        let mut call = (self.start)();
        call(&minted.warm_up);
        let mut lap = |tokens: &[String]| {
            let start = Instant::now();
            for token in tokens {
                call(if self.sight == Sight::First { token } else { &minted.warm_up });
            }
            start.elapsed() / LAP_LENGTH
        };
        minted.tokens.chunks_exact(usize::try_from(LAP_LENGTH).unwrap()).map(&mut lap).collect()
    }
}

/// Requests in a lap: so few that most laps end before the system lets another process run.
const LAP_LENGTH: u32 = 20;

fn call<S, B, R>(app: &mut S, token: &str)
where
    S: Service<Request<B>, Response = http::Response<R>>,
    S::Error: std::fmt::Debug,
    B: Default,
{
    let request = Request::get("/me").header(AUTHORIZATION, token).body(B::default()).unwrap();
    let response = app.call(request).now_or_never().expect("nothing to wait for").unwrap();
    assert_eq!(response.status(), 200);
}

/// Name, and the time of a request in each lap.
pub(crate) type Laps = (&'static str, Vec<Duration>);

pub(crate) fn race(contenders: &mut [Contender], minted: &Minted, rounds: usize) -> Vec<Laps> {
    let mut laps: Vec<Laps> = contenders.iter().map(|one| (one.name, Vec::new())).collect();
    for _ in 0..rounds {
        for (contender, (_, laps)) in contenders.iter().zip(&mut laps) {
            laps.extend(contender.run(minted));
        }
    }
    laps
}
