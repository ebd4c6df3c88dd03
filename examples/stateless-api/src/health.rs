use std::time::Duration;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use http::header::CACHE_CONTROL;
use serde_json::{Value, json};

use crate::problem::Refusal;
use crate::{Api, Phase};

/// What a probe gets. No cache may answer for us.
pub(crate) type Fine = ([(http::HeaderName, &'static str); 1], Json<Value>);

/// `GET /health`: it lives. It is 200 as long as it serves, also while it drains: who is asked
/// this is asked whether to kill it.
pub(crate) async fn health() -> Fine {
    fine("alive")
}

/// `GET /ready`: whether balancers may send it requests.
pub(crate) async fn ready(State(api): State<Api>) -> Result<Fine, Refusal> {
    match api.lifecycle.phase() {
        Phase::Starting => Err(unready("starting", "the instance is starting")),
        Phase::Serving if api.has_keys() => Ok(fine("ready")),
        Phase::Serving => Err(unready("keys_unavailable", "the instance has no keys")),
        _ => Err(unready("draining", "the instance is about to stop")),
    }
}

fn fine(status: &str) -> Fine {
    ([(CACHE_CONTROL, "no-store")], Json(json!({ "status": status })))
}

fn unready(code: &'static str, detail: &'static str) -> Refusal {
    let refusal = Refusal::new(StatusCode::SERVICE_UNAVAILABLE, code, detail);
    refusal.retry_after(Duration::from_secs(1))
}
