use std::time::Duration;

use axum::Json;
use http::StatusCode;
use http::header::CACHE_CONTROL;
use serde_json::{Value, json};

use crate::{Lifecycle, Phase, Refusal};

/// What a probe gets. No cache may answer for us.
pub type Fine = ([(http::HeaderName, &'static str); 1], Json<Value>);

/// `GET /health`: it lives. It is 200 as long as it serves, also while it drains: who is asked
/// this is asked whether to kill it.
pub async fn health() -> Fine {
    fine("alive")
}

/// Whether balancers may send it requests, as far as its [`Lifecycle`] says.
///
/// # Errors
/// A 503 while it starts and when it is about to stop.
pub fn readiness(lifecycle: &Lifecycle) -> Result<Fine, Refusal> {
    match lifecycle.phase() {
        Phase::Starting => Err(unready("starting", "the instance is starting")),
        Phase::Serving => Ok(fine("ready")),
        _ => Err(unready("draining", "the instance is about to stop")),
    }
}

/// What a probe gets for another reason not to send requests.
pub fn unready(code: &'static str, detail: &'static str) -> Refusal {
    let refusal = Refusal::new(StatusCode::SERVICE_UNAVAILABLE, code, detail);
    refusal.retry_after(Duration::from_secs(1))
}

fn fine(status: &str) -> Fine {
    ([(CACHE_CONTROL, "no-store")], Json(json!({ "status": status })))
}
