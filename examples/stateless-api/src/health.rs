use axum::extract::State;
use example_service::{Fine, Refusal, readiness, unready};

use crate::Api;

/// `GET /ready`: whether balancers may send it requests.
pub(crate) async fn ready(State(api): State<Api>) -> Result<Fine, Refusal> {
    let fine = readiness(api.lifecycle())?;
    match api.has_keys() {
        true => Ok(fine),
        false => Err(unready("keys_unavailable", "the instance has no keys")),
    }
}
