//! The end: unready, a while of serving, no new connections, and what is in flight.

use std::io;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::HeaderValue;
use http::header::CONNECTION;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::sleep;

use crate::{Lifecycle, Phase};

/// How long connections without a request stay open after the last was let in. On a new one the
/// request is about to come; and a balancer that does not know yet may use one that it has kept.
const LINGER: Duration = Duration::from_secs(2);

/// SIGTERM and SIGINT.
#[derive(Debug)]
pub(crate) struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    pub(crate) fn listen() -> io::Result<Self> {
        let (terminate, interrupt) = (SignalKind::terminate(), SignalKind::interrupt());
        Ok(Self { terminate: signal(terminate)?, interrupt: signal(interrupt)? })
    }

    pub(crate) async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Goes unready and goes on serving for a while, or until the next signal; then lets nobody in.
pub(crate) async fn drain(lifecycle: &Lifecycle, wait: Duration, signals: &mut StopSignals) {
    lifecycle.enter(Phase::Draining);
    tracing::info!(seconds = wait.as_secs_f64(), "draining");
    tokio::select! {
        () = sleep(wait) => {}
        () = signals.next() => tracing::info!("told again to stop: not waiting any longer"),
    }
    lifecycle.enter(Phase::Closing);
}

/// When connections without a request are to be closed.
pub(crate) async fn lingered(lifecycle: Lifecycle) {
    lifecycle.reached(Phase::Closed).await;
    sleep(LINGER).await;
}

/// Tells clients that keep connections to take another one from now on, so that none is in use
/// when the end comes.
pub(crate) async fn close_connections(
    State(lifecycle): State<Lifecycle>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    if lifecycle.phase() >= Phase::Draining {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}
