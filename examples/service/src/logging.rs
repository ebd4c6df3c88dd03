//! Log lines: one for each request, on stderr.

use std::io::{IsTerminal, stderr};
use std::time::{Duration, Instant};

use auth_core::ClientAddr;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use clap::ValueEnum;
use http::{Method, StatusCode};
use tracing::{Instrument, Level, info_span};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry, fmt};

use crate::{InstanceOptions, StartError, panics, request_id};

/// Paths that are asked for every second, by balancers.
const PROBES: [&str; 2] = ["/health", "/ready"];

/// How much of a path a line holds, in bytes.
const LONGEST_PATH: usize = 256;

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// One JSON object per line.
    Json,
    /// For people.
    Text,
}

/// Sends what is logged to stderr from now on, panics as well.
///
/// # Errors
/// If the filter is none, or the process has another log already.
pub fn start_logging(options: &InstanceOptions) -> Result<(), StartError> {
    let about = |error: String| StartError::about("--log-filter", error);
    let filter = options.log_filter.parse::<Targets>().map_err(|error| about(error.to_string()))?;
    let lines = fmt::layer().with_writer(stderr);
    let lines: Box<dyn Layer<Registry> + Send + Sync> = match options.log {
        LogFormat::Text => lines.with_ansi(stderr().is_terminal()).boxed(),
        LogFormat::Json => {
            lines.json().flatten_event(true).with_span_list(false).with_ansi(false).boxed()
        }
    };
    let subscriber = tracing_subscriber::registry().with(lines.with_filter(filter));
    subscriber.try_init().map_err(|error| StartError::new(error.to_string()))?;
    panics::log_panics();
    Ok(())
}

/// What a line says of a request. The query is left out: people put secrets there.
struct Line {
    method: Method,
    path: String,
    client: ClientAddr,
    request_id: String,
    start: Instant,
}

/// Logs a request when its response is there, and names the request in what is logged meanwhile.
pub(crate) async fn log_request(request: Request, next: Next) -> Response {
    let line = Line::of(&request);
    let span = info_span!("request", request_id = line.request_id);
    let response = next.run(request).instrument(span).await;
    line.log(response.status());
    response
}

impl Line {
    fn of(request: &Request) -> Self {
        Self {
            method: request.method().clone(),
            path: shortened(request.uri().path()).to_owned(),
            client: request.extensions().get().copied().unwrap_or_default(),
            request_id: request_id::of(request).to_owned(),
            start: Instant::now(),
        }
    }

    fn log(&self, status: StatusCode) {
        let latency_ms = milliseconds(self.start.elapsed());
        let Self { method, path, client, request_id, start: _ } = self;
        let status = status.as_u16();
        macro_rules! log {
            ($level:expr) => {
                tracing::event!(
                    $level, %method, path, status, latency_ms, %client, request_id, "request"
                )
            };
        }
        match status {
            _ if PROBES.contains(&path.as_str()) => log!(Level::DEBUG),
            500.. => log!(Level::WARN),
            _ => log!(Level::INFO),
        }
    }
}

/// With three decimals.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}

fn shortened(path: &str) -> &str {
    path.get(..LONGEST_PATH).unwrap_or(if path.len() < LONGEST_PATH { path } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_path_is_shortened() {
        assert_eq!(shortened("/me"), "/me");
        assert_eq!(shortened(&"/".repeat(1000)).len(), LONGEST_PATH);
    }
}
